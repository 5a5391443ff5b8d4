/* The same; compiled under two names. */
#include "conform_capi.h"
#define TABLE_PROVIDER
#include "table.h"

static int provider_exec(PyObject *module)
{
    static struct {
        const char *name;
        struct table *table;
    } const given[] = {{"table", &table}, {"next_table", &next_table}};
    for (int i = 0; i < 2; i++) {
        PyObject *capsule = PyCapsule_New(given[i].table, TABLE_NAME, NULL);
        if (capsule == NULL) {
            return -1;
        }
        int failed = PyObject_SetAttrString(module, given[i].name, capsule);
        Py_DECREF(capsule);
        if (failed < 0) {
            return -1;
        }
    }
    return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, provider_exec}, {0, NULL}};
static PyModuleDef provider = {PyModuleDef_HEAD_INIT, .m_name = "provider", .m_slots = slots};

PyMODINIT_FUNC PyInit_provider(void)
{
    return PyModuleDef_Init(&provider);
}

PyMODINIT_FUNC PyInit_provider_of_capi(void)
{
    return PyModuleDef_Init(&provider);
}
