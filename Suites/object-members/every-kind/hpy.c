/* Kinds has two members for each field, one of them readonly; Larger adds to its struct, and Both has a second base.
   Holder and LargerHolder are the same for members that hold objects. */
#include "hpy.h"
#include "conform.h"
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
    HPy_ssize_t ssize_;
} Kinds;
HPyType_HELPERS(Kinds)

typedef struct {
    Kinds kinds;
    long extra;
} Larger;
HPyType_HELPERS(Larger)

typedef struct {
    HPyField plain;
    long number;
    HPyField strict;
} Holder;
HPyType_HELPERS(Holder)

typedef struct {
    Holder holder;
    HPyField third;
    long extra;
} LargerHolder;
HPyType_HELPERS(LargerHolder)

#define FIELD(name) {#name, offsetof(Kinds, name##_), sizeof(((Kinds *)NULL)->name##_)}
static const struct conform_field fields[] = {
    FIELD(byte), FIELD(ubyte), FIELD(short), FIELD(ushort), FIELD(int), FIELD(uint), FIELD(long), FIELD(ulong),
    FIELD(longlong), FIELD(ulonglong), FIELD(ssize), FIELD(float), FIELD(double), FIELD(bool), FIELD(char),
    FIELD(inplace), {NULL},
};

#define MEMBER(name, kind)                                                                                           \
    HPyDef_MEMBER(Kinds_##name, #name, HPyMember_##kind, offsetof(Kinds, name##_), .doc = #name " doc")             \
    HPyDef_MEMBER(Kinds_ro_##name, "ro_" #name, HPyMember_##kind, offsetof(Kinds, name##_), .readonly = 1)
MEMBER(byte, BYTE)
MEMBER(ubyte, UBYTE)
MEMBER(short, SHORT)
MEMBER(ushort, USHORT)
MEMBER(int, INT)
MEMBER(uint, UINT)
MEMBER(long, LONG)
MEMBER(ulong, ULONG)
MEMBER(longlong, LONGLONG)
MEMBER(ulonglong, ULONGLONG)
MEMBER(ssize, HPYSSIZET)
MEMBER(float, FLOAT)
MEMBER(double, DOUBLE)
MEMBER(bool, BOOL)
MEMBER(char, CHAR)
MEMBER(inplace, STRING_INPLACE)
MEMBER(string, STRING)
HPyDef_MEMBER(Kinds_none, "none", HPyMember_NONE, offsetof(Kinds, string_), .readonly = 1)

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

#define PATTERN 0x55

HPyDef_METH(Kinds_fill, "fill", HPyFunc_NOARGS, .doc = "Set every byte of the struct to a pattern, and the string.")
static HPy Kinds_fill_impl(HPyContext *ctx, HPy self)
{
    Kinds *kinds = Kinds_AsStruct(ctx, self);
    memset(kinds, PATTERN, sizeof(Kinds));
    kinds->string_ = "a string";
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(Kinds_strays, "strays", HPyFunc_O, .doc = "How many bytes outside a field differ from those of fill().")
static HPy Kinds_strays_impl(HPyContext *ctx, HPy self, HPy name)
{
    const struct conform_field *field = conform_hpy_field_named(ctx, fields, name);
    if (field == NULL) {
        return HPy_NULL;
    }
    const unsigned char *bytes = (const unsigned char *)Kinds_AsStruct(ctx, self);
    size_t pointer = offsetof(Kinds, string_), behind = pointer + sizeof(const char *);
    int32_t strays = 0;
    for (size_t i = 0; i < sizeof(Kinds); i++) {
        if ((i < field->offset || i >= field->offset + field->size) && (i < pointer || i >= behind)) {
            strays += bytes[i] != PATTERN;
        }
    }
    return HPyLong_FromInt32_t(ctx, strays);
}

CONFORM_HPY_NEW(Kinds_new)

static HPyDef *Kinds_defines[] = {
    &Kinds_new, &Kinds_peek, &Kinds_poke, &Kinds_fill, &Kinds_strays, &Kinds_byte, &Kinds_ro_byte, &Kinds_ubyte,
    &Kinds_ro_ubyte, &Kinds_short, &Kinds_ro_short, &Kinds_ushort, &Kinds_ro_ushort, &Kinds_int, &Kinds_ro_int,
    &Kinds_uint, &Kinds_ro_uint, &Kinds_long, &Kinds_ro_long, &Kinds_ulong, &Kinds_ro_ulong, &Kinds_longlong,
    &Kinds_ro_longlong, &Kinds_ulonglong, &Kinds_ro_ulonglong, &Kinds_ssize, &Kinds_ro_ssize, &Kinds_float,
    &Kinds_ro_float, &Kinds_double, &Kinds_ro_double, &Kinds_bool, &Kinds_ro_bool, &Kinds_char, &Kinds_ro_char,
    &Kinds_inplace, &Kinds_ro_inplace, &Kinds_string, &Kinds_ro_string, &Kinds_none, NULL,
};
static HPyType_Spec Kinds_spec = {
    .name = "ext.Kinds",
    .basicsize = sizeof(Kinds),
    .builtin_shape = SHAPE(Kinds),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Kinds_defines,
};

HPyDef_MEMBER(Larger_extra, "extra", HPyMember_LONG, offsetof(Larger, extra))

static HPyDef *Larger_defines[] = {&Larger_extra, NULL};
static HPyType_Spec Larger_spec = {
    .name = "ext.Larger",
    .basicsize = sizeof(Larger),
    .builtin_shape = SHAPE(Larger),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Larger_defines,
};

/* Without a struct: it goes beside any type that has one. */
HPyDef_METH(Mixin_mixed, "mixed", HPyFunc_NOARGS)
static HPy Mixin_mixed_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "mixed");
}

static HPyDef *Mixin_defines[] = {&Mixin_mixed, NULL};
static HPyType_Spec Mixin_spec = {
    .name = "ext.Mixin",
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Mixin_defines,
};

static HPyType_Spec Both_spec = {
    .name = "ext.Both",
    .basicsize = sizeof(Larger),
    .builtin_shape = SHAPE(Larger),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Larger_defines,
};

HPyDef_SLOT(Holder_traverse, HPy_tp_traverse)
static int Holder_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Holder *)self)->plain);
    HPy_VISIT(&((Holder *)self)->strict);
    return 0;
}

CONFORM_HPY_NEW(Holder_new)

HPyDef_MEMBER(Holder_plain, "plain", HPyMember_OBJECT, offsetof(Holder, plain))
HPyDef_MEMBER(Holder_strict, "strict", HPyMember_OBJECT_EX, offsetof(Holder, strict))
HPyDef_MEMBER(Holder_ro_plain, "ro_plain", HPyMember_OBJECT, offsetof(Holder, plain), .readonly = 1)
HPyDef_MEMBER(Holder_ro_strict, "ro_strict", HPyMember_OBJECT_EX, offsetof(Holder, strict), .readonly = 1)
HPyDef_MEMBER(Holder_number, "number", HPyMember_LONG, offsetof(Holder, number))

HPyDef_METH(Holder_held, "held", HPyFunc_NOARGS, .doc = "What C finds in the two fields.")
static HPy Holder_held_impl(HPyContext *ctx, HPy self)
{
    Holder *holder = Holder_AsStruct(ctx, self);
    return conform_hpy_load_two(ctx, self, holder->plain, holder->strict);
}

static HPyDef *Holder_defines[] = {
    &Holder_traverse, &Holder_new, &Holder_plain, &Holder_strict, &Holder_ro_plain, &Holder_ro_strict, &Holder_number,
    &Holder_held, NULL,
};
static HPyType_Spec Holder_spec = {
    .name = "ext.Holder",
    .basicsize = sizeof(Holder),
    .builtin_shape = SHAPE(Holder),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | HPy_TPFLAGS_HAVE_GC,
    .defines = Holder_defines,
};

HPyDef_SLOT(LargerHolder_traverse, HPy_tp_traverse)
static int LargerHolder_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((LargerHolder *)self)->third);
    return Holder_traverse_impl(self, visit, arg);
}

HPyDef_MEMBER(LargerHolder_third, "third", HPyMember_OBJECT_EX, offsetof(LargerHolder, third))
HPyDef_MEMBER(LargerHolder_extra, "extra", HPyMember_LONG, offsetof(LargerHolder, extra))

static HPyDef *LargerHolder_defines[] = {&LargerHolder_traverse, &LargerHolder_third, &LargerHolder_extra, NULL};
static HPyType_Spec LargerHolder_spec = {
    .name = "ext.LargerHolder",
    .basicsize = sizeof(LargerHolder),
    .builtin_shape = SHAPE(LargerHolder),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | HPy_TPFLAGS_HAVE_GC,
    .defines = LargerHolder_defines,
};

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = HPyHelpers_AddType(ctx, module, "Kinds", &Kinds_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "Larger", &Larger_spec, "Kinds", NULL) &&
                HPyHelpers_AddType(ctx, module, "Mixin", &Mixin_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "Both", &Both_spec, "Kinds", "Mixin") &&
                HPyHelpers_AddType(ctx, module, "Holder", &Holder_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "LargerHolder", &LargerHolder_spec, "Holder", NULL);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Members of every kind.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
