/* Base has a struct; Wide and Other extend it, each in its own way; Plain inherits it as it is. No type here has
   HPy_tp_new: instances come from the constructor that is inherited from object. */
#include "hpy.h"
#include "conform.h"

typedef struct {
    long mark;
} Base;
HPyType_HELPERS(Base)

typedef struct {
    Base base;
    long width[4];
} Wide;
HPyType_HELPERS(Wide)

typedef struct {
    Base base;
    double ratio;
} Other;
HPyType_HELPERS(Other)

HPyDef_METH(Base_describe, "describe", HPyFunc_NOARGS)
static HPy Base_describe_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "Base");
}

HPyDef_METH(Base_read_mark, "read_mark", HPyFunc_NOARGS)
static HPy Base_read_mark_impl(HPyContext *ctx, HPy self)
{
    return HPyLong_FromLong(ctx, Base_AsStruct(ctx, self)->mark);
}

HPyDef_MEMBER(Base_mark, "mark", HPyMember_LONG, offsetof(Base, mark))

static HPyDef *Base_defines[] = {&Base_describe, &Base_read_mark, &Base_mark, NULL};
static HPyType_Spec Base_spec = {
    .name = "ext.Base",
    .basicsize = sizeof(Base),
    .builtin_shape = SHAPE(Base),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Base_defines,
};

HPyDef_METH(Wide_describe, "describe", HPyFunc_NOARGS)
static HPy Wide_describe_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "Wide");
}

HPyDef_METH(Wide_fill, "fill", HPyFunc_O)
static HPy Wide_fill_impl(HPyContext *ctx, HPy self, HPy arg)
{
    long start = HPyLong_AsLong(ctx, arg);
    if (start == -1 && HPyErr_Occurred(ctx)) {
        return HPy_NULL;
    }
    Wide *wide = Wide_AsStruct(ctx, self);
    for (int i = 0; i < 4; i++) {
        wide->width[i] = start + i;
    }
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(Wide_total, "total", HPyFunc_NOARGS)
static HPy Wide_total_impl(HPyContext *ctx, HPy self)
{
    Wide *wide = Wide_AsStruct(ctx, self);
    return HPyLong_FromLong(ctx, wide->width[0] + wide->width[1] + wide->width[2] + wide->width[3]);
}

HPyDef_MEMBER(Wide_last, "last", HPyMember_LONG, offsetof(Wide, width) + 3 * sizeof(long))

static HPyDef *Wide_defines[] = {&Wide_describe, &Wide_fill, &Wide_total, &Wide_last, NULL};
static HPyType_Spec Wide_spec = {
    .name = "ext.Wide",
    .basicsize = sizeof(Wide),
    .builtin_shape = SHAPE(Wide),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Wide_defines,
};

HPyDef_METH(Plain_describe, "describe", HPyFunc_NOARGS)
static HPy Plain_describe_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "Plain");
}

HPyDef_METH(Plain_double_mark, "double_mark", HPyFunc_NOARGS)
static HPy Plain_double_mark_impl(HPyContext *ctx, HPy self)
{
    Base_AsStruct(ctx, self)->mark *= 2;
    return HPy_Dup(ctx, ctx->h_None);
}

static HPyDef *Plain_defines[] = {&Plain_describe, &Plain_double_mark, NULL};
static HPyType_Spec Plain_spec = {
    .name = "ext.Plain",
    .builtin_shape = SHAPE(Base),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Plain_defines,
};

HPyDef_MEMBER(Other_ratio, "ratio", HPyMember_DOUBLE, offsetof(Other, ratio))

static HPyDef *Other_defines[] = {&Other_ratio, NULL};
static HPyType_Spec Other_spec = {
    .name = "ext.Other",
    .basicsize = sizeof(Other),
    .builtin_shape = SHAPE(Other),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Other_defines,
};

static HPyType_Spec Made_spec = {
    .name = "ext.Made",
    .builtin_shape = SHAPE(Base),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
};

HPyDef_METH(make, "make", HPyFunc_O, .doc = "A type without defines of its own that derives from these bases.")
static HPy make_impl(HPyContext *ctx, HPy self, HPy bases)
{
    HPyType_SpecParam params[] = {{HPyType_SpecParam_BasesTuple, bases}, {0}};
    return HPyType_FromSpec(ctx, &Made_spec, params);
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    HPy base = HPyType_FromSpec(ctx, &Base_spec, NULL);
    if (HPy_IsNull(base)) {
        return -1;
    }
    HPyType_SpecParam params[] = {{HPyType_SpecParam_Base, base}, {0}};
    int failed = HPy_SetAttr_s(ctx, module, "Base", base) < 0 ||
                 !HPyHelpers_AddType(ctx, module, "Wide", &Wide_spec, params) ||
                 !HPyHelpers_AddType(ctx, module, "Plain", &Plain_spec, params) ||
                 !HPyHelpers_AddType(ctx, module, "Other", &Other_spec, params);
    HPy_Close(ctx, base);
    return failed ? -1 : 0;
}

static HPyDef *ext_defines[] = {&ext_exec, &make, NULL};
static HPyModuleDef ext_module = {.doc = "A base, and subclasses with and without a struct.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
