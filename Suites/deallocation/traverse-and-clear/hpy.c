/* A Node has two fields and a member, which its traverse visits. A Sub inherits all that, a More has a field more. A
   Half lacks the flag HAVE_GC. */
#include "hpy.h"
#include "conform_helpers.h"

static long traversed;

typedef struct {
    HPyField first, second, member;
} Node;
HPyType_HELPERS(Node)

static int busy_new(HPyContext *ctx, HPy object, Node *self, const HPy *args, size_t nargs);

/* Node(between=None, first=None, second=None): stores what is given, and calls `between` before each store and after
   the last. */
HPyDef_SLOT(Node_new, HPy_tp_new)
static HPy Node_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Node *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (!HPy_IsNull(object) && busy_new(ctx, object, self, args, (size_t)nargs) < 0) {
        HPy_Close(ctx, object);
        return HPy_NULL;
    }
    return object;
}

static int call_between(HPyContext *ctx, HPy between)
{
    HPy result = HPy_CallTupleDict(ctx, between, HPy_NULL, HPy_NULL);
    if (HPy_IsNull(result)) {
        return -1;
    }
    HPy_Close(ctx, result);
    return 0;
}

static int busy_new(HPyContext *ctx, HPy object, Node *self, const HPy *args, size_t nargs)
{
    if (nargs != 3) {
        return 0;
    }
    if (call_between(ctx, args[0]) < 0) {
        return -1;
    }
    HPyField_Store(ctx, object, &self->first, args[1]);
    if (call_between(ctx, args[0]) < 0) {
        return -1;
    }
    HPyField_Store(ctx, object, &self->second, args[2]);
    return call_between(ctx, args[0]);
}

HPyDef_SLOT(Node_traverse, HPy_tp_traverse)
static int Node_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    __atomic_add_fetch(&traversed, 1, __ATOMIC_SEQ_CST);
    HPy_VISIT(&((Node *)self)->first);
    HPy_VISIT(&((Node *)self)->second);
    HPy_VISIT(&((Node *)self)->member);
    return 0;
}

/* hold(first, second=<kept>) -> self */
HPyDef_METH(Node_hold, "hold", HPyFunc_VARARGS)
static HPy Node_hold_impl(HPyContext *ctx, HPy object, const HPy *args, size_t nargs)
{
    HPy first, second = HPy_NULL;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "O|O", &first, &second)) {
        return HPy_NULL;
    }
    Node *self = Node_AsStruct(ctx, object);
    HPyField_Store(ctx, object, &self->first, first);
    if (!HPy_IsNull(second)) {
        HPyField_Store(ctx, object, &self->second, second);
    }
    return HPy_Dup(ctx, object);
}

HPyDef_METH(Node_hold_second, "hold_second", HPyFunc_O)
static HPy Node_hold_second_impl(HPyContext *ctx, HPy object, HPy second)
{
    HPyField_Store(ctx, object, &Node_AsStruct(ctx, object)->second, second);
    return HPy_Dup(ctx, object);
}

HPyDef_METH(Node_held, "held", HPyFunc_NOARGS)
static HPy Node_held_impl(HPyContext *ctx, HPy object)
{
    Node *self = Node_AsStruct(ctx, object);
    return conform_hpy_load_two(ctx, object, self->first, self->second);
}

HPyDef_MEMBER(Node_member, "member", HPyMember_OBJECT, offsetof(Node, member))

static HPyDef *Node_defines[] = {
    &Node_new, &Node_traverse, &Node_hold, &Node_hold_second, &Node_held, &Node_member, NULL,
};
static HPyType_Spec Node_spec = {
    .name = "ext.Node",
    .basicsize = sizeof(Node),
    .builtin_shape = SHAPE(Node),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | HPy_TPFLAGS_HAVE_GC,
    .defines = Node_defines,
};

typedef struct {
    Node base;
} Sub;
HPyType_HELPERS(Sub)

static HPyDef *Sub_defines[] = {NULL};
static HPyType_Spec Sub_spec = {
    .name = "ext.Sub",
    .basicsize = sizeof(Sub),
    .builtin_shape = SHAPE(Sub),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Sub_defines,
};

typedef struct {
    Node base;
    HPyField third;
} More;
HPyType_HELPERS(More)

HPyDef_SLOT(More_traverse, HPy_tp_traverse)
static int More_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((More *)self)->third);
    return Node_traverse_impl(self, visit, arg);
}

HPyDef_METH(More_hold_third, "hold_third", HPyFunc_O)
static HPy More_hold_third_impl(HPyContext *ctx, HPy object, HPy third)
{
    HPyField_Store(ctx, object, &More_AsStruct(ctx, object)->third, third);
    return HPy_Dup(ctx, object);
}

static HPyDef *More_defines[] = {&More_traverse, &More_hold_third, NULL};
static HPyType_Spec More_spec = {
    .name = "ext.More",
    .basicsize = sizeof(More),
    .builtin_shape = SHAPE(More),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | HPy_TPFLAGS_HAVE_GC,
    .defines = More_defines,
};

/* Without the member: a definition of one belongs to a single type. */
static HPyDef *Fields_defines[] = {&Node_new, &Node_traverse, &Node_hold, &Node_hold_second, &Node_held, NULL};
static HPyType_Spec Half_spec = {
    .name = "ext.Half",
    .basicsize = sizeof(Node),
    .builtin_shape = SHAPE(Node),
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = Fields_defines,
};

static HPyType_Spec Made_spec = {
    .name = "ext.Made",
    .basicsize = sizeof(Node),
    .builtin_shape = SHAPE(Node),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | HPy_TPFLAGS_HAVE_GC,
    .defines = Fields_defines,
};

/* make_type() -> a new type with the fields of a Node, which the caller alone holds */
HPyDef_METH(make_type, "make_type", HPyFunc_NOARGS)
static HPy make_type_impl(HPyContext *ctx, HPy module)
{
    return HPyType_FromSpec(ctx, &Made_spec, NULL);
}

struct visits {
    long stop, count;
};

static int count_visit(HPyField *field, void *arg)
{
    struct visits *visits = (struct visits *)arg;
    return ++visits->count == visits->stop ? 7 : 0;
}

/* visits(node, stop) -> what traverse returns and how often it visited, where the visit number `stop` returns 7 */
HPyDef_METH(visits, "visits", HPyFunc_VARARGS)
static HPy visits_impl(HPyContext *ctx, HPy module, const HPy *args, size_t nargs)
{
    HPy node;
    struct visits visits = {0, 0};
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "Ol", &node, &visits.stop)) {
        return HPy_NULL;
    }
    int result = Node_traverse_impl(Node_AsStruct(ctx, node), count_visit, &visits);
    return HPy_BuildValue(ctx, "(il)", result, visits.count);
}

HPyDef_METH(ext_traversed, "traversed", HPyFunc_NOARGS)
static HPy ext_traversed_impl(HPyContext *ctx, HPy module)
{
    return HPyLong_FromLong(ctx, __atomic_load_n(&traversed, __ATOMIC_SEQ_CST));
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    return HPyHelpers_AddType(ctx, module, "Node", &Node_spec, NULL) &&
                   conform_hpy_add_derived(ctx, module, "Sub", &Sub_spec, "Node", NULL) &&
                   conform_hpy_add_derived(ctx, module, "More", &More_spec, "Node", NULL) &&
                   HPyHelpers_AddType(ctx, module, "Half", &Half_spec, NULL)
               ? 0
               : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, &make_type, &visits, &ext_traversed, NULL};
static HPyModuleDef ext_module = {.doc = "Types that are traversed.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
