/* Functions that each call one or two members from the end of HPy 0.9.0's context, and a type whose objects have
   call functions of their own. */
#include "hpy.h"
#include "conform.h"

/* The text of a str; NULL with an exception set. */
static const char *text_of(HPyContext *ctx, HPy object)
{
    return HPyUnicode_AsUTF8AndSize(ctx, object, NULL);
}

/* --- capsules --- */

static long capsule_number = 7;

HPyCapsule_DESTRUCTOR(number_destructor)
static void number_destructor_impl(const char *name, void *pointer, void *context)
{
    conform_event("destroy", *(long *)pointer);
}

HPyDef_METH(make_capsule, "make_capsule", HPyFunc_NOARGS)
static HPy make_capsule_impl(HPyContext *ctx, HPy self)
{
    return HPyCapsule_New(ctx, &capsule_number, "ext.number", &number_destructor);
}

HPyDef_METH(capsule_value, "capsule_value", HPyFunc_O)
static HPy capsule_value_impl(HPyContext *ctx, HPy self, HPy capsule)
{
    long *pointer = (long *)HPyCapsule_GetPointer(ctx, capsule, "ext.number");
    return pointer == NULL ? HPy_NULL : HPyLong_FromLong(ctx, *pointer);
}

HPyDef_METH(capsule_names, "capsule_names", HPyFunc_O)
static HPy capsule_names_impl(HPyContext *ctx, HPy self, HPy capsule)
{
    return HPy_BuildValue(ctx, "ii", HPyCapsule_IsValid(ctx, capsule, "ext.number") != 0,
                          HPyCapsule_IsValid(ctx, capsule, "ext.other") != 0);
}

static long other_number = 8;

HPyDef_METH(point_elsewhere, "point_elsewhere", HPyFunc_O)
static HPy point_elsewhere_impl(HPyContext *ctx, HPy self, HPy capsule)
{
    if (HPyCapsule_SetPointer(ctx, capsule, &other_number) < 0) {
        return HPy_NULL;
    }
    return HPy_Dup(ctx, ctx->h_None);
}

/* --- context variables --- */

HPyDef_METH(make_variable, "make_variable", HPyFunc_O)
static HPy make_variable_impl(HPyContext *ctx, HPy self, HPy default_value)
{
    return HPyContextVar_New(ctx, "variable", default_value);
}

HPyDef_METH(variable_value, "variable_value", HPyFunc_VARARGS)
static HPy variable_value_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy variable, value;
    HPy default_value = HPy_NULL;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "O|O", &variable, &default_value)) {
        return HPy_NULL;
    }
    if (HPyContextVar_Get(ctx, variable, default_value, &value) < 0) {
        return HPy_NULL;
    }
    return HPy_IsNull(value) ? HPyUnicode_FromString(ctx, "no value") : value;
}

HPyDef_METH(set_variable, "set_variable", HPyFunc_VARARGS)
static HPy set_variable_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy variable, value;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OO", &variable, &value)) {
        return HPy_NULL;
    }
    return HPyContextVar_Set(ctx, variable, value);
}

/* --- code --- */

HPyDef_METH(evaluate, "evaluate", HPyFunc_VARARGS)
static HPy evaluate_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy source, globals;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OO", &source, &globals)) {
        return HPy_NULL;
    }
    const char *text = text_of(ctx, source);
    if (text == NULL) {
        return HPy_NULL;
    }
    HPy code = HPy_Compile_s(ctx, text, "expression", HPy_SourceKind_Expr);
    if (HPy_IsNull(code)) {
        return HPy_NULL;
    }
    HPy value = HPy_EvalCode(ctx, code, globals, globals);
    HPy_Close(ctx, code);
    return value;
}

/* --- types, texts, dictionaries, slices --- */

HPyDef_METH(type_name, "type_name", HPyFunc_O)
static HPy type_name_impl(HPyContext *ctx, HPy self, HPy type)
{
    const char *name = HPyType_GetName(ctx, type);
    return name == NULL ? HPy_NULL : HPyUnicode_FromString(ctx, name);
}

HPyDef_METH(is_subtype, "is_subtype", HPyFunc_VARARGS)
static HPy is_subtype_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy sub, type;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OO", &sub, &type)) {
        return HPy_NULL;
    }
    return HPyBool_FromBool(ctx, HPyType_IsSubtype(ctx, sub, type) != 0);
}

HPyDef_METH(decode, "decode", HPyFunc_O)
static HPy decode_impl(HPyContext *ctx, HPy self, HPy bytes)
{
    return HPyUnicode_FromEncodedObject(ctx, bytes, "latin-1", "strict");
}

HPyDef_METH(substring, "substring", HPyFunc_VARARGS)
static HPy substring_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy text;
    long start, end;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "Oll", &text, &start, &end)) {
        return HPy_NULL;
    }
    return HPyUnicode_Substring(ctx, text, start, end);
}

HPyDef_METH(keys, "keys", HPyFunc_O)
static HPy keys_impl(HPyContext *ctx, HPy self, HPy dictionary)
{
    return HPyDict_Keys(ctx, dictionary);
}

HPyDef_METH(copy, "copy", HPyFunc_O)
static HPy copy_impl(HPyContext *ctx, HPy self, HPy dictionary)
{
    return HPyDict_Copy(ctx, dictionary);
}

HPyDef_METH(unpack, "unpack", HPyFunc_O)
static HPy unpack_impl(HPyContext *ctx, HPy self, HPy slice)
{
    HPy_ssize_t start, stop, step;
    if (HPySlice_Unpack(ctx, slice, &start, &stop, &step) < 0) {
        return HPy_NULL;
    }
    return HPy_BuildValue(ctx, "lll", (long)start, (long)stop, (long)step);
}

/* --- calls --- */

HPyDef_METH(call, "call", HPyFunc_VARARGS)
static HPy call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    if (nargs < 1) {
        HPyErr_SetString(ctx, ctx->h_TypeError, "something to call is missing");
        return HPy_NULL;
    }
    return HPy_Call(ctx, args[0], args + 1, nargs - 1, HPy_NULL);
}

HPyDef_METH(call_method, "call_method", HPyFunc_VARARGS)
static HPy call_method_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    if (nargs < 2) {
        HPyErr_SetString(ctx, ctx->h_TypeError, "a name or a receiver is missing");
        return HPy_NULL;
    }
    return HPy_CallMethod(ctx, args[0], args + 1, nargs - 1, HPy_NULL);
}

typedef struct {
    long number;
} Answer;
HPyType_HELPERS(Answer)

HPyDef_SLOT(Answer_call, HPy_tp_call)
static HPy Answer_call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy kwnames)
{
    return HPyLong_FromLong(ctx, Answer_AsStruct(ctx, self)->number);
}

HPyDef_CALL_FUNCTION(negative_call)
static HPy negative_call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy kwnames)
{
    return HPyLong_FromLong(ctx, -Answer_AsStruct(ctx, self)->number);
}

/* Answer(number, negative): what a call of it gives. */
HPyDef_SLOT(Answer_new, HPy_tp_new)
static HPy Answer_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    long number, is_negative;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "ll", &number, &is_negative)) {
        return HPy_NULL;
    }
    Answer *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    self->number = number;
    if (is_negative && HPy_SetCallFunction(ctx, object, &negative_call) < 0) {
        HPy_Close(ctx, object);
        return HPy_NULL;
    }
    return object;
}

static HPyDef *Answer_defines[] = {&Answer_new, &Answer_call, NULL};
static HPyType_Spec Answer_spec = {
    .name = "ext.Answer",
    .basicsize = sizeof(Answer),
    .builtin_shape = SHAPE(Answer),
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = Answer_defines,
};

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    return HPyHelpers_AddType(ctx, module, "Answer", &Answer_spec, NULL) ? 0 : -1;
}

static HPyDef *ext_defines[] = {
    &make_capsule, &capsule_value, &capsule_names, &point_elsewhere, &make_variable, &variable_value, &set_variable,
    &evaluate, &type_name, &is_subtype, &decode, &substring, &keys, &copy, &unpack, &call, &call_method, &ext_exec,
    NULL,
};
static HPyModuleDef ext_module = {.doc = "Functions from the end of the context.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
