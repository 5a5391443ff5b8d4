/* The same against the raw C API, as far as it has the same to say. */
#include "conform_capi.h"

typedef struct {
    PyObject_HEAD
    long values[8];
} Wide;

typedef struct {
    PyObject_HEAD
    long value;
} Small;

static PyObject *any_greet(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("hello");
}

static PyMethodDef greeting[] = {
    {"greet", any_greet, METH_NOARGS, NULL},
    {NULL},
};
static PyType_Slot new_and_greeting[] = {{Py_tp_new, PyType_GenericNew}, {Py_tp_methods, greeting}, {0, NULL}};
static PyType_Slot only_greeting[] = {{Py_tp_methods, greeting}, {0, NULL}};
static PyType_Slot only_new[] = {{Py_tp_new, PyType_GenericNew}, {0, NULL}};

static PyType_Spec Base_spec = {
    .name = "ext.Base",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = new_and_greeting,
};
static PyType_Spec Made_spec = {
    .name = "ext.Base",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = only_greeting,
};
static PyType_Spec Final_spec = {
    .name = "ext.Final",
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = new_and_greeting,
};
static PyType_Spec Wide_spec = {
    .name = "ext.Wide",
    .basicsize = sizeof(Wide),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = only_new,
};
static PyType_Spec Small_spec = {
    .name = "ext.Small",
    .basicsize = sizeof(Small),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = only_new,
};

/* A type whose base is object needs tp_new where it is static. */
static PyObject *make(PyObject *module, PyObject *bases)
{
    int plain = PyTuple_Size(bases) == 1 && PyTuple_GET_ITEM(bases, 0) == (PyObject *)&PyBaseObject_Type;
    return PyErr_Occurred() ? NULL : conform_type(plain ? &Base_spec : &Made_spec, bases);
}

static PyObject *make_small(PyObject *module, PyObject *base)
{
    return conform_type(&Small_spec, base);
}

static PyMethodDef ext_methods[] = {
    {"make", make, METH_O, "make(bases): a type with a tuple of bases."},
    {"make_small", make_small, METH_O, "make_small(base): a type whose struct is just one long."},
    {NULL},
};

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Base", &Base_spec, NULL) < 0 ||
                   conform_add_type(module, "Final", &Final_spec, NULL) < 0 ||
                   conform_add_type(module, "Wide", &Wide_spec, NULL) < 0
               ? -1
               : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Types from specs, some of which are wrong.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
