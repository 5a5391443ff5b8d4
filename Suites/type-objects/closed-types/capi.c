/* Types without instances of their own, and types below them. */
#include "conform_capi.h"
#include "conform_helpers.h"

#ifndef Py_TPFLAGS_DISALLOW_INSTANTIATION
#define Py_TPFLAGS_DISALLOW_INSTANTIATION (1UL << 7)
#endif

typedef struct {
    PyObject_HEAD
    long number;
} Closed;

static PyMemberDef Closed_members[] = {{"number", T_LONG, offsetof(Closed, number), 0, NULL}, {NULL}};
static PyType_Slot Closed_slots[] = {
    {Py_tp_members, Closed_members}, {Py_tp_dealloc, conform_dealloc}, {0, NULL},
};
static PyType_Spec Closed_spec = {
    .name = "ext.Closed", .basicsize = sizeof(Closed), .slots = Closed_slots,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
};
/* Without tp_new, and without the flag. */
static PyType_Spec Bare_spec = {
    .name = "ext.Bare", .basicsize = sizeof(Closed), .slots = Closed_slots,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};
static PyType_Slot Empty_slots[] = {{0, NULL}};
static PyType_Spec Below_spec = {
    .name = "ext.Below", .slots = Empty_slots, .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};

static PyObject *Opened_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Closed *self = (Closed *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->number = 5;
    }
    return (PyObject *)self;
}

static PyType_Slot Opened_slots[] = {{Py_tp_new, Opened_new}, {0, NULL}};
static PyType_Spec Opened_spec = {
    .name = "ext.Opened", .slots = Opened_slots, .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};
static PyType_Slot Plain_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, conform_dealloc}, {0, NULL},
};
static PyType_Spec Plain_spec = {
    .name = "ext.Plain", .basicsize = sizeof(PyObject), .slots = Plain_slots,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};

static PyObject *is_closed(PyObject *module, PyObject *type)
{
    return PyBool_FromLong(PyType_HasFeature((PyTypeObject *)type, Py_TPFLAGS_DISALLOW_INSTANTIATION));
}

static PyObject *has_new(PyObject *module, PyObject *type)
{
    return PyBool_FromLong(((PyTypeObject *)type)->tp_new != NULL);
}

/* made(type, number): an object of the type, as its own extension makes it. */
static PyObject *made(PyObject *module, PyObject *args)
{
    PyTypeObject *type;
    long number;
    if (!PyArg_ParseTuple(args, "O!l", &PyType_Type, &type, &number)) {
        return NULL;
    }
    Closed *self = (Closed *)CONFORM_ALLOC(type)(type, 0);
    if (self != NULL) {
        self->number = number;
    }
    return (PyObject *)self;
}

static PyObject *call(PyObject *module, PyObject *type)
{
    return PyObject_CallObject(type, NULL);
}

static PyMethodDef ext_methods[] = {
    {"is_closed", is_closed, METH_O, NULL}, {"has_new", has_new, METH_O, NULL}, {"made", made, METH_VARARGS, NULL},
    {"call", call, METH_O, NULL},           {NULL},
};

static int ext_exec(PyObject *module)
{
    int failed = conform_add_type(module, "Closed", &Closed_spec, NULL) < 0 ||
                 conform_add_type(module, "Bare", &Bare_spec, NULL) < 0 ||
                 conform_add_type(module, "Plain", &Plain_spec, NULL) < 0 ||
                 conform_add_derived(module, "Below", &Below_spec, "Closed", NULL) < 0 ||
                 conform_add_derived(module, "Opened", &Opened_spec, "Closed", NULL) < 0 ||
                 conform_add_derived(module, "Second", &Below_spec, "Plain", "Closed") < 0;
    return failed ? -1 : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT, .m_name = "ext", .m_methods = ext_methods, .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
