/* An Exporter has memory that it resizes or gives back, but not while a buffer of it is exported; it holds an object in
   a field. The module holds one in a global, and makes capsules of malloc'ed memory. */
#include "hpy.h"
#include "conform_helpers.h"
#include "cargo.h"

typedef struct {
    long serial;
    char *memory; /* NULL after it was given back */
    HPy_ssize_t size;
    long exports;
    HPyField held;
} Exporter;
HPyType_HELPERS(Exporter)

static HPyGlobal kept;
static HPy_ssize_t strides[] = {1};

HPyDef_SLOT(Exporter_new, HPy_tp_new)
static HPy Exporter_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    HPy_ssize_t size = nargs == 1 ? HPyLong_AsSsize_t(ctx, args[0]) : -1;
    if (size < 0) {
        return HPyErr_SetString(ctx, ctx->h_TypeError, "Exporter() takes a size");
    }
    Exporter *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    self->serial = conform_serial();
    self->memory = (char *)calloc((size_t)size + 1, 1);
    if (self->memory == NULL) {
        HPy_Close(ctx, object);
        return HPyErr_NoMemory(ctx);
    }
    self->size = size;
    return object;
}

HPyDef_SLOT(Exporter_traverse, HPy_tp_traverse)
static int Exporter_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Exporter *)self)->held);
    return 0;
}

HPyDef_SLOT(Exporter_destroy, HPy_tp_destroy)
static void Exporter_destroy_impl(void *data)
{
    Exporter *self = (Exporter *)data;
    conform_event("destroy", self->serial);
    if (self->exports != 0) {
        conform_event("still exported", self->exports);
    }
    free(self->memory);
}

HPyDef_SLOT(Exporter_getbuffer, HPy_bf_getbuffer)
static int Exporter_getbuffer_impl(HPyContext *ctx, HPy object, HPy_buffer *buffer, int flags)
{
    Exporter *self = Exporter_AsStruct(ctx, object);
    if (self->memory == NULL) {
        buffer->obj = HPy_NULL;
        HPyErr_SetString(ctx, ctx->h_BufferError, "the memory was given back");
        return -1;
    }
    conform_event("get", self->serial);
    self->exports++;
    buffer->buf = self->memory;
    buffer->obj = HPy_Dup(ctx, object);
    buffer->len = self->size;
    buffer->itemsize = 1;
    buffer->readonly = 0;
    buffer->ndim = 1;
    buffer->format = (char *)"B";
    buffer->shape = &self->size;
    buffer->strides = strides;
    buffer->suboffsets = NULL;
    buffer->internal = NULL;
    return 0;
}

HPyDef_SLOT(Exporter_releasebuffer, HPy_bf_releasebuffer)
static void Exporter_releasebuffer_impl(HPyContext *ctx, HPy object, HPy_buffer *buffer)
{
    Exporter *self = Exporter_AsStruct(ctx, object);
    conform_event("release", self->serial);
    self->exports--;
}

/* resize(size), or without a size to give the memory back; 1, or 0 with an exception. */
static int exporter_resize(HPyContext *ctx, Exporter *self, HPy_ssize_t size)
{
    if (self->exports != 0) {
        HPyErr_SetString(ctx, ctx->h_BufferError, "a buffer is exported");
        return 0;
    }
    char *memory = size < 0 ? NULL : (char *)calloc((size_t)size + 1, 1);
    if (size >= 0 && memory == NULL) {
        HPyErr_NoMemory(ctx);
        return 0;
    }
    if (memory != NULL && self->memory != NULL) {
        memcpy(memory, self->memory, (size_t)(size < self->size ? size : self->size));
    }
    free(self->memory);
    self->memory = memory;
    self->size = size < 0 ? 0 : size;
    return 1;
}

HPyDef_METH(Exporter_resize, "resize", HPyFunc_O)
static HPy Exporter_resize_impl(HPyContext *ctx, HPy object, HPy arg)
{
    HPy_ssize_t size = HPyLong_AsSsize_t(ctx, arg);
    if (size < 0) {
        return HPyErr_Occurred(ctx) ? HPy_NULL : HPyErr_SetString(ctx, ctx->h_ValueError, "no size");
    }
    return exporter_resize(ctx, Exporter_AsStruct(ctx, object), size) ? HPy_Dup(ctx, ctx->h_None) : HPy_NULL;
}

HPyDef_METH(Exporter_give_back, "give_back", HPyFunc_NOARGS)
static HPy Exporter_give_back_impl(HPyContext *ctx, HPy object)
{
    return exporter_resize(ctx, Exporter_AsStruct(ctx, object), -1) ? HPy_Dup(ctx, ctx->h_None) : HPy_NULL;
}

HPyDef_METH(Exporter_content, "content", HPyFunc_NOARGS)
static HPy Exporter_content_impl(HPyContext *ctx, HPy object)
{
    Exporter *self = Exporter_AsStruct(ctx, object);
    return HPyBytes_FromStringAndSize(ctx, self->memory == NULL ? "" : self->memory, self->size);
}

HPyDef_METH(Exporter_hold, "hold", HPyFunc_O)
static HPy Exporter_hold_impl(HPyContext *ctx, HPy object, HPy arg)
{
    HPyField_Store(ctx, object, &Exporter_AsStruct(ctx, object)->held, arg);
    return HPy_Dup(ctx, ctx->h_None);
}

static HPyDef *Exporter_defines[] = {
    &Exporter_new, &Exporter_traverse, &Exporter_destroy, &Exporter_getbuffer, &Exporter_releasebuffer,
    &Exporter_resize, &Exporter_give_back, &Exporter_content, &Exporter_hold, NULL,
};
static HPyType_Spec Exporter_spec = {
    .name = "ext.Exporter",
    .basicsize = sizeof(Exporter),
    .builtin_shape = SHAPE(Exporter),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC,
    .defines = Exporter_defines,
};

/* keep(object): the global of the module holds it. */
HPyDef_METH(keep, "keep", HPyFunc_O)
static HPy keep_impl(HPyContext *ctx, HPy self, HPy object)
{
    HPyGlobal_Store(ctx, &kept, object);
    return HPy_Dup(ctx, ctx->h_None);
}

HPyCapsule_DESTRUCTOR(cargo)
static void cargo_impl(const char *name, void *pointer, void *context)
{
    cargo_unload(name, (struct cargo *)pointer, (const long *)context);
}

/* capsule(number) */
HPyDef_METH(capsule, "capsule", HPyFunc_O)
static HPy capsule_impl(HPyContext *ctx, HPy self, HPy arg)
{
    long number = HPyLong_AsLong(ctx, arg);
    struct cargo *loaded = HPyErr_Occurred(ctx) ? NULL : cargo_load(number);
    if (loaded == NULL) {
        return HPyErr_Occurred(ctx) ? HPy_NULL : HPyErr_NoMemory(ctx);
    }
    HPy made = HPyCapsule_New(ctx, loaded, loaded->name, &cargo);
    if (HPy_IsNull(made)) {
        cargo_free(loaded);
        return HPy_NULL;
    }
    if (HPyCapsule_SetContext(ctx, made, loaded->context) < 0) {
        HPy_Close(ctx, made);
        return HPy_NULL;
    }
    return made;
}

/* number_in(capsule, number) */
HPyDef_METH(number_in, "number_in", HPyFunc_VARARGS)
static HPy number_in_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy object;
    long number;
    char name[24];
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "Ol", &object, &number)) {
        return HPy_NULL;
    }
    snprintf(name, sizeof(name), "ext.cargo%ld", number);
    struct cargo *loaded = (struct cargo *)HPyCapsule_GetPointer(ctx, object, name);
    return loaded == NULL ? HPy_NULL : HPyLong_FromLong(ctx, loaded->number);
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    HPyGlobal_Store(ctx, &kept, ctx->h_None);
    return HPyHelpers_AddType(ctx, module, "Exporter", &Exporter_spec, NULL) ? 0 : -1;
}

static HPyDef *ext_defines[] = {&keep, &capsule, &number_in, &ext_exec, NULL};
static HPyGlobal *ext_globals[] = {&kept, NULL};
static HPyModuleDef ext_module = {.doc = "Exports and capsules.", .defines = ext_defines, .globals = ext_globals};
HPy_MODINIT(ext, ext_module)
