/* The same against the raw C API. */
#include "conform_capi.h"

static const char *const names[] = {NULL, "ext.one", "ext.two"};

static long name_number(const char *name)
{
    for (long i = 1; name != NULL && i < 3; i++) {
        if (strcmp(name, names[i]) == 0) {
            return i;
        }
    }
    return name == NULL ? 0 : -1;
}

static void first(PyObject *capsule)
{
    const char *name = PyCapsule_GetName(capsule);
    conform_event("first: name", name_number(name));
    conform_event("first: pointer", (long long)(Py_ssize_t)PyCapsule_GetPointer(capsule, name));
    conform_event("first: context", (long long)(Py_ssize_t)PyCapsule_GetContext(capsule));
}

static void second(PyObject *capsule)
{
    const char *name = PyCapsule_GetName(capsule);
    conform_event("second: pointer", (long long)(Py_ssize_t)PyCapsule_GetPointer(capsule, name));
}

static const PyCapsule_Destructor destructors[] = {NULL, first, second};

static PyObject *none_unless(int result)
{
    if (result < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *number(void *pointer)
{
    if (pointer == NULL) {
        if (PyErr_Occurred()) {
            return NULL;
        }
        Py_RETURN_NONE;
    }
    return PyLong_FromSsize_t((Py_ssize_t)pointer);
}

static PyObject *make(PyObject *self, PyObject *args)
{
    PyObject *pointer;
    long name, destructor;
    if (!PyArg_ParseTuple(args, "Oll", &pointer, &name, &destructor)) {
        return NULL;
    }
    void *value = PyLong_AsVoidPtr(pointer);
    if (value == NULL && PyErr_Occurred()) {
        return NULL;
    }
    return PyCapsule_New(value, names[name], destructors[destructor]);
}

static PyObject *is_capsule(PyObject *self, PyObject *object)
{
    return PyBool_FromLong(PyObject_TypeCheck(object, &PyCapsule_Type));
}

static PyObject *is_valid(PyObject *self, PyObject *args)
{
    PyObject *capsule;
    long name;
    if (!PyArg_ParseTuple(args, "Ol", &capsule, &name)) {
        return NULL;
    }
    return PyBool_FromLong(PyCapsule_IsValid(capsule, names[name]));
}

static PyObject *pointer(PyObject *self, PyObject *args)
{
    PyObject *capsule;
    long name;
    if (!PyArg_ParseTuple(args, "Ol", &capsule, &name)) {
        return NULL;
    }
    return number(PyCapsule_GetPointer(capsule, names[name]));
}

static PyObject *name(PyObject *self, PyObject *capsule)
{
    const char *text = PyCapsule_GetName(capsule);
    if (text == NULL) {
        return number(NULL);
    }
    return PyUnicode_FromString(text);
}

static PyObject *context(PyObject *self, PyObject *capsule)
{
    return number(PyCapsule_GetContext(capsule));
}

static PyObject *set_pointer(PyObject *self, PyObject *args)
{
    PyObject *capsule;
    long value;
    if (!PyArg_ParseTuple(args, "Ol", &capsule, &value)) {
        return NULL;
    }
    return none_unless(PyCapsule_SetPointer(capsule, (void *)(Py_ssize_t)value));
}

static PyObject *set_name(PyObject *self, PyObject *args)
{
    PyObject *capsule;
    long value;
    if (!PyArg_ParseTuple(args, "Ol", &capsule, &value)) {
        return NULL;
    }
    return none_unless(PyCapsule_SetName(capsule, names[value]));
}

static PyObject *set_context(PyObject *self, PyObject *args)
{
    PyObject *capsule;
    long value;
    if (!PyArg_ParseTuple(args, "Ol", &capsule, &value)) {
        return NULL;
    }
    return none_unless(PyCapsule_SetContext(capsule, (void *)(Py_ssize_t)value));
}

static PyObject *set_destructor(PyObject *self, PyObject *args)
{
    PyObject *capsule;
    long value;
    if (!PyArg_ParseTuple(args, "Ol", &capsule, &value)) {
        return NULL;
    }
    return none_unless(PyCapsule_SetDestructor(capsule, destructors[value]));
}

static PyMethodDef ext_methods[] = {
    {"make", make, METH_VARARGS, NULL},
    {"is_capsule", is_capsule, METH_O, NULL},
    {"is_valid", is_valid, METH_VARARGS, NULL},
    {"pointer", pointer, METH_VARARGS, NULL},
    {"name", name, METH_O, NULL},
    {"context", context, METH_O, NULL},
    {"set_pointer", set_pointer, METH_VARARGS, NULL},
    {"set_name", set_name, METH_VARARGS, NULL},
    {"set_context", set_context, METH_VARARGS, NULL},
    {"set_destructor", set_destructor, METH_VARARGS, NULL},
    {NULL},
};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Capsules.",
    .m_methods = ext_methods,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
