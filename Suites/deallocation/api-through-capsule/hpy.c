/* The consumer: an object with a buffer of the provider's, which it releases when it is destroyed. */
#include "hpy.h"
#include "conform.h"
#include "table.h"

/* No HPy function may be called where an object is destroyed: the table is plain C. */
typedef struct {
    struct table *table;
    struct buffer *buffer;
} Box;
HPyType_HELPERS(Box)

HPyDef_SLOT(Box_new, HPy_tp_new)
static HPy Box_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    HPy capsule;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "O", &capsule)) {
        return HPy_NULL;
    }
    struct table *table = (struct table *)HPyCapsule_GetPointer(ctx, capsule, TABLE_NAME);
    if (table == NULL) {
        return HPy_NULL;
    }
    if (table->version != TABLE_VERSION) {
        return HPyErr_SetString(ctx, ctx->h_RuntimeError, "the table has another version");
    }
    Box *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    self->table = table;
    self->buffer = table->make();
    if (self->buffer == NULL) {
        HPy_Close(ctx, object);
        return HPyErr_NoMemory(ctx);
    }
    return object;
}

HPyDef_SLOT(Box_destroy, HPy_tp_destroy)
static void Box_destroy_impl(void *object)
{
    Box *self = (Box *)object;
    if (self->buffer != NULL) {
        self->table->release(self->buffer);
    }
}

HPyDef_GET(Box_number, "number")
static HPy Box_number_get(HPyContext *ctx, HPy object, void *closure)
{
    return HPyLong_FromLong(ctx, Box_AsStruct(ctx, object)->buffer->number);
}

HPyDef_METH(Box_share, "share", HPyFunc_O)
static HPy Box_share_impl(HPyContext *ctx, HPy object, HPy value)
{
    HPy type = HPy_Type(ctx, object);
    if (HPy_IsNull(type)) {
        return HPy_NULL;
    }
    int is_box = HPy_TypeCheck(ctx, value, type);
    HPy_Close(ctx, type);
    if (!is_box) {
        return HPyErr_SetString(ctx, ctx->h_TypeError, "share() takes another Box");
    }
    Box *self = Box_AsStruct(ctx, object), *other = Box_AsStruct(ctx, value);
    other->table->keep(other->buffer);
    self->table->release(self->buffer);
    self->table = other->table;
    self->buffer = other->buffer;
    return HPy_Dup(ctx, ctx->h_None);
}

static HPyDef *Box_defines[] = {&Box_new, &Box_destroy, &Box_number, &Box_share, NULL};
static HPyType_Spec Box_spec = {
    .name = "ext.Box",
    .basicsize = sizeof(Box),
    .builtin_shape = SHAPE(Box),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Box_defines,
};

/* capsule(): of a table that is none, under another name. */
HPyDef_METH(capsule, "capsule", HPyFunc_NOARGS)
static HPy capsule_impl(HPyContext *ctx, HPy self)
{
    static struct table other;
    return HPyCapsule_New(ctx, &other, "another.table", NULL);
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    return HPyHelpers_AddType(ctx, module, "Box", &Box_spec, NULL) ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &capsule, NULL};
static HPyModuleDef ext_module = {.doc = "Uses the table of another extension.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
