/* HPy_tp_destroy and HPy_tp_traverse get no context, and may not call into the interpreter. Here they do it on purpose,
   with a context that was kept in a static variable, each in a child process. */
#include "hpy.h"
#include "conform_helpers.h"
#include "child.h"

typedef struct {
    HPyField field;
    HPyField other; /* not visited by the type Partial */
} Breaker;
HPyType_HELPERS(Breaker)

static HPyGlobal Breaker_type, Plain_type, Partial_type, function;

static HPyContext *of_exec; /* the context of a call that has returned */
static HPyContext *kept;    /* the one that is used */
static HPy kept_handle;     /* of a constant's duplicate, kept where no handle may be */
static const char *act;

/* Where gc.freeze() exists, later collections in the child need not look at what is there already. */
static void freeze(HPyContext *ctx)
{
    HPy freeze = conform_hpy_attribute_of(ctx, "gc", "freeze");
    HPy result = HPy_IsNull(freeze) ? HPy_NULL : HPy_CallTupleDict(ctx, freeze, HPy_NULL, HPy_NULL);
    if (HPy_IsNull(result)) {
        HPyErr_Clear(ctx);
    } else {
        HPy_Close(ctx, result);
    }
    if (!HPy_IsNull(freeze)) {
        HPy_Close(ctx, freeze);
    }
}

/* Calls gc.collect(), and Python code, in which some implementations run what is due. */
static void collect(HPyContext *ctx)
{
    HPy collect = conform_hpy_attribute_of(ctx, "gc", "collect"), turn = HPyGlobal_Load(ctx, function);
    for (int i = 0; i < 4 && !HPy_IsNull(collect); i++) {
        HPy number = HPy_CallTupleDict(ctx, collect, HPy_NULL, HPy_NULL);
        HPy result = HPy_IsNull(number) ? HPy_NULL : HPy_CallTupleDict(ctx, turn, HPy_NULL, HPy_NULL);
        if (HPy_IsNull(result)) {
            page->left = 1;
            HPyErr_Clear(ctx);
        } else {
            HPy_Close(ctx, result);
        }
        if (!HPy_IsNull(number)) {
            HPy_Close(ctx, number);
        }
    }
}

/* Does what is forbidden, once. */
static void break_a_rule(const char *where)
{
    if (act == NULL || strncmp(act, where, strlen(where)) != 0 || page->began != 0) {
        return;
    }
    const char *what = act + strlen(where);
    page->began = 1;
    HPy made = HPy_NULL;
    if (strcmp(what, "number") == 0) {
        made = HPyLong_FromLongLong(kept, 1LL << 40);
    } else if (strcmp(what, "tuple") == 0) {
        made = HPyTuple_Pack(kept, 2, kept->h_None, kept->h_True);
    } else if (strcmp(what, "call") == 0) {
        HPy called = HPyGlobal_Load(kept, function);
        made = HPy_CallTupleDict(kept, called, HPy_NULL, HPy_NULL);
        HPy_Close(kept, called);
    } else if (strcmp(what, "import") == 0) {
        made = HPyImport_ImportModule(kept, "math");
    } else if (strcmp(what, "raise") == 0) {
        HPyErr_SetString(kept, kept->h_ValueError, "left behind");
    } else if (strcmp(what, "close") == 0) {
        HPy_Close(kept, kept_handle);
    } else if (strcmp(what, "collect") == 0) {
        collect(kept);
    }
    if (!HPy_IsNull(made)) {
        HPy_Close(kept, made);
    }
    page->done = 1;
}

HPyDef_SLOT(Breaker_traverse, HPy_tp_traverse)
static int Breaker_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    break_a_rule("traverse ");
    HPy_VISIT(&((Breaker *)self)->field);
    HPy_VISIT(&((Breaker *)self)->other);
    return 0;
}

static HPyDef *Breaker_defines[] = {&Breaker_traverse, NULL};
static HPyType_Spec Breaker_spec = {
    .name = "ext.Breaker",
    .basicsize = sizeof(Breaker),
    .builtin_shape = SHAPE(Breaker),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC,
    .defines = Breaker_defines,
};

/* No fields are used, and there is no collector. */
HPyDef_SLOT(Plain_destroy, HPy_tp_destroy)
static void Plain_destroy_impl(void *self)
{
    break_a_rule("destroy ");
}

static HPyDef *Plain_defines[] = {&Plain_destroy, NULL};
static HPyType_Spec Plain_spec = {
    .name = "ext.Plain",
    .basicsize = sizeof(Breaker),
    .builtin_shape = SHAPE(Breaker),
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = Plain_defines,
};

HPyDef_SLOT(Partial_traverse, HPy_tp_traverse)
static int Partial_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Breaker *)self)->field);
    return 0;
}

static HPyDef *Partial_defines[] = {&Partial_traverse, NULL};
static HPyType_Spec Partial_spec = {
    .name = "ext.Partial",
    .basicsize = sizeof(Breaker),
    .builtin_shape = SHAPE(Breaker),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC,
    .defines = Partial_defines,
};

static HPy fresh(HPyContext *ctx, HPyGlobal global, Breaker **self)
{
    HPy type = HPyGlobal_Load(ctx, global);
    HPy object = HPy_New(ctx, type, self);
    HPy_Close(ctx, type);
    return object;
}

struct order {
    HPyContext *ctx;
    HPy function;
    const char *act;
};

/* An object is made and let go. */
static void object_ends(void *data)
{
    struct order *order = (struct order *)data;
    HPyContext *ctx = order->ctx;
    HPyGlobal_Store(ctx, &function, order->function);
    freeze(ctx);
    kept_handle = HPyLong_FromLongLong(ctx, 1LL << 40);
    Breaker *self;
    int traverses = strncmp(order->act, "traverse", 8) == 0;
    HPy object = fresh(ctx, traverses ? Breaker_type : Plain_type, &self);
    if (HPy_IsNull(object)) {
        return;
    }
    if (traverses) {
        HPyField_Store(ctx, object, &self->field, object);
    }
    act = order->act;
    if (traverses) {
        collect(ctx);
    }
    HPy_Close(ctx, object);
    if (HPyErr_Occurred(ctx)) {
        page->left = 1;
        HPyErr_Clear(ctx);
    }
    collect(ctx);
}

HPyCapsule_DESTRUCTOR(breaking)
static void breaking_impl(const char *name, void *pointer, void *context)
{
    break_a_rule("capsule ");
}

/* A capsule is made and let go. */
static void capsule_ends(void *data)
{
    struct order *order = (struct order *)data;
    HPyContext *ctx = order->ctx;
    HPyGlobal_Store(ctx, &function, order->function);
    freeze(ctx);
    HPy capsule = HPyCapsule_New(ctx, data, "ext.capsule", &breaking);
    if (HPy_IsNull(capsule)) {
        return;
    }
    act = order->act;
    HPy_Close(ctx, capsule);
    if (HPyErr_Occurred(ctx)) {
        page->left = 1;
        HPyErr_Clear(ctx);
    }
    collect(ctx);
}

/* A field that traverse leaves out is read after collections. */
static void field_is_left_out(void *data)
{
    struct order *order = (struct order *)data;
    HPyContext *ctx = order->ctx;
    HPyGlobal_Store(ctx, &function, order->function);
    Breaker *self;
    freeze(ctx);
    HPy object = fresh(ctx, Partial_type, &self);
    HPy visited = HPyList_New(ctx, 3), left_out = HPyList_New(ctx, 3);
    if (HPy_IsNull(object) || HPy_IsNull(visited) || HPy_IsNull(left_out)) {
        return;
    }
    HPyField_Store(ctx, object, &self->field, visited);
    HPyField_Store(ctx, object, &self->other, left_out);
    HPy_Close(ctx, visited);
    HPy_Close(ctx, left_out);
    page->began = 1;
    collect(ctx);
    HPy again = HPyField_Load(ctx, object, self->field), other = HPyField_Load(ctx, object, self->other);
    page->done = HPyList_Check(ctx, again) && HPyList_Check(ctx, other) && HPy_Length(ctx, other) == 3;
    HPy_Close(ctx, again);
    HPy_Close(ctx, other);
    HPy_Close(ctx, object);
    collect(ctx);
}

/* No object, but a function uses the context. */
static void context_is_used_late(void *data)
{
    struct order *order = (struct order *)data;
    HPyGlobal_Store(order->ctx, &function, order->function);
    act = order->act;
    break_a_rule("late ");
}

/* in_child(act, late, function): how a child process ended that did it, and whether it told of a wrong context. `late`
   is true for the context of a call that has returned, and false for that of the call that is running. */
HPyDef_METH(in_child, "in_child", HPyFunc_VARARGS)
static HPy in_child_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    const char *name;
    HPy late, called;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "sOO", &name, &late, &called)) {
        return HPy_NULL;
    }
    struct order order = {ctx, called, name};
    int is_late = HPy_IsTrue(ctx, late);
    struct remembered *ending = remembered_of(name, is_late);
    kept = is_late ? of_exec : ctx;
    if (ending != NULL && ending->how == NULL) {
        ending->how = in_a_child(strcmp(name, "left out") == 0       ? field_is_left_out
                                 : strncmp(name, "late ", 5) == 0    ? context_is_used_late
                                 : strncmp(name, "capsule ", 8) == 0 ? capsule_ends
                                                                     : object_ends,
                                 &order);
        ending->told = strstr(child_text, "Error: Wrong HPy Context!") != NULL;
    }
    if (ending == NULL || ending->how == NULL) {
        return HPyErr_SetString(ctx, ctx->h_RuntimeError, "no child");
    }
    HPy text = HPyUnicode_FromString(ctx, ending->how), result = HPy_NULL;
    if (!HPy_IsNull(text)) {
        result = HPyTuple_Pack(ctx, 2, text, ending->told ? ctx->h_True : ctx->h_False);
        HPy_Close(ctx, text);
    }
    return result;
}

static int add(HPyContext *ctx, HPyType_Spec *spec, HPyGlobal *global)
{
    HPy type = HPyType_FromSpec(ctx, spec, NULL);
    if (HPy_IsNull(type)) {
        return -1;
    }
    HPyGlobal_Store(ctx, global, type);
    HPy_Close(ctx, type);
    return 0;
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    of_exec = ctx;
    if (add(ctx, &Breaker_spec, &Breaker_type) < 0 || add(ctx, &Plain_spec, &Plain_type) < 0) {
        return -1;
    }
    return add(ctx, &Partial_spec, &Partial_type);
}

static HPyDef *ext_defines[] = {&in_child, &ext_exec, NULL};
static HPyGlobal *ext_globals[] = {&Breaker_type, &Plain_type, &Partial_type, &function, NULL};
static HPyModuleDef ext_module = {.doc = "Breaks rules.", .defines = ext_defines, .globals = ext_globals};
HPy_MODINIT(ext, ext_module)
