/* References to objects that live for ever since CPython 3.12 (PEP 683), counted as headers of any version do it:
   in the object itself, by a function, or not at all. The references that are taken and given here are balanced. */
#include "conform_capi.h"
#include "conform_helpers.h"

/* turn(object, times): as many references taken as released, first all of one kind, then in turns. */
static PyObject *turn(PyObject *module, PyObject *args)
{
    PyObject *object;
    long times;
    if (!PyArg_ParseTuple(args, "Ol", &object, &times)) {
        return NULL;
    }
    for (long i = 0; i < times; i++) {
        Py_INCREF(object);
    }
    for (long i = 0; i < times; i++) {
        Py_DECREF(object);
    }
    for (long i = 0; i < times; i++) {
        Py_XINCREF(object);
        Py_XDECREF(object);
    }
    Py_INCREF(object);
    return object;
}

/* gives(kind): a new reference, as the macros of a binary's headers return it. */
static PyObject *gives(PyObject *module, PyObject *kind)
{
    switch (PyLong_AsLong(kind)) {
    case 0:
        Py_RETURN_NONE;
    case 1:
        Py_RETURN_TRUE;
    case 2:
        Py_RETURN_FALSE;
    case 3:
        Py_RETURN_NOTIMPLEMENTED;
    case 4:
        Py_INCREF(Py_Ellipsis);
        return Py_Ellipsis;
    default:
        return PyErr_Format(PyExc_ValueError, "no such kind");
    }
}

/* taken(kind, times): new references that the interpreter makes, each released; the last is returned. */
static PyObject *taken(PyObject *module, PyObject *args)
{
    long kind, times;
    PyObject *last = NULL;
    if (!PyArg_ParseTuple(args, "ll", &kind, &times)) {
        return NULL;
    }
    for (long i = 0; i < times; i++) {
        Py_XDECREF(last);
        last = kind == 0   ? PyLong_FromLong(7)
               : kind == 1 ? PyBool_FromLong(1)
               : kind == 2 ? PyTuple_New(0)
               : kind == 3 ? PyUnicode_FromStringAndSize("", 0)
               : kind == 4 ? PyUnicode_FromStringAndSize("a", 1)
               : kind == 5 ? PyBytes_FromStringAndSize("", 0)
               : kind == 6 ? PyBytes_FromStringAndSize("a", 1)
               : kind == 7 ? PyUnicode_InternFromString("conform_interned")
               : kind == 8 ? PyLong_FromString("1000000000000000000000", NULL, 10)
                           : PyObject_Type(module);
        if (last == NULL) {
            return NULL;
        }
    }
    return last;
}

/* contained(object, size): a list and a tuple that hold it everywhere, each place written twice. */
static PyObject *contained(PyObject *module, PyObject *args)
{
    PyObject *object;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "On", &object, &size)) {
        return NULL;
    }
    PyObject *list = PyList_New(size), *tuple = PyTuple_New(size);
    for (Py_ssize_t i = 0; list != NULL && tuple != NULL && i < size; i++) {
        Py_INCREF(object);
        PyTuple_SetItem(tuple, i, object); /* takes the reference */
        for (int twice = 0; twice < 2; twice++) {
            Py_INCREF(object);
            PyList_SetItem(list, i, object); /* and releases the one that was there */
        }
    }
    return Py_BuildValue("(NN)", list, tuple);
}

/* interned(text): what PyUnicode_InternInPlace puts in place of a new string. */
static PyObject *interned(PyObject *module, PyObject *text)
{
    PyObject *bytes = PyUnicode_AsUTF8String(text);
    PyObject *made = bytes == NULL ? NULL : PyUnicode_FromStringAndSize(PyBytes_AsString(bytes), PyBytes_Size(bytes));
    Py_XDECREF(bytes);
    if (made != NULL) {
        PyUnicode_InternInPlace(&made);
    }
    return made;
}

/* An object that holds another. */
typedef struct {
    PyObject_HEAD
    PyObject *held;
} Holder;

static void Holder_dealloc(PyObject *self)
{
    conform_event("destroy", 0);
    Py_CLEAR(((Holder *)self)->held);
    CONFORM_FREE(self);
}

/* swap(object): holds it in place of the one before, which is returned: the reference goes with it. */
static PyObject *Holder_swap(PyObject *self, PyObject *object)
{
    PyObject *old = ((Holder *)self)->held;
    Py_INCREF(object);
    ((Holder *)self)->held = object;
    if (old == NULL) {
        Py_RETURN_NONE;
    }
    return old;
}

static PyMethodDef Holder_methods[] = {{"swap", Holder_swap, METH_O, NULL}, {NULL}};
static PyType_Slot Holder_slots[] = {
    {Py_tp_new, conform_new}, {Py_tp_dealloc, Holder_dealloc}, {Py_tp_methods, Holder_methods}, {0, NULL},
};
static PyType_Spec Holder_spec = {
    .name = "ext.Holder",
    .basicsize = sizeof(Holder),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Holder_slots,
};

static int ext_exec(PyObject *module)
{
    Py_INCREF(Py_None);
    if (PyModule_AddObject(module, "nothing", Py_None) < 0) {
        Py_DECREF(Py_None);
        return -1;
    }
    return conform_add_type(module, "Holder", &Holder_spec, NULL);
}

static PyMethodDef methods[] = {
    {"turn", turn, METH_VARARGS, NULL},           {"gives", gives, METH_O, NULL},
    {"taken", taken, METH_VARARGS, NULL},         {"contained", contained, METH_VARARGS, NULL},
    {"interned", interned, METH_O, NULL}, {NULL},
};
static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext", NULL, 0, methods, ext_slots};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&definition);
}
