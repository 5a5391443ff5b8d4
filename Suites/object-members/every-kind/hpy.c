/* Kinds has two members for each field, one of them readonly; Larger adds to its struct, and Both has a second base.
   Holder and LargerHolder are the same for members that hold objects. */
#include "hpy.h"
#include "conform.h"

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
typedef struct {
    const char *name;
    size_t offset;
    size_t size;
} Field;
static const Field fields[] = {
    FIELD(byte), FIELD(ubyte), FIELD(short), FIELD(ushort), FIELD(int), FIELD(uint), FIELD(long), FIELD(ulong),
    FIELD(longlong), FIELD(ulonglong), FIELD(ssize), FIELD(float), FIELD(double), FIELD(bool), FIELD(char),
    FIELD(inplace), {NULL},
};

static const Field *field_named(HPyContext *ctx, HPy name)
{
    const char *text = HPyUnicode_AsUTF8AndSize(ctx, name, NULL);
    if (text == NULL) {
        return NULL;
    }
    for (const Field *field = fields; field->name != NULL; field++) {
        if (strcmp(field->name, text) == 0) {
            return field;
        }
    }
    HPyErr_SetString(ctx, ctx->h_LookupError, "no such field");
    return NULL;
}

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
    const Field *field = field_named(ctx, name);
    if (field == NULL) {
        return HPy_NULL;
    }
    const char *bytes = (const char *)Kinds_AsStruct(ctx, self);
    return HPyBytes_FromStringAndSize(ctx, bytes + field->offset, (HPy_ssize_t)field->size);
}

HPyDef_METH(Kinds_poke, "poke", HPyFunc_VARARGS, .doc = "Set the bytes of a field.")
static HPy Kinds_poke_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy name, bytes;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OO", &name, &bytes)) {
        return HPy_NULL;
    }
    const Field *field = field_named(ctx, name);
    if (field == NULL) {
        return HPy_NULL;
    }
    HPy_ssize_t size = HPyBytes_Size(ctx, bytes);
    if (size < 0) {
        return HPy_NULL;
    }
    const char *content = HPyBytes_AsString(ctx, bytes);
    if (content == NULL) {
        return HPy_NULL;
    }
    if ((size_t)size != field->size) {
        HPyErr_SetString(ctx, ctx->h_ValueError, "the field has another size");
        return HPy_NULL;
    }
    memcpy((char *)Kinds_AsStruct(ctx, self) + field->offset, content, field->size);
    return HPy_Dup(ctx, ctx->h_None);
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
    const Field *field = field_named(ctx, name);
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

HPyDef_SLOT(Kinds_new, HPy_tp_new)
static HPy Kinds_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Kinds *self;
    return HPy_New(ctx, cls, &self);
}

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

HPyDef_SLOT(Holder_new, HPy_tp_new)
static HPy Holder_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Holder *self;
    return HPy_New(ctx, cls, &self);
}

HPyDef_MEMBER(Holder_plain, "plain", HPyMember_OBJECT, offsetof(Holder, plain))
HPyDef_MEMBER(Holder_strict, "strict", HPyMember_OBJECT_EX, offsetof(Holder, strict))
HPyDef_MEMBER(Holder_ro_plain, "ro_plain", HPyMember_OBJECT, offsetof(Holder, plain), .readonly = 1)
HPyDef_MEMBER(Holder_ro_strict, "ro_strict", HPyMember_OBJECT_EX, offsetof(Holder, strict), .readonly = 1)
HPyDef_MEMBER(Holder_number, "number", HPyMember_LONG, offsetof(Holder, number))

/* An Ellipsis stands for a null field. */
static HPy loaded(HPyContext *ctx, HPy self, HPyField field)
{
    return HPyField_IsNull(field) ? HPy_Dup(ctx, ctx->h_Ellipsis) : HPyField_Load(ctx, self, field);
}

HPyDef_METH(Holder_held, "held", HPyFunc_NOARGS, .doc = "What C finds in the two fields.")
static HPy Holder_held_impl(HPyContext *ctx, HPy self)
{
    Holder *holder = Holder_AsStruct(ctx, self);
    HPy plain = loaded(ctx, self, holder->plain);
    HPy strict = loaded(ctx, self, holder->strict);
    HPy result = HPy_NULL;
    if (!HPy_IsNull(plain) && !HPy_IsNull(strict)) {
        result = HPyTuple_Pack(ctx, 2, plain, strict);
    }
    HPy_Close(ctx, plain);
    HPy_Close(ctx, strict);
    return result;
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

/* Add a type that derives from others, which the module has. */
static int add_derived(HPyContext *ctx, HPy module, const char *name, HPyType_Spec *spec, const char *first,
                       const char *second)
{
    HPy one = HPy_GetAttr_s(ctx, module, first);
    HPy two = second == NULL ? HPy_NULL : HPy_GetAttr_s(ctx, module, second);
    HPyType_SpecParam params[] = {
        {HPyType_SpecParam_Base, one},
        {second == NULL ? (HPyType_SpecParam_Kind)0 : HPyType_SpecParam_Base, two},
        {(HPyType_SpecParam_Kind)0},
    };
    int added = 0;
    if (!HPy_IsNull(one) && (second == NULL || !HPy_IsNull(two))) {
        added = HPyHelpers_AddType(ctx, module, name, spec, params);
    }
    HPy_Close(ctx, one);
    HPy_Close(ctx, two);
    return added;
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = HPyHelpers_AddType(ctx, module, "Kinds", &Kinds_spec, NULL) &&
                add_derived(ctx, module, "Larger", &Larger_spec, "Kinds", NULL) &&
                HPyHelpers_AddType(ctx, module, "Mixin", &Mixin_spec, NULL) &&
                add_derived(ctx, module, "Both", &Both_spec, "Kinds", "Mixin") &&
                HPyHelpers_AddType(ctx, module, "Holder", &Holder_spec, NULL) &&
                add_derived(ctx, module, "LargerHolder", &LargerHolder_spec, "Holder", NULL);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Members of every kind.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
