/* Modules in one file: `ext` is loaded as the lane has it, the others by ext, in the debug mode. References to what a
   module holds are counted, so ext holds what the debug mode has to do with. */
#include "hpy.h"
#include "conform.h"
#include "conform_helpers.h"

HPyDef_METH_IMPL(leak, "leak", conform_hpy_leak, HPyFunc_O)

/* nothing(), one(object), some(*args), keywords(*args, **kwargs): what they were given, as a tuple, or an exception
   when the last argument is the type of one. */
static HPy answer(HPyContext *ctx, const HPy *args, size_t nargs)
{
    if (nargs > 0 && HPy_Is(ctx, args[nargs - 1], ctx->h_KeyError)) {
        return HPyErr_SetString(ctx, ctx->h_KeyError, "as asked");
    }
    return HPyTuple_FromArray(ctx, (HPy *)args, (HPy_ssize_t)nargs);
}

HPyDef_METH(nothing, "nothing", HPyFunc_NOARGS)
static HPy nothing_impl(HPyContext *ctx, HPy self)
{
    return answer(ctx, NULL, 0);
}

HPyDef_METH(one, "one", HPyFunc_O)
static HPy one_impl(HPyContext *ctx, HPy self, HPy arg)
{
    return answer(ctx, &arg, 1);
}

HPyDef_METH(some, "some", HPyFunc_VARARGS)
static HPy some_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    return answer(ctx, args, nargs);
}

HPyDef_METH(keywords, "keywords", HPyFunc_KEYWORDS)
static HPy keywords_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy names)
{
    HPy_ssize_t named = HPy_IsNull(names) ? 0 : HPy_Length(ctx, names);
    return named < 0 ? HPy_NULL : answer(ctx, args, nargs + (size_t)named);
}

/* A type whose slots keep nothing: Plain(*args, **kwargs). */
typedef struct {
    long content;
} Plain;
HPyType_HELPERS(Plain)

CONFORM_HPY_NEW(Plain_new)

HPyDef_SLOT(Plain_init, HPy_tp_init)
static int Plain_init_impl(HPyContext *ctx, HPy self, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    HPy result = answer(ctx, args, (size_t)nargs);
    HPy_Close(ctx, result);
    return HPy_IsNull(result) ? -1 : 0;
}

HPyDef_SLOT(Plain_repr, HPy_tp_repr)
static HPy Plain_repr_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "Plain, shown");
}

HPyDef_SLOT(Plain_add, HPy_nb_add)
static HPy Plain_add_impl(HPyContext *ctx, HPy left, HPy right)
{
    return HPyTuple_Pack(ctx, 2, left, right);
}

HPyDef_SLOT(Plain_getbuffer, HPy_bf_getbuffer)
static int Plain_getbuffer_impl(HPyContext *ctx, HPy self, HPy_buffer *buffer, int flags)
{
    static HPy_ssize_t shape[1] = {4}, strides[1] = {1};
    buffer->buf = &Plain_AsStruct(ctx, self)->content;
    buffer->len = 4;
    buffer->itemsize = 1;
    buffer->readonly = 1;
    buffer->ndim = 1;
    buffer->format = "B";
    buffer->shape = shape;
    buffer->strides = strides;
    buffer->suboffsets = NULL;
    buffer->internal = NULL;
    buffer->obj = HPy_Dup(ctx, self);
    return 0;
}

HPyDef_SLOT(Plain_releasebuffer, HPy_bf_releasebuffer)
static void Plain_releasebuffer_impl(HPyContext *ctx, HPy self, HPy_buffer *buffer)
{
}

static HPyDef *Plain_defines[] = {
    &Plain_new, &Plain_init, &Plain_repr, &Plain_add, &Plain_getbuffer, &Plain_releasebuffer, NULL,
};
static HPyType_Spec Plain_spec = {
    .name = "debugged.Plain",
    .basicsize = sizeof(Plain),
    .builtin_shape = SHAPE(Plain),
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = Plain_defines,
};

HPyDef_SLOT(debugged_exec, HPy_mod_exec)
static int debugged_exec_impl(HPyContext *ctx, HPy module)
{
    return HPyHelpers_AddType(ctx, module, "Plain", &Plain_spec, NULL) ? 0 : -1;
}

static HPyDef *debugged_defines[] = {&leak, &nothing, &one, &some, &keywords, &debugged_exec, NULL};
static HPyModuleDef debugged_module = {.doc = "In the debug mode.", .defines = debugged_defines};
HPy_MODINIT(debugged, debugged_module)

/* Modules that make themselves: a namespace, an exception. */
HPyDef_SLOT(made_create, HPy_mod_create)
static HPy made_create_impl(HPyContext *ctx, HPy spec)
{
    HPy result = HPy_NULL, types = HPyImport_ImportModule(ctx, "types");
    HPy Namespace = HPy_IsNull(types) ? HPy_NULL : HPy_GetAttr_s(ctx, types, "SimpleNamespace");
    if (!HPy_IsNull(Namespace)) {
        result = HPy_CallTupleDict(ctx, Namespace, HPy_NULL, HPy_NULL);
    }
    HPy_Close(ctx, Namespace);
    HPy_Close(ctx, types);
    return result;
}

static HPyDef *made_defines[] = {&made_create, NULL};
static HPyModuleDef made_module = {.defines = made_defines};
HPy_MODINIT(made, made_module)

HPyDef_SLOT(not_made_create, HPy_mod_create)
static HPy not_made_create_impl(HPyContext *ctx, HPy spec)
{
    return HPyErr_SetString(ctx, ctx->h_LookupError, "not made");
}

static HPyDef *not_made_defines[] = {&not_made_create, NULL};
static HPyModuleDef not_made_module = {.defines = not_made_defines};
HPy_MODINIT(not_made, not_made_module)

/* file(): where this binary was loaded from. imported(module, attribute): how a scenario gets at hpy.universal. */
HPyDef_METH(file, "file", HPyFunc_NOARGS)
static HPy file_impl(HPyContext *ctx, HPy self)
{
    return conform_hpy_file(ctx);
}

HPyDef_METH_IMPL(imported, "imported", conform_hpy_imported, HPyFunc_VARARGS)

/* hold(name, object): makes it an attribute of ext, which has references to it counted. */
HPyDef_METH(hold, "hold", HPyFunc_VARARGS)
static HPy hold_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    return HPy_SetAttr(ctx, self, args[0], args[1]) < 0 ? HPy_NULL : HPy_Dup(ctx, ctx->h_None);
}

/* The type of what tells of a handle. */
HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    HPy debug = conform_hpy_attribute_of(ctx, "hpy.universal", "_debug");
    HPy type = HPy_IsNull(debug) ? HPy_NULL : HPy_GetAttr_s(ctx, debug, "DebugHandle");
    int result = HPy_IsNull(type) ? -1 : HPy_SetAttr_s(ctx, module, "DebugHandle", type);
    HPy_Close(ctx, debug);
    HPy_Close(ctx, type);
    return result;
}

static HPyDef *ext_defines[] = {&file, &imported, &hold, &ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Not in the debug mode, at first.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
