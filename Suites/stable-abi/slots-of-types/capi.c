/* Slots as PyType_GetSlot gives them: the limited API has no other way, as PyTypeObject is opaque there. */
#include "conform_capi.h"
#include "conform_helpers.h"
#include "pair.h"

static PyObject *Pair_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Pair *self = (Pair *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->serial = conform_serial();
    }
    return (PyObject *)self;
}

static void Pair_dealloc(PyObject *self)
{
    conform_event("destroy", ((Pair *)self)->serial);
    Py_CLEAR(((Pair *)self)->held);
    CONFORM_FREE(self);
}

static PyObject *Pair_repr(PyObject *self)
{
    return PyUnicode_FromString("a pair");
}

static PyObject *Pair_add(PyObject *left, PyObject *right)
{
    return PyUnicode_FromFormat("add %S", right);
}

static Py_ssize_t Pair_length(PyObject *self)
{
    return 2;
}

static PyObject *Pair_subscript(PyObject *self, PyObject *key)
{
    return PyUnicode_FromFormat("key %S", key);
}

static PyObject *Pair_getattro(PyObject *self, PyObject *name)
{
    if (PyUnicode_CompareWithASCIIString(name, "shown") == 0) {
        return PyUnicode_FromString("shown by ext");
    }
    return PyObject_GenericGetAttr(self, name);
}

static PyObject *Pair_hold(PyObject *self, PyObject *value)
{
    conform_store(&((Pair *)self)->held, value);
    Py_INCREF(self);
    return self;
}

static PyMethodDef Pair_methods[] = {{"hold", Pair_hold, METH_O, NULL}, {NULL}};
static PyType_Slot Pair_slots[] = {
    {Py_tp_new, Pair_new},
    {Py_tp_dealloc, Pair_dealloc},
    {Py_tp_repr, Pair_repr},
    {Py_nb_add, Pair_add},
    {Py_sq_length, Pair_length},
    {Py_mp_subscript, Pair_subscript},
    {Py_tp_getattro, Pair_getattro},
    {Py_tp_methods, Pair_methods},
    {0, NULL},
};
static PyType_Spec Pair_spec = {
    .name = "ext.Pair",
    .basicsize = sizeof(Pair),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Pair_slots,
};

/* A type that defines no slot, and one that defines another function in the place of one. */
static PyType_Slot Below_slots[] = {{0, NULL}};
static PyType_Spec Below_spec = {
    .name = "ext.Below",
    .basicsize = sizeof(Pair),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Below_slots,
};

static PyObject *Other_repr(PyObject *self)
{
    return PyUnicode_FromString("another pair");
}

static PyType_Slot Other_slots[] = {{Py_tp_repr, Other_repr}, {0, NULL}};
static PyType_Spec Other_spec = {
    .name = "ext.Other",
    .basicsize = sizeof(Pair),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Other_slots,
};

/* The slots that scenarios name. */
static const struct {
    const char *name;
    int slot;
    void *own;
} SLOTS[] = {
    {"tp_new", Py_tp_new, Pair_new},
    {"tp_dealloc", Py_tp_dealloc, Pair_dealloc},
    {"tp_repr", Py_tp_repr, Pair_repr},
    {"nb_add", Py_nb_add, Pair_add},
    {"sq_length", Py_sq_length, Pair_length},
    {"mp_subscript", Py_mp_subscript, Pair_subscript},
    {"tp_getattro", Py_tp_getattro, Pair_getattro},
    {"tp_methods", Py_tp_methods, Pair_methods},
    {"tp_alloc", Py_tp_alloc, NULL},
    {"tp_free", Py_tp_free, NULL},
    {"tp_base", Py_tp_base, NULL},
    {"tp_bases", Py_tp_bases, NULL},
    {"tp_call", Py_tp_call, NULL},
    {"tp_iternext", Py_tp_iternext, NULL},
    {"nb_subtract", Py_nb_subtract, NULL},
    {"mp_length", Py_mp_length, NULL},
    {"sq_item", Py_sq_item, NULL},
    {"sq_contains", Py_sq_contains, NULL},
    {NULL, 0, NULL},
};

/* The place of that name in the table; -1 with an exception. */
static int find(const char *name)
{
    for (int i = 0; SLOTS[i].name != NULL; i++) {
        if (strcmp(name, SLOTS[i].name) == 0) {
            return i;
        }
    }
    PyErr_SetString(PyExc_LookupError, "no such slot");
    return -1;
}

/* What PyType_GetSlot gives. NULL without an exception is an empty slot. */
static int get(PyObject *args, PyTypeObject **type, int *place, void **found)
{
    const char *name;
    if (!PyArg_ParseTuple(args, "O!s", &PyType_Type, type, &name) || (*place = find(name)) < 0) {
        return -1;
    }
    *found = PyType_GetSlot(*type, SLOTS[*place].slot);
    return *found == NULL && PyErr_Occurred() ? -1 : 0;
}

/* has(type, slot): whether there is something in the slot. */
static PyObject *has(PyObject *module, PyObject *args)
{
    PyTypeObject *type;
    int place;
    void *found;
    return get(args, &type, &place, &found) < 0 ? NULL : PyBool_FromLong(found != NULL);
}

/* own(type, slot): whether it is the function of this source. */
static PyObject *own(PyObject *module, PyObject *args)
{
    PyTypeObject *type;
    int place;
    void *found;
    return get(args, &type, &place, &found) < 0 ? NULL : PyBool_FromLong(found == SLOTS[place].own);
}

/* numbered(type, number): the same with a number that may be none of a slot: whether NULL was given, and whether an
   exception was set. */
static PyObject *numbered(PyObject *module, PyObject *args)
{
    PyTypeObject *type;
    int slot;
    if (!PyArg_ParseTuple(args, "O!i", &PyType_Type, &type, &slot)) {
        return NULL;
    }
    void *found = PyType_GetSlot(type, slot);
    int failed = PyErr_Occurred() != NULL;
    PyErr_Clear();
    return Py_BuildValue("(ii)", found == NULL, failed);
}

/* held(type, slot): the object that the slot has: tp_base, tp_bases. */
static PyObject *held(PyObject *module, PyObject *args)
{
    PyTypeObject *type;
    int place;
    void *found;
    if (get(args, &type, &place, &found) < 0) {
        return NULL;
    }
    if (found == NULL) {
        Py_RETURN_NONE;
    }
    Py_INCREF((PyObject *)found); /* borrowed from the type */
    return (PyObject *)found;
}

/* unary(type, slot, object), binary(type, slot, object, other), length(type, slot, object): the function is called. */
static PyObject *unary(PyObject *module, PyObject *args)
{
    PyTypeObject *type;
    const char *name;
    PyObject *object;
    int place;
    if (!PyArg_ParseTuple(args, "O!sO", &PyType_Type, &type, &name, &object) || (place = find(name)) < 0) {
        return NULL;
    }
    unaryfunc function = (unaryfunc)PyType_GetSlot(type, SLOTS[place].slot);
    if (function == NULL) {
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_LookupError, "the slot is empty");
    }
    return function(object);
}

static PyObject *binary(PyObject *module, PyObject *args)
{
    PyTypeObject *type;
    const char *name;
    PyObject *object, *other;
    int place;
    if (!PyArg_ParseTuple(args, "O!sOO", &PyType_Type, &type, &name, &object, &other) || (place = find(name)) < 0) {
        return NULL;
    }
    binaryfunc function = (binaryfunc)PyType_GetSlot(type, SLOTS[place].slot);
    if (function == NULL) {
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_LookupError, "the slot is empty");
    }
    return function(object, other);
}

static PyObject *length(PyObject *module, PyObject *args)
{
    PyTypeObject *type;
    const char *name;
    PyObject *object;
    int place;
    if (!PyArg_ParseTuple(args, "O!sO", &PyType_Type, &type, &name, &object) || (place = find(name)) < 0) {
        return NULL;
    }
    lenfunc function = (lenfunc)PyType_GetSlot(type, SLOTS[place].slot);
    if (function == NULL) {
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_LookupError, "the slot is empty");
    }
    Py_ssize_t size = function(object);
    return size < 0 ? NULL : PyLong_FromSsize_t(size);
}

/* new(type, of, args): the tp_new of one type makes an object of the other. */
static PyObject *new(PyObject *module, PyObject *args)
{
    PyTypeObject *type, *of;
    PyObject *arguments;
    if (!PyArg_ParseTuple(args, "O!O!O!", &PyType_Type, &type, &PyType_Type, &of, &PyTuple_Type, &arguments)) {
        return NULL;
    }
    newfunc function = (newfunc)PyType_GetSlot(type, Py_tp_new);
    if (function == NULL) {
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_LookupError, "the slot is empty");
    }
    return function(of, arguments, NULL);
}

/* allocated(type): an object of a type below Pair, by the tp_alloc of the type alone. */
static PyObject *allocated(PyObject *module, PyObject *type)
{
    allocfunc function = (allocfunc)PyType_GetSlot((PyTypeObject *)type, Py_tp_alloc);
    if (function == NULL) {
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_LookupError, "the slot is empty");
    }
    return function((PyTypeObject *)type, 0);
}

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Pair", &Pair_spec, NULL) < 0
                   || conform_add_derived(module, "Below", &Below_spec, "Pair", NULL) < 0
                   || conform_add_derived(module, "Other", &Other_spec, "Below", NULL) < 0
               ? -1
               : 0;
}

static PyMethodDef methods[] = {
    {"has", has, METH_VARARGS, NULL},       {"own", own, METH_VARARGS, NULL},
    {"held", held, METH_VARARGS, NULL},     {"numbered", numbered, METH_VARARGS, NULL},
    {"unary", unary, METH_VARARGS, NULL},   {"binary", binary, METH_VARARGS, NULL},
    {"length", length, METH_VARARGS, NULL}, {"new", new, METH_VARARGS, NULL},
    {"allocated", allocated, METH_O, NULL}, {NULL},
};
static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext", NULL, 0, methods, ext_slots};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&definition);
}
