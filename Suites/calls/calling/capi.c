/* The same against the raw C API. Arguments that HPy passes as an array are a tuple and a dictionary here, which any
   version of Python takes. */
#include "conform_capi.h"
#include "conform_helpers.h"

static PyObject *borrowed(PyObject *object)
{
    Py_INCREF(object);
    return object;
}

/* How a call ended: its result, which may not come with an exception, or no result, which has to. */
static PyObject *checked(PyObject *result)
{
    if (result == NULL && !PyErr_Occurred()) {
        PyErr_SetString(PyExc_AssertionError, "no result and no exception");
    }
    if (result != NULL && PyErr_Occurred()) {
        Py_DECREF(result);
        PyErr_Clear();
        PyErr_SetString(PyExc_AssertionError, "a result and an exception");
        return NULL;
    }
    return result;
}

/* A dictionary of names and values; none for None. -1 with an exception. */
static int dictionary(PyObject *names, PyObject *values, PyObject **result)
{
    *result = NULL;
    if (names == Py_None) {
        return 0;
    }
    *result = PyDict_New();
    Py_ssize_t count = PyTuple_Size(names);
    if (*result == NULL || count < 0) {
        Py_CLEAR(*result);
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        if (PyDict_SetItem(*result, PyTuple_GetItem(names, i), PyTuple_GetItem(values, i)) < 0) {
            Py_CLEAR(*result);
            return -1;
        }
    }
    return 0;
}

static PyObject *call(PyObject *module, PyObject *args)
{
    PyObject *callable, *positional, *names, *values, *named;
    if (!PyArg_ParseTuple(args, "OOOO", &callable, &positional, &names, &values) ||
        dictionary(names, values, &named) < 0) {
        return NULL;
    }
    PyObject *result = checked(PyObject_Call(callable, positional, named));
    Py_XDECREF(named);
    return result;
}

static PyObject *call_method(PyObject *module, PyObject *args)
{
    PyObject *name, *all, *names, *values, *named, *result = NULL;
    if (!PyArg_ParseTuple(args, "OOOO", &name, &all, &names, &values) || dictionary(names, values, &named) < 0) {
        return NULL;
    }
    PyObject *method = PyObject_GetAttr(PyTuple_GetItem(all, 0), name);
    PyObject *positional = method == NULL ? NULL : PyTuple_GetSlice(all, 1, PyTuple_Size(all));
    if (positional != NULL) {
        result = PyObject_Call(method, positional, named);
        Py_DECREF(positional);
    }
    Py_XDECREF(method);
    Py_XDECREF(named);
    return checked(result);
}

/* Neither is an error of the C API's to know: it takes a tuple, and a dictionary or NULL. */
static PyObject *call_tuple_dict(PyObject *module, PyObject *args)
{
    PyObject *callable, *positional, *named;
    if (!PyArg_ParseTuple(args, "OOO", &callable, &positional, &named)) {
        return NULL;
    }
    if (named == Py_None) {
        return checked(PyObject_CallObject(callable, positional == Py_None ? NULL : positional));
    }
    PyObject *tuple = positional == Py_None ? PyTuple_New(0) : borrowed(positional);
    PyObject *result = tuple == NULL ? NULL : PyObject_Call(callable, tuple, named);
    Py_XDECREF(tuple);
    return checked(result);
}

static PyObject *callable(PyObject *module, PyObject *arg)
{
    return PyLong_FromLong(PyCallable_Check(arg));
}

/* (self, positional, names, values); names is None if there were none, for which a function gets NULL or an empty
   dictionary. */
static PyObject *received(PyObject *self, PyObject *positional, PyObject *named)
{
    if (named != NULL && PyDict_Size(named) == 0) {
        named = NULL;
    }
    PyObject *keys = named == NULL ? NULL : PyDict_Keys(named);
    PyObject *items = named == NULL ? NULL : PyDict_Values(named);
    PyObject *names = keys == NULL ? borrowed(Py_None) : PyList_AsTuple(keys);
    PyObject *values = items == NULL ? PyTuple_New(0) : PyList_AsTuple(items);
    PyObject *result = names == NULL || values == NULL ? NULL : PyTuple_Pack(4, self, positional, names, values);
    Py_XDECREF(keys);
    Py_XDECREF(items);
    Py_XDECREF(names);
    Py_XDECREF(values);
    return result;
}

static int failing;

static int asked_to_fail(PyObject *positional)
{
    int fail = failing;
    PyObject *first = positional == NULL || PyTuple_Size(positional) == 0 ? NULL : PyTuple_GetItem(positional, 0);
    if (first != NULL && PyUnicode_Check(first)) {
        const char *text = PyUnicode_AsUTF8AndSize(first, NULL);
        fail = text != NULL && strcmp(text, "fail") == 0;
    }
    if (fail) {
        PyErr_SetString(PyExc_LookupError, "as asked");
    }
    return fail;
}

static PyObject *set_failing(PyObject *module, PyObject *arg)
{
    failing = PyObject_IsTrue(arg);
    return failing < 0 ? NULL : borrowed(Py_None);
}

static PyObject *keywords(PyObject *self, PyObject *positional, PyObject *named)
{
    return asked_to_fail(positional) ? NULL : received(self, positional, named);
}

static PyObject *varargs(PyObject *self, PyObject *positional)
{
    return keywords(self, positional, NULL);
}

static PyObject *noargs(PyObject *self, PyObject *ignored)
{
    PyObject *none = PyTuple_New(0);
    PyObject *result = none == NULL ? NULL : keywords(self, none, NULL);
    Py_XDECREF(none);
    return result;
}

static PyObject *o(PyObject *self, PyObject *arg)
{
    PyObject *one = PyTuple_Pack(1, arg);
    PyObject *result = one == NULL ? NULL : keywords(self, one, NULL);
    Py_XDECREF(one);
    return result;
}

#define SIGNATURES                                                                                                   \
    {"noargs", noargs, METH_NOARGS, NULL}, {"o", o, METH_O, NULL}, {"varargs", varargs, METH_VARARGS, NULL},         \
        {"keywords", (PyCFunction)(void (*)(void))keywords, METH_VARARGS | METH_KEYWORDS, NULL}

/* An object that is called: the type's function asks it which one it has. */
typedef struct {
    PyObject_HEAD
    long number;
    int own;
} Called;

static PyObject *Called_call(PyObject *self, PyObject *positional, PyObject *named)
{
    conform_event(((Called *)self)->own ? "own" : "type's", ((Called *)self)->number);
    return keywords(self, positional, named);
}

static PyObject *Called_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    long number, own = 0;
    if (!PyArg_ParseTuple(args, "l|l", &number, &own)) {
        return NULL;
    }
    Called *self = (Called *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->number = number;
        self->own = own != 0;
    }
    return (PyObject *)self;
}

static PyType_Slot Called_slots[] = {
    {Py_tp_new, Called_new}, {Py_tp_call, Called_call}, {Py_tp_dealloc, conform_dealloc}, {0, NULL},
};
static PyType_Spec Called_spec = {
    .name = "ext.Called",
    .basicsize = sizeof(Called),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = Called_slots,
};
static PyMethodDef Methods_methods[] = {SIGNATURES, {NULL}};
static PyType_Slot Methods_slots[] = {
    {Py_tp_new, conform_new}, {Py_tp_methods, Methods_methods}, {Py_tp_dealloc, conform_dealloc}, {0, NULL},
};
static PyType_Spec Methods_spec = {
    .name = "ext.Methods",
    .basicsize = sizeof(PyObject),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = Methods_slots,
};

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Called", &Called_spec, NULL) < 0
               ? -1
               : conform_add_type(module, "Methods", &Methods_spec, NULL);
}

static PyMethodDef ext_methods[] = {
    {"call", call, METH_VARARGS, NULL},
    {"call_method", call_method, METH_VARARGS, NULL},
    {"call_tuple_dict", call_tuple_dict, METH_VARARGS, NULL},
    {"callable", callable, METH_O, NULL},
    {"set_failing", set_failing, METH_O, NULL},
    SIGNATURES,
    {NULL},
};
static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Calls.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
