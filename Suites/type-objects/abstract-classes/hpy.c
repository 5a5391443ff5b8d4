/* Types with the constructor of object, with a generic one and with one of their own, and abstract classes below. */
#include "hpy.h"
#include "conform_helpers.h"

HPyDef_METH(work, "work", HPyFunc_NOARGS)
static HPy work_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "done");
}

HPyDef_SLOT(Generic_new, HPy_tp_new)
static HPy Generic_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    return HPyType_GenericNew(ctx, cls, args, nargs, kw);
}

CONFORM_HPY_NEW(Own_new)

static HPyDef *OfObject_defines[] = {&work, NULL};
static HPyDef *Generic_defines[] = {&Generic_new, &work, NULL};
static HPyDef *Own_defines[] = {&Own_new, &work, NULL};
#define TYPE(NAME)                                                                                                   \
    static HPyType_Spec NAME##_spec = {                                                                              \
        .name = "ext." #NAME, .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE, .defines = NAME##_defines,        \
    }
TYPE(OfObject);
TYPE(Generic);
TYPE(Own);

HPyDef_METH(make, "make", HPyFunc_O, .doc = "make(base): a type with the constructor of its base.")
static HPy make_impl(HPyContext *ctx, HPy self, HPy base)
{
    HPyType_SpecParam params[] = {{HPyType_SpecParam_Base, base}, {(HPyType_SpecParam_Kind)0}};
    return HPyType_FromSpec(ctx, &OfObject_spec, params);
}

HPyDef_METH(call, "call", HPyFunc_O)
static HPy call_impl(HPyContext *ctx, HPy self, HPy type)
{
    return HPy_CallTupleDict(ctx, type, HPy_NULL, HPy_NULL);
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = HPyHelpers_AddType(ctx, module, "OfObject", &OfObject_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Generic", &Generic_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Own", &Own_spec, NULL);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &make, &call, NULL};
static HPyModuleDef ext_module = {.defines = ext_defines};
HPy_MODINIT(ext, ext_module)
