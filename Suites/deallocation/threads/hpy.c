/* A Thing tells in which thread it is destroyed: 1 in the one that made it, else 2. */
#include "hpy.h"
#include "conform.h"
#include <pthread.h>

typedef struct {
    long serial;
    pthread_t maker;
    HPyField held;
} Thing;
HPyType_HELPERS(Thing)

static long destroyed;

HPyDef_SLOT(Thing_new, HPy_tp_new)
static HPy Thing_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Thing *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (!HPy_IsNull(object)) {
        self->serial = conform_serial();
        self->maker = pthread_self();
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
    conform_event("thread", pthread_equal(((Thing *)self)->maker, pthread_self()) ? 1 : 2);
    __atomic_add_fetch(&destroyed, 1, __ATOMIC_SEQ_CST);
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

static HPyDef *Thing_defines[] = {
    &Thing_new, &Thing_traverse, &Thing_destroy, &Thing_get_held, &Thing_hold, NULL,
};
static HPyType_Spec Thing_spec = {
    .name = "ext.Thing",
    .basicsize = sizeof(Thing),
    .builtin_shape = SHAPE(Thing),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | HPy_TPFLAGS_HAVE_GC,
    .defines = Thing_defines,
};

HPyDef_METH(destroyed_so_far, "destroyed", HPyFunc_NOARGS)
static HPy destroyed_so_far_impl(HPyContext *ctx, HPy self)
{
    return HPyLong_FromLong(ctx, __atomic_load_n(&destroyed, __ATOMIC_SEQ_CST));
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    return HPyHelpers_AddType(ctx, module, "Thing", &Thing_spec, NULL) ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &destroyed_so_far, NULL};
static HPyModuleDef ext_module = {.doc = "Objects of several threads.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
