/* Many modules in one file, each of which has something that a module may or may not have. */
#include "hpy.h"
#include "conform.h"
#include "conform_helpers.h"

static HPy call_s(HPyContext *ctx, const char *module_name, const char *attribute, const HPy *args, size_t nargs)
{
    HPy function = conform_hpy_attribute_of(ctx, module_name, attribute);
    if (HPy_IsNull(function)) {
        return HPy_NULL;
    }
    HPy result = HPy_Call(ctx, function, args, nargs, HPy_NULL);
    HPy_Close(ctx, function);
    return result;
}

/* load(name, spec): the module of that name in this file, loaded for the ABI that the file is built for. */
HPyDef_METH(load, "load", HPyFunc_VARARGS)
static HPy load_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy file = conform_hpy_file(ctx);
    if (HPy_IsNull(file)) {
        return HPy_NULL;
    }
#ifdef HPY_ABI_CPYTHON
    HPy names[2] = {args[0], file};
    HPy loader = call_s(ctx, "importlib.machinery", "ExtensionFileLoader", names, 2);
    HPy both[2] = {args[0], loader};
    HPy spec = HPy_IsNull(loader) ? HPy_NULL : call_s(ctx, "importlib.util", "spec_from_loader", both, 2);
    HPy result = HPy_IsNull(spec) ? HPy_NULL : call_s(ctx, "importlib.util", "module_from_spec", &spec, 1);
    if (!HPy_IsNull(result)) {
        HPy name = HPyUnicode_FromString(ctx, "exec_module");
        HPy receiver[2] = {loader, result};
        HPy done = HPy_IsNull(name) ? HPy_NULL : HPy_CallMethod(ctx, name, receiver, 2, HPy_NULL);
        HPy_Close(ctx, name);
        if (HPy_IsNull(done)) {
            HPy_Close(ctx, result);
            result = HPy_NULL;
        }
        HPy_Close(ctx, done);
    }
    HPy_Close(ctx, loader);
    HPy_Close(ctx, spec);
#else
    HPy all[3] = {args[0], file, args[1]};
    HPy result = call_s(ctx, "hpy.universal", "load", all, 3);
#endif
    HPy_Close(ctx, file);
    return result;
}

#define FUNCTION(NAME)                                                                                               \
    HPyDef_METH(NAME##_function, "function", HPyFunc_NOARGS, .doc = "function()\n--\n\nOf " #NAME ".")               \
    static HPy NAME##_function_impl(HPyContext *ctx, HPy self)                                                       \
    {                                                                                                                \
        return HPyUnicode_FromString(ctx, #NAME);                                                                    \
    }
#define EXEC(NAME)                                                                                                   \
    HPyDef_SLOT(NAME##_exec, HPy_mod_exec)                                                                           \
    static int NAME##_exec_impl(HPyContext *ctx, HPy module)                                                         \
    {                                                                                                                \
        conform_event("exec " #NAME, 0);                                                                             \
        return 0;                                                                                                    \
    }
/* An object that is no module: types.SimpleNamespace(spec's name). */
#define CREATE(NAME)                                                                                                 \
    HPyDef_SLOT(NAME##_create, HPy_mod_create)                                                                       \
    static HPy NAME##_create_impl(HPyContext *ctx, HPy spec)                                                         \
    {                                                                                                                \
        conform_event("create " #NAME, 0);                                                                           \
        return created(ctx, spec);                                                                                   \
    }

static HPy created(HPyContext *ctx, HPy spec)
{
    HPy name = HPy_GetAttr_s(ctx, spec, "name");
    if (HPy_IsNull(name)) {
        return HPy_NULL;
    }
    HPy result = call_s(ctx, "types", "SimpleNamespace", NULL, 0);
    if (!HPy_IsNull(result) && HPy_SetAttr_s(ctx, result, "created", name) < 0) {
        HPy_Close(ctx, result);
        result = HPy_NULL;
    }
    HPy_Close(ctx, name);
    return result;
}

#define MODULE(NAME, ...)                                                                                            \
    static HPyModuleDef NAME##_module = {__VA_ARGS__};                                                               \
    HPy_MODINIT(NAME, NAME##_module)

/* What may be. */
MODULE(empty, .doc = NULL)
static HPyDef *no_defines[] = {NULL};
MODULE(with_doc, .doc = "Nothing but this.", .defines = no_defines)

FUNCTION(functions)
EXEC(functions)
static HPyDef *functions_defines[] = {&functions_exec, &functions_function, NULL};
MODULE(functions, .defines = functions_defines)

EXEC(one)
EXEC(two)
EXEC(three)
FUNCTION(several)
static HPyDef *several_defines[] = {&two_exec, &several_function, &one_exec, &three_exec, NULL};
MODULE(several, .doc = "Three.", .defines = several_defines)

HPyDef_SLOT(failing_exec, HPy_mod_exec)
static int failing_exec_impl(HPyContext *ctx, HPy module)
{
    conform_event("exec failing", 0);
    HPyErr_SetString(ctx, ctx->h_LookupError, "as asked");
    return -1;
}
static HPyDef *stopped_defines[] = {&one_exec, &failing_exec, &three_exec, NULL};
MODULE(stopped, .doc = "Stops.", .defines = stopped_defines)

CREATE(made)
static HPyDef *made_defines[] = {&made_create, NULL};
MODULE(made, .defines = made_defines)

HPyDef_SLOT(not_made_create, HPy_mod_create)
static HPy not_made_create_impl(HPyContext *ctx, HPy spec)
{
    return HPyErr_SetString(ctx, ctx->h_LookupError, "not made");
}
static HPyDef *not_made_defines[] = {&not_made_create, NULL};
MODULE(not_made, .defines = not_made_defines)

/* What may not be. */
HPyDef_SLOT(builtin_create, HPy_mod_create)
static HPy builtin_create_impl(HPyContext *ctx, HPy spec)
{
    HPy name = HPy_GetAttr_s(ctx, spec, "name");
    if (HPy_IsNull(name)) {
        return HPy_NULL;
    }
    HPy result = call_s(ctx, "types", "ModuleType", &name, 1);
    HPy_Close(ctx, name);
    return result;
}
static HPyDef *builtin_defines[] = {&builtin_create, NULL};
MODULE(builtin, .defines = builtin_defines)

CREATE(first)
CREATE(second)
FUNCTION(first)
static HPyDef *twice_defines[] = {&first_create, &second_create, NULL};
MODULE(twice, .defines = twice_defines)
static HPyDef *and_exec_defines[] = {&first_create, &one_exec, NULL};
MODULE(and_exec, .defines = and_exec_defines)
static HPyDef *exec_and_defines[] = {&one_exec, &first_create, NULL};
MODULE(exec_and, .defines = exec_and_defines)
static HPyDef *and_function_defines[] = {&first_create, &first_function, NULL};
MODULE(and_function, .defines = and_function_defines)
static HPyDef *first_defines[] = {&first_create, NULL};
MODULE(and_doc, .doc = "Documentation.", .defines = first_defines)
static HPyGlobal global;
static HPyGlobal *globals[] = {&global, NULL};
MODULE(and_globals, .globals = globals, .defines = first_defines)
MODULE(sized, .size = 8, .defines = functions_defines)
MODULE(of_a_byte, .size = 1, .defines = functions_defines)
MODULE(below_zero, .size = -1, .defines = functions_defines)

HPyDef_SLOT(other_slot, HPy_tp_repr)
static HPy other_slot_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "repr");
}
static HPyDef *other_slot_defines[] = {&other_slot, NULL};
MODULE(with_other_slot, .doc = "A slot of types.", .defines = other_slot_defines)

static HPyDef *ext_defines[] = {&load, NULL};
MODULE(ext, .doc = "Several modules.", .defines = ext_defines)
