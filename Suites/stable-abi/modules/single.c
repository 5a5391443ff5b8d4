/* A module of one phase: its state is found again by the definition. */
#include "conform_capi.h"

static struct PyModuleDef definition;

/* found(): the module of this definition in this interpreter, or None. */
static PyObject *found(PyObject *module, PyObject *unused)
{
    PyObject *there = PyState_FindModule(&definition);
    if (there == NULL) {
        there = Py_None;
    }
    Py_INCREF(there);
    return there;
}

/* count(): how often it was called. */
static PyObject *count(PyObject *module, PyObject *unused)
{
    long *state = (long *)PyModule_GetState(module);
    return PyLong_FromLong(++*state);
}

static PyMethodDef methods[] = {{"found", found, METH_NOARGS, NULL}, {"count", count, METH_NOARGS, NULL}, {NULL}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "single", .m_size = sizeof(long), .m_methods = methods,
};

PyMODINIT_FUNC PyInit_single(void)
{
    PyObject *module = PyModule_Create(&definition);
    if (module != NULL) {
        *(long *)PyModule_GetState(module) = 0;
    }
    return module;
}
