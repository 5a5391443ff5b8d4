/* The module and the module state of types: of this module, of another one, of one without state, and of none. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    long number;
} State;

static PyModuleDef ext_module, other_module;

#if PY_VERSION_HEX < 0x03090000 /* the case does not run there */
#define PyType_FromModuleAndSpec(module, spec, bases) PyType_FromSpecWithBases(spec, bases)
#define PyType_GetModule(type) ((void)(type), Py_None)
#define PyType_GetModuleState(type) ((void)(type), NULL)
#define METH_METHOD 0
#endif
#if PY_VERSION_HEX < 0x030B0000
#define PyType_GetModuleByDef(type, definition) ((void)(type), (void)(definition), Py_None)
#endif

/* found(object): which of the modules it is; None with an exception. */
static PyObject *told(PyObject *module, PyObject *found)
{
    if (found == NULL) {
        return NULL;
    }
    return PyUnicode_FromString(found == module ? "this" : "another");
}

static PyObject *of_type(PyObject *module, PyObject *type)
{
    return told(module, PyType_GetModule((PyTypeObject *)type));
}

static PyObject *by_definition(PyObject *module, PyObject *type)
{
    return told(module, PyType_GetModuleByDef((PyTypeObject *)type, &ext_module));
}

static PyObject *by_other_definition(PyObject *module, PyObject *type)
{
    return told(module, PyType_GetModuleByDef((PyTypeObject *)type, &other_module));
}

#if PY_VERSION_HEX >= 0x030F0000
static PyObject *by_token(PyObject *module, PyObject *type)
{
    PyObject *found = PyType_GetModuleByToken((PyTypeObject *)type, &ext_module);
    PyObject *result = told(module, found);
    Py_XDECREF(found);
    return result;
}
#endif

/* state_of(type): the number in the state, None for no state. */
static PyObject *state_of(PyObject *module, PyObject *type)
{
    State *state = (State *)PyType_GetModuleState((PyTypeObject *)type);
    if (state == NULL) {
        return PyErr_Occurred() ? NULL : (Py_INCREF(Py_None), Py_None);
    }
    return PyLong_FromLong(state->number);
}

/* defined(…): the class that defines the method, the number in the state of its module, and the arguments. */
static PyObject *Mine_defined(PyObject *self, PyTypeObject *cls, PyObject *const *args, Py_ssize_t nargs,
                              PyObject *names)
{
    State *state = (State *)PyType_GetModuleState(cls);
    PyObject *rest = state == NULL ? NULL : conform_told(state->number, args, (size_t)nargs, names);
    return rest == NULL ? NULL : Py_BuildValue("(ON)", cls, rest);
}

static PyObject *Mine_state_of_self(PyObject *self, PyObject *unused)
{
    return state_of(NULL, (PyObject *)Py_TYPE(self));
}

/* A slot has no defining class: the module is searched for. */
static PyObject *Mine_add(PyObject *left, PyObject *right)
{
    PyObject *module = PyType_GetModuleByDef(Py_TYPE(left), &ext_module);
    if (module == NULL) {
        PyErr_Clear();
        module = PyType_GetModuleByDef(Py_TYPE(right), &ext_module);
    }
    return module == NULL ? NULL : PyLong_FromLong(((State *)PyModule_GetState(module))->number);
}

static PyMethodDef Mine_methods[] = {
    {"defined", (PyCFunction)(void (*)(void))Mine_defined, METH_METHOD | METH_FASTCALL | METH_KEYWORDS, NULL},
    {"state_of_self", Mine_state_of_self, METH_NOARGS, NULL},
    {NULL},
};
static PyType_Slot Mine_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_methods, Mine_methods},
    {Py_nb_add, Mine_add}, {0, NULL},
};
static PyType_Slot Empty_slots[] = {{0, NULL}};
static PyMethodDef Anew_methods[] = {
    {"defined", (PyCFunction)(void (*)(void))Mine_defined, METH_METHOD | METH_FASTCALL | METH_KEYWORDS, NULL}, {NULL},
};
static PyType_Slot Anew_slots[] = {{Py_tp_methods, Anew_methods}, {0, NULL}};
#define TYPE(NAME, SLOTS)                                                                                            \
    static PyType_Spec NAME##_spec = {                                                                               \
        .name = "ext." #NAME, .slots = SLOTS, .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,                     \
    }
TYPE(Mine, Mine_slots);
TYPE(Below, Empty_slots);
TYPE(Anew, Anew_slots);
TYPE(Without, Empty_slots);
TYPE(Alien, Empty_slots);
TYPE(Stateless, Empty_slots);
TYPE(Plain, Empty_slots);
TYPE(Deep, Empty_slots);

static PyModuleDef other_module = {PyModuleDef_HEAD_INIT, .m_name = "other", .m_size = sizeof(State)};
static PyModuleDef stateless_module = {PyModuleDef_HEAD_INIT, .m_name = "stateless", .m_size = 0};

/* Put a type into the module that belongs to `owner`, or to none. */
static int add(PyObject *module, const char *name, PyType_Spec *spec, PyObject *owner, const char *base)
{
    PyObject *found = base == NULL ? NULL : PyObject_GetAttrString(module, base);
    PyObject *bases = found == NULL ? NULL : PyTuple_Pack(1, found);
    PyObject *type = NULL;
    int failed = -1;
    if (base == NULL || bases != NULL) {
        type = owner == NULL ? conform_type(spec, bases) : PyType_FromModuleAndSpec(owner, spec, bases);
    }
    if (type != NULL) {
        failed = PyObject_SetAttrString(module, name, type);
    }
    Py_XDECREF(type);
    Py_XDECREF(bases);
    Py_XDECREF(found);
    return failed;
}

static int ext_exec(PyObject *module)
{
    if (CONFORM_STATIC_TYPES) {
        return add(module, "Plain", &Plain_spec, NULL, NULL);
    }
    PyObject *other = PyModule_Create(&other_module), *stateless = PyModule_Create(&stateless_module);
    int failed = -1;
    if (other != NULL && stateless != NULL) {
        ((State *)PyModule_GetState(module))->number = 5;
        ((State *)PyModule_GetState(other))->number = 6;
        failed = add(module, "Plain", &Plain_spec, NULL, NULL) < 0 ||
                 add(module, "Mine", &Mine_spec, module, NULL) < 0 ||
                 add(module, "Below", &Below_spec, module, "Mine") < 0 ||
                 add(module, "Anew", &Anew_spec, module, "Mine") < 0 ||
                 add(module, "Without", &Without_spec, NULL, "Mine") < 0 ||
                 add(module, "Alien", &Alien_spec, other, "Mine") < 0 ||
                 add(module, "Deep", &Deep_spec, module, "Alien") < 0 ||
                 add(module, "Stateless", &Stateless_spec, stateless, NULL) < 0
                     ? -1
                     : 0;
    }
    Py_XDECREF(other);
    Py_XDECREF(stateless);
    return failed;
}

static PyMethodDef ext_methods[] = {
    {"of_type", of_type, METH_O, NULL},
    {"by_definition", by_definition, METH_O, NULL},
    {"by_other_definition", by_other_definition, METH_O, NULL},
    {"state_of", state_of, METH_O, NULL},
#if PY_VERSION_HEX >= 0x030F0000
    {"by_token", by_token, METH_O, NULL},
#endif
    {NULL},
};
static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT, .m_name = "ext", .m_size = sizeof(State), .m_methods = ext_methods, .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
