/* Two types of the same struct with two HPyFields: a Holder has no destroy, an Owner has one. */
#include "hpy.h"
#include "conform.h"
#include "conform_helpers.h"

typedef struct {
    long serial;
    HPyField first;
    HPyField second;
} Pair;
HPyType_HELPERS(Pair)

static HPy pair_create(HPyContext *ctx, HPy cls, long serial)
{
    Pair *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    self->serial = serial;
    return object;
}

HPyDef_SLOT(Pair_traverse, HPy_tp_traverse)
static int Pair_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Pair *)self)->first);
    HPy_VISIT(&((Pair *)self)->second);
    return 0;
}

static int cannot_delete(HPyContext *ctx)
{
    HPyErr_SetString(ctx, ctx->h_AttributeError, "use empty()");
    return -1;
}

HPyDef_GETSET(Pair_first, "first")
static HPy Pair_first_get(HPyContext *ctx, HPy self, void *closure)
{
    return conform_hpy_load(ctx, self, Pair_AsStruct(ctx, self)->first, ctx->h_None);
}
static int Pair_first_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    if (HPy_IsNull(value)) {
        return cannot_delete(ctx);
    }
    HPyField_Store(ctx, self, &Pair_AsStruct(ctx, self)->first, value);
    return 0;
}

HPyDef_GETSET(Pair_second, "second")
static HPy Pair_second_get(HPyContext *ctx, HPy self, void *closure)
{
    return conform_hpy_load(ctx, self, Pair_AsStruct(ctx, self)->second, ctx->h_None);
}
static int Pair_second_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    if (HPy_IsNull(value)) {
        return cannot_delete(ctx);
    }
    HPyField_Store(ctx, self, &Pair_AsStruct(ctx, self)->second, value);
    return 0;
}

HPyDef_METH(Pair_empty, "empty", HPyFunc_NOARGS)
static HPy Pair_empty_impl(HPyContext *ctx, HPy self)
{
    HPyField_Store(ctx, self, &Pair_AsStruct(ctx, self)->first, HPy_NULL);
    HPyField_Store(ctx, self, &Pair_AsStruct(ctx, self)->second, HPy_NULL);
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_SLOT(Holder_new, HPy_tp_new)
static HPy Holder_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    return pair_create(ctx, cls, 0);
}

static HPyDef *Holder_defines[] = {&Holder_new, &Pair_traverse, &Pair_first, &Pair_second, &Pair_empty, NULL};
static HPyType_Spec Holder_spec = {
    .name = "ext.Holder",
    .basicsize = sizeof(Pair),
    .builtin_shape = SHAPE(Pair),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC,
    .defines = Holder_defines,
};

HPyDef_SLOT(Owner_new, HPy_tp_new)
static HPy Owner_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    return pair_create(ctx, cls, conform_serial());
}

HPyDef_SLOT(Owner_destroy, HPy_tp_destroy)
static void Owner_destroy_impl(void *self)
{
    conform_event("destroy", ((Pair *)self)->serial);
}

static HPyDef *Owner_defines[] = {
    &Owner_new, &Owner_destroy, &Pair_traverse, &Pair_first, &Pair_second, &Pair_empty, NULL,
};
static HPyType_Spec Owner_spec = {
    .name = "ext.Owner",
    .basicsize = sizeof(Pair),
    .builtin_shape = SHAPE(Pair),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC,
    .defines = Owner_defines,
};

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    if (!HPyHelpers_AddType(ctx, module, "Holder", &Holder_spec, NULL)) {
        return -1;
    }
    return HPyHelpers_AddType(ctx, module, "Owner", &Owner_spec, NULL) ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Objects that hold others in fields.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
