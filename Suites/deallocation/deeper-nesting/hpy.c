/* A Link holds others in two fields and a member, and has a number, which its destroy notes; a Bare has no destroy. */
#include "hpy.h"
#include "conform_helpers.h"
#include "once.h"

typedef struct {
    long number;
    HPyField next, other, held;
} Link;
HPyType_HELPERS(Link)

/* Link(next=None, other=None): holds what is not None. */
HPyDef_SLOT(Link_new, HPy_tp_new)
static HPy Link_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    HPy next = HPy_NULL, other = HPy_NULL;
    if (!HPyArg_Parse(ctx, NULL, args, (size_t)nargs, "|OO", &next, &other)) {
        return HPy_NULL;
    }
    Link *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    self->number = -1;
    if (!HPy_IsNull(next) && !HPy_Is(ctx, next, ctx->h_None)) {
        HPyField_Store(ctx, object, &self->next, next);
    }
    if (!HPy_IsNull(other) && !HPy_Is(ctx, other, ctx->h_None)) {
        HPyField_Store(ctx, object, &self->other, other);
    }
    self->number = once_make();
    return object;
}

HPyDef_SLOT(Link_traverse, HPy_tp_traverse)
static int Link_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Link *)self)->next);
    HPy_VISIT(&((Link *)self)->other);
    HPy_VISIT(&((Link *)self)->held);
    return 0;
}

HPyDef_SLOT(Link_destroy, HPy_tp_destroy)
static void Link_destroy_impl(void *self)
{
    once_end(((Link *)self)->number);
}

HPyDef_GETSET(Link_next, "next")
static HPy Link_next_get(HPyContext *ctx, HPy self, void *closure)
{
    return conform_hpy_load(ctx, self, Link_AsStruct(ctx, self)->next, ctx->h_None);
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

/* A definition of a member belongs to a single type. */
HPyDef_MEMBER(Link_held, "held", HPyMember_OBJECT, offsetof(Link, held))
HPyDef_MEMBER(Bare_held, "held", HPyMember_OBJECT, offsetof(Link, held))

static HPyDef *Link_defines[] = {&Link_new, &Link_traverse, &Link_destroy, &Link_next, &Link_held, NULL};
static HPyType_Spec Link_spec = {
    .name = "ext.Link",
    .basicsize = sizeof(Link),
    .builtin_shape = SHAPE(Link),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC,
    .defines = Link_defines,
};

static HPyDef *Bare_defines[] = {&Link_new, &Link_traverse, &Link_next, &Bare_held, NULL};
static HPyType_Spec Bare_spec = {
    .name = "ext.Bare",
    .basicsize = sizeof(Link),
    .builtin_shape = SHAPE(Link),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC,
    .defines = Bare_defines,
};

HPyDef_METH(ext_begin, "begin", HPyFunc_NOARGS)
static HPy ext_begin_impl(HPyContext *ctx, HPy module)
{
    once_begin();
    return HPy_Dup(ctx, ctx->h_None);
}

/* report() -> how many were made, ended, and ended more than once */
HPyDef_METH(ext_report, "report", HPyFunc_NOARGS)
static HPy ext_report_impl(HPyContext *ctx, HPy module)
{
    return HPy_BuildValue(ctx, "(lll)", once_made(), once_ended(), once_again());
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    return HPyHelpers_AddType(ctx, module, "Link", &Link_spec, NULL) &&
                   HPyHelpers_AddType(ctx, module, "Bare", &Bare_spec, NULL)
               ? 0
               : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &ext_begin, &ext_report, NULL};
static HPyModuleDef ext_module = {.doc = "Very long chains of objects.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
