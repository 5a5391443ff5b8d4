/* A Thing says when it is finalized, destroyed and touched, and has a field. The module keeps one object in a global. */
#include "hpy.h"
#include "conform.h"

typedef struct {
    long serial;
    HPyField held;
} Thing;
HPyType_HELPERS(Thing)

HPyDef_SLOT(Thing_new, HPy_tp_new)
static HPy Thing_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Thing *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (!HPy_IsNull(object)) {
        self->serial = conform_serial();
    }
    return object;
}

HPyDef_SLOT(Thing_traverse, HPy_tp_traverse)
static int Thing_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Thing *)self)->held);
    return 0;
}

HPyDef_SLOT(Thing_finalize, HPy_tp_finalize)
static void Thing_finalize_impl(HPyContext *ctx, HPy object)
{
    conform_event("finalize", Thing_AsStruct(ctx, object)->serial);
}

HPyDef_SLOT(Thing_destroy, HPy_tp_destroy)
static void Thing_destroy_impl(void *self)
{
    conform_event("destroy", ((Thing *)self)->serial);
}

HPyDef_GET(Thing_get_held, "held")
static HPy Thing_get_held_get(HPyContext *ctx, HPy object, void *closure)
{
    Thing *self = Thing_AsStruct(ctx, object);
    return HPyField_IsNull(self->held) ? HPy_Dup(ctx, ctx->h_None) : HPyField_Load(ctx, object, self->held);
}

HPyDef_METH(Thing_hold, "hold", HPyFunc_O)
static HPy Thing_hold_impl(HPyContext *ctx, HPy object, HPy value)
{
    HPyField_Store(ctx, object, &Thing_AsStruct(ctx, object)->held, value);
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(Thing_touch, "touch", HPyFunc_NOARGS)
static HPy Thing_touch_impl(HPyContext *ctx, HPy object)
{
    conform_event("touch", Thing_AsStruct(ctx, object)->serial);
    return HPy_Dup(ctx, ctx->h_None);
}

static HPyDef *Thing_defines[] = {
    &Thing_new,      &Thing_traverse, &Thing_finalize, &Thing_destroy,
    &Thing_get_held, &Thing_hold,     &Thing_touch,    NULL,
};
static HPyType_Spec Thing_spec = {
    .name = "ext.Thing",
    .basicsize = sizeof(Thing),
    .builtin_shape = SHAPE(Thing),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | HPy_TPFLAGS_HAVE_GC,
    .defines = Thing_defines,
};

static HPyGlobal kept;

HPyDef_METH(keep, "keep", HPyFunc_O)
static HPy keep_impl(HPyContext *ctx, HPy self, HPy value)
{
    HPyGlobal_Store(ctx, &kept, value);
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(tell, "tell", HPyFunc_O)
static HPy tell_impl(HPyContext *ctx, HPy self, HPy number)
{
    long value = HPyLong_AsLong(ctx, number);
    if (value == -1 && HPyErr_Occurred(ctx)) {
        return HPy_NULL;
    }
    conform_event("tell", value);
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    return HPyHelpers_AddType(ctx, module, "Thing", &Thing_spec, NULL) ? 0 : -1;
}

static HPyGlobal *ext_globals[] = {&kept, NULL};
static HPyDef *ext_defines[] = {&ext_exec, &keep, &tell, NULL};
static HPyModuleDef ext_module = {
    .doc = "Objects that are alive at the exit.", .defines = ext_defines, .globals = ext_globals};
HPy_MODINIT(ext, ext_module)
