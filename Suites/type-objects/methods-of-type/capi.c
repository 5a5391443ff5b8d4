/* Base with one method, Left and Right below it, and Both below these. */
#include "conform_capi.h"
#include "conform_helpers.h"

static PyObject *answer(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("answer");
}

static PyMethodDef Base_methods[] = {{"answer", answer, METH_NOARGS, "answer(): a text"}, {NULL}};
static PyType_Slot Base_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_methods, Base_methods}, {Py_tp_dealloc, conform_dealloc}, {0, NULL},
};
static PyType_Slot Below_slots[] = {{Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, conform_dealloc}, {0, NULL}};
#define SPEC(NAME, SLOTS)                                                                                            \
    static PyType_Spec NAME##_spec = {                                                                               \
        .name = "ext." #NAME, .basicsize = sizeof(PyObject), .slots = SLOTS,                                         \
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,                                                           \
    };
SPEC(Base, Base_slots)
SPEC(Left, Below_slots)
SPEC(Right, Below_slots)
SPEC(Both, Below_slots)

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Base", &Base_spec, NULL) < 0 ||
                   conform_add_derived(module, "Left", &Left_spec, "Base", NULL) < 0 ||
                   conform_add_derived(module, "Right", &Right_spec, "Base", NULL) < 0 ||
                   conform_add_derived(module, "Both", &Both_spec, "Left", "Right") < 0
               ? -1
               : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {PyModuleDef_HEAD_INIT, .m_name = "ext", .m_slots = ext_slots};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
