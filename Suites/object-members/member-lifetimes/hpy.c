/* Wide has twenty-four object members, with getsets and numbers between them. Low, Middle and High derive from each
   other; each adds a member of either kind to the struct and a traverse that visits all there are. */
#include "hpy.h"
#include "conform.h"
#include "conform_helpers.h"

/* Name, kind, readonly. */
#define OBJECTS(X)                                                                                                   \
    X(a, OBJECT, 0) X(b, OBJECT_EX, 0) X(c, OBJECT, 0) X(d, OBJECT_EX, 0) X(e, OBJECT, 1) X(f, OBJECT_EX, 1)          \
    X(g, OBJECT, 0) X(h, OBJECT_EX, 0) X(i, OBJECT, 0) X(j, OBJECT_EX, 0) X(k, OBJECT, 0) X(l, OBJECT_EX, 0)          \
    X(m, OBJECT, 0) X(n, OBJECT_EX, 0) X(o, OBJECT, 0) X(p, OBJECT_EX, 0) X(q, OBJECT, 1) X(r, OBJECT_EX, 1)          \
    X(s, OBJECT, 0) X(t, OBJECT_EX, 0) X(u, OBJECT, 0) X(v, OBJECT_EX, 0) X(w, OBJECT, 0) X(x, OBJECT_EX, 0)

typedef struct {
#define PLACE(name, kind, fixed) HPyField name; long after_##name;
    OBJECTS(PLACE)
#undef PLACE
} Wide;
HPyType_HELPERS(Wide)

CONFORM_HPY_NEW(Wide_new)

HPyDef_SLOT(Wide_traverse, HPy_tp_traverse)
static int Wide_traverse_impl(void *data, HPyFunc_visitproc visit, void *arg)
{
    Wide *self = (Wide *)data;
#define VISIT(name, kind, fixed) HPy_VISIT(&self->name);
    OBJECTS(VISIT)
#undef VISIT
    return 0;
}

#define MEMBERS(name, kind, fixed)                                                                                   \
    HPyDef_MEMBER(Wide_##name, #name, HPyMember_##kind, offsetof(Wide, name), .readonly = fixed,                     \
                  .doc = "object " #name)                                                                            \
    HPyDef_MEMBER(Wide_after_##name, "after_" #name, HPyMember_LONG, offsetof(Wide, after_##name))                   \
    HPyDef_GET(Wide_seen_##name, "seen_" #name, .doc = "what C has in " #name)                                       \
    static HPy Wide_seen_##name##_get(HPyContext *ctx, HPy self, void *closure)                                      \
    {                                                                                                                \
        return conform_hpy_load(ctx, self, Wide_AsStruct(ctx, self)->name, ctx->h_Ellipsis);                         \
    }
OBJECTS(MEMBERS)

HPyDef_METH(Wide_hold, "hold", HPyFunc_O, .doc = "Store an object into the fields that are readonly for Python.")
static HPy Wide_hold_impl(HPyContext *ctx, HPy self, HPy value)
{
    Wide *wide = Wide_AsStruct(ctx, self);
    HPyField_Store(ctx, self, &wide->e, value);
    HPyField_Store(ctx, self, &wide->f, value);
    HPyField_Store(ctx, self, &wide->q, value);
    HPyField_Store(ctx, self, &wide->r, value);
    return HPy_Dup(ctx, ctx->h_None);
}

#define DEFINE(name, kind, fixed) &Wide_seen_##name, &Wide_##name, &Wide_after_##name,
static HPyDef *Wide_defines[] = {&Wide_new, &Wide_traverse, &Wide_hold, OBJECTS(DEFINE) NULL};
static HPyType_Spec Wide_spec = {
    .name = "ext.Wide",
    .basicsize = sizeof(Wide),
    .builtin_shape = SHAPE(Wide),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC,
    .defines = Wide_defines,
};

typedef struct {
    HPyField plain;
    HPyField strict;
} Pair;

typedef struct {
    Pair low;
} Low;
HPyType_HELPERS(Low)

typedef struct {
    Low low;
    long number;
    Pair middle;
} Middle;
HPyType_HELPERS(Middle)

typedef struct {
    Middle middle;
    double real;
    Pair high;
} High;
HPyType_HELPERS(High)

CONFORM_HPY_NEW(Low_new)

CONFORM_HPY_NEW(Middle_new)

CONFORM_HPY_NEW(High_new)

static int pair_traverse(Pair *pair, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&pair->plain);
    HPy_VISIT(&pair->strict);
    return 0;
}

HPyDef_SLOT(Low_traverse, HPy_tp_traverse)
static int Low_traverse_impl(void *data, HPyFunc_visitproc visit, void *arg)
{
    return pair_traverse(&((Low *)data)->low, visit, arg);
}

HPyDef_SLOT(Middle_traverse, HPy_tp_traverse)
static int Middle_traverse_impl(void *data, HPyFunc_visitproc visit, void *arg)
{
    int stopped = Low_traverse_impl(data, visit, arg);
    return stopped ? stopped : pair_traverse(&((Middle *)data)->middle, visit, arg);
}

HPyDef_SLOT(High_traverse, HPy_tp_traverse)
static int High_traverse_impl(void *data, HPyFunc_visitproc visit, void *arg)
{
    int stopped = Middle_traverse_impl(data, visit, arg);
    return stopped ? stopped : pair_traverse(&((High *)data)->high, visit, arg);
}

#define PAIR(Type, place)                                                                                            \
    HPyDef_MEMBER(Type##_plain, #place, HPyMember_OBJECT, offsetof(Type, place.plain))                               \
    HPyDef_MEMBER(Type##_strict, #place "_ex", HPyMember_OBJECT_EX, offsetof(Type, place.strict))
PAIR(Low, low)
PAIR(Middle, middle)
PAIR(High, high)
HPyDef_MEMBER(Middle_number, "number", HPyMember_LONG, offsetof(Middle, number))
HPyDef_MEMBER(High_real, "real", HPyMember_DOUBLE, offsetof(High, real))

#define SPEC(Type)                                                                                                   \
    static HPyType_Spec Type##_spec = {                                                                              \
        .name = "ext." #Type,                                                                                        \
        .basicsize = sizeof(Type),                                                                                   \
        .builtin_shape = SHAPE(Type),                                                                                \
        .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | HPy_TPFLAGS_HAVE_GC,                                   \
        .defines = Type##_defines,                                                                                   \
    };
static HPyDef *Low_defines[] = {&Low_new, &Low_traverse, &Low_plain, &Low_strict, NULL};
static HPyDef *Middle_defines[] = {
    &Middle_new, &Middle_traverse, &Middle_plain, &Middle_number, &Middle_strict, NULL,
};
static HPyDef *High_defines[] = {&High_new, &High_traverse, &High_real, &High_plain, &High_strict, NULL};
SPEC(Low)
SPEC(Middle)
SPEC(High)

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = HPyHelpers_AddType(ctx, module, "Wide", &Wide_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Low", &Low_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "Middle", &Middle_spec, "Low", NULL) &&
                conform_hpy_add_derived(ctx, module, "High", &High_spec, "Middle", NULL);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Objects that hold others in members.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
