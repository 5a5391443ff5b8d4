/* A Half can fail at each stage of its construction; it owns a native buffer and holds an object in a field. */
#include "hpy.h"
#include "conform.h"
#include <stdlib.h>

typedef struct {
    long serial;
    char *buffer;
    HPyField content;
} Half;
HPyType_HELPERS(Half)

static int is_stage(HPyContext *ctx, const HPy *args, size_t nargs, const char *name)
{
    const char *stage = nargs == 2 ? HPyUnicode_AsUTF8AndSize(ctx, args[0], NULL) : NULL;
    if (stage == NULL) {
        HPyErr_SetString(ctx, ctx->h_TypeError, "Half() takes the stage to fail at and a content");
        return -1;
    }
    return strcmp(stage, name) == 0;
}

/* 1 if construction goes on; 0, with an exception, if it shall fail here. */
static int passes(HPyContext *ctx, const HPy *args, size_t nargs, const char *name)
{
    int here = is_stage(ctx, args, nargs, name);
    if (here > 0) {
        HPyErr_SetString(ctx, ctx->h_ValueError, name);
    }
    return here == 0;
}

HPyDef_SLOT(Half_new, HPy_tp_new)
static HPy Half_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    if (!passes(ctx, args, (size_t)nargs, "before")) {
        return HPy_NULL;
    }
    Half *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    if (!passes(ctx, args, (size_t)nargs, "zeroed")) {
        goto fail;
    }
    HPyField_Store(ctx, object, &self->content, args[1]);
    if (!passes(ctx, args, (size_t)nargs, "field")) {
        goto fail;
    }
    self->serial = conform_serial();
    self->buffer = (char *)malloc(64);
    if (self->buffer == NULL) {
        HPyErr_NoMemory(ctx);
        goto fail;
    }
    if (!passes(ctx, args, (size_t)nargs, "filled")) {
        goto fail;
    }
    return object;

fail:
    HPy_Close(ctx, object);
    return HPy_NULL;
}

HPyDef_SLOT(Half_init, HPy_tp_init)
static int Half_init_impl(HPyContext *ctx, HPy object, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    return passes(ctx, args, (size_t)nargs, "init") ? 0 : -1;
}

HPyDef_SLOT(Half_traverse, HPy_tp_traverse)
static int Half_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Half *)self)->content);
    return 0;
}

HPyDef_SLOT(Half_destroy, HPy_tp_destroy)
static void Half_destroy_impl(void *data)
{
    Half *self = (Half *)data;
    conform_event("destroy", self->serial);
    if (self->buffer != NULL) {
        conform_event("buffer", self->serial);
        free(self->buffer);
        self->buffer = NULL;
    }
}

HPyDef_MEMBER(Half_serial, "serial", HPyMember_LONG, offsetof(Half, serial), .readonly = 1)

static HPyDef *Half_defines[] = {&Half_new, &Half_init, &Half_traverse, &Half_destroy, &Half_serial, NULL};
static HPyType_Spec Half_spec = {
    .name = "ext.Half",
    .basicsize = sizeof(Half),
    .builtin_shape = SHAPE(Half),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC,
    .defines = Half_defines,
};

/* A module's exec function in small: makes a type, an object of it from the arguments, and fails after either. */
HPyDef_METH(ext_populate, "populate", HPyFunc_VARARGS)
static HPy ext_populate_impl(HPyContext *ctx, HPy module, const HPy *args, size_t nargs)
{
    static HPyDef *late_defines[] = {&Half_new, &Half_init, &Half_traverse, &Half_destroy, NULL};
    static HPyType_Spec late_spec = {
        .name = "ext.Late",
        .basicsize = sizeof(Half),
        .builtin_shape = SHAPE(Half),
        .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC,
        .defines = late_defines,
    };
    HPy type = HPyType_FromSpec(ctx, &late_spec, NULL);
    if (HPy_IsNull(type)) {
        return HPy_NULL;
    }
    HPy object = HPy_NULL, arguments = HPy_NULL;
    if (!passes(ctx, args, nargs, "type made")) {
        goto fail;
    }
    arguments = HPyTuple_FromArray(ctx, (HPy *)args, (HPy_ssize_t)nargs);
    if (HPy_IsNull(arguments)) {
        goto fail;
    }
    object = HPy_CallTupleDict(ctx, type, arguments, HPy_NULL);
    if (HPy_IsNull(object) || !passes(ctx, args, nargs, "object made")) {
        goto fail;
    }
    HPy_Close(ctx, arguments);
    HPy_Close(ctx, type);
    return object;

fail:
    if (!HPy_IsNull(object)) {
        HPy_Close(ctx, object);
    }
    if (!HPy_IsNull(arguments)) {
        HPy_Close(ctx, arguments);
    }
    HPy_Close(ctx, type);
    return HPy_NULL;
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    return HPyHelpers_AddType(ctx, module, "Half", &Half_spec, NULL) ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &ext_populate, NULL};
static HPyModuleDef ext_module = {.doc = "Objects whose construction fails.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
