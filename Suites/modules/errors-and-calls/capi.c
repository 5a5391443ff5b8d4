/* The same against the raw C API. None stands for NULL where a function takes that. */
#include "conform_capi.h"
#include <errno.h>

#define ITEM(i) PyTuple_GET_ITEM(args, i)
#define NULLABLE(i) (ITEM(i) == Py_None ? NULL : ITEM(i))
#define TEXT(i) (ITEM(i) == Py_None ? NULL : PyUnicode_AsUTF8AndSize(ITEM(i), NULL))
#define FUNCTION(N, CALL)                                                                                            \
    static PyObject *N(PyObject *self, PyObject *args)                                                               \
    {                                                                                                                \
        return CALL;                                                                                                 \
    }

FUNCTION(set_string, (PyErr_SetString(ITEM(0), TEXT(1)), NULL))
FUNCTION(set_object, (PyErr_SetObject(ITEM(0), ITEM(1)), NULL))
FUNCTION(no_memory, PyErr_NoMemory())
FUNCTION(new_exception, PyErr_NewException(TEXT(0), NULLABLE(1), NULLABLE(2)))
FUNCTION(new_documented, PyErr_NewExceptionWithDoc(TEXT(0), TEXT(1), NULLABLE(2), NULLABLE(3)))
FUNCTION(with_filename, (errno = ENOENT, PyErr_SetFromErrnoWithFilename(ITEM(0), TEXT(1))))
FUNCTION(with_filenames, (errno = EEXIST, PyErr_SetFromErrnoWithFilenameObjects(ITEM(0), NULLABLE(1), NULLABLE(2))))

static PyObject *told(PyObject *self, PyObject *args)
{
    int before = PyErr_Occurred() != NULL;
    PyErr_SetString(ITEM(0), "a message");
    int with = PyErr_Occurred() != NULL;
    int matches = PyErr_ExceptionMatches(ITEM(1));
    PyErr_Clear();
    return Py_BuildValue("iiii", before, with, matches, PyErr_Occurred() != NULL);
}

static PyObject *warn(PyObject *self, PyObject *args)
{
    int result = PyErr_WarnEx(NULLABLE(0), TEXT(1), 1);
    return result < 0 ? NULL : PyLong_FromLong(result);
}

/* Calls `callable` with the items from `first` on, the last of them by the names in `names`. */
static PyObject *call_items(PyObject *callable, PyObject *args, Py_ssize_t first, PyObject *names)
{
    Py_ssize_t count = PyTuple_GET_SIZE(args), named = names == Py_None ? 0 : PyTuple_Size(names);
    PyObject *positional = PyTuple_GetSlice(args, first, count - named), *keywords = PyDict_New(), *result = NULL;
    int failed = positional == NULL || keywords == NULL;
    for (Py_ssize_t i = 0; !failed && i < named; i++) {
        failed = PyDict_SetItem(keywords, PyTuple_GET_ITEM(names, i), ITEM(count - named + i)) < 0;
    }
    if (!failed) {
        result = PyObject_Call(callable, positional, keywords);
    }
    Py_XDECREF(positional);
    Py_XDECREF(keywords);
    return result;
}

static PyObject *call(PyObject *self, PyObject *args)
{
    return call_items(ITEM(0), args, 2, ITEM(1));
}

static PyObject *call_method(PyObject *self, PyObject *args)
{
    PyObject *method = PyObject_GetAttr(ITEM(2), ITEM(0));
    PyObject *result = method == NULL ? NULL : call_items(method, args, 3, ITEM(1));
    Py_XDECREF(method);
    return result;
}

static PyObject *call_both(PyObject *callable, PyObject *positional, PyObject *keywords)
{
    if ((positional != Py_None && !PyTuple_Check(positional)) || (keywords != Py_None && !PyDict_Check(keywords))) {
        PyErr_SetString(PyExc_TypeError, "a tuple and a dict, or nothing");
        return NULL;
    }
    PyObject *items = positional == Py_None ? PyTuple_New(0) : (Py_INCREF(positional), positional);
    PyObject *result = items == NULL ? NULL : PyObject_Call(callable, items, keywords == Py_None ? NULL : keywords);
    Py_XDECREF(items);
    return result;
}

static PyObject *call_tuple_dict(PyObject *self, PyObject *args)
{
    return call_both(ITEM(0), ITEM(1), ITEM(2));
}

static PyObject *method_tuple_dict(PyObject *self, PyObject *args)
{
    PyObject *method = PyObject_GetAttr(ITEM(1), ITEM(0));
    PyObject *result = method == NULL ? NULL : call_both(method, ITEM(2), ITEM(3));
    Py_XDECREF(method);
    return result;
}

FUNCTION(var_new, PyContextVar_New(TEXT(0), NULLABLE(1)))
FUNCTION(var_set, PyContextVar_Set(ITEM(0), ITEM(1)))

static PyObject *var_get(PyObject *self, PyObject *args)
{
    PyObject *value;
    if (PyContextVar_Get(ITEM(0), NULLABLE(1), &value) < 0) {
        return NULL;
    }
    return value == NULL ? PyUnicode_FromString("no value") : value;
}

static PyStructSequence_Field point_fields[] = {{"x", "First."}, {"y", NULL}, {"z", "Last."}, {NULL, NULL}};
static PyStructSequence_Desc point_desc = {"ext.Point", "A point.", point_fields, 3};
static PyStructSequence_Field no_fields[] = {{NULL, NULL}};
static PyStructSequence_Desc nothing_desc = {"Nothing", "", no_fields, 0};

FUNCTION(point_type, (PyObject *)PyStructSequence_NewType(&point_desc))
FUNCTION(nothing_type, (PyObject *)PyStructSequence_NewType(&nothing_desc))

static PyObject *new_sequence(PyObject *self, PyObject *args)
{
    Py_ssize_t count = PyTuple_GET_SIZE(args) - 1;
    PyObject *fields = PyObject_GetAttrString(ITEM(0), "n_fields");
    Py_ssize_t wanted = fields == NULL ? -1 : PyLong_AsSsize_t(fields);
    Py_XDECREF(fields);
    if (wanted != count) {
        PyErr_SetString(PyExc_TypeError, "no struct sequence type, or another number of fields");
        return NULL;
    }
    PyObject *sequence = PyStructSequence_New((PyTypeObject *)ITEM(0));
    for (Py_ssize_t i = 0; sequence != NULL && i < count; i++) {
        Py_INCREF(ITEM(i + 1));
        PyStructSequence_SetItem(sequence, i, ITEM(i + 1));
    }
    return sequence;
}

static PyObject *build(PyObject *self, PyObject *args)
{
    PyObject *object = ITEM(1);
    switch (PyLong_AsLong(ITEM(0))) {
    case 0:
        return Py_BuildValue("");
    case 1:
        return Py_BuildValue("i", -5);
    case 2:
        return Py_BuildValue("iIlkLKn", -1, 4294967295U, -2147483649L, 4294967296UL, -9223372036854775807LL,
                             18446744073709551615ULL, (Py_ssize_t)-7);
    case 3:
        return Py_BuildValue("fds", 1.5, -2.25, "t\xc3\xa4xt");
    case 4:
        return Py_BuildValue("O", object);
    case 5:
        return Py_BuildValue("OS", object, object);
    case 6:
        return Py_BuildValue("()");
    case 7:
        return Py_BuildValue("(i)", 1);
    case 8:
        return Py_BuildValue("[]");
    case 9:
        return Py_BuildValue("[i,O,i]", 1, object, 3);
    case 10:
        return Py_BuildValue("{}");
    case 11:
        return Py_BuildValue("{s:i,i:O}", "one", 1, 2, object);
    case 12:
        return Py_BuildValue("i(O[ii]){s:(i)}s", 1, object, 2, 3, "key", 4, "end");
    default:
        return Py_BuildValue("((i)[(O)])", 1, object);
    }
}

static PyMethodDef ext_methods[] = {
#define METHOD(N) {#N, N, METH_VARARGS, NULL},
    METHOD(set_string) METHOD(set_object) METHOD(no_memory) METHOD(new_exception) METHOD(new_documented)
    METHOD(with_filename) METHOD(with_filenames) METHOD(told) METHOD(warn) METHOD(call) METHOD(call_method)
    METHOD(call_tuple_dict) METHOD(method_tuple_dict) {"method_tuple_dict_s", method_tuple_dict, METH_VARARGS, NULL},
    METHOD(var_new) METHOD(var_set) METHOD(var_get) METHOD(point_type) METHOD(nothing_type) METHOD(new_sequence)
    METHOD(build) {NULL},
};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Errors, calls and others.",
    .m_methods = ext_methods,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
