/* A module with three exec slots between its methods, two globals, and functions of each signature. */
#include "hpy.h"
#include "conform.h"

static HPyGlobal first_global, second_global;

/* Adds a number to the list `steps` of the module. */
static int add_step(HPyContext *ctx, HPy module, long number)
{
    conform_event("exec", number);
    HPy steps = HPy_GetAttr_s(ctx, module, "steps");
    if (HPy_IsNull(steps)) {
        return -1;
    }
    HPy step = HPyLong_FromLong(ctx, number);
    int failed = HPy_IsNull(step) ? -1 : HPyList_Append(ctx, steps, step);
    HPy_Close(ctx, step);
    HPy_Close(ctx, steps);
    return failed;
}

HPyDef_SLOT(exec_list, HPy_mod_exec)
static int exec_list_impl(HPyContext *ctx, HPy module)
{
    HPy steps = HPyList_New(ctx, 0);
    if (HPy_IsNull(steps)) {
        return -1;
    }
    int failed = HPy_SetAttr_s(ctx, module, "steps", steps);
    HPy_Close(ctx, steps);
    return failed < 0 ? -1 : add_step(ctx, module, 1);
}

HPyDef_SLOT(exec_globals, HPy_mod_exec)
static int exec_globals_impl(HPyContext *ctx, HPy module)
{
    HPyGlobal_Store(ctx, &first_global, ctx->h_None);
    HPyGlobal_Store(ctx, &second_global, ctx->h_None);
    return add_step(ctx, module, 2);
}

HPyDef_SLOT(exec_attributes, HPy_mod_exec)
static int exec_attributes_impl(HPyContext *ctx, HPy module)
{
    HPy error = HPyErr_NewExceptionWithDoc(ctx, "ext.Error", "The module's own.", ctx->h_LookupError, HPy_NULL);
    if (HPy_IsNull(error)) {
        return -1;
    }
    int failed = HPy_SetAttr_s(ctx, module, "Error", error);
    HPy_Close(ctx, error);
    if (failed < 0) {
        return -1;
    }
    HPy answer = HPyLong_FromLong(ctx, 42);
    failed = HPy_IsNull(answer) ? -1 : HPy_SetAttr_s(ctx, module, "answer", answer);
    HPy_Close(ctx, answer);
    return failed < 0 ? -1 : add_step(ctx, module, 3);
}

HPyDef_METH(without, "without", HPyFunc_NOARGS, .doc = "Takes nothing.")
static HPy without_impl(HPyContext *ctx, HPy self)
{
    return HPy_Dup(ctx, self);
}

HPyDef_METH(one, "one", HPyFunc_O, .doc = "Takes one.")
static HPy one_impl(HPyContext *ctx, HPy self, HPy argument)
{
    return HPyTuple_Pack(ctx, 2, self, argument);
}

HPyDef_METH(several, "several", HPyFunc_VARARGS)
static HPy several_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy items = HPyTuple_FromArray(ctx, (HPy *)args, (HPy_ssize_t)nargs);
    if (HPy_IsNull(items)) {
        return HPy_NULL;
    }
    HPy result = HPyTuple_Pack(ctx, 2, self, items);
    HPy_Close(ctx, items);
    return result;
}

/* Positional arguments as a tuple and keywords as a dict; None for what is missing altogether. */
HPyDef_METH(named, "named", HPyFunc_KEYWORDS, .doc = "Takes names.")
static HPy named_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy kwnames)
{
    HPy items, keywords;
    if (!HPyHelpers_PackArgsAndKeywords(ctx, args, nargs, kwnames, &items, &keywords)) {
        return HPy_NULL;
    }
    HPy result = HPyTuple_Pack(ctx, 2, HPy_IsNull(items) ? ctx->h_None : items,
                               HPy_IsNull(keywords) ? ctx->h_None : keywords);
    HPy_Close(ctx, items);
    HPy_Close(ctx, keywords);
    return result;
}

HPyDef_METH(store, "store", HPyFunc_VARARGS)
static HPy store_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    long which;
    HPy value;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "lO", &which, &value)) {
        return HPy_NULL;
    }
    HPyGlobal_Store(ctx, which == 1 ? &first_global : &second_global, value);
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(load, "load", HPyFunc_O)
static HPy load_impl(HPyContext *ctx, HPy self, HPy which)
{
    long number = HPyLong_AsLong(ctx, which);
    if (number == -1 && HPyErr_Occurred(ctx)) {
        return HPy_NULL;
    }
    return HPyGlobal_Load(ctx, number == 1 ? first_global : second_global);
}

HPyDef_METH(import, "import_module", HPyFunc_O)
static HPy import_impl(HPyContext *ctx, HPy self, HPy name)
{
    const char *text = HPyUnicode_AsUTF8AndSize(ctx, name, NULL);
    return text == NULL ? HPy_NULL : HPyImport_ImportModule(ctx, text);
}

HPyDef_METH(fail, "fail", HPyFunc_O)
static HPy fail_impl(HPyContext *ctx, HPy self, HPy message)
{
    HPy error = HPy_GetAttr_s(ctx, self, "Error");
    if (!HPy_IsNull(error)) {
        HPyErr_SetObject(ctx, error, message);
        HPy_Close(ctx, error);
    }
    return HPy_NULL;
}

/* The slots stand between the methods: their order alone decides. */
static HPyDef *ext_defines[] = {
    &without, &exec_list, &one, &several, &exec_globals, &named, &store, &load, &exec_attributes, &import, &fail, NULL,
};
static HPyGlobal *ext_globals[] = {&first_global, &second_global, NULL};
static HPyModuleDef ext_module = {
    .doc = "Made in three steps.\n\nThe third adds attributes.",
    .defines = ext_defines,
    .globals = ext_globals,
};
HPy_MODINIT(ext, ext_module)
