/* Structs behind those of bases that C doesn't know: negative sizes, and data by class. */
#include "conform_capi.h"
#include "conform_helpers.h"
#include <stdint.h>

typedef struct {
    long long number;
    PyObject *object;
} Data;

/* Where the data of the class that an object was made of first begins; the class holds them under this name. */
static Data *data_of(PyObject *self, PyObject *cls)
{
    return (Data *)PyObject_GetTypeData(self, (PyTypeObject *)cls);
}

/* get(object, class), set(object, class, number): the number in the data of a class. */
static PyObject *get(PyObject *module, PyObject *args)
{
    PyObject *object, *cls;
    if (!PyArg_ParseTuple(args, "OO!", &object, &PyType_Type, &cls)) {
        return NULL;
    }
    Data *data = data_of(object, cls);
    return data == NULL ? NULL : PyLong_FromLongLong(data->number);
}

static PyObject *set(PyObject *module, PyObject *args)
{
    PyObject *object, *cls;
    long long number;
    if (!PyArg_ParseTuple(args, "OO!L", &object, &PyType_Type, &cls, &number)) {
        return NULL;
    }
    Data *data = data_of(object, cls);
    if (data == NULL) {
        return NULL;
    }
    data->number = number;
    Py_RETURN_NONE;
}

/* whole(object, class): whether the data are aligned as any C type may be, and all zero. */
static PyObject *whole(PyObject *module, PyObject *args)
{
    PyObject *object, *cls;
    if (!PyArg_ParseTuple(args, "OO!", &object, &PyType_Type, &cls)) {
        return NULL;
    }
    Data *data = data_of(object, cls);
    if (data == NULL) {
        return NULL;
    }
    return Py_BuildValue("(OO)", (uintptr_t)data % _Alignof(max_align_t) == 0 ? Py_True : Py_False,
                         data->number == 0 && data->object == NULL ? Py_True : Py_False);
}

static PyObject *size(PyObject *module, PyObject *cls)
{
    return PyBool_FromLong(PyType_GetTypeDataSize((PyTypeObject *)cls) >= (Py_ssize_t)sizeof(Data));
}

static PyMemberDef members[] = {
    {"number", T_LONGLONG, offsetof(Data, number), Py_RELATIVE_OFFSET, NULL},
    {NULL},
};
static PyType_Slot slots[] = {{Py_tp_members, members}, {0, NULL}};

/* extend(base): a type with Data behind the base's struct, however large that is. */
static PyObject *extend(PyObject *module, PyObject *base)
{
    PyType_Spec spec = {
        .name = "ext.Extended",
        .basicsize = -(int)sizeof(Data),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
        .slots = slots,
    };
    return PyType_FromSpecWithBases(&spec, base);
}

/* same(base): basicsize 0 inherits the base's. */
static PyObject *same(PyObject *module, PyObject *base)
{
    static PyType_Slot none[] = {{0, NULL}};
    PyType_Spec spec = {.name = "ext.Same", .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .slots = none};
    return PyType_FromSpecWithBases(&spec, base);
}

static PyMethodDef methods[] = {
    {"get", get, METH_VARARGS, NULL},     {"set", set, METH_VARARGS, NULL}, {"whole", whole, METH_VARARGS, NULL},
    {"has_size", size, METH_O, NULL}, {"extend", extend, METH_O, NULL}, {"same", same, METH_O, NULL},
    {NULL},
};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext", NULL, 0, methods};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModule_Create(&definition);
}
