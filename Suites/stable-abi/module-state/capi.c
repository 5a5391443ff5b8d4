/* A module whose state holds its type, and whose type holds the module: how objects get at the state. */
#include "conform_capi.h"
#include "conform_helpers.h"
#include "state.h"

static int Counter_traverse(PyObject *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    return 0;
}

static void Counter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    CONFORM_FREE(self);
}

static PyMethodDef Counter_methods[] = {TICK("tick"), {NULL}};
static PyType_Slot Counter_slots[] = {
    {Py_tp_new, conform_new},
    {Py_tp_traverse, Counter_traverse},
    {Py_tp_dealloc, Counter_dealloc},
    {Py_tp_methods, Counter_methods},
    {0, NULL},
};
static PyType_Spec Counter_spec = {
    .name = "ext.Counter",
    .basicsize = sizeof(PyObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = Counter_slots,
};

/* make(): a further type of this module. */
static PyObject *make(PyObject *module, PyObject *unused)
{
    return PyType_FromModuleAndSpec(module, &Counter_spec, NULL);
}

/* module_of(type): PyType_GetModule. */
static PyObject *module_of(PyObject *module, PyObject *type)
{
    PyObject *found = PyType_GetModule((PyTypeObject *)type);
    Py_XINCREF(found);
    return found;
}

/* counted(type): the number in the state of the type's module, by PyType_GetModuleState. */
static PyObject *counted(PyObject *module, PyObject *type)
{
    State *state = (State *)PyType_GetModuleState((PyTypeObject *)type);
    return state == NULL ? NULL : PyLong_FromLong(state->number);
}

/* count(): adds one to the number in the state of this module. */
static PyObject *count(PyObject *module, PyObject *unused)
{
    return PyLong_FromLong(++((State *)PyModule_GetState(module))->number);
}

static int ext_exec(PyObject *module)
{
    State *state = (State *)PyModule_GetState(module);
    state->number = 0;
    state->type = PyType_FromModuleAndSpec(module, &Counter_spec, NULL);
    return state->type == NULL ? -1 : PyObject_SetAttrString(module, "Counter", state->type);
}

static void ext_free(void *module)
{
    conform_event("free", 0);
    state_clear((PyObject *)module);
}

static PyMethodDef methods[] = {
    {"make", make, METH_NOARGS, NULL},
    {"module_of", module_of, METH_O, NULL},
    {"counted", counted, METH_O, NULL},
    {"count", count, METH_NOARGS, NULL},
    {NULL},
};

#ifdef FAILING
/* What the type holds tells its end. */
static void held_ends(PyObject *capsule)
{
    conform_event("the type ends", 0);
}

static int failing_exec(PyObject *module)
{
    static int anything;
    PyObject *capsule = PyCapsule_New(&anything, NULL, held_ends);
    int failed = capsule == NULL
                     ? -1
                     : PyObject_SetAttrString(((State *)PyModule_GetState(module))->type, "held", capsule);
    Py_XDECREF(capsule);
    if (failed == 0) {
        PyErr_SetString(PyExc_LookupError, "behind the type");
    }
    return -1;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, ext_exec}, {Py_mod_exec, failing_exec}, {0, NULL}};
#else
static PyModuleDef_Slot slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
#endif

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_size = sizeof(State),
    .m_methods = methods,
    .m_slots = slots,
    .m_traverse = state_traverse,
    .m_clear = state_clear,
    .m_free = ext_free,
};

#ifndef MODULE_INIT
#define MODULE_INIT PyInit_ext
#endif

PyMODINIT_FUNC MODULE_INIT(void)
{
    return PyModuleDef_Init(&definition);
}
