/* The same against the raw C API. */
#include "conform_capi.h"

static Py_hash_t any_hash(PyObject *self)
{
    return 42;
}

/* Equal to everything; not ordered. */
static PyObject *any_richcompare(PyObject *self, PyObject *other, int op)
{
    if (op == Py_EQ || op == Py_NE) {
        return PyBool_FromLong(op == Py_EQ);
    }
    Py_RETURN_NOTIMPLEMENTED;
}

static PyObject *any_repr(PyObject *self)
{
    return PyUnicode_FromString("tp_repr");
}

static PyObject *any_str(PyObject *self)
{
    return PyUnicode_FromString("tp_str");
}

static PyObject *number_add(PyObject *left, PyObject *right)
{
    return PyUnicode_FromString("nb_add");
}

static PyObject *number_multiply(PyObject *left, PyObject *right)
{
    return PyUnicode_FromString("nb_multiply");
}

static PyObject *number_negative(PyObject *self)
{
    return PyUnicode_FromString("nb_negative");
}

static PyObject *number_inplace_add(PyObject *self, PyObject *other)
{
    return PyUnicode_FromString("nb_inplace_add");
}

static int number_bool(PyObject *self)
{
    return 0;
}

static PyObject *number_index(PyObject *self)
{
    return PyLong_FromLong(2);
}

static Py_ssize_t sequence_length(PyObject *self)
{
    return 3;
}

static PyObject *sequence_item(PyObject *self, Py_ssize_t index)
{
    if (index < 0 || index >= 3) {
        PyErr_SetString(PyExc_IndexError, "there are three items");
        return NULL;
    }
    return PyLong_FromLong(10 * (long)index);
}

static int sequence_contains(PyObject *self, PyObject *item)
{
    return PyUnicode_Check(item) != 0;
}

static PyObject *sequence_concat(PyObject *self, PyObject *other)
{
    return PyUnicode_FromString("sq_concat");
}

static PyObject *sequence_repeat(PyObject *self, Py_ssize_t count)
{
    return PyUnicode_FromString("sq_repeat");
}

static Py_ssize_t mapping_length(PyObject *self)
{
    return 5;
}

static PyObject *mapping_subscript(PyObject *self, PyObject *key)
{
    return PyUnicode_FromString("mp_subscript");
}

static PyObject *called_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    Py_ssize_t named = kwargs == NULL ? 0 : PyDict_Size(kwargs);
    return PyLong_FromLong(10 * (long)PyTuple_GET_SIZE(args) + (long)named);
}

/* PyType_GenericNew, because a static type does not inherit tp_new from object. */
static PyType_Slot Both_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_hash, any_hash}, {Py_tp_richcompare, any_richcompare}, {0, NULL},
};
static PyType_Slot Equal_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_richcompare, any_richcompare}, {0, NULL},
};
static PyType_Slot Hashed_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_hash, any_hash}, {0, NULL},
};
static PyType_Slot Shown_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_repr, any_repr}, {0, NULL},
};
static PyType_Slot Spoken_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_str, any_str}, {0, NULL},
};
static PyType_Slot Number_slots[] = {
    {Py_tp_new, PyType_GenericNew},
    {Py_nb_add, number_add},
    {Py_nb_multiply, number_multiply},
    {Py_nb_negative, number_negative},
    {Py_nb_inplace_add, number_inplace_add},
    {Py_nb_bool, number_bool},
    {Py_nb_index, number_index},
    {0, NULL},
};
static PyType_Slot Sequence_slots[] = {
    {Py_tp_new, PyType_GenericNew},
    {Py_sq_length, sequence_length},
    {Py_sq_item, sequence_item},
    {Py_sq_contains, sequence_contains},
    {Py_sq_concat, sequence_concat},
    {Py_sq_repeat, sequence_repeat},
    {0, NULL},
};
static PyType_Slot Mapping_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_mp_length, mapping_length}, {Py_mp_subscript, mapping_subscript}, {0, NULL},
};
static PyType_Slot Called_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_call, called_call}, {0, NULL},
};
static PyType_Slot Sub_slots[] = {{0, NULL}};

#define SPEC(TYPE)                                                                                                   \
    {.name = "ext." #TYPE,                                                                                           \
     .basicsize = sizeof(PyObject),                                                                                  \
     .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,                                                              \
     .slots = TYPE##_slots}
static PyType_Spec specs[] = {
    SPEC(Both),   SPEC(Equal),    SPEC(Hashed),  SPEC(Shown), SPEC(Spoken),
    SPEC(Number), SPEC(Sequence), SPEC(Mapping), SPEC(Called),
};
static PyType_Spec Sub_spec = {
    .name = "ext.Sub",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Sub_slots,
};

static PyObject *base(PyObject *module, PyObject *name)
{
    const char *wanted = PyUnicode_AsUTF8AndSize(name, NULL);
    if (wanted == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        if (strcmp(specs[i].name + strlen("ext."), wanted) == 0) {
            return conform_type(&specs[i], NULL);
        }
    }
    PyErr_SetString(PyExc_LookupError, wanted);
    return NULL;
}

static PyObject *sub(PyObject *module, PyObject *bases)
{
    return conform_type(&Sub_spec, bases);
}

static PyMethodDef ext_methods[] = {
    {"base", base, METH_O, "A new type that defines the slots of this name."},
    {"sub", sub, METH_O, "A new type that defines no slots and has the bases of this tuple."},
    {NULL},
};

static PyModuleDef_Slot ext_slots[] = {{0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Types with a few slots each.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
