/* The same against the raw C API, and types whose structs have a place for weak references. Where that place is empty,
   PyObject_ClearWeakRefs is not called: PyPy, which has the references elsewhere, does not permit the call. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    long number;
} Plain;

static PyMemberDef Plain_members[] = {{"number", T_LONG, offsetof(Plain, number), 0, NULL}, {NULL}};
static PyType_Slot Plain_slots[] = {
    {Py_tp_new, conform_new}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_members, Plain_members}, {0, NULL},
};
static PyType_Spec Plain_spec = {
    .name = "ext.Plain",
    .basicsize = sizeof(Plain),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Plain_slots,
};

typedef struct {
    PyObject_HEAD
    long serial;
    PyObject *callback;
} Node;

static PyObject *Node_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Node *self = (Node *)CONFORM_ALLOC(cls)(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    self->serial = conform_serial();
    return (PyObject *)self;
}

static int Node_traverse(Node *self, visitproc visit, void *arg)
{
    Py_VISIT(self->callback);
    CONFORM_VISIT_TYPE(self);
    return 0;
}

static int Node_clear(Node *self)
{
    Py_CLEAR(self->callback);
    return 0;
}

static void Node_finalize(Node *self)
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

static void Node_dealloc(Node *self)
{
    if (PyObject_CallFinalizerFromDealloc((PyObject *)self) < 0) {
        return;
    }
    PyObject_GC_UnTrack(self);
    Node_clear(self);
    conform_event("destroy", self->serial);
    CONFORM_FREE(self);
}

static PyObject *Node_arm(Node *self, PyObject *callback)
{
    conform_store(&self->callback, callback);
    Py_INCREF(self);
    return (PyObject *)self;
}

static PyMethodDef Node_methods[] = {{"arm", (PyCFunction)Node_arm, METH_O, NULL}, {NULL}};
static PyType_Slot Node_slots[] = {
    {Py_tp_new, Node_new},           {Py_tp_traverse, Node_traverse}, {Py_tp_clear, Node_clear},
    {Py_tp_finalize, Node_finalize}, {Py_tp_dealloc, Node_dealloc},   {Py_tp_methods, Node_methods},
    {0, NULL},
};
static PyType_Spec Node_spec = {
    .name = "ext.Node",
    .basicsize = sizeof(Node),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = Node_slots,
};

/* A Node with weak references. */
typedef struct {
    Node base;
    PyObject *references;
    long number;
} Listed;

static void Listed_dealloc(Listed *self)
{
    if (PyObject_CallFinalizerFromDealloc((PyObject *)self) < 0) {
        return;
    }
    PyObject_GC_UnTrack(self);
    if (self->references != NULL) {
        PyObject_ClearWeakRefs((PyObject *)self);
    }
    Node_clear(&self->base);
    conform_event("destroy", self->base.serial);
    CONFORM_FREE(self);
}

#define PLACE(type) {"__weaklistoffset__", T_PYSSIZET, offsetof(type, references), READONLY, NULL}
static PyMemberDef Listed_members[] = {PLACE(Listed), {"number", T_LONG, offsetof(Listed, number), 0, NULL}, {NULL}};
static PyType_Slot Listed_slots[] = {
    {Py_tp_new, Node_new},           {Py_tp_traverse, Node_traverse}, {Py_tp_clear, Node_clear},
    {Py_tp_finalize, Node_finalize}, {Py_tp_dealloc, Listed_dealloc}, {Py_tp_methods, Node_methods},
    {Py_tp_members, Listed_members}, {0, NULL},
};
static PyType_Spec Listed_spec = {
    .name = "ext.Listed",
    .basicsize = sizeof(Listed),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = Listed_slots,
};

/* The weak references are cleared without a call of their callbacks. */
static void Quiet_dealloc(Listed *self)
{
    if (PyObject_CallFinalizerFromDealloc((PyObject *)self) < 0) {
        return;
    }
    PyObject_GC_UnTrack(self);
#if PY_VERSION_HEX >= 0x030D0000
    PyUnstable_Object_ClearWeakRefsNoCallbacks((PyObject *)self);
#else
    if (self->references != NULL) {
        PyObject_ClearWeakRefs((PyObject *)self);
    }
#endif
    Node_clear(&self->base);
    conform_event("destroy", self->base.serial);
    CONFORM_FREE(self);
}

static PyType_Slot Quiet_slots[] = {
    {Py_tp_new, Node_new},           {Py_tp_traverse, Node_traverse}, {Py_tp_clear, Node_clear},
    {Py_tp_finalize, Node_finalize}, {Py_tp_dealloc, Quiet_dealloc},  {Py_tp_methods, Node_methods},
    {Py_tp_members, Listed_members}, {0, NULL},
};
static PyType_Spec Quiet_spec = {
    .name = "ext.Quiet",
    .basicsize = sizeof(Listed),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = Quiet_slots,
};

/* Without the collector, and nothing but weak references. */
typedef struct {
    PyObject_HEAD
    PyObject *references;
    long number;
} Small;

static void Small_dealloc(Small *self)
{
    if (self->references != NULL) {
        PyObject_ClearWeakRefs((PyObject *)self);
    }
    conform_event("destroy", self->number);
    CONFORM_FREE(self);
}

static PyMemberDef Small_members[] = {PLACE(Small), {"number", T_LONG, offsetof(Small, number), 0, NULL}, {NULL}};
static PyType_Slot Small_slots[] = {
    {Py_tp_new, conform_new}, {Py_tp_dealloc, Small_dealloc}, {Py_tp_members, Small_members}, {0, NULL},
};
static PyType_Spec Small_spec = {
    .name = "ext.Small",
    .basicsize = sizeof(Small),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Small_slots,
};

/* Below Small: nothing new, and another place for the weak references. */
typedef struct {
    Small base;
    PyObject *references;
    long other;
} Moved;

static void Moved_dealloc(Moved *self)
{
    if (self->references != NULL) {
        PyObject_ClearWeakRefs((PyObject *)self);
    }
    Small_dealloc(&self->base);
}

static PyMemberDef Moved_members[] = {PLACE(Moved), {"other", T_LONG, offsetof(Moved, other), 0, NULL}, {NULL}};
static PyType_Slot Moved_slots[] = {{Py_tp_dealloc, Moved_dealloc}, {Py_tp_members, Moved_members}, {0, NULL}};
static PyType_Slot Below_slots[] = {{0, NULL}};
static PyType_Spec Below_spec = {
    .name = "ext.Below",
    .basicsize = sizeof(Small),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Below_slots,
};
static PyType_Spec Moved_spec = {
    .name = "ext.Moved",
    .basicsize = sizeof(Moved),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Moved_slots,
};

/* The functions of the C API. */
static PyObject *new_ref(PyObject *module, PyObject *args)
{
    PyObject *object, *callback = NULL;
    return PyArg_ParseTuple(args, "O|O", &object, &callback) ? PyWeakref_NewRef(object, callback) : NULL;
}

static PyObject *new_proxy(PyObject *module, PyObject *args)
{
    PyObject *object, *callback = NULL;
    return PyArg_ParseTuple(args, "O|O", &object, &callback) ? PyWeakref_NewProxy(object, callback) : NULL;
}

/* The referent, or None. */
static PyObject *get(PyObject *module, PyObject *reference)
{
#if PY_VERSION_HEX >= 0x030D0000
    PyObject *object = NULL;
    if (PyWeakref_GetRef(reference, &object) < 0) {
        return NULL;
    }
    if (object == NULL) {
        Py_RETURN_NONE;
    }
#else
    PyObject *object = PyWeakref_GetObject(reference);
    Py_XINCREF(object);
#endif
    return object;
}

static PyObject *checks(PyObject *module, PyObject *object)
{
    return Py_BuildValue("(iii)", PyWeakref_Check(object) != 0, PyWeakref_CheckRef(object) != 0,
                         PyWeakref_CheckProxy(object) != 0);
}

static int ext_exec(PyObject *module)
{
    if (conform_add_type(module, "Plain", &Plain_spec, NULL) < 0 ||
        conform_add_type(module, "Node", &Node_spec, NULL) < 0 ||
        conform_add_type(module, "Listed", &Listed_spec, NULL) < 0 ||
        conform_add_type(module, "Quiet", &Quiet_spec, NULL) < 0 ||
        conform_add_type(module, "Small", &Small_spec, NULL) < 0 ||
        conform_add_derived(module, "Below", &Below_spec, "Small", NULL) < 0) {
        return -1;
    }
    return conform_add_derived(module, "Moved", &Moved_spec, "Small", NULL);
}

static PyMethodDef ext_methods[] = {
    {"new_ref", new_ref, METH_VARARGS, NULL},
    {"new_proxy", new_proxy, METH_VARARGS, NULL},
    {"get", get, METH_O, NULL},
    {"checks", checks, METH_O, NULL},
    {NULL},
};
static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Objects to refer to weakly.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
