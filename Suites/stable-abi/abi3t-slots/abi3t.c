/* The stable ABI of 3.15 for every build: an opaque object, one array of slots, no PyModuleDef. */
#include <Python.h>
#include "conform.h"

typedef struct {
    long serial;
    PyObject *field;
} Thing; /* no object header: the struct begins where the base's ends */

static int token, module_token;

static int find(PyObject *self, Thing **found)
{
    PyTypeObject *type;
    int state = PyType_GetBaseByToken(Py_TYPE(self), &token, &type);
    if (state <= 0) {
        if (state == 0) {
            PyErr_SetString(PyExc_TypeError, "no Thing");
        }
        return -1;
    }
    *found = (Thing *)PyObject_GetTypeData(self, type);
    Py_DECREF(type);
    return 0;
}

static PyObject *Thing_set(PyObject *self, PyObject *value)
{
    Thing *thing;
    if (find(self, &thing) < 0) {
        return NULL;
    }
    PyObject *old = thing->field;
    thing->field = Py_NewRef(value);
    Py_XDECREF(old);
    thing->serial = conform_serial();
    return Py_NewRef(self);
}

static void Thing_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    Thing *thing;
    if (find(self, &thing) == 0) {
        conform_event("destroy", thing->serial);
        Py_CLEAR(thing->field);
    }
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

static PyMethodDef Thing_methods[] = {{"set", Thing_set, METH_O, NULL}, {NULL}};
static PyMemberDef Thing_members[] = {
    {"serial", Py_T_LONG, offsetof(Thing, serial), Py_READONLY | Py_RELATIVE_OFFSET, NULL},
    {"field", Py_T_OBJECT_EX, offsetof(Thing, field), Py_RELATIVE_OFFSET, NULL},
    {NULL},
};

/* count(): how often it was called, as the state of this module object has it. */
static PyObject *count(PyObject *module, PyObject *unused)
{
    long *state = (long *)PyModule_GetState(module);
    return state == NULL ? NULL : PyLong_FromLong(++*state);
}

/* of(type): the module of the type or of the nearest one above it that has the token. */
static PyObject *of(PyObject *module, PyObject *type)
{
    return PyType_GetModuleByToken((PyTypeObject *)type, &module_token);
}

static PyMethodDef ext_methods[] = {{"count", count, METH_NOARGS, NULL}, {"of", of, METH_O, NULL}, {NULL}};

static int ext_exec(PyObject *module)
{
    *(long *)PyModule_GetState(module) = 0;
    PySlot slots[] = {
        PySlot_STATIC_DATA(Py_tp_name, "ext.Thing"),
        PySlot_SIZE(Py_tp_extra_basicsize, sizeof(Thing)),
        PySlot_UINT64(Py_tp_flags, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE),
        PySlot_DATA(Py_tp_module, module),
        PySlot_DATA(Py_tp_token, &token),
        PySlot_STATIC_DATA(Py_tp_methods, Thing_methods),
        PySlot_STATIC_DATA(Py_tp_members, Thing_members),
        PySlot_FUNC(Py_tp_dealloc, Thing_dealloc),
        PySlot_END,
    };
    PyObject *type = PyType_FromSlots(slots);
    if (type == NULL) {
        return -1;
    }
    int failed = PyModule_AddObjectRef(module, "Thing", type);
    Py_DECREF(type);
    return failed;
}

PyABIInfo_VAR(abi_info);

PyMODEXPORT_FUNC PyModExport_ext(void)
{
    static PySlot slots[] = {
        PySlot_DATA(Py_mod_abi, &abi_info),
        PySlot_STATIC_DATA(Py_mod_name, "ext"),
        PySlot_STATIC_DATA(Py_mod_doc, "A module of slots."),
        PySlot_STATIC_DATA(Py_mod_methods, ext_methods),
        PySlot_SIZE(Py_mod_state_size, sizeof(long)),
        PySlot_DATA(Py_mod_token, &module_token),
        PySlot_FUNC(Py_mod_exec, ext_exec),
        PySlot_DATA(Py_mod_gil, Py_MOD_GIL_NOT_USED),
        PySlot_END,
    };
    return slots;
}
