/* Guard has finalize and destroy, and calls a Python function, held in a field, when it is finalized. Heir adds a field
   and inherits finalize, Bare adds nothing, Caller has a finalize that calls that of Guard, Alone one that doesn't.
   Quiet has no finalize, and Late, below it, adds one. A type that visits or releases anything does so for the whole of
   its struct. */
#include "hpy.h"
#include "conform.h"
#include "conform_helpers.h"

typedef struct {
    long serial;
    HPyField callback;
    HPyField peer;
} Guard;
HPyType_HELPERS(Guard)

typedef struct {
    Guard guard;
    HPyField item;
} Heir;
HPyType_HELPERS(Heir)

static HPy made(HPyContext *ctx, HPy cls)
{
    Guard *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (!HPy_IsNull(object)) {
        self->serial = conform_serial();
    }
    return object;
}

#define NEW(NAME)                                                                                                    \
    HPyDef_SLOT(NAME, HPy_tp_new)                                                                                    \
    static HPy NAME##_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)                     \
    {                                                                                                                \
        return made(ctx, cls);                                                                                       \
    }

NEW(Guard_new)

HPyDef_SLOT(Guard_traverse, HPy_tp_traverse)
static int Guard_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Guard *)self)->callback);
    HPy_VISIT(&((Guard *)self)->peer);
    return 0;
}

/* Calls the callback with the object. */
static void tell(HPyContext *ctx, HPy object)
{
    Guard *self = Guard_AsStruct(ctx, object);
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

/* HPy has no means to save an exception that is being raised meanwhile: keeping it is left to the runtime. */
HPyDef_SLOT(Guard_finalize, HPy_tp_finalize)
static void Guard_finalize_impl(HPyContext *ctx, HPy object)
{
    conform_event("finalize", Guard_AsStruct(ctx, object)->serial);
    tell(ctx, object);
}

HPyDef_SLOT(Guard_destroy, HPy_tp_destroy)
static void Guard_destroy_impl(void *data)
{
    Guard *self = (Guard *)data;
    if (self->serial != 0) { /* may be called for a subclass and once more for its base */
        conform_event("destroy", self->serial);
        self->serial = 0;
    }
}

HPyDef_METH(Guard_arm, "arm", HPyFunc_VARARGS, .doc = "arm(callback or None, peer): fills the fields of Guard.")
static HPy Guard_arm_impl(HPyContext *ctx, HPy object, const HPy *args, size_t nargs)
{
    if (nargs != 2) {
        HPyErr_SetString(ctx, ctx->h_TypeError, "arm() takes a callback and a peer");
        return HPy_NULL;
    }
    Guard *self = Guard_AsStruct(ctx, object);
    HPyField_Store(ctx, object, &self->callback, HPy_Is(ctx, args[0], ctx->h_None) ? HPy_NULL : args[0]);
    HPyField_Store(ctx, object, &self->peer, args[1]);
    return HPy_Dup(ctx, object);
}

HPyDef_GETSET(Guard_peer, "peer")
static HPy Guard_peer_get(HPyContext *ctx, HPy object, void *closure)
{
    return conform_hpy_load(ctx, object, Guard_AsStruct(ctx, object)->peer, ctx->h_None);
}
static int Guard_peer_set(HPyContext *ctx, HPy object, HPy value, void *closure)
{
    if (HPy_IsNull(value)) {
        HPyErr_SetString(ctx, ctx->h_TypeError, "the peer cannot be deleted");
        return -1;
    }
    HPyField_Store(ctx, object, &Guard_AsStruct(ctx, object)->peer, value);
    return 0;
}

HPyDef_MEMBER(Guard_serial, "serial", HPyMember_LONG, offsetof(Guard, serial), .readonly = 1)

static HPyDef *Guard_defines[] = {
    &Guard_new, &Guard_traverse, &Guard_finalize, &Guard_destroy, &Guard_arm, &Guard_peer, &Guard_serial, NULL,
};

NEW(Heir_new)

HPyDef_SLOT(Heir_traverse, HPy_tp_traverse)
static int Heir_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Heir *)self)->item);
    return Guard_traverse_impl(self, visit, arg);
}

HPyDef_SLOT(Heir_destroy, HPy_tp_destroy)
static void Heir_destroy_impl(void *self)
{
    Guard_destroy_impl(self);
}

HPyDef_GETSET(Heir_item, "item")
static HPy Heir_item_get(HPyContext *ctx, HPy object, void *closure)
{
    return conform_hpy_load(ctx, object, Heir_AsStruct(ctx, object)->item, ctx->h_None);
}
static int Heir_item_set(HPyContext *ctx, HPy object, HPy value, void *closure)
{
    if (HPy_IsNull(value)) {
        HPyErr_SetString(ctx, ctx->h_TypeError, "the item cannot be deleted");
        return -1;
    }
    HPyField_Store(ctx, object, &Heir_AsStruct(ctx, object)->item, value);
    return 0;
}

static HPyDef *Heir_defines[] = {&Heir_new, &Heir_traverse, &Heir_destroy, &Heir_item, NULL};

HPyDef_SLOT(Caller_finalize, HPy_tp_finalize)
static void Caller_finalize_impl(HPyContext *ctx, HPy object)
{
    conform_event("caller", Guard_AsStruct(ctx, object)->serial);
    Guard_finalize_impl(ctx, object);
}

static HPyDef *Caller_defines[] = {
    &Heir_new, &Heir_traverse, &Heir_destroy, &Heir_item, &Caller_finalize, NULL,
};

HPyDef_SLOT(Alone_finalize, HPy_tp_finalize)
static void Alone_finalize_impl(HPyContext *ctx, HPy object)
{
    conform_event("alone", Guard_AsStruct(ctx, object)->serial);
    tell(ctx, object);
}

static HPyDef *Alone_defines[] = {&Heir_new, &Heir_traverse, &Heir_destroy, &Heir_item, &Alone_finalize, NULL};

static HPyDef *Quiet_defines[] = {
    &Guard_new, &Guard_traverse, &Guard_destroy, &Guard_arm, &Guard_peer, &Guard_serial, NULL,
};

HPyDef_SLOT(Late_finalize, HPy_tp_finalize)
static void Late_finalize_impl(HPyContext *ctx, HPy object)
{
    conform_event("late", Guard_AsStruct(ctx, object)->serial);
    tell(ctx, object);
}

static HPyDef *Late_defines[] = {&Heir_new, &Heir_traverse, &Heir_destroy, &Heir_item, &Late_finalize, NULL};

#define SPEC(NAME, SIZE, FLAGS, DEFINES)                                                                             \
    {                                                                                                                \
        .name = "ext." NAME,                                                                                         \
        .basicsize = SIZE,                                                                                           \
        .builtin_shape = SHAPE(Guard),                                                                               \
        .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | FLAGS,                                                 \
        .defines = DEFINES,                                                                                          \
    }
static HPyType_Spec Guard_spec = SPEC("Guard", sizeof(Guard), HPy_TPFLAGS_HAVE_GC, Guard_defines);
static HPyType_Spec Heir_spec = SPEC("Heir", sizeof(Heir), HPy_TPFLAGS_HAVE_GC, Heir_defines);
static HPyType_Spec Bare_spec = SPEC("Bare", 0, 0, NULL);
static HPyType_Spec Caller_spec = SPEC("Caller", sizeof(Heir), HPy_TPFLAGS_HAVE_GC, Caller_defines);
static HPyType_Spec Alone_spec = SPEC("Alone", sizeof(Heir), HPy_TPFLAGS_HAVE_GC, Alone_defines);
static HPyType_Spec Quiet_spec = SPEC("Quiet", sizeof(Guard), HPy_TPFLAGS_HAVE_GC, Quiet_defines);
static HPyType_Spec Late_spec = SPEC("Late", sizeof(Heir), HPy_TPFLAGS_HAVE_GC, Late_defines);

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = HPyHelpers_AddType(ctx, module, "Guard", &Guard_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Quiet", &Quiet_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "Heir", &Heir_spec, "Guard", NULL) &&
                conform_hpy_add_derived(ctx, module, "Bare", &Bare_spec, "Guard", NULL) &&
                conform_hpy_add_derived(ctx, module, "Caller", &Caller_spec, "Guard", NULL) &&
                conform_hpy_add_derived(ctx, module, "Alone", &Alone_spec, "Guard", NULL) &&
                conform_hpy_add_derived(ctx, module, "Late", &Late_spec, "Quiet", NULL);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Hierarchies of types with finalizers.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
