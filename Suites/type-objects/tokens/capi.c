/* Types with a token, which tells their layout apart, and types below them. */
#include "conform_capi.h"
#include "conform_helpers.h"

#if PY_VERSION_HEX < 0x030E0000 /* the case does not run there */
#define Py_tp_token Py_tp_doc
#define Py_TP_USE_SPEC NULL
#define PyType_GetBaseByToken(type, token, result) (*(result) = NULL, 0)
#endif

static char first_token, second_token, unused_token;

static PyType_Slot ByItself_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_token, Py_TP_USE_SPEC}, {0, NULL},
};
static PyType_Slot First_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_token, &first_token}, {0, NULL},
};
static PyType_Slot Second_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_token, &second_token}, {0, NULL},
};
static PyType_Slot Again_slots[] = {{Py_tp_token, &first_token}, {0, NULL}};
static PyType_Slot Empty_slots[] = {{0, NULL}};
#define TYPE(NAME, SLOTS)                                                                                            \
    static PyType_Spec NAME##_spec = {                                                                               \
        .name = "ext." #NAME, .slots = SLOTS, .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,                     \
    }
TYPE(ByItself, ByItself_slots);
TYPE(First, First_slots);
TYPE(Second, Second_slots);
TYPE(Again, Again_slots);
TYPE(Below, Empty_slots);
TYPE(Both, Empty_slots);

static void *token(const char *name)
{
    return strcmp(name, "spec") == 0     ? (void *)&ByItself_spec
           : strcmp(name, "first") == 0  ? &first_token
           : strcmp(name, "second") == 0 ? &second_token
                                         : &unused_token;
}

/* base(type, token): the number returned, and the type or None. */
static PyObject *base(PyObject *module, PyObject *args)
{
    PyTypeObject *type, *found = (PyTypeObject *)Py_None;
    const char *name;
    if (!PyArg_ParseTuple(args, "O!s", &PyType_Type, &type, &name)) {
        return NULL;
    }
    int number = PyType_GetBaseByToken(type, token(name), &found);
    if (number < 0) {
        return NULL;
    }
    PyObject *result = Py_BuildValue("(iO)", number, found == NULL ? Py_None : (PyObject *)found);
    Py_XDECREF(found);
    return result;
}

static PyObject *has_base(PyObject *module, PyObject *args)
{
    PyTypeObject *type;
    const char *name;
    if (!PyArg_ParseTuple(args, "O!s", &PyType_Type, &type, &name)) {
        return NULL;
    }
#if PY_VERSION_HEX >= 0x030E0000
    int number = PyType_GetBaseByToken(type, token(name), NULL);
#else
    int number = 0;
#endif
    return number < 0 ? NULL : PyLong_FromLong(number);
}

/* own(type): the name of the type's own token. */
static PyObject *own(PyObject *module, PyObject *type)
{
    const char *names[] = {"spec", "first", "second"};
    void *found = PyType_GetSlot((PyTypeObject *)type, Py_tp_token);
    for (int i = 0; i < 3; i++) {
        if (found == token(names[i])) {
            return PyUnicode_FromString(names[i]);
        }
    }
    return found == NULL ? (Py_INCREF(Py_None), Py_None) : PyUnicode_FromString("another");
}

static PyMethodDef ext_methods[] = {
    {"base", base, METH_VARARGS, NULL}, {"has_base", has_base, METH_VARARGS, NULL}, {"own", own, METH_O, NULL}, {NULL},
};

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "ByItself", &ByItself_spec, NULL) < 0 ||
                   conform_add_type(module, "First", &First_spec, NULL) < 0 ||
                   conform_add_type(module, "Second", &Second_spec, NULL) < 0 ||
                   conform_add_derived(module, "Again", &Again_spec, "First", NULL) < 0 ||
                   conform_add_derived(module, "Below", &Below_spec, "First", NULL) < 0 ||
                   conform_add_derived(module, "Both", &Both_spec, "First", "Second") < 0
               ? -1
               : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT, .m_name = "ext", .m_methods = ext_methods, .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
