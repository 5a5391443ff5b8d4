/* The same against the raw C API: each function calls what HPy's function of this name stands for. */
#include "conform_capi.h"
#include "conform_helpers.h"

static long capsule_number = 7;
static long other_number = 8;

static void number_destructor(PyObject *capsule)
{
    long *pointer = (long *)PyCapsule_GetPointer(capsule, "ext.number");
    if (pointer != NULL) {
        conform_event("destroy", *pointer);
    }
}

static PyObject *make_capsule(PyObject *module, PyObject *unused)
{
    return PyCapsule_New(&capsule_number, "ext.number", number_destructor);
}

static PyObject *capsule_value(PyObject *module, PyObject *capsule)
{
    long *pointer = (long *)PyCapsule_GetPointer(capsule, "ext.number");
    return pointer == NULL ? NULL : PyLong_FromLong(*pointer);
}

static PyObject *capsule_names(PyObject *module, PyObject *capsule)
{
    return Py_BuildValue("ii", PyCapsule_IsValid(capsule, "ext.number") != 0,
                         PyCapsule_IsValid(capsule, "ext.other") != 0);
}

static PyObject *point_elsewhere(PyObject *module, PyObject *capsule)
{
    if (PyCapsule_SetPointer(capsule, &other_number) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *make_variable(PyObject *module, PyObject *default_value)
{
    return PyContextVar_New("variable", default_value);
}

static PyObject *variable_value(PyObject *module, PyObject *args)
{
    PyObject *variable, *value;
    PyObject *default_value = NULL;
    if (!PyArg_ParseTuple(args, "O|O", &variable, &default_value)
            || PyContextVar_Get(variable, default_value, &value) < 0) {
        return NULL;
    }
    return value == NULL ? PyUnicode_FromString("no value") : value;
}

static PyObject *set_variable(PyObject *module, PyObject *args)
{
    PyObject *variable, *value;
    if (!PyArg_ParseTuple(args, "OO", &variable, &value)) {
        return NULL;
    }
    return PyContextVar_Set(variable, value);
}

static PyObject *evaluate(PyObject *module, PyObject *args)
{
    const char *text;
    PyObject *globals;
    if (!PyArg_ParseTuple(args, "sO", &text, &globals)) {
        return NULL;
    }
    PyObject *code = Py_CompileString(text, "expression", Py_eval_input);
    if (code == NULL) {
        return NULL;
    }
    PyObject *value = PyEval_EvalCode(code, globals, globals);
    Py_DECREF(code);
    return value;
}

static PyObject *type_name(PyObject *module, PyObject *type)
{
    return PyObject_GetAttrString(type, "__name__");
}

static PyObject *decode(PyObject *module, PyObject *bytes)
{
    return PyUnicode_FromEncodedObject(bytes, "latin-1", "strict");
}

static PyObject *substring(PyObject *module, PyObject *args)
{
    PyObject *text;
    long start, end;
    if (!PyArg_ParseTuple(args, "Oll", &text, &start, &end)) {
        return NULL;
    }
    return PyUnicode_Substring(text, start, end);
}

static PyObject *keys(PyObject *module, PyObject *dictionary)
{
    return PyDict_Keys(dictionary);
}

static PyObject *copy(PyObject *module, PyObject *dictionary)
{
    return PyDict_Copy(dictionary);
}

static PyObject *unpack(PyObject *module, PyObject *slice)
{
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(slice, &start, &stop, &step) < 0) {
        return NULL;
    }
    return Py_BuildValue("lll", (long)start, (long)stop, (long)step);
}

static PyObject *call(PyObject *module, PyObject *args)
{
    Py_ssize_t count = PyTuple_Size(args);
    if (count < 1) {
        PyErr_SetString(PyExc_TypeError, "something to call is missing");
        return NULL;
    }
    PyObject *rest = PyTuple_GetSlice(args, 1, count);
    if (rest == NULL) {
        return NULL;
    }
    PyObject *result = PyObject_CallObject(PyTuple_GetItem(args, 0), rest);
    Py_DECREF(rest);
    return result;
}

static PyObject *call_method(PyObject *module, PyObject *args)
{
    Py_ssize_t count = PyTuple_Size(args);
    if (count < 2) {
        PyErr_SetString(PyExc_TypeError, "a name or a receiver is missing");
        return NULL;
    }
    PyObject *rest = PyTuple_GetSlice(args, 2, count);
    PyObject *method = rest == NULL ? NULL : PyObject_GetAttr(PyTuple_GetItem(args, 1), PyTuple_GetItem(args, 0));
    PyObject *result = method == NULL ? NULL : PyObject_CallObject(method, rest);
    Py_XDECREF(method);
    Py_XDECREF(rest);
    return result;
}

typedef struct {
    PyObject_HEAD
    long number;
} Answer;

static PyObject *Answer_call(Answer *self, PyObject *args, PyObject *kw)
{
    return PyLong_FromLong(self->number);
}

/* Where objects have no call functions of their own, the sign is in the number. */
static PyObject *Answer_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    long number, is_negative;
    if (!PyArg_ParseTuple(args, "ll", &number, &is_negative)) {
        return NULL;
    }
    Answer *self = (Answer *)CONFORM_ALLOC(cls)(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    self->number = is_negative ? -number : number;
    return (PyObject *)self;
}

static PyType_Slot Answer_slots[] = {
    {Py_tp_new, Answer_new},
    {Py_tp_call, Answer_call},
    {Py_tp_dealloc, conform_dealloc},
    {0, NULL},
};
static PyType_Spec Answer_spec = {
    .name = "ext.Answer",
    .basicsize = sizeof(Answer),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = Answer_slots,
};

static PyMethodDef ext_methods[] = {
    {"make_capsule", make_capsule, METH_NOARGS, NULL},
    {"capsule_value", capsule_value, METH_O, NULL},
    {"capsule_names", capsule_names, METH_O, NULL},
    {"point_elsewhere", point_elsewhere, METH_O, NULL},
    {"make_variable", make_variable, METH_O, NULL},
    {"variable_value", variable_value, METH_VARARGS, NULL},
    {"set_variable", set_variable, METH_VARARGS, NULL},
    {"evaluate", evaluate, METH_VARARGS, NULL},
    {"type_name", type_name, METH_O, NULL},
    {"is_subtype", conform_is_subtype, METH_VARARGS, NULL},
    {"decode", decode, METH_O, NULL},
    {"substring", substring, METH_VARARGS, NULL},
    {"keys", keys, METH_O, NULL},
    {"copy", copy, METH_O, NULL},
    {"unpack", unpack, METH_O, NULL},
    {"call", call, METH_VARARGS, NULL},
    {"call_method", call_method, METH_VARARGS, NULL},
    {NULL},
};

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Answer", &Answer_spec, NULL);
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Functions from the end of the context.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
