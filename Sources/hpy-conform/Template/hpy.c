/* A type with a read-only member, and a native resource that its destroy function releases. */
#include "hpy.h"
#include "conform.h"

typedef struct {
    long count;
} Counter;
HPyType_HELPERS(Counter)

HPyDef_SLOT(Counter_new, HPy_tp_new)
static HPy Counter_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    long count;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "l:Counter", &count)) {
        return HPy_NULL;
    }
    Counter *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    self->count = count;
    return object;
}

HPyDef_SLOT(Counter_destroy, HPy_tp_destroy)
static void Counter_destroy_impl(void *self)
{
    conform_event("destroy", ((Counter *)self)->count); /* plain C: no API here */
}

HPyDef_MEMBER(Counter_count, "count", HPyMember_LONG, offsetof(Counter, count), .readonly = 1)

static HPyDef *Counter_defines[] = {&Counter_new, &Counter_destroy, &Counter_count, NULL};
static HPyType_Spec Counter_spec = {
    .name = "ext.Counter",
    .basicsize = sizeof(Counter),
    .builtin_shape = SHAPE(Counter),
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = Counter_defines,
};

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    return HPyHelpers_AddType(ctx, module, "Counter", &Counter_spec, NULL) ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "A type that counts.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
