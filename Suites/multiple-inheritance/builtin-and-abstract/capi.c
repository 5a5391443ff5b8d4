/* The same against the raw C API. Static types have their builtin base first, or are left out. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyFloatObject value;
    long tag;
} Tagged;

static PyObject *Generic_kind(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("generic");
}

static PyObject *Generic_repr(PyObject *self)
{
    return PyUnicode_FromString("generic repr");
}

static PyObject *Generic_add(PyObject *left, PyObject *right)
{
    return PyUnicode_FromString("generic add");
}

static PyObject *Generic_matmul(PyObject *left, PyObject *right)
{
    return PyUnicode_FromString("generic matmul");
}

static PyMethodDef Generic_methods[] = {
    {"kind", Generic_kind, METH_NOARGS, NULL},
    {NULL},
};
static PyType_Slot Generic_slots[] = {
    {Py_tp_methods, Generic_methods},
    {Py_tp_repr, Generic_repr},
    {Py_nb_add, Generic_add},
    {Py_nb_matrix_multiply, Generic_matmul},
    {0, NULL},
};
static PyType_Spec Generic_spec = {
    .name = "ext.Generic",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Generic_slots,
};

static PyType_Slot no_slots[] = {{0, NULL}};
static PyType_Spec FloatGeneric_spec = {
    .name = "ext.FloatGeneric",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = no_slots,
};
static PyType_Spec IntGeneric_spec = {
    .name = "ext.IntGeneric",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = no_slots,
};
static PyType_Spec StrGeneric_spec = {
    .name = "ext.StrGeneric",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = no_slots,
};

static PyObject *Tagged_get_tag(PyObject *self, void *closure)
{
    return PyLong_FromLong(((Tagged *)self)->tag);
}

static int Tagged_set_tag(PyObject *self, PyObject *value, void *closure)
{
    if (value == NULL) {
        PyErr_SetString(PyExc_TypeError, "tag cannot be deleted");
        return -1;
    }
    long tag = PyLong_AsLong(value);
    if (tag == -1 && PyErr_Occurred()) {
        return -1;
    }
    ((Tagged *)self)->tag = tag;
    return 0;
}

static PyGetSetDef Tagged_getset[] = {
    {"tag", Tagged_get_tag, Tagged_set_tag, NULL, NULL},
    {NULL},
};
static PyMemberDef Tagged_members[] = {
    {"tag_member", T_LONG, offsetof(Tagged, tag), READONLY, NULL},
    {NULL},
};
static PyType_Slot Tagged_slots[] = {
    {Py_tp_getset, Tagged_getset},
    {Py_tp_members, Tagged_members},
    {0, NULL},
};
static PyType_Spec TaggedFloatGeneric_spec = {
    .name = "ext.TaggedFloatGeneric",
    .basicsize = sizeof(Tagged),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Tagged_slots,
};

static PyType_Spec GenericFloat_spec = {
    .name = "ext.GenericFloat",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = no_slots,
};
static PyType_Spec GenericInt_spec = {
    .name = "ext.GenericInt",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = no_slots,
};
static PyType_Spec GenericStr_spec = {
    .name = "ext.GenericStr",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = no_slots,
};
static PyType_Spec TaggedGenericFloat_spec = {
    .name = "ext.TaggedGenericFloat",
    .basicsize = sizeof(Tagged),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Tagged_slots,
};

static PyObject *value_in_c(PyObject *module, PyObject *arg)
{
    if (PyFloat_Check(arg)) {
        double number = PyFloat_AsDouble(arg);
        return number == -1.0 && PyErr_Occurred() ? NULL : PyFloat_FromDouble(number);
    }
    if (PyLong_Check(arg)) {
        long long number = PyLong_AsLongLong(arg);
        return number == -1 && PyErr_Occurred() ? NULL : PyLong_FromLongLong(number);
    }
    if (PyUnicode_Check(arg)) {
        const char *text = PyUnicode_AsUTF8AndSize(arg, NULL);
        return text == NULL ? NULL : PyUnicode_FromString(text);
    }
    PyErr_SetString(PyExc_TypeError, "neither float nor int nor str");
    return NULL;
}

static PyObject *type_check(PyObject *module, PyObject *args)
{
    PyObject *object, *type;
    if (!PyArg_ParseTuple(args, "OO!", &object, &PyType_Type, &type)) {
        return NULL;
    }
    return PyBool_FromLong(PyObject_TypeCheck(object, (PyTypeObject *)type));
}

static PyMethodDef ext_methods[] = {
    {"value_in_c", value_in_c, METH_O, "The builtin value of an object, as C sees it."},
    {"is_subtype", conform_is_subtype, METH_VARARGS, NULL},
    {"type_check", type_check, METH_VARARGS, NULL},
    {NULL},
};

/* Add a type with the bases (first, second); 1, or 0 with an exception. */
static int add(PyObject *module, const char *name, PyType_Spec *spec, void *first, void *second)
{
    PyObject *bases = PyTuple_Pack(2, (PyObject *)first, (PyObject *)second);
    if (bases == NULL) {
        return 0;
    }
    int added = conform_add_type(module, name, spec, bases) == 0;
    Py_DECREF(bases);
    return added;
}

static int ext_exec(PyObject *module)
{
    PyObject *generic = conform_type(&Generic_spec, NULL);
    if (generic == NULL) {
        return -1;
    }
    int added = PyObject_SetAttrString(module, "Generic", generic) == 0 &&
                add(module, "FloatGeneric", &FloatGeneric_spec, &PyFloat_Type, generic) &&
                add(module, "IntGeneric", &IntGeneric_spec, &PyLong_Type, generic) &&
                add(module, "StrGeneric", &StrGeneric_spec, &PyUnicode_Type, generic) &&
                add(module, "TaggedFloatGeneric", &TaggedFloatGeneric_spec, &PyFloat_Type, generic) &&
                add(module, "GenericFloat", &GenericFloat_spec, generic, &PyFloat_Type) &&
                add(module, "GenericInt", &GenericInt_spec, generic, &PyLong_Type) &&
                add(module, "GenericStr", &GenericStr_spec, generic, &PyUnicode_Type) &&
                add(module, "TaggedGenericFloat", &TaggedGenericFloat_spec, generic, &PyFloat_Type);
    Py_DECREF(generic);
    return added ? 0 : -1;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Builtin values with an abstract base.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
