/* A Gauge has one getset of each sort; a Base, which Python can derive from, some of them. */
#include "hpy.h"
#include "conform.h"
#include "conform_helpers.h"

typedef struct {
    long level;
    long slots[2];
    int present;
} Gauge;
HPyType_HELPERS(Gauge)

CONFORM_HPY_NEW(Gauge_new)

HPyDef_SLOT(Gauge_destroy, HPy_tp_destroy)
static void Gauge_destroy_impl(void *self)
{
    conform_event("destroy", ((Gauge *)self)->level);
}

/* Read an int for a setter; a deletion is refused. */
static int take_long(HPyContext *ctx, HPy value, long *result)
{
    if (HPy_IsNull(value)) {
        conform_event("delete", 0);
        HPyErr_SetString(ctx, ctx->h_TypeError, "not to be deleted");
        return -1;
    }
    int64_t number = HPyLong_AsInt64_t(ctx, value);
    if (number == -1 && HPyErr_Occurred(ctx)) {
        return -1;
    }
    *result = (long)number;
    return 0;
}

HPyDef_GETSET(Gauge_level, "level", .doc = "the level")
static HPy Gauge_level_get(HPyContext *ctx, HPy self, void *closure)
{
    conform_event("closure is null", closure == NULL);
    return HPyLong_FromInt64_t(ctx, Gauge_AsStruct(ctx, self)->level);
}
static int Gauge_level_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    conform_event("closure is null", closure == NULL);
    return take_long(ctx, value, &Gauge_AsStruct(ctx, self)->level);
}

/* Two getsets do the same with different closures. */
static int slot_numbers[2] = {0, 1};

static HPy slot_get(HPyContext *ctx, HPy self, void *closure)
{
    int number = *(int *)closure;
    conform_event("get", number);
    return HPyLong_FromInt64_t(ctx, Gauge_AsStruct(ctx, self)->slots[number]);
}
static int slot_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    int number = *(int *)closure;
    conform_event(HPy_IsNull(value) ? "delete" : "set", number);
    if (HPy_IsNull(value)) {
        Gauge_AsStruct(ctx, self)->slots[number] = 0;
        return 0;
    }
    return take_long(ctx, value, &Gauge_AsStruct(ctx, self)->slots[number]);
}

HPyDef_GETSET(Gauge_first, "first", .closure = &slot_numbers[0])
static HPy Gauge_first_get(HPyContext *ctx, HPy self, void *closure)
{
    return slot_get(ctx, self, closure);
}
static int Gauge_first_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    return slot_set(ctx, self, value, closure);
}

HPyDef_GETSET(Gauge_second, "second", .closure = &slot_numbers[1])
static HPy Gauge_second_get(HPyContext *ctx, HPy self, void *closure)
{
    return slot_get(ctx, self, closure);
}
static int Gauge_second_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    return slot_set(ctx, self, value, closure);
}

/* True from when it is set until it is deleted. */
HPyDef_GETSET(Gauge_removable, "removable")
static HPy Gauge_removable_get(HPyContext *ctx, HPy self, void *closure)
{
    return HPyBool_FromBool(ctx, Gauge_AsStruct(ctx, self)->present);
}
static int Gauge_removable_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    Gauge *gauge = Gauge_AsStruct(ctx, self);
    if (HPy_IsNull(value) && !gauge->present) {
        HPyErr_SetString(ctx, ctx->h_AttributeError, "not there");
        return -1;
    }
    gauge->present = !HPy_IsNull(value);
    return 0;
}

HPyDef_GET(Gauge_read, "read", .doc = "the level, to be read", .closure = &slot_numbers[1])
static HPy Gauge_read_get(HPyContext *ctx, HPy self, void *closure)
{
    conform_event("get", *(int *)closure);
    return HPyLong_FromInt64_t(ctx, Gauge_AsStruct(ctx, self)->level);
}

HPyDef_SET(Gauge_write, "write", .doc = "the level, to be written", .closure = &slot_numbers[1])
static int Gauge_write_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    conform_event(HPy_IsNull(value) ? "delete" : "set", *(int *)closure);
    return take_long(ctx, value, &Gauge_AsStruct(ctx, self)->level);
}

HPyDef_GETSET(Gauge_failing, "failing")
static HPy Gauge_failing_get(HPyContext *ctx, HPy self, void *closure)
{
    HPyErr_SetString(ctx, ctx->h_ValueError, "from the getter");
    return HPy_NULL;
}
static int Gauge_failing_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    if (HPy_IsNull(value)) {
        HPyErr_SetString(ctx, ctx->h_KeyError, "from the deletion");
    } else {
        HPyErr_SetObject(ctx, ctx->h_LookupError, value);
    }
    return -1;
}

HPyDef_GET(Gauge_missing, "missing")
static HPy Gauge_missing_get(HPyContext *ctx, HPy self, void *closure)
{
    conform_event("missing", 0);
    HPyErr_SetString(ctx, ctx->h_AttributeError, "from the getter");
    return HPy_NULL;
}

HPyDef_GETSET(Gauge_itself, "itself")
static HPy Gauge_itself_get(HPyContext *ctx, HPy self, void *closure)
{
    return HPy_Dup(ctx, self);
}
static int Gauge_itself_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    return 0;
}

static HPyDef *Gauge_defines[] = {
    &Gauge_new, &Gauge_destroy, &Gauge_level, &Gauge_first, &Gauge_second, &Gauge_removable, &Gauge_read,
    &Gauge_write, &Gauge_failing, &Gauge_missing, &Gauge_itself, NULL,
};
static HPyType_Spec Gauge_spec = {
    .name = "ext.Gauge",
    .basicsize = sizeof(Gauge),
    .builtin_shape = SHAPE(Gauge),
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = Gauge_defines,
};

static HPyDef *Base_defines[] = {
    &Gauge_new, &Gauge_level, &Gauge_failing, &Gauge_missing, NULL,
};
static HPyType_Spec Base_spec = {
    .name = "ext.Base",
    .basicsize = sizeof(Gauge),
    .builtin_shape = SHAPE(Gauge),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Base_defines,
};

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    if (!HPyHelpers_AddType(ctx, module, "Gauge", &Gauge_spec, NULL)) {
        return -1;
    }
    return HPyHelpers_AddType(ctx, module, "Base", &Base_spec, NULL) ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Attributes that are computed in C.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
