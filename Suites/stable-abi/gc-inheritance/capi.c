/* A type of the collector, and types below it that inherit all of that or bring their own. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    PyObject *held;
} Node;

static int Node_traverse(PyObject *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    Py_VISIT(((Node *)self)->held);
    return 0;
}

static int Node_clear(PyObject *self)
{
    Py_CLEAR(((Node *)self)->held);
    return 0;
}

static void Node_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    conform_event("destroy", 0);
    Node_clear(self);
    CONFORM_FREE(self);
}

static PyObject *Node_hold(PyObject *self, PyObject *value)
{
    conform_store(&((Node *)self)->held, value);
    Py_RETURN_NONE;
}

static PyMethodDef Node_methods[] = {{"hold", Node_hold, METH_O, NULL}, {NULL}};
static PyType_Slot Node_slots[] = {
    {Py_tp_new, conform_new},       {Py_tp_dealloc, Node_dealloc}, {Py_tp_traverse, Node_traverse},
    {Py_tp_clear, Node_clear}, {Py_tp_methods, Node_methods}, {0, NULL},
};
static PyType_Spec Node_spec = {
    .name = "ext.Node",
    .basicsize = sizeof(Node),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = Node_slots,
};

/* Inherits the flag, traverse and clear: it defines none of the three. */
static PyType_Slot Bare_slots[] = {{0, NULL}};
static PyType_Spec Bare_spec = {
    .name = "ext.Bare",
    .basicsize = sizeof(Node),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Bare_slots,
};

/* A field of its own, which its own traverse and clear add to what those of the base do. */
typedef struct {
    Node base;
    PyObject *more;
} Wide;

static int Wide_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Wide *)self)->more);
    return Node_traverse(self, visit, arg);
}

static int Wide_clear(PyObject *self)
{
    Py_CLEAR(((Wide *)self)->more);
    return Node_clear(self);
}

static void Wide_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_CLEAR(((Wide *)self)->more);
    Node_dealloc(self);
}

static PyObject *Wide_more(PyObject *self, PyObject *value)
{
    conform_store(&((Wide *)self)->more, value);
    Py_RETURN_NONE;
}

static PyMethodDef Wide_methods[] = {{"hold_more", Wide_more, METH_O, NULL}, {NULL}};
static PyType_Slot Wide_slots[] = {
    {Py_tp_dealloc, Wide_dealloc}, {Py_tp_traverse, Wide_traverse}, {Py_tp_clear, Wide_clear},
    {Py_tp_methods, Wide_methods}, {0, NULL},
};
static PyType_Spec Wide_spec = {
    .name = "ext.Wide",
    .basicsize = sizeof(Wide),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = Wide_slots,
};

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Node", &Node_spec, NULL) < 0
                   || conform_add_derived(module, "Bare", &Bare_spec, "Node", NULL) < 0
                   || conform_add_derived(module, "Wide", &Wide_spec, "Node", NULL) < 0
               ? -1
               : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext", NULL, 0, NULL, ext_slots};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&definition);
}
