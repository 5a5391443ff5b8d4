/* Types that super() leads to and comes from. HPy has no methods of classes. */
#include "hpy.h"
#include "conform_helpers.h"

typedef struct {
    long made;
} Counted;
HPyType_HELPERS(Counted)

HPyDef_SLOT(Counted_new, HPy_tp_new)
static HPy Counted_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Counted *data;
    HPy self = HPy_New(ctx, cls, &data);
    if (!HPy_IsNull(self)) {
        data->made = 1;
    }
    return self;
}

HPyDef_SLOT(Counted_init, HPy_tp_init)
static int Counted_init_impl(HPyContext *ctx, HPy self, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Counted_AsStruct(ctx, self)->made += 10;
    return 0;
}

HPyDef_METH(Base_who, "who", HPyFunc_NOARGS)
static HPy Base_who_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "Base");
}

HPyDef_SLOT(Base_length, HPy_sq_length)
static HPy_ssize_t Base_length_impl(HPyContext *ctx, HPy self)
{
    return 3;
}

HPyDef_MEMBER(Counted_made, "made", HPyMember_LONG, offsetof(Counted, made))

static HPyDef *Counted_defines[] = {&Counted_new, &Counted_init, &Counted_made, NULL};
static HPyType_Spec Counted_spec = {
    .name = "ext.Counted", .basicsize = sizeof(Counted), .builtin_shape = SHAPE(Counted),
    .defines = Counted_defines, .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
};
static HPyDef *Base_defines[] = {&Base_who, &Base_length, NULL};
static HPyType_Spec Base_spec = {
    .name = "ext.Base", .defines = Base_defines, .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
};

static HPyGlobal below_type;

/* super(class, object).name() */
static HPy call_next(HPyContext *ctx, HPy cls, HPy object, const char *name)
{
    HPy super = conform_hpy_attribute_of(ctx, "builtins", "super"), next = HPy_NULL, result = HPy_NULL;
    if (HPy_IsNull(super)) {
        return HPy_NULL;
    }
    HPy args[] = {cls, object};
    next = HPy_Call(ctx, super, args, 2, HPy_NULL);
    if (!HPy_IsNull(next)) {
        HPy method = HPy_GetAttr_s(ctx, next, name);
        if (!HPy_IsNull(method)) {
            result = HPy_Call(ctx, method, NULL, 0, HPy_NULL);
        }
        HPy_Close(ctx, method);
    }
    HPy_Close(ctx, next);
    HPy_Close(ctx, super);
    return result;
}

/* who() of Below: its own name before what the next class in the order says. */
HPyDef_METH(Below_who, "who", HPyFunc_NOARGS)
static HPy Below_who_impl(HPyContext *ctx, HPy self)
{
    HPy cls = HPyGlobal_Load(ctx, below_type);
    HPy told = call_next(ctx, cls, self, "who");
    HPy prefix = HPyUnicode_FromString(ctx, "Below "), result = HPy_NULL;
    if (!HPy_IsNull(told) && !HPy_IsNull(prefix)) {
        result = HPy_Add(ctx, prefix, told);
    }
    HPy_Close(ctx, prefix);
    HPy_Close(ctx, told);
    HPy_Close(ctx, cls);
    return result;
}

static HPyDef *Below_defines[] = {&Below_who, NULL};
static HPyType_Spec Below_spec = {
    .name = "ext.Below", .defines = Below_defines, .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
};

typedef struct {
    HPyField name;
} Named;
HPyType_HELPERS(Named)

HPyDef_METH(Named_set_name, "__set_name__", HPyFunc_VARARGS)
static HPy Named_set_name_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy owner, name;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OO", &owner, &name)) {
        return HPy_NULL;
    }
    HPy first = HPy_GetAttr_s(ctx, owner, "__name__"), dot = HPyUnicode_FromString(ctx, "."), result = HPy_NULL;
    if (!HPy_IsNull(first) && !HPy_IsNull(dot)) {
        HPy begun = HPy_Add(ctx, first, dot);
        HPy both = HPy_IsNull(begun) ? HPy_NULL : HPy_Add(ctx, begun, name);
        if (!HPy_IsNull(both)) {
            HPyField_Store(ctx, self, &Named_AsStruct(ctx, self)->name, both);
            result = HPy_Dup(ctx, ctx->h_None);
        }
        HPy_Close(ctx, both);
        HPy_Close(ctx, begun);
    }
    HPy_Close(ctx, dot);
    HPy_Close(ctx, first);
    return result;
}

HPyDef_GET(Named_name, "name")
static HPy Named_name_get(HPyContext *ctx, HPy self, void *closure)
{
    return conform_hpy_load(ctx, self, Named_AsStruct(ctx, self)->name, ctx->h_None);
}

HPyDef_SLOT(Named_traverse, HPy_tp_traverse)
static int Named_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Named *)self)->name);
    return 0;
}

CONFORM_HPY_NEW(Named_new)

static HPyDef *Named_defines[] = {&Named_new, &Named_set_name, &Named_name, &Named_traverse, NULL};
static HPyType_Spec Named_spec = {
    .name = "ext.Named", .basicsize = sizeof(Named), .builtin_shape = SHAPE(Named), .defines = Named_defines,
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | HPy_TPFLAGS_HAVE_GC,
};
static HPyType_Spec Made_spec = {.name = "ext.Made", .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE};

HPyDef_METH(make, "make", HPyFunc_O)
static HPy make_impl(HPyContext *ctx, HPy self, HPy base)
{
    HPyType_SpecParam params[] = {{HPyType_SpecParam_Base, base}, {(HPyType_SpecParam_Kind)0}};
    return HPyType_FromSpec(ctx, &Made_spec, params);
}

HPyDef_METH(up, "up", HPyFunc_VARARGS, .doc = "up(class, object, name): super(class, object).name(), asked from C.")
static HPy up_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy cls, object;
    const char *name;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OOs", &cls, &object, &name)) {
        return HPy_NULL;
    }
    return call_next(ctx, cls, object, name);
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = HPyHelpers_AddType(ctx, module, "Base", &Base_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "Below", &Below_spec, "Base", NULL) &&
                HPyHelpers_AddType(ctx, module, "Counted", &Counted_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Named", &Named_spec, NULL);
    HPy below = added ? HPy_GetAttr_s(ctx, module, "Below") : HPy_NULL;
    if (HPy_IsNull(below)) {
        return -1;
    }
    HPyGlobal_Store(ctx, &below_type, below);
    HPy_Close(ctx, below);
    return 0;
}

static HPyGlobal *ext_globals[] = {&below_type, NULL};
static HPyDef *ext_defines[] = {&ext_exec, &make, &up, NULL};
static HPyModuleDef ext_module = {.defines = ext_defines, .globals = ext_globals};
HPy_MODINIT(ext, ext_module)
