/* The same against the raw C API. A spec has no metaclass there, so a type with one is made by calling it. */
#include "conform_capi.h"

typedef struct {
    PyHeapTypeObject type;
    long tag;
    long bumps;
} Meta;

typedef struct {
    Meta meta;
    long extra;
} DerivedMeta;

static PyMemberDef Meta_members[] = {
    {"tag", T_LONG, offsetof(Meta, tag), 0, NULL},
    {NULL},
};

static PyObject *Meta_bump(PyObject *self, PyObject *unused)
{
    return PyLong_FromLong(++((Meta *)self)->bumps);
}

static PyObject *Meta_repr(PyObject *self)
{
    return PyUnicode_FromString("a type of Meta");
}

static Py_ssize_t Meta_length(PyObject *self)
{
    return 7;
}

static PyMethodDef Meta_methods[] = {
    {"bump", Meta_bump, METH_NOARGS, NULL},
    {NULL},
};
static PyType_Slot Meta_slots[] = {
    {Py_tp_members, Meta_members}, {Py_tp_methods, Meta_methods}, {Py_tp_repr, Meta_repr},
    {Py_sq_length, Meta_length},   {0, NULL},
};
static PyType_Spec Meta_spec = {
    .name = "ext.Meta",
    .basicsize = sizeof(Meta),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Meta_slots,
};

static PyMemberDef DerivedMeta_members[] = {
    {"extra", T_LONG, offsetof(DerivedMeta, extra), 0, NULL},
    {NULL},
};
static PyType_Slot DerivedMeta_slots[] = {{Py_tp_members, DerivedMeta_members}, {0, NULL}};
static PyType_Spec DerivedMeta_spec = {
    .name = "ext.DerivedMeta",
    .basicsize = sizeof(DerivedMeta),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = DerivedMeta_slots,
};

static PyObject *PlainMeta_plain(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("plain");
}

static PyMethodDef PlainMeta_methods[] = {
    {"plain", PlainMeta_plain, METH_NOARGS, NULL},
    {NULL},
};
static PyType_Slot PlainMeta_slots[] = {{Py_tp_methods, PlainMeta_methods}, {0, NULL}};
static PyType_Spec PlainMeta_spec = {
    .name = "ext.PlainMeta",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = PlainMeta_slots,
};

static PyObject *Made_greet(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("hello");
}

static PyMethodDef Made_methods[] = {
    {"greet", Made_greet, METH_NOARGS, NULL},
    {NULL},
};
static PyType_Slot Made_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_methods, Made_methods}, {0, NULL},
};
static PyType_Spec Made_spec = {
    .name = "ext.Made",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Made_slots,
};

static PyObject *make(PyObject *module, PyObject *args)
{
    PyObject *metaclass, *bases;
    if (!PyArg_ParseTuple(args, "OO!", &metaclass, &PyTuple_Type, &bases)) {
        return NULL;
    }
    PyObject *type = PyObject_CallFunction(metaclass, "sO{ss}", "Made", bases, "__module__", "ext");
    if (type == NULL) {
        return NULL;
    }
    PyObject *greet = PyDescr_NewMethod((PyTypeObject *)type, Made_methods);
    if (greet == NULL || PyObject_SetAttrString(type, "greet", greet) < 0) {
        Py_CLEAR(type);
    }
    Py_XDECREF(greet);
    return type;
}

static PyObject *make_from(PyObject *module, PyObject *base)
{
    return conform_type(&Made_spec, base);
}

static PyMethodDef ext_methods[] = {
    {"make", make, METH_VARARGS, "make(metaclass, bases): a type with these."},
    {"make_from", make_from, METH_O, "make_from(base): a type for which no metaclass is given."},
    {NULL},
};

static int ext_exec(PyObject *module)
{
    PyObject *meta = conform_type(&Meta_spec, (PyObject *)&PyType_Type);
    if (meta == NULL) {
        return -1;
    }
    int failed = PyObject_SetAttrString(module, "Meta", meta) < 0 ||
                 conform_add_type(module, "DerivedMeta", &DerivedMeta_spec, meta) < 0 ||
                 conform_add_type(module, "PlainMeta", &PlainMeta_spec, (PyObject *)&PyType_Type) < 0;
    Py_DECREF(meta);
    return failed ? -1 : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Metaclasses, and types made with them.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
