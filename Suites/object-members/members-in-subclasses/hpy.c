/* Base, its C subclass Wide with a larger struct, the same two with a tp_new that looks at the struct, Small with
   three bytes, and Holder with an object. */
#include "hpy.h"
#include "conform.h"
#include "conform_helpers.h"

typedef struct {
    int number;
    double real;
    signed char tail;
} Base;
HPyType_HELPERS(Base)

typedef struct {
    Base base;
    long extra;
    double more;
} Wide;
HPyType_HELPERS(Wide)

typedef struct {
    signed char bytes[3];
} Small;
HPyType_HELPERS(Small)

typedef struct {
    HPyField object;
    long after;
} Holder;
HPyType_HELPERS(Holder)

CONFORM_HPY_NEW(Base_new)

HPyDef_MEMBER(Base_number, "number", HPyMember_INT, offsetof(Base, number), .doc = "of Base")
HPyDef_MEMBER(Base_real, "real", HPyMember_DOUBLE, offsetof(Base, real), .doc = "of Base")
HPyDef_MEMBER(Base_tail, "tail", HPyMember_BYTE, offsetof(Base, tail))

HPyDef_METH(Base_seen, "seen", HPyFunc_NOARGS, .doc = "What C sees in the struct of Base.")
static HPy Base_seen_impl(HPyContext *ctx, HPy self)
{
    Base *base = Base_AsStruct(ctx, self);
    return HPy_BuildValue(ctx, "(idi)", base->number, base->real, (int)base->tail);
}

HPyDef_METH(Base_assign, "assign", HPyFunc_O, .doc = "Set what the struct of Base has, from one number.")
static HPy Base_assign_impl(HPyContext *ctx, HPy self, HPy number)
{
    int32_t value = HPyLong_AsInt32_t(ctx, number);
    if (value == -1 && HPyErr_Occurred(ctx)) {
        return HPy_NULL;
    }
    Base *base = Base_AsStruct(ctx, self);
    base->number = value;
    base->real = value + 0.5;
    base->tail = (signed char)-value;
    return HPy_Dup(ctx, ctx->h_None);
}

static HPyDef *Base_defines[] = {
    &Base_new, &Base_number, &Base_real, &Base_tail, &Base_seen, &Base_assign, NULL,
};
static HPyType_Spec Base_spec = {
    .name = "ext.Base",
    .basicsize = sizeof(Base),
    .builtin_shape = SHAPE(Base),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Base_defines,
};

/* Tells whether HPy_New gave the struct of the object, and whether it is zeroed; writes nothing. */
HPyDef_SLOT(Checked_new, HPy_tp_new)
static HPy Checked_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Base *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    const unsigned char *bytes = (const unsigned char *)self;
    int zeroed = 1;
    for (size_t i = 0; i < sizeof(Base); i++) {
        zeroed &= bytes[i] == 0;
    }
    conform_event("zeroed", zeroed);
    conform_event("same struct", self == Base_AsStruct(ctx, object));
    return object;
}

static HPyDef *Checked_defines[] = {
    &Checked_new, &Base_number, &Base_real, &Base_tail, &Base_assign, NULL,
};
static HPyType_Spec Checked_spec = {
    .name = "ext.Checked",
    .basicsize = sizeof(Base),
    .builtin_shape = SHAPE(Base),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Checked_defines,
};

HPyDef_MEMBER(Wide_extra, "extra", HPyMember_LONG, offsetof(Wide, extra), .doc = "of Wide")
HPyDef_MEMBER(Wide_more, "more", HPyMember_DOUBLE, offsetof(Wide, more))
HPyDef_MEMBER(Wide_real, "real", HPyMember_DOUBLE, offsetof(Wide, more), .doc = "of Wide")

HPyDef_METH(Wide_seen_wide, "seen_wide", HPyFunc_NOARGS, .doc = "What C sees in the struct of Wide.")
static HPy Wide_seen_wide_impl(HPyContext *ctx, HPy self)
{
    Wide *wide = Wide_AsStruct(ctx, self);
    return HPy_BuildValue(ctx, "(idild)", wide->base.number, wide->base.real, (int)wide->base.tail, wide->extra,
                          wide->more);
}

HPyDef_METH(Wide_assign_wide, "assign_wide", HPyFunc_O, .doc = "Set what Wide adds to the struct, from one number.")
static HPy Wide_assign_wide_impl(HPyContext *ctx, HPy self, HPy number)
{
    int32_t value = HPyLong_AsInt32_t(ctx, number);
    if (value == -1 && HPyErr_Occurred(ctx)) {
        return HPy_NULL;
    }
    Wide *wide = Wide_AsStruct(ctx, self);
    wide->extra = -(long)value;
    wide->more = value + 0.25;
    return HPy_Dup(ctx, ctx->h_None);
}

static HPyDef *Wide_defines[] = {
    &Wide_extra, &Wide_more, &Wide_real, &Wide_seen_wide, &Wide_assign_wide, NULL,
};
static HPyType_Spec Wide_spec = {
    .name = "ext.Wide",
    .basicsize = sizeof(Wide),
    .builtin_shape = SHAPE(Wide),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Wide_defines,
};

static HPyDef *CheckedWide_defines[] = {&Wide_extra, &Wide_more, NULL};
static HPyType_Spec CheckedWide_spec = {
    .name = "ext.CheckedWide",
    .basicsize = sizeof(Wide),
    .builtin_shape = SHAPE(Wide),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = CheckedWide_defines,
};

HPyDef_MEMBER(Small_a, "a", HPyMember_BYTE, offsetof(Small, bytes))
HPyDef_MEMBER(Small_b, "b", HPyMember_BYTE, offsetof(Small, bytes) + 1)
HPyDef_MEMBER(Small_c, "c", HPyMember_BYTE, offsetof(Small, bytes) + 2)

static HPyDef *Small_defines[] = {&Small_a, &Small_b, &Small_c, NULL};
static HPyType_Spec Small_spec = {
    .name = "ext.Small",
    .basicsize = sizeof(Small),
    .builtin_shape = SHAPE(Small),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Small_defines,
};

HPyDef_SLOT(Holder_traverse, HPy_tp_traverse)
static int Holder_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Holder *)self)->object);
    return 0;
}

HPyDef_MEMBER(Holder_object, "object", HPyMember_OBJECT_EX, offsetof(Holder, object))
HPyDef_MEMBER(Holder_after, "after", HPyMember_LONG, offsetof(Holder, after))

static HPyDef *Holder_defines[] = {&Holder_traverse, &Holder_object, &Holder_after, NULL};
static HPyType_Spec Holder_spec = {
    .name = "ext.Holder",
    .basicsize = sizeof(Holder),
    .builtin_shape = SHAPE(Holder),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | HPy_TPFLAGS_HAVE_GC,
    .defines = Holder_defines,
};

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = HPyHelpers_AddType(ctx, module, "Base", &Base_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Checked", &Checked_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Small", &Small_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Holder", &Holder_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "Wide", &Wide_spec, "Base", NULL) &&
                conform_hpy_add_derived(ctx, module, "CheckedWide", &CheckedWide_spec, "Checked", NULL);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Types to derive from.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
