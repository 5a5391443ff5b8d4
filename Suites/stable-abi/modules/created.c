/* A module whose object its create slot makes: it needs to be no module. */
#include "conform_capi.h"

static PyObject *create(PyObject *spec, PyModuleDef *definition)
{
    PyObject *name = PyObject_GetAttrString(spec, "name");
    PyObject *types = PyImport_ImportModule("types");
    PyObject *made = types == NULL ? NULL : PyObject_CallMethod(types, "SimpleNamespace", NULL);
    if (made != NULL && (name == NULL || PyObject_SetAttrString(made, "spec_name", name) < 0)) {
        Py_CLEAR(made);
    }
    Py_XDECREF(types);
    Py_XDECREF(name);
    return made;
}

static PyObject *self_is(PyObject *self, PyObject *other)
{
    return PyBool_FromLong(self == other);
}

static PyMethodDef methods[] = {{"self_is", self_is, METH_O, NULL}, {NULL}};
static PyModuleDef_Slot slots[] = {{Py_mod_create, create}, {0, NULL}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "created", .m_doc = "made by its slot", .m_methods = methods, .m_slots = slots,
};

PyMODINIT_FUNC PyInit_created(void)
{
    return PyModuleDef_Init(&definition);
}
