/* Types made on demand, with a metaclass or without, whose slots are in every table of a type. */
#include "hpy.h"
#include "conform.h"

typedef struct {
    long number;
    char bytes[4];
} Thing;
HPyType_HELPERS(Thing)

/* --- buffers --- */

static int fill(HPyContext *ctx, HPy self, HPy_buffer *view)
{
    static HPy_ssize_t shape[] = {3}, strides[] = {1};
    static char bytes[] = "abc";
    view->buf = bytes;
    view->obj = HPy_Dup(ctx, self);
    view->len = 3;
    view->itemsize = 1;
    view->readonly = 1;
    view->ndim = 1;
    view->format = (char *)"B";
    view->shape = shape;
    view->strides = strides;
    view->suboffsets = NULL;
    view->internal = NULL;
    return 0;
}

HPyDef_SLOT(get, HPy_bf_getbuffer)
static int get_impl(HPyContext *ctx, HPy self, HPy_buffer *view, int flags)
{
    conform_event("get", 1);
    return fill(ctx, self, view);
}

HPyDef_SLOT(release, HPy_bf_releasebuffer)
static void release_impl(HPyContext *ctx, HPy self, HPy_buffer *view)
{
    conform_event("release", view->len);
}

/* --- numbers, sequences, mappings --- */

HPyDef_SLOT(any_add, HPy_nb_add)
static HPy any_add_impl(HPyContext *ctx, HPy left, HPy right)
{
    return HPyUnicode_FromString(ctx, "added in C");
}

HPyDef_SLOT(any_bool, HPy_nb_bool)
static int any_bool_impl(HPyContext *ctx, HPy self)
{
    return 0;
}

HPyDef_SLOT(any_contains, HPy_sq_contains)
static int any_contains_impl(HPyContext *ctx, HPy self, HPy item)
{
    return 1;
}

HPyDef_SLOT(any_subscript, HPy_mp_subscript)
static HPy any_subscript_impl(HPyContext *ctx, HPy self, HPy key)
{
    return HPyUnicode_FromString(ctx, "subscript in C");
}

HPyDef_SLOT(any_call, HPy_tp_call)
static HPy any_call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy names)
{
    return HPyTuple_FromArray(ctx, (HPy *)args, (HPy_ssize_t)nargs);
}

HPyDef_MEMBER(Thing_number, "number", HPyMember_LONG, offsetof(Thing, number))

static HPyDef *release_first[] = {&release, &Thing_number, &get, NULL};
static HPyDef *get_first[] = {&get, &Thing_number, &release, NULL};
static HPyDef *get_alone[] = {&get, NULL};
static HPyDef *operators[] = {&any_add, &any_bool, &any_contains, &any_subscript, NULL};
static HPyDef *called[] = {&any_call, &Thing_number, NULL};
static HPyDef *called_alone[] = {&any_call, NULL};

#define FLAGS .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE
#define STRUCT .basicsize = sizeof(Thing), .builtin_shape = SHAPE(Thing), FLAGS
static HPyType_Spec specs[] = {
    {.name = "ext.ReleaseFirst", STRUCT, .defines = release_first},
    {.name = "ext.GetFirst", STRUCT, .defines = get_first},
    {.name = "ext.GetAlone", FLAGS, .defines = get_alone},
    {.name = "ext.Operators", FLAGS, .defines = operators},
    {.name = "ext.Called", STRUCT, .defines = called},
    {.name = "ext.CalledAlone", FLAGS, .defines = called_alone},
    {.name = "ext.CalledVar", .itemsize = 8, STRUCT, .defines = called},
    {.name = "ext.OfObject", .builtin_shape = HPyType_BuiltinShape_Object, FLAGS},
};

HPyDef_METH(make, "make", HPyFunc_VARARGS, .doc = "make(name, base, metaclass): a type from the spec of that name.")
static HPy make_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy name, base, metaclass = HPy_NULL;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OO|O", &name, &base, &metaclass)) {
        return HPy_NULL;
    }
    const char *text = HPyUnicode_AsUTF8AndSize(ctx, name, NULL);
    if (text == NULL) {
        return HPy_NULL;
    }
    HPyType_SpecParam params[3] = {{HPyType_SpecParam_Base, base}, {0}, {0}};
    if (!HPy_IsNull(metaclass)) {
        params[1].kind = HPyType_SpecParam_Metaclass;
        params[1].object = metaclass;
    }
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
        if (strcmp(specs[i].name + strlen("ext."), text) == 0) {
            return HPyType_FromSpec(ctx, &specs[i], params);
        }
    }
    return HPyErr_SetObject(ctx, ctx->h_LookupError, name);
}

static HPyDef *ext_defines[] = {&make, NULL};
static HPyModuleDef ext_module = {.doc = "Types on demand.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
