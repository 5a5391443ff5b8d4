/* Callable types, with a vectorcall function and without; their __call__ may be replaced where they are mutable. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
} Fast;

static PyObject *answer(PyObject *self, PyObject *const *args, size_t count, PyObject *names)
{
    return PyUnicode_FromString("of C");
}

static PyObject *Fast_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Fast *self = (Fast *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->call = answer;
    }
    return (PyObject *)self;
}

static PyMemberDef Fast_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Fast, call), READONLY, NULL}, {NULL},
};
static PyType_Slot Fast_slots[] = {
    {Py_tp_new, Fast_new}, {Py_tp_call, PyVectorcall_Call}, {Py_tp_dealloc, conform_dealloc},
    {Py_tp_members, Fast_members}, {0, NULL},
};
static PyType_Spec Fast_spec = {
    .name = "ext.Fast", .basicsize = sizeof(Fast), .slots = Fast_slots,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
};

static PyObject *slow_call(PyObject *self, PyObject *args, PyObject *kw)
{
    return PyUnicode_FromString("of C");
}

static PyType_Slot Slow_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_call, slow_call}, {Py_tp_dealloc, conform_dealloc}, {0, NULL},
};
static PyType_Spec Slow_spec = {
    .name = "ext.Slow", .basicsize = sizeof(PyObject), .slots = Slow_slots,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};
static PyType_Slot Below_slots[] = {{0, NULL}};
static PyType_Spec Below_spec = {
    .name = "ext.Below", .slots = Below_slots, .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};

static PyObject *fast(PyObject *module, PyObject *unused)
{
    return conform_type(&Fast_spec, NULL);
}

static PyObject *slow(PyObject *module, PyObject *unused)
{
    return conform_type(&Slow_spec, NULL);
}

static PyObject *below(PyObject *module, PyObject *base)
{
    return conform_type(&Below_spec, base);
}

/* Calls as another extension would: with a tuple, and through the vectorcall protocol. */
static PyObject *call_both(PyObject *module, PyObject *callable)
{
    PyObject *empty = PyTuple_New(0);
    if (empty == NULL) {
        return NULL;
    }
    PyObject *one = PyObject_Call(callable, empty, NULL), *two = NULL;
    Py_DECREF(empty);
    if (one != NULL) {
        two = PyObject_CallFunctionObjArgs(callable, NULL);
    }
    return two == NULL ? (Py_XDECREF(one), NULL) : Py_BuildValue("(NN)", one, two);
}

static PyObject *is_fast(PyObject *module, PyObject *type)
{
    return PyBool_FromLong(PyType_HasFeature((PyTypeObject *)type, Py_TPFLAGS_HAVE_VECTORCALL));
}

static PyMethodDef ext_methods[] = {
    {"fast", fast, METH_NOARGS, "fast(): a type with a vectorcall function."},
    {"slow", slow, METH_NOARGS, "slow(): a type with tp_call alone."},
    {"below", below, METH_O, "below(base): a subclass in C."},
    {"call_both", call_both, METH_O, NULL},
    {"is_fast", is_fast, METH_O, "is_fast(type): whether it has HAVE_VECTORCALL."},
    {NULL},
};

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Fast", &Fast_spec, NULL) < 0 ||
                   conform_add_type(module, "Slow", &Slow_spec, NULL) < 0 ||
                   conform_add_derived(module, "FastBelow", &Below_spec, "Fast", NULL) < 0 ||
                   conform_add_derived(module, "SlowBelow", &Below_spec, "Slow", NULL) < 0
               ? -1
               : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT, .m_name = "ext", .m_methods = ext_methods, .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
