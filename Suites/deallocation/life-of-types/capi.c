/* The same against the raw C API, and an Asking, whose deallocator asks its type for the module and its state. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    long serial;
    PyObject *content;
} Thing;

static PyObject *Thing_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Thing *self = (Thing *)CONFORM_ALLOC(cls)(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    self->serial = conform_serial();
    return (PyObject *)self;
}

static int Thing_traverse(Thing *self, visitproc visit, void *arg)
{
    Py_VISIT(self->content);
    CONFORM_VISIT_TYPE(self);
    return 0;
}

static int Thing_clear(Thing *self)
{
    Py_CLEAR(self->content);
    return 0;
}

static void Thing_dealloc(Thing *self)
{
    PyObject_GC_UnTrack(self);
    Thing_clear(self);
    conform_event("destroy", self->serial);
    CONFORM_FREE(self);
}

static PyObject *Thing_hold(Thing *self, PyObject *content)
{
    conform_store(&self->content, content);
    Py_INCREF(self);
    return (PyObject *)self;
}

static PyObject *Thing_held(Thing *self, PyObject *unused)
{
    PyObject *content = self->content != NULL ? self->content : Py_None;
    Py_INCREF(content);
    return content;
}

/* Calls the attribute note of the object's type, if it has one. */
static void Noting_finalize(Thing *self)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *note = PyObject_GetAttrString((PyObject *)Py_TYPE(self), "note");
    PyObject *result = note == NULL ? NULL : PyObject_CallObject(note, NULL);
    conform_event("noted", result != NULL);
    PyErr_Clear();
    Py_XDECREF(result);
    Py_XDECREF(note);
    PyErr_Restore(type, value, traceback);
}

static void Noting_dealloc(Thing *self)
{
    if (PyObject_CallFinalizerFromDealloc((PyObject *)self) < 0) {
        return;
    }
    Thing_dealloc(self);
}

#if !CONFORM_STATIC_TYPES && PY_VERSION_HEX >= 0x03090000
static void Asking_dealloc(Thing *self)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *module = PyType_GetModule(Py_TYPE(self));
    conform_event("module", module != NULL);
    PyErr_Clear();
    long *state = (long *)PyType_GetModuleState(Py_TYPE(self));
    conform_event("state", state == NULL ? -1 : *state);
    PyErr_Clear();
    PyErr_Restore(type, value, traceback);
    Thing_dealloc(self);
}
#else
#define Asking_dealloc Thing_dealloc
#endif

static PyMethodDef Thing_methods[] = {
    {"hold", (PyCFunction)Thing_hold, METH_O, NULL},
    {"held", (PyCFunction)Thing_held, METH_NOARGS, NULL},
    {NULL},
};
#define SLOTS {Py_tp_new, Thing_new}, {Py_tp_traverse, Thing_traverse}, {Py_tp_clear, Thing_clear},                  \
    {Py_tp_methods, Thing_methods}
static PyType_Slot Thing_slots[] = {SLOTS, {Py_tp_dealloc, Thing_dealloc}, {0, NULL}};
static PyType_Slot Noting_slots[] = {
    SLOTS, {Py_tp_finalize, Noting_finalize}, {Py_tp_dealloc, Noting_dealloc}, {0, NULL},
};
static PyType_Slot Asking_slots[] = {SLOTS, {Py_tp_dealloc, Asking_dealloc}, {0, NULL}};
static PyType_Slot Bare_slots[] = {{Py_tp_new, conform_new}, {Py_tp_dealloc, conform_dealloc}, {0, NULL}};

#define PLAIN (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE)
#define GC (PLAIN | Py_TPFLAGS_HAVE_GC)
static PyType_Spec Thing_spec = {"ext.Thing", sizeof(Thing), 0, GC, Thing_slots};
static PyType_Spec Noting_spec = {"ext.Noting", sizeof(Thing), 0, GC, Noting_slots};
static PyType_Spec Asking_spec = {"ext.Asking", sizeof(Thing), 0, GC, Asking_slots};
static PyType_Spec Bare_spec = {"ext.Bare", sizeof(PyObject), 0, PLAIN, Bare_slots};

/* make(name, base): base may be None. */
static PyObject *make(PyObject *module, PyObject *args)
{
    const char *name;
    PyObject *base;
    if (!PyArg_ParseTuple(args, "sO", &name, &base)) {
        return NULL;
    }
#if !CONFORM_STATIC_TYPES && PY_VERSION_HEX >= 0x03090000
    if (strcmp(name, "Asking") == 0) {
        return PyType_FromModuleAndSpec(module, &Asking_spec, base == Py_None ? NULL : base);
    }
#else
    (void)Asking_spec;
#endif
    PyType_Spec *spec = &Bare_spec;
    if (strcmp(name, "Thing") == 0) {
        spec = &Thing_spec;
    } else if (strcmp(name, "Noting") == 0) {
        spec = &Noting_spec;
    }
    return conform_type(spec, base == Py_None ? NULL : base);
}

static int ext_exec(PyObject *module)
{
    *(long *)PyModule_GetState(module) = 42;
    return conform_add_type(module, "Base", &Bare_spec, NULL);
}

static PyMethodDef ext_methods[] = {{"make", make, METH_VARARGS, NULL}, {NULL}};
static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Types that end.",
    .m_size = sizeof(long),
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
