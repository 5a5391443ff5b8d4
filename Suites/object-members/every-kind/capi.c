/* The same against the raw C API: the members are in tp_members. */
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
    unsigned int uint_;
    char bool_;
    unsigned long ulong_;
    char char_;
    double double_;
    char inplace_[8];
    long long longlong_;
    const char *string_;
    unsigned long long ulonglong_;
    Py_ssize_t ssize_;
} Payload;

typedef struct {
    PyObject_HEAD
    Payload payload;
} Kinds;

typedef struct {
    Kinds kinds;
    long extra;
} Larger;

typedef struct {
    PyObject_HEAD
    PyObject *plain;
    long number;
    PyObject *strict;
} Holder;

typedef struct {
    Holder holder;
    PyObject *third;
    long extra;
} LargerHolder;

#define FIELD(name) {#name, offsetof(Payload, name##_), sizeof(((Payload *)NULL)->name##_)}
static const struct conform_field fields[] = {
    FIELD(byte), FIELD(ubyte), FIELD(short), FIELD(ushort), FIELD(int), FIELD(uint), FIELD(long), FIELD(ulong),
    FIELD(longlong), FIELD(ulonglong), FIELD(ssize), FIELD(float), FIELD(double), FIELD(bool), FIELD(char),
    FIELD(inplace), {NULL},
};

#define MEMBER(name, kind)                                                                                           \
    {#name, kind, offsetof(Kinds, payload.name##_), 0, #name " doc"},                                                \
    {"ro_" #name, kind, offsetof(Kinds, payload.name##_), READONLY, NULL}
static PyMemberDef Kinds_members[] = {
    MEMBER(byte, T_BYTE),
    MEMBER(ubyte, T_UBYTE),
    MEMBER(short, T_SHORT),
    MEMBER(ushort, T_USHORT),
    MEMBER(int, T_INT),
    MEMBER(uint, T_UINT),
    MEMBER(long, T_LONG),
    MEMBER(ulong, T_ULONG),
    MEMBER(longlong, T_LONGLONG),
    MEMBER(ulonglong, T_ULONGLONG),
    MEMBER(ssize, T_PYSSIZET),
    MEMBER(float, T_FLOAT),
    MEMBER(double, T_DOUBLE),
    MEMBER(bool, T_BOOL),
    MEMBER(char, T_CHAR),
    MEMBER(inplace, T_STRING_INPLACE),
    MEMBER(string, T_STRING),
    {"none", T_NONE, offsetof(Kinds, payload.string_), READONLY, NULL},
    {NULL},
};

static PyObject *Kinds_peek(Kinds *self, PyObject *name)
{
    return conform_peek(fields, &self->payload, name);
}

static PyObject *Kinds_poke(Kinds *self, PyObject *args)
{
    return conform_poke(fields, &self->payload, args);
}

#define PATTERN 0x55

static PyObject *Kinds_fill(Kinds *self, PyObject *ignored)
{
    memset(&self->payload, PATTERN, sizeof self->payload);
    self->payload.string_ = "a string";
    Py_RETURN_NONE;
}

static PyObject *Kinds_strays(Kinds *self, PyObject *name)
{
    const struct conform_field *field = conform_field_named(fields, name);
    if (field == NULL) {
        return NULL;
    }
    const unsigned char *bytes = (const unsigned char *)&self->payload;
    size_t pointer = offsetof(Payload, string_), behind = pointer + sizeof(const char *);
    long strays = 0;
    for (size_t i = 0; i < sizeof self->payload; i++) {
        if ((i < field->offset || i >= field->offset + field->size) && (i < pointer || i >= behind)) {
            strays += bytes[i] != PATTERN;
        }
    }
    return PyLong_FromLong(strays);
}

static PyMethodDef Kinds_methods[] = {
    {"peek", (PyCFunction)Kinds_peek, METH_O, "The bytes of a field."},
    {"poke", (PyCFunction)Kinds_poke, METH_VARARGS, "Set the bytes of a field."},
    {"fill", (PyCFunction)Kinds_fill, METH_NOARGS, "Set every byte of the struct to a pattern, and the string."},
    {"strays", (PyCFunction)Kinds_strays, METH_O, "How many bytes outside a field differ from those of fill()."},
    {NULL},
};

static PyType_Slot Kinds_slots[] = {
    {Py_tp_new, conform_new},
    {Py_tp_dealloc, conform_dealloc},
    {Py_tp_members, Kinds_members},
    {Py_tp_methods, Kinds_methods},
    {0, NULL},
};
static PyType_Spec Kinds_spec = {
    .name = "ext.Kinds",
    .basicsize = sizeof(Kinds),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Kinds_slots,
};

static PyMemberDef Larger_members[] = {{"extra", T_LONG, offsetof(Larger, extra), 0, NULL}, {NULL}};
static PyType_Slot Larger_slots[] = {
    {Py_tp_dealloc, conform_dealloc}, {Py_tp_members, Larger_members}, {0, NULL},
};
static PyType_Spec Larger_spec = {
    .name = "ext.Larger",
    .basicsize = sizeof(Larger),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Larger_slots,
};

static PyObject *Mixin_mixed(PyObject *self, PyObject *ignored)
{
    return PyUnicode_FromString("mixed");
}

static PyMethodDef Mixin_methods[] = {{"mixed", Mixin_mixed, METH_NOARGS, NULL}, {NULL}};
static PyType_Slot Mixin_slots[] = {{Py_tp_dealloc, conform_dealloc}, {Py_tp_methods, Mixin_methods}, {0, NULL}};
static PyType_Spec Mixin_spec = {
    .name = "ext.Mixin",
    .basicsize = sizeof(PyObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Mixin_slots,
};

static PyType_Spec Both_spec = {
    .name = "ext.Both",
    .basicsize = sizeof(Larger),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Larger_slots,
};

static int Holder_visit(Holder *self, visitproc visit, void *arg)
{
    Py_VISIT(self->plain);
    Py_VISIT(self->strict);
    return 0;
}

static int Holder_traverse(Holder *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    return Holder_visit(self, visit, arg);
}

static int Holder_clear(Holder *self)
{
    Py_CLEAR(self->plain);
    Py_CLEAR(self->strict);
    return 0;
}

static void Holder_dealloc(Holder *self)
{
    PyObject_GC_UnTrack(self);
    Holder_clear(self);
    CONFORM_FREE(self);
}

static PyObject *Holder_held(Holder *self, PyObject *ignored)
{
    return PyTuple_Pack(2, self->plain ? self->plain : Py_Ellipsis, self->strict ? self->strict : Py_Ellipsis);
}

static PyMemberDef Holder_members[] = {
    {"plain", T_OBJECT, offsetof(Holder, plain), 0, NULL},
    {"strict", T_OBJECT_EX, offsetof(Holder, strict), 0, NULL},
    {"ro_plain", T_OBJECT, offsetof(Holder, plain), READONLY, NULL},
    {"ro_strict", T_OBJECT_EX, offsetof(Holder, strict), READONLY, NULL},
    {"number", T_LONG, offsetof(Holder, number), 0, NULL},
    {NULL},
};
static PyMethodDef Holder_methods[] = {
    {"held", (PyCFunction)Holder_held, METH_NOARGS, "What C finds in the two fields."}, {NULL},
};
static PyType_Slot Holder_slots[] = {
    {Py_tp_new, conform_new},
    {Py_tp_dealloc, Holder_dealloc},
    {Py_tp_traverse, Holder_traverse},
    {Py_tp_clear, Holder_clear},
    {Py_tp_members, Holder_members},
    {Py_tp_methods, Holder_methods},
    {0, NULL},
};
static PyType_Spec Holder_spec = {
    .name = "ext.Holder",
    .basicsize = sizeof(Holder),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = Holder_slots,
};

static int LargerHolder_traverse(LargerHolder *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    Py_VISIT(self->third);
    return Holder_visit(&self->holder, visit, arg);
}

static int LargerHolder_clear(LargerHolder *self)
{
    Py_CLEAR(self->third);
    return Holder_clear(&self->holder);
}

static void LargerHolder_dealloc(LargerHolder *self)
{
    PyObject_GC_UnTrack(self);
    LargerHolder_clear(self);
    CONFORM_FREE(self);
}

static PyMemberDef LargerHolder_members[] = {
    {"third", T_OBJECT_EX, offsetof(LargerHolder, third), 0, NULL},
    {"extra", T_LONG, offsetof(LargerHolder, extra), 0, NULL},
    {NULL},
};
static PyType_Slot LargerHolder_slots[] = {
    {Py_tp_dealloc, LargerHolder_dealloc},
    {Py_tp_traverse, LargerHolder_traverse},
    {Py_tp_clear, LargerHolder_clear},
    {Py_tp_members, LargerHolder_members},
    {0, NULL},
};
static PyType_Spec LargerHolder_spec = {
    .name = "ext.LargerHolder",
    .basicsize = sizeof(LargerHolder),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = LargerHolder_slots,
};

static int ext_exec(PyObject *module)
{
    int failed = conform_add_type(module, "Kinds", &Kinds_spec, NULL) < 0 ||
                 conform_add_derived(module, "Larger", &Larger_spec, "Kinds", NULL) < 0 ||
                 conform_add_type(module, "Mixin", &Mixin_spec, NULL) < 0 ||
                 conform_add_derived(module, "Both", &Both_spec, "Kinds", "Mixin") < 0 ||
                 conform_add_type(module, "Holder", &Holder_spec, NULL) < 0 ||
                 conform_add_derived(module, "LargerHolder", &LargerHolder_spec, "Holder", NULL) < 0;
    return failed ? -1 : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Members of every kind.",
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
