/* A module of slots, whose state is memory that the interpreter gives: for the scenarios with several module objects. */
#include "conform_capi.h"

typedef struct {
    long number;
    PyObject *held;
} State;

static PyObject *hold(PyObject *module, PyObject *value)
{
    State *state = (State *)PyModule_GetState(module);
    PyObject *old = state->held;
    Py_INCREF(value);
    state->held = value;
    Py_XDECREF(old);
    return PyLong_FromLong(++state->number);
}

static PyObject *held(PyObject *module, PyObject *unused)
{
    State *state = (State *)PyModule_GetState(module);
    return Py_BuildValue("(lO)", state->number, state->held == NULL ? Py_None : state->held);
}

static int ext_exec(PyObject *module)
{
    State *state = (State *)PyModule_GetState(module);
    state->number = 0;
    state->held = NULL;
    return PyModule_AddIntConstant(module, "executed", 1);
}

static int ext_traverse(PyObject *module, visitproc visit, void *arg)
{
    State *state = (State *)PyModule_GetState(module);
    if (state != NULL) {
        Py_VISIT(state->held);
    }
    return 0;
}

static int ext_clear(PyObject *module)
{
    State *state = (State *)PyModule_GetState(module);
    if (state != NULL) {
        Py_CLEAR(state->held);
    }
    return 0;
}

static void ext_free(void *module)
{
    conform_event("free", 0);
    ext_clear((PyObject *)module);
}

static PyMethodDef methods[] = {{"hold", hold, METH_O, NULL}, {"held", held, METH_NOARGS, NULL}, {NULL}};
static PyModuleDef_Slot slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_size = sizeof(State),
    .m_methods = methods,
    .m_slots = slots,
    .m_traverse = ext_traverse,
    .m_clear = ext_clear,
    .m_free = ext_free,
};

#ifndef MODULE_INIT
#define MODULE_INIT PyInit_ext
#endif

PyMODINIT_FUNC MODULE_INIT(void)
{
    return PyModuleDef_Init(&definition);
}
