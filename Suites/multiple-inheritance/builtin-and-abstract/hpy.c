/* Generic is an abstract type without a struct. The others derive from a builtin and from Generic, in either order;
   those named Tagged have a struct of their own beside the builtin's value. */
#include "hpy.h"
#include "conform.h"

typedef struct {
    long tag;
} Tagged;
HPyType_HELPERS(Tagged, HPyType_BuiltinShape_Float)

HPyDef_METH(Generic_kind, "kind", HPyFunc_NOARGS)
static HPy Generic_kind_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "generic");
}

HPyDef_SLOT(Generic_repr, HPy_tp_repr)
static HPy Generic_repr_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "generic repr");
}

HPyDef_SLOT(Generic_add, HPy_nb_add)
static HPy Generic_add_impl(HPyContext *ctx, HPy left, HPy right)
{
    return HPyUnicode_FromString(ctx, "generic add");
}

HPyDef_SLOT(Generic_matmul, HPy_nb_matrix_multiply)
static HPy Generic_matmul_impl(HPyContext *ctx, HPy left, HPy right)
{
    return HPyUnicode_FromString(ctx, "generic matmul");
}

static HPyDef *Generic_defines[] = {&Generic_kind, &Generic_repr, &Generic_add, &Generic_matmul, NULL};
static HPyType_Spec Generic_spec = {
    .name = "ext.Generic",
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Generic_defines,
};

static HPyType_Spec FloatGeneric_spec = {
    .name = "ext.FloatGeneric",
    .builtin_shape = HPyType_BuiltinShape_Float,
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
};
static HPyType_Spec GenericFloat_spec = {
    .name = "ext.GenericFloat",
    .builtin_shape = HPyType_BuiltinShape_Float,
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
};
static HPyType_Spec IntGeneric_spec = {
    .name = "ext.IntGeneric",
    .builtin_shape = HPyType_BuiltinShape_Long,
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
};
static HPyType_Spec GenericInt_spec = {
    .name = "ext.GenericInt",
    .builtin_shape = HPyType_BuiltinShape_Long,
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
};
static HPyType_Spec StrGeneric_spec = {
    .name = "ext.StrGeneric",
    .builtin_shape = HPyType_BuiltinShape_Unicode,
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
};
static HPyType_Spec GenericStr_spec = {
    .name = "ext.GenericStr",
    .builtin_shape = HPyType_BuiltinShape_Unicode,
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
};

HPyDef_GETSET(Tagged_tag, "tag")
static HPy Tagged_tag_get(HPyContext *ctx, HPy self, void *closure)
{
    return HPyLong_FromLong(ctx, Tagged_AsStruct(ctx, self)->tag);
}
static int Tagged_tag_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    if (HPy_IsNull(value)) {
        HPyErr_SetString(ctx, ctx->h_TypeError, "tag cannot be deleted");
        return -1;
    }
    long tag = HPyLong_AsLong(ctx, value);
    if (tag == -1 && HPyErr_Occurred(ctx)) {
        return -1;
    }
    Tagged_AsStruct(ctx, self)->tag = tag;
    return 0;
}

HPyDef_MEMBER(Tagged_member, "tag_member", HPyMember_LONG, offsetof(Tagged, tag), .readonly = 1)

static HPyDef *Tagged_defines[] = {&Tagged_tag, &Tagged_member, NULL};
static HPyType_Spec TaggedFloatGeneric_spec = {
    .name = "ext.TaggedFloatGeneric",
    .basicsize = sizeof(Tagged),
    .builtin_shape = SHAPE(Tagged),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Tagged_defines,
};
static HPyType_Spec TaggedGenericFloat_spec = {
    .name = "ext.TaggedGenericFloat",
    .basicsize = sizeof(Tagged),
    .builtin_shape = SHAPE(Tagged),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Tagged_defines,
};

HPyDef_METH(value_in_c, "value_in_c", HPyFunc_O, .doc = "The builtin value of an object, as C sees it.")
static HPy value_in_c_impl(HPyContext *ctx, HPy self, HPy arg)
{
    if (HPy_TypeCheck(ctx, arg, ctx->h_FloatType)) {
        double number = HPyFloat_AsDouble(ctx, arg);
        return number == -1.0 && HPyErr_Occurred(ctx) ? HPy_NULL : HPyFloat_FromDouble(ctx, number);
    }
    if (HPy_TypeCheck(ctx, arg, ctx->h_LongType)) {
        long long number = HPyLong_AsLongLong(ctx, arg);
        return number == -1 && HPyErr_Occurred(ctx) ? HPy_NULL : HPyLong_FromLongLong(ctx, number);
    }
    if (HPyUnicode_Check(ctx, arg)) {
        const char *text = HPyUnicode_AsUTF8AndSize(ctx, arg, NULL);
        return text == NULL ? HPy_NULL : HPyUnicode_FromString(ctx, text);
    }
    return HPyErr_SetString(ctx, ctx->h_TypeError, "neither float nor int nor str");
}

HPyDef_METH(is_subtype, "is_subtype", HPyFunc_VARARGS)
static HPy is_subtype_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    if (nargs != 2) {
        return HPyErr_SetString(ctx, ctx->h_TypeError, "is_subtype takes two types");
    }
    return HPyBool_FromLong(ctx, HPyType_IsSubtype(ctx, args[0], args[1]) != 0);
}

HPyDef_METH(type_check, "type_check", HPyFunc_VARARGS)
static HPy type_check_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    if (nargs != 2) {
        return HPyErr_SetString(ctx, ctx->h_TypeError, "type_check takes an object and a type");
    }
    return HPyBool_FromLong(ctx, HPy_TypeCheck(ctx, args[0], args[1]) != 0);
}

/* Add a type with the bases (first, second); 1, or 0 with an exception. */
static int add(HPyContext *ctx, HPy module, const char *name, HPyType_Spec *spec, HPy first, HPy second)
{
    HPy bases = HPyTuple_Pack(ctx, 2, first, second);
    if (HPy_IsNull(bases)) {
        return 0;
    }
    HPyType_SpecParam params[] = {{HPyType_SpecParam_BasesTuple, bases}, {0}};
    int added = HPyHelpers_AddType(ctx, module, name, spec, params);
    HPy_Close(ctx, bases);
    return added;
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    HPy generic = HPyType_FromSpec(ctx, &Generic_spec, NULL);
    if (HPy_IsNull(generic)) {
        return -1;
    }
    int added = HPy_SetAttr_s(ctx, module, "Generic", generic) == 0 &&
                add(ctx, module, "FloatGeneric", &FloatGeneric_spec, ctx->h_FloatType, generic) &&
                add(ctx, module, "GenericFloat", &GenericFloat_spec, generic, ctx->h_FloatType) &&
                add(ctx, module, "IntGeneric", &IntGeneric_spec, ctx->h_LongType, generic) &&
                add(ctx, module, "GenericInt", &GenericInt_spec, generic, ctx->h_LongType) &&
                add(ctx, module, "StrGeneric", &StrGeneric_spec, ctx->h_UnicodeType, generic) &&
                add(ctx, module, "GenericStr", &GenericStr_spec, generic, ctx->h_UnicodeType) &&
                add(ctx, module, "TaggedFloatGeneric", &TaggedFloatGeneric_spec, ctx->h_FloatType, generic) &&
                add(ctx, module, "TaggedGenericFloat", &TaggedGenericFloat_spec, generic, ctx->h_FloatType);
    HPy_Close(ctx, generic);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &value_in_c, &is_subtype, &type_check, NULL};
static HPyModuleDef ext_module = {.doc = "Builtin values with an abstract base.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
