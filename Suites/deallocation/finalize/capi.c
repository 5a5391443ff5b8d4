/* The same against the raw C API: tp_dealloc calls tp_finalize first, and stops where that kept the object. */
#include "conform_capi.h"

typedef struct {
    PyObject_HEAD
    long serial;
    PyObject *callback;
    PyObject *peer;
} Guard;

static PyObject *Guard_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Guard *self = (Guard *)CONFORM_ALLOC(cls)(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    self->serial = conform_serial();
    return (PyObject *)self;
}

static int Guard_traverse(Guard *self, visitproc visit, void *arg)
{
    Py_VISIT(self->callback);
    Py_VISIT(self->peer);
    CONFORM_VISIT_TYPE(self);
    return 0;
}

static int Guard_clear(Guard *self)
{
    Py_CLEAR(self->callback);
    Py_CLEAR(self->peer);
    return 0;
}

static void Guard_finalize(Guard *self)
{
    PyObject *type, *value, *traceback;
    conform_event("finalize", self->serial);
    if (self->callback == NULL) {
        return;
    }
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *callback = self->callback;
    Py_INCREF(callback);
    PyObject *result = PyObject_CallFunctionObjArgs(callback, (PyObject *)self, NULL);
    if (result == NULL) {
        PyErr_WriteUnraisable(callback);
    }
    Py_XDECREF(result);
    Py_DECREF(callback);
    PyErr_Restore(type, value, traceback);
}

static void Guard_dealloc(Guard *self)
{
    if (PyObject_CallFinalizerFromDealloc((PyObject *)self) < 0) {
        return;
    }
    PyObject_GC_UnTrack(self);
    Guard_clear(self);
    conform_event("destroy", self->serial);
    CONFORM_FREE(self);
}

static PyObject *Guard_arm(Guard *self, PyObject *args)
{
    PyObject *callback, *peer;
    if (!PyArg_ParseTuple(args, "OO", &callback, &peer)) {
        return NULL;
    }
    Guard_clear(self);
    Py_INCREF(callback);
    self->callback = callback;
    Py_INCREF(peer);
    self->peer = peer;
    Py_INCREF(self);
    return (PyObject *)self;
}

static PyObject *Guard_peer(Guard *self, void *closure)
{
    PyObject *peer = self->peer != NULL ? self->peer : Py_None;
    Py_INCREF(peer);
    return peer;
}

static PyMethodDef Guard_methods[] = {{"arm", (PyCFunction)Guard_arm, METH_VARARGS, NULL}, {NULL}};
static PyGetSetDef Guard_getset[] = {{"peer", (getter)Guard_peer, NULL, NULL, NULL}, {NULL}};
static PyMemberDef Guard_members[] = {
    {"serial", T_LONG, offsetof(Guard, serial), READONLY, NULL},
    {NULL},
};

static PyType_Slot Guard_slots[] = {
    {Py_tp_new, Guard_new},
    {Py_tp_traverse, Guard_traverse},
    {Py_tp_clear, Guard_clear},
    {Py_tp_finalize, Guard_finalize},
    {Py_tp_dealloc, Guard_dealloc},
    {Py_tp_methods, Guard_methods},
    {Py_tp_getset, Guard_getset},
    {Py_tp_members, Guard_members},
    {0, NULL},
};
static PyType_Spec Guard_spec = {
    .name = "ext.Guard",
    .basicsize = sizeof(Guard),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = Guard_slots,
};

typedef struct {
    PyObject_HEAD
    long serial;
} Plain;

static PyObject *Plain_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Plain *self = (Plain *)CONFORM_ALLOC(cls)(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    self->serial = conform_serial();
    return (PyObject *)self;
}

static void Plain_finalize(Plain *self)
{
    conform_event("finalize", self->serial);
}

static void Plain_dealloc(Plain *self)
{
    if (PyObject_CallFinalizerFromDealloc((PyObject *)self) < 0) {
        return;
    }
    CONFORM_FREE(self);
}

static PyType_Slot Plain_slots[] = {
    {Py_tp_new, Plain_new},
    {Py_tp_finalize, Plain_finalize},
    {Py_tp_dealloc, Plain_dealloc},
    {0, NULL},
};
static PyType_Spec Plain_spec = {
    .name = "ext.Plain",
    .basicsize = sizeof(Plain),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = Plain_slots,
};

static int ext_exec(PyObject *module)
{
    if (conform_add_type(module, "Guard", &Guard_spec, NULL) < 0) {
        return -1;
    }
    return conform_add_type(module, "Plain", &Plain_spec, NULL);
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Objects with a finalizer.",
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
