/* Exceptions, warnings, calls, context variables, struct sequences and built values. None stands for HPy_NULL where a
   function takes that. */
#include "hpy.h"
#include "conform.h"
#include <errno.h>

static HPy or_null(HPyContext *ctx, HPy object)
{
    return HPy_Is(ctx, object, ctx->h_None) ? HPy_NULL : object;
}

static const char *text_or_null(HPyContext *ctx, HPy object)
{
    return HPy_Is(ctx, object, ctx->h_None) ? NULL : HPyUnicode_AsUTF8AndSize(ctx, object, NULL);
}

#define FUNCTION(N, CALL)                                                                                            \
    HPyDef_METH(f_##N, #N, HPyFunc_VARARGS)                                                                          \
    static HPy f_##N##_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)                                \
    {                                                                                                                \
        return CALL;                                                                                                 \
    }
#define TEXT(i) text_or_null(ctx, args[i])
#define NULLABLE(i) or_null(ctx, args[i])

/* --- exceptions --- */

FUNCTION(set_string, HPyErr_SetString(ctx, args[0], TEXT(1)))
FUNCTION(set_object, HPyErr_SetObject(ctx, args[0], args[1]))
FUNCTION(no_memory, HPyErr_NoMemory(ctx))
FUNCTION(new_exception, HPyErr_NewException(ctx, TEXT(0), NULLABLE(1), NULLABLE(2)))
FUNCTION(new_documented, HPyErr_NewExceptionWithDoc(ctx, TEXT(0), TEXT(1), NULLABLE(2), NULLABLE(3)))
FUNCTION(with_filename, (errno = ENOENT, HPyErr_SetFromErrnoWithFilename(ctx, args[0], TEXT(1))))
FUNCTION(with_filenames,
         (errno = EEXIST, HPyErr_SetFromErrnoWithFilenameObjects(ctx, args[0], NULLABLE(1), NULLABLE(2))))

/* What is told of an exception before, with and after it. */
HPyDef_METH(f_told, "told", HPyFunc_VARARGS)
static HPy f_told_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    int before = HPyErr_Occurred(ctx);
    HPyErr_SetString(ctx, args[0], "a message");
    int with = HPyErr_Occurred(ctx);
    int matches = HPyErr_ExceptionMatches(ctx, args[1]);
    HPyErr_Clear(ctx);
    return HPy_BuildValue(ctx, "iiii", before, with, matches, HPyErr_Occurred(ctx));
}

HPyDef_METH(f_warn, "warn", HPyFunc_VARARGS)
static HPy f_warn_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    int result = HPyErr_WarnEx(ctx, NULLABLE(0), TEXT(1), 1);
    return result < 0 ? HPy_NULL : HPyLong_FromLong(ctx, result);
}

/* --- calls: names of keywords come second, their values last --- */

static size_t positional(HPyContext *ctx, HPy names, size_t count)
{
    return HPy_Is(ctx, names, ctx->h_None) ? count : count - (size_t)HPy_Length(ctx, names);
}

FUNCTION(call, HPy_Call(ctx, args[0], args + 2, positional(ctx, args[1], nargs - 2), NULLABLE(1)))
FUNCTION(call_method, HPy_CallMethod(ctx, args[0], args + 2, positional(ctx, args[1], nargs - 2), NULLABLE(1)))
FUNCTION(call_tuple_dict, HPy_CallTupleDict(ctx, args[0], NULLABLE(1), NULLABLE(2)))
FUNCTION(method_tuple_dict, HPy_CallMethodTupleDict(ctx, args[0], args[1], NULLABLE(2), NULLABLE(3)))
FUNCTION(method_tuple_dict_s, HPy_CallMethodTupleDict_s(ctx, TEXT(0), args[1], NULLABLE(2), NULLABLE(3)))

/* --- context variables --- */

FUNCTION(var_new, HPyContextVar_New(ctx, TEXT(0), NULLABLE(1)))
FUNCTION(var_set, HPyContextVar_Set(ctx, args[0], args[1]))

HPyDef_METH(f_var_get, "var_get", HPyFunc_VARARGS)
static HPy f_var_get_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy value;
    if (HPyContextVar_Get(ctx, args[0], NULLABLE(1), &value) < 0) {
        return HPy_NULL;
    }
    return HPy_IsNull(value) ? HPyUnicode_FromString(ctx, "no value") : value;
}

/* --- struct sequences --- */

static HPyStructSequence_Field point_fields[] = {{"x", "First."}, {"y", NULL}, {"z", "Last."}, {NULL, NULL}};
static HPyStructSequence_Desc point_desc = {.name = "ext.Point", .doc = "A point.", .fields = point_fields};
static HPyStructSequence_Field no_fields[] = {{NULL, NULL}};
static HPyStructSequence_Desc nothing_desc = {.name = "Nothing", .fields = no_fields};

FUNCTION(point_type, HPyStructSequence_NewType(ctx, &point_desc))
FUNCTION(nothing_type, HPyStructSequence_NewType(ctx, &nothing_desc))
FUNCTION(new_sequence, HPyStructSequence_New(ctx, args[0], (HPy_ssize_t)nargs - 1, (HPy *)args + 1))

/* --- built values --- */

HPyDef_METH(f_build, "build", HPyFunc_VARARGS)
static HPy f_build_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy object = args[1];
    switch (HPyLong_AsLong(ctx, args[0])) {
    case 0:
        return HPy_BuildValue(ctx, "");
    case 1:
        return HPy_BuildValue(ctx, "i", -5);
    case 2:
        return HPy_BuildValue(ctx, "iIlkLKn", -1, 4294967295U, -2147483649L, 4294967296UL, -9223372036854775807LL,
                              18446744073709551615ULL, (HPy_ssize_t)-7);
    case 3:
        return HPy_BuildValue(ctx, "fds", 1.5, -2.25, "t\xc3\xa4xt");
    case 4:
        return HPy_BuildValue(ctx, "O", object);
    case 5:
        return HPy_BuildValue(ctx, "OS", object, object);
    case 6:
        return HPy_BuildValue(ctx, "()");
    case 7:
        return HPy_BuildValue(ctx, "(i)", 1);
    case 8:
        return HPy_BuildValue(ctx, "[]");
    case 9:
        return HPy_BuildValue(ctx, "[i,O,i]", 1, object, 3);
    case 10:
        return HPy_BuildValue(ctx, "{}");
    case 11:
        return HPy_BuildValue(ctx, "{s:i,i:O}", "one", 1, 2, object);
    case 12:
        return HPy_BuildValue(ctx, "i(O[ii]){s:(i)}s", 1, object, 2, 3, "key", 4, "end");
    default:
        return HPy_BuildValue(ctx, "((i)[(O)])", 1, object);
    }
}

HPyDef_METH(f_refuse, "refuse", HPyFunc_VARARGS)
static HPy f_refuse_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy object = args[1];
    switch (HPyLong_AsLong(ctx, args[0])) {
    case 0:
        return HPy_BuildValue(ctx, "Oq", object, 1);
    case 1:
        return HPy_BuildValue(ctx, "O(O", object, object);
    case 2:
        return HPy_BuildValue(ctx, "O[O", object, object);
    case 3:
        return HPy_BuildValue(ctx, "O{s:O", object, "key", object);
    case 4:
        return HPy_BuildValue(ctx, "N", object);
    case 5:
        return HPy_BuildValue(ctx, "O{s}", object, "key");
    case 6:
        return HPy_BuildValue(ctx, "{s:O,,s:O}", "one", object, "two", object);
    case 7:
        return HPy_BuildValue(ctx, "{s:Os:O}", "one", object, "two", object);
    case 8:
        return HPy_BuildValue(ctx, "(O[O))", object, object);
    case 9:
        return HPy_BuildValue(ctx, "[O(O]]", object, object);
    case 10:
        return HPy_BuildValue(ctx, "(O{s:O))", object, "key", object);
    case 11:
        return HPy_BuildValue(ctx, "O", HPy_NULL);
    case 12:
        return HPy_BuildValue(ctx, "[OO]", object, HPy_NULL);
    case 13:
        return HPy_BuildValue(ctx, "{O:O}", object, HPy_NULL);
    case 14:
        return HPy_BuildValue(ctx, "{[O]:O}", object, object);
    default:
        HPyErr_SetString(ctx, ctx->h_KeyError, "earlier");
        return HPy_BuildValue(ctx, "(OO)", object, HPy_NULL);
    }
}

static HPyDef *ext_defines[] = {
    &f_set_string, &f_set_object, &f_no_memory, &f_new_exception, &f_new_documented, &f_with_filename,
    &f_with_filenames, &f_told, &f_warn, &f_call, &f_call_method, &f_call_tuple_dict, &f_method_tuple_dict,
    &f_method_tuple_dict_s, &f_var_new, &f_var_set, &f_var_get, &f_point_type, &f_nothing_type, &f_new_sequence,
    &f_build, &f_refuse, NULL,
};
static HPyModuleDef ext_module = {.doc = "Errors, calls and others.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
