/* Members, offsets and getsets of a heap type: data that one binary has for all versions that load it. */
#include "conform_capi.h"
#include "conform_helpers.h"
#include "box.h"

static int Box_traverse(PyObject *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    Py_VISIT(((Box *)self)->object);
    Py_VISIT(((Box *)self)->dictionary);
    return 0;
}

static int Box_clear(PyObject *self)
{
    Py_CLEAR(((Box *)self)->object);
    Py_CLEAR(((Box *)self)->dictionary);
    return 0;
}

static void Box_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    if (((Box *)self)->weak_references != NULL) {
        PyObject_ClearWeakRefs(self);
    }
    Box_clear(self);
    CONFORM_FREE(self);
}

/* The closure is the factor. */
static PyObject *Box_times(PyObject *self, void *closure)
{
    return PyLong_FromLong(((Box *)self)->number * (long)(size_t)closure);
}

static int Box_set_times(PyObject *self, PyObject *value, void *closure)
{
    if (value == NULL) {
        PyErr_SetString(PyExc_TypeError, "it stays");
        return -1;
    }
    long number = PyLong_AsLong(value);
    if (number == -1 && PyErr_Occurred()) {
        return -1;
    }
    ((Box *)self)->number = (int)(number / (long)(size_t)closure);
    return 0;
}

static PyMemberDef Box_members[] = {
    {"number", T_INT, offsetof(Box, number), 0, "a number"},
    {"fixed", T_INT, offsetof(Box, number), READONLY, NULL},
    {"object", T_OBJECT_EX, offsetof(Box, object), 0, NULL},
    {"__dictoffset__", T_PYSSIZET, offsetof(Box, dictionary), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Box, weak_references), READONLY, NULL},
    {NULL},
};
static PyGetSetDef Box_getsets[] = {
    {"twice", Box_times, Box_set_times, "twice the number", (void *)2},
    {"thrice", Box_times, Box_set_times, NULL, (void *)3},
    {"four_times", Box_times, NULL, NULL, (void *)4},
    {NULL},
};
static PyType_Slot Box_slots[] = {
    {Py_tp_new, conform_new},
    {Py_tp_dealloc, Box_dealloc},
    {Py_tp_traverse, Box_traverse},
    {Py_tp_clear, Box_clear},
    {Py_tp_members, Box_members},
    {Py_tp_getset, Box_getsets},
    {0, NULL},
};
static PyType_Spec Box_spec = {
    .name = "ext.Box",
    .basicsize = sizeof(Box),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = Box_slots,
};

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Box", &Box_spec, NULL);
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext", NULL, 0, NULL, ext_slots};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&definition);
}
