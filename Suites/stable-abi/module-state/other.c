/* A module of another binary, with a state of its own, that makes types below a given one. */
#include "conform_capi.h"
#include "state.h"

static PyMethodDef Lower_methods[] = {TICK("own"), {NULL}};
static PyType_Slot Lower_slots[] = {{Py_tp_methods, Lower_methods}, {0, NULL}};

/* below(base): a new type of this module. */
static PyObject *below(PyObject *module, PyObject *base)
{
    static PyType_Spec spec = {
        .name = "other.Lower",
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
        .slots = Lower_slots,
    };
    PyObject *bases = PyTuple_Pack(1, base);
    PyObject *type = bases == NULL ? NULL : PyType_FromModuleAndSpec(module, &spec, bases);
    Py_XDECREF(bases);
    return type;
}

/* The numbers begin far from those of the other binary. */
static int other_exec(PyObject *module)
{
    State *state = (State *)PyModule_GetState(module);
    state->number = 1000;
    state->type = NULL;
    return 0;
}

static PyMethodDef methods[] = {{"below", below, METH_O, NULL}, {NULL}};
static PyModuleDef_Slot slots[] = {{Py_mod_exec, other_exec}, {0, NULL}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "other",
    .m_size = sizeof(State),
    .m_methods = methods,
    .m_slots = slots,
    .m_traverse = state_traverse,
    .m_clear = state_clear,
};

PyMODINIT_FUNC PyInit_other(void)
{
    return PyModuleDef_Init(&definition);
}
