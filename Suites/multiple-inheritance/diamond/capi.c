/* The same against the raw C API. */
#include "conform_capi.h"

typedef struct {
    PyObject_HEAD
    long mark;
} Base;

typedef struct {
    Base base;
    long width[4];
} Wide;

typedef struct {
    Base base;
    double ratio;
} Other;

static PyObject *Base_describe(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("Base");
}

static PyObject *Base_read_mark(PyObject *self, PyObject *unused)
{
    return PyLong_FromLong(((Base *)self)->mark);
}

static PyMethodDef Base_methods[] = {
    {"describe", Base_describe, METH_NOARGS, NULL},
    {"read_mark", Base_read_mark, METH_NOARGS, NULL},
    {NULL},
};
static PyMemberDef Base_members[] = {
    {"mark", T_LONG, offsetof(Base, mark), 0, NULL},
    {NULL},
};
static PyType_Slot Base_slots[] = {
    {Py_tp_new, PyType_GenericNew},
    {Py_tp_methods, Base_methods},
    {Py_tp_members, Base_members},
    {0, NULL},
};
static PyType_Spec Base_spec = {
    .name = "ext.Base",
    .basicsize = sizeof(Base),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Base_slots,
};

static PyObject *Wide_describe(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("Wide");
}

static PyObject *Wide_fill(PyObject *self, PyObject *arg)
{
    long start = PyLong_AsLong(arg);
    if (start == -1 && PyErr_Occurred()) {
        return NULL;
    }
    for (int i = 0; i < 4; i++) {
        ((Wide *)self)->width[i] = start + i;
    }
    Py_RETURN_NONE;
}

static PyObject *Wide_total(PyObject *self, PyObject *unused)
{
    Wide *wide = (Wide *)self;
    return PyLong_FromLong(wide->width[0] + wide->width[1] + wide->width[2] + wide->width[3]);
}

static PyMethodDef Wide_methods[] = {
    {"describe", Wide_describe, METH_NOARGS, NULL},
    {"fill", Wide_fill, METH_O, NULL},
    {"total", Wide_total, METH_NOARGS, NULL},
    {NULL},
};
static PyMemberDef Wide_members[] = {
    {"last", T_LONG, offsetof(Wide, width) + 3 * sizeof(long), 0, NULL},
    {NULL},
};
static PyType_Slot Wide_slots[] = {
    {Py_tp_methods, Wide_methods},
    {Py_tp_members, Wide_members},
    {0, NULL},
};
static PyType_Spec Wide_spec = {
    .name = "ext.Wide",
    .basicsize = sizeof(Wide),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Wide_slots,
};

static PyObject *Plain_describe(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("Plain");
}

static PyObject *Plain_double_mark(PyObject *self, PyObject *unused)
{
    ((Base *)self)->mark *= 2;
    Py_RETURN_NONE;
}

static PyMethodDef Plain_methods[] = {
    {"describe", Plain_describe, METH_NOARGS, NULL},
    {"double_mark", Plain_double_mark, METH_NOARGS, NULL},
    {NULL},
};
static PyType_Slot Plain_slots[] = {
    {Py_tp_methods, Plain_methods},
    {0, NULL},
};
static PyType_Spec Plain_spec = {
    .name = "ext.Plain",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Plain_slots,
};

static PyMemberDef Other_members[] = {
    {"ratio", T_DOUBLE, offsetof(Other, ratio), 0, NULL},
    {NULL},
};
static PyType_Slot Other_slots[] = {
    {Py_tp_members, Other_members},
    {0, NULL},
};
static PyType_Spec Other_spec = {
    .name = "ext.Other",
    .basicsize = sizeof(Other),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Other_slots,
};

static PyType_Slot Made_slots[] = {{0, NULL}};
static PyType_Spec Made_spec = {
    .name = "ext.Made",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Made_slots,
};

static PyObject *make(PyObject *module, PyObject *bases)
{
    return conform_type(&Made_spec, bases);
}

static PyMethodDef ext_methods[] = {
    {"make", make, METH_O, "A type without slots of its own that derives from these bases."},
    {NULL},
};

static int ext_exec(PyObject *module)
{
    PyObject *base = conform_type(&Base_spec, NULL);
    if (base == NULL) {
        return -1;
    }
    int failed = PyObject_SetAttrString(module, "Base", base) < 0 ||
                 conform_add_type(module, "Wide", &Wide_spec, base) < 0 ||
                 conform_add_type(module, "Plain", &Plain_spec, base) < 0 ||
                 conform_add_type(module, "Other", &Other_spec, base) < 0;
    Py_DECREF(base);
    return failed ? -1 : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "A base, and subclasses with and without a struct.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
