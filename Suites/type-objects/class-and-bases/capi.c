/* Types whose objects get another class, and whose subclasses get other bases. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    long number;
} Base;

typedef struct {
    Base base;
    long more[2];
} Wide;

typedef struct {
    PyObject_HEAD
    double ratio;
} Unlike;

static PyObject *Base_who(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("Base");
}

static PyObject *Same_who(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("Same");
}

static Py_ssize_t Same_length(PyObject *self)
{
    return 2;
}

static PyMethodDef Base_methods[] = {{"who", Base_who, METH_NOARGS, NULL}, {NULL}};
static PyMethodDef Same_methods[] = {{"who", Same_who, METH_NOARGS, NULL}, {NULL}};
static PyMemberDef Base_members[] = {{"number", T_LONG, offsetof(Base, number), 0, NULL}, {NULL}};
static PyMemberDef Wide_members[] = {{"last", T_LONG, offsetof(Wide, more) + sizeof(long), 0, NULL}, {NULL}};
static PyMemberDef Unlike_members[] = {{"ratio", T_DOUBLE, offsetof(Unlike, ratio), 0, NULL}, {NULL}};
static PyType_Slot Base_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_methods, Base_methods},
    {Py_tp_members, Base_members},  {0, NULL},
};
static PyType_Slot Same_slots[] = {{Py_tp_methods, Same_methods}, {Py_sq_length, Same_length}, {0, NULL}};
static PyType_Slot Wide_slots[] = {{Py_tp_members, Wide_members}, {0, NULL}};
static PyType_Slot Unlike_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_members, Unlike_members}, {0, NULL},
};
static PyType_Slot Final_slots[] = {{Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, conform_dealloc}, {0, NULL}};
#define TYPE(NAME, STRUCT, FLAGS)                                                                                    \
    static PyType_Spec NAME##_spec = {                                                                               \
        .name = "ext." #NAME, .basicsize = sizeof(STRUCT), .slots = NAME##_slots,                                    \
        .flags = Py_TPFLAGS_DEFAULT | (FLAGS),                                                                       \
    }
TYPE(Base, Base, Py_TPFLAGS_BASETYPE);
TYPE(Same, Base, Py_TPFLAGS_BASETYPE);
TYPE(Wide, Wide, Py_TPFLAGS_BASETYPE);
TYPE(Unlike, Unlike, Py_TPFLAGS_BASETYPE);
TYPE(Final, PyObject, 0);



static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Base", &Base_spec, NULL) < 0 ||
                   conform_add_derived(module, "Same", &Same_spec, "Base", NULL) < 0 ||
                   conform_add_derived(module, "Wide", &Wide_spec, "Base", NULL) < 0 ||
                   conform_add_type(module, "Unlike", &Unlike_spec, NULL) < 0 ||
                   conform_add_type(module, "Final", &Final_spec, NULL) < 0
               ? -1
               : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT, .m_name = "ext", .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
