/* Types that are called by HPy_tp_call, by a call function in their struct, or not at all, made on demand. Plain has a
   constructor; Spacious adds the struct of those that have a call function in it. Types with a call have a constructor
   of their own, which HPy's documents ask of those with a call function. */
#include "hpy.h"
#include "conform.h"
#include "conform_helpers.h"

typedef struct {
    HPyCallFunction call;
} Callable;
HPyType_HELPERS(Callable)

CONFORM_HPY_NEW(Plain_new)

/* Whose function was called, the positional arguments, and the others as a dictionary. */
static HPy told(HPyContext *ctx, long owner, const HPy *args, size_t nargs, HPy names)
{
    HPy_ssize_t count = HPy_IsNull(names) ? 0 : HPy_Length(ctx, names);
    HPy number = HPyLong_FromLong(ctx, owner), named = HPyDict_New(ctx), result = HPy_NULL;
    HPy positional = HPyTuple_FromArray(ctx, (HPy *)args, (HPy_ssize_t)nargs);
    if (count < 0 || HPy_IsNull(number) || HPy_IsNull(named) || HPy_IsNull(positional)) {
        goto done;
    }
    for (HPy_ssize_t i = 0; i < count; i++) {
        HPy name = HPy_GetItem_i(ctx, names, i);
        int failed = HPy_IsNull(name) || HPy_SetItem(ctx, named, name, args[nargs + i]) < 0;
        HPy_Close(ctx, name);
        if (failed) {
            goto done;
        }
    }
    result = HPyTuple_Pack(ctx, 3, number, positional, named);
done:
    HPy_Close(ctx, number);
    HPy_Close(ctx, named);
    HPy_Close(ctx, positional);
    return result;
}

/* The functions of one type. The constructor gives an object the call function of its type. */
#define OWNER(NAME, NUMBER)                                                                                          \
    HPyDef_SLOT(NAME##_call, HPy_tp_call)                                                                            \
    static HPy NAME##_call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy names)                 \
    {                                                                                                                \
        return told(ctx, NUMBER, args, nargs, names);                                                                \
    }                                                                                                                \
    HPyDef_CALL_FUNCTION(NAME##_fast)                                                                                \
    static HPy NAME##_fast_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy names)                 \
    {                                                                                                                \
        return told(ctx, NUMBER, args, nargs, names);                                                                \
    }                                                                                                                \
    HPyDef_SLOT(NAME##_new, HPy_tp_new)                                                                              \
    static HPy NAME##_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)                 \
    {                                                                                                                \
        Callable *data;                                                                                              \
        HPy self = HPy_New(ctx, cls, &data);                                                                         \
        if (!HPy_IsNull(self) && HPy_SetCallFunction(ctx, self, &NAME##_fast) < 0) {                                 \
            HPy_Close(ctx, self);                                                                                    \
            return HPy_NULL;                                                                                         \
        }                                                                                                            \
        return self;                                                                                                 \
    }                                                                                                                \
    CONFORM_HPY_NEW(NAME##_plain_new)                                                                                \
    HPyDef_MEMBER(NAME##_offset, "__vectorcalloffset__", HPyMember_HPYSSIZET, offsetof(Callable, call),              \
                  .readonly = 1)                                                                                     \
    static HPyDef *NAME##_call_defines[] = {&NAME##_call, &NAME##_plain_new, NULL};                                  \
    static HPyDef *NAME##_fast_defines[] = {&NAME##_offset, &NAME##_new, NULL};
OWNER(First, 1)
OWNER(Second, 2)
OWNER(Child, 3)

static const struct owner {
    const char *letter, *name;
    HPyDef **call, **fast;
} owners[] = {
    {"A", "ext.First", First_call_defines, First_fast_defines},
    {"B", "ext.Second", Second_call_defines, Second_fast_defines},
    {"C", "ext.Child", Child_call_defines, Child_fast_defines},
};

HPyDef_METH(make, "make", HPyFunc_VARARGS, .doc = "A new type that is called by one of the ways.")
static HPy make_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    const char *letter, *way;
    HPy bases;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "ssO", &letter, &way, &bases)) {
        return HPy_NULL;
    }
    const struct owner *owner = &owners[*letter - 'A'];
    HPyType_Spec spec = {
        .name = owner->name,
        .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
        .builtin_shape = SHAPE(Callable),
    };
    if (strcmp(way, "tp_call") == 0) {
        spec.defines = owner->call;
    } else if (strcmp(way, "vectorcall") == 0) {
        spec.basicsize = sizeof(Callable);
        spec.defines = owner->fast;
    }
    HPyType_SpecParam params[] = {{HPyType_SpecParam_BasesTuple, bases}, {(HPyType_SpecParam_Kind)0}};
    return HPyType_FromSpec(ctx, &spec, params);
}

HPyDef_METH(call, "call", HPyFunc_VARARGS, .doc = "Call with a tuple and a dictionary.")
static HPy call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy callable, positional, named;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OOO", &callable, &positional, &named)) {
        return HPy_NULL;
    }
    return HPy_CallTupleDict(ctx, callable, positional, named);
}

HPyDef_METH(call_array, "call_array", HPyFunc_VARARGS, .doc = "Call with an array.")
static HPy call_array_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy callable, positional, names, values, array[8], result = HPy_NULL;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OOOO", &callable, &positional, &names, &values)) {
        return HPy_NULL;
    }
    HPy_ssize_t before = HPy_Length(ctx, positional), count = HPy_Length(ctx, names), filled = 0;
    if (before < 0 || count < 0) {
        return HPy_NULL;
    }
    if (before + count > 8) {
        return HPyErr_SetString(ctx, ctx->h_ValueError, "eight arguments at most");
    }
    for (; filled < before + count; filled++) {
        array[filled] = filled < before ? HPy_GetItem_i(ctx, positional, filled)
                                        : HPy_GetItem_i(ctx, values, filled - before);
        if (HPy_IsNull(array[filled])) {
            goto done;
        }
    }
    result = HPy_Call(ctx, callable, array, (size_t)before, count == 0 ? HPy_NULL : names);
done:
    while (filled > 0) {
        HPy_Close(ctx, array[--filled]);
    }
    return result;
}

HPyDef_METH(is_callable, "is_callable", HPyFunc_O)
static HPy is_callable_impl(HPyContext *ctx, HPy self, HPy one)
{
    return HPyBool_FromLong(ctx, HPyCallable_Check(ctx, one));
}

static HPyDef *Plain_defines[] = {&Plain_new, NULL};
static HPyType_Spec Plain_spec = {
    .name = "ext.Plain",
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Plain_defines,
};
static HPyType_Spec Spacious_spec = {
    .name = "ext.Spacious",
    .basicsize = sizeof(Callable),
    .builtin_shape = SHAPE(Callable),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
};

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    return HPyHelpers_AddType(ctx, module, "Plain", &Plain_spec, NULL) &&
                   conform_hpy_add_derived(ctx, module, "Spacious", &Spacious_spec, "Plain", NULL)
               ? 0
               : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &make, &call, &call_array, &is_callable, NULL};
static HPyModuleDef ext_module = {.doc = "Types that are called, made on demand.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
