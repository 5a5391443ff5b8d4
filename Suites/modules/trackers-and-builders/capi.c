/* The same against the raw C API, which has neither trackers nor builders: an array, and lists and tuples whose
   items are set. */
#include "conform_capi.h"

static PyObject *track(PyObject *self, PyObject *args)
{
    long size, forget;
    PyObject *items;
    if (!PyArg_ParseTuple(args, "lOl", &size, &items, &forget)) {
        return NULL;
    }
    Py_ssize_t count = PyObject_Length(items);
    PyObject **tracked = count < 0 ? NULL : PyMem_Malloc((count + 1) * sizeof *tracked);
    if (tracked == NULL) {
        return count < 0 ? NULL : PyErr_NoMemory();
    }
    Py_ssize_t i = 0;
    for (; i < count && (tracked[i] = PySequence_GetItem(items, i)) != NULL; i++) {
    }
    Py_ssize_t got = i;
    while (i > 0) {
        Py_DECREF(tracked[--i]);
    }
    PyMem_Free(tracked);
    return got < count ? NULL : PyLong_FromSsize_t(got);
}

static PyObject *build_list(PyObject *self, PyObject *args)
{
    PyObject *items;
    long backwards, cancel_at;
    if (!PyArg_ParseTuple(args, "Oll", &items, &backwards, &cancel_at)) {
        return NULL;
    }
    Py_ssize_t count = PyObject_Length(items);
    PyObject *list = count < 0 ? NULL : PyList_New(count);
    for (Py_ssize_t i = 0; list != NULL && i < count; i++) {
        Py_ssize_t place = backwards ? count - 1 - i : i;
        PyObject *item = i == cancel_at ? NULL : PySequence_GetItem(items, place);
        if (item == NULL) {
            Py_DECREF(list);
            if (PyErr_Occurred()) {
                return NULL;
            }
            Py_RETURN_NONE;
        }
        PyList_SET_ITEM(list, place, item);
    }
    return list;
}

static PyObject *build_tuple(PyObject *self, PyObject *args)
{
    PyObject *items;
    long backwards, cancel_at;
    if (!PyArg_ParseTuple(args, "Oll", &items, &backwards, &cancel_at)) {
        return NULL;
    }
    Py_ssize_t count = PyObject_Length(items);
    PyObject *tuple = count < 0 ? NULL : PyTuple_New(count);
    for (Py_ssize_t i = 0; tuple != NULL && i < count; i++) {
        Py_ssize_t place = backwards ? count - 1 - i : i;
        PyObject *item = i == cancel_at ? NULL : PySequence_GetItem(items, place);
        if (item == NULL) {
            Py_DECREF(tuple);
            if (PyErr_Occurred()) {
                return NULL;
            }
            Py_RETURN_NONE;
        }
        PyTuple_SET_ITEM(tuple, place, item);
    }
    return tuple;
}

static PyObject *null_in_list(PyObject *self, PyObject *item)
{
    PyObject *list = PyList_New(2);
    if (list == NULL) {
        return NULL;
    }
    Py_INCREF(item);
    PyList_SET_ITEM(list, 0, item);
    PyList_SET_ITEM(list, 1, NULL);
    Py_DECREF(list);
    Py_RETURN_NONE;
}

static PyObject *null_in_tuple(PyObject *self, PyObject *item)
{
    PyObject *tuple = PyTuple_New(2);
    if (tuple == NULL) {
        return NULL;
    }
    Py_INCREF(item);
    PyTuple_SET_ITEM(tuple, 0, item);
    PyTuple_SET_ITEM(tuple, 1, NULL);
    Py_DECREF(tuple);
    Py_RETURN_NONE;
}

static PyObject *from_array(PyObject *self, PyObject *args)
{
    Py_ssize_t count = PyTuple_GET_SIZE(args);
    PyObject *tuple = PyTuple_New(count);
    for (Py_ssize_t i = 0; tuple != NULL && i < count; i++) {
        PyObject *item = PyTuple_GET_ITEM(args, i);
        Py_INCREF(item);
        PyTuple_SET_ITEM(tuple, i, item);
    }
    return tuple;
}

static PyObject *pack(PyObject *self, PyObject *args)
{
#define ITEM(i) PyTuple_GET_ITEM(args, i)
    switch (PyTuple_GET_SIZE(args)) {
    case 0:
        return PyTuple_Pack(0);
    case 1:
        return PyTuple_Pack(1, ITEM(0));
    case 2:
        return PyTuple_Pack(2, ITEM(0), ITEM(1));
    default:
        return PyTuple_Pack(3, ITEM(0), ITEM(1), ITEM(2));
    }
}

static PyObject *append_all(PyObject *self, PyObject *args)
{
    PyObject *list = PyList_New(0);
    for (Py_ssize_t i = 0; list != NULL && i < PyTuple_GET_SIZE(args); i++) {
        if (PyList_Append(list, PyTuple_GET_ITEM(args, i)) < 0) {
            Py_DECREF(list);
            return NULL;
        }
    }
    return list;
}

static PyMethodDef ext_methods[] = {
    {"track", track, METH_VARARGS, NULL},
    {"build_list", build_list, METH_VARARGS, NULL},
    {"build_tuple", build_tuple, METH_VARARGS, NULL},
    {"null_in_list", null_in_list, METH_O, NULL},
    {"null_in_tuple", null_in_tuple, METH_O, NULL},
    {"from_array", from_array, METH_VARARGS, NULL},
    {"pack", pack, METH_VARARGS, NULL},
    {"append_all", append_all, METH_VARARGS, NULL},
    {NULL},
};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Trackers and builders.",
    .m_methods = ext_methods,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
