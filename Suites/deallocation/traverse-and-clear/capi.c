/* The same against the raw C API. Lax and Narrow leave a field out of their traverse; Row is a list and Table a
   dictionary with a field, whose slots call those of the base by hand. */
#include "conform_capi.h"
#include "conform_helpers.h"

static long traversed;

typedef struct {
    PyObject_HEAD
    PyObject *first, *second, *member;
} Node;

static int call_between(PyObject *between)
{
    PyObject *result = PyObject_CallObject(between, NULL);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

static int busy_new(Node *self, PyObject *args)
{
    if (PyTuple_GET_SIZE(args) != 3) {
        return 0;
    }
    PyObject *between = PyTuple_GET_ITEM(args, 0);
    if (call_between(between) < 0) {
        return -1;
    }
    conform_store(&self->first, PyTuple_GET_ITEM(args, 1));
    if (call_between(between) < 0) {
        return -1;
    }
    conform_store(&self->second, PyTuple_GET_ITEM(args, 2));
    return call_between(between);
}

/* Node(between=None, first=None, second=None): stores what is given, and calls `between` before each store and after
   the last. */
static PyObject *Node_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    PyObject *object = CONFORM_ALLOC(cls)(cls, 0);
    if (object != NULL && busy_new((Node *)object, args) < 0) {
        Py_DECREF(object);
        return NULL;
    }
    return object;
}

static int Node_traverse(PyObject *object, visitproc visit, void *arg)
{
    Node *self = (Node *)object;
    __atomic_add_fetch(&traversed, 1, __ATOMIC_SEQ_CST);
    Py_VISIT(self->first);
    Py_VISIT(self->second);
    Py_VISIT(self->member);
    CONFORM_VISIT_TYPE(object);
    return 0;
}

static int Node_clear(PyObject *object)
{
    Node *self = (Node *)object;
    Py_CLEAR(self->first);
    Py_CLEAR(self->second);
    Py_CLEAR(self->member);
    return 0;
}

static void Node_dealloc(PyObject *object)
{
    PyObject_GC_UnTrack(object);
    Node_clear(object);
    CONFORM_FREE(object);
}

static PyObject *Node_hold(PyObject *object, PyObject *args)
{
    PyObject *first, *second = NULL;
    if (!PyArg_ParseTuple(args, "O|O", &first, &second)) {
        return NULL;
    }
    conform_store(&((Node *)object)->first, first);
    if (second != NULL) {
        conform_store(&((Node *)object)->second, second);
    }
    Py_INCREF(object);
    return object;
}

static PyObject *Node_hold_second(PyObject *object, PyObject *second)
{
    conform_store(&((Node *)object)->second, second);
    Py_INCREF(object);
    return object;
}

static PyObject *Node_held(PyObject *object, PyObject *unused)
{
    Node *self = (Node *)object;
    return PyTuple_Pack(2, self->first == NULL ? Py_Ellipsis : self->first,
                        self->second == NULL ? Py_Ellipsis : self->second);
}

static PyMethodDef Node_methods[] = {
    {"hold", Node_hold, METH_VARARGS, "hold(first, second=<kept>) -> self"},
    {"hold_second", Node_hold_second, METH_O, "hold_second(second) -> self"},
    {"held", Node_held, METH_NOARGS, "held() -> both, with an Ellipsis for a null one"},
    {NULL},
};
static PyMemberDef Node_members[] = {{"member", T_OBJECT, offsetof(Node, member), 0, NULL}, {NULL}};
static PyType_Slot Node_slots[] = {
    {Py_tp_new, Node_new},         {Py_tp_traverse, Node_traverse}, {Py_tp_clear, Node_clear},
    {Py_tp_dealloc, Node_dealloc}, {Py_tp_methods, Node_methods},   {Py_tp_members, Node_members},
    {0, NULL},
};
static PyType_Spec Node_spec = {
    .name = "ext.Node",
    .basicsize = sizeof(Node),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = Node_slots,
};

static PyType_Slot Sub_slots[] = {{0, NULL}};
static PyType_Spec Sub_spec = {
    .name = "ext.Sub",
    .basicsize = sizeof(Node),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Sub_slots,
};

typedef struct {
    Node base;
    PyObject *third;
} More;

static int More_traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(((More *)object)->third);
    return Node_traverse(object, visit, arg);
}

static int More_clear(PyObject *object)
{
    Py_CLEAR(((More *)object)->third);
    return Node_clear(object);
}

static void More_dealloc(PyObject *object)
{
    PyObject_GC_UnTrack(object);
    Py_CLEAR(((More *)object)->third);
    Node_dealloc(object);
}

static PyObject *More_hold_third(PyObject *object, PyObject *third)
{
    conform_store(&((More *)object)->third, third);
    Py_INCREF(object);
    return object;
}

static PyMethodDef More_methods[] = {{"hold_third", More_hold_third, METH_O, "hold_third(third) -> self"}, {NULL}};
static PyType_Slot More_slots[] = {
    {Py_tp_traverse, More_traverse}, {Py_tp_clear, More_clear},     {Py_tp_dealloc, More_dealloc},
    {Py_tp_methods, More_methods},   {0, NULL},
};
static PyType_Spec More_spec = {
    .name = "ext.More",
    .basicsize = sizeof(More),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = More_slots,
};

/* Like a More, but its traverse leaves out what the base has. */
static int Narrow_traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(((More *)object)->third);
    CONFORM_VISIT_TYPE(object);
    return 0;
}

static PyType_Slot Narrow_slots[] = {
    {Py_tp_traverse, Narrow_traverse}, {Py_tp_clear, More_clear},     {Py_tp_dealloc, More_dealloc},
    {Py_tp_methods, More_methods},     {0, NULL},
};
static PyType_Spec Narrow_spec = {
    .name = "ext.Narrow",
    .basicsize = sizeof(More),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = Narrow_slots,
};

/* Like a Node, but its traverse leaves out the second field. */
static int Lax_traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(((Node *)object)->first);
    Py_VISIT(((Node *)object)->member);
    CONFORM_VISIT_TYPE(object);
    return 0;
}

static PyType_Slot Lax_slots[] = {
    {Py_tp_new, Node_new},         {Py_tp_traverse, Lax_traverse}, {Py_tp_clear, Node_clear},
    {Py_tp_dealloc, Node_dealloc}, {Py_tp_methods, Node_methods},  {Py_tp_members, Node_members},
    {0, NULL},
};
static PyType_Spec Lax_spec = {
    .name = "ext.Lax",
    .basicsize = sizeof(Node),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = Lax_slots,
};

static void Half_dealloc(PyObject *object)
{
    Node_clear(object);
    CONFORM_FREE(object);
}

static PyType_Slot Half_slots[] = {
    {Py_tp_new, Node_new}, {Py_tp_dealloc, Half_dealloc}, {Py_tp_methods, Node_methods}, {0, NULL},
};
static PyType_Spec Half_spec = {
    .name = "ext.Half",
    .basicsize = sizeof(Node),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = Half_slots,
};

/* A list with a field behind its struct. A builtin may leave out tp_traverse and tp_clear where nothing needs them. */
typedef struct {
    PyListObject list;
    PyObject *own;
} Row;

static int Row_traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(((Row *)object)->own);
    CONFORM_VISIT_TYPE(object);
    return PyList_Type.tp_traverse == NULL ? 0 : PyList_Type.tp_traverse(object, visit, arg);
}

static int Row_clear(PyObject *object)
{
    Py_CLEAR(((Row *)object)->own);
    return PyList_Type.tp_clear == NULL ? 0 : PyList_Type.tp_clear(object);
}

static void Row_dealloc(PyObject *object)
{
    PyTypeObject *cls = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    conform_event("row", 1);
    Py_CLEAR(((Row *)object)->own);
    PyList_Type.tp_dealloc(object);
    if (!CONFORM_STATIC_TYPES) {
        Py_DECREF(cls);
    }
}

static PyMemberDef Row_members[] = {{"own", T_OBJECT, offsetof(Row, own), 0, NULL}, {NULL}};
static PyType_Slot Row_slots[] = {
    {Py_tp_traverse, Row_traverse}, {Py_tp_clear, Row_clear},     {Py_tp_dealloc, Row_dealloc},
    {Py_tp_members, Row_members},   {0, NULL},
};
static PyType_Spec Row_spec = {
    .name = "ext.Row",
    .basicsize = sizeof(Row),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = Row_slots,
};

typedef struct {
    PyDictObject dict;
    PyObject *own;
} Table;

static int Table_traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(((Table *)object)->own);
    CONFORM_VISIT_TYPE(object);
    return PyDict_Type.tp_traverse == NULL ? 0 : PyDict_Type.tp_traverse(object, visit, arg);
}

static int Table_clear(PyObject *object)
{
    Py_CLEAR(((Table *)object)->own);
    return PyDict_Type.tp_clear == NULL ? 0 : PyDict_Type.tp_clear(object);
}

static void Table_dealloc(PyObject *object)
{
    PyTypeObject *cls = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    conform_event("table", 1);
    Py_CLEAR(((Table *)object)->own);
    PyDict_Type.tp_dealloc(object);
    if (!CONFORM_STATIC_TYPES) {
        Py_DECREF(cls);
    }
}

static PyMemberDef Table_members[] = {{"own", T_OBJECT, offsetof(Table, own), 0, NULL}, {NULL}};
static PyType_Slot Table_slots[] = {
    {Py_tp_traverse, Table_traverse}, {Py_tp_clear, Table_clear},     {Py_tp_dealloc, Table_dealloc},
    {Py_tp_members, Table_members},   {0, NULL},
};
static PyType_Spec Table_spec = {
    .name = "ext.Table",
    .basicsize = sizeof(Table),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = Table_slots,
};

static PyObject *make_type(PyObject *module, PyObject *unused)
{
    return conform_type(&Node_spec, NULL);
}

struct visits {
    long stop, count;
};

/* Types are left out: the one of an object is visited for heap types alone. */
static int count_visit(PyObject *object, void *arg)
{
    struct visits *visits = (struct visits *)arg;
    return !PyType_Check(object) && ++visits->count == visits->stop ? 7 : 0;
}

static PyObject *visits(PyObject *module, PyObject *args)
{
    PyObject *object;
    struct visits visits = {0, 0};
    if (!PyArg_ParseTuple(args, "Ol", &object, &visits.stop)) {
        return NULL;
    }
    traverseproc traverse = Py_TYPE(object)->tp_traverse;
    if (traverse == NULL) {
        PyErr_SetString(PyExc_TypeError, "the type has no tp_traverse");
        return NULL;
    }
    int result = traverse(object, count_visit, &visits);
    return Py_BuildValue("(il)", result, visits.count);
}

static PyObject *clear(PyObject *module, PyObject *object)
{
    inquiry function = Py_TYPE(object)->tp_clear;
    if (function == NULL) {
        PyErr_SetString(PyExc_TypeError, "the type has no tp_clear");
        return NULL;
    }
    int result = function(object);
    return result < 0 && PyErr_Occurred() ? NULL : PyLong_FromLong(result);
}

static PyObject *ext_traversed(PyObject *module, PyObject *unused)
{
    return PyLong_FromLong(__atomic_load_n(&traversed, __ATOMIC_SEQ_CST));
}

static PyMethodDef ext_methods[] = {
    {"make_type", make_type, METH_NOARGS, "make_type() -> a new type like Node, which the caller alone holds"},
    {"visits", visits, METH_VARARGS,
     "visits(object, stop) -> what traverse returns and how often it visited, where the visit number stop returns 7"},
    {"clear", clear, METH_O, "clear(object) -> what its tp_clear returns"},
    {"traversed", ext_traversed, METH_NOARGS, "traversed() -> how often the traverse of nodes was called"},
    {NULL},
};

static int ext_exec(PyObject *module)
{
    if (conform_add_type(module, "Node", &Node_spec, NULL) < 0 ||
        conform_add_derived(module, "Sub", &Sub_spec, "Node", NULL) < 0 ||
        conform_add_derived(module, "More", &More_spec, "Node", NULL) < 0 ||
        conform_add_derived(module, "Narrow", &Narrow_spec, "Node", NULL) < 0 ||
        conform_add_type(module, "Lax", &Lax_spec, NULL) < 0 ||
        conform_add_type(module, "Half", &Half_spec, NULL) < 0 ||
        conform_add_type(module, "Row", &Row_spec, (PyObject *)&PyList_Type) < 0) {
        return -1;
    }
    return conform_add_type(module, "Table", &Table_spec, (PyObject *)&PyDict_Type);
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Types that are traversed.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
