/* Types that say with a member where something is in the struct: the call function of an object, its dictionary, and
   the list of weak references to it. Only the first is in HPy's documents. */
#include "hpy.h"
#include "conform.h"
#include "conform_helpers.h"

typedef struct {
    double before;
    HPyCallFunction call;
    long after;
} Foo;
HPyType_HELPERS(Foo)

typedef struct {
    HPyCallFunction call;
} Bare;
HPyType_HELPERS(Bare)

HPyDef_CALL_FUNCTION(Foo_call)
static HPy Foo_call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy names)
{
    return conform_hpy_told(ctx, Foo_AsStruct(ctx, self)->after, args, nargs, names);
}

HPyDef_CALL_FUNCTION(Foo_negative)
static HPy Foo_negative_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy names)
{
    return conform_hpy_told(ctx, -Foo_AsStruct(ctx, self)->after, args, nargs, names);
}

HPyDef_CALL_FUNCTION(Foo_failing)
static HPy Foo_failing_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy names)
{
    HPyErr_SetString(ctx, ctx->h_LookupError, "from the call");
    return HPy_NULL;
}

HPyDef_SLOT(Foo_new, HPy_tp_new)
static HPy Foo_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    HPyCallFunction *calls[] = {&Foo_call, &Foo_negative, &Foo_failing};
    long number, which = 0;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "l|l", &number, &which)) {
        return HPy_NULL;
    }
    Foo *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    self = Foo_AsStruct(ctx, object);
    self->before = number + 0.5;
    self->after = number;
    if (HPy_SetCallFunction(ctx, object, calls[which]) < 0) {
        HPy_Close(ctx, object);
        return HPy_NULL;
    }
    return object;
}

HPyDef_MEMBER(Foo_offset, "__vectorcalloffset__", HPyMember_HPYSSIZET, offsetof(Foo, call), .readonly = 1)
HPyDef_MEMBER(Foo_before, "before", HPyMember_DOUBLE, offsetof(Foo, before))
HPyDef_MEMBER(Foo_after, "after", HPyMember_LONG, offsetof(Foo, after))

HPyDef_METH(Foo_again, "again", HPyFunc_O, .doc = "Give an object of the type another call function.")
static HPy Foo_again_impl(HPyContext *ctx, HPy self, HPy which)
{
    long number = HPyLong_AsLong(ctx, which);
    if (number == -1 && HPyErr_Occurred(ctx)) {
        return HPy_NULL;
    }
    HPyCallFunction *calls[] = {&Foo_call, &Foo_negative, &Foo_failing};
    if (HPy_SetCallFunction(ctx, self, calls[number]) < 0) {
        return HPy_NULL;
    }
    return HPy_Dup(ctx, ctx->h_None);
}

static HPyDef *Foo_defines[] = {&Foo_new, &Foo_before, &Foo_offset, &Foo_after, &Foo_again, NULL};
static HPyType_Spec Foo_spec = {
    .name = "ext.Foo",
    .basicsize = sizeof(Foo),
    .builtin_shape = SHAPE(Foo),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Foo_defines,
};

HPyDef_CALL_FUNCTION(Bare_call)
static HPy Bare_call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy names)
{
    return conform_hpy_told(ctx, 7, args, nargs, names);
}

HPyDef_SLOT(Bare_new, HPy_tp_new)
static HPy Bare_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Bare *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (!HPy_IsNull(object) && HPy_SetCallFunction(ctx, object, &Bare_call) < 0) {
        HPy_Close(ctx, object);
        return HPy_NULL;
    }
    return object;
}

HPyDef_MEMBER(Bare_offset, "__vectorcalloffset__", HPyMember_HPYSSIZET, offsetof(Bare, call), .readonly = 1)

static HPyDef *Bare_defines[] = {&Bare_new, &Bare_offset, NULL};
static HPyType_Spec Bare_spec = {
    .name = "ext.Bare",
    .basicsize = sizeof(Bare),
    .builtin_shape = SHAPE(Bare),
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = Bare_defines,
};

/* As the porting guide's example has it, and not as its text: the struct of the function is assigned. */
HPyDef_SLOT(Assigned_new, HPy_tp_new)
static HPy Assigned_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Bare *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (!HPy_IsNull(object)) {
        self->call = Bare_call;
    }
    return object;
}

static HPyDef *Assigned_defines[] = {&Assigned_new, &Bare_offset, NULL};
static HPyType_Spec Assigned_spec = {
    .name = "ext.Assigned",
    .basicsize = sizeof(Bare),
    .builtin_shape = SHAPE(Bare),
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = Assigned_defines,
};

/* A dictionary and weak references, in the way of the C API. HPy has nothing to release what would be there. */
typedef struct {
    long before;
    void *dictionary;
    long after;
} Named;
HPyType_HELPERS(Named)

CONFORM_HPY_NEW(Named_new)

HPyDef_MEMBER(Named_before, "before", HPyMember_LONG, offsetof(Named, before))
HPyDef_MEMBER(Named_offset, "__dictoffset__", HPyMember_HPYSSIZET, offsetof(Named, dictionary), .readonly = 1)
HPyDef_MEMBER(Named_after, "after", HPyMember_LONG, offsetof(Named, after))

static HPyDef *Named_defines[] = {&Named_new, &Named_before, &Named_offset, &Named_after, NULL};
static HPyType_Spec Named_spec = {
    .name = "ext.Named",
    .basicsize = sizeof(Named),
    .builtin_shape = SHAPE(Named),
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = Named_defines,
};

typedef struct {
    long before;
    void *references;
    long after;
} Weak;
HPyType_HELPERS(Weak)

CONFORM_HPY_NEW(Weak_new)

HPyDef_MEMBER(Weak_before, "before", HPyMember_LONG, offsetof(Weak, before))
HPyDef_MEMBER(Weak_offset, "__weaklistoffset__", HPyMember_HPYSSIZET, offsetof(Weak, references), .readonly = 1)
HPyDef_MEMBER(Weak_after, "after", HPyMember_LONG, offsetof(Weak, after))

static HPyDef *Weak_defines[] = {&Weak_new, &Weak_before, &Weak_offset, &Weak_after, NULL};
static HPyType_Spec Weak_spec = {
    .name = "ext.Weak",
    .basicsize = sizeof(Weak),
    .builtin_shape = SHAPE(Weak),
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = Weak_defines,
};

/* A slot and a member, where one would do. */
HPyDef_SLOT(Double_call, HPy_tp_call)
static HPy Double_call_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs, HPy names)
{
    return conform_hpy_told(ctx, 8, args, nargs, names);
}

HPyDef_MEMBER(Double_offset, "__vectorcalloffset__", HPyMember_HPYSSIZET, offsetof(Bare, call), .readonly = 1)

static HPyDef *Double_defines[] = {&Double_call, &Double_offset, NULL};
static HPyType_Spec Double_spec = {
    .name = "ext.Double",
    .basicsize = sizeof(Bare),
    .builtin_shape = SHAPE(Bare),
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = Double_defines,
};

HPyDef_METH(make_double, "make_double", HPyFunc_O, .doc = "A type that is called in both ways, and derives from another.")
static HPy make_double_impl(HPyContext *ctx, HPy module, HPy base)
{
    HPyType_SpecParam params[] = {{HPyType_SpecParam_Base, base}, {(HPyType_SpecParam_Kind)0}};
    return HPyType_FromSpec(ctx, &Double_spec, params);
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = HPyHelpers_AddType(ctx, module, "Foo", &Foo_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Bare", &Bare_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Assigned", &Assigned_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Named", &Named_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Weak", &Weak_spec, NULL);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &make_double, NULL};
static HPyModuleDef ext_module = {.doc = "Offsets of what is special in structs.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
