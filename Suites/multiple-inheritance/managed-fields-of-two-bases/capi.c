/* Dictionaries and weak references that the interpreter keeps in front of the object, in types that are joined. */
#include "conform_capi.h"
#include "conform_helpers.h"

#if PY_VERSION_HEX < 0x030D0000 /* public from 3.13 on; under these names before */
#define PyObject_VisitManagedDict _PyObject_VisitManagedDict
#define PyObject_ClearManagedDict _PyObject_ClearManagedDict
#endif

typedef struct {
    PyObject_HEAD
    long serial;
} Thing;

typedef struct {
    PyObject_HEAD
    long number;
} Number;

typedef struct {
    PyObject_HEAD
    PyObject *field;
} Held;

static int Dict_traverse(PyObject *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    return PyObject_VisitManagedDict(self, visit, arg);
}

static int Dict_clear(PyObject *self)
{
    PyObject_ClearManagedDict(self);
    return 0;
}

static int Ref_traverse(PyObject *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    return 0;
}

/* What tp_clear does, tp_dealloc does too. */
static void Proper_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    PyObject_ClearWeakRefs(self);
    PyObject_ClearManagedDict(self);
    CONFORM_FREE(self);
}

/* The dictionary is left to the interpreter, which manages it. */
static void Forgetful_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    PyObject_ClearWeakRefs(self);
    CONFORM_FREE(self);
}

static void Dict_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    PyObject_ClearManagedDict(self);
    CONFORM_FREE(self);
}

static void Loose_dealloc(PyObject *self)
{
    CONFORM_FREE(self);
}

static PyGetSetDef dictionary_getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL}, {NULL},
};
static PyMemberDef Thing_members[] = {{"serial", T_LONG, offsetof(Thing, serial), 0, NULL}, {NULL}};

#define DICT_SLOTS {Py_tp_new, conform_new}, {Py_tp_traverse, Dict_traverse}, {Py_tp_clear, Dict_clear},             \
    {Py_tp_getset, dictionary_getset}
static PyType_Slot Proper_slots[] = {
    DICT_SLOTS, {Py_tp_members, Thing_members}, {Py_tp_dealloc, Proper_dealloc}, {0, NULL},
};
static PyType_Slot Forgetful_slots[] = {
    DICT_SLOTS, {Py_tp_members, Thing_members}, {Py_tp_dealloc, Forgetful_dealloc}, {0, NULL},
};
/* No tp_dealloc: the interpreter's own. */
static PyType_Slot Default_slots[] = {DICT_SLOTS, {Py_tp_members, Thing_members}, {0, NULL}};
static PyType_Slot Both_slots[] = {DICT_SLOTS, {Py_tp_dealloc, Proper_dealloc}, {0, NULL}};
static PyType_Slot Dict_slots[] = {DICT_SLOTS, {Py_tp_dealloc, Dict_dealloc}, {0, NULL}};
static PyType_Slot Ref_slots[] = {
    {Py_tp_new, conform_new}, {Py_tp_traverse, Ref_traverse}, {Py_tp_dealloc, Forgetful_dealloc}, {0, NULL},
};
static PyType_Slot Loose_slots[] = {{Py_tp_new, conform_new}, {Py_tp_dealloc, Loose_dealloc}, {0, NULL}};

/* The same at offsets in the struct. */
static PyObject *Held_is(PyObject *self, PyObject *other)
{
    return PyBool_FromLong(((Held *)self)->field == other);
}

static PyObject *Held_is_null(PyObject *self, PyObject *unused)
{
    return PyBool_FromLong(((Held *)self)->field == NULL);
}

static int Dicted_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Held *)self)->field);
    CONFORM_VISIT_TYPE(self);
    return 0;
}

static int Dicted_clear(PyObject *self)
{
    Py_CLEAR(((Held *)self)->field);
    return 0;
}

static void Dicted_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_CLEAR(((Held *)self)->field);
    CONFORM_FREE(self);
}

static void Weak_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    if (((Held *)self)->field != NULL) {
        PyObject_ClearWeakRefs(self);
    }
    CONFORM_FREE(self);
}

static PyMethodDef Dicted_methods[] = {{"dictionary_is", Held_is, METH_O, NULL}, {NULL}};
static PyMethodDef Weak_methods[] = {
    {"references_are", Held_is, METH_O, NULL}, {"references_are_null", Held_is_null, METH_NOARGS, NULL}, {NULL},
};
#define OFFSET(name) {name, T_PYSSIZET, offsetof(Held, field), READONLY, NULL}
static PyMemberDef Dicted_members[] = {OFFSET("__dictoffset__"), {NULL}};
static PyMemberDef Weak_members[] = {OFFSET("__weaklistoffset__"), {NULL}};
static PyType_Slot Dicted_slots[] = {
    {Py_tp_new, conform_new},           {Py_tp_traverse, Dicted_traverse}, {Py_tp_clear, Dicted_clear},
    {Py_tp_dealloc, Dicted_dealloc},    {Py_tp_members, Dicted_members},   {Py_tp_getset, dictionary_getset},
    {Py_tp_methods, Dicted_methods},    {0, NULL},
};
static PyType_Slot Weak_slots[] = {
    {Py_tp_new, conform_new},      {Py_tp_traverse, Ref_traverse}, {Py_tp_dealloc, Weak_dealloc},
    {Py_tp_members, Weak_members}, {Py_tp_methods, Weak_methods},  {0, NULL},
};

static PyMemberDef Number_members[] = {{"number", T_LONG, offsetof(Number, number), 0, NULL}, {NULL}};
static PyType_Slot Number_slots[] = {{Py_tp_new, conform_new}, {Py_tp_members, Number_members}, {0, NULL}};
static PyType_Slot Empty_slots[] = {{Py_tp_new, conform_new}, {0, NULL}};
static PyType_Slot no_slots[] = {{0, NULL}};

#define PLAIN (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE)
#define GC (PLAIN | Py_TPFLAGS_HAVE_GC)
#define DICT Py_TPFLAGS_MANAGED_DICT
#define REF Py_TPFLAGS_MANAGED_WEAKREF

static PyType_Spec specs[] = {
    /* With a field of their own. */
    {"ext.Proper", sizeof(Thing), 0, GC | DICT | REF, Proper_slots},
    {"ext.Forgetful", sizeof(Thing), 0, GC | DICT | REF, Forgetful_slots},
    {"ext.Default", sizeof(Thing), 0, GC | DICT | REF, Default_slots},
    /* Without. */
    {"ext.Both", sizeof(PyObject), 0, GC | DICT | REF, Both_slots},
    {"ext.Dict", sizeof(PyObject), 0, GC | DICT, Dict_slots},
    {"ext.Ref", sizeof(PyObject), 0, GC | REF, Ref_slots},
    /* Without the collector. */
    {"ext.LooseRef", sizeof(Thing), 0, PLAIN | REF, Loose_slots},
    {"ext.LooseDict", sizeof(Thing), 0, PLAIN | DICT, Loose_slots},
    /* A flag and an offset. */
    {"ext.DictTwice", sizeof(Held), 0, GC | DICT, Dicted_slots},
    {"ext.RefTwice", sizeof(Held), 0, GC | REF, Weak_slots},
    /* Offsets, another struct, nothing. */
    {"ext.Dicted", sizeof(Held), 0, GC, Dicted_slots},
    {"ext.Weak", sizeof(Held), 0, GC, Weak_slots},
    {"ext.Number", sizeof(Number), 0, PLAIN, Number_slots},
    {"ext.Empty", sizeof(PyObject), 0, PLAIN, Empty_slots},
};

/* make(name): a type from the table, for each call a new one. */
static PyObject *make(PyObject *module, PyObject *name)
{
    const char *wanted = PyUnicode_AsUTF8AndSize(name, NULL);
    if (wanted == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        if (strcmp(specs[i].name + strlen("ext."), wanted) == 0) {
            return conform_type(&specs[i], NULL);
        }
    }
    PyErr_SetNone(PyExc_LookupError);
    return NULL;
}

static PyObject *derive(PyObject *module, PyObject *bases)
{
    static PyType_Spec spec = {"ext.Derived", 0, 0, PLAIN, no_slots};
    return conform_type(&spec, bases);
}

#if !CONFORM_STATIC_TYPES
/* A type that adds memory of its own to what the bases have. */
static PyObject *add(PyObject *module, PyObject *bases)
{
    static PyMemberDef members[] = {{"added", T_LONG, 0, Py_RELATIVE_OFFSET, NULL}, {NULL}};
    PyType_Slot slots[] = {{Py_tp_members, members}, {0, NULL}};
    PyType_Spec spec = {"ext.Adds", -(int)sizeof(long), 0, PLAIN, slots};
    return PyType_FromSpecWithBases(&spec, bases);
}
#endif

static PyMethodDef ext_methods[] = {
    {"make", make, METH_O, NULL},
    {"derive", derive, METH_O, NULL},
#if !CONFORM_STATIC_TYPES
    {"add", add, METH_O, NULL},
#endif
    {NULL},
};
static PyModuleDef_Slot ext_slots[] = {{0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Types with managed dictionaries and weak references.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
