/* A module with a state, traverse, clear and free, and a type whose objects ask for that state when they end. */
#include "conform_capi.h"

typedef struct {
    long number;
    PyObject *kept;
} State;

typedef struct {
    PyObject_HEAD
    long serial;
} Thing;

static PyObject *Thing_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Thing *self = (Thing *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->serial = conform_serial();
    }
    return (PyObject *)self;
}

static int Thing_traverse(Thing *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    return 0;
}

static void Thing_dealloc(Thing *self)
{
    PyObject_GC_UnTrack(self);
    conform_event("destroy", self->serial);
#if PY_VERSION_HEX >= 0x03090000
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    State *state = (State *)PyType_GetModuleState(Py_TYPE(self));
    conform_event("number", state == NULL ? -1 : state->number);
    PyErr_Clear();
    PyErr_Restore(type, value, traceback);
#endif
    CONFORM_FREE(self);
}

static PyObject *Thing_number(Thing *self, PyObject *ignored)
{
#if PY_VERSION_HEX >= 0x03090000
    State *state = (State *)PyType_GetModuleState(Py_TYPE(self));
    return state == NULL ? NULL : PyLong_FromLong(state->number);
#else
    return PyLong_FromLong(0);
#endif
}

static PyMethodDef Thing_methods[] = {{"number", (PyCFunction)Thing_number, METH_NOARGS, NULL}, {NULL}};
static PyType_Slot Thing_slots[] = {
    {Py_tp_new, Thing_new},         {Py_tp_traverse, Thing_traverse},
    {Py_tp_dealloc, Thing_dealloc}, {Py_tp_methods, Thing_methods},
    {0, NULL},
};
static PyType_Spec Thing_spec = {
    "again.Thing", sizeof(Thing), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, Thing_slots,
};

static long loads;

static int again_exec(PyObject *module)
{
    State *state = (State *)PyModule_GetState(module);
    state->number = __atomic_add_fetch(&loads, 1, __ATOMIC_SEQ_CST);
    conform_event("executed", state->number);
#if PY_VERSION_HEX >= 0x03090000
    PyObject *type = PyType_FromModuleAndSpec(module, &Thing_spec, NULL);
#else
    PyObject *type = PyType_FromSpec(&Thing_spec);
#endif
    if (type == NULL) {
        return -1;
    }
    int failed = PyObject_SetAttrString(module, "Thing", type);
    Py_DECREF(type);
    return failed;
}

static int again_traverse(PyObject *module, visitproc visit, void *arg)
{
    State *state = (State *)PyModule_GetState(module);
    if (state != NULL) {
        Py_VISIT(state->kept);
    }
    return 0;
}

static int again_clear(PyObject *module)
{
    State *state = (State *)PyModule_GetState(module);
    if (state != NULL) {
        conform_event("clear", state->number);
        Py_CLEAR(state->kept);
    }
    return 0;
}

static void again_free(void *module)
{
    State *state = (State *)PyModule_GetState((PyObject *)module);
    if (state != NULL) {
        conform_event("free", state->number);
        Py_CLEAR(state->kept);
    }
}

static PyObject *keep(PyObject *module, PyObject *value)
{
    State *state = (State *)PyModule_GetState(module);
    PyObject *old = state->kept;
    Py_INCREF(value);
    state->kept = value;
    Py_XDECREF(old);
    Py_RETURN_NONE;
}

static PyObject *kept(PyObject *module, PyObject *ignored)
{
    State *state = (State *)PyModule_GetState(module);
    PyObject *value = state->kept == NULL ? Py_None : state->kept;
    Py_INCREF(value);
    return value;
}

static PyObject *number(PyObject *module, PyObject *ignored)
{
    return PyLong_FromLong(((State *)PyModule_GetState(module))->number);
}

static PyMethodDef again_methods[] = {
    {"keep", keep, METH_O, NULL}, {"kept", kept, METH_NOARGS, NULL}, {"number", number, METH_NOARGS, NULL}, {NULL},
};
static PyModuleDef_Slot again_slots[] = {{Py_mod_exec, again_exec}, {0, NULL}};
static PyModuleDef again_module = {
    PyModuleDef_HEAD_INIT, .m_name = "again", .m_size = sizeof(State), .m_methods = again_methods,
    .m_slots = again_slots, .m_traverse = again_traverse, .m_clear = again_clear, .m_free = again_free,
};

PyMODINIT_FUNC PyInit_again(void)
{
    return PyModuleDef_Init(&again_module);
}
