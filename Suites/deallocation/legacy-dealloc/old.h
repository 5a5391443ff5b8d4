/* What both extensions share: slots of the C API for one struct. Included after Python.h; held and own belong to the
   base and to the type derived from it. */
#ifndef OLD_H
#define OLD_H

#include "conform_helpers.h"

static PyTypeObject *Base_type, *Destroyed_type;

#define THING                                                                                                        \
    PyObject_HEAD                                                                                                    \
    long serial;                                                                                                     \
    PyObject *held;                                                                                                  \
    PyObject *own;                                                                                                   \
    PyObject *kept; /* a list that finalize puts the object into */

typedef struct {
    THING
} Old;

static PyObject *Old_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Old *self = (Old *)cls->tp_alloc(cls, 0);
    if (self != NULL) {
        self->serial = conform_serial();
    }
    return (PyObject *)self;
}

/* Stores an object, or NULL for None. */
static void Old_store(PyObject **place, PyObject *value)
{
    if (value == Py_None) {
        Py_CLEAR(*place);
    } else {
        conform_store(place, value);
    }
}

/* hold(held, own) */
static PyObject *Old_hold(Old *self, PyObject *args)
{
    PyObject *held, *own;
    if (!PyArg_ParseTuple(args, "OO", &held, &own)) {
        return NULL;
    }
    Old_store(&self->held, held);
    Old_store(&self->own, own);
    Py_RETURN_NONE;
}

/* keep_in(list): finalize appends the object to it, if it is not None. */
static PyObject *Old_keep_in(Old *self, PyObject *list)
{
    Old_store(&self->kept, list);
    Py_RETURN_NONE;
}

static PyMethodDef Old_methods[] = {
    {"hold", (PyCFunction)Old_hold, METH_VARARGS, NULL},
    {"keep_in", (PyCFunction)Old_keep_in, METH_O, NULL},
    {NULL},
};

static void Base_dealloc(Old *self)
{
    conform_event("base", self->serial);
    Py_CLEAR(self->held);
    conform_dealloc((PyObject *)self);
}

/* Releases what the type added, and leaves the rest to the base. */
static void Chained_dealloc(Old *self)
{
    conform_event("own", self->serial);
    Py_CLEAR(self->own);
    Base_type->tp_dealloc((PyObject *)self);
}

static void Below_dealloc(Old *self)
{
    conform_event("own", self->serial);
    Py_CLEAR(self->own);
    Destroyed_type->tp_dealloc((PyObject *)self);
}

static void Old_finalize(Old *self)
{
    PyObject *type, *value, *traceback;
    conform_event("finalize", self->serial);
    PyErr_Fetch(&type, &value, &traceback);
    if (self->kept != NULL && PyList_Append(self->kept, (PyObject *)self) < 0) {
        PyErr_WriteUnraisable(self->kept);
    }
    PyErr_Restore(type, value, traceback);
}

static void Finalized_dealloc(Old *self)
{
    if (PyObject_CallFinalizerFromDealloc((PyObject *)self) < 0) {
        return;
    }
    conform_event("dealloc", self->serial);
    Py_CLEAR(self->kept);
    conform_dealloc((PyObject *)self);
}

static int Collected_traverse(Old *self, visitproc visit, void *arg)
{
#if !CONFORM_STATIC_TYPES && PY_VERSION_HEX >= 0x03090000
    Py_VISIT(Py_TYPE(self));
#endif
    Py_VISIT(self->held);
    return 0;
}

static int Collected_clear(Old *self)
{
    Py_CLEAR(self->held);
    return 0;
}

static void Collected_dealloc(Old *self)
{
    PyObject_GC_UnTrack(self);
    Collected_clear(self);
    conform_event("dealloc", self->serial);
    conform_dealloc((PyObject *)self);
}

static PyType_Slot Base_slots[] = {
    {Py_tp_new, Old_new}, {Py_tp_methods, Old_methods}, {Py_tp_dealloc, Base_dealloc}, {0, NULL},
};
static PyType_Slot Chained_slots[] = {{Py_tp_dealloc, Chained_dealloc}, {0, NULL}};
static PyType_Slot Below_slots[] = {{Py_tp_dealloc, Below_dealloc}, {0, NULL}};
static PyType_Slot Finalized_slots[] = {
    {Py_tp_new, Old_new},
    {Py_tp_methods, Old_methods},
    {Py_tp_finalize, Old_finalize},
    {Py_tp_dealloc, Finalized_dealloc},
    {0, NULL},
};
static PyType_Slot Collected_slots[] = {
    {Py_tp_new, Old_new},
    {Py_tp_methods, Old_methods},
    {Py_tp_traverse, Collected_traverse},
    {Py_tp_clear, Collected_clear},
    {Py_tp_dealloc, Collected_dealloc},
    {0, NULL},
};

#endif
