/* Names of types, with dots and without, and objects that are pickled by the name of their type. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    long number;
} Point;

static PyObject *Point_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    long number = 0;
    if (!PyArg_ParseTuple(args, "|l", &number)) {
        return NULL;
    }
    Point *self = (Point *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->number = number;
    }
    return (PyObject *)self;
}

static PyObject *Point_reduce(PyObject *self, PyObject *unused)
{
    return Py_BuildValue("(O(l))", Py_TYPE(self), ((Point *)self)->number);
}

static PyMemberDef Point_members[] = {{"number", T_LONG, offsetof(Point, number), 0, NULL}, {NULL}};
static PyMethodDef Point_methods[] = {{"__reduce__", Point_reduce, METH_NOARGS, NULL}, {NULL}};
static PyType_Slot Point_slots[] = {
    {Py_tp_new, Point_new}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_members, Point_members},
    {Py_tp_methods, Point_methods}, {0, NULL},
};
static PyType_Slot Plain_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, conform_dealloc}, {0, NULL},
};
#define TYPE(NAME, TEXT)                                                                                             \
    static PyType_Spec NAME##_spec = {                                                                               \
        .name = TEXT, .slots = Plain_slots, .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,                       \
    }
static PyType_Spec Point_spec = {
    .name = "ext.Point", .basicsize = sizeof(Point), .slots = Point_slots,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};
TYPE(Plain, "ext.Plain");
TYPE(Deep, "package.module.Deep");
TYPE(Missing, "ext.Missing");
TYPE(Undotted, "Undotted");

/* undotted(): a type whose name has no dot. */
static PyObject *undotted(PyObject *module, PyObject *unused)
{
    return conform_type(&Undotted_spec, NULL);
}

static PyObject *names(PyObject *module, PyObject *type)
{
#if PY_VERSION_HEX >= 0x030B0000
    return Py_BuildValue("(NN)", PyType_GetName((PyTypeObject *)type), PyType_GetQualName((PyTypeObject *)type));
#else
    Py_RETURN_NONE;
#endif
}

#if PY_VERSION_HEX >= 0x030D0000
static PyObject *full_names(PyObject *module, PyObject *type)
{
    return Py_BuildValue("(NN)", PyType_GetFullyQualifiedName((PyTypeObject *)type),
                         PyType_GetModuleName((PyTypeObject *)type));
}
#endif

static PyMethodDef ext_methods[] = {
    {"undotted", undotted, METH_NOARGS, NULL},
    {"names", names, METH_O, NULL},
#if PY_VERSION_HEX >= 0x030D0000
    {"full_names", full_names, METH_O, NULL},
#endif
    {NULL},
};

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Point", &Point_spec, NULL) < 0 ||
                   conform_add_type(module, "Plain", &Plain_spec, NULL) < 0 ||
                   conform_add_type(module, "Deep", &Deep_spec, NULL) < 0 ||
                   conform_add_type(module, "Hidden", &Missing_spec, NULL) < 0
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
