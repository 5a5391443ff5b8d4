/* Base and Sub, below it, each have a resource and a field that HPy_tp_new fills, and a resource and a field that
   HPy_tp_init fills anew. HPy_tp_new of Sub calls that of Base. Both take the stage at which they shall fail, or do
   something else, and a content. Final adds a finalizer to Base, and Bare nothing to Sub. */
#include "hpy.h"
#include "conform_helpers.h"

typedef struct {
    HPyField content;
    HPyField value;
    struct conform_native *made;
    struct conform_native *set;
} Base;
HPyType_HELPERS(Base)

typedef struct {
    Base base;
    HPyField content;
    HPyField value;
    struct conform_native *made;
    struct conform_native *set;
} Sub;
HPyType_HELPERS(Sub)

typedef struct {
    Base base;
    long finalized;
} Final;
HPyType_HELPERS(Final)

/* 1 if that is the stage, 0 if not, -1 with an exception. */
static int is_stage(HPyContext *ctx, const HPy *args, size_t nargs, const char *name)
{
    const char *stage = nargs == 2 ? HPyUnicode_AsUTF8AndSize(ctx, args[0], NULL) : NULL;
    if (stage == NULL) {
        HPyErr_SetString(ctx, ctx->h_TypeError, "a stage and a content are needed");
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

/* A new resource in that place; 1, or 0 with an exception. */
static int opened(HPyContext *ctx, const char *name, struct conform_native **place)
{
    conform_release(name, place);
    if (conform_acquire(place) == 0) {
        HPyErr_NoMemory(ctx);
        return 0;
    }
    return 1;
}

HPyDef_SLOT(Base_new, HPy_tp_new)
static HPy Base_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    if (!passes(ctx, args, (size_t)nargs, "base before")) {
        return HPy_NULL;
    }
    Base *self;
    HPy object = HPy_New(ctx, cls, (void **)&self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    if (!passes(ctx, args, (size_t)nargs, "base allocated")) {
        goto fail;
    }
    HPyField_Store(ctx, object, &self->content, args[1]);
    if (!passes(ctx, args, (size_t)nargs, "base field") || !opened(ctx, "base made", &self->made) ||
        !passes(ctx, args, (size_t)nargs, "base filled")) {
        goto fail;
    }
    return object;

fail:
    HPy_Close(ctx, object);
    return HPy_NULL;
}

HPyDef_SLOT(Base_init, HPy_tp_init)
static int Base_init_impl(HPyContext *ctx, HPy object, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    int escapes = is_stage(ctx, args, (size_t)nargs, "escape");
    if (escapes < 0 || !passes(ctx, args, (size_t)nargs, "base init")) {
        return -1;
    }
    if (escapes) {
        if (HPyList_Append(ctx, args[1], object) == 0) {
            HPyErr_SetString(ctx, ctx->h_ValueError, "escape");
        }
        return -1;
    }
    Base *self = Base_AsStruct(ctx, object);
    HPyField_Store(ctx, object, &self->value, args[1]);
    if (!opened(ctx, "base set", &self->set)) {
        return -1;
    }
    return passes(ctx, args, (size_t)nargs, "base set") ? 0 : -1;
}

HPyDef_SLOT(Base_traverse, HPy_tp_traverse)
static int Base_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Base *)self)->content);
    HPy_VISIT(&((Base *)self)->value);
    return 0;
}

HPyDef_SLOT(Base_destroy, HPy_tp_destroy)
static void Base_destroy_impl(void *self)
{
    conform_release("base set", &((Base *)self)->set);
    conform_release("base made", &((Base *)self)->made);
}

HPyDef_GET(Base_values, "base", .doc = "What Base's fields hold.")
static HPy Base_values_get(HPyContext *ctx, HPy object, void *closure)
{
    Base *self = Base_AsStruct(ctx, object);
    return conform_hpy_load_two(ctx, object, self->content, self->value);
}

static HPyDef *Base_defines[] = {&Base_new, &Base_init, &Base_traverse, &Base_destroy, &Base_values, NULL};

HPyDef_SLOT(Sub_new, HPy_tp_new)
static HPy Sub_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    HPy object = Base_new_impl(ctx, cls, args, nargs, kw);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    if (!passes(ctx, args, (size_t)nargs, "sub after base")) {
        goto fail;
    }
    Sub *self = Sub_AsStruct(ctx, object);
    HPyField_Store(ctx, object, &self->content, args[1]);
    if (!passes(ctx, args, (size_t)nargs, "sub field") || !opened(ctx, "sub made", &self->made) ||
        !passes(ctx, args, (size_t)nargs, "sub filled")) {
        goto fail;
    }
    int gives = is_stage(ctx, args, (size_t)nargs, "give");
    if (gives < 0) {
        goto fail;
    }
    if (gives) {
        HPy_Close(ctx, object);
        return HPy_Dup(ctx, args[1]);
    }
    return object;

fail:
    HPy_Close(ctx, object);
    return HPy_NULL;
}

HPyDef_SLOT(Sub_init, HPy_tp_init)
static int Sub_init_impl(HPyContext *ctx, HPy object, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    if (Base_init_impl(ctx, object, args, nargs, kw) < 0 || !passes(ctx, args, (size_t)nargs, "sub init")) {
        return -1;
    }
    Sub *self = Sub_AsStruct(ctx, object);
    HPyField_Store(ctx, object, &self->value, args[1]);
    if (!opened(ctx, "sub set", &self->set)) {
        return -1;
    }
    return passes(ctx, args, (size_t)nargs, "sub set") ? 0 : -1;
}

HPyDef_SLOT(Sub_traverse, HPy_tp_traverse)
static int Sub_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Sub *)self)->content);
    HPy_VISIT(&((Sub *)self)->value);
    return Base_traverse_impl(self, visit, arg);
}

HPyDef_SLOT(Sub_destroy, HPy_tp_destroy)
static void Sub_destroy_impl(void *self)
{
    conform_release("sub set", &((Sub *)self)->set);
    conform_release("sub made", &((Sub *)self)->made);
    Base_destroy_impl(self);
}

HPyDef_GET(Sub_values, "sub", .doc = "What Sub's fields hold.")
static HPy Sub_values_get(HPyContext *ctx, HPy object, void *closure)
{
    Sub *self = Sub_AsStruct(ctx, object);
    return conform_hpy_load_two(ctx, object, self->content, self->value);
}

static HPyDef *Sub_defines[] = {&Sub_new, &Sub_init, &Sub_traverse, &Sub_destroy, &Sub_values, NULL};

HPyDef_SLOT(Final_new, HPy_tp_new)
static HPy Final_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    HPy object = Base_new_impl(ctx, cls, args, nargs, kw);
    if (!HPy_IsNull(object) && !passes(ctx, args, (size_t)nargs, "final")) {
        HPy_Close(ctx, object);
        return HPy_NULL;
    }
    return object;
}

HPyDef_SLOT(Final_traverse, HPy_tp_traverse)
static int Final_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    return Base_traverse_impl(self, visit, arg);
}

HPyDef_SLOT(Final_destroy, HPy_tp_destroy)
static void Final_destroy_impl(void *self)
{
    Base_destroy_impl(self);
}

HPyDef_SLOT(Final_finalize, HPy_tp_finalize)
static void Final_finalize_impl(HPyContext *ctx, HPy object)
{
    conform_event("finalize", ++Final_AsStruct(ctx, object)->finalized);
}

static HPyDef *Final_defines[] = {&Final_new, &Base_init, &Final_traverse, &Final_destroy, &Final_finalize, NULL};

#define SPEC(NAME, SIZE, FLAGS, DEFINES)                                                                             \
    {                                                                                                                \
        .name = "ext." NAME,                                                                                         \
        .basicsize = SIZE,                                                                                           \
        .builtin_shape = SHAPE(Base),                                                                                \
        .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | FLAGS,                                                 \
        .defines = DEFINES,                                                                                          \
    }
static HPyType_Spec Base_spec = SPEC("Base", sizeof(Base), HPy_TPFLAGS_HAVE_GC, Base_defines);
static HPyType_Spec Sub_spec = SPEC("Sub", sizeof(Sub), HPy_TPFLAGS_HAVE_GC, Sub_defines);
static HPyType_Spec Final_spec = SPEC("Final", sizeof(Final), HPy_TPFLAGS_HAVE_GC, Final_defines);
static HPyType_Spec Bare_spec = SPEC("Bare", 0, 0, NULL);

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = HPyHelpers_AddType(ctx, module, "Base", &Base_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "Sub", &Sub_spec, "Base", NULL) &&
                conform_hpy_add_derived(ctx, module, "Final", &Final_spec, "Base", NULL) &&
                conform_hpy_add_derived(ctx, module, "Bare", &Bare_spec, "Sub", NULL);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Hierarchies whose construction fails.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
