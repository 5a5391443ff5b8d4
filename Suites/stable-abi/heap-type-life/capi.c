/* Types that are made at run time and end again, and what their objects hold of them. */
#include "conform_capi.h"
#include "conform_helpers.h"
#include "thing.h"

static void Thing_dealloc(PyObject *self)
{
    conform_event("destroy", ((Thing *)self)->serial);
    CONFORM_FREE(self);
}

static PyObject *Thing_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Thing *self = (Thing *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->serial = conform_serial();
    }
    return (PyObject *)self;
}

static PyType_Slot Thing_slots[] = {
    {Py_tp_new, Thing_new},
    {Py_tp_dealloc, Thing_dealloc},
    {0, NULL},
};

/* make(): a new type. */
static PyObject *make(PyObject *module, PyObject *unused)
{
    static PyType_Spec spec = {
        .name = "ext.Thing",
        .basicsize = sizeof(Thing),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
        .slots = Thing_slots,
    };
    return conform_type(&spec, NULL);
}

static PyMethodDef methods[] = {{"make", make, METH_NOARGS, NULL}, {NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext", NULL, 0, methods};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModule_Create(&definition);
}
