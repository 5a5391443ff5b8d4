/* An extension whose C code records events. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include "conform.h"

static PyObject *event(PyObject *self, PyObject *arguments)
{
    const char *name;
    long long value;
    if (!PyArg_ParseTuple(arguments, "sL", &name, &value)) {
        return NULL;
    }
    conform_event(name, value);
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"event", event, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "recording", NULL, -1, functions};

PyMODINIT_FUNC PyInit_recording(void) { return PyModule_Create(&definition); }
