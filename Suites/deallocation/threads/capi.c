/* The same against the raw C API: tp_dealloc also tells whether its thread holds the GIL. */
#include "conform_capi.h"
#include <pthread.h>

typedef struct {
    PyObject_HEAD
    long serial;
    pthread_t maker;
    PyObject *held;
} Thing;

static long destroyed;

static PyObject *Thing_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Thing *self = (Thing *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->serial = conform_serial();
        self->maker = pthread_self();
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
    conform_event("thread", pthread_equal(self->maker, pthread_self()) ? 1 : 2);
    if (!PyGILState_Check()) {
        conform_event("without the GIL", self->serial);
    }
    __atomic_add_fetch(&destroyed, 1, __ATOMIC_SEQ_CST);
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

static PyGetSetDef Thing_getset[] = {{"held", (getter)Thing_get_held, NULL, NULL, NULL}, {NULL}};
static PyMethodDef Thing_methods[] = {{"hold", (PyCFunction)Thing_hold, METH_O, NULL}, {NULL}};
static PyType_Slot Thing_slots[] = {
    {Py_tp_new, Thing_new},         {Py_tp_traverse, Thing_traverse}, {Py_tp_clear, Thing_clear},
    {Py_tp_dealloc, Thing_dealloc}, {Py_tp_getset, Thing_getset},     {Py_tp_methods, Thing_methods},
    {0, NULL},
};
static PyType_Spec Thing_spec = {
    "ext.Thing", sizeof(Thing), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, Thing_slots,
};

static PyObject *destroyed_so_far(PyObject *module, PyObject *ignored)
{
    return PyLong_FromLong(__atomic_load_n(&destroyed, __ATOMIC_SEQ_CST));
}

static int ext_exec(PyObject *module) { return conform_add_type(module, "Thing", &Thing_spec, NULL); }

static PyMethodDef ext_methods[] = {{"destroyed", destroyed_so_far, METH_NOARGS, NULL}, {NULL}};
static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT, .m_name = "ext", .m_methods = ext_methods, .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
