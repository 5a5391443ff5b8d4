/* Abstract types on three levels, and types on demand that derive from a builtin and from one of them. */
#include "hpy.h"
#include "conform.h"
#include "conform_helpers.h"

#define TEXT_METHOD(DEFINE, NAME, TEXT)                                                                              \
    HPyDef_METH(DEFINE, NAME, HPyFunc_NOARGS)                                                                        \
    static HPy DEFINE##_impl(HPyContext *ctx, HPy self)                                                              \
    {                                                                                                                \
        return HPyUnicode_FromString(ctx, TEXT);                                                                     \
    }
#define TEXT_OPERATOR(DEFINE, SLOT, TEXT)                                                                            \
    HPyDef_SLOT(DEFINE, SLOT)                                                                                        \
    static HPy DEFINE##_impl(HPyContext *ctx, HPy left, HPy right)                                                   \
    {                                                                                                                \
        return HPyUnicode_FromString(ctx, TEXT);                                                                     \
    }

TEXT_METHOD(Generic_kind, "kind", "generic")
TEXT_METHOD(Generic_level, "level", "generic")
TEXT_METHOD(Number_level, "level", "number")
TEXT_METHOD(Floating_level, "level", "floating")
TEXT_OPERATOR(Generic_matmul, HPy_nb_matrix_multiply, "generic matmul")
TEXT_OPERATOR(Number_add, HPy_nb_add, "number add")
TEXT_OPERATOR(Floating_subtract, HPy_nb_subtract, "floating subtract")

HPyDef_SLOT(Generic_repr, HPy_tp_repr)
static HPy Generic_repr_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "generic repr");
}

HPyDef_SLOT(Compared_richcompare, HPy_tp_richcompare)
static HPy Compared_richcompare_impl(HPyContext *ctx, HPy self, HPy other, HPy_RichCmpOp operation)
{
    return HPyUnicode_FromString(ctx, "compared");
}

HPyDef_SLOT(Compared_hash, HPy_tp_hash)
static HPy_hash_t Compared_hash_impl(HPyContext *ctx, HPy self)
{
    return 7;
}

static HPyDef *Generic_defines[] = {&Generic_kind, &Generic_level, &Generic_repr, &Generic_matmul, NULL};
static HPyDef *Number_defines[] = {&Number_level, &Number_add, NULL};
static HPyDef *Floating_defines[] = {&Floating_level, &Floating_subtract, NULL};
static HPyDef *Compared_defines[] = {&Compared_richcompare, &Compared_hash, NULL};

#define SPEC(NAME, DEFINES)                                                                                          \
    {                                                                                                                \
        .name = "ext." NAME,                                                                                         \
        .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,                                                         \
        .defines = DEFINES,                                                                                          \
    }
static HPyType_Spec Generic_spec = SPEC("Generic", Generic_defines);
static HPyType_Spec Number_spec = SPEC("Number", Number_defines);
static HPyType_Spec Floating_spec = SPEC("Floating", Floating_defines);
static HPyType_Spec Compared_spec = SPEC("Compared", Compared_defines);

/* The shape of the builtin that is one of the bases, or among those of a base; most builtins have none. */
static HPyType_BuiltinShape shape_of(HPyContext *ctx, HPy base)
{
    if (HPyType_IsSubtype(ctx, base, ctx->h_TypeType)) {
        return HPyType_BuiltinShape_Type;
    }
    if (HPyType_IsSubtype(ctx, base, ctx->h_FloatType)) {
        return HPyType_BuiltinShape_Float;
    }
    if (HPyType_IsSubtype(ctx, base, ctx->h_LongType)) {
        return HPyType_BuiltinShape_Long;
    }
    if (HPyType_IsSubtype(ctx, base, ctx->h_TupleType)) {
        return HPyType_BuiltinShape_Tuple;
    }
    if (HPyType_IsSubtype(ctx, base, ctx->h_ListType)) {
        return HPyType_BuiltinShape_List;
    }
    return HPyType_BuiltinShape_Object;
}

HPyDef_METH(make, "make", HPyFunc_VARARGS, .doc = "A type that derives from these bases.")
static HPy make_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy bases;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "O", &bases)) {
        return HPy_NULL;
    }
    HPyType_Spec spec = SPEC("Made", NULL);
    HPy_ssize_t count = HPy_Length(ctx, bases);
    for (HPy_ssize_t i = 0; i < count && spec.builtin_shape == HPyType_BuiltinShape_Object; i++) {
        HPy base = HPy_GetItem_i(ctx, bases, i);
        if (HPy_IsNull(base)) {
            return HPy_NULL;
        }
        spec.builtin_shape = shape_of(ctx, base);
        HPy_Close(ctx, base);
    }
    HPyType_SpecParam params[] = {{HPyType_SpecParam_BasesTuple, bases}, {(HPyType_SpecParam_Kind)0}};
    return count < 0 ? HPy_NULL : HPyType_FromSpec(ctx, &spec, params);
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    HPy generic = HPyType_FromSpec(ctx, &Generic_spec, NULL);
    if (HPy_IsNull(generic)) {
        return -1;
    }
    int added = HPy_SetAttr_s(ctx, module, "Generic", generic) == 0 &&
                conform_hpy_add_type(ctx, module, "Number", &Number_spec, generic) &&
                conform_hpy_add_type(ctx, module, "Compared", &Compared_spec, generic) &&
                conform_hpy_add_derived(ctx, module, "Floating", &Floating_spec, "Number", NULL);
    HPy_Close(ctx, generic);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &make, NULL};
static HPyModuleDef ext_module = {.doc = "Builtins with abstract bases.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
