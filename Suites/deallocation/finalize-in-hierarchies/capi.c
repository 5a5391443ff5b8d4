/* The same against the raw C API. The tp_dealloc of each type calls tp_finalize first and stops where that kept the
   object, and the functions of a subclass call those of the base. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    long serial;
    PyObject *callback;
    PyObject *peer;
} Guard;

typedef struct {
    Guard guard;
    PyObject *item;
} Heir;

static PyObject *Guard_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Guard *self = (Guard *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->serial = conform_serial();
    }
    return (PyObject *)self;
}

static int Guard_traverse(PyObject *object, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(object);
    Py_VISIT(((Guard *)object)->callback);
    Py_VISIT(((Guard *)object)->peer);
    return 0;
}

static int Guard_clear(PyObject *object)
{
    Py_CLEAR(((Guard *)object)->callback);
    Py_CLEAR(((Guard *)object)->peer);
    return 0;
}

/* Calls the callback with the object, and leaves an exception that is being raised as it is. */
static void tell(PyObject *object)
{
    PyObject *type, *value, *traceback, *callback = ((Guard *)object)->callback;
    if (callback == NULL) {
        return;
    }
    PyErr_Fetch(&type, &value, &traceback);
    Py_INCREF(callback);
    PyObject *result = PyObject_CallFunctionObjArgs(callback, object, NULL);
    if (result == NULL) {
        PyErr_WriteUnraisable(callback);
    }
    Py_XDECREF(result);
    Py_DECREF(callback);
    PyErr_Restore(type, value, traceback);
}

static void Guard_finalize(PyObject *object)
{
    conform_event("finalize", ((Guard *)object)->serial);
    tell(object);
}

/* The part of Guard, and the end of the object. */
static void Guard_release(PyObject *object)
{
    PyObject_GC_UnTrack(object);
    Guard_clear(object);
    conform_event("destroy", ((Guard *)object)->serial);
    CONFORM_FREE(object);
}

static void Guard_dealloc(PyObject *object)
{
    if (PyObject_CallFinalizerFromDealloc(object) == 0) {
        Guard_release(object);
    }
}

static void Quiet_dealloc(PyObject *object)
{
    Guard_release(object);
}

static PyObject *Guard_arm(PyObject *object, PyObject *args)
{
    PyObject *callback, *peer;
    if (!PyArg_ParseTuple(args, "OO", &callback, &peer)) {
        return NULL;
    }
    if (callback == Py_None) {
        Py_CLEAR(((Guard *)object)->callback);
    } else {
        conform_store(&((Guard *)object)->callback, callback);
    }
    conform_store(&((Guard *)object)->peer, peer);
    Py_INCREF(object);
    return object;
}

static PyObject *Guard_get_peer(PyObject *object, void *closure)
{
    PyObject *peer = ((Guard *)object)->peer != NULL ? ((Guard *)object)->peer : Py_None;
    Py_INCREF(peer);
    return peer;
}

static int Guard_set_peer(PyObject *object, PyObject *value, void *closure)
{
    if (value == NULL) {
        PyErr_SetString(PyExc_TypeError, "the peer cannot be deleted");
        return -1;
    }
    conform_store(&((Guard *)object)->peer, value);
    return 0;
}

static PyMethodDef Guard_methods[] = {
    {"arm", Guard_arm, METH_VARARGS, "arm(callback or None, peer): fills the fields of Guard."},
    {NULL},
};
static PyGetSetDef Guard_getset[] = {{"peer", Guard_get_peer, Guard_set_peer, NULL, NULL}, {NULL}};
static PyMemberDef Guard_members[] = {{"serial", T_LONG, offsetof(Guard, serial), READONLY, NULL}, {NULL}};

#define GUARD_SLOTS                                                                                                  \
    {Py_tp_new, Guard_new}, {Py_tp_traverse, Guard_traverse}, {Py_tp_clear, Guard_clear},                            \
        {Py_tp_methods, Guard_methods}, {Py_tp_getset, Guard_getset}, {Py_tp_members, Guard_members}
static PyType_Slot Guard_slots[] = {
    GUARD_SLOTS,
    {Py_tp_finalize, Guard_finalize},
    {Py_tp_dealloc, Guard_dealloc},
    {0, NULL},
};
static PyType_Slot Quiet_slots[] = {GUARD_SLOTS, {Py_tp_dealloc, Quiet_dealloc}, {0, NULL}};

static int Heir_traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(((Heir *)object)->item);
    return Guard_traverse(object, visit, arg);
}

static int Heir_clear(PyObject *object)
{
    Py_CLEAR(((Heir *)object)->item);
    return Guard_clear(object);
}

static void Heir_dealloc(PyObject *object)
{
    if (PyObject_CallFinalizerFromDealloc(object) < 0) {
        return;
    }
    PyObject_GC_UnTrack(object);
    Py_CLEAR(((Heir *)object)->item);
    Guard_release(object);
}

static PyObject *Heir_get_item(PyObject *object, void *closure)
{
    PyObject *item = ((Heir *)object)->item != NULL ? ((Heir *)object)->item : Py_None;
    Py_INCREF(item);
    return item;
}

static int Heir_set_item(PyObject *object, PyObject *value, void *closure)
{
    if (value == NULL) {
        PyErr_SetString(PyExc_TypeError, "the item cannot be deleted");
        return -1;
    }
    conform_store(&((Heir *)object)->item, value);
    return 0;
}

static void Caller_finalize(PyObject *object)
{
    conform_event("caller", ((Guard *)object)->serial);
    Guard_finalize(object);
}

static void Alone_finalize(PyObject *object)
{
    conform_event("alone", ((Guard *)object)->serial);
    tell(object);
}

static void Late_finalize(PyObject *object)
{
    conform_event("late", ((Guard *)object)->serial);
    tell(object);
}

static PyGetSetDef Heir_getset[] = {{"item", Heir_get_item, Heir_set_item, NULL, NULL}, {NULL}};

#define HEIR_SLOTS                                                                                                   \
    {Py_tp_traverse, Heir_traverse}, {Py_tp_clear, Heir_clear}, {Py_tp_dealloc, Heir_dealloc},                       \
        {Py_tp_getset, Heir_getset}
static PyType_Slot Heir_slots[] = {HEIR_SLOTS, {0, NULL}};
static PyType_Slot Caller_slots[] = {HEIR_SLOTS, {Py_tp_finalize, Caller_finalize}, {0, NULL}};
static PyType_Slot Alone_slots[] = {HEIR_SLOTS, {Py_tp_finalize, Alone_finalize}, {0, NULL}};
static PyType_Slot Late_slots[] = {HEIR_SLOTS, {Py_tp_finalize, Late_finalize}, {0, NULL}};
static PyType_Slot no_slots[] = {{0, NULL}};

#define SPEC(NAME, SIZE, FLAGS, SLOTS)                                                                               \
    {                                                                                                                \
        .name = "ext." NAME,                                                                                         \
        .basicsize = SIZE,                                                                                           \
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | FLAGS,                                                   \
        .slots = SLOTS,                                                                                              \
    }
static PyType_Spec Guard_spec = SPEC("Guard", sizeof(Guard), Py_TPFLAGS_HAVE_GC, Guard_slots);
static PyType_Spec Quiet_spec = SPEC("Quiet", sizeof(Guard), Py_TPFLAGS_HAVE_GC, Quiet_slots);
static PyType_Spec Heir_spec = SPEC("Heir", sizeof(Heir), Py_TPFLAGS_HAVE_GC, Heir_slots);
static PyType_Spec Bare_spec = SPEC("Bare", 0, 0, no_slots);
static PyType_Spec Caller_spec = SPEC("Caller", sizeof(Heir), Py_TPFLAGS_HAVE_GC, Caller_slots);
static PyType_Spec Alone_spec = SPEC("Alone", sizeof(Heir), Py_TPFLAGS_HAVE_GC, Alone_slots);
static PyType_Spec Late_spec = SPEC("Late", sizeof(Heir), Py_TPFLAGS_HAVE_GC, Late_slots);

static int ext_exec(PyObject *module)
{
    if (conform_add_type(module, "Guard", &Guard_spec, NULL) < 0 ||
        conform_add_type(module, "Quiet", &Quiet_spec, NULL) < 0 ||
        conform_add_derived(module, "Heir", &Heir_spec, "Guard", NULL) < 0 ||
        conform_add_derived(module, "Bare", &Bare_spec, "Guard", NULL) < 0 ||
        conform_add_derived(module, "Caller", &Caller_spec, "Guard", NULL) < 0 ||
        conform_add_derived(module, "Alone", &Alone_spec, "Guard", NULL) < 0) {
        return -1;
    }
    return conform_add_derived(module, "Late", &Late_spec, "Quiet", NULL);
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Hierarchies of types with finalizers.",
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
