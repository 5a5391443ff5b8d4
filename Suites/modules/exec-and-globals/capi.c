/* The same against the raw C API: three Py_mod_exec slots, and static variables where HPy has globals. */
#include "conform_capi.h"

static PyObject *kept[2];

static int add_step(PyObject *module, long number)
{
    conform_event("exec", number);
    PyObject *steps = PyObject_GetAttrString(module, "steps");
    if (steps == NULL) {
        return -1;
    }
    PyObject *step = PyLong_FromLong(number);
    int failed = step == NULL ? -1 : PyList_Append(steps, step);
    Py_XDECREF(step);
    Py_DECREF(steps);
    return failed;
}

static int exec_list(PyObject *module)
{
    PyObject *steps = PyList_New(0);
    if (steps == NULL) {
        return -1;
    }
    int failed = PyObject_SetAttrString(module, "steps", steps);
    Py_DECREF(steps);
    return failed < 0 ? -1 : add_step(module, 1);
}

static int exec_globals(PyObject *module)
{
    for (int i = 0; i < 2; i++) {
        Py_INCREF(Py_None);
        kept[i] = Py_None;
    }
    return add_step(module, 2);
}

static int exec_attributes(PyObject *module)
{
    PyObject *error = PyErr_NewExceptionWithDoc("ext.Error", "The module's own.", PyExc_LookupError, NULL);
    if (error == NULL) {
        return -1;
    }
    int failed = PyObject_SetAttrString(module, "Error", error);
    Py_DECREF(error);
    if (failed < 0) {
        return -1;
    }
    PyObject *answer = PyLong_FromLong(42);
    failed = answer == NULL ? -1 : PyObject_SetAttrString(module, "answer", answer);
    Py_XDECREF(answer);
    return failed < 0 ? -1 : add_step(module, 3);
}

static PyObject *without(PyObject *self, PyObject *unused)
{
    Py_INCREF(self);
    return self;
}

static PyObject *one(PyObject *self, PyObject *argument)
{
    return PyTuple_Pack(2, self, argument);
}

static PyObject *several(PyObject *self, PyObject *args)
{
    return PyTuple_Pack(2, self, args);
}

static PyObject *named(PyObject *self, PyObject *args, PyObject *keywords)
{
    return PyTuple_Pack(2, PyTuple_GET_SIZE(args) == 0 ? Py_None : args,
                        keywords == NULL || PyDict_Size(keywords) == 0 ? Py_None : keywords);
}

static PyObject *store(PyObject *self, PyObject *args)
{
    long which;
    PyObject *value;
    if (!PyArg_ParseTuple(args, "lO", &which, &value)) {
        return NULL;
    }
    PyObject **place = which == 1 ? &kept[0] : &kept[1];
    PyObject *old = *place;
    Py_INCREF(value);
    *place = value;
    Py_DECREF(old);
    Py_RETURN_NONE;
}

static PyObject *load(PyObject *self, PyObject *which)
{
    long number = PyLong_AsLong(which);
    if (number == -1 && PyErr_Occurred()) {
        return NULL;
    }
    PyObject *value = number == 1 ? kept[0] : kept[1];
    Py_INCREF(value);
    return value;
}

static PyObject *import_module(PyObject *self, PyObject *name)
{
    const char *text = PyUnicode_AsUTF8AndSize(name, NULL);
    return text == NULL ? NULL : PyImport_ImportModule(text);
}

static PyObject *fail(PyObject *self, PyObject *message)
{
    PyObject *error = PyObject_GetAttrString(self, "Error");
    if (error != NULL) {
        PyErr_SetObject(error, message);
        Py_DECREF(error);
    }
    return NULL;
}

static PyMethodDef ext_methods[] = {
    {"without", without, METH_NOARGS, "Takes nothing."},
    {"one", one, METH_O, "Takes one."},
    {"several", several, METH_VARARGS, NULL},
    {"named", (PyCFunction)(void (*)(void))named, METH_VARARGS | METH_KEYWORDS, "Takes names."},
    {"store", store, METH_VARARGS, NULL},
    {"load", load, METH_O, NULL},
    {"import_module", import_module, METH_O, NULL},
    {"fail", fail, METH_O, NULL},
    {NULL},
};
static PyModuleDef_Slot ext_slots[] = {
    {Py_mod_exec, exec_list}, {Py_mod_exec, exec_globals}, {Py_mod_exec, exec_attributes}, {0, NULL},
};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Made in three steps.\n\nThe third adds attributes.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
