/* make() makes a new type for each call. An object of a Thing holds an object, and is destroyed; one of a Noting calls
   the attribute note of its type when it is finalized; a Bare has neither, and no struct. */
#include "hpy.h"
#include "conform_helpers.h"

typedef struct {
    long serial;
    HPyField content;
} Thing;
HPyType_HELPERS(Thing)

HPyDef_SLOT(Thing_new, HPy_tp_new)
static HPy Thing_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Thing *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    self->serial = conform_serial();
    return object;
}

HPyDef_SLOT(Thing_traverse, HPy_tp_traverse)
static int Thing_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Thing *)self)->content);
    return 0;
}

HPyDef_SLOT(Thing_destroy, HPy_tp_destroy)
static void Thing_destroy_impl(void *self)
{
    conform_event("destroy", ((Thing *)self)->serial);
}

HPyDef_METH(Thing_hold, "hold", HPyFunc_O)
static HPy Thing_hold_impl(HPyContext *ctx, HPy self, HPy content)
{
    HPyField_Store(ctx, self, &Thing_AsStruct(ctx, self)->content, content);
    return HPy_Dup(ctx, self);
}

HPyDef_METH(Thing_held, "held", HPyFunc_NOARGS)
static HPy Thing_held_impl(HPyContext *ctx, HPy self)
{
    return conform_hpy_load(ctx, self, Thing_AsStruct(ctx, self)->content, ctx->h_None);
}

/* Calls the attribute note of the object's type, if it has one. */
HPyDef_SLOT(Noting_finalize, HPy_tp_finalize)
static void Noting_finalize_impl(HPyContext *ctx, HPy self)
{
    HPy type = HPy_Type(ctx, self);
    HPy note = HPy_IsNull(type) ? HPy_NULL : HPy_GetAttr_s(ctx, type, "note");
    HPy result = HPy_IsNull(note) ? HPy_NULL : HPy_CallTupleDict(ctx, note, HPy_NULL, HPy_NULL);
    conform_event("noted", !HPy_IsNull(result));
    if (HPy_IsNull(result)) {
        HPyErr_Clear(ctx);
    }
    if (!HPy_IsNull(result)) {
        HPy_Close(ctx, result);
    }
    if (!HPy_IsNull(note)) {
        HPy_Close(ctx, note);
    }
    if (!HPy_IsNull(type)) {
        HPy_Close(ctx, type);
    }
}

static HPyDef *Thing_defines[] = {&Thing_new, &Thing_traverse, &Thing_destroy, &Thing_hold, &Thing_held, NULL};
static HPyDef *Noting_defines[] = {
    &Thing_new, &Thing_traverse, &Thing_destroy, &Thing_hold, &Thing_held, &Noting_finalize, NULL,
};
static HPyDef *Bare_defines[] = {NULL};

#define FLAGS (HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE)
static HPyType_Spec Thing_spec = {
    .name = "ext.Thing",
    .basicsize = sizeof(Thing),
    .builtin_shape = SHAPE(Thing),
    .flags = FLAGS | HPy_TPFLAGS_HAVE_GC,
    .defines = Thing_defines,
};
static HPyType_Spec Noting_spec = {
    .name = "ext.Noting",
    .basicsize = sizeof(Thing),
    .builtin_shape = SHAPE(Thing),
    .flags = FLAGS | HPy_TPFLAGS_HAVE_GC,
    .defines = Noting_defines,
};
static HPyType_Spec Bare_spec = {.name = "ext.Bare", .flags = FLAGS, .defines = Bare_defines};

/* make(name, base): base may be None. */
HPyDef_METH(make, "make", HPyFunc_VARARGS)
static HPy make_impl(HPyContext *ctx, HPy module, const HPy *args, size_t nargs)
{
    const char *name;
    HPy base;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "sO", &name, &base)) {
        return HPy_NULL;
    }
    HPyType_Spec *spec = &Bare_spec;
    if (strcmp(name, "Thing") == 0) {
        spec = &Thing_spec;
    } else if (strcmp(name, "Noting") == 0) {
        spec = &Noting_spec;
    }
    HPyType_SpecParam params[] = {{HPyType_SpecParam_Base, base}, {(HPyType_SpecParam_Kind)0}};
    return HPyType_FromSpec(ctx, spec, HPy_Is(ctx, base, ctx->h_None) ? NULL : params);
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    return HPyHelpers_AddType(ctx, module, "Base", &Bare_spec, NULL) ? 0 : -1;
}

static HPyDef *ext_defines[] = {&make, &ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Types that end.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
