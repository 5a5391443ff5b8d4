/* Capsules whose pointers and contexts are plain numbers, with one of three names and one of two destructors. */
#include "hpy.h"
#include "conform.h"

static const char *const names[] = {NULL, "ext.one", "ext.two"};

static long name_number(const char *name)
{
    for (long i = 1; name != NULL && i < 3; i++) {
        if (strcmp(name, names[i]) == 0) {
            return i;
        }
    }
    return name == NULL ? 0 : -1;
}

HPyCapsule_DESTRUCTOR(first)
static void first_impl(const char *name, void *pointer, void *context)
{
    conform_event("first: name", name_number(name));
    conform_event("first: pointer", (long long)(HPy_ssize_t)pointer);
    conform_event("first: context", (long long)(HPy_ssize_t)context);
}

HPyCapsule_DESTRUCTOR(second)
static void second_impl(const char *name, void *pointer, void *context)
{
    conform_event("second: pointer", (long long)(HPy_ssize_t)pointer);
}

static HPyCapsule_Destructor without_function;
static HPyCapsule_Destructor *const destructors[] = {NULL, &first, &second, &without_function};

static HPy none_unless(HPyContext *ctx, int result)
{
    return result < 0 ? HPy_NULL : HPy_Dup(ctx, ctx->h_None);
}

/* NULL is an error or no number. */
static HPy number(HPyContext *ctx, void *pointer)
{
    if (pointer == NULL) {
        return HPyErr_Occurred(ctx) ? HPy_NULL : HPy_Dup(ctx, ctx->h_None);
    }
    return HPyLong_FromSsize_t(ctx, (HPy_ssize_t)pointer);
}

HPyDef_METH(make, "make", HPyFunc_VARARGS)
static HPy make_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy pointer;
    long name, destructor;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "Oll", &pointer, &name, &destructor)) {
        return HPy_NULL;
    }
    void *value = HPyLong_AsVoidPtr(ctx, pointer);
    if (value == NULL && HPyErr_Occurred(ctx)) {
        return HPy_NULL;
    }
    return HPyCapsule_New(ctx, value, names[name], destructors[destructor]);
}

HPyDef_METH(is_capsule, "is_capsule", HPyFunc_O)
static HPy is_capsule_impl(HPyContext *ctx, HPy self, HPy object)
{
    return HPyBool_FromBool(ctx, HPy_TypeCheck(ctx, object, ctx->h_CapsuleType) != 0);
}

HPyDef_METH(is_valid, "is_valid", HPyFunc_VARARGS)
static HPy is_valid_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy capsule;
    long name;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "Ol", &capsule, &name)) {
        return HPy_NULL;
    }
    return HPyBool_FromBool(ctx, HPyCapsule_IsValid(ctx, capsule, names[name]) != 0);
}

HPyDef_METH(pointer, "pointer", HPyFunc_VARARGS)
static HPy pointer_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy capsule;
    long name;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "Ol", &capsule, &name)) {
        return HPy_NULL;
    }
    return number(ctx, HPyCapsule_GetPointer(ctx, capsule, names[name]));
}

HPyDef_METH(name, "name", HPyFunc_O)
static HPy name_impl(HPyContext *ctx, HPy self, HPy capsule)
{
    const char *text = HPyCapsule_GetName(ctx, capsule);
    if (text == NULL) {
        return HPyErr_Occurred(ctx) ? HPy_NULL : HPy_Dup(ctx, ctx->h_None);
    }
    return HPyUnicode_FromString(ctx, text);
}

HPyDef_METH(context, "context", HPyFunc_O)
static HPy context_impl(HPyContext *ctx, HPy self, HPy capsule)
{
    return number(ctx, HPyCapsule_GetContext(ctx, capsule));
}

HPyDef_METH(set_pointer, "set_pointer", HPyFunc_VARARGS)
static HPy set_pointer_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy capsule;
    long value;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "Ol", &capsule, &value)) {
        return HPy_NULL;
    }
    return none_unless(ctx, HPyCapsule_SetPointer(ctx, capsule, (void *)(HPy_ssize_t)value));
}

HPyDef_METH(set_name, "set_name", HPyFunc_VARARGS)
static HPy set_name_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy capsule;
    long value;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "Ol", &capsule, &value)) {
        return HPy_NULL;
    }
    return none_unless(ctx, HPyCapsule_SetName(ctx, capsule, names[value]));
}

HPyDef_METH(set_context, "set_context", HPyFunc_VARARGS)
static HPy set_context_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy capsule;
    long value;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "Ol", &capsule, &value)) {
        return HPy_NULL;
    }
    return none_unless(ctx, HPyCapsule_SetContext(ctx, capsule, (void *)(HPy_ssize_t)value));
}

HPyDef_METH(set_destructor, "set_destructor", HPyFunc_VARARGS)
static HPy set_destructor_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy capsule;
    long value;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "Ol", &capsule, &value)) {
        return HPy_NULL;
    }
    return none_unless(ctx, HPyCapsule_SetDestructor(ctx, capsule, destructors[value]));
}

/* The function that all others read with exists in the universal ABI alone. */
HPyDef_METH(get_destructor, "destructor", HPyFunc_O)
static HPy get_destructor_impl(HPyContext *ctx, HPy self, HPy capsule)
{
#ifdef HPY_ABI_CPYTHON
    return HPyErr_SetString(ctx, ctx->h_NotImplementedError, "HPyCapsule_Get");
#else
    void *found = HPyCapsule_Get(ctx, capsule, HPyCapsule_key_Destructor, NULL);
    if (found == NULL && HPyErr_Occurred(ctx)) {
        return HPy_NULL;
    }
    return HPyBool_FromBool(ctx, found != NULL);
#endif
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    without_function = first;
    without_function.impl = NULL;
    return 0;
}

static HPyDef *ext_defines[] = {
    &ext_exec, &make, &is_capsule, &is_valid, &pointer, &name, &context, &set_pointer, &set_name, &set_context,
    &set_destructor, &get_destructor, NULL,
};
static HPyModuleDef ext_module = {.doc = "Capsules.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
