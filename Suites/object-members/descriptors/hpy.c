/* One and Two have the same definitions; Sub derives from One and defines some of them again; Box keeps an object. */
#include "hpy.h"
#include "conform.h"
#include "conform_helpers.h"

typedef struct {
    long number;
    double real;
    char flag;
} Common;
HPyType_HELPERS(Common)

typedef struct {
    HPyField held;
} Box;
HPyType_HELPERS(Box)

CONFORM_HPY_NEW(Common_new)

HPyDef_MEMBER(Common_number, "number", HPyMember_LONG, offsetof(Common, number), .doc = "number doc")
HPyDef_MEMBER(Common_real, "real", HPyMember_DOUBLE, offsetof(Common, real))
HPyDef_MEMBER(Common_flag, "flag", HPyMember_BOOL, offsetof(Common, flag), .readonly = 1, .doc = "flag doc")

HPyDef_GETSET(Common_level, "level", .doc = "level doc")
static HPy Common_level_get(HPyContext *ctx, HPy self, void *closure)
{
    conform_event("get", 1);
    return HPyLong_FromInt64_t(ctx, Common_AsStruct(ctx, self)->number * 10);
}
static int Common_level_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    if (HPy_IsNull(value)) {
        conform_event("delete", 1);
        Common_AsStruct(ctx, self)->number = -1;
        return 0;
    }
    conform_event("set", 1);
    int64_t number = HPyLong_AsInt64_t(ctx, value);
    if (number == -1 && HPyErr_Occurred(ctx)) {
        return -1;
    }
    Common_AsStruct(ctx, self)->number = (long)(number / 10);
    return 0;
}

HPyDef_GET(Common_twice, "twice", .doc = "twice doc")
static HPy Common_twice_get(HPyContext *ctx, HPy self, void *closure)
{
    conform_event("get", 2);
    return HPyLong_FromInt64_t(ctx, Common_AsStruct(ctx, self)->number * 2);
}

HPyDef_METH(Common_add, "add", HPyFunc_O, .doc = "add doc")
static HPy Common_add_impl(HPyContext *ctx, HPy self, HPy value)
{
    int64_t number = HPyLong_AsInt64_t(ctx, value);
    if (number == -1 && HPyErr_Occurred(ctx)) {
        return HPy_NULL;
    }
    return HPyLong_FromInt64_t(ctx, Common_AsStruct(ctx, self)->number + number);
}

/* For module copy: a copy has the number and the real. */
HPyDef_METH(Common_reduce, "__reduce__", HPyFunc_NOARGS)
static HPy Common_reduce_impl(HPyContext *ctx, HPy self)
{
    Common *common = Common_AsStruct(ctx, self);
    HPy type = HPy_Type(ctx, self);
    HPy no_arguments = HPyTuple_FromArray(ctx, NULL, 0);
    HPy state = HPy_BuildValue(ctx, "(ld)", common->number, common->real);
    HPy result = HPy_NULL;
    if (!HPy_IsNull(type) && !HPy_IsNull(no_arguments) && !HPy_IsNull(state)) {
        result = HPyTuple_Pack(ctx, 3, type, no_arguments, state);
    }
    HPy_Close(ctx, type);
    HPy_Close(ctx, no_arguments);
    HPy_Close(ctx, state);
    return result;
}

HPyDef_METH(Common_setstate, "__setstate__", HPyFunc_O)
static HPy Common_setstate_impl(HPyContext *ctx, HPy self, HPy state)
{
    conform_event("setstate", 1);
    HPy number = HPy_GetItem_i(ctx, state, 0);
    HPy real = HPy_GetItem_i(ctx, state, 1);
    if (!HPy_IsNull(number) && !HPy_IsNull(real)) {
        Common *common = Common_AsStruct(ctx, self);
        common->number = HPyLong_AsLong(ctx, number);
        common->real = HPyFloat_AsDouble(ctx, real);
    }
    HPy_Close(ctx, number);
    HPy_Close(ctx, real);
    return HPyErr_Occurred(ctx) ? HPy_NULL : HPy_Dup(ctx, ctx->h_None);
}

static HPyDef *Common_defines[] = {
    &Common_new,   &Common_number, &Common_real,   &Common_flag,     &Common_level,
    &Common_twice, &Common_add,    &Common_reduce, &Common_setstate, NULL,
};

HPyDef_GET(Sub_level, "level", .doc = "level of Sub")
static HPy Sub_level_get(HPyContext *ctx, HPy self, void *closure)
{
    conform_event("get", 3);
    return HPyLong_FromInt64_t(ctx, Common_AsStruct(ctx, self)->number * 1000);
}

HPyDef_MEMBER(Sub_number, "number", HPyMember_LONG, offsetof(Common, number), .readonly = 1, .doc = "number of Sub")

static HPyDef *Sub_defines[] = {&Sub_level, &Sub_number, NULL};

HPyDef_SLOT(Box_new, HPy_tp_new)
static HPy Box_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Box *self;
    return HPy_New(ctx, cls, &self);
}

HPyDef_SLOT(Box_traverse, HPy_tp_traverse)
static int Box_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Box *)self)->held);
    return 0;
}

/* The setter takes anything but an int; deletion empties the box, and is refused for an empty one. */
HPyDef_GETSET(Box_held, "held")
static HPy Box_held_get(HPyContext *ctx, HPy self, void *closure)
{
    HPyField field = Box_AsStruct(ctx, self)->held;
    if (HPyField_IsNull(field)) {
        HPyErr_SetString(ctx, ctx->h_AttributeError, "the box is empty");
        return HPy_NULL;
    }
    return HPyField_Load(ctx, self, field);
}
static int Box_held_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    Box *box = Box_AsStruct(ctx, self);
    if (HPy_IsNull(value)) {
        if (HPyField_IsNull(box->held)) {
            HPyErr_SetString(ctx, ctx->h_AttributeError, "the box is empty");
            return -1;
        }
    } else if (HPy_TypeCheck(ctx, value, ctx->h_LongType)) {
        HPyErr_SetString(ctx, ctx->h_TypeError, "no int");
        return -1;
    }
    HPyField_Store(ctx, self, &box->held, value);
    return 0;
}

/* Makes something, gives it up, and fails. */
HPyDef_GETSET(Box_broken, "broken")
static HPy Box_broken_get(HPyContext *ctx, HPy self, void *closure)
{
    HPyField field = Box_AsStruct(ctx, self)->held;
    HPy held = HPyField_IsNull(field) ? HPy_Dup(ctx, ctx->h_None) : HPyField_Load(ctx, self, field);
    HPyErr_SetObject(ctx, ctx->h_LookupError, held);
    HPy_Close(ctx, held);
    return HPy_NULL;
}
static int Box_broken_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    HPyErr_SetObject(ctx, ctx->h_LookupError, HPy_IsNull(value) ? ctx->h_None : value);
    return -1;
}

/* A fresh list with what is held. */
HPyDef_GET(Box_fresh, "fresh")
static HPy Box_fresh_get(HPyContext *ctx, HPy self, void *closure)
{
    HPyField field = Box_AsStruct(ctx, self)->held;
    HPy list = HPyList_New(ctx, 0);
    if (HPy_IsNull(list) || HPyField_IsNull(field)) {
        return list;
    }
    HPy held = HPyField_Load(ctx, self, field);
    int failed = HPyList_Append(ctx, list, held);
    HPy_Close(ctx, held);
    if (failed) {
        HPy_Close(ctx, list);
        return HPy_NULL;
    }
    return list;
}

static HPyDef *Box_defines[] = {&Box_new, &Box_traverse, &Box_held, &Box_broken, &Box_fresh, NULL};

#define FLAGS .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE
#define COMMON .basicsize = sizeof(Common), .builtin_shape = SHAPE(Common), FLAGS
static HPyType_Spec One_spec = {.name = "ext.One", COMMON, .defines = Common_defines};
static HPyType_Spec Two_spec = {.name = "ext.Two", COMMON, .defines = Common_defines};
static HPyType_Spec Sub_spec = {.name = "ext.Sub", COMMON, .defines = Sub_defines};
static HPyType_Spec Box_spec = {
    .name = "ext.Box",
    .basicsize = sizeof(Box),
    .builtin_shape = SHAPE(Box),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC,
    .defines = Box_defines,
};

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = HPyHelpers_AddType(ctx, module, "One", &One_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Two", &Two_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Box", &Box_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "Sub", &Sub_spec, "One", NULL);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Types that share their definitions.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
