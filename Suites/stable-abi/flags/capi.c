/* What a binary reads of flags, which the limited API gives by PyType_GetFlags: in its own checks of types, too. */
#include "conform_capi.h"
#include "conform_helpers.h"

/* Headers have these two from 3.10 on, for every version of the limited API. */
#ifndef Py_TPFLAGS_DISALLOW_INSTANTIATION
#define Py_TPFLAGS_DISALLOW_INSTANTIATION (1UL << 7)
#endif
#ifndef Py_TPFLAGS_IMMUTABLETYPE
#define Py_TPFLAGS_IMMUTABLETYPE (1UL << 8)
#endif

static const struct {
    const char *name;
    unsigned long flag;
} FLAGS[] = {
    {"DISALLOW_INSTANTIATION", Py_TPFLAGS_DISALLOW_INSTANTIATION},
    {"IMMUTABLETYPE", Py_TPFLAGS_IMMUTABLETYPE},
    {"HEAPTYPE", Py_TPFLAGS_HEAPTYPE},
    {"BASETYPE", Py_TPFLAGS_BASETYPE},
    {"READY", Py_TPFLAGS_READY},
    {"HAVE_GC", Py_TPFLAGS_HAVE_GC},
    {"LONG_SUBCLASS", Py_TPFLAGS_LONG_SUBCLASS},
    {"LIST_SUBCLASS", Py_TPFLAGS_LIST_SUBCLASS},
    {"TUPLE_SUBCLASS", Py_TPFLAGS_TUPLE_SUBCLASS},
    {"BYTES_SUBCLASS", Py_TPFLAGS_BYTES_SUBCLASS},
    {"UNICODE_SUBCLASS", Py_TPFLAGS_UNICODE_SUBCLASS},
    {"DICT_SUBCLASS", Py_TPFLAGS_DICT_SUBCLASS},
    {"BASE_EXC_SUBCLASS", Py_TPFLAGS_BASE_EXC_SUBCLASS},
    {"TYPE_SUBCLASS", Py_TPFLAGS_TYPE_SUBCLASS},
};

/* flags(type): the names of those that are set. */
static PyObject *flags(PyObject *module, PyObject *type)
{
    PyObject *names = PyList_New(0);
    unsigned long given = PyType_GetFlags((PyTypeObject *)type);
    for (size_t i = 0; names != NULL && i < sizeof FLAGS / sizeof *FLAGS; i++) {
        if (given & FLAGS[i].flag) {
            PyObject *name = PyUnicode_FromString(FLAGS[i].name);
            if (name == NULL || PyList_Append(names, name) < 0) {
                Py_CLEAR(names);
            }
            Py_XDECREF(name);
        }
    }
    return names;
}

/* checks(object): which of the checks say yes. */
static PyObject *checks(PyObject *module, PyObject *object)
{
    char found[128] = "";
#define CHECK(NAME)                                                                                                  \
    if (NAME##_Check(object)) {                                                                                      \
        strcat(found, found[0] == 0 ? "" : " ");                                                                     \
        strcat(found, #NAME);                                                                                        \
    }
    CHECK(PyLong) CHECK(PyList) CHECK(PyTuple) CHECK(PyBytes) CHECK(PyUnicode) CHECK(PyDict) CHECK(PyType)
    CHECK(PyExceptionInstance) CHECK(PyExceptionClass) CHECK(PyFloat) CHECK(PyComplex) CHECK(PyByteArray)
    return PyUnicode_FromString(found);
}

/* exact(object): the same of the checks that refuse subclasses. */
static PyObject *exact(PyObject *module, PyObject *object)
{
    return Py_BuildValue("(iiiiii)", PyLong_CheckExact(object) != 0, PyList_CheckExact(object) != 0,
                         PyTuple_CheckExact(object) != 0, PyBytes_CheckExact(object) != 0,
                         PyUnicode_CheckExact(object) != 0, PyDict_CheckExact(object) != 0);
}

static PyType_Slot no_slots[] = {{0, NULL}};

/* below(base): a new type that adds nothing, of the size of its base. */
static PyObject *below(PyObject *module, PyObject *base)
{
    static PyType_Spec spec = {
        .name = "ext.Below",
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
        .slots = no_slots,
    };
    return conform_type(&spec, base);
}

/* final(): a new type that none can be below. */
static PyObject *final(PyObject *module, PyObject *unused)
{
    static PyType_Spec spec = {.name = "ext.Final", .flags = Py_TPFLAGS_DEFAULT, .slots = no_slots};
    return conform_type(&spec, NULL);
}

/* closed(): a new type of which no objects are made. */
static PyObject *closed(PyObject *module, PyObject *unused)
{
    static PyType_Spec spec = {
        .name = "ext.Closed",
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
        .slots = no_slots,
    };
    return conform_type(&spec, NULL);
}

/* immutable(): a new type whose attributes stay. */
static PyObject *immutable(PyObject *module, PyObject *unused)
{
    static PyType_Spec spec = {
        .name = "ext.Immutable",
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
        .slots = no_slots,
    };
    return conform_type(&spec, NULL);
}

/* has_new(type): whether the slot is filled, which is the limited API's way to ask. */
static PyObject *has_new(PyObject *module, PyObject *type)
{
    return PyBool_FromLong(PyType_GetSlot((PyTypeObject *)type, Py_tp_new) != NULL);
}

static PyMethodDef methods[] = {
    {"flags", flags, METH_O, NULL},         {"checks", checks, METH_O, NULL},
    {"exact", exact, METH_O, NULL},         {"below", below, METH_O, NULL},
    {"final", final, METH_NOARGS, NULL},    {"closed", closed, METH_NOARGS, NULL},
    {"has_new", has_new, METH_O, NULL},     {"immutable", immutable, METH_NOARGS, NULL},
    {NULL},
};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext", NULL, 0, methods};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModule_Create(&definition);
}
