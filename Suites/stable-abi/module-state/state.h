/* The module state, which both binaries have. */
#ifndef STATE_H
#define STATE_H

typedef struct {
    long number;
    PyObject *type;
} State;

/* tick(…): the defining class, what its module's state has counted, the arguments and the names of the last of them. */
static PyObject *tick(PyObject *self, PyTypeObject *cls, PyObject *const *args, Py_ssize_t nargs, PyObject *names)
{
    State *state = (State *)PyType_GetModuleState(cls);
    if (state == NULL) {
        return NULL;
    }
    Py_ssize_t count = nargs + (names == NULL ? 0 : PyTuple_Size(names));
    PyObject *given = PyTuple_New(count);
    for (Py_ssize_t i = 0; given != NULL && i < count; i++) {
        Py_INCREF(args[i]);
        PyTuple_SET_ITEM(given, i, args[i]);
    }
    return given == NULL ? NULL : Py_BuildValue("(OlNO)", cls, ++state->number, given, names == NULL ? Py_None : names);
}

#define TICK(NAME) {NAME, (PyCFunction)(void (*)(void))tick, METH_METHOD | METH_FASTCALL | METH_KEYWORDS, NULL}

static int state_traverse(PyObject *module, visitproc visit, void *arg)
{
    State *state = (State *)PyModule_GetState(module);
    if (state != NULL) {
        Py_VISIT(state->type);
    }
    return 0;
}

static int state_clear(PyObject *module)
{
    State *state = (State *)PyModule_GetState(module);
    if (state != NULL) {
        Py_CLEAR(state->type);
    }
    return 0;
}

#endif
