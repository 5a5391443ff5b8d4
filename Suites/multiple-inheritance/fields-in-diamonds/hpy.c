/* Base has a field and a native resource. Left adds another field and resource, Numbered a number, Right, Plain and
   Watched nothing to the struct. A type visits and releases the whole of its struct. */
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
} Left;
HPyType_HELPERS(Left)

typedef struct {
    Base base;
    long number;
} Numbered;
HPyType_HELPERS(Numbered)

typedef struct {
    Left left;
    HPyField item;
    struct conform_native *native;
} Joined;
HPyType_HELPERS(Joined)

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
    conform_release("base", &((Base *)self)->native);
}

HPyDef_METH(Base_open, "open_base", HPyFunc_NOARGS, .doc = "The number of a new native resource of Base's part.")
static HPy Base_open_impl(HPyContext *ctx, HPy self)
{
    return opened(ctx, &Base_AsStruct(ctx, self)->native);
}

HPyDef_MEMBER(Base_item, "base_item", HPyMember_OBJECT, offsetof(Base, item))

static HPyDef *Base_defines[] = {&Base_new, &Base_traverse, &Base_destroy, &Base_open, &Base_item, NULL};

HPyDef_SLOT(Left_traverse, HPy_tp_traverse)
static int Left_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Left *)self)->item);
    return Base_traverse_impl(self, visit, arg);
}

HPyDef_SLOT(Left_destroy, HPy_tp_destroy)
static void Left_destroy_impl(void *self)
{
    conform_release("left", &((Left *)self)->native);
    Base_destroy_impl(self);
}

HPyDef_METH(Left_open, "open_left", HPyFunc_NOARGS, .doc = "The number of a new native resource of Left's part.")
static HPy Left_open_impl(HPyContext *ctx, HPy self)
{
    return opened(ctx, &Left_AsStruct(ctx, self)->native);
}

HPyDef_GETSET(Left_item, "left_item")
static HPy Left_item_get(HPyContext *ctx, HPy self, void *closure)
{
    return conform_hpy_load(ctx, self, Left_AsStruct(ctx, self)->item, ctx->h_None);
}
static int Left_item_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    return stored(ctx, self, &Left_AsStruct(ctx, self)->item, value);
}

static HPyDef *Left_defines[] = {&Left_traverse, &Left_destroy, &Left_open, &Left_item, NULL};

HPyDef_MEMBER(Numbered_number, "number", HPyMember_LONG, offsetof(Numbered, number))
static HPyDef *Numbered_defines[] = {&Numbered_number, NULL};

/* Has no struct of its own and still its own functions. */
HPyDef_SLOT(Watched_traverse, HPy_tp_traverse)
static int Watched_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    return Base_traverse_impl(self, visit, arg);
}

HPyDef_SLOT(Watched_destroy, HPy_tp_destroy)
static void Watched_destroy_impl(void *self)
{
    conform_event("watched", 0);
    Base_destroy_impl(self);
}

static HPyDef *Watched_defines[] = {&Watched_traverse, &Watched_destroy, NULL};

HPyDef_SLOT(Joined_traverse, HPy_tp_traverse)
static int Joined_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Joined *)self)->item);
    return Left_traverse_impl(self, visit, arg);
}

HPyDef_SLOT(Joined_destroy, HPy_tp_destroy)
static void Joined_destroy_impl(void *self)
{
    conform_release("joined", &((Joined *)self)->native);
    Left_destroy_impl(self);
}

HPyDef_METH(Joined_open, "open_joined", HPyFunc_NOARGS, .doc = "The number of a new native resource of Joined's part.")
static HPy Joined_open_impl(HPyContext *ctx, HPy self)
{
    return opened(ctx, &Joined_AsStruct(ctx, self)->native);
}

HPyDef_GETSET(Joined_item, "joined_item")
static HPy Joined_item_get(HPyContext *ctx, HPy self, void *closure)
{
    return conform_hpy_load(ctx, self, Joined_AsStruct(ctx, self)->item, ctx->h_None);
}
static int Joined_item_set(HPyContext *ctx, HPy self, HPy value, void *closure)
{
    return stored(ctx, self, &Joined_AsStruct(ctx, self)->item, value);
}

static HPyDef *Joined_defines[] = {&Joined_traverse, &Joined_destroy, &Joined_open, &Joined_item, NULL};

#define SPEC(NAME, SIZE, FLAGS, DEFINES)                                                                             \
    {                                                                                                                \
        .name = "ext." NAME,                                                                                         \
        .basicsize = SIZE,                                                                                           \
        .builtin_shape = SHAPE(Base),                                                                                \
        .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | FLAGS,                                                 \
        .defines = DEFINES,                                                                                          \
    }
static HPyType_Spec Base_spec = SPEC("Base", sizeof(Base), HPy_TPFLAGS_HAVE_GC, Base_defines);
static HPyType_Spec Left_spec = SPEC("Left", sizeof(Left), HPy_TPFLAGS_HAVE_GC, Left_defines);
static HPyType_Spec Numbered_spec = SPEC("Numbered", sizeof(Numbered), 0, Numbered_defines);
static HPyType_Spec Right_spec = SPEC("Right", 0, 0, NULL);
static HPyType_Spec Plain_spec = SPEC("Plain", 0, 0, NULL);
static HPyType_Spec Watched_spec = SPEC("Watched", 0, HPy_TPFLAGS_HAVE_GC, Watched_defines);
static HPyType_Spec Joined_spec = SPEC("Joined", sizeof(Joined), HPy_TPFLAGS_HAVE_GC, Joined_defines);
static HPyType_Spec Bare_spec = SPEC("Bare", 0, 0, NULL);

static HPy joined(HPyContext *ctx, HPyType_Spec *spec, HPy bases)
{
    HPyType_SpecParam params[] = {{HPyType_SpecParam_BasesTuple, bases}, {(HPyType_SpecParam_Kind)0}};
    return HPyType_FromSpec(ctx, spec, params);
}

HPyDef_METH(join, "join", HPyFunc_O, .doc = "A type without slots of its own that derives from these bases.")
static HPy join_impl(HPyContext *ctx, HPy self, HPy bases)
{
    return joined(ctx, &Bare_spec, bases);
}

HPyDef_METH(join_wide, "join_wide", HPyFunc_O, .doc = "The same with a struct, a field and slots of its own.")
static HPy join_wide_impl(HPyContext *ctx, HPy self, HPy bases)
{
    return joined(ctx, &Joined_spec, bases);
}

/* visits(owner, content): how often a traversal of the owner meets the content. */
HPyDef_METH(visits, "visits", HPyFunc_VARARGS)
static HPy visits_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    if (nargs != 2) {
        return HPyErr_SetString(ctx, ctx->h_TypeError, "visits takes an owner and a content");
    }
    long count = 0;
    HPy function = conform_hpy_attribute_of(ctx, "gc", "get_referents");
    HPy arguments = HPyTuple_Pack(ctx, 1, args[0]);
    HPy found = HPy_NULL;
    if (!HPy_IsNull(function) && !HPy_IsNull(arguments)) {
        found = HPy_CallTupleDict(ctx, function, arguments, HPy_NULL);
    }
    HPy_Close(ctx, function);
    HPy_Close(ctx, arguments);
    HPy_ssize_t length = HPy_IsNull(found) ? -1 : HPy_Length(ctx, found);
    for (HPy_ssize_t i = 0; i < length; i++) {
        HPy item = HPy_GetItem_i(ctx, found, i);
        if (HPy_IsNull(item)) {
            length = -1;
        } else {
            count += HPy_Is(ctx, item, args[1]) != 0;
        }
        HPy_Close(ctx, item);
    }
    HPy_Close(ctx, found);
    return length < 0 ? HPy_NULL : HPyLong_FromLong(ctx, count);
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    HPy base = HPyType_FromSpec(ctx, &Base_spec, NULL);
    if (HPy_IsNull(base)) {
        return -1;
    }
    int added = HPy_SetAttr_s(ctx, module, "Base", base) == 0 &&
                conform_hpy_add_type(ctx, module, "Left", &Left_spec, base) &&
                conform_hpy_add_type(ctx, module, "Numbered", &Numbered_spec, base) &&
                conform_hpy_add_type(ctx, module, "Right", &Right_spec, base) &&
                conform_hpy_add_type(ctx, module, "Plain", &Plain_spec, base) &&
                conform_hpy_add_type(ctx, module, "Watched", &Watched_spec, base);
    HPy_Close(ctx, base);
    return added ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &join, &join_wide, &visits, NULL};
static HPyModuleDef ext_module = {
    .doc = "A base with a field and a native resource, and subclasses with and without more of them.",
    .defines = ext_defines,
};
HPy_MODINIT(ext, ext_module)
