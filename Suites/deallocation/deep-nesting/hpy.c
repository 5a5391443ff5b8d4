/* A Link holds the next one in a field and counts its destruction; a Bare holds it too and has no destroy. */
#include "hpy.h"
#include "conform.h"

static long destroyed;

typedef struct {
    HPyField next;
} Link;
HPyType_HELPERS(Link)

HPyDef_SLOT(Link_new, HPy_tp_new)
static HPy Link_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    if (nargs != 1) {
        HPyErr_SetString(ctx, ctx->h_TypeError, "a link takes the next one");
        return HPy_NULL;
    }
    Link *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (!HPy_IsNull(object)) {
        HPyField_Store(ctx, object, &self->next, args[0]);
    }
    return object;
}

HPyDef_SLOT(Link_traverse, HPy_tp_traverse)
static int Link_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Link *)self)->next);
    return 0;
}

HPyDef_SLOT(Link_destroy, HPy_tp_destroy)
static void Link_destroy_impl(void *self)
{
    __atomic_add_fetch(&destroyed, 1, __ATOMIC_SEQ_CST);
}

HPyDef_GETSET(Link_next, "next")
static HPy Link_next_get(HPyContext *ctx, HPy self, void *closure)
{
    return HPyField_Load(ctx, self, Link_AsStruct(ctx, self)->next);
}
static int Link_next_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    if (HPy_IsNull(value)) {
        HPyErr_SetString(ctx, ctx->h_AttributeError, "a link has a next one");
        return -1;
    }
    HPyField_Store(ctx, self, &Link_AsStruct(ctx, self)->next, value);
    return 0;
}

static HPyDef *Link_defines[] = {&Link_new, &Link_traverse, &Link_destroy, &Link_next, NULL};
static HPyType_Spec Link_spec = {
    .name = "ext.Link",
    .basicsize = sizeof(Link),
    .builtin_shape = SHAPE(Link),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC,
    .defines = Link_defines,
};

static HPyDef *Bare_defines[] = {&Link_new, &Link_traverse, &Link_next, NULL};
static HPyType_Spec Bare_spec = {
    .name = "ext.Bare",
    .basicsize = sizeof(Link),
    .builtin_shape = SHAPE(Link),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC,
    .defines = Bare_defines,
};

HPyDef_METH(ext_destroyed, "destroyed", HPyFunc_NOARGS)
static HPy ext_destroyed_impl(HPyContext *ctx, HPy module)
{
    return HPyLong_FromLong(ctx, __atomic_load_n(&destroyed, __ATOMIC_SEQ_CST));
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    if (!HPyHelpers_AddType(ctx, module, "Link", &Link_spec, NULL)) {
        return -1;
    }
    return HPyHelpers_AddType(ctx, module, "Bare", &Bare_spec, NULL) ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &ext_destroyed, NULL};
static HPyModuleDef ext_module = {.doc = "Chains of objects.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
