/* The same against the raw C API, for the lanes capi-heap and capi-static. */
#include "conform_capi.h"

typedef struct {
    PyObject_HEAD
    long count;
} Counter;

static PyObject *Counter_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    long count;
    if (!PyArg_ParseTuple(args, "l:Counter", &count)) {
        return NULL;
    }
    Counter *self = (Counter *)cls->tp_alloc(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    self->count = count;
    return (PyObject *)self;
}

static void Counter_dealloc(Counter *self)
{
    conform_event("destroy", self->count);
    CONFORM_FREE(self);
}

static PyMemberDef Counter_members[] = {
    {"count", T_LONG, offsetof(Counter, count), READONLY, NULL},
    {NULL},
};

static PyType_Slot Counter_slots[] = {
    {Py_tp_new, Counter_new},
    {Py_tp_dealloc, Counter_dealloc},
    {Py_tp_members, Counter_members},
    {0, NULL},
};
static PyType_Spec Counter_spec = {
    .name = "ext.Counter",
    .basicsize = sizeof(Counter),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = Counter_slots,
};

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Counter", &Counter_spec, NULL);
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "A type that counts.",
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
