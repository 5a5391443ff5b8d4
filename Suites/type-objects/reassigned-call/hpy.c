/* The same. The slot HPy_tp_call is a vectorcall function on CPython; a type may not have another way to be called. */
#include "hpy.h"
#include "conform_helpers.h"

CONFORM_HPY_NEW(Slow_new)

HPyDef_SLOT(Slow_call, HPy_tp_call)
static HPy Slow_call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy names)
{
    return HPyUnicode_FromString(ctx, "of C");
}

static HPyDef *Slow_defines[] = {&Slow_new, &Slow_call, NULL};
static HPyType_Spec Slow_spec = {
    .name = "ext.Slow", .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE, .defines = Slow_defines,
};
static HPyType_Spec Below_spec = {.name = "ext.Below", .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE};

HPyDef_METH(slow, "slow", HPyFunc_NOARGS)
static HPy slow_impl(HPyContext *ctx, HPy self)
{
    return HPyType_FromSpec(ctx, &Slow_spec, NULL);
}

HPyDef_METH(below, "below", HPyFunc_O)
static HPy below_impl(HPyContext *ctx, HPy self, HPy base)
{
    HPyType_SpecParam params[] = {{HPyType_SpecParam_Base, base}, {(HPyType_SpecParam_Kind)0}};
    return HPyType_FromSpec(ctx, &Below_spec, params);
}

HPyDef_METH(call_both, "call_both", HPyFunc_O)
static HPy call_both_impl(HPyContext *ctx, HPy self, HPy callable)
{
    HPy one = HPy_CallTupleDict(ctx, callable, HPy_NULL, HPy_NULL);
    if (HPy_IsNull(one)) {
        return HPy_NULL;
    }
    HPy two = HPy_Call(ctx, callable, NULL, 0, HPy_NULL);
    if (HPy_IsNull(two)) {
        HPy_Close(ctx, one);
        return HPy_NULL;
    }
    HPy both = HPyTuple_Pack(ctx, 2, one, two);
    HPy_Close(ctx, one);
    HPy_Close(ctx, two);
    return both;
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = HPyHelpers_AddType(ctx, module, "Slow", &Slow_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "SlowBelow", &Below_spec, "Slow", NULL);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &slow, &below, &call_both, NULL};
static HPyModuleDef ext_module = {.defines = ext_defines};
HPy_MODINIT(ext, ext_module)
