/* Types with the constructor of object, with a generic one and with one of their own, and abstract classes below. */
#include "conform_capi.h"
#include "conform_helpers.h"

#define IS_ABSTRACT (1UL << 20)

static PyObject *Own_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    return CONFORM_ALLOC(cls)(cls, 0);
}

/* A constructor that leaves the work to that of object. */
static PyObject *Passing_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    return PyBaseObject_Type.tp_new(cls, args, kw);
}

static PyObject *work(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("done");
}

static PyMethodDef methods[] = {{"work", work, METH_NOARGS, NULL}, {NULL}};
static PyType_Slot OfObject_slots[] = {{Py_tp_dealloc, conform_dealloc}, {Py_tp_methods, methods}, {0, NULL}};
static PyType_Slot Generic_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_methods, methods}, {0, NULL},
};
static PyType_Slot Own_slots[] = {
    {Py_tp_new, Own_new}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_methods, methods}, {0, NULL},
};
static PyType_Slot Passing_slots[] = {
    {Py_tp_new, Passing_new}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_methods, methods}, {0, NULL},
};
#define TYPE(NAME)                                                                                                   \
    static PyType_Spec NAME##_spec = {                                                                               \
        .name = "ext." #NAME, .slots = NAME##_slots, .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,              \
    }
TYPE(OfObject);
TYPE(Generic);
TYPE(Own);
TYPE(Passing);

static PyObject *make(PyObject *module, PyObject *base)
{
    return conform_type(&OfObject_spec, base);
}

static PyObject *is_abstract(PyObject *module, PyObject *type)
{
    return PyBool_FromLong(PyType_HasFeature((PyTypeObject *)type, IS_ABSTRACT));
}

static PyObject *call(PyObject *module, PyObject *type)
{
    return PyObject_CallObject(type, NULL);
}

static PyMethodDef ext_methods[] = {
    {"make", make, METH_O, "make(base): a type with the constructor of its base."},
    {"is_abstract", is_abstract, METH_O, NULL},
    {"call", call, METH_O, NULL},
    {NULL},
};

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "OfObject", &OfObject_spec, NULL) < 0 ||
                   conform_add_type(module, "Generic", &Generic_spec, NULL) < 0 ||
                   conform_add_type(module, "Own", &Own_spec, NULL) < 0 ||
                   conform_add_type(module, "Passing", &Passing_spec, NULL) < 0
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
