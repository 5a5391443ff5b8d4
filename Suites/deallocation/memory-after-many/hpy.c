/* Objects that own a native resource: a Plain has nothing else, a Holder two fields and a member, a Sub a field and a
   resource more; a Buffered gives out its resource; a Failing is never made. */
#include "hpy.h"
#include "conform_helpers.h"
#include "native.h"

typedef struct {
    void *native;
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
    self->native = native_open();
    if (self->native == NULL) {
        HPy_Close(ctx, object);
        return HPyErr_NoMemory(ctx);
    }
    return object;
}

HPyDef_SLOT(Plain_destroy, HPy_tp_destroy)
static void Plain_destroy_impl(void *self)
{
    native_close(((Plain *)self)->native);
}

HPyDef_METH(Plain_itself, "itself", HPyFunc_NOARGS)
static HPy Plain_itself_impl(HPyContext *ctx, HPy object)
{
    return HPy_Dup(ctx, object);
}

static HPyDef *Plain_defines[] = {&Plain_new, &Plain_destroy, &Plain_itself, NULL};
static HPyType_Spec Plain_spec = {
    .name = "ext.Plain",
    .basicsize = sizeof(Plain),
    .builtin_shape = SHAPE(Plain),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Plain_defines,
};

typedef struct {
    void *native;
    HPyField first, second, member;
} Holder;
HPyType_HELPERS(Holder)

/* Stores one argument in the first field, and a second one in the second. */
static int fill(HPyContext *ctx, HPy object, Holder *self, const HPy *args, HPy_ssize_t nargs)
{
    HPy first = HPy_NULL, second = HPy_NULL;
    if (!HPyArg_Parse(ctx, NULL, args, (size_t)nargs, "|OO", &first, &second)) {
        return -1;
    }
    if (!HPy_IsNull(first)) {
        HPyField_Store(ctx, object, &self->first, first);
    }
    if (!HPy_IsNull(second)) {
        HPyField_Store(ctx, object, &self->second, second);
    }
    self->native = native_open();
    if (self->native == NULL) {
        HPyErr_NoMemory(ctx);
        return -1;
    }
    return 0;
}

HPyDef_SLOT(Holder_new, HPy_tp_new)
static HPy Holder_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Holder *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (!HPy_IsNull(object) && fill(ctx, object, self, args, nargs) < 0) {
        HPy_Close(ctx, object);
        return HPy_NULL;
    }
    return object;
}

HPyDef_SLOT(Holder_traverse, HPy_tp_traverse)
static int Holder_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Holder *)self)->first);
    HPy_VISIT(&((Holder *)self)->second);
    HPy_VISIT(&((Holder *)self)->member);
    return 0;
}

HPyDef_SLOT(Holder_destroy, HPy_tp_destroy)
static void Holder_destroy_impl(void *self)
{
    native_close(((Holder *)self)->native);
    ((Holder *)self)->native = NULL;
}

HPyDef_METH(Holder_hold, "hold", HPyFunc_O)
static HPy Holder_hold_impl(HPyContext *ctx, HPy object, HPy first)
{
    HPyField_Store(ctx, object, &Holder_AsStruct(ctx, object)->first, first);
    return HPy_Dup(ctx, object);
}

HPyDef_MEMBER(Holder_member, "member", HPyMember_OBJECT, offsetof(Holder, member))

static HPyDef *Holder_defines[] = {
    &Holder_new, &Holder_traverse, &Holder_destroy, &Holder_hold, &Holder_member, NULL,
};
static HPyType_Spec Holder_spec = {
    .name = "ext.Holder",
    .basicsize = sizeof(Holder),
    .builtin_shape = SHAPE(Holder),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | HPy_TPFLAGS_HAVE_GC,
    .defines = Holder_defines,
};

typedef struct {
    Holder base;
    HPyField third;
    void *native;
} Sub;
HPyType_HELPERS(Sub)

HPyDef_SLOT(Sub_new, HPy_tp_new)
static HPy Sub_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Sub *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    self->native = native_open();
    if (self->native == NULL || fill(ctx, object, &self->base, args, nargs) < 0) {
        if (self->native == NULL) {
            HPyErr_NoMemory(ctx);
        }
        HPy_Close(ctx, object);
        return HPy_NULL;
    }
    HPyField_Store(ctx, object, &self->third, cls);
    return object;
}

HPyDef_SLOT(Sub_traverse, HPy_tp_traverse)
static int Sub_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Sub *)self)->third);
    return Holder_traverse_impl(self, visit, arg);
}

/* No document says whether the destroy of the base runs behind this one, so nothing is left for it. */
HPyDef_SLOT(Sub_destroy, HPy_tp_destroy)
static void Sub_destroy_impl(void *self)
{
    native_close(((Sub *)self)->native);
    Holder_destroy_impl(self);
}

static HPyDef *Sub_defines[] = {&Sub_new, &Sub_traverse, &Sub_destroy, NULL};
static HPyType_Spec Sub_spec = {
    .name = "ext.Sub",
    .basicsize = sizeof(Sub),
    .builtin_shape = SHAPE(Sub),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | HPy_TPFLAGS_HAVE_GC,
    .defines = Sub_defines,
};

HPyDef_SLOT(Buffered_getbuffer, HPy_bf_getbuffer)
static int Buffered_getbuffer_impl(HPyContext *ctx, HPy object, HPy_buffer *buffer, int flags)
{
    static HPy_ssize_t size = NATIVE_SIZE, step = 1;
    void *copy = native_open();
    if (copy == NULL) {
        HPyErr_NoMemory(ctx);
        return -1;
    }
    *buffer = (HPy_buffer){
        .buf = Plain_AsStruct(ctx, object)->native, .obj = HPy_Dup(ctx, object), .len = NATIVE_SIZE, .itemsize = 1,
        .readonly = 1, .ndim = 1, .format = "B", .shape = &size, .strides = &step, .internal = copy,
    };
    return 0;
}

HPyDef_SLOT(Buffered_releasebuffer, HPy_bf_releasebuffer)
static void Buffered_releasebuffer_impl(HPyContext *ctx, HPy object, HPy_buffer *buffer)
{
    native_close(buffer->internal);
}

static HPyDef *Buffered_defines[] = {
    &Plain_new, &Plain_destroy, &Buffered_getbuffer, &Buffered_releasebuffer, NULL,
};
static HPyType_Spec Buffered_spec = {
    .name = "ext.Buffered",
    .basicsize = sizeof(Plain),
    .builtin_shape = SHAPE(Plain),
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = Buffered_defines,
};

HPyDef_SLOT(Failing_new, HPy_tp_new)
static HPy Failing_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    HPy object = Holder_new_impl(ctx, cls, args, nargs, kw);
    if (!HPy_IsNull(object)) {
        HPy_Close(ctx, object);
        HPyErr_SetString(ctx, ctx->h_ValueError, "it fails at the end");
    }
    return HPy_NULL;
}

static HPyDef *Failing_defines[] = {&Failing_new, &Holder_traverse, &Holder_destroy, NULL};
static HPyType_Spec Failing_spec = {
    .name = "ext.Failing",
    .basicsize = sizeof(Holder),
    .builtin_shape = SHAPE(Holder),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC,
    .defines = Failing_defines,
};

HPyDef_METH(ext_natives, "natives", HPyFunc_NOARGS)
static HPy ext_natives_impl(HPyContext *ctx, HPy module)
{
    return HPyLong_FromLong(ctx, native_count());
}

HPyDef_METH(ext_address_space, "address_space", HPyFunc_NOARGS)
static HPy ext_address_space_impl(HPyContext *ctx, HPy module)
{
    return HPyLong_FromUnsignedLong(ctx, conform_address_space());
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    return HPyHelpers_AddType(ctx, module, "Plain", &Plain_spec, NULL) &&
                   HPyHelpers_AddType(ctx, module, "Holder", &Holder_spec, NULL) &&
                   conform_hpy_add_derived(ctx, module, "Sub", &Sub_spec, "Holder", NULL) &&
                   HPyHelpers_AddType(ctx, module, "Buffered", &Buffered_spec, NULL) &&
                   HPyHelpers_AddType(ctx, module, "Failing", &Failing_spec, NULL)
               ? 0
               : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &ext_natives, &ext_address_space, NULL};
static HPyModuleDef ext_module = {.doc = "Objects to make many of.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
