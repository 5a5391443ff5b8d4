/* Types whose objects get another class, and whose subclasses get other bases. They have the constructor of object. */
#include "hpy.h"
#include "conform_helpers.h"

typedef struct {
    long number;
} Base;
HPyType_HELPERS(Base)

typedef struct {
    Base base;
    long more[2];
} Wide;
HPyType_HELPERS(Wide)

typedef struct {
    double ratio;
} Unlike;
HPyType_HELPERS(Unlike)

HPyDef_METH(Base_who, "who", HPyFunc_NOARGS)
static HPy Base_who_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "Base");
}

HPyDef_METH(Same_who, "who", HPyFunc_NOARGS)
static HPy Same_who_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "Same");
}

HPyDef_SLOT(Same_length, HPy_sq_length)
static HPy_ssize_t Same_length_impl(HPyContext *ctx, HPy self)
{
    return 2;
}

HPyDef_MEMBER(Base_number, "number", HPyMember_LONG, offsetof(Base, number))
HPyDef_MEMBER(Wide_last, "last", HPyMember_LONG, offsetof(Wide, more) + sizeof(long))
HPyDef_MEMBER(Unlike_ratio, "ratio", HPyMember_DOUBLE, offsetof(Unlike, ratio))

static HPyDef *Base_defines[] = {&Base_who, &Base_number, NULL};
static HPyDef *Same_defines[] = {&Same_who, &Same_length, NULL};
static HPyDef *Wide_defines[] = {&Wide_last, NULL};
static HPyDef *Unlike_defines[] = {&Unlike_ratio, NULL};
static HPyDef *Final_defines[] = {NULL};
#define TYPE(NAME, STRUCT, FLAGS)                                                                                    \
    static HPyType_Spec NAME##_spec = {                                                                              \
        .name = "ext." #NAME, .basicsize = sizeof(STRUCT), .builtin_shape = SHAPE(STRUCT),                           \
        .flags = HPy_TPFLAGS_DEFAULT | (FLAGS), .defines = NAME##_defines,                                           \
    }
TYPE(Base, Base, HPy_TPFLAGS_BASETYPE);
TYPE(Same, Base, HPy_TPFLAGS_BASETYPE);
TYPE(Wide, Wide, HPy_TPFLAGS_BASETYPE);
TYPE(Unlike, Unlike, HPy_TPFLAGS_BASETYPE);
TYPE(Final, Base, 0);

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = HPyHelpers_AddType(ctx, module, "Base", &Base_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "Same", &Same_spec, "Base", NULL) &&
                conform_hpy_add_derived(ctx, module, "Wide", &Wide_spec, "Base", NULL) &&
                HPyHelpers_AddType(ctx, module, "Unlike", &Unlike_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Final", &Final_spec, NULL);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.defines = ext_defines};
HPy_MODINIT(ext, ext_module)
