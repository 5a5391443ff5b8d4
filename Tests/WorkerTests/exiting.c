/* An extension whose objects tell when they end, with what a process may do while its interpreter ends. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include "conform.h"

#ifndef NAME
#define NAME exiting
#endif
#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)
#define INIT_(x) PyInit_##x
#define INIT(x) INIT_(x)

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

static PyObject *many(PyObject *self, PyObject *arguments)
{
    long count;
    if (!PyArg_ParseTuple(arguments, "l", &count)) {
        return NULL;
    }
    for (long i = 0; i < count; i++) {
        conform_event("many", i);
    }
    Py_RETURN_NONE;
}

static PyObject *crash(PyObject *self, PyObject *ignored)
{
    conform_event("before the crash", 1);
    *(volatile int *)16 = 1;
    Py_RETURN_NONE;
}

static void last(void) { conform_event("C's exit", 1); }

static PyObject *at_exit(PyObject *self, PyObject *ignored)
{
    atexit(last);
    Py_RETURN_NONE;
}

static void crash_last(void) { *(volatile int *)16 = 1; }

static PyObject *crash_at_exit(PyObject *self, PyObject *ignored)
{
    atexit(crash_last);
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"event", event, METH_VARARGS, NULL},
    {"many", many, METH_VARARGS, NULL},
    {"crash", crash, METH_NOARGS, NULL},
    {"at_exit", at_exit, METH_NOARGS, NULL},
    {"crash_at_exit", crash_at_exit, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static int loaded(PyObject *module)
{
    conform_event("loaded " TEXT(NAME), 1);
    return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, loaded}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, TEXT(NAME), NULL, 0, functions, slots};

PyMODINIT_FUNC INIT(NAME)(void) { return PyModuleDef_Init(&definition); }
