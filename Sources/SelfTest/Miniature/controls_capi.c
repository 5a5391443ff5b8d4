/* What differs between lanes, what leaks, and what is as it should be: against the raw C API. */
#include "conform_capi.h"

static PyObject *answer(PyObject *self, PyObject *unused) { return PyLong_FromLong(42); }

/* Not the same in all lanes. */
static PyObject *lane(PyObject *self, PyObject *unused) { return PyLong_FromLong(!CONFORM_STATIC_TYPES); }

/* Takes a reference, and never gives it up. */
static PyObject *keep(PyObject *self, PyObject *unused)
{
    Py_INCREF(self);
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"answer", answer, METH_NOARGS, NULL},
    {"lane", lane, METH_NOARGS, NULL},
    {"keep", keep, METH_NOARGS, NULL},
    {NULL},
};
static PyModuleDef ext_module = {PyModuleDef_HEAD_INIT, .m_name = "ext", .m_methods = functions};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
