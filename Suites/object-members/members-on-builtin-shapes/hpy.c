/* For each builtin that HPy lets one derive from with a struct: a type with the same struct and members. */
#include "hpy.h"
#include "conform.h"
#include "conform_helpers.h"

typedef struct {
    long mark;
    double real;
} Mark;

HPyDef_MEMBER(Mark_mark, "mark", HPyMember_LONG, offsetof(Mark, mark), .doc = "a mark")
HPyDef_MEMBER(Mark_real, "real_mark", HPyMember_DOUBLE, offsetof(Mark, real))

static HPy mark_seen(HPyContext *ctx, const Mark *mark)
{
    return HPy_BuildValue(ctx, "(ld)", mark->mark, mark->real);
}

static HPy mark_assign(HPyContext *ctx, Mark *mark, HPy number)
{
    int32_t value = HPyLong_AsInt32_t(ctx, number);
    if (value == -1 && HPyErr_Occurred(ctx)) {
        return HPy_NULL;
    }
    mark->mark = value;
    mark->real = value + 0.5;
    return HPy_Dup(ctx, ctx->h_None);
}

/* Python's name of the type, and the builtin's shape, by HPy's name. */
#define MARKED(Name, Shape)                                                                                          \
    typedef Mark Name;                                                                                               \
    HPyType_HELPERS(Name, HPyType_BuiltinShape_##Shape)                                                              \
    HPyDef_METH(Name##_seen, "seen", HPyFunc_NOARGS)                                                                 \
    static HPy Name##_seen_impl(HPyContext *ctx, HPy self)                                                           \
    {                                                                                                                \
        return mark_seen(ctx, Name##_AsStruct(ctx, self));                                                           \
    }                                                                                                                \
    HPyDef_METH(Name##_assign, "assign", HPyFunc_O)                                                                  \
    static HPy Name##_assign_impl(HPyContext *ctx, HPy self, HPy number)                                             \
    {                                                                                                                \
        return mark_assign(ctx, Name##_AsStruct(ctx, self), number);                                                 \
    }                                                                                                                \
    static HPyDef *Name##_defines[] = {&Mark_mark, &Mark_real, &Name##_seen, &Name##_assign, NULL};                  \
    static HPyType_Spec Name##_spec = {                                                                              \
        .name = "ext." #Name,                                                                                        \
        .basicsize = sizeof(Name),                                                                                   \
        .builtin_shape = SHAPE(Name),                                                                                \
        .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,                                                         \
        .defines = Name##_defines,                                                                                   \
    };

MARKED(Float, Float)
MARKED(Str, Unicode)
MARKED(List, List)
MARKED(Meta, Type)
MARKED(Int, Long)
MARKED(Tuple, Tuple)

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = conform_hpy_add_type(ctx, module, "Float", &Float_spec, ctx->h_FloatType) &&
                conform_hpy_add_type(ctx, module, "Str", &Str_spec, ctx->h_UnicodeType) &&
                conform_hpy_add_type(ctx, module, "List", &List_spec, ctx->h_ListType) &&
                conform_hpy_add_type(ctx, module, "Meta", &Meta_spec, ctx->h_TypeType) &&
                conform_hpy_add_type(ctx, module, "Int", &Int_spec, ctx->h_LongType) &&
                conform_hpy_add_type(ctx, module, "Tuple", &Tuple_spec, ctx->h_TupleType);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Builtins with a struct.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
