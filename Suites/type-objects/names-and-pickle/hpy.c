/* Names of types, with dots and without, and objects that are pickled by the name of their type. */
#include "hpy.h"
#include "conform_helpers.h"

typedef struct {
    long number;
} Point;
HPyType_HELPERS(Point)

HPyDef_SLOT(Point_new, HPy_tp_new)
static HPy Point_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    long number = 0;
    Point *data;
    if (!HPyArg_Parse(ctx, NULL, args, (size_t)nargs, "|l", &number)) {
        return HPy_NULL;
    }
    HPy self = HPy_New(ctx, cls, &data);
    if (!HPy_IsNull(self)) {
        data->number = number;
    }
    return self;
}

HPyDef_METH(Point_reduce, "__reduce__", HPyFunc_NOARGS)
static HPy Point_reduce_impl(HPyContext *ctx, HPy self)
{
    HPy number = HPyLong_FromLong(ctx, Point_AsStruct(ctx, self)->number);
    HPy args = HPyTuple_Pack(ctx, 1, number), cls = HPy_Type(ctx, self);
    HPy result = HPyTuple_Pack(ctx, 2, cls, args);
    HPy_Close(ctx, cls);
    HPy_Close(ctx, args);
    HPy_Close(ctx, number);
    return result;
}

HPyDef_MEMBER(Point_number, "number", HPyMember_LONG, offsetof(Point, number))

static HPyDef *Point_defines[] = {&Point_new, &Point_reduce, &Point_number, NULL};
static HPyType_Spec Point_spec = {
    .name = "ext.Point", .basicsize = sizeof(Point), .builtin_shape = SHAPE(Point), .defines = Point_defines,
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
};
#define TYPE(NAME, TEXT)                                                                                             \
    static HPyType_Spec NAME##_spec = {.name = TEXT, .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE}
TYPE(Plain, "ext.Plain");
TYPE(Deep, "package.module.Deep");
TYPE(Missing, "ext.Missing");
TYPE(Undotted, "Undotted");

HPyDef_METH(undotted, "undotted", HPyFunc_NOARGS)
static HPy undotted_impl(HPyContext *ctx, HPy self)
{
    return HPyType_FromSpec(ctx, &Undotted_spec, NULL);
}

HPyDef_METH(names, "names", HPyFunc_O)
static HPy names_impl(HPyContext *ctx, HPy self, HPy type)
{
    const char *name = HPyType_GetName(ctx, type);
    HPy first = name == NULL ? HPy_NULL : HPyUnicode_FromString(ctx, name);
    if (HPy_IsNull(first)) {
        return HPy_NULL;
    }
    HPy second = HPy_GetAttr_s(ctx, type, "__qualname__");
    HPy result = HPy_IsNull(second) ? HPy_NULL : HPyTuple_Pack(ctx, 2, first, second);
    HPy_Close(ctx, second);
    HPy_Close(ctx, first);
    return result;
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = HPyHelpers_AddType(ctx, module, "Point", &Point_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Plain", &Plain_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Deep", &Deep_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Hidden", &Missing_spec, NULL);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &undotted, &names, NULL};
static HPyModuleDef ext_module = {.defines = ext_defines};
HPy_MODINIT(ext, ext_module)
