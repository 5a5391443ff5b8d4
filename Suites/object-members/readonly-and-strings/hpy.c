/* Texts has the kinds that are never written from Python; Frozen has every other kind, with the readonly flag. */
#include "hpy.h"
#include "conform.h"
#include "conform_helpers.h"

typedef struct {
    long before;
    const char *pointer;
    char inside[16];
    char filler[8];
} Texts;
HPyType_HELPERS(Texts)

HPyDef_SLOT(Texts_new, HPy_tp_new)
static HPy Texts_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Texts *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    memset(self->filler, 'x', sizeof self->filler);
    return object;
}

HPyDef_MEMBER(Texts_pointer, "pointer", HPyMember_STRING, offsetof(Texts, pointer), .doc = "a string elsewhere")
HPyDef_MEMBER(Texts_inside, "inside", HPyMember_STRING_INPLACE, offsetof(Texts, inside), .doc = "a string inside")
HPyDef_MEMBER(Texts_none, "none", HPyMember_NONE, offsetof(Texts, filler), .doc = "nothing")
HPyDef_MEMBER(Texts_pointer_ro, "pointer_ro", HPyMember_STRING, offsetof(Texts, pointer), .readonly = 1)
HPyDef_MEMBER(Texts_inside_ro, "inside_ro", HPyMember_STRING_INPLACE, offsetof(Texts, inside), .readonly = 1)
HPyDef_MEMBER(Texts_none_ro, "none_ro", HPyMember_NONE, offsetof(Texts, filler), .readonly = 1)

static const char *const strings[] = {NULL, "", "ascii", "gr\xc3\xbcn \xe2\x82\xac \xf0\x9f\x98\x80", "br\xff" "ken"};

HPyDef_METH(Texts_point, "point", HPyFunc_O, .doc = "Point to one of the strings.")
static HPy Texts_point_impl(HPyContext *ctx, HPy self, HPy index)
{
    int32_t which = HPyLong_AsInt32_t(ctx, index);
    if (which == -1 && HPyErr_Occurred(ctx)) {
        return HPy_NULL;
    }
    if (which < 0 || which >= (int32_t)(sizeof strings / sizeof strings[0])) {
        HPyErr_SetString(ctx, ctx->h_IndexError, "no such string");
        return HPy_NULL;
    }
    Texts_AsStruct(ctx, self)->pointer = strings[which];
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(Texts_keep, "keep", HPyFunc_O, .doc = "Copy bytes into the struct.")
static HPy Texts_keep_impl(HPyContext *ctx, HPy self, HPy bytes)
{
    Texts *texts = Texts_AsStruct(ctx, self);
    HPy_ssize_t size = HPyBytes_Size(ctx, bytes);
    if (size < 0) {
        return HPy_NULL;
    }
    const char *content = HPyBytes_AsString(ctx, bytes);
    if (content == NULL) {
        return HPy_NULL;
    }
    if ((size_t)size >= sizeof texts->inside) {
        HPyErr_SetString(ctx, ctx->h_ValueError, "too long");
        return HPy_NULL;
    }
    memset(texts->inside, 0, sizeof texts->inside);
    memcpy(texts->inside, content, (size_t)size);
    return HPy_Dup(ctx, ctx->h_None);
}

static HPyDef *Texts_defines[] = {
    &Texts_new, &Texts_pointer, &Texts_inside, &Texts_none, &Texts_pointer_ro, &Texts_inside_ro, &Texts_none_ro,
    &Texts_point, &Texts_keep, NULL,
};
static HPyType_Spec Texts_spec = {
    .name = "ext.Texts",
    .basicsize = sizeof(Texts),
    .builtin_shape = SHAPE(Texts),
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = Texts_defines,
};

/* Python's name for the member, its C type, its kind. */
#define NUMBERS(X)                                                                                                   \
    X(byte, signed char, BYTE)                                                                                       \
    X(ubyte, unsigned char, UBYTE)                                                                                   \
    X(short, short, SHORT)                                                                                           \
    X(ushort, unsigned short, USHORT)                                                                                \
    X(int, int, INT)                                                                                                 \
    X(uint, unsigned int, UINT)                                                                                      \
    X(long, long, LONG)                                                                                              \
    X(ulong, unsigned long, ULONG)                                                                                   \
    X(longlong, long long, LONGLONG)                                                                                 \
    X(ulonglong, unsigned long long, ULONGLONG)                                                                      \
    X(ssize, HPy_ssize_t, HPYSSIZET)                                                                                 \
    X(float, float, FLOAT)                                                                                           \
    X(double, double, DOUBLE)                                                                                        \
    X(bool, char, BOOL)                                                                                              \
    X(char, char, CHAR)

typedef struct {
    HPyField object;
    HPyField object_ex;
#define PLACE(name, type, kind) type name##_;
    NUMBERS(PLACE)
#undef PLACE
} Frozen;
HPyType_HELPERS(Frozen)

CONFORM_HPY_NEW(Frozen_new)

HPyDef_SLOT(Frozen_traverse, HPy_tp_traverse)
static int Frozen_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Frozen *)self)->object);
    HPy_VISIT(&((Frozen *)self)->object_ex);
    return 0;
}

HPyDef_MEMBER(Frozen_object, "object", HPyMember_OBJECT, offsetof(Frozen, object), .readonly = 1, .doc = "an object")
HPyDef_MEMBER(Frozen_object_ex, "object_ex", HPyMember_OBJECT_EX, offsetof(Frozen, object_ex), .readonly = 1)
#define MEMBER(name, type, kind)                                                                                     \
    HPyDef_MEMBER(Frozen_##name, #name, HPyMember_##kind, offsetof(Frozen, name##_), .readonly = 1)
NUMBERS(MEMBER)

HPyDef_METH(Frozen_fill, "fill", HPyFunc_O, .doc = "Set every number.")
static HPy Frozen_fill_impl(HPyContext *ctx, HPy self, HPy number)
{
    int32_t value = HPyLong_AsInt32_t(ctx, number);
    if (value == -1 && HPyErr_Occurred(ctx)) {
        return HPy_NULL;
    }
    Frozen *frozen = Frozen_AsStruct(ctx, self);
#define FILL(name, type, kind) frozen->name##_ = (type)value;
    NUMBERS(FILL)
#undef FILL
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(Frozen_hold, "hold", HPyFunc_O, .doc = "Store an object into both fields.")
static HPy Frozen_hold_impl(HPyContext *ctx, HPy self, HPy value)
{
    Frozen *frozen = Frozen_AsStruct(ctx, self);
    HPyField_Store(ctx, self, &frozen->object, value);
    HPyField_Store(ctx, self, &frozen->object_ex, value);
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(Frozen_drop, "drop", HPyFunc_NOARGS, .doc = "Make both fields null.")
static HPy Frozen_drop_impl(HPyContext *ctx, HPy self)
{
    Frozen *frozen = Frozen_AsStruct(ctx, self);
    HPyField_Store(ctx, self, &frozen->object, HPy_NULL);
    HPyField_Store(ctx, self, &frozen->object_ex, HPy_NULL);
    return HPy_Dup(ctx, ctx->h_None);
}

#define DEFINE(name, type, kind) &Frozen_##name,
static HPyDef *Frozen_defines[] = {
    &Frozen_new, &Frozen_traverse, &Frozen_fill, &Frozen_hold, &Frozen_drop, &Frozen_object, &Frozen_object_ex,
    NUMBERS(DEFINE) NULL,
};
static HPyType_Spec Frozen_spec = {
    .name = "ext.Frozen",
    .basicsize = sizeof(Frozen),
    .builtin_shape = SHAPE(Frozen),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC,
    .defines = Frozen_defines,
};

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    if (!HPyHelpers_AddType(ctx, module, "Texts", &Texts_spec, NULL)) {
        return -1;
    }
    return HPyHelpers_AddType(ctx, module, "Frozen", &Frozen_spec, NULL) ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Members that Python only reads.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
