/* The same against the raw C API: the members of both names are in tp_members. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef char Inplace[8];
#define EACH_KIND(M)                                                                                                 \
    M(short, T_SHORT, short)                                                                                         \
    M(byte, T_BYTE, signed char)                                                                                     \
    M(int, T_INT, int)                                                                                               \
    M(ubyte, T_UBYTE, unsigned char)                                                                                 \
    M(long, T_LONG, long)                                                                                            \
    M(ushort, T_USHORT, unsigned short)                                                                              \
    M(float, T_FLOAT, float)                                                                                         \
    M(bool, T_BOOL, char)                                                                                            \
    M(uint, T_UINT, unsigned int)                                                                                    \
    M(ulong, T_ULONG, unsigned long)                                                                                 \
    M(char, T_CHAR, char)                                                                                            \
    M(double, T_DOUBLE, double)                                                                                      \
    M(inplace, T_STRING_INPLACE, Inplace)                                                                            \
    M(longlong, T_LONGLONG, long long)                                                                               \
    M(string, T_STRING, const char *)                                                                                \
    M(ulonglong, T_ULONGLONG, unsigned long long)                                                                    \
    M(ssize, T_PYSSIZET, Py_ssize_t)

#define FIELD(name, kind, type) type name##_;
typedef struct {
    PyObject_HEAD
    EACH_KIND(FIELD)
} Kinds;

typedef struct {
    Kinds kinds;
    long extra;
    short more;
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

#define DEFINITION(name, kind, type)                                                                                 \
    {#name, kind, offsetof(Kinds, name##_), 0, #name " of HPy"},                                                     \
    {"ro_" #name, kind, offsetof(Kinds, name##_), READONLY, NULL},                                                   \
    {"old_" #name, kind, offsetof(Kinds, name##_), 0, #name " of the C API"},                                        \
    {"old_ro_" #name, kind, offsetof(Kinds, name##_), READONLY, NULL},
static PyMemberDef Kinds_members[] = {
    EACH_KIND(DEFINITION) {"none", T_NONE, offsetof(Kinds, string_), READONLY, NULL},
    {"old_none", T_NONE, offsetof(Kinds, string_), READONLY, NULL},
    {NULL},
};

#define PLACE(name, kind, type) {#name, offsetof(Kinds, name##_), sizeof(type)},
static const struct conform_field fields[] = {EACH_KIND(PLACE) {NULL}};

static PyObject *Kinds_peek(Kinds *self, PyObject *name)
{
    return conform_peek(fields, self, name);
}

static PyObject *Kinds_poke(Kinds *self, PyObject *args)
{
    return conform_poke(fields, self, args);
}

/* Every byte behind the header gets a pattern, and the string is set. */
static void fill(Kinds *kinds)
{
    memset((char *)kinds + sizeof(PyObject), 0x55, sizeof(Kinds) - sizeof(PyObject));
    kinds->string_ = "a string";
}

static PyObject *Kinds_fill(Kinds *self, PyObject *ignored)
{
    fill(self);
    Py_RETURN_NONE;
}

static PyObject *Kinds_strays(Kinds *self, PyObject *name)
{
    const struct conform_field *field = conform_field_named(fields, name);
    if (field == NULL) {
        return NULL;
    }
    Kinds expected;
    fill(&expected);
    long strays = 0;
    for (size_t i = sizeof(PyObject); i < sizeof(Kinds); i++) {
        int outside = i < field->offset || i >= field->offset + field->size;
        strays += outside && ((const char *)self)[i] != ((const char *)&expected)[i];
    }
    return PyLong_FromLong(strays);
}

static PyMemberDef *member_named(PyObject *name)
{
    const char *text = PyUnicode_AsUTF8AndSize(name, NULL);
    for (PyMemberDef *member = Kinds_members; text != NULL && member->name != NULL; member++) {
        if (strcmp(member->name, text) == 0) {
            return member;
        }
    }
    return text == NULL ? NULL : (PyMemberDef *)PyErr_Format(PyExc_LookupError, "no such member");
}

static PyObject *Kinds_get_one(Kinds *self, PyObject *name)
{
    PyMemberDef *member = member_named(name);
    return member == NULL ? NULL : PyMember_GetOne((void *)self, member);
}

/* Zero, or what else PyMember_SetOne gave without an exception. */
static PyObject *Kinds_set_one(Kinds *self, PyObject *args)
{
    PyObject *name, *value;
    if (!PyArg_ParseTuple(args, "OO", &name, &value)) {
        return NULL;
    }
    PyMemberDef *member = member_named(name);
    int result = member == NULL ? -1 : PyMember_SetOne((void *)self, member, value);
    return result < 0 && PyErr_Occurred() ? NULL : PyLong_FromLong(result);
}

static PyMethodDef Kinds_methods[] = {
    {"get_one", (PyCFunction)Kinds_get_one, METH_O, "What PyMember_GetOne gives for a member of the C API."},
    {"set_one", (PyCFunction)Kinds_set_one, METH_VARARGS, "What PyMember_SetOne gives for one."},
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

static PyMemberDef Larger_members[] = {
    {"extra", T_LONG, offsetof(Larger, extra), 0, NULL},
    {"more", T_SHORT, offsetof(Larger, more), 0, NULL},
    {NULL},
};
static PyType_Slot Larger_slots[] = {{Py_tp_dealloc, conform_dealloc}, {Py_tp_members, Larger_members}, {0, NULL}};
static PyType_Spec Larger_spec = {
    .name = "ext.Larger",
    .basicsize = sizeof(Larger),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Larger_slots,
};
static PyType_Spec Both_spec = {
    .name = "ext.Both",
    .basicsize = sizeof(Larger),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Larger_slots,
};

static PyObject *mixed(PyObject *self, PyObject *ignored)
{
    return PyUnicode_FromString("mixed");
}

static PyMethodDef mixed_methods[] = {{"mixed", mixed, METH_NOARGS, NULL}, {NULL}};
static PyType_Slot mixed_slots[] = {{Py_tp_dealloc, conform_dealloc}, {Py_tp_methods, mixed_methods}, {0, NULL}};
static PyType_Spec Thin_spec = {
    .name = "ext.Thin",
    .basicsize = sizeof(Kinds),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = mixed_slots,
};
static PyType_Spec Mixin_spec = {
    .name = "ext.Mixin",
    .basicsize = sizeof(PyObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = mixed_slots,
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

/* The same without a collector. */
static void OldHolder_dealloc(Holder *self)
{
    Holder_clear(self);
    CONFORM_FREE(self);
}

static void LargerOldHolder_dealloc(LargerHolder *self)
{
    LargerHolder_clear(self);
    CONFORM_FREE(self);
}

static PyType_Slot OldHolder_slots[] = {
    {Py_tp_new, conform_new},
    {Py_tp_dealloc, OldHolder_dealloc},
    {Py_tp_members, Holder_members},
    {Py_tp_methods, Holder_methods},
    {0, NULL},
};
static PyType_Slot LargerOldHolder_slots[] = {
    {Py_tp_dealloc, LargerOldHolder_dealloc}, {Py_tp_members, LargerHolder_members}, {0, NULL},
};
static PyType_Spec OldHolder_spec = {
    .name = "ext.OldHolder",
    .basicsize = sizeof(Holder),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = OldHolder_slots,
};
static PyType_Spec LargerOldHolder_spec = {
    .name = "ext.LargerOldHolder",
    .basicsize = sizeof(LargerHolder),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = LargerOldHolder_slots,
};

static int ext_exec(PyObject *module)
{
    int failed = conform_add_type(module, "Kinds", &Kinds_spec, NULL) < 0 ||
                 conform_add_derived(module, "Larger", &Larger_spec, "Kinds", NULL) < 0 ||
                 conform_add_derived(module, "Thin", &Thin_spec, "Kinds", NULL) < 0 ||
                 conform_add_type(module, "Mixin", &Mixin_spec, NULL) < 0 ||
                 conform_add_derived(module, "Both", &Both_spec, "Kinds", "Mixin") < 0 ||
                 conform_add_type(module, "Holder", &Holder_spec, NULL) < 0 ||
                 conform_add_derived(module, "LargerHolder", &LargerHolder_spec, "Holder", NULL) < 0 ||
                 conform_add_type(module, "OldHolder", &OldHolder_spec, NULL) < 0 ||
                 conform_add_derived(module, "LargerOldHolder", &LargerOldHolder_spec, "OldHolder", NULL) < 0;
    return failed ? -1 : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Members of every kind in legacy types.",
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
