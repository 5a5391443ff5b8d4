/* Dictionaries and lists of weak references at offsets in the struct, in types that are joined with others. */
#include "conform_capi.h"
#include "conform_helpers.h"

/* The field is the last one of a type, or it is not. */
typedef struct {
    PyObject_HEAD
    PyObject *field;
    long after;
} Early;

typedef struct {
    PyObject_HEAD
    long before;
    PyObject *field;
} Late;

typedef struct {
    PyObject_HEAD
    long number;
} Number;

#define EARLY offsetof(Early, field)
#define LATE offsetof(Late, field)
#define LAST offsetof(Early, after)
#define FLAGS (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE)
#define OFFSET(name, offset) {name, T_PYSSIZET, offset, READONLY, NULL}
#define FIELD(name, struct, field) {name, T_LONG, offsetof(struct, field), 0, NULL}

/* Addresses alone are compared, so that a field that is not what it should be does no harm here. */
static PyObject *Early_is(PyObject *self, PyObject *other)
{
    return PyBool_FromLong(((Early *)self)->field == other);
}

static PyObject *Early_is_null(PyObject *self, PyObject *unused)
{
    return PyBool_FromLong(((Early *)self)->field == NULL);
}

static PyObject *Late_is(PyObject *self, PyObject *other)
{
    return PyBool_FromLong(((Late *)self)->field == other);
}

static PyObject *Late_is_null(PyObject *self, PyObject *unused)
{
    return PyBool_FromLong(((Late *)self)->field == NULL);
}

static PyMethodDef Early_methods[] = {
    {"early_is", Early_is, METH_O, NULL}, {"early_is_null", Early_is_null, METH_NOARGS, NULL}, {NULL},
};
static PyMethodDef Late_methods[] = {
    {"late_is", Late_is, METH_O, NULL}, {"late_is_null", Late_is_null, METH_NOARGS, NULL}, {NULL},
};
static PyGetSetDef dictionary_getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL}, {NULL},
};

static void Early_dict_dealloc(PyObject *self)
{
    Py_CLEAR(((Early *)self)->field);
    conform_event("destroy", 1);
    CONFORM_FREE(self);
}

static void Late_dict_dealloc(PyObject *self)
{
    Py_CLEAR(((Late *)self)->field);
    conform_event("destroy", 2);
    CONFORM_FREE(self);
}

static void Early_weak_dealloc(PyObject *self)
{
    if (((Early *)self)->field != NULL) {
        PyObject_ClearWeakRefs(self);
    }
    conform_event("destroy", 3);
    CONFORM_FREE(self);
}

static void Late_weak_dealloc(PyObject *self)
{
    if (((Late *)self)->field != NULL) {
        PyObject_ClearWeakRefs(self);
    }
    conform_event("destroy", 4);
    CONFORM_FREE(self);
}

/* With a dictionary: Dicted and Again where another field could stand, Inside before one, Further behind one. */
static PyMemberDef Dicted_members[] = {OFFSET("__dictoffset__", EARLY), {NULL}};
static PyType_Slot Dicted_slots[] = {
    {Py_tp_new, conform_new},           {Py_tp_dealloc, Early_dict_dealloc}, {Py_tp_members, Dicted_members},
    {Py_tp_getset, dictionary_getset},  {Py_tp_methods, Early_methods},      {0, NULL},
};
static PyType_Spec Dicted_spec = {"ext.Dicted", LAST, 0, FLAGS, Dicted_slots};
static PyType_Spec Again_spec = {"ext.Again", LAST, 0, FLAGS, Dicted_slots};
static PyMemberDef Inside_members[] = {OFFSET("__dictoffset__", EARLY), FIELD("after", Early, after), {NULL}};
static PyType_Slot Inside_slots[] = {
    {Py_tp_new, conform_new},           {Py_tp_dealloc, Early_dict_dealloc}, {Py_tp_members, Inside_members},
    {Py_tp_getset, dictionary_getset},  {Py_tp_methods, Early_methods},      {0, NULL},
};
static PyType_Spec Inside_spec = {"ext.Inside", sizeof(Early), 0, FLAGS, Inside_slots};
static PyMemberDef Further_members[] = {OFFSET("__dictoffset__", LATE), FIELD("before", Late, before), {NULL}};
static PyType_Slot Further_slots[] = {
    {Py_tp_new, conform_new},           {Py_tp_dealloc, Late_dict_dealloc}, {Py_tp_members, Further_members},
    {Py_tp_getset, dictionary_getset},  {Py_tp_methods, Late_methods},      {0, NULL},
};
static PyType_Spec Further_spec = {"ext.Further", sizeof(Late), 0, FLAGS, Further_slots};

/* Like Dicted, for the collector. */
static int Collected_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Early *)self)->field);
    CONFORM_VISIT_TYPE(self);
    return 0;
}

static int Collected_clear(PyObject *self)
{
    Py_CLEAR(((Early *)self)->field);
    return 0;
}

static void Collected_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Early_dict_dealloc(self);
}

static PyType_Slot Collected_slots[] = {
    {Py_tp_new, conform_new},           {Py_tp_dealloc, Collected_dealloc},   {Py_tp_members, Dicted_members},
    {Py_tp_getset, dictionary_getset},  {Py_tp_traverse, Collected_traverse}, {Py_tp_clear, Collected_clear},
    {Py_tp_methods, Early_methods},     {0, NULL},
};
static PyType_Spec Collected_spec = {"ext.Collected", LAST, 0, FLAGS | Py_TPFLAGS_HAVE_GC, Collected_slots};

/* With weak references, in the same places. */
static PyMemberDef Weak_members[] = {OFFSET("__weaklistoffset__", EARLY), {NULL}};
static PyType_Slot Weak_slots[] = {
    {Py_tp_new, conform_new},       {Py_tp_dealloc, Early_weak_dealloc}, {Py_tp_members, Weak_members},
    {Py_tp_methods, Early_methods}, {0, NULL},
};
static PyType_Spec Weak_spec = {"ext.Weak", LAST, 0, FLAGS, Weak_slots};
static PyType_Spec WeakAgain_spec = {"ext.WeakAgain", LAST, 0, FLAGS, Weak_slots};
static PyMemberDef WeakInside_members[] = {OFFSET("__weaklistoffset__", EARLY), FIELD("after", Early, after), {NULL}};
static PyType_Slot WeakInside_slots[] = {
    {Py_tp_new, conform_new},       {Py_tp_dealloc, Early_weak_dealloc}, {Py_tp_members, WeakInside_members},
    {Py_tp_methods, Early_methods}, {0, NULL},
};
static PyType_Spec WeakInside_spec = {"ext.WeakInside", sizeof(Early), 0, FLAGS, WeakInside_slots};
static PyMemberDef WeakFurther_members[] = {OFFSET("__weaklistoffset__", LATE), FIELD("before", Late, before), {NULL}};
static PyType_Slot WeakFurther_slots[] = {
    {Py_tp_new, conform_new},      {Py_tp_dealloc, Late_weak_dealloc}, {Py_tp_members, WeakFurther_members},
    {Py_tp_methods, Late_methods}, {0, NULL},
};
static PyType_Spec WeakFurther_spec = {"ext.WeakFurther", sizeof(Late), 0, FLAGS, WeakFurther_slots};

/* What they are joined with: nothing, a struct as large as that of Dicted, and subtypes with and without a struct. */
static PyType_Slot no_slots[] = {{0, NULL}};
static PyType_Slot Empty_slots[] = {{Py_tp_new, conform_new}, {0, NULL}};
static PyType_Spec Empty_spec = {"ext.Empty", sizeof(PyObject), 0, FLAGS, Empty_slots};
static PyMemberDef Number_members[] = {FIELD("number", Number, number), {NULL}};
static PyType_Slot Number_slots[] = {{Py_tp_new, conform_new}, {Py_tp_members, Number_members}, {0, NULL}};
static PyType_Spec Number_spec = {"ext.Number", sizeof(Number), 0, FLAGS, Number_slots};
static PyMemberDef Deep_members[] = {FIELD("after", Early, after), {NULL}};
static PyType_Slot Deep_slots[] = {{Py_tp_members, Deep_members}, {0, NULL}};
static PyType_Spec Deep_spec = {"ext.Deep", sizeof(Early), 0, FLAGS, Deep_slots};
static PyType_Spec Side_spec = {"ext.Side", 0, 0, FLAGS, no_slots};
static PyType_Spec WeakDeep_spec = {"ext.WeakDeep", sizeof(Early), 0, FLAGS, Deep_slots};
static PyType_Spec WeakSide_spec = {"ext.WeakSide", 0, 0, FLAGS, no_slots};

static PyObject *derive(PyObject *module, PyObject *bases)
{
    static PyType_Spec spec = {"ext.Derived", 0, 0, FLAGS, no_slots};
    return conform_type(&spec, bases);
}

static PyMethodDef ext_methods[] = {{"derive", derive, METH_O, "A type on these bases."}, {NULL}};

static int ext_exec(PyObject *module)
{
    PyType_Spec *alone[] = {
        &Dicted_spec, &Again_spec, &Inside_spec, &Further_spec, &Collected_spec, &Weak_spec,
        &WeakAgain_spec, &WeakInside_spec, &WeakFurther_spec, &Empty_spec, &Number_spec,
    };
    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++) {
        if (conform_add_type(module, alone[i]->name + strlen("ext."), alone[i], NULL) < 0) {
            return -1;
        }
    }
    if (conform_add_derived(module, "Deep", &Deep_spec, "Dicted", NULL) < 0 ||
        conform_add_derived(module, "Side", &Side_spec, "Dicted", NULL) < 0 ||
        conform_add_derived(module, "WeakDeep", &WeakDeep_spec, "Weak", NULL) < 0) {
        return -1;
    }
    return conform_add_derived(module, "WeakSide", &WeakSide_spec, "Weak", NULL);
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Types with dictionaries and weak references in their structs.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
