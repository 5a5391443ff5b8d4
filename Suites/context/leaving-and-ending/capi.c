/* The same against the raw C API. */
#include "conform_capi.h"
#include "waiting.h"

static PyObject *raise_flag(PyObject *self, PyObject *ignored)
{
    flag_set(1);
    Py_RETURN_NONE;
}

static PyObject *wait_for_flag(PyObject *self, PyObject *ignored)
{
    PyThreadState *state = PyEval_SaveThread();
    int raised = flag_wait();
    PyEval_RestoreThread(state);
    return PyLong_FromLong(raised);
}

static PyObject *visits(PyObject *self, PyObject *args)
{
    PyObject *list, *item;
    long times;
    if (!PyArg_ParseTuple(args, "lOO", &times, &list, &item)) {
        return NULL;
    }
    for (long i = 0; i < times; i++) {
        Py_BEGIN_ALLOW_THREADS
        pause_shortly();
        Py_END_ALLOW_THREADS
        if (PyList_Append(list, item) < 0) {
            return NULL;
        }
    }
    return PyLong_FromLong(times);
}

static PyObject *text_outside(PyObject *self, PyObject *text)
{
    const char *units = PyUnicode_AsUTF8AndSize(text, NULL);
    if (units == NULL) {
        return NULL;
    }
    PyThreadState *state = PyEval_SaveThread();
    long length = (long)strlen(units);
    PyEval_RestoreThread(state);
    return PyLong_FromLong(length);
}

static PyObject *fails(PyObject *self, PyObject *ignored)
{
    PyThreadState *state = PyEval_SaveThread();
    pause_shortly();
    PyEval_RestoreThread(state);
    PyErr_SetString(PyExc_LookupError, "behind it");
    return NULL;
}

static PyObject *fatal(PyObject *self, PyObject *message)
{
    Child child;
    const char *text = PyUnicode_AsUTF8AndSize(message, NULL);
    if (text == NULL) {
        return NULL;
    }
    int started = child_start(&child);
    if (started < 0) {
        PyErr_SetString(PyExc_RuntimeError, "no other process");
        return NULL;
    }
    if (started == 0) {
        Py_FatalError(text);
    }
    child_end(&child);
    return Py_BuildValue("(is)", child.signal, child.output);
}

static PyMethodDef methods[] = {
    {"raise_flag", raise_flag, METH_NOARGS, NULL},
    {"wait", wait_for_flag, METH_NOARGS, NULL},
    {"visits", visits, METH_VARARGS, NULL},
    {"text_outside", text_outside, METH_O, NULL},
    {"fails", fails, METH_NOARGS, NULL},
    {"fatal", fatal, METH_O, NULL},
    {NULL},
};
static PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Leaving Python.",
    .m_methods = methods,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&module);
}
