/* The same against the raw C API: the struct stands behind that of the builtin. Not for int and tuple, whose items
   stand there. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    short short_;
    signed char byte_;
    int int_;
    unsigned char ubyte_;
    long long_;
    unsigned short ushort_;
    float float_;
    char bool_;
    unsigned int uint_;
    unsigned long ulong_;
    char char_;
    double double_;
    char inplace_[8];
    long long longlong_;
    const char *string_;
    unsigned long long ulonglong_;
    Py_ssize_t ssize_;
} Kinds;

#define EACH_KIND(M, Name)                                                                                           \
    M(Name, short, T_SHORT) M(Name, byte, T_BYTE) M(Name, int, T_INT) M(Name, ubyte, T_UBYTE) M(Name, long, T_LONG)  \
    M(Name, ushort, T_USHORT) M(Name, float, T_FLOAT) M(Name, bool, T_BOOL) M(Name, uint, T_UINT)                    \
    M(Name, ulong, T_ULONG) M(Name, char, T_CHAR) M(Name, double, T_DOUBLE) M(Name, inplace, T_STRING_INPLACE)       \
    M(Name, longlong, T_LONGLONG) M(Name, string, T_STRING) M(Name, ulonglong, T_ULONGLONG)                          \
    M(Name, ssize, T_PYSSIZET)

#define PLACE(Name, name, kind) {#name, offsetof(Kinds, name##_), sizeof(((Kinds *)NULL)->name##_)},
static const struct conform_field fields[] = {EACH_KIND(PLACE, Kinds) {NULL}};

/* Every byte of the struct gets a pattern, and the string is set. */
static void fill(Kinds *kinds)
{
    memset(kinds, 0x55, sizeof *kinds);
    kinds->string_ = "a string";
}

/* How many bytes outside of a field differ from those of fill(). */
static PyObject *kinds_strays(const Kinds *kinds, PyObject *name)
{
    const struct conform_field *field = conform_field_named(fields, name);
    if (field == NULL) {
        return NULL;
    }
    Kinds expected;
    fill(&expected);
    long strays = 0;
    for (size_t i = 0; i < sizeof expected; i++) {
        int outside = i < field->offset || i >= field->offset + field->size;
        strays += outside && ((const char *)kinds)[i] != ((const char *)&expected)[i];
    }
    return PyLong_FromLong(strays);
}

#define DEFINITION(Name, name, kind)                                                                                 \
    {#name, kind, offsetof(Name, kinds.name##_), 0, NULL},                                                           \
    {"ro_" #name, kind, offsetof(Name, kinds.name##_), READONLY, NULL},
#define SPEC(Name, the_flags)                                                                                        \
    static PyType_Spec Name##_spec = {                                                                               \
        .name = "ext." #Name,                                                                                        \
        .basicsize = sizeof(Name),                                                                                   \
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | (the_flags),                                             \
        .slots = Name##_slots,                                                                                       \
    };

/* Python's name of the type, and the builtin's struct. */
#define KINDS(Name, Struct)                                                                                          \
    typedef struct {                                                                                                 \
        Struct builtin;                                                                                              \
        Kinds kinds;                                                                                                 \
    } Name;                                                                                                          \
    static PyObject *Name##_peek(Name *self, PyObject *name)                                                         \
    {                                                                                                                \
        return conform_peek(fields, &self->kinds, name);                                                             \
    }                                                                                                                \
    static PyObject *Name##_poke(Name *self, PyObject *args)                                                         \
    {                                                                                                                \
        return conform_poke(fields, &self->kinds, args);                                                             \
    }                                                                                                                \
    static PyObject *Name##_fill(Name *self, PyObject *ignored)                                                      \
    {                                                                                                                \
        fill(&self->kinds);                                                                                          \
        Py_RETURN_NONE;                                                                                              \
    }                                                                                                                \
    static PyObject *Name##_strays(Name *self, PyObject *name)                                                       \
    {                                                                                                                \
        return kinds_strays(&self->kinds, name);                                                                     \
    }                                                                                                                \
    static PyMemberDef Name##_members[] = {                                                                          \
        EACH_KIND(DEFINITION, Name) {"none", T_NONE, offsetof(Name, kinds.string_), READONLY, NULL},                 \
        {NULL},                                                                                                      \
    };                                                                                                               \
    static PyMethodDef Name##_methods[] = {                                                                          \
        {"peek", (PyCFunction)Name##_peek, METH_O, NULL},                                                            \
        {"poke", (PyCFunction)Name##_poke, METH_VARARGS, NULL},                                                      \
        {"fill", (PyCFunction)Name##_fill, METH_NOARGS, NULL},                                                       \
        {"strays", (PyCFunction)Name##_strays, METH_O, NULL},                                                        \
        {NULL},                                                                                                      \
    };                                                                                                               \
    static PyType_Slot Name##_slots[] = {{Py_tp_members, Name##_members}, {Py_tp_methods, Name##_methods}, {0}};     \
    SPEC(Name, 0)

KINDS(Float, PyFloatObject)
KINDS(Str, PyUnicodeObject)
KINDS(List, PyListObject)
KINDS(Dict, PyDictObject)
KINDS(Meta, PyHeapTypeObject)

/* A type with a collector of its own, on top of the builtin's if that has one. */
#define HOLDER(Name, Struct, Builtin)                                                                                \
    typedef struct {                                                                                                 \
        Struct builtin;                                                                                              \
        PyObject *plain;                                                                                             \
        long number;                                                                                                 \
        PyObject *strict;                                                                                            \
    } Name;                                                                                                          \
    static int Name##_traverse(Name *self, visitproc visit, void *arg)                                               \
    {                                                                                                                \
        CONFORM_VISIT_TYPE(self);                                                                                    \
        Py_VISIT(self->plain);                                                                                       \
        Py_VISIT(self->strict);                                                                                      \
        return (Builtin).tp_traverse == NULL ? 0 : (Builtin).tp_traverse((PyObject *)self, visit, arg);              \
    }                                                                                                                \
    static int Name##_clear(Name *self)                                                                              \
    {                                                                                                                \
        Py_CLEAR(self->plain);                                                                                       \
        Py_CLEAR(self->strict);                                                                                      \
        return (Builtin).tp_clear == NULL ? 0 : (Builtin).tp_clear((PyObject *)self);                                \
    }                                                                                                                \
    static void Name##_dealloc(Name *self)                                                                           \
    {                                                                                                                \
        PyTypeObject *cls = Py_TYPE(self);                                                                           \
        PyObject_GC_UnTrack(self);                                                                                   \
        Py_CLEAR(self->plain);                                                                                       \
        Py_CLEAR(self->strict);                                                                                      \
        if ((Builtin).tp_traverse != NULL) {                                                                         \
            PyObject_GC_Track(self); /* the builtin's tp_dealloc takes it from the collector */                      \
        }                                                                                                            \
        (Builtin).tp_dealloc((PyObject *)self);                                                                      \
        if (!CONFORM_STATIC_TYPES) {                                                                                 \
            Py_DECREF(cls);                                                                                          \
        }                                                                                                            \
    }                                                                                                                \
    static PyObject *Name##_held(Name *self, PyObject *ignored)                                                      \
    {                                                                                                                \
        return PyTuple_Pack(2, self->plain ? self->plain : Py_Ellipsis, self->strict ? self->strict : Py_Ellipsis);  \
    }                                                                                                                \
    static PyMemberDef Name##_members[] = {                                                                          \
        {"plain", T_OBJECT, offsetof(Name, plain), 0, NULL},                                                         \
        {"strict", T_OBJECT_EX, offsetof(Name, strict), 0, NULL},                                                    \
        {"ro_plain", T_OBJECT, offsetof(Name, plain), READONLY, NULL},                                               \
        {"ro_strict", T_OBJECT_EX, offsetof(Name, strict), READONLY, NULL},                                          \
        {"number", T_LONG, offsetof(Name, number), 0, NULL},                                                         \
        {NULL},                                                                                                      \
    };                                                                                                               \
    static PyMethodDef Name##_methods[] = {{"held", (PyCFunction)Name##_held, METH_NOARGS, NULL}, {NULL}};           \
    static PyType_Slot Name##_slots[] = {                                                                            \
        {Py_tp_dealloc, Name##_dealloc}, {Py_tp_traverse, Name##_traverse}, {Py_tp_clear, Name##_clear},             \
        {Py_tp_members, Name##_members}, {Py_tp_methods, Name##_methods},   {0, NULL},                               \
    };                                                                                                               \
    SPEC(Name, Py_TPFLAGS_HAVE_GC)

HOLDER(FloatHolder, PyFloatObject, PyFloat_Type)
HOLDER(StrHolder, PyUnicodeObject, PyUnicode_Type)
HOLDER(ListHolder, PyListObject, PyList_Type)
HOLDER(MetaHolder, PyHeapTypeObject, PyType_Type)

static PyObject *make_dict(PyObject *module, PyObject *ignored)
{
    return conform_type(&Dict_spec, (PyObject *)&PyDict_Type);
}

static int ext_exec(PyObject *module)
{
    int failed = conform_add_type(module, "Float", &Float_spec, (PyObject *)&PyFloat_Type) < 0 ||
                 conform_add_type(module, "Str", &Str_spec, (PyObject *)&PyUnicode_Type) < 0 ||
                 conform_add_type(module, "List", &List_spec, (PyObject *)&PyList_Type) < 0 ||
                 conform_add_type(module, "Meta", &Meta_spec, (PyObject *)&PyType_Type) < 0 ||
                 conform_add_type(module, "FloatHolder", &FloatHolder_spec, (PyObject *)&PyFloat_Type) < 0 ||
                 conform_add_type(module, "StrHolder", &StrHolder_spec, (PyObject *)&PyUnicode_Type) < 0 ||
                 conform_add_type(module, "ListHolder", &ListHolder_spec, (PyObject *)&PyList_Type) < 0 ||
                 conform_add_type(module, "MetaHolder", &MetaHolder_spec, (PyObject *)&PyType_Type) < 0;
    return failed ? -1 : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyMethodDef ext_methods[] = {{"make_dict", make_dict, METH_NOARGS, NULL}, {NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Builtins with a struct of every kind.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
