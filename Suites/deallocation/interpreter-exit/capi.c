/* The same against the raw C API; what is kept lies in a static variable. */
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

static void Thing_finalize(Thing *self) { conform_event("finalize", self->serial); }

static void Thing_dealloc(Thing *self)
{
    if (PyObject_CallFinalizerFromDealloc((PyObject *)self) < 0) {
        return;
    }
    PyObject_GC_UnTrack(self);
    conform_event("destroy", self->serial);
    Py_CLEAR(self->held);
    CONFORM_FREE(self);
}

static PyObject *Thing_get_held(Thing *self, void *closure)
{
    PyObject *held = self->held == NULL ? Py_None : self->held;
    Py_INCREF(held);
    return held;
}

static PyObject *Thing_hold(Thing *self, PyObject *value)
{
    PyObject *old = self->held;
    Py_INCREF(value);
    self->held = value;
    Py_XDECREF(old);
    Py_RETURN_NONE;
}

static PyObject *Thing_touch(Thing *self, PyObject *ignored)
{
    conform_event("touch", self->serial);
    Py_RETURN_NONE;
}

static PyGetSetDef Thing_getset[] = {{"held", (getter)Thing_get_held, NULL, NULL, NULL}, {NULL}};
static PyMethodDef Thing_methods[] = {
    {"hold", (PyCFunction)Thing_hold, METH_O, NULL}, {"touch", (PyCFunction)Thing_touch, METH_NOARGS, NULL}, {NULL},
};
static PyType_Slot Thing_slots[] = {
    {Py_tp_new, Thing_new},           {Py_tp_traverse, Thing_traverse}, {Py_tp_clear, Thing_clear},
    {Py_tp_finalize, Thing_finalize}, {Py_tp_dealloc, Thing_dealloc},   {Py_tp_getset, Thing_getset},
    {Py_tp_methods, Thing_methods},   {0, NULL},
};
static PyType_Spec Thing_spec = {
    "ext.Thing", sizeof(Thing), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, Thing_slots,
};

static PyObject *kept;

static PyObject *keep(PyObject *module, PyObject *value)
{
    PyObject *old = kept;
    Py_INCREF(value);
    kept = value;
    Py_XDECREF(old);
    Py_RETURN_NONE;
}

static PyObject *tell(PyObject *module, PyObject *number)
{
    long value = PyLong_AsLong(number);
    if (value == -1 && PyErr_Occurred()) {
        return NULL;
    }
    conform_event("tell", value);
    Py_RETURN_NONE;
}

static int ext_exec(PyObject *module) { return conform_add_type(module, "Thing", &Thing_spec, NULL); }

static PyMethodDef ext_methods[] = {{"keep", keep, METH_O, NULL}, {"tell", tell, METH_O, NULL}, {NULL}};
static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT, .m_name = "ext", .m_methods = ext_methods, .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
