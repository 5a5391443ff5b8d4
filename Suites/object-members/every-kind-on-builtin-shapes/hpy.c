/* For each builtin that HPy lets one derive from with a struct: a type with the same struct, and members of every kind;
   and for some of them a type that holds objects. */
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
    char bool_;
    unsigned int uint_;
    unsigned long ulong_;
    char char_;
    double double_;
    char inplace_[8];
    long long longlong_;
    const char *string_;
    unsigned long long ulonglong_;
    HPy_ssize_t ssize_;
} Kinds;

#define EACH_KIND(M)                                                                                                 \
    M(short, SHORT) M(byte, BYTE) M(int, INT) M(ubyte, UBYTE) M(long, LONG) M(ushort, USHORT) M(float, FLOAT)        \
    M(bool, BOOL) M(uint, UINT) M(ulong, ULONG) M(char, CHAR) M(double, DOUBLE) M(inplace, STRING_INPLACE)           \
    M(longlong, LONGLONG) M(string, STRING) M(ulonglong, ULONGLONG) M(ssize, HPYSSIZET)

#define DEFINITION(name, kind)                                                                                       \
    HPyDef_MEMBER(Kinds_##name, #name, HPyMember_##kind, offsetof(Kinds, name##_))                                   \
    HPyDef_MEMBER(Kinds_ro_##name, "ro_" #name, HPyMember_##kind, offsetof(Kinds, name##_), .readonly = 1)
EACH_KIND(DEFINITION)
HPyDef_MEMBER(Kinds_none, "none", HPyMember_NONE, offsetof(Kinds, string_), .readonly = 1)

#define PLACE(name, kind) {#name, offsetof(Kinds, name##_), sizeof(((Kinds *)NULL)->name##_)},
static const struct conform_field fields[] = {EACH_KIND(PLACE) {NULL}};

/* Every byte of the struct gets a pattern, and the string is set. */
static void fill(Kinds *kinds)
{
    memset(kinds, 0x55, sizeof *kinds);
    kinds->string_ = "a string";
}

/* How many bytes outside of a field differ from those of fill(). */
static HPy kinds_strays(HPyContext *ctx, const Kinds *kinds, HPy name)
{
    const struct conform_field *field = conform_hpy_field_named(ctx, fields, name);
    if (field == NULL) {
        return HPy_NULL;
    }
    Kinds expected;
    fill(&expected);
    int32_t strays = 0;
    for (size_t i = 0; i < sizeof expected; i++) {
        int outside = i < field->offset || i >= field->offset + field->size;
        strays += outside && ((const char *)kinds)[i] != ((const char *)&expected)[i];
    }
    return HPyLong_FromInt32_t(ctx, strays);
}

#define ADDRESS(name, kind) &Kinds_##name, &Kinds_ro_##name,
#define SPEC(Name, the_flags)                                                                                        \
    static HPyType_Spec Name##_spec = {                                                                              \
        .name = "ext." #Name,                                                                                        \
        .basicsize = sizeof(Name),                                                                                   \
        .builtin_shape = SHAPE(Name),                                                                                \
        .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | (the_flags),                                           \
        .defines = Name##_defines,                                                                                   \
    };

/* Python's name of the type, and the builtin's shape, by HPy's name. */
#define KINDS(Name, Shape)                                                                                           \
    typedef Kinds Name;                                                                                              \
    HPyType_HELPERS(Name, HPyType_BuiltinShape_##Shape)                                                              \
    HPyDef_METH(Name##_peek, "peek", HPyFunc_O)                                                                      \
    static HPy Name##_peek_impl(HPyContext *ctx, HPy self, HPy name)                                                 \
    {                                                                                                                \
        return conform_hpy_peek(ctx, fields, Name##_AsStruct(ctx, self), name);                                      \
    }                                                                                                                \
    HPyDef_METH(Name##_poke, "poke", HPyFunc_VARARGS)                                                                \
    static HPy Name##_poke_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)                            \
    {                                                                                                                \
        return conform_hpy_poke(ctx, fields, Name##_AsStruct(ctx, self), args, nargs);                               \
    }                                                                                                                \
    HPyDef_METH(Name##_fill, "fill", HPyFunc_NOARGS)                                                                 \
    static HPy Name##_fill_impl(HPyContext *ctx, HPy self)                                                           \
    {                                                                                                                \
        fill(Name##_AsStruct(ctx, self));                                                                            \
        return HPy_Dup(ctx, ctx->h_None);                                                                            \
    }                                                                                                                \
    HPyDef_METH(Name##_strays, "strays", HPyFunc_O)                                                                  \
    static HPy Name##_strays_impl(HPyContext *ctx, HPy self, HPy name)                                               \
    {                                                                                                                \
        return kinds_strays(ctx, Name##_AsStruct(ctx, self), name);                                                  \
    }                                                                                                                \
    static HPyDef *Name##_defines[] = {                                                                              \
        EACH_KIND(ADDRESS) &Kinds_none, &Name##_peek, &Name##_poke, &Name##_fill, &Name##_strays, NULL,              \
    };                                                                                                               \
    SPEC(Name, 0)

KINDS(Float, Float)
KINDS(Str, Unicode)
KINDS(List, List)
KINDS(Meta, Type)
KINDS(Int, Long)
KINDS(Tuple, Tuple)
#ifdef HPyType_BuiltinShape_Dict_AsStruct
KINDS(Dict, Dict)
#endif

typedef struct {
    HPyField plain;
    long number;
    HPyField strict;
} Holder;

#define HOLDER(Name, Shape)                                                                                          \
    typedef Holder Name;                                                                                             \
    HPyType_HELPERS(Name, HPyType_BuiltinShape_##Shape)                                                              \
    HPyDef_MEMBER(Name##_plain, "plain", HPyMember_OBJECT, offsetof(Holder, plain))                                  \
    HPyDef_MEMBER(Name##_strict, "strict", HPyMember_OBJECT_EX, offsetof(Holder, strict))                            \
    HPyDef_MEMBER(Name##_ro_plain, "ro_plain", HPyMember_OBJECT, offsetof(Holder, plain), .readonly = 1)             \
    HPyDef_MEMBER(Name##_ro_strict, "ro_strict", HPyMember_OBJECT_EX, offsetof(Holder, strict), .readonly = 1)       \
    HPyDef_MEMBER(Name##_number, "number", HPyMember_LONG, offsetof(Holder, number))                                 \
    HPyDef_SLOT(Name##_traverse, HPy_tp_traverse)                                                                    \
    static int Name##_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)                                  \
    {                                                                                                                \
        HPy_VISIT(&((Holder *)self)->plain);                                                                         \
        HPy_VISIT(&((Holder *)self)->strict);                                                                        \
        return 0;                                                                                                    \
    }                                                                                                                \
    HPyDef_METH(Name##_held, "held", HPyFunc_NOARGS)                                                                 \
    static HPy Name##_held_impl(HPyContext *ctx, HPy self)                                                           \
    {                                                                                                                \
        Holder *holder = Name##_AsStruct(ctx, self);                                                                 \
        return conform_hpy_load_two(ctx, self, holder->plain, holder->strict);                                       \
    }                                                                                                                \
    static HPyDef *Name##_defines[] = {                                                                              \
        &Name##_plain, &Name##_strict, &Name##_ro_plain, &Name##_ro_strict, &Name##_number, &Name##_traverse,        \
        &Name##_held, NULL,                                                                                          \
    };                                                                                                               \
    SPEC(Name, HPy_TPFLAGS_HAVE_GC)

HOLDER(FloatHolder, Float)
HOLDER(StrHolder, Unicode)
HOLDER(ListHolder, List)
HOLDER(MetaHolder, Type)
HOLDER(IntHolder, Long)
HOLDER(TupleHolder, Tuple)

/* Made when it is asked for, as the shape is newer than the others. */
HPyDef_METH(make_dict, "make_dict", HPyFunc_NOARGS)
static HPy make_dict_impl(HPyContext *ctx, HPy module)
{
#ifdef HPyType_BuiltinShape_Dict_AsStruct
    HPyType_SpecParam params[] = {{HPyType_SpecParam_Base, ctx->h_DictType}, {0}};
    return HPyType_FromSpec(ctx, &Dict_spec, params);
#else
    return HPyErr_SetString(ctx, ctx->h_NotImplementedError, "this HPy has no shape for dict");
#endif
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = conform_hpy_add_type(ctx, module, "Float", &Float_spec, ctx->h_FloatType) &&
                conform_hpy_add_type(ctx, module, "Str", &Str_spec, ctx->h_UnicodeType) &&
                conform_hpy_add_type(ctx, module, "List", &List_spec, ctx->h_ListType) &&
                conform_hpy_add_type(ctx, module, "Meta", &Meta_spec, ctx->h_TypeType) &&
                conform_hpy_add_type(ctx, module, "Int", &Int_spec, ctx->h_LongType) &&
                conform_hpy_add_type(ctx, module, "Tuple", &Tuple_spec, ctx->h_TupleType) &&
                conform_hpy_add_type(ctx, module, "FloatHolder", &FloatHolder_spec, ctx->h_FloatType) &&
                conform_hpy_add_type(ctx, module, "StrHolder", &StrHolder_spec, ctx->h_UnicodeType) &&
                conform_hpy_add_type(ctx, module, "ListHolder", &ListHolder_spec, ctx->h_ListType) &&
                conform_hpy_add_type(ctx, module, "MetaHolder", &MetaHolder_spec, ctx->h_TypeType) &&
                conform_hpy_add_type(ctx, module, "IntHolder", &IntHolder_spec, ctx->h_LongType) &&
                conform_hpy_add_type(ctx, module, "TupleHolder", &TupleHolder_spec, ctx->h_TupleType);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&make_dict, &ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Builtins with a struct of every kind.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
