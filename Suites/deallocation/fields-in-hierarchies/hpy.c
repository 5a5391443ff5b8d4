/* Base has a field and a native resource. Wide and Deep add a field and a resource each; Fields adds a field alone,
   Natives a resource alone, Number neither; Bare, Mixin and Mixed have no struct of their own. A type that visits or
   releases anything does so for the whole of its struct. */
#include "hpy.h"
#include "conform_helpers.h"

typedef struct {
    HPyField item;
    struct conform_native *native;
} Base;
HPyType_HELPERS(Base)

typedef struct {
    Base base;
    HPyField item;
    struct conform_native *native;
} Wide;
HPyType_HELPERS(Wide)

typedef struct {
    Wide wide;
    HPyField item;
    struct conform_native *native;
} Deep;
HPyType_HELPERS(Deep)

typedef struct {
    Base base;
    HPyField item;
} Fields;
HPyType_HELPERS(Fields)

typedef struct {
    Base base;
    struct conform_native *native;
} Natives;
HPyType_HELPERS(Natives)

typedef struct {
    Base base;
    long number;
} Number;
HPyType_HELPERS(Number)

static long destroyed;

static int stored(HPyContext *ctx, HPy self, HPyField *place, HPy value)
{
    if (HPy_IsNull(value)) {
        HPyErr_SetString(ctx, ctx->h_TypeError, "the item cannot be deleted");
        return -1;
    }
    HPyField_Store(ctx, self, place, value);
    return 0;
}

static HPy opened(HPyContext *ctx, struct conform_native **place)
{
    long serial = conform_acquire(place);
    return serial == 0 ? HPyErr_NoMemory(ctx) : HPyLong_FromLong(ctx, serial);
}

CONFORM_HPY_NEW(Base_new)

HPyDef_SLOT(Base_traverse, HPy_tp_traverse)
static int Base_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Base *)self)->item);
    return 0;
}

HPyDef_SLOT(Base_destroy, HPy_tp_destroy)
static void Base_destroy_impl(void *self)
{
    destroyed += ((Base *)self)->native != NULL;
    conform_release("base", &((Base *)self)->native);
}

HPyDef_METH(Base_open, "open_base", HPyFunc_NOARGS, .doc = "The number of a new native resource of Base's part.")
static HPy Base_open_impl(HPyContext *ctx, HPy self)
{
    return opened(ctx, &Base_AsStruct(ctx, self)->native);
}

HPyDef_GETSET(Base_item, "base_item")
static HPy Base_item_get(HPyContext *ctx, HPy self, void *closure)
{
    return conform_hpy_load(ctx, self, Base_AsStruct(ctx, self)->item, ctx->h_None);
}
static int Base_item_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    return stored(ctx, self, &Base_AsStruct(ctx, self)->item, value);
}

static HPyDef *Base_defines[] = {&Base_new, &Base_traverse, &Base_destroy, &Base_open, &Base_item, NULL};

CONFORM_HPY_NEW(Wide_new)

HPyDef_SLOT(Wide_traverse, HPy_tp_traverse)
static int Wide_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Wide *)self)->item);
    return Base_traverse_impl(self, visit, arg);
}

HPyDef_SLOT(Wide_destroy, HPy_tp_destroy)
static void Wide_destroy_impl(void *self)
{
    conform_release("wide", &((Wide *)self)->native);
    Base_destroy_impl(self);
}

HPyDef_METH(Wide_open, "open_wide", HPyFunc_NOARGS, .doc = "The number of a new native resource of Wide's part.")
static HPy Wide_open_impl(HPyContext *ctx, HPy self)
{
    return opened(ctx, &Wide_AsStruct(ctx, self)->native);
}

HPyDef_GETSET(Wide_item, "wide_item")
static HPy Wide_item_get(HPyContext *ctx, HPy self, void *closure)
{
    return conform_hpy_load(ctx, self, Wide_AsStruct(ctx, self)->item, ctx->h_None);
}
static int Wide_item_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    return stored(ctx, self, &Wide_AsStruct(ctx, self)->item, value);
}

static HPyDef *Wide_defines[] = {&Wide_new, &Wide_traverse, &Wide_destroy, &Wide_open, &Wide_item, NULL};

CONFORM_HPY_NEW(Deep_new)

HPyDef_SLOT(Deep_traverse, HPy_tp_traverse)
static int Deep_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Deep *)self)->item);
    return Wide_traverse_impl(self, visit, arg);
}

HPyDef_SLOT(Deep_destroy, HPy_tp_destroy)
static void Deep_destroy_impl(void *self)
{
    conform_release("deep", &((Deep *)self)->native);
    Wide_destroy_impl(self);
}

HPyDef_METH(Deep_open, "open_deep", HPyFunc_NOARGS, .doc = "The number of a new native resource of Deep's part.")
static HPy Deep_open_impl(HPyContext *ctx, HPy self)
{
    return opened(ctx, &Deep_AsStruct(ctx, self)->native);
}

HPyDef_GETSET(Deep_item, "deep_item")
static HPy Deep_item_get(HPyContext *ctx, HPy self, void *closure)
{
    return conform_hpy_load(ctx, self, Deep_AsStruct(ctx, self)->item, ctx->h_None);
}
static int Deep_item_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    return stored(ctx, self, &Deep_AsStruct(ctx, self)->item, value);
}

static HPyDef *Deep_defines[] = {&Deep_new, &Deep_traverse, &Deep_destroy, &Deep_open, &Deep_item, NULL};

CONFORM_HPY_NEW(Fields_new)

HPyDef_SLOT(Fields_traverse, HPy_tp_traverse)
static int Fields_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Fields *)self)->item);
    return Base_traverse_impl(self, visit, arg);
}

HPyDef_GETSET(Fields_item, "fields_item")
static HPy Fields_item_get(HPyContext *ctx, HPy self, void *closure)
{
    return conform_hpy_load(ctx, self, Fields_AsStruct(ctx, self)->item, ctx->h_None);
}
static int Fields_item_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    return stored(ctx, self, &Fields_AsStruct(ctx, self)->item, value);
}

static HPyDef *Fields_defines[] = {&Fields_new, &Fields_traverse, &Fields_item, NULL};

CONFORM_HPY_NEW(Natives_new)

HPyDef_SLOT(Natives_destroy, HPy_tp_destroy)
static void Natives_destroy_impl(void *self)
{
    conform_release("natives", &((Natives *)self)->native);
    Base_destroy_impl(self);
}

HPyDef_METH(Natives_open, "open_natives", HPyFunc_NOARGS, .doc = "The number of a new resource of Natives' part.")
static HPy Natives_open_impl(HPyContext *ctx, HPy self)
{
    return opened(ctx, &Natives_AsStruct(ctx, self)->native);
}

static HPyDef *Natives_defines[] = {&Natives_new, &Natives_destroy, &Natives_open, NULL};

CONFORM_HPY_NEW(Number_new)
HPyDef_MEMBER(Number_number, "number", HPyMember_LONG, offsetof(Number, number))
static HPyDef *Number_defines[] = {&Number_new, &Number_number, NULL};

#define SPEC(NAME, SIZE, FLAGS, DEFINES)                                                                             \
    {                                                                                                                \
        .name = "ext." NAME,                                                                                         \
        .basicsize = SIZE,                                                                                           \
        .builtin_shape = SHAPE(Base),                                                                                \
        .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | FLAGS,                                                 \
        .defines = DEFINES,                                                                                          \
    }
static HPyType_Spec Base_spec = SPEC("Base", sizeof(Base), HPy_TPFLAGS_HAVE_GC, Base_defines);
static HPyType_Spec Wide_spec = SPEC("Wide", sizeof(Wide), HPy_TPFLAGS_HAVE_GC, Wide_defines);
static HPyType_Spec Deep_spec = SPEC("Deep", sizeof(Deep), HPy_TPFLAGS_HAVE_GC, Deep_defines);
static HPyType_Spec Fields_spec = SPEC("Fields", sizeof(Fields), HPy_TPFLAGS_HAVE_GC, Fields_defines);
static HPyType_Spec Natives_spec = SPEC("Natives", sizeof(Natives), 0, Natives_defines);
static HPyType_Spec Number_spec = SPEC("Number", sizeof(Number), 0, Number_defines);
static HPyType_Spec Bare_spec = SPEC("Bare", 0, 0, NULL);
static HPyType_Spec Mixin_spec = SPEC("Mixin", 0, 0, NULL);
static HPyType_Spec Mixed_spec = SPEC("Mixed", 0, 0, NULL);

HPyDef_METH(note, "note", HPyFunc_VARARGS, .doc = "note(name, number): an event.")
static HPy note_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    const char *name;
    long number;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "sl", &name, &number)) {
        return HPy_NULL;
    }
    conform_event(name, number);
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(count, "count", HPyFunc_NOARGS, .doc = "How many resources of Base's part were released since last asked.")
static HPy count_impl(HPyContext *ctx, HPy self)
{
    long number = destroyed;
    destroyed = 0;
    return HPyLong_FromLong(ctx, number);
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    int added = HPyHelpers_AddType(ctx, module, "Base", &Base_spec, NULL) &&
                HPyHelpers_AddType(ctx, module, "Mixin", &Mixin_spec, NULL) &&
                conform_hpy_add_derived(ctx, module, "Wide", &Wide_spec, "Base", NULL) &&
                conform_hpy_add_derived(ctx, module, "Deep", &Deep_spec, "Wide", NULL) &&
                conform_hpy_add_derived(ctx, module, "Fields", &Fields_spec, "Base", NULL) &&
                conform_hpy_add_derived(ctx, module, "Natives", &Natives_spec, "Base", NULL) &&
                conform_hpy_add_derived(ctx, module, "Number", &Number_spec, "Base", NULL) &&
                conform_hpy_add_derived(ctx, module, "Bare", &Bare_spec, "Wide", NULL) &&
                conform_hpy_add_derived(ctx, module, "Mixed", &Mixed_spec, "Wide", "Mixin");
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &note, &count, NULL};
static HPyModuleDef ext_module = {
    .doc = "Types that extend a base with a field and a native resource, or with less.",
    .defines = ext_defines,
};
HPy_MODINIT(ext, ext_module)
