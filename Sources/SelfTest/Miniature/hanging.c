/* One function that returns, and one that doesn't. */
#include "conform_capi.h"
#include <unistd.h>

static PyObject *answer(PyObject *self, PyObject *unused) { return PyLong_FromLong(42); }

static PyObject *hang(PyObject *self, PyObject *unused)
{
    for (;;) {
        pause();
    }
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"answer", answer, METH_NOARGS, NULL},
    {"hang", hang, METH_NOARGS, NULL},
    {NULL},
};
static PyModuleDef ext_module = {PyModuleDef_HEAD_INIT, .m_name = "ext", .m_methods = functions};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
