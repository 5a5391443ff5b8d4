/* Meta is a metaclass whose types have a struct each, DerivedMeta extends it, and PlainMeta has no struct. */
#include "hpy.h"
#include "conform.h"

typedef struct {
    long tag;
    long bumps;
} Meta;
HPyType_HELPERS(Meta, HPyType_BuiltinShape_Type)

typedef struct {
    Meta meta;
    long extra;
} DerivedMeta;
HPyType_HELPERS(DerivedMeta, HPyType_BuiltinShape_Type)

typedef struct {
    long value;
} Valued;
HPyType_HELPERS(Valued)

HPyDef_MEMBER(Meta_tag, "tag", HPyMember_LONG, offsetof(Meta, tag))

HPyDef_METH(Meta_bump, "bump", HPyFunc_NOARGS)
static HPy Meta_bump_impl(HPyContext *ctx, HPy self)
{
    return HPyLong_FromLong(ctx, ++Meta_AsStruct(ctx, self)->bumps);
}

HPyDef_SLOT(Meta_repr, HPy_tp_repr)
static HPy Meta_repr_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "a type of Meta");
}

HPyDef_SLOT(Meta_length, HPy_sq_length)
static HPy_ssize_t Meta_length_impl(HPyContext *ctx, HPy self)
{
    return 7;
}

static HPyDef *Meta_defines[] = {&Meta_tag, &Meta_bump, &Meta_repr, &Meta_length, NULL};
static HPyType_Spec Meta_spec = {
    .name = "ext.Meta",
    .basicsize = sizeof(Meta),
    .builtin_shape = SHAPE(Meta),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Meta_defines,
};

HPyDef_MEMBER(DerivedMeta_extra, "extra", HPyMember_LONG, offsetof(DerivedMeta, extra))

static HPyDef *DerivedMeta_defines[] = {&DerivedMeta_extra, NULL};
static HPyType_Spec DerivedMeta_spec = {
    .name = "ext.DerivedMeta",
    .basicsize = sizeof(DerivedMeta),
    .builtin_shape = SHAPE(DerivedMeta),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = DerivedMeta_defines,
};

HPyDef_METH(PlainMeta_plain, "plain", HPyFunc_NOARGS)
static HPy PlainMeta_plain_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "plain");
}

static HPyDef *PlainMeta_defines[] = {&PlainMeta_plain, NULL};
static HPyType_Spec PlainMeta_spec = {
    .name = "ext.PlainMeta",
    .builtin_shape = HPyType_BuiltinShape_Type,
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = PlainMeta_defines,
};

HPyDef_METH(Made_greet, "greet", HPyFunc_NOARGS)
static HPy Made_greet_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "hello");
}

static HPyDef *Made_defines[] = {&Made_greet, NULL};
static HPyType_Spec Made_spec = {
    .name = "ext.Made",
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Made_defines,
};

HPyDef_METH(make, "make", HPyFunc_VARARGS, .doc = "make(metaclass, bases): a type with these.")
static HPy make_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    if (nargs != 2) {
        return HPyErr_SetString(ctx, ctx->h_TypeError, "make takes a metaclass and a tuple of bases");
    }
    HPyType_SpecParam params[] = {
        {HPyType_SpecParam_Metaclass, args[0]},
        {HPyType_SpecParam_BasesTuple, args[1]},
        {0},
    };
    return HPyType_FromSpec(ctx, &Made_spec, params);
}

HPyDef_METH(make_from, "make_from", HPyFunc_O, .doc = "make_from(base): a type for which no metaclass is given.")
static HPy make_from_impl(HPyContext *ctx, HPy self, HPy base)
{
    HPyType_SpecParam params[] = {{HPyType_SpecParam_Base, base}, {0}};
    return HPyType_FromSpec(ctx, &Made_spec, params);
}

HPyDef_METH(make_twice, "make_twice", HPyFunc_O, .doc = "make_twice(metaclass): a type with the parameter given twice.")
static HPy make_twice_impl(HPyContext *ctx, HPy self, HPy metaclass)
{
    HPyType_SpecParam params[] = {
        {HPyType_SpecParam_Metaclass, metaclass},
        {HPyType_SpecParam_Metaclass, metaclass},
        {0},
    };
    return HPyType_FromSpec(ctx, &Made_spec, params);
}

HPyDef_METH(Valued_get, "get", HPyFunc_NOARGS)
static HPy Valued_get_impl(HPyContext *ctx, HPy self)
{
    return HPyLong_FromLong(ctx, Valued_AsStruct(ctx, self)->value);
}

HPyDef_MEMBER(Valued_value, "value", HPyMember_LONG, offsetof(Valued, value))

static HPyDef *Valued_defines[] = {&Valued_get, &Valued_value, NULL};
static HPyType_Spec Valued_spec = {
    .name = "ext.Valued",
    .basicsize = sizeof(Valued),
    .builtin_shape = SHAPE(Valued),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Valued_defines,
};

HPyDef_METH(make_valued, "make_valued", HPyFunc_O, .doc = "make_valued(metaclass): a type whose objects have a struct.")
static HPy make_valued_impl(HPyContext *ctx, HPy self, HPy metaclass)
{
    HPyType_SpecParam params[] = {{HPyType_SpecParam_Metaclass, metaclass}, {0}};
    return HPyType_FromSpec(ctx, &Valued_spec, params);
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    HPyType_SpecParam of_type[] = {{HPyType_SpecParam_Base, ctx->h_TypeType}, {0}};
    HPy meta = HPyType_FromSpec(ctx, &Meta_spec, of_type);
    if (HPy_IsNull(meta)) {
        return -1;
    }
    HPyType_SpecParam of_meta[] = {{HPyType_SpecParam_Base, meta}, {0}};
    int added = HPy_SetAttr_s(ctx, module, "Meta", meta) == 0 &&
                HPyHelpers_AddType(ctx, module, "DerivedMeta", &DerivedMeta_spec, of_meta) &&
                HPyHelpers_AddType(ctx, module, "PlainMeta", &PlainMeta_spec, of_type);
    HPy_Close(ctx, meta);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &make, &make_from, &make_twice, &make_valued, NULL};
static HPyModuleDef ext_module = {.doc = "Metaclasses, and types made with them.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
