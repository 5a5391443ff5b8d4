/* The same against the raw C API: One and Two share their tables. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    long number;
    double real;
    char flag;
} Common;

typedef struct {
    PyObject_HEAD
    PyObject *held;
} Box;

static PyObject *Common_level_get(Common *self, void *closure)
{
    conform_event("get", 1);
    return PyLong_FromLong(self->number * 10);
}

static int Common_level_set(Common *self, PyObject *value, void *closure)
{
    if (value == NULL) {
        conform_event("delete", 1);
        self->number = -1;
        return 0;
    }
    conform_event("set", 1);
    long number = PyLong_AsLong(value);
    if (number == -1 && PyErr_Occurred()) {
        return -1;
    }
    self->number = number / 10;
    return 0;
}

static PyObject *Common_twice_get(Common *self, void *closure)
{
    conform_event("get", 2);
    return PyLong_FromLong(self->number * 2);
}

static PyObject *Common_add(Common *self, PyObject *value)
{
    long number = PyLong_AsLong(value);
    if (number == -1 && PyErr_Occurred()) {
        return NULL;
    }
    return PyLong_FromLong(self->number + number);
}

static PyObject *Common_reduce(Common *self, PyObject *unused)
{
    return Py_BuildValue("(O()(ld))", Py_TYPE(self), self->number, self->real);
}

static PyObject *Common_setstate(Common *self, PyObject *state)
{
    conform_event("setstate", 1);
    if (!PyArg_ParseTuple(state, "ld", &self->number, &self->real)) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyMethodDef Common_methods[] = {
    {"add", (PyCFunction)Common_add, METH_O, "add doc"},
    {"__reduce__", (PyCFunction)Common_reduce, METH_NOARGS, NULL},
    {"__setstate__", (PyCFunction)Common_setstate, METH_O, NULL},
    {NULL},
};
static PyMemberDef Common_members[] = {
    {"number", T_LONG, offsetof(Common, number), 0, "number doc"},
    {"real", T_DOUBLE, offsetof(Common, real), 0, NULL},
    {"flag", T_BOOL, offsetof(Common, flag), READONLY, "flag doc"},
    {NULL},
};
static PyGetSetDef Common_getset[] = {
    {"level", (getter)Common_level_get, (setter)Common_level_set, "level doc", NULL},
    {"twice", (getter)Common_twice_get, NULL, "twice doc", NULL},
    {NULL},
};
static PyType_Slot Common_slots[] = {
    {Py_tp_new, conform_new}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_methods, Common_methods},
    {Py_tp_members, Common_members}, {Py_tp_getset, Common_getset}, {0, NULL},
};

static PyObject *Sub_level_get(Common *self, void *closure)
{
    conform_event("get", 3);
    return PyLong_FromLong(self->number * 1000);
}

static PyMemberDef Sub_members[] = {{"number", T_LONG, offsetof(Common, number), READONLY, "number of Sub"}, {NULL}};
static PyGetSetDef Sub_getset[] = {{"level", (getter)Sub_level_get, NULL, "level of Sub", NULL}, {NULL}};
static PyType_Slot Sub_slots[] = {{Py_tp_members, Sub_members}, {Py_tp_getset, Sub_getset}, {0, NULL}};

static int Box_traverse(Box *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    Py_VISIT(self->held);
    return 0;
}

static int Box_clear(Box *self)
{
    Py_CLEAR(self->held);
    return 0;
}

static void Box_dealloc(Box *self)
{
    PyObject_GC_UnTrack(self);
    Py_CLEAR(self->held);
    CONFORM_FREE(self);
}

static PyObject *Box_held_get(Box *self, void *closure)
{
    if (self->held == NULL) {
        PyErr_SetString(PyExc_AttributeError, "the box is empty");
        return NULL;
    }
    Py_INCREF(self->held);
    return self->held;
}

static int Box_held_set(Box *self, PyObject *value, void *closure)
{
    if (value == NULL) {
        if (self->held == NULL) {
            PyErr_SetString(PyExc_AttributeError, "the box is empty");
            return -1;
        }
    } else if (PyLong_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "no int");
        return -1;
    }
    PyObject *before = self->held;
    Py_XINCREF(value);
    self->held = value;
    Py_XDECREF(before);
    return 0;
}

static PyObject *Box_broken_get(Box *self, void *closure)
{
    PyErr_SetObject(PyExc_LookupError, self->held == NULL ? Py_None : self->held);
    return NULL;
}

static int Box_broken_set(Box *self, PyObject *value, void *closure)
{
    PyErr_SetObject(PyExc_LookupError, value == NULL ? Py_None : value);
    return -1;
}

static PyObject *Box_fresh_get(Box *self, void *closure)
{
    return self->held == NULL ? PyList_New(0) : Py_BuildValue("[O]", self->held);
}

static PyGetSetDef Box_getset[] = {
    {"held", (getter)Box_held_get, (setter)Box_held_set, NULL, NULL},
    {"broken", (getter)Box_broken_get, (setter)Box_broken_set, NULL, NULL},
    {"fresh", (getter)Box_fresh_get, NULL, NULL, NULL},
    {NULL},
};
static PyType_Slot Box_slots[] = {
    {Py_tp_new, conform_new}, {Py_tp_dealloc, Box_dealloc}, {Py_tp_traverse, Box_traverse},
    {Py_tp_clear, Box_clear}, {Py_tp_getset, Box_getset}, {0, NULL},
};

#define COMMON .basicsize = sizeof(Common), .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE
static PyType_Spec One_spec = {.name = "ext.One", COMMON, .slots = Common_slots};
static PyType_Spec Two_spec = {.name = "ext.Two", COMMON, .slots = Common_slots};
static PyType_Spec Sub_spec = {.name = "ext.Sub", COMMON, .slots = Sub_slots};
static PyType_Spec Box_spec = {
    .name = "ext.Box",
    .basicsize = sizeof(Box),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = Box_slots,
};

static int ext_exec(PyObject *module)
{
    int failed = conform_add_type(module, "One", &One_spec, NULL) < 0 ||
                 conform_add_type(module, "Two", &Two_spec, NULL) < 0 ||
                 conform_add_type(module, "Box", &Box_spec, NULL) < 0 ||
                 conform_add_derived(module, "Sub", &Sub_spec, "One", NULL) < 0;
    return failed ? -1 : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Types that share their definitions.",
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
