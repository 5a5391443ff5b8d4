/* A Thing tells when it is destroyed; the module tells when it is executed. */
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

HPyDef_SLOT(Thing_destroy, HPy_tp_destroy)
static void Thing_destroy_impl(void *self)
{
    conform_event("destroy", ((Thing *)self)->serial);
}

HPyDef_METH(Thing_hold, "hold", HPyFunc_O)
static HPy Thing_hold_impl(HPyContext *ctx, HPy object, HPy value)
{
    HPyField_Store(ctx, object, &Thing_AsStruct(ctx, object)->held, value);
    return HPy_Dup(ctx, ctx->h_None);
}

static HPyDef *Thing_defines[] = {&Thing_new, &Thing_traverse, &Thing_destroy, &Thing_hold, NULL};
static HPyType_Spec Thing_spec = {
    .name = "ext.Thing",
    .basicsize = sizeof(Thing),
    .builtin_shape = SHAPE(Thing),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | HPy_TPFLAGS_HAVE_GC,
    .defines = Thing_defines,
};

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    conform_event("executed", 1);
    return HPyHelpers_AddType(ctx, module, "Thing", &Thing_spec, NULL) ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "A type for sub-interpreters.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
