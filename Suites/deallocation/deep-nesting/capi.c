/* The same against the raw C API, with the trashcan that containers use so as not to recurse for each level. */
#include "conform_capi.h"

#ifndef Py_TRASHCAN_BEGIN /* a runtime without it has no need of it */
#define Py_TRASHCAN_BEGIN(self, dealloc) {
#define Py_TRASHCAN_END }
#endif

static long destroyed;

typedef struct {
    PyObject_HEAD
    PyObject *next;
} Link;

static PyObject *Link_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    PyObject *next;
    if (!PyArg_ParseTuple(args, "O", &next)) {
        return NULL;
    }
    Link *self = (Link *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        Py_INCREF(next);
        self->next = next;
    }
    return (PyObject *)self;
}

static int Link_traverse(Link *self, visitproc visit, void *arg)
{
    Py_VISIT(self->next);
    CONFORM_VISIT_TYPE(self);
    return 0;
}

static int Link_clear(Link *self)
{
    Py_CLEAR(self->next);
    return 0;
}

static void Link_dealloc(Link *self)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, Link_dealloc)
    Link_clear(self);
    destroyed++;
    CONFORM_FREE(self);
    Py_TRASHCAN_END
}

static void Bare_dealloc(Link *self)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, Bare_dealloc)
    Link_clear(self);
    CONFORM_FREE(self);
    Py_TRASHCAN_END
}

static PyObject *Link_next(Link *self, void *closure)
{
    PyObject *next = self->next != NULL ? self->next : Py_None;
    Py_INCREF(next);
    return next;
}

static int Link_set_next(Link *self, PyObject *value, void *closure)
{
    if (value == NULL) {
        PyErr_SetString(PyExc_AttributeError, "a link has a next one");
        return -1;
    }
    PyObject *old = self->next;
    Py_INCREF(value);
    self->next = value;
    Py_XDECREF(old);
    return 0;
}

static PyGetSetDef Link_getset[] = {{"next", (getter)Link_next, (setter)Link_set_next, NULL, NULL}, {NULL}};

static PyType_Slot Link_slots[] = {
    {Py_tp_new, Link_new},
    {Py_tp_traverse, Link_traverse},
    {Py_tp_clear, Link_clear},
    {Py_tp_dealloc, Link_dealloc},
    {Py_tp_getset, Link_getset},
    {0, NULL},
};
static PyType_Spec Link_spec = {
    .name = "ext.Link",
    .basicsize = sizeof(Link),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = Link_slots,
};

static PyType_Slot Bare_slots[] = {
    {Py_tp_new, Link_new},
    {Py_tp_traverse, Link_traverse},
    {Py_tp_clear, Link_clear},
    {Py_tp_dealloc, Bare_dealloc},
    {Py_tp_getset, Link_getset},
    {0, NULL},
};
static PyType_Spec Bare_spec = {
    .name = "ext.Bare",
    .basicsize = sizeof(Link),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = Bare_slots,
};

static PyObject *ext_destroyed(PyObject *module, PyObject *ignored)
{
    return PyLong_FromLong(destroyed);
}

static int ext_exec(PyObject *module)
{
    if (conform_add_type(module, "Link", &Link_spec, NULL) < 0) {
        return -1;
    }
    return conform_add_type(module, "Bare", &Bare_spec, NULL);
}

static PyMethodDef ext_methods[] = {{"destroyed", ext_destroyed, METH_NOARGS, NULL}, {NULL}};
static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Chains of objects.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
