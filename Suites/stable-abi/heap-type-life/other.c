/* Types of another binary below those of the extension, with a deallocator of their own or without. */
#include "conform_capi.h"
#include "conform_helpers.h"
#include "thing.h"

typedef struct {
    Thing base;
    long more;
} Derived;

/* The first deallocator below frees the object and gives the reference to its type back. Types above have that of CPython,
   which calls the first one below that isn't its own: another type of this module must not stand below one without a deallocator. */
static void Derived_dealloc(PyObject *self)
{
    conform_event("derived", ((Thing *)self)->serial);
    PyTypeObject *base = Py_TYPE(self);
    while (PyType_GetSlot(base, Py_tp_dealloc) != (void *)Derived_dealloc) {
        base = (PyTypeObject *)PyType_GetSlot(base, Py_tp_base);
    }
    while (PyType_GetSlot(base, Py_tp_dealloc) == (void *)Derived_dealloc) {
        base = (PyTypeObject *)PyType_GetSlot(base, Py_tp_base);
    }
    ((destructor)PyType_GetSlot(base, Py_tp_dealloc))(self);
}

static PyType_Slot own_slots[] = {{Py_tp_dealloc, Derived_dealloc}, {0, NULL}};
static PyType_Slot no_slots[] = {{0, NULL}};

static PyObject *derive(PyObject *base, PyType_Slot *slots)
{
    PyType_Spec spec = {
        .name = "other.Derived",
        .basicsize = sizeof(Derived),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
        .slots = slots,
    };
    return conform_type(&spec, base);
}

/* plain(base): a type that inherits its deallocator. */
static PyObject *plain(PyObject *module, PyObject *base)
{
    return derive(base, no_slots);
}

/* own(base): a type whose deallocator calls that of the base. */
static PyObject *own(PyObject *module, PyObject *base)
{
    return derive(base, own_slots);
}

static PyMethodDef methods[] = {{"plain", plain, METH_O, NULL}, {"own", own, METH_O, NULL}, {NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "other", NULL, 0, methods};

PyMODINIT_FUNC PyInit_other(void)
{
    return PyModule_Create(&definition);
}
