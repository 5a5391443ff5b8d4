/* A module whose second exec slot raises an exception: the third does not run, and the state ends. */
#include "conform_capi.h"

static void held_ends(PyObject *capsule)
{
    conform_event("held ends", 0);
}

static int first(PyObject *module)
{
    static int anything;
    PyObject **state = (PyObject **)PyModule_GetState(module);
    conform_event("executed", 1);
    *state = PyCapsule_New(&anything, NULL, held_ends);
    return *state == NULL ? -1 : 0;
}

static int second(PyObject *module)
{
    conform_event("executed", 2);
    PyErr_SetString(PyExc_LookupError, "the second slot");
    return -1;
}

static int third(PyObject *module)
{
    conform_event("executed", 3);
    return 0;
}

static int failing_traverse(PyObject *module, visitproc visit, void *arg)
{
    PyObject **state = (PyObject **)PyModule_GetState(module);
    if (state != NULL) {
        Py_VISIT(*state);
    }
    return 0;
}

static int failing_clear(PyObject *module)
{
    PyObject **state = (PyObject **)PyModule_GetState(module);
    if (state != NULL) {
        Py_CLEAR(*state);
    }
    return 0;
}

static void failing_free(void *module)
{
    conform_event("free", 0);
    failing_clear((PyObject *)module);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, first}, {Py_mod_exec, second}, {Py_mod_exec, third}, {0, NULL},
};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "failing",
    .m_size = sizeof(PyObject *),
    .m_slots = slots,
    .m_traverse = failing_traverse,
    .m_clear = failing_clear,
    .m_free = failing_free,
};

PyMODINIT_FUNC PyInit_failing(void)
{
    return PyModuleDef_Init(&definition);
}
