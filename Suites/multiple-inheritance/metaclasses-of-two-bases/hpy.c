/* Metaclasses with and without a struct, with slots of their own, and joined; types made with them. */
#include "hpy.h"
#include "conform.h"
#include "conform_helpers.h"

typedef struct {
    long tag;
} Tagged;
HPyType_HELPERS(Tagged, HPyType_BuiltinShape_Type)

typedef struct {
    Tagged tagged;
    long extra;
} Deep;
HPyType_HELPERS(Deep, HPyType_BuiltinShape_Type)

typedef struct {
    HPyCallFunction call;
} Fast;
HPyType_HELPERS(Fast, HPyType_BuiltinShape_Type)

#define FLAGS (HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE)
#define METHOD(SYMBOL, NAME, TEXT)                                                                                   \
    HPyDef_METH(SYMBOL, NAME, HPyFunc_NOARGS)                                                                        \
    static HPy SYMBOL##_impl(HPyContext *ctx, HPy self)                                                              \
    {                                                                                                                \
        return HPyUnicode_FromString(ctx, TEXT);                                                                     \
    }
#define TEXT_SLOT(SYMBOL, SLOT, TEXT)                                                                                \
    HPyDef_SLOT(SYMBOL, SLOT)                                                                                        \
    static HPy SYMBOL##_impl(HPyContext *ctx, HPy self)                                                              \
    {                                                                                                                \
        return HPyUnicode_FromString(ctx, TEXT);                                                                     \
    }

/* Tagged has a struct; Plain has none; both have a method and a slot of the same names. */
METHOD(Tagged_who, "who", "Tagged")
TEXT_SLOT(Tagged_invert, HPy_nb_invert, "~Tagged")

HPyDef_METH(Tagged_bump, "bump", HPyFunc_NOARGS)
static HPy Tagged_bump_impl(HPyContext *ctx, HPy self)
{
    return HPyLong_FromLong(ctx, ++Tagged_AsStruct(ctx, self)->tag);
}

HPyDef_SLOT(Tagged_length, HPy_sq_length)
static HPy_ssize_t Tagged_length_impl(HPyContext *ctx, HPy self)
{
    return 7;
}

HPyDef_MEMBER(Tagged_tag, "tag", HPyMember_LONG, offsetof(Tagged, tag))

static HPyDef *Tagged_defines[] = {&Tagged_who, &Tagged_bump, &Tagged_invert, &Tagged_length, &Tagged_tag, NULL};
static HPyType_Spec Tagged_spec = {
    .name = "ext.Tagged",
    .basicsize = sizeof(Tagged),
    .builtin_shape = SHAPE(Tagged),
    .flags = FLAGS,
    .defines = Tagged_defines,
};

HPyDef_MEMBER(Deep_extra, "extra", HPyMember_LONG, offsetof(Deep, extra))

static HPyDef *Deep_defines[] = {&Deep_extra, NULL};
static HPyType_Spec Deep_spec = {
    .name = "ext.Deep",
    .basicsize = sizeof(Deep),
    .builtin_shape = SHAPE(Deep),
    .flags = FLAGS,
    .defines = Deep_defines,
};

METHOD(Plain_who, "who", "Plain")
TEXT_SLOT(Plain_repr, HPy_tp_repr, "a type of Plain")
TEXT_SLOT(Plain_invert, HPy_nb_invert, "~Plain")

#define WITHOUT_STRUCT(NAME)                                                                                         \
    static HPyType_Spec NAME##_spec = {                                                                              \
        .name = "ext." #NAME, .builtin_shape = HPyType_BuiltinShape_Type, .flags = FLAGS, .defines = NAME##_defines, \
    };
static HPyDef *Plain_defines[] = {&Plain_who, &Plain_repr, &Plain_invert, NULL};
WITHOUT_STRUCT(Plain)
static HPyDef *PlainTagged_defines[] = {NULL};
WITHOUT_STRUCT(PlainTagged)
static HPyDef *TaggedPlain_defines[] = {NULL};
WITHOUT_STRUCT(TaggedPlain)

HPyDef_SLOT(Counting_init, HPy_tp_init)
static int Counting_init_impl(HPyContext *ctx, HPy self, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    conform_event("init", nargs);
    return 0;
}

static HPyDef *Counting_defines[] = {&Counting_init, NULL};
WITHOUT_STRUCT(Counting)

static HPy told(HPyContext *ctx, const char *which, const HPy *args, size_t nargs, HPy names)
{
    HPy_ssize_t named = HPy_IsNull(names) ? 0 : HPy_Length(ctx, names);
    HPy text = HPyUnicode_FromString(ctx, which), count = HPyLong_FromSsize_t(ctx, named), result = HPy_NULL;
    HPy positional = HPyTuple_FromArray(ctx, (HPy *)args, (HPy_ssize_t)nargs);
    if (named >= 0 && !HPy_IsNull(text) && !HPy_IsNull(count) && !HPy_IsNull(positional)) {
        result = HPyTuple_Pack(ctx, 3, text, positional, count);
    }
    HPy_Close(ctx, text);
    HPy_Close(ctx, count);
    HPy_Close(ctx, positional);
    return result;
}

HPyDef_SLOT(Calling_call, HPy_tp_call)
static HPy Calling_call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy names)
{
    return told(ctx, "called", args, nargs, names);
}

static HPyDef *Calling_defines[] = {&Calling_call, NULL};
WITHOUT_STRUCT(Calling)

/* A class of Fast is called by the function in its struct, which the initializer of the metaclass puts there. */
HPyDef_CALL_FUNCTION(Fast_call)
static HPy Fast_call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy names)
{
    return told(ctx, "fast", args, nargs, names);
}

HPyDef_SLOT(Fast_init, HPy_tp_init)
static int Fast_init_impl(HPyContext *ctx, HPy self, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    return HPy_SetCallFunction(ctx, self, &Fast_call);
}

HPyDef_MEMBER(Fast_offset, "__vectorcalloffset__", HPyMember_HPYSSIZET, offsetof(Fast, call), .readonly = 1)

static HPyDef *Fast_defines[] = {&Fast_init, &Fast_offset, NULL};
static HPyType_Spec Fast_spec = {
    .name = "ext.Fast",
    .basicsize = sizeof(Fast),
    .builtin_shape = SHAPE(Fast),
    .flags = FLAGS,
    .defines = Fast_defines,
};

METHOD(Made_greet, "greet", "hello")

static HPyDef *Made_defines[] = {&Made_greet, NULL};
static HPyType_Spec Made_spec = {.name = "ext.Made", .flags = FLAGS, .defines = Made_defines};

HPyDef_METH(from_bases, "from_bases", HPyFunc_O, .doc = "A type for which no metaclass is given.")
static HPy from_bases_impl(HPyContext *ctx, HPy self, HPy bases)
{
    HPyType_SpecParam params[] = {{HPyType_SpecParam_BasesTuple, bases}, {(HPyType_SpecParam_Kind)0}};
    return HPyType_FromSpec(ctx, &Made_spec, params);
}

HPyDef_METH(from_metaclass, "from_metaclass", HPyFunc_VARARGS, .doc = "A type for which a metaclass is given.")
static HPy from_metaclass_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy metaclass, bases;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OO", &metaclass, &bases)) {
        return HPy_NULL;
    }
    HPyType_SpecParam params[] = {
        {HPyType_SpecParam_Metaclass, metaclass},
        {HPyType_SpecParam_BasesTuple, bases},
        {(HPyType_SpecParam_Kind)0},
    };
    return HPyType_FromSpec(ctx, &Made_spec, params);
}

HPyDef_METH(call, "call", HPyFunc_VARARGS, .doc = "Call with a tuple and a dictionary.")
static HPy call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy callable, positional, named;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OOO", &callable, &positional, &named)) {
        return HPy_NULL;
    }
    return HPy_CallTupleDict(ctx, callable, positional, named);
}

HPyDef_METH(call_array, "call_array", HPyFunc_VARARGS, .doc = "Call with an array of two.")
static HPy call_array_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy callable, array[2];
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OOO", &callable, &array[0], &array[1])) {
        return HPy_NULL;
    }
    return HPy_Call(ctx, callable, array, 2, HPy_NULL);
}

#ifndef HPY_ABI_UNIVERSAL
/* HPy has no tp_setattro, and no function that calls the tp_new of a base. */
static PyObject *Building_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    conform_event("new", (long long)PyTuple_GET_SIZE(args));
    return PyType_Type.tp_new(cls, args, kw);
}

static PyType_Slot Building_slots[] = {{Py_tp_new, (void *)Building_new}, {0, NULL}};

static int Storing_setattro(PyObject *self, PyObject *name, PyObject *value)
{
    conform_event(value == NULL ? "delete" : "set", 0);
    return PyType_Type.tp_setattro(self, name, value);
}

static PyType_Slot Storing_slots[] = {{Py_tp_setattro, (void *)Storing_setattro}, {0, NULL}};
#define LEGACY(NAME)                                                                                                 \
    static HPyType_Spec NAME##_spec = {                                                                              \
        .name = "ext." #NAME,                                                                                        \
        .basicsize = sizeof(PyHeapTypeObject),                                                                       \
        .builtin_shape = HPyType_BuiltinShape_Legacy,                                                                \
        .legacy_slots = NAME##_slots,                                                                                \
        .flags = FLAGS,                                                                                              \
    };
LEGACY(Building)
LEGACY(Storing)
#endif

static int add_metaclass(HPyContext *ctx, HPy module, const char *name, HPyType_Spec *spec)
{
    return conform_hpy_add_type(ctx, module, name, spec, ctx->h_TypeType);
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = add_metaclass(ctx, module, "Tagged", &Tagged_spec) &&
                add_metaclass(ctx, module, "Plain", &Plain_spec) &&
                conform_hpy_add_derived(ctx, module, "Deep", &Deep_spec, "Tagged", NULL) &&
                conform_hpy_add_derived(ctx, module, "PlainTagged", &PlainTagged_spec, "Plain", "Tagged") &&
                conform_hpy_add_derived(ctx, module, "TaggedPlain", &TaggedPlain_spec, "Tagged", "Plain") &&
                add_metaclass(ctx, module, "Counting", &Counting_spec) &&
                add_metaclass(ctx, module, "Calling", &Calling_spec) && add_metaclass(ctx, module, "Fast", &Fast_spec);
#ifndef HPY_ABI_UNIVERSAL
    added = added && add_metaclass(ctx, module, "Building", &Building_spec) &&
            add_metaclass(ctx, module, "Storing", &Storing_spec);
#endif
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &from_bases, &from_metaclass, &call, &call_array, NULL};
static HPyModuleDef ext_module = {
    .doc = "Metaclasses, and types with several bases made with them.",
    .defines = ext_defines,
};
HPy_MODINIT(ext, ext_module)
