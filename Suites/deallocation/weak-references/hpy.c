/* HPy has no place for weak references: objects of Python subclasses are weakly referenced. A Plain has a number alone;
   a Node has finalize and destroy, and calls a Python function, held in a field, when it is finalized. */
#include "hpy.h"
#include "conform.h"

typedef struct {
    long number;
} Plain;

HPyDef_MEMBER(Plain_number, "number", HPyMember_LONG, offsetof(Plain, number))

static HPyDef *Plain_defines[] = {&Plain_number, NULL};
static HPyType_Spec Plain_spec = {
    .name = "ext.Plain",
    .basicsize = sizeof(Plain),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Plain_defines,
};

typedef struct {
    long serial;
    HPyField callback;
} Node;
HPyType_HELPERS(Node)

HPyDef_SLOT(Node_new, HPy_tp_new)
static HPy Node_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Node *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    self->serial = conform_serial();
    return object;
}

HPyDef_SLOT(Node_traverse, HPy_tp_traverse)
static int Node_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Node *)self)->callback);
    return 0;
}

HPyDef_SLOT(Node_finalize, HPy_tp_finalize)
static void Node_finalize_impl(HPyContext *ctx, HPy object)
{
    Node *self = Node_AsStruct(ctx, object);
    conform_event("finalize", self->serial);
    if (HPyField_IsNull(self->callback)) {
        return;
    }
    HPy callback = HPyField_Load(ctx, object, self->callback);
    HPy args = HPyTuple_Pack(ctx, 1, object);
    HPy result = HPy_IsNull(args) ? HPy_NULL : HPy_CallTupleDict(ctx, callback, args, HPy_NULL);
    if (HPy_IsNull(result)) {
        HPyErr_WriteUnraisable(ctx, callback);
    } else {
        HPy_Close(ctx, result);
    }
    if (!HPy_IsNull(args)) {
        HPy_Close(ctx, args);
    }
    HPy_Close(ctx, callback);
}

HPyDef_SLOT(Node_destroy, HPy_tp_destroy)
static void Node_destroy_impl(void *self)
{
    conform_event("destroy", ((Node *)self)->serial);
}

HPyDef_METH(Node_arm, "arm", HPyFunc_O)
static HPy Node_arm_impl(HPyContext *ctx, HPy object, HPy callback)
{
    HPyField_Store(ctx, object, &Node_AsStruct(ctx, object)->callback, callback);
    return HPy_Dup(ctx, object);
}

static HPyDef *Node_defines[] = {&Node_new, &Node_traverse, &Node_finalize, &Node_destroy, &Node_arm, NULL};
static HPyType_Spec Node_spec = {
    .name = "ext.Node",
    .basicsize = sizeof(Node),
    .builtin_shape = SHAPE(Node),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | HPy_TPFLAGS_HAVE_GC,
    .defines = Node_defines,
};

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    if (!HPyHelpers_AddType(ctx, module, "Plain", &Plain_spec, NULL)) {
        return -1;
    }
    return HPyHelpers_AddType(ctx, module, "Node", &Node_spec, NULL) ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Objects to refer to weakly.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
