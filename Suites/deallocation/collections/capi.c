/* A Node has two fields for objects that its traverse visits; a Leaf has one, and no collector. */
#include "conform_capi.h"
#include "conform_helpers.h"
#include "capture.h"

typedef struct {
    PyObject_HEAD
    long serial;
    PyObject *first, *second;
} Node;

static PyObject *Node_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Node *self = (Node *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->serial = conform_serial();
    }
    return (PyObject *)self;
}

static int Node_traverse(PyObject *object, visitproc visit, void *arg)
{
    Node *self = (Node *)object;
    Py_VISIT(self->first);
    Py_VISIT(self->second);
    CONFORM_VISIT_TYPE(object);
    return 0;
}

static int Node_clear(PyObject *object)
{
    Node *self = (Node *)object;
    Py_CLEAR(self->first);
    Py_CLEAR(self->second);
    return 0;
}

static void Node_dealloc(PyObject *object)
{
    PyObject_GC_UnTrack(object);
    conform_event("destroy", ((Node *)object)->serial);
    Node_clear(object);
    CONFORM_FREE(object);
}

static PyObject *Node_hold(PyObject *object, PyObject *args)
{
    PyObject *first, *second;
    if (!PyArg_ParseTuple(args, "OO", &first, &second)) {
        return NULL;
    }
    conform_store(&((Node *)object)->first, first);
    conform_store(&((Node *)object)->second, second);
    Py_INCREF(object);
    return object;
}

static PyMethodDef Node_methods[] = {{"hold", Node_hold, METH_VARARGS, "hold(first, second) -> self"}, {NULL}};
static PyType_Slot Node_slots[] = {
    {Py_tp_new, Node_new}, {Py_tp_traverse, Node_traverse}, {Py_tp_clear, Node_clear},
    {Py_tp_dealloc, Node_dealloc}, {Py_tp_methods, Node_methods}, {0, NULL},
};
static PyType_Spec Node_spec = {
    .name = "ext.Node", .basicsize = sizeof(Node), .slots = Node_slots,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
};

typedef struct {
    PyObject_HEAD
    PyObject *first;
} Leaf;

static void Leaf_dealloc(PyObject *object)
{
    Py_CLEAR(((Leaf *)object)->first);
    CONFORM_FREE(object);
}

static PyObject *Leaf_hold(PyObject *object, PyObject *first)
{
    conform_store(&((Leaf *)object)->first, first);
    Py_INCREF(object);
    return object;
}

static PyMethodDef Leaf_methods[] = {{"hold", Leaf_hold, METH_O, "hold(first) -> self"}, {NULL}};
static PyType_Slot Leaf_slots[] = {
    {Py_tp_new, conform_new}, {Py_tp_dealloc, Leaf_dealloc}, {Py_tp_methods, Leaf_methods}, {0, NULL},
};
static PyType_Spec Leaf_spec = {
    .name = "ext.Leaf", .basicsize = sizeof(Leaf), .slots = Leaf_slots,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};

static PyObject *collector(PyObject *module, PyObject *unused)
{
    return PyImport_ImportModule("gc");
}

static PyObject *printed_by(PyObject *module, PyObject *function)
{
    char text[200];
    if (capture_begin() < 0) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    PyObject *result = PyObject_CallFunctionObjArgs(function, NULL);
    capture_end(text, sizeof text);
    if (result == NULL) {
        return NULL;
    }
    Py_DECREF(result);
    return PyBytes_FromString(text);
}

static PyMethodDef ext_methods[] = {
    {"collector", collector, METH_NOARGS, "collector() -> the module gc, which a scenario can't import"},
    {"printed_by", printed_by, METH_O, "printed_by(function) -> what a call writes to standard output and error"},
    {NULL},
};

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Node", &Node_spec, NULL) < 0 || conform_add_type(module, "Leaf", &Leaf_spec, NULL) < 0
               ? -1
               : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT, .m_name = "ext", .m_methods = ext_methods, .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
