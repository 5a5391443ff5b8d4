/* Legacy types whose fields each have a member of HPy and, with "old_" before the name, one of the C API. Larger and
   Thin derive from Kinds, with a struct and without. Holder has object members of HPy, OldHolder those of the C API. */
#include "hpy.h"
#include <structmember.h>
#include "conform.h"
#include "conform_helpers.h"

/* Small and large fields by turns, so that there are holes between them. */
typedef char Inplace[8];
#define EACH_KIND(M)                                                                                                 \
    M(short, SHORT, T_SHORT, short)                                                                                  \
    M(byte, BYTE, T_BYTE, signed char)                                                                               \
    M(int, INT, T_INT, int)                                                                                          \
    M(ubyte, UBYTE, T_UBYTE, unsigned char)                                                                          \
    M(long, LONG, T_LONG, long)                                                                                      \
    M(ushort, USHORT, T_USHORT, unsigned short)                                                                      \
    M(float, FLOAT, T_FLOAT, float)                                                                                  \
    M(bool, BOOL, T_BOOL, char)                                                                                      \
    M(uint, UINT, T_UINT, unsigned int)                                                                              \
    M(ulong, ULONG, T_ULONG, unsigned long)                                                                          \
    M(char, CHAR, T_CHAR, char)                                                                                      \
    M(double, DOUBLE, T_DOUBLE, double)                                                                              \
    M(inplace, STRING_INPLACE, T_STRING_INPLACE, Inplace)                                                            \
    M(longlong, LONGLONG, T_LONGLONG, long long)                                                                     \
    M(string, STRING, T_STRING, const char *)                                                                        \
    M(ulonglong, ULONGLONG, T_ULONGLONG, unsigned long long)                                                         \
    M(ssize, HPYSSIZET, T_PYSSIZET, Py_ssize_t)

#define FIELD(name, kind, old_kind, type) type name##_;
typedef struct {
    PyObject_HEAD
    EACH_KIND(FIELD)
} Kinds;
HPyType_LEGACY_HELPERS(Kinds)

#define DEFINITION(name, kind, old_kind, type)                                                                       \
    HPyDef_MEMBER(Kinds_##name, #name, HPyMember_##kind, offsetof(Kinds, name##_), .doc = #name " of HPy")           \
    HPyDef_MEMBER(Kinds_ro_##name, "ro_" #name, HPyMember_##kind, offsetof(Kinds, name##_), .readonly = 1)
EACH_KIND(DEFINITION)
HPyDef_MEMBER(Kinds_none, "none", HPyMember_NONE, offsetof(Kinds, string_), .readonly = 1)

#define OLD_DEFINITION(name, kind, old_kind, type)                                                                   \
    {"old_" #name, old_kind, offsetof(Kinds, name##_), 0, #name " of the C API"},                                    \
    {"old_ro_" #name, old_kind, offsetof(Kinds, name##_), READONLY, NULL},
static PyMemberDef Kinds_members[] = {
    EACH_KIND(OLD_DEFINITION) {"old_none", T_NONE, offsetof(Kinds, string_), READONLY, NULL}, {NULL},
};

#define PLACE(name, kind, old_kind, type) {#name, offsetof(Kinds, name##_), sizeof(type)},
static const struct conform_field fields[] = {EACH_KIND(PLACE) {NULL}};

HPyDef_METH(Kinds_peek, "peek", HPyFunc_O, .doc = "The bytes of a field.")
static HPy Kinds_peek_impl(HPyContext *ctx, HPy self, HPy name)
{
    return conform_hpy_peek(ctx, fields, Kinds_AsStruct(ctx, self), name);
}

HPyDef_METH(Kinds_poke, "poke", HPyFunc_VARARGS, .doc = "Set the bytes of a field.")
static HPy Kinds_poke_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    return conform_hpy_poke(ctx, fields, Kinds_AsStruct(ctx, self), args, nargs);
}

/* What follows is of the C API: both kinds of methods find the same struct. Here every byte behind the header gets a
   pattern, and the string is set. */
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
    const char *text = PyUnicode_AsUTF8(name);
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
    {"fill", (PyCFunction)Kinds_fill, METH_NOARGS, "Set every byte of the struct to a pattern, and the string."},
    {"strays", (PyCFunction)Kinds_strays, METH_O, "How many bytes outside a field differ from those of fill()."},
    {NULL},
};

CONFORM_HPY_NEW(Kinds_new)

#define ADDRESS(name, kind, old_kind, type) &Kinds_##name, &Kinds_ro_##name,
static HPyDef *Kinds_defines[] = {&Kinds_new, EACH_KIND(ADDRESS) &Kinds_none, &Kinds_peek, &Kinds_poke, NULL};
static PyType_Slot Kinds_slots[] = {{Py_tp_methods, Kinds_methods}, {Py_tp_members, Kinds_members}, {0, NULL}};
static HPyType_Spec Kinds_spec = {
    .name = "ext.Kinds",
    .basicsize = sizeof(Kinds),
    .builtin_shape = SHAPE(Kinds),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .legacy_slots = Kinds_slots,
    .defines = Kinds_defines,
};

typedef struct {
    Kinds kinds;
    long extra;
    short more;
} Larger;
HPyType_LEGACY_HELPERS(Larger)

HPyDef_MEMBER(Larger_extra, "extra", HPyMember_LONG, offsetof(Larger, extra))

static HPyDef *Larger_defines[] = {&Larger_extra, NULL};
static PyMemberDef Larger_members[] = {{"more", T_SHORT, offsetof(Larger, more), 0, NULL}, {NULL}};
static PyType_Slot Larger_slots[] = {{Py_tp_members, Larger_members}, {0, NULL}};
static HPyType_Spec Larger_spec = {
    .name = "ext.Larger",
    .basicsize = sizeof(Larger),
    .builtin_shape = SHAPE(Larger),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .legacy_slots = Larger_slots,
    .defines = Larger_defines,
};

/* Without structs of their own. */
HPyDef_METH(mixed, "mixed", HPyFunc_NOARGS)
static HPy mixed_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "mixed");
}

static HPyDef *mixed_defines[] = {&mixed, NULL};
static HPyType_Spec Thin_spec = {
    .name = "ext.Thin",
    .builtin_shape = HPyType_BuiltinShape_Legacy,
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = mixed_defines,
};
static HPyType_Spec Mixin_spec = {
    .name = "ext.Mixin",
    .builtin_shape = HPyType_BuiltinShape_Legacy,
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = mixed_defines,
};
static HPyType_Spec Both_spec = {
    .name = "ext.Both",
    .basicsize = sizeof(Larger),
    .builtin_shape = SHAPE(Larger),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .legacy_slots = Larger_slots,
    .defines = Larger_defines,
};

typedef struct {
    PyObject_HEAD
    HPyField plain;
    long number;
    HPyField strict;
} Holder;
HPyType_LEGACY_HELPERS(Holder)

CONFORM_HPY_NEW(Holder_new)

HPyDef_SLOT(Holder_traverse, HPy_tp_traverse)
static int Holder_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Holder *)self)->plain);
    HPy_VISIT(&((Holder *)self)->strict);
    return 0;
}

HPyDef_MEMBER(Holder_plain, "plain", HPyMember_OBJECT, offsetof(Holder, plain))
HPyDef_MEMBER(Holder_strict, "strict", HPyMember_OBJECT_EX, offsetof(Holder, strict))
HPyDef_MEMBER(Holder_ro_plain, "ro_plain", HPyMember_OBJECT, offsetof(Holder, plain), .readonly = 1)
HPyDef_MEMBER(Holder_ro_strict, "ro_strict", HPyMember_OBJECT_EX, offsetof(Holder, strict), .readonly = 1)

HPyDef_METH(Holder_held, "held", HPyFunc_NOARGS, .doc = "What C finds in the two fields.")
static HPy Holder_held_impl(HPyContext *ctx, HPy self)
{
    Holder *holder = Holder_AsStruct(ctx, self);
    return conform_hpy_load_two(ctx, self, holder->plain, holder->strict);
}

static HPyDef *Holder_defines[] = {
    &Holder_new, &Holder_traverse, &Holder_plain, &Holder_strict, &Holder_ro_plain, &Holder_ro_strict, &Holder_held,
    NULL,
};
static PyMemberDef Holder_members[] = {{"number", T_LONG, offsetof(Holder, number), 0, NULL}, {NULL}};
static PyType_Slot Holder_slots[] = {{Py_tp_members, Holder_members}, {0, NULL}};
static HPyType_Spec Holder_spec = {
    .name = "ext.Holder",
    .basicsize = sizeof(Holder),
    .builtin_shape = SHAPE(Holder),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | HPy_TPFLAGS_HAVE_GC,
    .legacy_slots = Holder_slots,
    .defines = Holder_defines,
};

typedef struct {
    Holder holder;
    HPyField third;
    long extra;
} LargerHolder;
HPyType_LEGACY_HELPERS(LargerHolder)

HPyDef_SLOT(LargerHolder_traverse, HPy_tp_traverse)
static int LargerHolder_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((LargerHolder *)self)->third);
    return Holder_traverse_impl(self, visit, arg);
}

HPyDef_MEMBER(LargerHolder_third, "third", HPyMember_OBJECT_EX, offsetof(LargerHolder, third))

static HPyDef *LargerHolder_defines[] = {&LargerHolder_traverse, &LargerHolder_third, NULL};
static PyMemberDef LargerHolder_members[] = {{"extra", T_LONG, offsetof(LargerHolder, extra), 0, NULL}, {NULL}};
static PyType_Slot LargerHolder_slots[] = {{Py_tp_members, LargerHolder_members}, {0, NULL}};
static HPyType_Spec LargerHolder_spec = {
    .name = "ext.LargerHolder",
    .basicsize = sizeof(LargerHolder),
    .builtin_shape = SHAPE(LargerHolder),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | HPy_TPFLAGS_HAVE_GC,
    .legacy_slots = LargerHolder_slots,
    .defines = LargerHolder_defines,
};

/* Objects are held and released by the C API here, without a collector: HPy takes that from HPy_tp_traverse alone. */
typedef struct {
    PyObject_HEAD
    PyObject *plain;
    long number;
    PyObject *strict;
} OldHolder;
HPyType_LEGACY_HELPERS(OldHolder)

typedef struct {
    OldHolder holder;
    PyObject *third;
    long extra;
} LargerOldHolder;
HPyType_LEGACY_HELPERS(LargerOldHolder)

static void OldHolder_dealloc(OldHolder *self)
{
    PyTypeObject *cls = Py_TYPE(self);
    Py_XDECREF(self->plain);
    Py_XDECREF(self->strict);
    cls->tp_free((PyObject *)self);
    Py_DECREF(cls);
}

static void LargerOldHolder_dealloc(LargerOldHolder *self)
{
    Py_XDECREF(self->third);
    OldHolder_dealloc(&self->holder);
}

static PyObject *OldHolder_held(OldHolder *self, PyObject *ignored)
{
    return PyTuple_Pack(2, self->plain ? self->plain : Py_Ellipsis, self->strict ? self->strict : Py_Ellipsis);
}

HPyDef_MEMBER(OldHolder_number, "number", HPyMember_LONG, offsetof(OldHolder, number))
HPyDef_MEMBER(LargerOldHolder_extra, "extra", HPyMember_LONG, offsetof(LargerOldHolder, extra))

static HPyDef *OldHolder_defines[] = {&OldHolder_number, NULL};
static HPyDef *LargerOldHolder_defines[] = {&LargerOldHolder_extra, NULL};
static PyMemberDef OldHolder_members[] = {
    {"plain", T_OBJECT, offsetof(OldHolder, plain), 0, NULL},
    {"strict", T_OBJECT_EX, offsetof(OldHolder, strict), 0, NULL},
    {"ro_plain", T_OBJECT, offsetof(OldHolder, plain), READONLY, NULL},
    {"ro_strict", T_OBJECT_EX, offsetof(OldHolder, strict), READONLY, NULL},
    {NULL},
};
static PyMemberDef LargerOldHolder_members[] = {
    {"third", T_OBJECT_EX, offsetof(LargerOldHolder, third), 0, NULL}, {NULL},
};
static PyMethodDef OldHolder_methods[] = {
    {"held", (PyCFunction)OldHolder_held, METH_NOARGS, "What C finds in the two fields."}, {NULL},
};
static PyType_Slot OldHolder_slots[] = {
    {Py_tp_new, conform_new}, {Py_tp_dealloc, OldHolder_dealloc}, {Py_tp_members, OldHolder_members},
    {Py_tp_methods, OldHolder_methods}, {0, NULL},
};
static PyType_Slot LargerOldHolder_slots[] = {
    {Py_tp_dealloc, LargerOldHolder_dealloc}, {Py_tp_members, LargerOldHolder_members}, {0, NULL},
};
static HPyType_Spec OldHolder_spec = {
    .name = "ext.OldHolder",
    .basicsize = sizeof(OldHolder),
    .builtin_shape = SHAPE(OldHolder),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .legacy_slots = OldHolder_slots,
    .defines = OldHolder_defines,
};
static HPyType_Spec LargerOldHolder_spec = {
    .name = "ext.LargerOldHolder",
    .basicsize = sizeof(LargerOldHolder),
    .builtin_shape = SHAPE(LargerOldHolder),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .legacy_slots = LargerOldHolder_slots,
    .defines = LargerOldHolder_defines,
};

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = HPyHelpers_AddType(ctx, module, "Kinds", &Kinds_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "Larger", &Larger_spec, "Kinds", NULL) &&
                conform_hpy_add_derived(ctx, module, "Thin", &Thin_spec, "Kinds", NULL) &&
                HPyHelpers_AddType(ctx, module, "Mixin", &Mixin_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "Both", &Both_spec, "Kinds", "Mixin") &&
                HPyHelpers_AddType(ctx, module, "Holder", &Holder_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "LargerHolder", &LargerHolder_spec, "Holder", NULL) &&
                HPyHelpers_AddType(ctx, module, "OldHolder", &OldHolder_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "LargerOldHolder", &LargerOldHolder_spec, "OldHolder", NULL);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Members of every kind in legacy types.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
