/* The same against the raw C API: the struct stands behind that of the builtin. Not for int and tuple, whose items
   stand there. */
#include "conform_capi.h"

/* Python's name of the type, the builtin's struct, and its type object. */
#define MARKED(Name, Struct)                                                                                         \
    typedef struct {                                                                                                 \
        Struct builtin;                                                                                              \
        long mark;                                                                                                   \
        double real;                                                                                                 \
    } Name;                                                                                                          \
    static PyObject *Name##_seen(Name *self, PyObject *ignored)                                                      \
    {                                                                                                                \
        return Py_BuildValue("(ld)", self->mark, self->real);                                                        \
    }                                                                                                                \
    static PyObject *Name##_assign(Name *self, PyObject *number)                                                     \
    {                                                                                                                \
        long value = PyLong_AsLong(number);                                                                          \
        if (value == -1 && PyErr_Occurred()) {                                                                       \
            return NULL;                                                                                             \
        }                                                                                                            \
        self->mark = value;                                                                                          \
        self->real = value + 0.5;                                                                                    \
        Py_RETURN_NONE;                                                                                              \
    }                                                                                                                \
    static PyMemberDef Name##_members[] = {                                                                          \
        {"mark", T_LONG, offsetof(Name, mark), 0, "a mark"},                                                         \
        {"real_mark", T_DOUBLE, offsetof(Name, real), 0, NULL},                                                      \
        {NULL},                                                                                                      \
    };                                                                                                               \
    static PyMethodDef Name##_methods[] = {                                                                          \
        {"seen", (PyCFunction)Name##_seen, METH_NOARGS, NULL},                                                       \
        {"assign", (PyCFunction)Name##_assign, METH_O, NULL},                                                        \
        {NULL},                                                                                                      \
    };                                                                                                               \
    static PyType_Slot Name##_slots[] = {                                                                            \
        {Py_tp_members, Name##_members},                                                                             \
        {Py_tp_methods, Name##_methods},                                                                             \
        {0, NULL},                                                                                                   \
    };                                                                                                               \
    static PyType_Spec Name##_spec = {                                                                               \
        .name = "ext." #Name,                                                                                        \
        .basicsize = sizeof(Name),                                                                                   \
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,                                                           \
        .slots = Name##_slots,                                                                                       \
    };

MARKED(Float, PyFloatObject)
MARKED(Str, PyUnicodeObject)
MARKED(List, PyListObject)
MARKED(Meta, PyHeapTypeObject)

static int ext_exec(PyObject *module)
{
    int failed = conform_add_type(module, "Float", &Float_spec, (PyObject *)&PyFloat_Type) < 0 ||
                 conform_add_type(module, "Str", &Str_spec, (PyObject *)&PyUnicode_Type) < 0 ||
                 conform_add_type(module, "List", &List_spec, (PyObject *)&PyList_Type) < 0 ||
                 conform_add_type(module, "Meta", &Meta_spec, (PyObject *)&PyType_Type) < 0;
    return failed ? -1 : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Builtins with a struct.",
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
