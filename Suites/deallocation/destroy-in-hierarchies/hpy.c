/* Families of a base and a C subclass whose struct starts with that of the base: in Both and Made, the base and the
   subclass have a destroy; in Lower, only the base; in Upper, only the subclass. Made fills the struct in
   HPy_tp_new, the others in HPy_tp_init. Each destroy notes the serial of its part of the struct, or -1 where it
   doesn't find that part as it was left at construction. */
#include "hpy.h"
#include "conform.h"

#define BASE_MARK 0x0ba5eba5eL
#define SUB_MARK 0x5ab5ab5aL

typedef struct {
    long mark;
    long serial;
} Base;
HPyType_HELPERS(Base)

typedef struct {
    Base base;
    long mark;
    long serial;
} Sub;
HPyType_HELPERS(Sub)

static void fill_base(Base *self)
{
    self->mark = BASE_MARK;
    self->serial = conform_serial();
}

static void fill_sub(Sub *self)
{
    fill_base(&self->base);
    self->mark = SUB_MARK;
    self->serial = self->base.serial;
}

HPyDef_SLOT(Base_init, HPy_tp_init)
static int Base_init_impl(HPyContext *ctx, HPy object, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    fill_base(Base_AsStruct(ctx, object));
    return 0;
}

HPyDef_SLOT(Sub_init, HPy_tp_init)
static int Sub_init_impl(HPyContext *ctx, HPy object, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    fill_sub(Sub_AsStruct(ctx, object));
    return 0;
}

HPyDef_SLOT(Base_new, HPy_tp_new)
static HPy Base_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Base *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (!HPy_IsNull(object)) {
        fill_base(self);
    }
    return object;
}

HPyDef_SLOT(Sub_new, HPy_tp_new)
static HPy Sub_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Sub *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (!HPy_IsNull(object)) {
        fill_sub(self);
    }
    return object;
}

HPyDef_SLOT(Base_destroy, HPy_tp_destroy)
static void Base_destroy_impl(void *data)
{
    Base *self = (Base *)data;
    conform_event("base", self->mark == BASE_MARK ? self->serial : -1);
}

HPyDef_SLOT(Sub_destroy, HPy_tp_destroy)
static void Sub_destroy_impl(void *data)
{
    Sub *self = (Sub *)data;
    conform_event("sub", self->mark == SUB_MARK && self->base.mark == BASE_MARK ? self->serial : -1);
}

static HPyDef *with_destroy_base[] = {&Base_init, &Base_destroy, NULL};
static HPyDef *without_destroy_base[] = {&Base_init, NULL};
static HPyDef *with_destroy_sub[] = {&Sub_init, &Sub_destroy, NULL};
static HPyDef *without_destroy_sub[] = {&Sub_init, NULL};
static HPyDef *made_base[] = {&Base_new, &Base_destroy, NULL};
static HPyDef *made_sub[] = {&Sub_new, &Sub_destroy, NULL};

#define BASE_SPEC(type_name, type_defines)                                                                           \
    {                                                                                                                \
        .name = type_name,                                                                                           \
        .basicsize = sizeof(Base),                                                                                   \
        .builtin_shape = SHAPE(Base),                                                                                \
        .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,                                                         \
        .defines = type_defines,                                                                                     \
    }
#define SUB_SPEC(type_name, type_defines)                                                                            \
    {                                                                                                                \
        .name = type_name,                                                                                           \
        .basicsize = sizeof(Sub),                                                                                    \
        .builtin_shape = SHAPE(Sub),                                                                                 \
        .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,                                                         \
        .defines = type_defines,                                                                                     \
    }
static HPyType_Spec BothBase_spec = BASE_SPEC("ext.BothBase", with_destroy_base);
static HPyType_Spec BothSub_spec = SUB_SPEC("ext.BothSub", with_destroy_sub);
static HPyType_Spec MadeBase_spec = BASE_SPEC("ext.MadeBase", made_base);
static HPyType_Spec MadeSub_spec = SUB_SPEC("ext.MadeSub", made_sub);
static HPyType_Spec LowerBase_spec = BASE_SPEC("ext.LowerBase", with_destroy_base);
static HPyType_Spec LowerSub_spec = SUB_SPEC("ext.LowerSub", without_destroy_sub);
static HPyType_Spec UpperBase_spec = BASE_SPEC("ext.UpperBase", without_destroy_base);
static HPyType_Spec UpperSub_spec = SUB_SPEC("ext.UpperSub", with_destroy_sub);

static int add_family(HPyContext *ctx, HPy module, const char *base_name, HPyType_Spec *base_spec,
                      const char *sub_name, HPyType_Spec *sub_spec)
{
    HPy base = HPyType_FromSpec(ctx, base_spec, NULL);
    if (HPy_IsNull(base)) {
        return -1;
    }
    HPyType_SpecParam params[] = {{HPyType_SpecParam_Base, base}, {(HPyType_SpecParam_Kind)0}};
    int failed = HPy_SetAttr_s(ctx, module, base_name, base) < 0 ||
                 !HPyHelpers_AddType(ctx, module, sub_name, sub_spec, params);
    HPy_Close(ctx, base);
    return failed ? -1 : 0;
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    if (add_family(ctx, module, "BothBase", &BothBase_spec, "BothSub", &BothSub_spec) < 0 ||
        add_family(ctx, module, "MadeBase", &MadeBase_spec, "MadeSub", &MadeSub_spec) < 0 ||
        add_family(ctx, module, "LowerBase", &LowerBase_spec, "LowerSub", &LowerSub_spec) < 0) {
        return -1;
    }
    return add_family(ctx, module, "UpperBase", &UpperBase_spec, "UpperSub", &UpperSub_spec);
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Hierarchies of types with native resources.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
