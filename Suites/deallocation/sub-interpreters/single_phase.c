/* A module with single-phase initialisation: its function is called for the first interpreter; others get a copy. */
#include "thing.h"

static PyType_Spec Thing_spec = {
    "single_phase.Thing", sizeof(Thing), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, Thing_slots,
};
static PyModuleDef single_module = {PyModuleDef_HEAD_INIT, .m_name = "single_phase", .m_size = -1};

PyMODINIT_FUNC PyInit_single_phase(void)
{
    conform_event("executed", 1);
    PyObject *module = PyModule_Create(&single_module);
    if (module != NULL && conform_add_type(module, "Thing", &Thing_spec, NULL) < 0) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
