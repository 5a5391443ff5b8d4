/* The type of all three modules: a Thing tells when it is destroyed. */
#include "conform_capi.h"

typedef struct {
    PyObject_HEAD
    long serial;
    PyObject *held;
} Thing;

static PyObject *Thing_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Thing *self = (Thing *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->serial = conform_serial();
    }
    return (PyObject *)self;
}

static int Thing_traverse(Thing *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    Py_VISIT(self->held);
    return 0;
}

static int Thing_clear(Thing *self)
{
    Py_CLEAR(self->held);
    return 0;
}

static void Thing_dealloc(Thing *self)
{
    PyObject_GC_UnTrack(self);
    conform_event("destroy", self->serial);
    Py_CLEAR(self->held);
    CONFORM_FREE(self);
}

static PyObject *Thing_hold(Thing *self, PyObject *value)
{
    PyObject *old = self->held;
    Py_INCREF(value);
    self->held = value;
    Py_XDECREF(old);
    Py_RETURN_NONE;
}

static PyMethodDef Thing_methods[] = {{"hold", (PyCFunction)Thing_hold, METH_O, NULL}, {NULL}};
static PyType_Slot Thing_slots[] = {
    {Py_tp_new, Thing_new},         {Py_tp_traverse, Thing_traverse}, {Py_tp_clear, Thing_clear},
    {Py_tp_dealloc, Thing_dealloc}, {Py_tp_methods, Thing_methods},   {0, NULL},
};
