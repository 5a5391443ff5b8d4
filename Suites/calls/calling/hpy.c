/* Calls from C with arguments that Python chooses, and C functions that return what they were given. */
#include "hpy.h"
#include "conform.h"

#define MOST 24

/* The items of a tuple as an array, after `count` others; the new count, or -1. The handles are the caller's. */
static HPy_ssize_t unpack(HPyContext *ctx, HPy tuple, HPy *array, HPy_ssize_t count)
{
    HPy_ssize_t length = HPy_Length(ctx, tuple);
    if (length < 0 || count + length > MOST) {
        return -1;
    }
    for (HPy_ssize_t i = 0; i < length; i++) {
        array[count + i] = HPy_GetItem_i(ctx, tuple, i);
    }
    return count + length;
}

static void close_all(HPyContext *ctx, HPy *array, HPy_ssize_t count)
{
    for (HPy_ssize_t i = 0; i < count; i++) {
        HPy_Close(ctx, array[i]);
    }
}

/* How a call ended: its result, which may not come with an exception, or no result, which has to. */
static HPy checked(HPyContext *ctx, HPy result)
{
    int occurred = HPyErr_Occurred(ctx);
    if (HPy_IsNull(result) && !occurred) {
        return HPyErr_SetString(ctx, ctx->h_AssertionError, "no result and no exception");
    }
    if (!HPy_IsNull(result) && occurred) {
        HPy_Close(ctx, result);
        HPyErr_Clear(ctx);
        return HPyErr_SetString(ctx, ctx->h_AssertionError, "a result and an exception");
    }
    return result;
}

/* call(callable, positional, names, values): HPy_Call; names is None for HPy_NULL. */
HPyDef_METH(call, "call", HPyFunc_VARARGS)
static HPy call_impl(HPyContext *ctx, HPy module, const HPy *args, size_t nargs)
{
    HPy array[MOST];
    HPy_ssize_t given = unpack(ctx, args[1], array, 0), all = unpack(ctx, args[3], array, given);
    HPy names = HPy_Is(ctx, args[2], ctx->h_None) ? HPy_NULL : args[2];
    HPy result = checked(ctx, HPy_Call(ctx, args[0], all > 0 ? array : NULL, given, names));
    close_all(ctx, array, all);
    return result;
}

/* call_method(name, receiver and positional, names, values): HPy_CallMethod. */
HPyDef_METH(call_method, "call_method", HPyFunc_VARARGS)
static HPy call_method_impl(HPyContext *ctx, HPy module, const HPy *args, size_t nargs)
{
    HPy array[MOST];
    HPy_ssize_t given = unpack(ctx, args[1], array, 0), all = unpack(ctx, args[3], array, given);
    HPy names = HPy_Is(ctx, args[2], ctx->h_None) ? HPy_NULL : args[2];
    HPy result = checked(ctx, HPy_CallMethod(ctx, args[0], array, given, names));
    close_all(ctx, array, all);
    return result;
}

/* call_tuple_dict(callable, args, kw): HPy_CallTupleDict; None for HPy_NULL. */
HPyDef_METH(call_tuple_dict, "call_tuple_dict", HPyFunc_VARARGS)
static HPy call_tuple_dict_impl(HPyContext *ctx, HPy module, const HPy *args, size_t nargs)
{
    HPy positional = HPy_Is(ctx, args[1], ctx->h_None) ? HPy_NULL : args[1];
    HPy named = HPy_Is(ctx, args[2], ctx->h_None) ? HPy_NULL : args[2];
    return checked(ctx, HPy_CallTupleDict(ctx, args[0], positional, named));
}

HPyDef_METH(callable, "callable", HPyFunc_O)
static HPy callable_impl(HPyContext *ctx, HPy module, HPy arg)
{
    return HPyLong_FromLong(ctx, HPyCallable_Check(ctx, arg));
}

/* (self, positional, names, values) as Python objects; names is None if there were none. */
static HPy received(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy kwnames)
{
    HPy_ssize_t named = HPy_IsNull(kwnames) ? 0 : HPy_Length(ctx, kwnames);
    if (named < 0) {
        return HPy_NULL;
    }
    HPy positional = HPyTuple_FromArray(ctx, (HPy *)args, nargs);
    if (HPy_IsNull(positional)) {
        return HPy_NULL;
    }
    HPy result = HPy_NULL, values = HPyTuple_FromArray(ctx, (HPy *)args + nargs, named);
    if (!HPy_IsNull(values)) {
        result = HPyTuple_Pack(ctx, 4, self, positional, HPy_IsNull(kwnames) ? ctx->h_None : kwnames, values);
        HPy_Close(ctx, values);
    }
    HPy_Close(ctx, positional);
    return result;
}

/* Every signature twice: as functions of the module, and as methods of a type. Each one fails on request: those
   without arguments when `failing` is set, the others when the first argument is the text "fail". */
static int failing;

static int asked_to_fail(HPyContext *ctx, const HPy *args, HPy_ssize_t nargs)
{
    int fail = failing;
    if (nargs > 0 && HPyUnicode_Check(ctx, args[0])) {
        const char *text = HPyUnicode_AsUTF8AndSize(ctx, args[0], NULL);
        fail = text != NULL && strcmp(text, "fail") == 0;
    }
    if (fail) {
        HPyErr_SetString(ctx, ctx->h_LookupError, "as asked");
    }
    return fail;
}

HPyDef_METH(set_failing, "set_failing", HPyFunc_O)
static HPy set_failing_impl(HPyContext *ctx, HPy module, HPy arg)
{
    failing = HPy_IsTrue(ctx, arg);
    return failing < 0 ? HPy_NULL : HPy_Dup(ctx, ctx->h_None);
}

#define SIGNATURES(PREFIX)                                                                                           \
    HPyDef_METH(PREFIX##_noargs, "noargs", HPyFunc_NOARGS)                                                           \
    static HPy PREFIX##_noargs_impl(HPyContext *ctx, HPy self)                                                       \
    {                                                                                                                \
        return asked_to_fail(ctx, NULL, 0) ? HPy_NULL : received(ctx, self, NULL, 0, HPy_NULL);                      \
    }                                                                                                                \
    HPyDef_METH(PREFIX##_o, "o", HPyFunc_O)                                                                          \
    static HPy PREFIX##_o_impl(HPyContext *ctx, HPy self, HPy arg)                                                   \
    {                                                                                                                \
        return asked_to_fail(ctx, &arg, 1) ? HPy_NULL : received(ctx, self, &arg, 1, HPy_NULL);                      \
    }                                                                                                                \
    HPyDef_METH(PREFIX##_varargs, "varargs", HPyFunc_VARARGS)                                                        \
    static HPy PREFIX##_varargs_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)                       \
    {                                                                                                                \
        return asked_to_fail(ctx, args, nargs) ? HPy_NULL : received(ctx, self, args, nargs, HPy_NULL);              \
    }                                                                                                                \
    HPyDef_METH(PREFIX##_keywords, "keywords", HPyFunc_KEYWORDS)                                                     \
    static HPy PREFIX##_keywords_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy kwnames)         \
    {                                                                                                                \
        return asked_to_fail(ctx, args, nargs) ? HPy_NULL : received(ctx, self, args, nargs, kwnames);               \
    }
SIGNATURES(ext)
SIGNATURES(Methods)

/* An object that is called: by its type's function, or by one that was set for it. */
typedef struct {
    long number;
} Called;
HPyType_HELPERS(Called)

HPyDef_SLOT(Called_call, HPy_tp_call)
static HPy Called_call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy kwnames)
{
    conform_event("type's", Called_AsStruct(ctx, self)->number);
    return asked_to_fail(ctx, args, nargs) ? HPy_NULL : received(ctx, self, args, nargs, kwnames);
}

HPyDef_CALL_FUNCTION(own_call)
static HPy own_call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy kwnames)
{
    conform_event("own", Called_AsStruct(ctx, self)->number);
    return asked_to_fail(ctx, args, nargs) ? HPy_NULL : received(ctx, self, args, nargs, kwnames);
}

/* Called(number, own=False) */
HPyDef_SLOT(Called_new, HPy_tp_new)
static HPy Called_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    long number, own = 0;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "l|l", &number, &own)) {
        return HPy_NULL;
    }
    Called *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    self->number = number;
    if (own && HPy_SetCallFunction(ctx, object, &own_call) < 0) {
        HPy_Close(ctx, object);
        return HPy_NULL;
    }
    return object;
}

/* set_call(object): give any object a call function. */
HPyDef_METH(set_call, "set_call", HPyFunc_O)
static HPy set_call_impl(HPyContext *ctx, HPy module, HPy arg)
{
    int failed = HPy_SetCallFunction(ctx, arg, &own_call);
    return failed < 0 ? HPy_NULL : HPyLong_FromLong(ctx, failed);
}

HPyDef_SLOT(Methods_new, HPy_tp_new)
static HPy Methods_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    void *data;
    return HPy_New(ctx, cls, &data);
}

static HPyDef *Called_defines[] = {&Called_new, &Called_call, NULL};
static HPyType_Spec Called_spec = {
    .name = "ext.Called",
    .basicsize = sizeof(Called),
    .builtin_shape = SHAPE(Called),
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = Called_defines,
};
static HPyDef *Methods_defines[] = {
    &Methods_new, &Methods_noargs, &Methods_o, &Methods_varargs, &Methods_keywords, NULL,
};
static HPyType_Spec Methods_spec = {
    .name = "ext.Methods",
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = Methods_defines,
};

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    return HPyHelpers_AddType(ctx, module, "Called", &Called_spec, NULL) &&
                   HPyHelpers_AddType(ctx, module, "Methods", &Methods_spec, NULL)
               ? 0
               : -1;
}

static HPyDef *ext_defines[] = {
    &call, &call_method, &call_tuple_dict, &callable, &set_failing, &ext_noargs, &ext_o, &ext_varargs, &ext_keywords,
    &set_call, &ext_exec, NULL,
};
static HPyModuleDef ext_module = {.doc = "Calls.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
