/* The same against the raw C API: T_OBJECT and T_OBJECT_EX on owned references. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    PyObject *plain;
    PyObject *strict;
    long number;
    double spare[6];
} Box;

static int Box_traverse(Box *self, visitproc visit, void *arg)
{
    Py_VISIT(self->plain);
    Py_VISIT(self->strict);
    CONFORM_VISIT_TYPE(self);
    return 0;
}

static int Box_clear(Box *self)
{
    Py_CLEAR(self->plain);
    Py_CLEAR(self->strict);
    return 0;
}

static void Box_dealloc(Box *self)
{
    PyObject_GC_UnTrack(self);
    Box_clear(self);
    CONFORM_FREE(self);
}

static PyObject *Box_held(Box *self, PyObject *ignored)
{
    PyObject *plain = self->plain == NULL ? Py_Ellipsis : self->plain;
    PyObject *strict = self->strict == NULL ? Py_Ellipsis : self->strict;
    return Py_BuildValue("(OOl)", plain, strict, self->number);
}

static PyObject *Box_hold(Box *self, PyObject *value)
{
    conform_store(&self->plain, value);
    conform_store(&self->strict, value);
    Py_RETURN_NONE;
}

static PyObject *Box_drop(Box *self, PyObject *ignored)
{
    Box_clear(self);
    Py_RETURN_NONE;
}

static PyMethodDef Box_methods[] = {
    {"held", (PyCFunction)Box_held, METH_NOARGS, "What C sees in the fields and in the number."},
    {"hold", (PyCFunction)Box_hold, METH_O, "Store an object into both fields."},
    {"drop", (PyCFunction)Box_drop, METH_NOARGS, "Make both fields null."},
    {NULL},
};

static PyMemberDef Box_members[] = {
    {"plain", T_OBJECT, offsetof(Box, plain), 0, "None at first"},
    {"strict", T_OBJECT_EX, offsetof(Box, strict), 0, "absent at first"},
    {"number", T_LONG, offsetof(Box, number), 0, NULL},
    {NULL},
};

static PyType_Slot Box_slots[] = {
    {Py_tp_new, conform_new},
    {Py_tp_dealloc, Box_dealloc},
    {Py_tp_traverse, Box_traverse},
    {Py_tp_clear, Box_clear},
    {Py_tp_methods, Box_methods},
    {Py_tp_members, Box_members},
    {0, NULL},
};
static PyType_Spec Box_spec = {
    .name = "ext.Box",
    .basicsize = sizeof(Box),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = Box_slots,
};
static PyType_Spec Made_spec = {
    .name = "ext.Made",
    .basicsize = sizeof(Box),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = Box_slots,
};

static PyObject *ext_make(PyObject *module, PyObject *ignored)
{
    return conform_type(&Made_spec, NULL);
}

static PyMethodDef ext_methods[] = {
    {"make", ext_make, METH_NOARGS, "A new type, of the same spec each time."},
    {NULL},
};

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Box", &Box_spec, NULL);
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Objects that hold others in members.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
