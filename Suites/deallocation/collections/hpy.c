/* The same with fields of HPy. A Leaf's field is visited, too: HPy has no field without traverse. */
#include "hpy.h"
#include "conform_helpers.h"
#include "capture.h"

typedef struct {
    long serial;
    HPyField first, second;
} Node;
HPyType_HELPERS(Node)

HPyDef_SLOT(Node_new, HPy_tp_new)
static HPy Node_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Node *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (!HPy_IsNull(object)) {
        self->serial = conform_serial();
    }
    return object;
}

HPyDef_SLOT(Node_traverse, HPy_tp_traverse)
static int Node_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Node *)self)->first);
    HPy_VISIT(&((Node *)self)->second);
    return 0;
}

HPyDef_SLOT(Node_destroy, HPy_tp_destroy)
static void Node_destroy_impl(void *self)
{
    conform_event("destroy", ((Node *)self)->serial);
}

HPyDef_METH(Node_hold, "hold", HPyFunc_VARARGS)
static HPy Node_hold_impl(HPyContext *ctx, HPy object, const HPy *args, size_t nargs)
{
    HPy first, second;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OO", &first, &second)) {
        return HPy_NULL;
    }
    Node *self = Node_AsStruct(ctx, object);
    HPyField_Store(ctx, object, &self->first, first);
    HPyField_Store(ctx, object, &self->second, second);
    return HPy_Dup(ctx, object);
}

static HPyDef *Node_defines[] = {&Node_new, &Node_traverse, &Node_destroy, &Node_hold, NULL};
static HPyType_Spec Node_spec = {
    .name = "ext.Node", .basicsize = sizeof(Node), .builtin_shape = SHAPE(Node), .defines = Node_defines,
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | HPy_TPFLAGS_HAVE_GC,
};

typedef struct {
    HPyField first;
} Leaf;
HPyType_HELPERS(Leaf)

CONFORM_HPY_NEW(Leaf_new)

HPyDef_SLOT(Leaf_traverse, HPy_tp_traverse)
static int Leaf_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Leaf *)self)->first);
    return 0;
}

HPyDef_METH(Leaf_hold, "hold", HPyFunc_O)
static HPy Leaf_hold_impl(HPyContext *ctx, HPy object, HPy first)
{
    HPyField_Store(ctx, object, &Leaf_AsStruct(ctx, object)->first, first);
    return HPy_Dup(ctx, object);
}

static HPyDef *Leaf_defines[] = {&Leaf_new, &Leaf_traverse, &Leaf_hold, NULL};
static HPyType_Spec Leaf_spec = {
    .name = "ext.Leaf", .basicsize = sizeof(Leaf), .builtin_shape = SHAPE(Leaf), .defines = Leaf_defines,
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
};

HPyDef_METH(collector, "collector", HPyFunc_NOARGS)
static HPy collector_impl(HPyContext *ctx, HPy self)
{
    return HPyImport_ImportModule(ctx, "gc");
}

HPyDef_METH(printed_by, "printed_by", HPyFunc_O)
static HPy printed_by_impl(HPyContext *ctx, HPy self, HPy function)
{
    char text[200];
    if (capture_begin() < 0) {
        return HPyErr_SetString(ctx, ctx->h_OSError, "no file");
    }
    HPy result = HPy_CallTupleDict(ctx, function, HPy_NULL, HPy_NULL);
    capture_end(text, sizeof text);
    if (HPy_IsNull(result)) {
        return HPy_NULL;
    }
    HPy_Close(ctx, result);
    return HPyBytes_FromString(ctx, text);
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    return HPyHelpers_AddType(ctx, module, "Node", &Node_spec, NULL) &&
                   HPyHelpers_AddType(ctx, module, "Leaf", &Leaf_spec, NULL)
               ? 0
               : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &collector, &printed_by, NULL};
static HPyModuleDef ext_module = {.doc = "Types that the collector asks.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
