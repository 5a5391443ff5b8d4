/* Types with a metaclass, from specs. */
#include "conform_capi.h"
#include "conform_helpers.h"

static PyType_Slot plain_slots[] = {{Py_tp_new, conform_new}, {Py_tp_dealloc, conform_dealloc}, {0, NULL}};
static PyType_Spec plain_spec = {
    .name = "ext.Made",
    .basicsize = sizeof(PyObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = plain_slots,
};

/* with_metaclass(metaclass or None, bases or None): PyType_FromMetaclass. */
static PyObject *with_metaclass(PyObject *module, PyObject *args)
{
    PyObject *metaclass, *bases;
    if (!PyArg_ParseTuple(args, "OO", &metaclass, &bases)) {
        return NULL;
    }
    return PyType_FromMetaclass(metaclass == Py_None ? NULL : (PyTypeObject *)metaclass, module, &plain_spec,
                                bases == Py_None ? NULL : bases);
}

/* with_bases(bases): PyType_FromSpecWithBases, which takes the metaclass from the bases. */
static PyObject *with_bases(PyObject *module, PyObject *bases)
{
    return PyType_FromSpecWithBases(&plain_spec, bases);
}

static PyObject *module_of(PyObject *module, PyObject *type)
{
    PyObject *found = PyType_GetModule((PyTypeObject *)type);
    Py_XINCREF(found);
    return found;
}

static PyMethodDef methods[] = {
    {"with_metaclass", with_metaclass, METH_VARARGS, NULL},
    {"with_bases", with_bases, METH_O, NULL},
    {"module_of", module_of, METH_O, NULL},
    {NULL},
};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext", NULL, 0, methods};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModule_Create(&definition);
}
