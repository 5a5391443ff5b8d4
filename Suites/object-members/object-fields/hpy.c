/* A type with two object members on HPyFields, and a spec of which make() creates a new type at each call. */
#include "hpy.h"
#include "conform.h"
#include "conform_helpers.h"

typedef struct {
    HPyField plain;
    HPyField strict;
    long number;
    double spare[6];
} Box;
HPyType_HELPERS(Box)

CONFORM_HPY_NEW(Box_new)

HPyDef_SLOT(Box_traverse, HPy_tp_traverse)
static int Box_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Box *)self)->plain);
    HPy_VISIT(&((Box *)self)->strict);
    return 0;
}

HPyDef_METH(Box_held, "held", HPyFunc_NOARGS, .doc = "What C sees in the fields and in the number.")
static HPy Box_held_impl(HPyContext *ctx, HPy self)
{
    Box *box = Box_AsStruct(ctx, self);
    HPy items[3] = {conform_hpy_load(ctx, self, box->plain, ctx->h_Ellipsis), HPy_NULL, HPy_NULL};
    HPy tuple = HPy_NULL;
    if (!HPy_IsNull(items[0])) {
        items[1] = conform_hpy_load(ctx, self, box->strict, ctx->h_Ellipsis);
    }
    if (!HPy_IsNull(items[1])) {
        items[2] = HPyLong_FromInt64_t(ctx, box->number);
    }
    if (!HPy_IsNull(items[2])) {
        tuple = HPyTuple_FromArray(ctx, items, 3);
    }
    for (int i = 0; i < 3; i++) {
        if (!HPy_IsNull(items[i])) {
            HPy_Close(ctx, items[i]);
        }
    }
    return tuple;
}

HPyDef_METH(Box_hold, "hold", HPyFunc_O, .doc = "Store an object into both fields.")
static HPy Box_hold_impl(HPyContext *ctx, HPy self, HPy value)
{
    Box *box = Box_AsStruct(ctx, self);
    HPyField_Store(ctx, self, &box->plain, value);
    HPyField_Store(ctx, self, &box->strict, value);
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(Box_drop, "drop", HPyFunc_NOARGS, .doc = "Make both fields null.")
static HPy Box_drop_impl(HPyContext *ctx, HPy self)
{
    Box *box = Box_AsStruct(ctx, self);
    HPyField_Store(ctx, self, &box->plain, HPy_NULL);
    HPyField_Store(ctx, self, &box->strict, HPy_NULL);
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_MEMBER(Box_plain, "plain", HPyMember_OBJECT, offsetof(Box, plain), .doc = "None at first")
HPyDef_MEMBER(Box_strict, "strict", HPyMember_OBJECT_EX, offsetof(Box, strict), .doc = "absent at first")
HPyDef_MEMBER(Box_number, "number", HPyMember_LONG, offsetof(Box, number))

static HPyDef *Box_defines[] = {
    &Box_new, &Box_traverse, &Box_held, &Box_hold, &Box_drop, &Box_plain, &Box_strict, &Box_number, NULL,
};
static HPyType_Spec Box_spec = {
    .name = "ext.Box",
    .basicsize = sizeof(Box),
    .builtin_shape = SHAPE(Box),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC,
    .defines = Box_defines,
};

/* The members of the types that make() creates; Box has its own. */
HPyDef_MEMBER(Made_plain, "plain", HPyMember_OBJECT, offsetof(Box, plain))
HPyDef_MEMBER(Made_strict, "strict", HPyMember_OBJECT_EX, offsetof(Box, strict))
HPyDef_MEMBER(Made_number, "number", HPyMember_LONG, offsetof(Box, number))

static HPyDef *Made_defines[] = {
    &Box_new, &Box_traverse, &Box_held, &Made_plain, &Made_strict, &Made_number, NULL,
};
static HPyType_Spec Made_spec = {
    .name = "ext.Made",
    .basicsize = sizeof(Box),
    .builtin_shape = SHAPE(Box),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC,
    .defines = Made_defines,
};

HPyDef_METH(ext_make, "make", HPyFunc_NOARGS, .doc = "A new type, of the same spec each time.")
static HPy ext_make_impl(HPyContext *ctx, HPy module)
{
    return HPyType_FromSpec(ctx, &Made_spec, NULL);
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    return HPyHelpers_AddType(ctx, module, "Box", &Box_spec, NULL) ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &ext_make, NULL};
static HPyModuleDef ext_module = {.doc = "Objects that hold others in members.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
