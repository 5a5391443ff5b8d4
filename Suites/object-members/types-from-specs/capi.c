/* The same against the raw C API, for the specs that make a type. */
#include "conform_capi.h"

typedef struct {
    PyObject_HEAD
    long number;
    double real;
} Full;

static PyObject *Full_noargs(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("noargs");
}

static PyObject *Full_o(PyObject *self, PyObject *arg)
{
    Py_INCREF(arg);
    return arg;
}

static PyObject *Full_varargs(PyObject *self, PyObject *args)
{
    Py_INCREF(args);
    return args;
}

static PyObject *Full_keywords(PyObject *self, PyObject *args, PyObject *kw)
{
    static char *names[] = {"a", "b", NULL};
    PyObject *a, *b = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kw, "O|O", names, &a, &b)) {
        return NULL;
    }
    return PyTuple_Pack(2, a, b);
}

static PyObject *Full_doubled_get(Full *self, void *closure)
{
    return PyLong_FromLong(self->number * 2);
}

static int Full_doubled_set(Full *self, PyObject *value, void *closure)
{
    if (value == NULL) {
        PyErr_SetString(PyExc_AttributeError, "not to be deleted");
        return -1;
    }
    long number = PyLong_AsLong(value);
    if (number == -1 && PyErr_Occurred()) {
        return -1;
    }
    self->number = number / 2;
    return 0;
}

static PyObject *Full_constant_get(Full *self, void *closure)
{
    return PyLong_FromLong(42);
}

static PyObject *Full_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Full *self = (Full *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->real = 0.5;
    }
    return (PyObject *)self;
}

static void Full_dealloc(Full *self)
{
    conform_event("destroy", self->number);
    CONFORM_FREE(self);
}

static PyObject *any_repr(PyObject *self)
{
    return PyUnicode_FromString("repr from C");
}

static Py_ssize_t any_length(PyObject *self)
{
    return 7;
}

static PyObject *any_item(PyObject *self, Py_ssize_t index)
{
    return PyLong_FromSsize_t(index * 10);
}

#define NOARGS {"noargs", Full_noargs, METH_NOARGS, "noargs doc"}
#define TAKES_O {"o", Full_o, METH_O, "o doc"}
static PyMethodDef Full_methods[] = {
    NOARGS,
    TAKES_O,
    {"keywords", (PyCFunction)(void (*)(void))Full_keywords, METH_VARARGS | METH_KEYWORDS, NULL},
    {"varargs", Full_varargs, METH_VARARGS, "varargs doc"},
    {NULL},
};
static PyMethodDef two_methods[] = {NOARGS, TAKES_O, {NULL}};
static PyMemberDef Full_members[] = {
    {"number", T_LONG, offsetof(Full, number), 0, "number doc"},
    {"real", T_DOUBLE, offsetof(Full, real), READONLY, NULL},
    {NULL},
};
static PyGetSetDef Full_getsets[] = {
    {"doubled", (getter)Full_doubled_get, (setter)Full_doubled_set, "doubled doc", NULL},
    {"constant", (getter)Full_constant_get, NULL, NULL, NULL},
    {NULL},
};

#define NEW {Py_tp_new, PyType_GenericNew}
#define DOC(text) {Py_tp_doc, (void *)(text)}
static PyType_Slot Full_slots[] = {
    {Py_tp_new, Full_new},         {Py_tp_dealloc, Full_dealloc}, {Py_tp_methods, Full_methods},
    {Py_tp_members, Full_members}, {Py_tp_getset, Full_getsets},  {Py_tp_repr, any_repr},
    {Py_sq_length, any_length},    {Py_sq_item, any_item},        DOC("Everything.\n\nIn one type."),
    {0, NULL},
};
static PyType_Slot Deep_slots[] = {NEW, DOC("A d\xc3\xb6" "cstring."), {0, NULL}};
static PyType_Slot empty_doc[] = {NEW, DOC(""), {0, NULL}};
static PyType_Slot nothing[] = {NEW, {0, NULL}};
static PyType_Slot inherited[] = {{0, NULL}};
static PyType_Slot slots_alone[] = {
    NEW, {Py_tp_repr, any_repr}, {Py_sq_length, any_length}, {Py_sq_item, any_item}, {0, NULL},
};
static PyType_Slot methods_alone[] = {NEW, {Py_tp_methods, two_methods}, {0, NULL}};
static PyType_Slot members_alone[] = {NEW, {Py_tp_members, Full_members}, {0, NULL}};
static PyType_Slot getsets_alone[] = {NEW, {Py_tp_getset, Full_getsets}, {0, NULL}};
static PyType_Slot destroy_alone[] = {NEW, {Py_tp_dealloc, Full_dealloc}, {0, NULL}};

#define EXTENSIBLE .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE
#define STRUCT .basicsize = sizeof(Full)
static PyType_Spec specs[] = {
    {.name = "ext.Full", STRUCT, EXTENSIBLE, .slots = Full_slots},
    {.name = "package.module.Deep", EXTENSIBLE, .slots = Deep_slots},
    {.name = "Undotted", EXTENSIBLE, .slots = nothing},
    {.name = "ext.Gr\xc3\xb6\xc3\x9f" "e", EXTENSIBLE, .slots = empty_doc},
    {.name = "ext.Slots", EXTENSIBLE, .slots = slots_alone},
    {.name = "ext.Methods", EXTENSIBLE, .slots = methods_alone},
    {.name = "ext.Members", STRUCT, EXTENSIBLE, .slots = members_alone},
    {.name = "ext.Getsets", STRUCT, EXTENSIBLE, .slots = getsets_alone},
    {.name = "ext.Destroy", STRUCT, EXTENSIBLE, .slots = destroy_alone},
    {.name = "ext.Nothing", EXTENSIBLE, .slots = nothing},
    {.name = "ext.Sub", EXTENSIBLE, .slots = inherited},
    {.name = "ext.Final", .flags = Py_TPFLAGS_DEFAULT, .slots = nothing},
};

static PyType_Spec *spec_of(PyObject *name)
{
    const char *text = PyUnicode_AsUTF8AndSize(name, NULL);
    if (text == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
        const char *dot = strrchr(specs[i].name, '.');
        if (strcmp(dot == NULL ? specs[i].name : dot + 1, text) == 0) {
            return &specs[i];
        }
    }
    PyErr_SetObject(PyExc_LookupError, name);
    return NULL;
}

static PyObject *make(PyObject *module, PyObject *args)
{
    Py_ssize_t count = PyTuple_GET_SIZE(args);
    if (count < 1 || count > 4) {
        PyErr_SetString(PyExc_TypeError, "one name, and at most three bases");
        return NULL;
    }
    PyType_Spec *spec = spec_of(PyTuple_GET_ITEM(args, 0));
    if (spec == NULL) {
        return NULL;
    }
    if (count == 1) {
        return conform_type(spec, NULL);
    }
    PyObject *bases = PyTuple_GetSlice(args, 1, count);
    if (bases == NULL) {
        return NULL;
    }
    PyObject *type = conform_type(spec, bases);
    Py_DECREF(bases);
    return type;
}

static PyObject *make_tuple(PyObject *module, PyObject *args)
{
    PyObject *name, *bases;
    if (!PyArg_ParseTuple(args, "OO", &name, &bases)) {
        return NULL;
    }
    PyType_Spec *spec = spec_of(name);
    return spec == NULL ? NULL : conform_type(spec, bases);
}

static PyObject *name_of(PyObject *module, PyObject *type)
{
    return PyObject_GetAttrString(type, "__name__");
}

static PyMethodDef ext_methods[] = {
    {"make", make, METH_VARARGS, "make(name, *bases): a type from the spec of that name."},
    {"make_tuple", make_tuple, METH_VARARGS, "make_tuple(name, bases): with a tuple of bases."},
    {"name_of", name_of, METH_O, "The type's name."},
    {NULL},
};

static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Types from a table of specs.",
    .m_methods = ext_methods,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
