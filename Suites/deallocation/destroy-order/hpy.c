/* A type whose objects own a native resource, released by HPy_tp_destroy. */
#include "hpy.h"
#include "conform.h"

typedef struct {
    long serial;
} Resource;
HPyType_HELPERS(Resource)

HPyDef_SLOT(Resource_new, HPy_tp_new)
static HPy Resource_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Resource *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    self->serial = conform_serial();
    conform_event("new", self->serial);
    return object;
}

HPyDef_SLOT(Resource_destroy, HPy_tp_destroy)
static void Resource_destroy_impl(void *self)
{
    conform_event("destroy", ((Resource *)self)->serial);
}

HPyDef_MEMBER(Resource_serial, "serial", HPyMember_LONG, offsetof(Resource, serial), .readonly = 1)

static HPyDef *Resource_defines[] = {&Resource_new, &Resource_destroy, &Resource_serial, NULL};
static HPyType_Spec Resource_spec = {
    .name = "ext.Resource",
    .basicsize = sizeof(Resource),
    .builtin_shape = SHAPE(Resource),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Resource_defines,
};

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    return HPyHelpers_AddType(ctx, module, "Resource", &Resource_spec, NULL) ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Objects that own a native resource.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
