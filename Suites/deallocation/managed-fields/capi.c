/* Dictionaries and weak references that the interpreter keeps in front of the object, to the object's end and beyond.
   A finalizer calls what the object has as its attribute on_finalize. */
#include "conform_capi.h"

#if PY_VERSION_HEX < 0x030D0000 /* public from 3.13 on; under these names before */
#define PyObject_VisitManagedDict _PyObject_VisitManagedDict
#define PyObject_ClearManagedDict _PyObject_ClearManagedDict
#endif

typedef struct {
    PyObject_HEAD
    long serial;
} Thing;

static PyObject *Thing_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Thing *self = (Thing *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->serial = conform_serial();
    }
    return (PyObject *)self;
}

static void Thing_finalize(PyObject *self)
{
    PyObject *type, *value, *traceback;
    conform_event("finalize", ((Thing *)self)->serial);
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *callback = PyObject_GetAttrString(self, "on_finalize");
    if (callback == NULL) {
        PyErr_Clear();
    } else {
        PyObject *result = PyObject_CallFunctionObjArgs(callback, self, NULL);
        if (result == NULL) {
            PyErr_WriteUnraisable(callback);
        }
        Py_XDECREF(result);
        Py_DECREF(callback);
    }
    PyErr_Restore(type, value, traceback);
}

static PyMemberDef Thing_members[] = {{"serial", T_LONG, offsetof(Thing, serial), READONLY, NULL}, {NULL}};

/* Weak references alone. */
static int Ref_traverse(PyObject *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    return 0;
}

static void Ref_dealloc(PyObject *self)
{
    if (PyObject_CallFinalizerFromDealloc(self) < 0) {
        return;
    }
    PyObject_GC_UnTrack(self);
    PyObject_ClearWeakRefs(self);
    conform_event("destroy", ((Thing *)self)->serial);
    CONFORM_FREE(self);
}

static PyType_Slot Ref_slots[] = {
    {Py_tp_new, Thing_new},           {Py_tp_traverse, Ref_traverse}, {Py_tp_finalize, Thing_finalize},
    {Py_tp_dealloc, Ref_dealloc},     {Py_tp_members, Thing_members}, {0, NULL},
};

#define GC (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC)
static PyType_Spec Ref_spec = {"ext.Ref", sizeof(Thing), 0, GC | Py_TPFLAGS_MANAGED_WEAKREF, Ref_slots};

#if !CONFORM_STATIC_TYPES
static int Whole_traverse(PyObject *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    return PyObject_VisitManagedDict(self, visit, arg);
}

static int Whole_clear(PyObject *self)
{
    PyObject_ClearManagedDict(self);
    return 0;
}

static void Whole_dealloc(PyObject *self)
{
    if (PyObject_CallFinalizerFromDealloc(self) < 0) {
        return;
    }
    PyObject_GC_UnTrack(self);
    PyObject_ClearWeakRefs(self);
    PyObject_ClearManagedDict(self);
    conform_event("destroy", ((Thing *)self)->serial);
    CONFORM_FREE(self);
}

static PyGetSetDef dictionary_getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL}, {NULL},
};

#define SLOTS {Py_tp_new, Thing_new}, {Py_tp_finalize, Thing_finalize}, {Py_tp_clear, Whole_clear},                  \
    {Py_tp_members, Thing_members}, {Py_tp_getset, dictionary_getset}
static PyType_Slot Whole_slots[] = {
    SLOTS, {Py_tp_traverse, Whole_traverse}, {Py_tp_dealloc, Whole_dealloc}, {0, NULL},
};
/* No tp_dealloc: the interpreter's own. */
static PyType_Slot Default_slots[] = {SLOTS, {Py_tp_traverse, Whole_traverse}, {0, NULL}};
/* The collector isn't told of the dictionary. */
static PyType_Slot Unvisited_slots[] = {
    SLOTS, {Py_tp_traverse, Ref_traverse}, {Py_tp_dealloc, Whole_dealloc}, {0, NULL},
};

/* A type below Whole with an object of its own, in the struct. */
typedef struct {
    Thing base;
    PyObject *extra;
} Below;

static int Below_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Below *)self)->extra);
    return Whole_traverse(self, visit, arg);
}

static int Below_clear(PyObject *self)
{
    Py_CLEAR(((Below *)self)->extra);
    return Whole_clear(self);
}

static void Below_dealloc(PyObject *self)
{
    if (PyObject_CallFinalizerFromDealloc(self) < 0) {
        return;
    }
    PyObject_GC_UnTrack(self);
    Py_CLEAR(((Below *)self)->extra);
    PyObject_GC_Track(self);
    Whole_dealloc(self);
}

static PyMemberDef Below_members[] = {{"extra", T_OBJECT, offsetof(Below, extra), 0, NULL}, {NULL}};
static PyType_Slot Below_slots[] = {
    {Py_tp_traverse, Below_traverse}, {Py_tp_clear, Below_clear}, {Py_tp_dealloc, Below_dealloc},
    {Py_tp_members, Below_members},   {0, NULL},
};

/* Gives an object to another one as an attribute when it ends. */
typedef struct {
    PyObject_HEAD
    PyObject *receiver;
    PyObject *gift;
} Giver;

static PyObject *Giver_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    PyObject *receiver, *gift;
    if (!PyArg_ParseTuple(args, "OO", &receiver, &gift)) {
        return NULL;
    }
    Giver *self = (Giver *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        Py_INCREF(receiver);
        self->receiver = receiver;
        Py_INCREF(gift);
        self->gift = gift;
    }
    return (PyObject *)self;
}

static int Giver_traverse(Giver *self, visitproc visit, void *arg)
{
    Py_VISIT(self->receiver);
    Py_VISIT(self->gift);
    CONFORM_VISIT_TYPE(self);
    return 0;
}

/* The cycles in which it is are broken by the others. */
static void Giver_dealloc(Giver *self)
{
    PyObject *type, *value, *traceback;
    PyObject_GC_UnTrack(self);
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *colour = PyObject_GetAttrString(self->receiver, "colour");
    conform_event("colour", colour != NULL);
    PyErr_Clear();
    Py_XDECREF(colour);
    conform_event("given", PyObject_SetAttrString(self->receiver, "gift", self->gift) == 0);
    PyErr_Clear();
    PyErr_Restore(type, value, traceback);
    Py_CLEAR(self->receiver);
    Py_CLEAR(self->gift);
    CONFORM_FREE(self);
}

static PyType_Slot Giver_slots[] = {
    {Py_tp_new, Giver_new}, {Py_tp_traverse, Giver_traverse}, {Py_tp_dealloc, Giver_dealloc}, {0, NULL},
};

#define BOTH (GC | Py_TPFLAGS_MANAGED_DICT | Py_TPFLAGS_MANAGED_WEAKREF)
static PyType_Spec Whole_spec = {"ext.Whole", sizeof(Thing), 0, BOTH, Whole_slots};
static PyType_Spec Default_spec = {"ext.Default", sizeof(Thing), 0, BOTH, Default_slots};
static PyType_Spec Unvisited_spec = {"ext.Unvisited", sizeof(Thing), 0, BOTH, Unvisited_slots};
static PyType_Spec Below_spec = {"ext.Below", sizeof(Below), 0, GC, Below_slots};
static PyType_Spec Giver_spec = {"ext.Giver", sizeof(Giver), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, Giver_slots};
#endif

static int ext_exec(PyObject *module)
{
    if (conform_add_type(module, "Ref", &Ref_spec, NULL) < 0) {
        return -1;
    }
#if !CONFORM_STATIC_TYPES
    if (conform_add_type(module, "Whole", &Whole_spec, NULL) < 0 ||
        conform_add_type(module, "Default", &Default_spec, NULL) < 0 ||
        conform_add_type(module, "Unvisited", &Unvisited_spec, NULL) < 0 ||
        conform_add_type(module, "Giver", &Giver_spec, NULL) < 0) {
        return -1;
    }
    PyObject *base = PyObject_GetAttrString(module, "Whole");
    if (base == NULL) {
        return -1;
    }
    int failed = conform_add_type(module, "Below", &Below_spec, base);
    Py_DECREF(base);
    return failed;
#else
    return 0;
#endif
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Objects with managed dictionaries and weak references.",
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
