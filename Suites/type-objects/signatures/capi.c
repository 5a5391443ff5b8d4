/* Docstrings of a type, its methods and its members, with signatures in front and without. */
#include "conform_capi.h"
#include "conform_helpers.h"

static PyObject *nothing(PyObject *self, PyObject *args)
{
    Py_RETURN_NONE;
}

static PyObject *get(PyObject *self, void *closure)
{
    return PyLong_FromLong(1);
}

static PyMethodDef Point_methods[] = {
    {"plain", nothing, METH_VARARGS, "Says something.\n\nIn lines."},
    {"none", nothing, METH_VARARGS, NULL},
    {"empty", nothing, METH_VARARGS, ""},
    {"signed", nothing, METH_VARARGS, "signed($self, x, /, y=1, *, z=None)\n--\n\nHas a signature."},
    {"alone", nothing, METH_VARARGS, "alone($self, /)\n--\n\n"},
    {"other", nothing, METH_VARARGS, "another($self, x)\n--\n\nIs called otherwise."},
    {"open", nothing, METH_VARARGS, "open(x)\n\nHas no line that ends it."},
    {"of_class", nothing, METH_VARARGS | METH_CLASS, "of_class($type, x)\n--\n\nOf the class."},
    {"of_none", nothing, METH_VARARGS | METH_STATIC, "of_none(x)\n--\n\nOf none."},
    {NULL},
};
static PyGetSetDef Point_getset[] = {{"got", get, NULL, "got(x)\n--\n\nNo signature.", NULL}, {NULL}};
static PyType_Slot Point_slots[] = {
    {Py_tp_doc, "Point(x, y=0)\n--\n\nA point."}, {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, conform_dealloc},
    {Py_tp_methods, Point_methods}, {Py_tp_getset, Point_getset}, {0, NULL},
};
static PyType_Slot Plain_slots[] = {
    {Py_tp_doc, "A plain type.\n\nIn lines."}, {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, conform_dealloc},
    {0, NULL},
};
static PyType_Slot Undocumented_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, conform_dealloc}, {0, NULL},
};
static PyType_Slot Below_slots[] = {{0, NULL}};
#define TYPE(NAME)                                                                                                   \
    static PyType_Spec NAME##_spec = {                                                                               \
        .name = "ext." #NAME, .slots = NAME##_slots, .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,              \
    }
TYPE(Point);
TYPE(Plain);
TYPE(Undocumented);
TYPE(Below);

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Point", &Point_spec, NULL) < 0 ||
                   conform_add_type(module, "Plain", &Plain_spec, NULL) < 0 ||
                   conform_add_type(module, "Undocumented", &Undocumented_spec, NULL) < 0 ||
                   conform_add_derived(module, "Below", &Below_spec, "Plain", NULL) < 0
               ? -1
               : 0;
}

static PyMethodDef ext_methods[] = {
    {"function", nothing, METH_VARARGS, "function($module, x, /)\n--\n\nA function."},
    {"plain", nothing, METH_VARARGS, "A plain function."},
    {NULL},
};
static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT, .m_name = "ext", .m_methods = ext_methods, .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
