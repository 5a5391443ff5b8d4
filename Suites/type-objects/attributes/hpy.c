/* Types whose attributes and special methods are replaced later, and functions that use them from C. */
#include "hpy.h"
#include "conform_helpers.h"

HPyDef_METH(Base_who, "who", HPyFunc_NOARGS)
static HPy Base_who_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "C");
}

HPyDef_SLOT(Base_repr, HPy_tp_repr)
static HPy Base_repr_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "repr of C");
}

HPyDef_SLOT(Base_length, HPy_sq_length)
static HPy_ssize_t Base_length_impl(HPyContext *ctx, HPy self)
{
    return 3;
}

HPyDef_SLOT(Base_add, HPy_nb_add)
static HPy Base_add_impl(HPyContext *ctx, HPy left, HPy right)
{
    return HPyUnicode_FromString(ctx, "sum of C");
}

HPyDef_GET(Base_number, "number")
static HPy Base_number_get(HPyContext *ctx, HPy self, void *closure)
{
    return HPyLong_FromLong(ctx, 4);
}

CONFORM_HPY_NEW(Base_new)

static HPyDef *Base_defines[] = {&Base_new, &Base_who, &Base_repr, &Base_length, &Base_add, &Base_number, NULL};
static HPyType_Spec Base_spec = {
    .name = "ext.Base", .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE, .defines = Base_defines,
};
static HPyType_Spec Below_spec = {.name = "ext.Below", .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE};

HPyDef_METH(make, "make", HPyFunc_NOARGS, .doc = "make(): a new type.")
static HPy make_impl(HPyContext *ctx, HPy self)
{
    return HPyType_FromSpec(ctx, &Base_spec, NULL);
}

HPyDef_METH(below, "below", HPyFunc_O, .doc = "below(base): a new type without anything of its own.")
static HPy below_impl(HPyContext *ctx, HPy self, HPy base)
{
    HPyType_SpecParam params[] = {{HPyType_SpecParam_Base, base}, {(HPyType_SpecParam_Kind)0}};
    return HPyType_FromSpec(ctx, &Below_spec, params);
}

/* used(object): length, repr and sum, as C gets them. */
HPyDef_METH(used, "used", HPyFunc_O)
static HPy used_impl(HPyContext *ctx, HPy self, HPy object)
{
    HPy_ssize_t length = HPy_Length(ctx, object);
    if (length < 0) {
        return HPy_NULL;
    }
    HPy number = HPyLong_FromSsize_t(ctx, length), text = HPy_NULL, sum = HPy_NULL, result = HPy_NULL;
    if (!HPy_IsNull(number)) {
        text = HPy_Repr(ctx, object);
    }
    if (!HPy_IsNull(text)) {
        sum = HPy_Add(ctx, object, object);
    }
    if (!HPy_IsNull(sum)) {
        result = HPyTuple_Pack(ctx, 3, number, text, sum);
    }
    HPy_Close(ctx, number);
    HPy_Close(ctx, text);
    HPy_Close(ctx, sum);
    return result;
}

HPyDef_METH(get, "get", HPyFunc_VARARGS)
static HPy get_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy object, name;
    return HPyArg_Parse(ctx, NULL, args, nargs, "OO", &object, &name) ? HPy_GetAttr(ctx, object, name) : HPy_NULL;
}

HPyDef_METH(set, "set", HPyFunc_VARARGS, .doc = "set(object, name[, value]): sets, or deletes.")
static HPy set_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy object, name, value = HPy_NULL;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OO|O", &object, &name, &value)) {
        return HPy_NULL;
    }
    int failed = HPy_IsNull(value) ? HPy_DelAttr(ctx, object, name) : HPy_SetAttr(ctx, object, name, value);
    return failed ? HPy_NULL : HPy_Dup(ctx, ctx->h_None);
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = HPyHelpers_AddType(ctx, module, "Base", &Base_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "Below", &Below_spec, "Base", NULL);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &make, &below, &used, &get, &set, NULL};
static HPyModuleDef ext_module = {.defines = ext_defines};
HPy_MODINIT(ext, ext_module)
