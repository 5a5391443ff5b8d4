/* The same against the raw C API: each function calls what HPy's function of this name stands for. */
#include "conform_capi.h"

static PyObject *is_iterator(PyObject *module, PyObject *object)
{
    return PyBool_FromLong(PyIter_Check(object));
}

static PyObject *items(PyObject *module, PyObject *object)
{
    PyObject *iterator = PyObject_GetIter(object);
    if (iterator == NULL) {
        return NULL;
    }
    PyObject *list = PyList_New(0);
    if (list == NULL) {
        Py_DECREF(iterator);
        return NULL;
    }
    int failed = 0;
    PyObject *item;
    while (!failed && (item = PyIter_Next(iterator)) != NULL) {
        failed = PyList_Append(list, item) < 0;
        Py_DECREF(item);
    }
    Py_DECREF(iterator);
    if (failed || PyErr_Occurred()) {
        Py_DECREF(list);
        return NULL;
    }
    return list;
}

static PyObject *insert(PyObject *module, PyObject *args)
{
    PyObject *list, *item;
    long index;
    if (!PyArg_ParseTuple(args, "OlO", &list, &index, &item) || PyList_Insert(list, index, item) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *part(PyObject *module, PyObject *args)
{
    PyObject *sequence;
    long start, end;
    if (!PyArg_ParseTuple(args, "Oll", &sequence, &start, &end)) {
        return NULL;
    }
    return PySequence_GetSlice(sequence, start, end);
}

static PyObject *replace(PyObject *module, PyObject *args)
{
    PyObject *sequence, *value;
    long start, end;
    if (!PyArg_ParseTuple(args, "OllO", &sequence, &start, &end, &value)
            || PySequence_SetSlice(sequence, start, end, value) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *take_out(PyObject *module, PyObject *args)
{
    PyObject *sequence;
    long start, end;
    if (!PyArg_ParseTuple(args, "Oll", &sequence, &start, &end) || PySequence_DelSlice(sequence, start, end) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *make_slice(PyObject *module, PyObject *args)
{
    PyObject *start, *stop, *step;
    if (!PyArg_ParseTuple(args, "OOO", &start, &stop, &step)) {
        return NULL;
    }
    return PySlice_New(start, stop, step);
}

typedef struct {
    PyDictObject dict;
    long number;
} Numbered;

static PyObject *set_number(Numbered *self, PyObject *value)
{
    long number = PyLong_AsLong(value);
    if (number == -1 && PyErr_Occurred()) {
        return NULL;
    }
    self->number = number;
    Py_RETURN_NONE;
}

static PyObject *number(Numbered *self, PyObject *unused)
{
    return PyLong_FromLong(self->number);
}

static PyMethodDef Numbered_methods[] = {
    {"set_number", (PyCFunction)set_number, METH_O, NULL},
    {"number", (PyCFunction)number, METH_NOARGS, NULL},
    {NULL},
};
static PyType_Slot Numbered_slots[] = {{Py_tp_methods, Numbered_methods}, {0, NULL}};
static PyType_Spec Numbered_spec = {
    .name = "ext.Numbered",
    .basicsize = sizeof(Numbered),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = Numbered_slots,
};

static PyObject *numbered_type(PyObject *module, PyObject *unused)
{
    return conform_type(&Numbered_spec, (PyObject *)&PyDict_Type);
}

static PyMethodDef ext_methods[] = {
    {"is_iterator", is_iterator, METH_O, NULL},
    {"items", items, METH_O, NULL},
    {"insert", insert, METH_VARARGS, NULL},
    {"part", part, METH_VARARGS, NULL},
    {"replace", replace, METH_VARARGS, NULL},
    {"take_out", take_out, METH_VARARGS, NULL},
    {"make_slice", make_slice, METH_VARARGS, NULL},
    {"numbered_type", numbered_type, METH_NOARGS, NULL},
    {NULL},
};

static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Functions that HPy got after 0.9.0.",
    .m_methods = ext_methods,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
