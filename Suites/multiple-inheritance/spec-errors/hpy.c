/* Types are made from Python's tuples of bases, from a few specs. */
#include "hpy.h"
#include "conform.h"

typedef struct {
    long values[8];
} Wide;
HPyType_HELPERS(Wide)

HPyDef_METH(any_greet, "greet", HPyFunc_NOARGS)
static HPy any_greet_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "hello");
}

static HPyDef *greeting[] = {&any_greet, NULL};
static HPyType_Spec Base_spec = {
    .name = "ext.Base",
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = greeting,
};
static HPyType_Spec Final_spec = {
    .name = "ext.Final",
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = greeting,
};
static HPyType_Spec Wide_spec = {
    .name = "ext.Wide",
    .basicsize = sizeof(Wide),
    .builtin_shape = SHAPE(Wide),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
};
static HPyType_Spec Small_spec = {
    .name = "ext.Small",
    .basicsize = sizeof(long),
    .builtin_shape = SHAPE(Wide),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
};
static HPyType_Spec Collected_spec = {
    .name = "ext.Collected",
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC,
};
static HPyType_Spec Shapeless_spec = {
    .name = "ext.Shapeless",
    .builtin_shape = (HPyType_BuiltinShape)42,
    .flags = HPy_TPFLAGS_DEFAULT,
};

HPyDef_METH(make, "make", HPyFunc_O, .doc = "make(bases): a type with a tuple of bases.")
static HPy make_impl(HPyContext *ctx, HPy self, HPy bases)
{
    HPyType_SpecParam params[] = {{HPyType_SpecParam_BasesTuple, bases}, {0}};
    return HPyType_FromSpec(ctx, &Base_spec, params);
}

HPyDef_METH(make_small, "make_small", HPyFunc_O, .doc = "make_small(base): a type whose struct is just one long.")
static HPy make_small_impl(HPyContext *ctx, HPy self, HPy base)
{
    HPyType_SpecParam params[] = {{HPyType_SpecParam_Base, base}, {0}};
    return HPyType_FromSpec(ctx, &Small_spec, params);
}

HPyDef_METH(make_one_by_one, "make_one_by_one", HPyFunc_VARARGS, .doc = "A type with bases that are each a parameter.")
static HPy make_one_by_one_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPyType_SpecParam params[3] = {{0}};
    if (nargs > 2) {
        return HPyErr_SetString(ctx, ctx->h_TypeError, "at most two bases");
    }
    for (size_t i = 0; i < nargs; i++) {
        params[i].kind = HPyType_SpecParam_Base;
        params[i].object = args[i];
    }
    return HPyType_FromSpec(ctx, &Base_spec, params);
}

HPyDef_METH(make_both_ways, "make_both_ways", HPyFunc_O, .doc = "A type with bases as a tuple and one by one.")
static HPy make_both_ways_impl(HPyContext *ctx, HPy self, HPy bases)
{
    HPy first = HPy_GetItem_i(ctx, bases, 0);
    if (HPy_IsNull(first)) {
        return HPy_NULL;
    }
    HPyType_SpecParam params[] = {{HPyType_SpecParam_Base, first}, {HPyType_SpecParam_BasesTuple, bases}, {0}};
    HPy type = HPyType_FromSpec(ctx, &Base_spec, params);
    HPy_Close(ctx, first);
    return type;
}

HPyDef_METH(make_two_tuples, "make_two_tuples", HPyFunc_O, .doc = "A type with the tuple of its bases given twice.")
static HPy make_two_tuples_impl(HPyContext *ctx, HPy self, HPy bases)
{
    HPyType_SpecParam params[] = {
        {HPyType_SpecParam_BasesTuple, bases},
        {HPyType_SpecParam_BasesTuple, bases},
        {0},
    };
    return HPyType_FromSpec(ctx, &Base_spec, params);
}

HPyDef_METH(make_collected, "make_collected", HPyFunc_NOARGS, .doc = "A type with HAVE_GC and without traverse.")
static HPy make_collected_impl(HPyContext *ctx, HPy self)
{
    return HPyType_FromSpec(ctx, &Collected_spec, NULL);
}

HPyDef_METH(make_shapeless, "make_shapeless", HPyFunc_NOARGS, .doc = "A type with a shape that does not exist.")
static HPy make_shapeless_impl(HPyContext *ctx, HPy self)
{
    return HPyType_FromSpec(ctx, &Shapeless_spec, NULL);
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = HPyHelpers_AddType(ctx, module, "Base", &Base_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Final", &Final_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Wide", &Wide_spec, NULL);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {
    &ext_exec,        &make,           &make_small,     &make_one_by_one, &make_both_ways,
    &make_two_tuples, &make_collected, &make_shapeless, NULL,
};
static HPyModuleDef ext_module = {.doc = "Types from specs, some of which are wrong.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
