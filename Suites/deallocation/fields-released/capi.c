/* The same against the raw C API: two references, visited, cleared and released by the usual three slots. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    long serial;
    PyObject *first;
    PyObject *second;
} Pair;

static PyObject *pair_create(PyTypeObject *cls, long serial)
{
    Pair *self = (Pair *)CONFORM_ALLOC(cls)(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    self->serial = serial;
    return (PyObject *)self;
}

static int Pair_traverse(Pair *self, visitproc visit, void *arg)
{
    Py_VISIT(self->first);
    Py_VISIT(self->second);
    CONFORM_VISIT_TYPE(self);
    return 0;
}

static int Pair_clear(Pair *self)
{
    Py_CLEAR(self->first);
    Py_CLEAR(self->second);
    return 0;
}

static PyObject *Pair_get(Pair *self, void *closure)
{
    PyObject *value = closure == NULL ? self->first : self->second;
    if (value == NULL) {
        value = Py_None;
    }
    Py_INCREF(value);
    return value;
}

static int Pair_set(Pair *self, PyObject *value, void *closure)
{
    if (value == NULL) {
        PyErr_SetString(PyExc_AttributeError, "use empty()");
        return -1;
    }
    conform_store(closure == NULL ? &self->first : &self->second, value);
    return 0;
}

static int second;
static PyGetSetDef Pair_getset[] = {
    {"first", (getter)Pair_get, (setter)Pair_set, NULL, NULL},
    {"second", (getter)Pair_get, (setter)Pair_set, NULL, &second},
    {NULL},
};

static PyObject *Pair_empty(Pair *self, PyObject *ignored)
{
    Pair_clear(self);
    Py_RETURN_NONE;
}

static PyMethodDef Pair_methods[] = {{"empty", (PyCFunction)Pair_empty, METH_NOARGS, NULL}, {NULL}};

static PyObject *Holder_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    return pair_create(cls, 0);
}

static void Holder_dealloc(Pair *self)
{
    PyObject_GC_UnTrack(self);
    Pair_clear(self);
    CONFORM_FREE(self);
}

static PyType_Slot Holder_slots[] = {
    {Py_tp_new, Holder_new},
    {Py_tp_dealloc, Holder_dealloc},
    {Py_tp_traverse, Pair_traverse},
    {Py_tp_clear, Pair_clear},
    {Py_tp_getset, Pair_getset},
    {Py_tp_methods, Pair_methods},
    {0, NULL},
};
static PyType_Spec Holder_spec = {
    .name = "ext.Holder",
    .basicsize = sizeof(Pair),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = Holder_slots,
};

static PyObject *Owner_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    return pair_create(cls, conform_serial());
}

static void Owner_dealloc(Pair *self)
{
    PyObject_GC_UnTrack(self);
    Pair_clear(self);
    conform_event("destroy", self->serial);
    CONFORM_FREE(self);
}

static PyType_Slot Owner_slots[] = {
    {Py_tp_new, Owner_new},
    {Py_tp_dealloc, Owner_dealloc},
    {Py_tp_traverse, Pair_traverse},
    {Py_tp_clear, Pair_clear},
    {Py_tp_getset, Pair_getset},
    {Py_tp_methods, Pair_methods},
    {0, NULL},
};
static PyType_Spec Owner_spec = {
    .name = "ext.Owner",
    .basicsize = sizeof(Pair),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = Owner_slots,
};

static int ext_exec(PyObject *module)
{
    if (conform_add_type(module, "Holder", &Holder_spec, NULL) < 0) {
        return -1;
    }
    return conform_add_type(module, "Owner", &Owner_spec, NULL);
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Objects that hold others in fields.",
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
