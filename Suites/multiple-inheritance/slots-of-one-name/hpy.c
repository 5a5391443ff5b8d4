/* Types with slots of which several serve one method, made on demand. Each function of a slot records whose it is. */
#include "hpy.h"
#include "slots.h"

static HPy item_at(HPyContext *ctx, HPy_ssize_t index, const char *slot)
{
    conform_event("index", index);
    if (index < 0 || index > 2) {
        return HPyErr_SetString(ctx, ctx->h_IndexError, "there are three items");
    }
    return HPyUnicode_FromString(ctx, slot);
}

static int stored_at(HPy_ssize_t index)
{
    conform_event("index", index);
    return 0;
}

#define HPY_FUNCTION(OWNER, SLOT, RESULT, PARAMETERS, ANSWER)                                                        \
    HPyDef_SLOT(OWNER##_##SLOT, HPy_##SLOT)                                                                          \
    static RESULT OWNER##_##SLOT##_impl PARAMETERS                                                                   \
    {                                                                                                                \
        CALLED(OWNER, SLOT);                                                                                         \
        return ANSWER;                                                                                               \
    }
#define TEXT(SLOT) HPyUnicode_FromString(ctx, #SLOT)

#define BINARY(OWNER, SLOT) HPY_FUNCTION(OWNER, SLOT, HPy, (HPyContext * ctx, HPy a, HPy b), TEXT(SLOT))
#define ASSIGNED(OWNER, SLOT) HPY_FUNCTION(OWNER, SLOT, int, (HPyContext * ctx, HPy a, HPy b, HPy c), 0)
#define UNARY(OWNER, SLOT) HPY_FUNCTION(OWNER, SLOT, HPy, (HPyContext * ctx, HPy a), TEXT(SLOT))
#define INTEGER(OWNER, SLOT) HPY_FUNCTION(OWNER, SLOT, HPy, (HPyContext * ctx, HPy a), HPyLong_FromLong(ctx, 1))
#define REAL(OWNER, SLOT) HPY_FUNCTION(OWNER, SLOT, HPy, (HPyContext * ctx, HPy a), HPyFloat_FromDouble(ctx, 1.5))
#define LENGTH(OWNER, SLOT) HPY_FUNCTION(OWNER, SLOT, HPy_ssize_t, (HPyContext * ctx, HPy a), 3)
#define ITEM(OWNER, SLOT)                                                                                            \
    HPY_FUNCTION(OWNER, SLOT, HPy, (HPyContext * ctx, HPy a, HPy_ssize_t b), item_at(ctx, b, #SLOT))
#define REPEATED(OWNER, SLOT) HPY_FUNCTION(OWNER, SLOT, HPy, (HPyContext * ctx, HPy a, HPy_ssize_t b), TEXT(SLOT))
#define STORED(OWNER, SLOT)                                                                                          \
    HPY_FUNCTION(OWNER, SLOT, int, (HPyContext * ctx, HPy a, HPy_ssize_t b, HPy c), stored_at(b))
#define HASH(OWNER, SLOT) HPY_FUNCTION(OWNER, SLOT, HPy_hash_t, (HPyContext * ctx, HPy a), 42)
#define COMPARED(OWNER, SLOT)                                                                                        \
    HPY_FUNCTION(OWNER, SLOT, HPy, (HPyContext * ctx, HPy a, HPy b, HPy_RichCmpOp c), TEXT(SLOT))

SHARED_SLOTS(A)
SHARED_SLOTS(B)

#undef BINARY
#undef ASSIGNED
#undef UNARY
#undef INTEGER
#undef REAL
#undef LENGTH
#undef ITEM
#undef REPEATED
#undef STORED
#undef HASH
#undef COMPARED

struct slot {
    const char *name;
    HPyDef *define;
};
#define ENTRY(OWNER, SLOT) {#SLOT, &OWNER##_##SLOT},
#define BINARY ENTRY
#define ASSIGNED ENTRY
#define UNARY ENTRY
#define INTEGER ENTRY
#define REAL ENTRY
#define LENGTH ENTRY
#define ITEM ENTRY
#define REPEATED ENTRY
#define STORED ENTRY
#define HASH ENTRY
#define COMPARED ENTRY
static const struct slot slots[2][32] = {{SHARED_SLOTS(A)}, {SHARED_SLOTS(B)}};
#undef BINARY
#undef ASSIGNED

/* A new type without a struct, with these defines or these legacy slots. */
static HPy made(HPyContext *ctx, char owner, HPyDef **defines, void *legacy, HPyType_BuiltinShape shape, HPy bases)
{
    HPyType_Spec spec = {
        .name = owner == 'A' ? "ext.First" : owner == 'B' ? "ext.Second" : "ext.Child",
        .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
        .builtin_shape = shape,
        .legacy_slots = legacy,
        .defines = defines,
    };
    HPyType_SpecParam params[] = {{HPyType_SpecParam_BasesTuple, bases}, {(HPyType_SpecParam_Kind)0}};
    HPy_ssize_t count = HPy_Length(ctx, bases);
    return count < 0 ? HPy_NULL : HPyType_FromSpec(ctx, &spec, count == 0 ? NULL : params);
}

/* The number of names, of which there may be six; -1 with an exception. */
static HPy_ssize_t number_of_names(HPyContext *ctx, HPy names)
{
    HPy_ssize_t count = HPy_Length(ctx, names);
    if (count > 6) {
        HPyErr_SetString(ctx, ctx->h_ValueError, "six slots at most");
        return -1;
    }
    return count;
}

HPyDef_METH(make, "make", HPyFunc_VARARGS, .doc = "A new type with the slots of these names, of A or B.")
static HPy make_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    const char *owner;
    HPy names, bases;
    HPyDef *chosen[7] = {NULL};
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "sOO", &owner, &names, &bases)) {
        return HPy_NULL;
    }
    HPy_ssize_t count = number_of_names(ctx, names);
    for (HPy_ssize_t i = 0; i < count; i++) {
        HPy name = HPy_GetItem_i(ctx, names, i);
        const char *wanted = HPy_IsNull(name) ? NULL : HPyUnicode_AsUTF8AndSize(ctx, name, NULL);
        const struct slot *one = slots[*owner == 'B'];
        while (wanted != NULL && one->name != NULL && strcmp(one->name, wanted) != 0) {
            one++;
        }
        HPy_Close(ctx, name);
        if (wanted == NULL || one->name == NULL) {
            return wanted == NULL ? HPy_NULL : HPyErr_SetString(ctx, ctx->h_LookupError, "no such slot");
        }
        chosen[i] = one->define;
    }
    return count < 0 ? HPy_NULL : made(ctx, *owner, chosen, NULL, HPyType_BuiltinShape_Object, bases);
}

#ifndef HPY_ABI_UNIVERSAL

#define BINARY(OWNER, SLOT) CAPI_BINARY(OWNER, SLOT)
#define ASSIGNED(OWNER, SLOT) CAPI_ASSIGNED(OWNER, SLOT)
#define NAMED(OWNER, SLOT) CAPI_NAMED(OWNER, SLOT)
#define SET_NAMED(OWNER, SLOT) CAPI_SET_NAMED(OWNER, SLOT)
ATTRIBUTE_SLOTS(A)
ATTRIBUTE_SLOTS(B)
#undef BINARY
#undef ASSIGNED
#undef NAMED
#undef SET_NAMED

struct legacy {
    const char *name;
    PyType_Slot slot;
};
#define LEGACY_ENTRY(OWNER, SLOT) {#SLOT, {Py_##SLOT, (void *)OWNER##_##SLOT}},
#define BINARY LEGACY_ENTRY
#define ASSIGNED LEGACY_ENTRY
#define NAMED LEGACY_ENTRY
#define SET_NAMED LEGACY_ENTRY
static const struct legacy legacy_slots[2][8] = {{ATTRIBUTE_SLOTS(A)}, {ATTRIBUTE_SLOTS(B)}};

HPyDef_METH(make_legacy, "make_legacy", HPyFunc_VARARGS, .doc = "A new type with these legacy slots.")
static HPy make_legacy_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    const char *owner;
    HPy names, bases;
    PyType_Slot chosen[7] = {{0, NULL}};
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "sOO", &owner, &names, &bases)) {
        return HPy_NULL;
    }
    HPy_ssize_t count = number_of_names(ctx, names);
    for (HPy_ssize_t i = 0; i < count; i++) {
        HPy name = HPy_GetItem_i(ctx, names, i);
        const char *wanted = HPy_IsNull(name) ? NULL : HPyUnicode_AsUTF8AndSize(ctx, name, NULL);
        const struct legacy *one = legacy_slots[*owner == 'B'];
        while (wanted != NULL && one->name != NULL && strcmp(one->name, wanted) != 0) {
            one++;
        }
        HPy_Close(ctx, name);
        if (wanted == NULL || one->name == NULL) {
            return wanted == NULL ? HPy_NULL : HPyErr_SetString(ctx, ctx->h_LookupError, "no such slot");
        }
        chosen[i] = one->slot;
    }
    return count < 0 ? HPy_NULL : made(ctx, *owner, NULL, chosen, HPyType_BuiltinShape_Legacy, bases);
}

static PyMethodDef legacy_methods[] = {PROTOCOL_METHODS, {NULL}};
#endif

HPyDef_METH(size, "size", HPyFunc_O)
static HPy size_impl(HPyContext *ctx, HPy self, HPy one)
{
    HPy_ssize_t length = HPy_Length(ctx, one);
    return length < 0 ? HPy_NULL : HPyLong_FromSsize_t(ctx, length);
}

HPyDef_METH(get, "get", HPyFunc_VARARGS)
static HPy get_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy one, key;
    return HPyArg_Parse(ctx, NULL, args, nargs, "OO", &one, &key) ? HPy_GetItem(ctx, one, key) : HPy_NULL;
}

static HPy none_after_call(HPyContext *ctx, int failed)
{
    return failed ? HPy_NULL : HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(set, "set", HPyFunc_VARARGS)
static HPy set_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy one, key;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OO", &one, &key)) {
        return HPy_NULL;
    }
    return none_after_call(ctx, HPy_SetItem(ctx, one, key, ctx->h_None) < 0);
}

HPyDef_METH(delete, "delete", HPyFunc_VARARGS)
static HPy delete_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy one, key;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OO", &one, &key)) {
        return HPy_NULL;
    }
    return none_after_call(ctx, HPy_DelItem(ctx, one, key) < 0);
}

HPyDef_METH(get_number, "get_number", HPyFunc_VARARGS)
static HPy get_number_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy one;
    long number;
    return HPyArg_Parse(ctx, NULL, args, nargs, "Ol", &one, &number) ? HPy_GetItem_i(ctx, one, number) : HPy_NULL;
}

#define OPERATION(NAME, FUNCTION)                                                                                    \
    HPyDef_METH(NAME, #NAME, HPyFunc_VARARGS)                                                                        \
    static HPy NAME##_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)                                 \
    {                                                                                                                \
        HPy left, right;                                                                                             \
        return HPyArg_Parse(ctx, NULL, args, nargs, "OO", &left, &right) ? FUNCTION(ctx, left, right) : HPy_NULL;    \
    }
OPERATION(add, HPy_Add)
OPERATION(multiply, HPy_Multiply)
OPERATION(inplace_add, HPy_InPlaceAdd)
OPERATION(inplace_multiply, HPy_InPlaceMultiply)

#define CONVERSION(NAME, FUNCTION)                                                                                   \
    HPyDef_METH(NAME, #NAME, HPyFunc_O)                                                                              \
    static HPy NAME##_impl(HPyContext *ctx, HPy self, HPy one)                                                       \
    {                                                                                                                \
        return FUNCTION(ctx, one);                                                                                   \
    }
CONVERSION(to_int, HPy_Long)
CONVERSION(to_float, HPy_Float)
CONVERSION(to_index, HPy_Index)
CONVERSION(to_repr, HPy_Repr)
CONVERSION(to_str, HPy_Str)

static HPyDef *ext_defines[] = {
    &make,
#ifndef HPY_ABI_UNIVERSAL
    &make_legacy,
#endif
    &size,
    &get,
    &get_number,
    &set,
    &delete,
    &add,
    &multiply,
    &inplace_add,
    &inplace_multiply,
    &to_int,
    &to_float,
    &to_index,
    &to_repr,
    &to_str,
    NULL,
};
static HPyModuleDef ext_module = {
    .doc = "Types with slots that share the name of a method.",
    .defines = ext_defines,
#ifndef HPY_ABI_UNIVERSAL
    .legacy_methods = legacy_methods,
#endif
};
HPy_MODINIT(ext, ext_module)
