/* Types are made on demand, each from one of a table of specs, some of which are wrong. */
#include "hpy.h"
#include "conform.h"

typedef struct {
    long number;
    double real;
} Full;
HPyType_HELPERS(Full)

/* --- definitions of every kind --- */

HPyDef_METH(Full_noargs, "noargs", HPyFunc_NOARGS, .doc = "noargs doc")
static HPy Full_noargs_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "noargs");
}

HPyDef_METH(Full_o, "o", HPyFunc_O, .doc = "o doc")
static HPy Full_o_impl(HPyContext *ctx, HPy self, HPy arg)
{
    return HPy_Dup(ctx, arg);
}

HPyDef_METH(Full_varargs, "varargs", HPyFunc_VARARGS, .doc = "varargs doc")
static HPy Full_varargs_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    return HPyTuple_FromArray(ctx, (HPy *)args, (HPy_ssize_t)nargs);
}

HPyDef_METH(Full_keywords, "keywords", HPyFunc_KEYWORDS)
static HPy Full_keywords_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy kwnames)
{
    static const char *names[] = {"a", "b", NULL};
    HPy a, b = HPy_NULL;
    HPyTracker tracker;
    if (!HPyArg_ParseKeywords(ctx, &tracker, args, nargs, kwnames, "O|O", names, &a, &b)) {
        return HPy_NULL;
    }
    HPy result = HPyTuple_Pack(ctx, 2, a, HPy_IsNull(b) ? ctx->h_None : b);
    HPyTracker_Close(ctx, tracker);
    return result;
}

HPyDef_MEMBER(Full_number, "number", HPyMember_LONG, offsetof(Full, number), .doc = "number doc")
HPyDef_MEMBER(Full_real, "real", HPyMember_DOUBLE, offsetof(Full, real), .readonly = 1)

HPyDef_GETSET(Full_doubled, "doubled", .doc = "doubled doc")
static HPy Full_doubled_get(HPyContext *ctx, HPy self, void *closure)
{
    return HPyLong_FromInt64_t(ctx, Full_AsStruct(ctx, self)->number * 2);
}
static int Full_doubled_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    if (HPy_IsNull(value)) {
        HPyErr_SetString(ctx, ctx->h_AttributeError, "not to be deleted");
        return -1;
    }
    int64_t number = HPyLong_AsInt64_t(ctx, value);
    if (number == -1 && HPyErr_Occurred(ctx)) {
        return -1;
    }
    Full_AsStruct(ctx, self)->number = (long)(number / 2);
    return 0;
}

HPyDef_GET(Full_constant, "constant")
static HPy Full_constant_get(HPyContext *ctx, HPy self, void *closure)
{
    return HPyLong_FromInt64_t(ctx, 42);
}

HPyDef_SLOT(Full_new, HPy_tp_new)
static HPy Full_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Full *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (!HPy_IsNull(object)) {
        self->real = 0.5;
    }
    return object;
}

HPyDef_SLOT(Full_destroy, HPy_tp_destroy)
static void Full_destroy_impl(void *self)
{
    conform_event("destroy", ((Full *)self)->number);
}

HPyDef_SLOT(any_repr, HPy_tp_repr)
static HPy any_repr_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "repr from C");
}

HPyDef_SLOT(any_length, HPy_sq_length)
static HPy_ssize_t any_length_impl(HPyContext *ctx, HPy self)
{
    return 7;
}

HPyDef_SLOT(any_item, HPy_sq_item)
static HPy any_item_impl(HPyContext *ctx, HPy self, HPy_ssize_t index)
{
    return HPyLong_FromSsize_t(ctx, index * 10);
}

/* --- specs that make a type --- */

static HPyDef *Full_defines[] = {
    &Full_noargs, &Full_number,   &Full_new,      &Full_doubled, &any_repr, &Full_o,    &Full_destroy, &Full_real,
    &any_length,  &Full_constant, &Full_keywords, &any_item,     &Full_varargs, NULL,
};
static HPyDef *slots_alone[] = {&any_repr, &any_length, &any_item, NULL};
static HPyDef *methods_alone[] = {&Full_noargs, &Full_o, NULL};
static HPyDef *members_alone[] = {&Full_number, &Full_real, NULL};
static HPyDef *getsets_alone[] = {&Full_doubled, &Full_constant, NULL};
static HPyDef *destroy_alone[] = {&Full_destroy, NULL};
static HPyDef *nothing[] = {NULL};

#define EXTENSIBLE (HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE)
#define STRUCT .basicsize = sizeof(Full), .builtin_shape = SHAPE(Full)

/* --- specs that make none --- */

HPyDef_METH(bad_method, "bad", HPyFunc_NOARGS)
static HPy bad_method_impl(HPyContext *ctx, HPy self)
{
    return HPy_Dup(ctx, ctx->h_None);
}

static HPyDef *members_of_nothing[] = {&Full_number, NULL};

static HPyType_Spec specs[] = {
    {.name = "ext.Full", STRUCT, .flags = EXTENSIBLE, .defines = Full_defines, .doc = "Everything.\n\nIn one type."},
    {.name = "package.module.Deep", .flags = EXTENSIBLE, .doc = "A d\xc3\xb6" "cstring."},
    {.name = "Undotted", .flags = EXTENSIBLE},
    {.name = "ext.Gr\xc3\xb6\xc3\x9f" "e", .flags = EXTENSIBLE, .doc = ""},
    {.name = "ext.Slots", .flags = EXTENSIBLE, .defines = slots_alone},
    {.name = "ext.Methods", .flags = EXTENSIBLE, .defines = methods_alone},
    {.name = "ext.Members", STRUCT, .flags = EXTENSIBLE, .defines = members_alone},
    {.name = "ext.Getsets", STRUCT, .flags = EXTENSIBLE, .defines = getsets_alone},
    {.name = "ext.Destroy", STRUCT, .flags = EXTENSIBLE, .defines = destroy_alone},
    {.name = "ext.Nothing", .flags = EXTENSIBLE, .defines = nothing},
    {.name = "ext.Sub", .flags = EXTENSIBLE},
    {.name = "ext.Final", .flags = HPy_TPFLAGS_DEFAULT},
    {.name = "ext.Collected", .flags = EXTENSIBLE | HPy_TPFLAGS_HAVE_GC},
    {.name = "ext.Shapeless", .builtin_shape = (HPyType_BuiltinShape)42, .flags = EXTENSIBLE},
    {.name = "ext.Homeless", .flags = EXTENSIBLE, .defines = members_of_nothing},
    {.name = "ext.Legacy", .builtin_shape = HPyType_BuiltinShape_Legacy, .flags = EXTENSIBLE, .defines = slots_alone},
};

static HPyType_Spec *spec_of(HPyContext *ctx, HPy name)
{
    const char *text = HPyUnicode_AsUTF8AndSize(ctx, name, NULL);
    if (text == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
        const char *dot = strrchr(specs[i].name, '.');
        if (strcmp(dot == NULL ? specs[i].name : dot + 1, text) == 0) {
            return &specs[i];
        }
    }
    HPyErr_SetObject(ctx, ctx->h_LookupError, name);
    return NULL;
}

HPyDef_METH(make, "make", HPyFunc_VARARGS, .doc = "make(name, *bases): a type from the spec of that name.")
static HPy make_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPyType_SpecParam params[4] = {{0}};
    if (nargs < 1 || nargs > 4) {
        return HPyErr_SetString(ctx, ctx->h_TypeError, "one name, and at most three bases");
    }
    HPyType_Spec *spec = spec_of(ctx, args[0]);
    if (spec == NULL) {
        return HPy_NULL;
    }
    for (size_t i = 1; i < nargs; i++) {
        params[i - 1].kind = HPyType_SpecParam_Base;
        params[i - 1].object = args[i];
    }
    return HPyType_FromSpec(ctx, spec, nargs == 1 ? NULL : params);
}

HPyDef_METH(make_meta, "make_meta", HPyFunc_VARARGS, .doc = "make_meta(name, base, *metaclasses)")
static HPy make_meta_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPyType_SpecParam params[4] = {{0}};
    if (nargs < 2 || nargs > 4) {
        return HPyErr_SetString(ctx, ctx->h_TypeError, "a name, a base, and at most two metaclasses");
    }
    HPyType_Spec *spec = spec_of(ctx, args[0]);
    if (spec == NULL) {
        return HPy_NULL;
    }
    for (size_t i = 2; i < nargs; i++) {
        params[i - 2].kind = HPyType_SpecParam_Metaclass;
        params[i - 2].object = args[i];
    }
    params[nargs - 2].kind = HPyType_SpecParam_Base;
    params[nargs - 2].object = args[1];
    return HPyType_FromSpec(ctx, spec, params);
}

HPyDef_METH(make_tuple, "make_tuple", HPyFunc_VARARGS, .doc = "make_tuple(name, bases, and_base): BasesTuple")
static HPy make_tuple_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    if (nargs < 2 || nargs > 3) {
        return HPyErr_SetString(ctx, ctx->h_TypeError, "a name, a tuple, and at most one base");
    }
    HPyType_Spec *spec = spec_of(ctx, args[0]);
    if (spec == NULL) {
        return HPy_NULL;
    }
    HPyType_SpecParam params[3] = {{HPyType_SpecParam_BasesTuple, args[1]}, {0}, {0}};
    if (nargs == 3) {
        params[1].kind = HPyType_SpecParam_Base;
        params[1].object = args[2];
    }
    return HPyType_FromSpec(ctx, spec, params);
}

HPyDef_METH(make_unknown, "make_unknown", HPyFunc_O, .doc = "make_unknown(base): with a parameter that is not known")
static HPy make_unknown_impl(HPyContext *ctx, HPy self, HPy base)
{
    HPyType_SpecParam params[] = {
        {HPyType_SpecParam_Base, base},
        {(HPyType_SpecParam_Kind)99, base},
        {0},
    };
    return HPyType_FromSpec(ctx, &specs[0], params);
}

HPyDef_METH(make_bad_method, "make_bad_method", HPyFunc_O, .doc = "make_bad_method(base): a signature of no method")
static HPy make_bad_method_impl(HPyContext *ctx, HPy self, HPy base)
{
    static HPyDef *defines[] = {&Full_noargs, &bad_method, NULL};
    static HPyType_Spec spec = {.name = "ext.Bad", .flags = EXTENSIBLE, .defines = defines};
    bad_method.meth.signature = HPyFunc_DESTROYFUNC;
    HPyType_SpecParam params[] = {{HPyType_SpecParam_Base, base}, {0}};
    return HPyType_FromSpec(ctx, &spec, params);
}

HPyDef_METH(name_of, "name_of", HPyFunc_O, .doc = "What HPyType_GetName tells.")
static HPy name_of_impl(HPyContext *ctx, HPy self, HPy type)
{
    const char *name = HPyType_GetName(ctx, type);
    return name == NULL ? HPy_NULL : HPyUnicode_FromString(ctx, name);
}

static HPyDef *ext_defines[] = {
    &make, &make_meta, &make_tuple, &make_unknown, &make_bad_method, &name_of, NULL,
};
static HPyModuleDef ext_module = {.doc = "Types from a table of specs.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
