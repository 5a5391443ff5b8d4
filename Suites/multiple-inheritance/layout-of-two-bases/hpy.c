/* Types with and without fields. HPy has no variable-size types and no sizes relative to the base's. */
#include "hpy.h"
#include "conform.h"
#include "conform_helpers.h"

typedef struct {
    long first;
} Base;
HPyType_HELPERS(Base)

typedef struct {
    Base base;
    long wide[3];
} Wide;
HPyType_HELPERS(Wide)

typedef struct {
    Wide wide;
    long widest;
} Widest;
HPyType_HELPERS(Widest)

/* As large as Wide, so that a type that is laid out like one of them has room for the other. */
typedef struct {
    Base base;
    long other[3];
} Other;
HPyType_HELPERS(Other)

typedef struct {
    long alone[4];
} Alone;
HPyType_HELPERS(Alone)

typedef struct {
    Wide wide;
    long added[2];
} Extended;
HPyType_HELPERS(Extended)

#define FLAGS (HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE)
#define FIELD(id, name, struct, field) HPyDef_MEMBER(id, name, HPyMember_LONG, offsetof(struct, field))
#define SPEC(struct, size, table)                                                                                    \
    {.name = "ext." #struct, .basicsize = size, .flags = FLAGS, .defines = table}

/* These types have no struct, and the constructor of the base object. */
static HPyType_Spec Empty_spec = SPEC(Empty, 0, NULL);
static HPyType_Spec Hollow_spec = SPEC(Hollow, 0, NULL);
static HPyType_Spec Plain_spec = SPEC(Plain, 0, NULL);
static HPyType_Spec Derived_spec = SPEC(Derived, 0, NULL);

HPyDef_METH(Base_read_first, "read_first", HPyFunc_NOARGS)
static HPy Base_read_first_impl(HPyContext *ctx, HPy self)
{
    return HPyLong_FromLong(ctx, Base_AsStruct(ctx, self)->first);
}

FIELD(Base_first, "first", Base, first)

static HPyDef *Base_defines[] = {&Base_read_first, &Base_first, NULL};
static HPyType_Spec Base_spec = SPEC(Base, sizeof(Base), Base_defines);

HPyDef_METH(Wide_read_wide, "read_wide", HPyFunc_NOARGS)
static HPy Wide_read_wide_impl(HPyContext *ctx, HPy self)
{
    Wide *wide = Wide_AsStruct(ctx, self);
    return HPy_BuildValue(ctx, "(llll)", wide->base.first, wide->wide[0], wide->wide[1], wide->wide[2]);
}

HPyDef_METH(Wide_fill_wide, "fill_wide", HPyFunc_O)
static HPy Wide_fill_wide_impl(HPyContext *ctx, HPy self, HPy arg)
{
    long start = HPyLong_AsLong(ctx, arg);
    if (start == -1 && HPyErr_Occurred(ctx)) {
        return HPy_NULL;
    }
    Wide *wide = Wide_AsStruct(ctx, self);
    wide->base.first = start;
    for (int i = 0; i < 3; i++) {
        wide->wide[i] = start + i + 1;
    }
    return HPy_Dup(ctx, ctx->h_None);
}

FIELD(Wide_0, "wide_0", Wide, wide[0])
FIELD(Wide_2, "wide_2", Wide, wide[2])

static HPyDef *Wide_defines[] = {&Wide_read_wide, &Wide_fill_wide, &Wide_0, &Wide_2, NULL};
static HPyType_Spec Wide_spec = SPEC(Wide, sizeof(Wide), Wide_defines);

FIELD(Widest_widest, "widest", Widest, widest)

static HPyDef *Widest_defines[] = {&Widest_widest, NULL};
static HPyType_Spec Widest_spec = SPEC(Widest, sizeof(Widest), Widest_defines);

FIELD(Other_0, "other_0", Other, other[0])
FIELD(Other_2, "other_2", Other, other[2])

static HPyDef *Other_defines[] = {&Other_0, &Other_2, NULL};
static HPyType_Spec Other_spec = SPEC(Other, sizeof(Other), Other_defines);

FIELD(Alone_0, "alone_0", Alone, alone[0])
FIELD(Alone_3, "alone_3", Alone, alone[3])

static HPyDef *Alone_defines[] = {&Alone_0, &Alone_3, NULL};
static HPyType_Spec Alone_spec = SPEC(Alone, sizeof(Alone), Alone_defines);

FIELD(Extended_0, "added_0", Extended, added[0])
FIELD(Extended_1, "added_1", Extended, added[1])

static HPyDef *Extended_defines[] = {&Extended_0, &Extended_1, NULL};
static HPyType_Spec Extended_spec = SPEC(Extended, sizeof(Extended), Extended_defines);

HPyDef_METH(derive, "derive", HPyFunc_O, .doc = "A type without anything of its own, on these bases.")
static HPy derive_impl(HPyContext *ctx, HPy self, HPy bases)
{
    HPyType_SpecParam params[] = {{HPyType_SpecParam_BasesTuple, bases}, {(HPyType_SpecParam_Kind)0}};
    return HPyType_FromSpec(ctx, &Derived_spec, params);
}

HPyDef_METH(extend, "extend", HPyFunc_O, .doc = "A type whose struct is Wide's and more, on bases with Wide.")
static HPy extend_impl(HPyContext *ctx, HPy self, HPy bases)
{
    HPyType_SpecParam params[] = {{HPyType_SpecParam_BasesTuple, bases}, {(HPyType_SpecParam_Kind)0}};
    return HPyType_FromSpec(ctx, &Extended_spec, params);
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = HPyHelpers_AddType(ctx, module, "Base", &Base_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "Wide", &Wide_spec, "Base", NULL) &&
                conform_hpy_add_derived(ctx, module, "Widest", &Widest_spec, "Wide", NULL) &&
                conform_hpy_add_derived(ctx, module, "Other", &Other_spec, "Base", NULL) &&
                conform_hpy_add_derived(ctx, module, "Plain", &Plain_spec, "Base", NULL) &&
                HPyHelpers_AddType(ctx, module, "Alone", &Alone_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Empty", &Empty_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Hollow", &Hollow_spec, NULL);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &derive, &extend, NULL};
static HPyModuleDef ext_module = {.doc = "Types whose layouts are joined.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
