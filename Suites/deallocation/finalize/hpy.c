/* A Guard has finalize and destroy, and calls a Python function, held in a field, when it is finalized. A Plain has
   finalize alone. */
#include "hpy.h"
#include "conform.h"

typedef struct {
    long serial;
    HPyField callback;
    HPyField peer;
} Guard;
HPyType_HELPERS(Guard)

HPyDef_SLOT(Guard_new, HPy_tp_new)
static HPy Guard_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Guard *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    self->serial = conform_serial();
    return object;
}

HPyDef_SLOT(Guard_traverse, HPy_tp_traverse)
static int Guard_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Guard *)self)->callback);
    HPy_VISIT(&((Guard *)self)->peer);
    return 0;
}

/* HPy has no means to save an exception that is being raised meanwhile: keeping it is left to the runtime. */
HPyDef_SLOT(Guard_finalize, HPy_tp_finalize)
static void Guard_finalize_impl(HPyContext *ctx, HPy object)
{
    Guard *self = Guard_AsStruct(ctx, object);
    conform_event("finalize", self->serial);
    if (HPyField_IsNull(self->callback)) {
        return;
    }
    HPy callback = HPyField_Load(ctx, object, self->callback);
    HPy args = HPyTuple_Pack(ctx, 1, object);
    HPy result = HPy_IsNull(args) ? HPy_NULL : HPy_CallTupleDict(ctx, callback, args, HPy_NULL);
    if (HPy_IsNull(result)) {
        HPyErr_WriteUnraisable(ctx, callback);
    } else {
        HPy_Close(ctx, result);
    }
    if (!HPy_IsNull(args)) {
        HPy_Close(ctx, args);
    }
    HPy_Close(ctx, callback);
}

HPyDef_SLOT(Guard_destroy, HPy_tp_destroy)
static void Guard_destroy_impl(void *self)
{
    conform_event("destroy", ((Guard *)self)->serial);
}

HPyDef_METH(Guard_arm, "arm", HPyFunc_VARARGS)
static HPy Guard_arm_impl(HPyContext *ctx, HPy object, const HPy *args, size_t nargs)
{
    if (nargs != 2) {
        HPyErr_SetString(ctx, ctx->h_TypeError, "arm() takes a callback and a peer");
        return HPy_NULL;
    }
    Guard *self = Guard_AsStruct(ctx, object);
    HPyField_Store(ctx, object, &self->callback, args[0]);
    HPyField_Store(ctx, object, &self->peer, args[1]);
    return HPy_Dup(ctx, object);
}

HPyDef_GET(Guard_peer, "peer")
static HPy Guard_peer_get(HPyContext *ctx, HPy object, void *closure)
{
    Guard *self = Guard_AsStruct(ctx, object);
    return HPyField_IsNull(self->peer) ? HPy_Dup(ctx, ctx->h_None) : HPyField_Load(ctx, object, self->peer);
}

HPyDef_MEMBER(Guard_serial, "serial", HPyMember_LONG, offsetof(Guard, serial), .readonly = 1)

static HPyDef *Guard_defines[] = {
    &Guard_new, &Guard_traverse, &Guard_finalize, &Guard_destroy, &Guard_arm, &Guard_peer, &Guard_serial, NULL,
};
static HPyType_Spec Guard_spec = {
    .name = "ext.Guard",
    .basicsize = sizeof(Guard),
    .builtin_shape = SHAPE(Guard),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | HPy_TPFLAGS_HAVE_GC,
    .defines = Guard_defines,
};

typedef struct {
    long serial;
} Plain;
HPyType_HELPERS(Plain)

HPyDef_SLOT(Plain_new, HPy_tp_new)
static HPy Plain_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Plain *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    self->serial = conform_serial();
    return object;
}

HPyDef_SLOT(Plain_finalize, HPy_tp_finalize)
static void Plain_finalize_impl(HPyContext *ctx, HPy object)
{
    conform_event("finalize", Plain_AsStruct(ctx, object)->serial);
}

static HPyDef *Plain_defines[] = {&Plain_new, &Plain_finalize, NULL};
static HPyType_Spec Plain_spec = {
    .name = "ext.Plain",
    .basicsize = sizeof(Plain),
    .builtin_shape = SHAPE(Plain),
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = Plain_defines,
};

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    if (!HPyHelpers_AddType(ctx, module, "Guard", &Guard_spec, NULL)) {
        return -1;
    }
    return HPyHelpers_AddType(ctx, module, "Plain", &Plain_spec, NULL) ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Objects with a finalizer.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
