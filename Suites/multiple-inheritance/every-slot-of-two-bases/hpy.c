/* Types with any slots, made on demand. Each function of a slot records which type's it is. */
#include "hpy.h"
#include "slots.h"

#define HPY_FUNCTION(MARK, SLOT, PARAMETERS, ANSWER)                                                                 \
    HPyDef_SLOT(MARK##_##SLOT, HPy_##SLOT)                                                                           \
    static HPy MARK##_##SLOT##_impl PARAMETERS                                                                       \
    {                                                                                                                \
        CALLED(MARK, SLOT);                                                                                          \
        return ANSWER;                                                                                               \
    }
#define HPY_INT_FUNCTION(MARK, SLOT, RESULT, PARAMETERS, ANSWER)                                                     \
    HPyDef_SLOT(MARK##_##SLOT, HPy_##SLOT)                                                                           \
    static RESULT MARK##_##SLOT##_impl PARAMETERS                                                                    \
    {                                                                                                                \
        CALLED(MARK, SLOT);                                                                                          \
        return ANSWER;                                                                                               \
    }
#define TEXT(SLOT) HPyUnicode_FromString(ctx, #SLOT)

#define UNARY(MARK, SLOT) HPY_FUNCTION(MARK, SLOT, (HPyContext * ctx, HPy a), TEXT(SLOT))
#define BINARY(MARK, SLOT) HPY_FUNCTION(MARK, SLOT, (HPyContext * ctx, HPy a, HPy b), TEXT(SLOT))
#define TERNARY(MARK, SLOT) HPY_FUNCTION(MARK, SLOT, (HPyContext * ctx, HPy a, HPy b, HPy c), TEXT(SLOT))
#define ASSIGNED(MARK, SLOT) HPY_INT_FUNCTION(MARK, SLOT, int, (HPyContext * ctx, HPy a, HPy b, HPy c), 0)
#define INTEGER(MARK, SLOT) HPY_FUNCTION(MARK, SLOT, (HPyContext * ctx, HPy a), HPyLong_FromLong(ctx, 1))
#define REAL(MARK, SLOT) HPY_FUNCTION(MARK, SLOT, (HPyContext * ctx, HPy a), HPyFloat_FromDouble(ctx, 1.5))
#define INQUIRY(MARK, SLOT) HPY_INT_FUNCTION(MARK, SLOT, int, (HPyContext * ctx, HPy a), 0)
#define LENGTH(MARK, SLOT) HPY_INT_FUNCTION(MARK, SLOT, HPy_ssize_t, (HPyContext * ctx, HPy a), 1)
#define INDEXED(MARK, SLOT) HPY_FUNCTION(MARK, SLOT, (HPyContext * ctx, HPy a, HPy_ssize_t b), TEXT(SLOT))
#define STORED(MARK, SLOT) HPY_INT_FUNCTION(MARK, SLOT, int, (HPyContext * ctx, HPy a, HPy_ssize_t b, HPy c), 0)
#define CONTAINS(MARK, SLOT) HPY_INT_FUNCTION(MARK, SLOT, int, (HPyContext * ctx, HPy a, HPy b), 1)
#define HASH(MARK, SLOT) HPY_INT_FUNCTION(MARK, SLOT, HPy_hash_t, (HPyContext * ctx, HPy a), 42)
#define COMPARED(MARK, SLOT)                                                                                         \
    HPY_FUNCTION(MARK, SLOT, (HPyContext * ctx, HPy a, HPy b, HPy_RichCmpOp c), TEXT(SLOT))
#define CALL(MARK, SLOT)                                                                                             \
    HPY_FUNCTION(MARK, SLOT, (HPyContext * ctx, HPy a, const HPy *b, size_t c, HPy d), TEXT(SLOT))
#define GETBUFFER(MARK, SLOT)                                                                                        \
    HPY_INT_FUNCTION(MARK, SLOT, int, (HPyContext * ctx, HPy a, HPy_buffer * b, int c), fill(ctx, a, b))
#define RELEASEBUFFER(MARK, SLOT)                                                                                    \
    HPyDef_SLOT(MARK##_##SLOT, HPy_##SLOT)                                                                           \
    static void MARK##_##SLOT##_impl(HPyContext *ctx, HPy a, HPy_buffer *b)                                          \
    {                                                                                                                \
        CALLED(MARK, SLOT);                                                                                          \
    }

static int fill(HPyContext *ctx, HPy self, HPy_buffer *view)
{
    static char content[] = "content";
    static HPy_ssize_t shape[] = {7}, strides[] = {1};
    *view = (HPy_buffer){
        .buf = content,
        .obj = HPy_Dup(ctx, self),
        .len = 7,
        .itemsize = 1,
        .readonly = 1,
        .ndim = 1,
        .format = (char *)"B",
        .shape = shape,
        .strides = strides,
    };
    return 0;
}

HPY_SLOTS(A)
HPY_SLOTS(B)

#undef UNARY
#undef BINARY
#undef TERNARY
#undef ASSIGNED
#undef INTEGER
#undef REAL
#undef INQUIRY
#undef LENGTH
#undef INDEXED
#undef STORED
#undef CONTAINS
#undef HASH
#undef COMPARED
#undef CALL
#undef GETBUFFER
#undef RELEASEBUFFER

struct slot {
    const char *name;
    HPyDef *define;
};
#define ENTRY(MARK, SLOT) {#SLOT, &MARK##_##SLOT},
#define UNARY ENTRY
#define BINARY ENTRY
#define TERNARY ENTRY
#define ASSIGNED ENTRY
#define INTEGER ENTRY
#define REAL ENTRY
#define INQUIRY ENTRY
#define LENGTH ENTRY
#define INDEXED ENTRY
#define STORED ENTRY
#define CONTAINS ENTRY
#define HASH ENTRY
#define COMPARED ENTRY
#define CALL ENTRY
#define GETBUFFER ENTRY
#define RELEASEBUFFER ENTRY
static const struct slot slots[2][80] = {{HPY_SLOTS(A)}, {HPY_SLOTS(B)}};
#undef UNARY
#undef BINARY
#undef TERNARY
#undef ASSIGNED

static const struct slot *find(HPyContext *ctx, HPy name, char mark)
{
    const char *wanted = HPyUnicode_AsUTF8AndSize(ctx, name, NULL);
    if (wanted == NULL) {
        return NULL;
    }
    for (const struct slot *one = slots[mark - 'A']; one->name != NULL; one++) {
        if (strcmp(one->name, wanted) == 0) {
            return one;
        }
    }
    HPyErr_SetString(ctx, ctx->h_LookupError, wanted);
    return NULL;
}

/* A new type without a struct, with these defines or these legacy slots. */
static HPy made(HPyContext *ctx, char mark, HPyDef **defines, void *legacy, HPyType_BuiltinShape shape, HPy bases)
{
    HPyType_Spec spec = {
        .name = mark == 'A' ? "ext.First" : mark == 'B' ? "ext.Second" : "ext.Child",
        .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
        .builtin_shape = shape,
        .legacy_slots = legacy,
        .defines = defines,
    };
    HPyType_SpecParam params[] = {{HPyType_SpecParam_BasesTuple, bases}, {(HPyType_SpecParam_Kind)0}};
    HPy_ssize_t count = HPy_Length(ctx, bases);
    return count < 0 ? HPy_NULL : HPyType_FromSpec(ctx, &spec, count == 0 ? NULL : params);
}

HPyDef_METH(make, "make", HPyFunc_VARARGS, .doc = "A new type with the slots of these names and of this mark.")
static HPy make_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    const char *mark;
    HPy names, bases;
    HPyDef *chosen[7] = {NULL};
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "sOO", &mark, &names, &bases)) {
        return HPy_NULL;
    }
    HPy_ssize_t count = HPy_Length(ctx, names);
    if (count > 6 || (count > 0 && *mark != 'A' && *mark != 'B')) {
        return HPyErr_SetString(ctx, ctx->h_ValueError, "six slots at most, of A or of B");
    }
    for (HPy_ssize_t i = 0; i < count; i++) {
        HPy name = HPy_GetItem_i(ctx, names, i);
        const struct slot *found = HPy_IsNull(name) ? NULL : find(ctx, name, *mark);
        HPy_Close(ctx, name);
        if (found == NULL) {
            return HPy_NULL;
        }
        chosen[i] = found->define;
    }
    return count < 0 ? HPy_NULL : made(ctx, *mark, chosen, NULL, HPyType_BuiltinShape_Object, bases);
}

#ifndef HPY_ABI_UNIVERSAL

#define UNARY(MARK, SLOT) CAPI_UNARY(MARK, SLOT)
#define BINARY(MARK, SLOT) CAPI_BINARY(MARK, SLOT)
#define TERNARY(MARK, SLOT) CAPI_TERNARY(MARK, SLOT)
#define ASSIGNED(MARK, SLOT) CAPI_ASSIGNED(MARK, SLOT)
LEGACY_SLOTS(A)
LEGACY_SLOTS(B)
#undef UNARY
#undef BINARY
#undef TERNARY
#undef ASSIGNED

struct legacy {
    const char *name;
    PyType_Slot slot;
};
#define LEGACY_ENTRY(MARK, SLOT) {#SLOT, {Py_##SLOT, (void *)MARK##_##SLOT}},
#define UNARY LEGACY_ENTRY
#define BINARY LEGACY_ENTRY
#define TERNARY LEGACY_ENTRY
#define ASSIGNED LEGACY_ENTRY
static const struct legacy legacy_slots[2][80] = {{LEGACY_SLOTS(A)}, {LEGACY_SLOTS(B)}};

HPyDef_METH(make_legacy, "make_legacy", HPyFunc_VARARGS, .doc = "A new type with these legacy slots.")
static HPy make_legacy_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    const char *mark;
    HPy names, bases;
    PyType_Slot chosen[7] = {{0, NULL}};
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "sOO", &mark, &names, &bases)) {
        return HPy_NULL;
    }
    HPy_ssize_t count = HPy_Length(ctx, names);
    if (count > 6 || (count > 0 && *mark != 'A' && *mark != 'B')) {
        return HPyErr_SetString(ctx, ctx->h_ValueError, "six slots at most, of A or of B");
    }
    for (HPy_ssize_t i = 0; i < count; i++) {
        HPy name = HPy_GetItem_i(ctx, names, i);
        const char *wanted = HPy_IsNull(name) ? NULL : HPyUnicode_AsUTF8AndSize(ctx, name, NULL);
        const struct legacy *one = legacy_slots[*mark - 'A'];
        while (wanted != NULL && one->name != NULL && strcmp(one->name, wanted) != 0) {
            one++;
        }
        if (wanted != NULL && one->name == NULL) {
            HPyErr_SetString(ctx, ctx->h_LookupError, wanted);
        }
        HPy_Close(ctx, name);
        if (wanted == NULL || one->name == NULL) {
            return HPy_NULL;
        }
        chosen[i] = one->slot;
    }
    return count < 0 ? HPy_NULL : made(ctx, *mark, NULL, chosen, HPyType_BuiltinShape_Legacy, bases);
}
#endif

static HPyDef *ext_defines[] = {
    &make,
#ifndef HPY_ABI_UNIVERSAL
    &make_legacy,
#endif
    NULL,
};
static HPyModuleDef ext_module = {.doc = "Types with any slots.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
