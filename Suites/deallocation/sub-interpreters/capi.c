/* Multi-phase initialisation, and nothing said of interpreters: allowed in those that share a GIL. */
#include "thing.h"

static PyType_Spec Thing_spec = {
    "ext.Thing", sizeof(Thing), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, Thing_slots,
};

static int ext_exec(PyObject *module)
{
    conform_event("executed", 1);
    return conform_add_type(module, "Thing", &Thing_spec, NULL);
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {PyModuleDef_HEAD_INIT, .m_name = "ext", .m_slots = ext_slots};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
