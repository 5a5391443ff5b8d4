/* Modules for hpy.universal to load, and what is no module that it could load. */
#include "hpy.h"
#include "conform.h"
#include "conform_helpers.h"
#include <stdio.h>

/* The name of the file that this binary was loaded from. */
HPyDef_METH(path, "path", HPyFunc_NOARGS)
static HPy path_impl(HPyContext *ctx, HPy self)
{
    return conform_hpy_file(ctx);
}

HPyDef_METH_IMPL(imported, "imported", conform_hpy_imported, HPyFunc_VARARGS)

/* provenance(module): its file, its loader and its spec. */
HPyDef_METH(provenance, "provenance", HPyFunc_O)
static HPy provenance_impl(HPyContext *ctx, HPy self, HPy module)
{
    static const char *const names[] = {"__file__", "__loader__", "__spec__"};
    HPy items[3] = {HPy_NULL, HPy_NULL, HPy_NULL};
    HPy result = HPy_NULL;
    int found = 0;
    while (found < 3 && !HPy_IsNull(items[found] = HPy_GetAttr_s(ctx, module, names[found]))) {
        found++;
    }
    if (found == 3) {
        result = HPyTuple_FromArray(ctx, items, 3);
    }
    while (found > 0) {
        HPy_Close(ctx, items[--found]);
    }
    return result;
}

/* function(argument), and the function is closed. */
static HPy call(HPyContext *ctx, HPy function, HPy argument)
{
    if (HPy_IsNull(function)) {
        return HPy_NULL;
    }
    HPy result = HPy_Call(ctx, function, &argument, 1, HPy_NULL);
    HPy_Close(ctx, function);
    return result;
}

/* another(): one more instance of hpy.universal, not executed yet. */
HPyDef_METH(another, "another", HPyFunc_NOARGS)
static HPy another_impl(HPyContext *ctx, HPy self)
{
    HPy spec = conform_hpy_attribute_of(ctx, "hpy.universal", "__spec__");
    if (HPy_IsNull(spec)) {
        return HPy_NULL;
    }
    HPy result = call(ctx, conform_hpy_attribute_of(ctx, "importlib.util", "module_from_spec"), spec);
    HPy_Close(ctx, spec);
    return result;
}

/* execute(module): execute an instance of hpy.universal. */
HPyDef_METH(execute, "execute", HPyFunc_O)
static HPy execute_impl(HPyContext *ctx, HPy self, HPy module)
{
    HPy loader = conform_hpy_attribute_of(ctx, "hpy.universal", "__loader__");
    if (HPy_IsNull(loader)) {
        return HPy_NULL;
    }
    HPy result = call(ctx, HPy_GetAttr_s(ctx, loader, "exec_module"), module);
    HPy_Close(ctx, loader);
    return result;
}

/* set_spec(module, spec): the module has that spec, or, where it is None, has none. */
HPyDef_METH(set_spec, "set_spec", HPyFunc_VARARGS)
static HPy set_spec_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy module, spec;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OO", &module, &spec)) {
        return HPy_NULL;
    }
    int failed = HPy_Is(ctx, spec, ctx->h_None) ? HPy_DelAttr_s(ctx, module, "__spec__")
                                                : HPy_SetAttr_s(ctx, module, "__spec__", spec);
    return failed ? HPy_NULL : HPy_Dup(ctx, ctx->h_None);
}

/* replace_util(object): it stands for importlib.util, where that is imported; what did is returned. */
HPyDef_METH(replace_util, "replace_util", HPyFunc_O)
static HPy replace_util_impl(HPyContext *ctx, HPy self, HPy object)
{
    HPy modules = conform_hpy_attribute_of(ctx, "sys", "modules");
    if (HPy_IsNull(modules)) {
        return HPy_NULL;
    }
    HPy result = HPy_GetItem_s(ctx, modules, "importlib.util");
    if (!HPy_IsNull(result) && HPy_SetItem_s(ctx, modules, "importlib.util", object) < 0) {
        HPy_Close(ctx, result);
        result = HPy_NULL;
    }
    HPy_Close(ctx, modules);
    return result;
}

/* The mode of the context that a function is given. */
HPyDef_METH(mode, "mode", HPyFunc_NOARGS)
static HPy mode_impl(HPyContext *ctx, HPy self)
{
    const char *name = strstr(ctx->name, "Debug") ? "debug" : strstr(ctx->name, "Trace") ? "trace" : "universal";
    return HPyUnicode_FromString(ctx, name);
}

/* How often a plain module was executed. */
static long executed;

HPyDef_SLOT(plain_exec, HPy_mod_exec)
static int plain_exec_impl(HPyContext *ctx, HPy module)
{
    executed++;
    HPy number = HPyLong_FromLong(ctx, executed);
    if (HPy_IsNull(number)) {
        return -1;
    }
    int failed = HPy_SetAttr_s(ctx, module, "number", number);
    HPy_Close(ctx, number);
    return failed;
}

static HPyDef *plain_defines[] = {&mode, &plain_exec, NULL};
static HPyModuleDef plain_module = {.doc = "A plain module.", .defines = plain_defines};
HPy_MODINIT(plain, plain_module)
HPy_MODINIT(with_dash, plain_module)

HPyDef_SLOT(failing_exec, HPy_mod_exec)
static int failing_exec_impl(HPyContext *ctx, HPy module)
{
    HPyErr_SetString(ctx, ctx->h_LookupError, "as asked");
    return -1;
}

static HPyDef *failing_defines[] = {&failing_exec, NULL};
static HPyModuleDef failing_module = {.doc = "A failing module.", .defines = failing_defines};
HPy_MODINIT(failing, failing_module)

/* keep_with(function): what a module that fails is handed to before. */
static HPyGlobal keeper;
static HPyGlobal *globals[] = {&keeper, NULL};

HPyDef_METH(keep_with, "keep_with", HPyFunc_O)
static HPy keep_with_impl(HPyContext *ctx, HPy self, HPy function)
{
    HPyGlobal_Store(ctx, &keeper, function);
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_SLOT(kept_exec, HPy_mod_exec)
static int kept_exec_impl(HPyContext *ctx, HPy module)
{
    HPy done = call(ctx, HPyGlobal_Load(ctx, keeper), module);
    if (!HPy_IsNull(done)) {
        HPy_Close(ctx, done);
        HPyErr_SetString(ctx, ctx->h_LookupError, "kept");
    }
    return -1;
}

static HPyDef *kept_defines[] = {&kept_exec, &mode, NULL};
static HPyModuleDef kept_module = {.doc = "Kept.", .defines = kept_defines, .globals = globals};
HPy_MODINIT(kept, kept_module)

HPyDef_SLOT(not_made_create, HPy_mod_create)
static HPy not_made_create_impl(HPyContext *ctx, HPy spec)
{
    return HPyErr_SetString(ctx, ctx->h_LookupError, "not made");
}

static HPyDef *not_made_defines[] = {&not_made_create, NULL};
static HPyModuleDef not_made_module = {.defines = not_made_defines};
HPy_MODINIT(not_made, not_made_module)

static HPyModuleDef sized_module = {.size = 8, .defines = plain_defines};
HPy_MODINIT(sized, sized_module)

/* What lacks something that a module has to have. */
#define VERSIONS(NAME, MAJOR, MINOR)                                                                                 \
    HPy_EXPORTED_FUNC uint32_t get_required_hpy_major_version_##NAME(void)                                           \
    {                                                                                                                \
        return MAJOR;                                                                                                \
    }                                                                                                                \
    HPy_EXPORTED_FUNC uint32_t get_required_hpy_minor_version_##NAME(void)                                           \
    {                                                                                                                \
        return MINOR;                                                                                                \
    }
#define CONTEXT(NAME)                                                                                                \
    HPy_EXPORTED_FUNC void HPyInitGlobalContext_##NAME(HPyContext *ctx)                                              \
    {                                                                                                                \
        _ctx_for_trampolines = ctx;                                                                                  \
    }
#define INIT(NAME, RESULT)                                                                                           \
    HPy_EXPORTED_FUNC HPyModuleDef *HPyInit_##NAME(void)                                                             \
    {                                                                                                                \
        return RESULT;                                                                                               \
    }
VERSIONS(of_major, HPY_ABI_VERSION + 1, HPY_ABI_VERSION_MINOR)
CONTEXT(of_major)
INIT(of_major, &plain_module)
VERSIONS(of_both, HPY_ABI_VERSION + 1, HPY_ABI_VERSION_MINOR + 1)
CONTEXT(of_both)
INIT(of_both, &plain_module)
VERSIONS(of_minor, HPY_ABI_VERSION, HPY_ABI_VERSION_MINOR + 1)
CONTEXT(of_minor)
INIT(of_minor, &plain_module)
VERSIONS(no_context, HPY_ABI_VERSION, HPY_ABI_VERSION_MINOR)
INIT(no_context, &plain_module)
VERSIONS(no_init, HPY_ABI_VERSION, HPY_ABI_VERSION_MINOR)
CONTEXT(no_init)
/* A symbol whose address is 0: it is there, and there is nothing at it. */
__asm__(".globl HPyInit_no_address\n.set HPyInit_no_address, 0\n");
VERSIONS(no_address, HPY_ABI_VERSION, HPY_ABI_VERSION_MINOR)
CONTEXT(no_address)
VERSIONS(no_definition, HPY_ABI_VERSION, HPY_ABI_VERSION_MINOR)
CONTEXT(no_definition)
INIT(no_definition, NULL)
HPy_EXPORTED_FUNC uint32_t get_required_hpy_major_version_no_minor(void)
{
    return HPY_ABI_VERSION;
}
CONTEXT(no_minor)
INIT(no_minor, &plain_module)
HPy_EXPORTED_FUNC uint32_t get_required_hpy_minor_version_no_major(void)
{
    return HPY_ABI_VERSION_MINOR;
}
CONTEXT(no_major)
INIT(no_major, &plain_module)

/* Texts that are held often: each is an attribute of its name, and a thousand times in a tuple. */
HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    static const char *const names[] = {"universal", "debug", "trace", "some_debug", "some_trace", "nonsense"};
    static const char *const texts[] = {"universal", "debug", "trace", "universal:universal,plain:debug",
                                        "plain:trace,universal:universal", "nonsense"};
    int failed = 0;
    for (int number = 0; number < 6 && !failed; number++) {
        HPy text = HPyUnicode_FromString(ctx, texts[number]);
        if (HPy_IsNull(text)) {
            return -1;
        }
        HPyTupleBuilder builder = HPyTupleBuilder_New(ctx, 1000);
        for (int i = 0; i < 1000; i++) {
            HPyTupleBuilder_Set(ctx, builder, i, text);
        }
        HPy held = HPyTupleBuilder_Build(ctx, builder);
        char name[32];
        snprintf(name, sizeof(name), "held_%s", names[number]);
        failed = HPy_IsNull(held) || HPy_SetAttr_s(ctx, module, name, held) < 0 ||
                 HPy_SetAttr_s(ctx, module, names[number], text) < 0;
        HPy_Close(ctx, held);
        HPy_Close(ctx, text);
    }
    return failed ? -1 : 0;
}

static HPyDef *ext_defines[] = {
    &path, &imported, &provenance, &another, &execute, &set_spec, &replace_util, &mode, &keep_with,
    &ext_exec, NULL,
};
static HPyModuleDef ext_module = {.doc = "Loading.", .defines = ext_defines, .globals = globals};
HPy_MODINIT(ext, ext_module)
