/* The same against the raw C API: Py_tp_call, and a vectorcall function in the struct. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
} Callable;

/* Whose function was called, the positional arguments, and the others as a dictionary. */
static PyObject *told(int owner, PyObject *args, PyObject *kw)
{
    PyObject *named = kw == NULL ? PyDict_New() : PyDict_Copy(kw);
    return named == NULL ? NULL : Py_BuildValue("(iON)", owner, args, named);
}

static PyObject *told_of_array(int owner, PyObject *const *args, size_t flagged, PyObject *names)
{
    Py_ssize_t nargs = PyVectorcall_NARGS(flagged), count = names == NULL ? 0 : PyTuple_GET_SIZE(names);
    PyObject *positional = PyTuple_New(nargs), *named = PyDict_New(), *result = NULL;
    if (positional == NULL || named == NULL) {
        goto done;
    }
    for (Py_ssize_t i = 0; i < nargs; i++) {
        Py_INCREF(args[i]);
        PyTuple_SET_ITEM(positional, i, args[i]);
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        if (PyDict_SetItem(named, PyTuple_GET_ITEM(names, i), args[nargs + i]) < 0) {
            goto done;
        }
    }
    result = told(owner, positional, named);
done:
    Py_XDECREF(positional);
    Py_XDECREF(named);
    return result;
}

/* The functions of one type. Its constructor stores the call function, where it has one. */
#define OWNER(NAME, NUMBER)                                                                                          \
    static PyObject *NAME##_call(PyObject *self, PyObject *args, PyObject *kw)                                       \
    {                                                                                                                \
        return told(NUMBER, args, kw);                                                                               \
    }                                                                                                                \
    static PyObject *NAME##_fast(PyObject *self, PyObject *const *args, size_t flagged, PyObject *names)             \
    {                                                                                                                \
        return told_of_array(NUMBER, args, flagged, names);                                                          \
    }                                                                                                                \
    static PyObject *NAME##_new(PyTypeObject *cls, PyObject *args, PyObject *kw)                                     \
    {                                                                                                                \
        PyObject *self = CONFORM_ALLOC(cls)(cls, 0);                                                                      \
        if (self != NULL) {                                                                                          \
            ((Callable *)self)->call = NAME##_fast;                                                                  \
        }                                                                                                            \
        return self;                                                                                                 \
    }
OWNER(First, 1)
OWNER(Second, 2)
OWNER(Child, 3)

static const struct owner {
    const char *letter, *name;
    ternaryfunc call;
    newfunc create;
} owners[] = {
    {"A", "ext.First", First_call, First_new},
    {"B", "ext.Second", Second_call, Second_new},
    {"C", "ext.Child", Child_call, Child_new},
};

static PyMemberDef fast_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Callable, call), READONLY, NULL},
    {NULL},
};

/* make(owner, way, bases): a new type that is called by tp_call, by vectorcall, or by neither of its own. */
static PyObject *make(PyObject *module, PyObject *args)
{
    const char *letter, *way;
    PyObject *bases;
    PyType_Slot slots[4] = {{0, NULL}};
    if (!PyArg_ParseTuple(args, "ssO!", &letter, &way, &PyTuple_Type, &bases)) {
        return NULL;
    }
    const struct owner *owner = &owners[*letter - 'A'];
    PyType_Spec spec = {
        .name = owner->name,
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
        .slots = slots,
    };
    if (strcmp(way, "tp_call") == 0) {
        slots[0] = (PyType_Slot){Py_tp_call, (void *)owner->call};
    } else if (strcmp(way, "vectorcall") == 0) {
        spec.basicsize = sizeof(Callable);
        spec.flags |= Py_TPFLAGS_HAVE_VECTORCALL;
        slots[0] = (PyType_Slot){Py_tp_call, (void *)PyVectorcall_Call};
        slots[1] = (PyType_Slot){Py_tp_new, (void *)owner->create};
        slots[2] = (PyType_Slot){Py_tp_members, fast_members};
    }
    return conform_type(&spec, bases);
}

static PyObject *call(PyObject *module, PyObject *args)
{
    PyObject *callable, *positional, *named;
    if (!PyArg_ParseTuple(args, "OO!O!", &callable, &PyTuple_Type, &positional, &PyDict_Type, &named)) {
        return NULL;
    }
    return PyObject_Call(callable, positional, named);
}

#if PY_VERSION_HEX < 0x03090000
#define PyObject_Vectorcall _PyObject_Vectorcall
#endif

static PyObject *call_array(PyObject *module, PyObject *args)
{
    PyObject *callable, *positional, *names, *values, *array[8];
    if (!PyArg_ParseTuple(args, "OO!O!O!", &callable, &PyTuple_Type, &positional, &PyTuple_Type, &names,
                          &PyTuple_Type, &values)) {
        return NULL;
    }
    Py_ssize_t nargs = PyTuple_GET_SIZE(positional), count = PyTuple_GET_SIZE(names);
    if (nargs + count > 8 || count != PyTuple_GET_SIZE(values)) {
        PyErr_SetString(PyExc_ValueError, "eight arguments at most, and a value for each name");
        return NULL;
    }
    for (Py_ssize_t i = 0; i < nargs + count; i++) {
        array[i] = i < nargs ? PyTuple_GET_ITEM(positional, i) : PyTuple_GET_ITEM(values, i - nargs);
    }
    return PyObject_Vectorcall(callable, array, (size_t)nargs, count == 0 ? NULL : names);
}

static PyObject *is_callable(PyObject *module, PyObject *one)
{
    return PyBool_FromLong(PyCallable_Check(one));
}

static PyObject *has_vectorcall(PyObject *module, PyObject *type)
{
    return PyBool_FromLong((long)(PyType_GetFlags((PyTypeObject *)type) & Py_TPFLAGS_HAVE_VECTORCALL));
}

static PyMethodDef ext_methods[] = {
    {"make", make, METH_VARARGS, "A new type."},
    {"call", call, METH_VARARGS, "Call with a tuple and a dictionary."},
    {"call_array", call_array, METH_VARARGS, "Call with an array."},
    {"is_callable", is_callable, METH_O, NULL},
    {"has_vectorcall", has_vectorcall, METH_O, NULL},
    {NULL},
};

static PyType_Slot Plain_slots[] = {{Py_tp_new, (void *)PyType_GenericNew}, {0, NULL}};
static PyType_Spec Plain_spec = {
    .name = "ext.Plain",
    .basicsize = sizeof(PyObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Plain_slots,
};
static PyType_Slot Spacious_slots[] = {{0, NULL}};
static PyType_Spec Spacious_spec = {
    .name = "ext.Spacious",
    .basicsize = sizeof(Callable),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Spacious_slots,
};

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Plain", &Plain_spec, NULL) < 0 ||
                   conform_add_derived(module, "Spacious", &Spacious_spec, "Plain", NULL) < 0
               ? -1
               : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Types that are called, made on demand.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
