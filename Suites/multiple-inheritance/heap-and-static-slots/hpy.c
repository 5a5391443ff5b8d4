/* Types that each define a few slots, made on demand; base() makes one of them, sub() a type that defines nothing. */
#include "hpy.h"
#include "conform.h"

HPyDef_SLOT(any_hash, HPy_tp_hash)
static HPy_hash_t any_hash_impl(HPyContext *ctx, HPy self)
{
    return 42;
}

/* Equal to everything; not ordered. */
HPyDef_SLOT(any_richcompare, HPy_tp_richcompare)
static HPy any_richcompare_impl(HPyContext *ctx, HPy self, HPy other, HPy_RichCmpOp op)
{
    if (op == HPy_EQ || op == HPy_NE) {
        return HPyBool_FromLong(ctx, op == HPy_EQ);
    }
    return HPy_Dup(ctx, ctx->h_NotImplemented);
}

HPyDef_SLOT(any_repr, HPy_tp_repr)
static HPy any_repr_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "tp_repr");
}

HPyDef_SLOT(any_str, HPy_tp_str)
static HPy any_str_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "tp_str");
}

HPyDef_SLOT(number_add, HPy_nb_add)
static HPy number_add_impl(HPyContext *ctx, HPy left, HPy right)
{
    return HPyUnicode_FromString(ctx, "nb_add");
}

HPyDef_SLOT(number_multiply, HPy_nb_multiply)
static HPy number_multiply_impl(HPyContext *ctx, HPy left, HPy right)
{
    return HPyUnicode_FromString(ctx, "nb_multiply");
}

HPyDef_SLOT(number_negative, HPy_nb_negative)
static HPy number_negative_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "nb_negative");
}

HPyDef_SLOT(number_inplace_add, HPy_nb_inplace_add)
static HPy number_inplace_add_impl(HPyContext *ctx, HPy self, HPy other)
{
    return HPyUnicode_FromString(ctx, "nb_inplace_add");
}

HPyDef_SLOT(number_bool, HPy_nb_bool)
static int number_bool_impl(HPyContext *ctx, HPy self)
{
    return 0;
}

HPyDef_SLOT(number_index, HPy_nb_index)
static HPy number_index_impl(HPyContext *ctx, HPy self)
{
    return HPyLong_FromLong(ctx, 2);
}

HPyDef_SLOT(sequence_length, HPy_sq_length)
static HPy_ssize_t sequence_length_impl(HPyContext *ctx, HPy self)
{
    return 3;
}

HPyDef_SLOT(sequence_item, HPy_sq_item)
static HPy sequence_item_impl(HPyContext *ctx, HPy self, HPy_ssize_t index)
{
    if (index < 0 || index >= 3) {
        return HPyErr_SetString(ctx, ctx->h_IndexError, "there are three items");
    }
    return HPyLong_FromLong(ctx, 10 * (long)index);
}

HPyDef_SLOT(sequence_contains, HPy_sq_contains)
static int sequence_contains_impl(HPyContext *ctx, HPy self, HPy item)
{
    return HPyUnicode_Check(ctx, item);
}

HPyDef_SLOT(sequence_concat, HPy_sq_concat)
static HPy sequence_concat_impl(HPyContext *ctx, HPy self, HPy other)
{
    return HPyUnicode_FromString(ctx, "sq_concat");
}

HPyDef_SLOT(sequence_repeat, HPy_sq_repeat)
static HPy sequence_repeat_impl(HPyContext *ctx, HPy self, HPy_ssize_t count)
{
    return HPyUnicode_FromString(ctx, "sq_repeat");
}

HPyDef_SLOT(mapping_length, HPy_mp_length)
static HPy_ssize_t mapping_length_impl(HPyContext *ctx, HPy self)
{
    return 5;
}

HPyDef_SLOT(mapping_subscript, HPy_mp_subscript)
static HPy mapping_subscript_impl(HPyContext *ctx, HPy self, HPy key)
{
    return HPyUnicode_FromString(ctx, "mp_subscript");
}

HPyDef_SLOT(called_call, HPy_tp_call)
static HPy called_call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy kwnames)
{
    HPy_ssize_t named = HPy_IsNull(kwnames) ? 0 : HPy_Length(ctx, kwnames);
    return named < 0 ? HPy_NULL : HPyLong_FromLong(ctx, 10 * (long)nargs + (long)named);
}

static HPyDef *Both_defines[] = {&any_hash, &any_richcompare, NULL};
static HPyDef *Equal_defines[] = {&any_richcompare, NULL};
static HPyDef *Hashed_defines[] = {&any_hash, NULL};
static HPyDef *Shown_defines[] = {&any_repr, NULL};
static HPyDef *Spoken_defines[] = {&any_str, NULL};
static HPyDef *Number_defines[] = {&number_add,  &number_multiply, &number_negative, &number_inplace_add,
                                   &number_bool, &number_index,    NULL};
static HPyDef *Sequence_defines[] = {&sequence_length, &sequence_item,   &sequence_contains,
                                     &sequence_concat, &sequence_repeat, NULL};
static HPyDef *Mapping_defines[] = {&mapping_length, &mapping_subscript, NULL};
static HPyDef *Called_defines[] = {&called_call, NULL};

#define SPEC(TYPE)                                                                                                   \
    {.name = "ext." #TYPE, .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE, .defines = TYPE##_defines}
static HPyType_Spec specs[] = {
    SPEC(Both),   SPEC(Equal),    SPEC(Hashed),  SPEC(Shown), SPEC(Spoken),
    SPEC(Number), SPEC(Sequence), SPEC(Mapping), SPEC(Called),
};
static HPyType_Spec Sub_spec = {
    .name = "ext.Sub",
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
};

HPyDef_METH(base, "base", HPyFunc_O, .doc = "A new type that defines the slots of this name.")
static HPy base_impl(HPyContext *ctx, HPy self, HPy name)
{
    const char *wanted = HPyUnicode_AsUTF8AndSize(ctx, name, NULL);
    if (wanted == NULL) {
        return HPy_NULL;
    }
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        if (strcmp(specs[i].name + strlen("ext."), wanted) == 0) {
            return HPyType_FromSpec(ctx, &specs[i], NULL);
        }
    }
    return HPyErr_SetString(ctx, ctx->h_LookupError, wanted);
}

HPyDef_METH(sub, "sub", HPyFunc_O, .doc = "A new type that defines no slots and has the bases of this tuple.")
static HPy sub_impl(HPyContext *ctx, HPy self, HPy bases)
{
    HPyType_SpecParam params[] = {{HPyType_SpecParam_BasesTuple, bases}, {0}};
    return HPyType_FromSpec(ctx, &Sub_spec, params);
}

static HPyDef *ext_defines[] = {&base, &sub, NULL};
static HPyModuleDef ext_module = {.doc = "Types with a few slots each.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
