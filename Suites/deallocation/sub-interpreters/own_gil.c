/* A module for interpreters with a GIL of their own (PEP 684), whose state is freed with it. */
#include "thing.h"

static PyType_Spec Thing_spec = {
    "own_gil.Thing", sizeof(Thing), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, Thing_slots,
};

static int own_exec(PyObject *module)
{
    conform_event("executed", 1);
    return conform_add_type(module, "Thing", &Thing_spec, NULL);
}

static void own_free(void *module) { conform_event("module freed", 1); }

static PyModuleDef_Slot own_slots[] = {
    {Py_mod_exec, own_exec},
#ifdef Py_mod_multiple_interpreters
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
    {0, NULL},
};
static PyModuleDef own_module = {
    PyModuleDef_HEAD_INIT, .m_name = "own_gil", .m_size = sizeof(long), .m_slots = own_slots, .m_free = own_free,
};

PyMODINIT_FUNC PyInit_own_gil(void)
{
    return PyModuleDef_Init(&own_module);
}
