/* The argument parser with formats and names that Python chooses. What is stored where nothing was given shows whether
   a variable was left alone. There is no raw twin: formats, messages and what counts as a mistake are HPy's own. */
#include "hpy.h"
#include "conform.h"

#define NAMES 16
#define LONGS 6
#define OBJECTS 16

enum { POSITIONAL, KEYWORDS, DICT };

/* What is common to a call of the parser: its inputs out of (how, tracked, fmt, names, positional, named, values). */
typedef struct {
    long how, tracked;
    const char *fmt;
    HPy names[NAMES];
    const char *keywords[NAMES + 1];
    HPy all[2 * OBJECTS];
    HPy_ssize_t count, nargs;
    HPy named;
} Inputs;

static void close_inputs(HPyContext *ctx, Inputs *in)
{
    for (HPy_ssize_t i = 0; i < NAMES; i++) {
        if (!HPy_IsNull(in->names[i])) {
            HPy_Close(ctx, in->names[i]);
        }
    }
    for (HPy_ssize_t i = 0; i < in->count; i++) {
        HPy_Close(ctx, in->all[i]);
    }
}

/* Append the items of a sequence to the array of arguments. */
static int append_items(HPyContext *ctx, Inputs *in, HPy sequence)
{
    HPy_ssize_t length = HPy_Length(ctx, sequence);
    if (length < 0 || in->count + length > 2 * OBJECTS) {
        return -1;
    }
    for (HPy_ssize_t i = 0; i < length; i++) {
        HPy item = HPy_GetItem_i(ctx, sequence, i);
        if (HPy_IsNull(item)) {
            return -1;
        }
        in->all[in->count++] = item;
    }
    return 0;
}

static int read_inputs(HPyContext *ctx, Inputs *in, const HPy *args, size_t nargs)
{
    memset(in, 0, sizeof(*in));
    for (size_t i = 0; i < NAMES; i++) {
        in->names[i] = HPy_NULL;
    }
    if (nargs != 7) {
        HPyErr_SetString(ctx, ctx->h_RuntimeError, "seven arguments, please");
        return -1;
    }
    in->how = HPyLong_AsLong(ctx, args[0]);
    in->tracked = HPyLong_AsLong(ctx, args[1]);
    in->fmt = HPyUnicode_AsUTF8AndSize(ctx, args[2], NULL);
    HPy_ssize_t names = HPy_Length(ctx, args[3]);
    if (in->fmt == NULL || names < 0 || names > NAMES) {
        return -1;
    }
    for (HPy_ssize_t i = 0; i < names; i++) {
        in->names[i] = HPy_GetItem_i(ctx, args[3], i);
        in->keywords[i] = HPyUnicode_AsUTF8AndSize(ctx, in->names[i], NULL);
    }
    if (append_items(ctx, in, args[4]) < 0) {
        return -1;
    }
    in->nargs = in->count;
    in->named = HPy_Is(ctx, args[5], ctx->h_None) ? HPy_NULL : args[5];
    return append_items(ctx, in, args[6]);
}

/* One call of the parser; every variable of a kind is passed, a format uses as many of them as it has units. */
#define PARSE(IN, HT, ...)                                                                                           \
    ((IN).how == POSITIONAL ? HPyArg_Parse(ctx, HT, (IN).all, (IN).nargs, (IN).fmt, __VA_ARGS__)                     \
     : (IN).how == KEYWORDS                                                                                          \
         ? HPyArg_ParseKeywords(ctx, HT, (IN).all, (IN).nargs, (IN).named, (IN).fmt, (IN).keywords, __VA_ARGS__)     \
         : HPyArg_ParseKeywordsDict(ctx, HT, (IN).all, (IN).nargs, (IN).named, (IN).fmt, (IN).keywords, __VA_ARGS__))

/* A failed parse has to set an exception, a successful one must not; 0 if so. */
static int wrong_state(HPyContext *ctx, int parsed)
{
    if (!parsed && !HPyErr_Occurred(ctx)) {
        HPyErr_SetString(ctx, ctx->h_AssertionError, "failed without an exception");
    }
    else if (parsed && HPyErr_Occurred(ctx)) {
        HPyErr_Clear(ctx);
        HPyErr_SetString(ctx, ctx->h_AssertionError, "succeeded with an exception");
        return -1;
    }
    return parsed ? 0 : -1;
}

/* longs(how, tracked, fmt, names, positional, named, values): the six variables, 90 to 95 where nothing was stored. */
HPyDef_METH(longs, "longs", HPyFunc_VARARGS)
static HPy longs_impl(HPyContext *ctx, HPy module, const HPy *args, size_t nargs)
{
    Inputs in;
    HPyTracker ht;
    long value[LONGS] = {90, 91, 92, 93, 94, 95};
    HPy result = HPy_NULL;
    if (read_inputs(ctx, &in, args, nargs) == 0) {
        int parsed = PARSE(in, in.tracked ? &ht : NULL, &value[0], &value[1], &value[2], &value[3], &value[4],
                           &value[5]);
        if (parsed && in.tracked) {
            HPyTracker_Close(ctx, ht);
        }
        if (wrong_state(ctx, parsed) == 0) {
            result = HPy_BuildValue(ctx, "(llllll)", value[0], value[1], value[2], value[3], value[4], value[5]);
        }
    }
    close_inputs(ctx, &in);
    return result;
}

/* objects(...), with the same arguments: the objects, "unset" where none was stored. A dictionary and the array of
   arguments are emptied before the handles are used. */
HPyDef_METH(objects, "objects", HPyFunc_VARARGS)
static HPy objects_impl(HPyContext *ctx, HPy module, const HPy *args, size_t nargs)
{
    Inputs in;
    HPyTracker ht;
    HPy value[OBJECTS], result = HPy_NULL;
    for (size_t i = 0; i < OBJECTS; i++) {
        value[i] = HPy_NULL;
    }
    if (read_inputs(ctx, &in, args, nargs) < 0) {
        close_inputs(ctx, &in);
        return HPy_NULL;
    }
    int parsed = PARSE(in, in.tracked ? &ht : NULL, &value[0], &value[1], &value[2], &value[3], &value[4], &value[5],
                       &value[6], &value[7], &value[8], &value[9], &value[10], &value[11], &value[12], &value[13],
                       &value[14], &value[15]);
    if (wrong_state(ctx, parsed) == 0) {
        HPy unset = HPyUnicode_FromString(ctx, "unset"), clear = HPyUnicode_FromString(ctx, "clear");
        if (in.how == DICT && !HPy_IsNull(in.named)) {
            HPy cleared = HPy_CallMethod(ctx, clear, &in.named, 1, HPy_NULL);
            if (!HPy_IsNull(cleared)) {
                HPy_Close(ctx, cleared);
            }
        }
        if (in.how != POSITIONAL) {
            for (HPy_ssize_t i = 0; i < in.count; i++) {
                HPy_Close(ctx, in.all[i]);
            }
            in.count = 0;
        }
        for (size_t i = 0; i < OBJECTS; i++) {
            value[i] = HPy_IsNull(value[i]) ? unset : value[i];
        }
        result = HPyTuple_FromArray(ctx, value, OBJECTS);
        HPy_Close(ctx, unset);
        HPy_Close(ctx, clear);
    }
    if (parsed && in.tracked) {
        HPyTracker_Close(ctx, ht);
    }
    close_inputs(ctx, &in);
    return result;
}

#define CASE(CODE, TYPE, START, BUILD)                                                                               \
    case CODE: {                                                                                                     \
        TYPE value[2] = {START, START};                                                                              \
        int parsed = by_name ? HPyArg_ParseKeywords(ctx, NULL, args + 2, nargs - 2, HPy_NULL, fmt, keywords, value)  \
                             : HPyArg_Parse(ctx, NULL, args + 2, nargs - 2, fmt, value);                             \
        if (wrong_state(ctx, parsed) < 0) {                                                                          \
            return HPy_NULL;                                                                                         \
        }                                                                                                            \
        if (value[1] != START) {                                                                                     \
            return HPyErr_SetString(ctx, ctx->h_AssertionError, "stored too much");                                  \
        }                                                                                                            \
        return BUILD;                                                                                                \
    }

/* typed(by_name, fmt, *one): what the parser makes of one argument, as the C type of the format's only unit. */
HPyDef_METH(typed, "typed", HPyFunc_VARARGS)
static HPy typed_impl(HPyContext *ctx, HPy module, const HPy *args, size_t nargs)
{
    const char *keywords[] = {"one", NULL};
    if (nargs < 2) {
        return HPyErr_SetString(ctx, ctx->h_RuntimeError, "two arguments at least, please");
    }
    long by_name = HPyLong_AsLong(ctx, args[0]);
    const char *fmt = HPyUnicode_AsUTF8AndSize(ctx, args[1], NULL);
    if (fmt == NULL) {
        return HPy_NULL;
    }
    switch (fmt[0] == '|' ? fmt[1] : fmt[0]) {
        CASE('b', unsigned char, 77, HPyLong_FromLong(ctx, value[0]))
        CASE('B', unsigned char, 77, HPyLong_FromLong(ctx, value[0]))
        CASE('h', short, 77, HPyLong_FromLong(ctx, value[0]))
        CASE('H', unsigned short, 77, HPyLong_FromLong(ctx, value[0]))
        CASE('i', int, 77, HPyLong_FromLong(ctx, value[0]))
        CASE('I', unsigned int, 77, HPyLong_FromUnsignedLong(ctx, value[0]))
        CASE('l', long, 77, HPyLong_FromLong(ctx, value[0]))
        CASE('k', unsigned long, 77, HPyLong_FromUnsignedLong(ctx, value[0]))
        CASE('L', long long, 77, HPyLong_FromLongLong(ctx, value[0]))
        CASE('K', unsigned long long, 77, HPyLong_FromUnsignedLongLong(ctx, value[0]))
        CASE('n', HPy_ssize_t, 77, HPyLong_FromSsize_t(ctx, value[0]))
        CASE('f', float, 77.0f, HPyFloat_FromDouble(ctx, value[0]))
        CASE('d', double, 77.0, HPyFloat_FromDouble(ctx, value[0]))
        CASE('p', int, 77, HPyLong_FromLong(ctx, value[0]))
        CASE('s', const char *, NULL, HPyBytes_FromString(ctx, value[0] == NULL ? "unset" : value[0]))
        default: {
            long value = 0;
            int parsed = HPyArg_Parse(ctx, NULL, args + 2, nargs - 2, fmt, &value);
            return wrong_state(ctx, parsed) < 0 ? HPy_NULL : HPyLong_FromLong(ctx, value);
        }
    }
}

/* named(a, b=.., *, c=..): a function as extensions write them, called by Python itself. */
HPyDef_METH(named, "named", HPyFunc_KEYWORDS)
static HPy named_impl(HPyContext *ctx, HPy module, const HPy *args, size_t nargs, HPy kwnames)
{
    static const char *keywords[] = {"", "b", "c", NULL};
    HPyTracker ht;
    HPy a, b = HPy_NULL;
    long c = 90;
    if (!HPyArg_ParseKeywords(ctx, &ht, args, nargs, kwnames, "O|O$l:named", keywords, &a, &b, &c)) {
        return HPy_NULL;
    }
    HPy third = HPyLong_FromLong(ctx, c);
    HPy result = HPy_IsNull(third) ? HPy_NULL : HPyTuple_Pack(ctx, 3, a, HPy_IsNull(b) ? ctx->h_None : b, third);
    HPyTracker_Close(ctx, ht);
    if (!HPy_IsNull(third)) {
        HPy_Close(ctx, third);
    }
    return result;
}

static HPyDef *ext_defines[] = {&longs, &objects, &typed, &named, NULL};
static HPyModuleDef ext_module = {.doc = "Argument parsing.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
