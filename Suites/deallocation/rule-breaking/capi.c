/* The same against the raw C API, where tp_dealloc may call what it likes, if it leaves a pending exception alone and
   keeps no reference to its object; tp_traverse may not. */
#include "conform_capi.h"
#include "conform_helpers.h"
#include "child.h"

typedef struct {
    PyObject_HEAD
    PyObject *field;
    PyObject *other;
} Breaker;

static PyTypeObject *Breaker_type, *Partial_type;
static PyObject *function, *kept_reference, *resurrected;
static const char *act;

/* Where gc.freeze() exists, later collections in the child need not look at what is there already. */
static void freeze(void)
{
    PyObject *gc = PyImport_ImportModule("gc");
    PyObject *result = gc == NULL ? NULL : PyObject_CallMethod(gc, "freeze", NULL);
    PyErr_Clear();
    Py_XDECREF(result);
    Py_XDECREF(gc);
}

static void collect(void)
{
    PyObject *gc = PyImport_ImportModule("gc");
    for (int i = 0; i < 4 && gc != NULL; i++) {
        PyObject *number = PyObject_CallMethod(gc, "collect", NULL);
        PyObject *result = number == NULL ? NULL : PyObject_CallObject(function, NULL);
        if (result == NULL) {
            page->left = 1;
            PyErr_Clear();
        }
        Py_XDECREF(result);
        Py_XDECREF(number);
    }
    Py_XDECREF(gc);
}

/* Does what the act says, once. */
static void break_a_rule(const char *where, PyObject *self)
{
    if (act == NULL || strncmp(act, where, strlen(where)) != 0 || page->began != 0) {
        return;
    }
    const char *what = act + strlen(where);
    page->began = 1;
    PyObject *made = NULL;
    if (strcmp(what, "number") == 0) {
        made = PyLong_FromLongLong(1LL << 40);
    } else if (strcmp(what, "tuple") == 0) {
        made = PyTuple_Pack(2, Py_None, Py_True);
    } else if (strcmp(what, "call") == 0) {
        made = PyObject_CallObject(function, NULL);
    } else if (strcmp(what, "import") == 0) {
        made = PyImport_ImportModule("math");
    } else if (strcmp(what, "raise") == 0) {
        PyErr_SetString(PyExc_ValueError, "left behind");
    } else if (strcmp(what, "close") == 0) {
        Py_CLEAR(kept_reference);
    } else if (strcmp(what, "collect") == 0) {
        collect();
    } else if (strcmp(what, "resurrect") == 0) {
        Py_INCREF(self);
        resurrected = self;
    } else if (strcmp(what, "borrow") == 0) {
        page->began = 0; /* once more, if it comes to that */
        Py_INCREF(self);
        Py_DECREF(self);
        page->began = 1;
    }
    Py_XDECREF(made);
    page->done = 1;
}

static int Breaker_traverse(Breaker *self, visitproc visit, void *arg)
{
    break_a_rule("traverse ", (PyObject *)self);
    CONFORM_VISIT_TYPE(self);
    Py_VISIT(self->field);
    Py_VISIT(self->other);
    return 0;
}

static int Breaker_clear(Breaker *self)
{
    Py_CLEAR(self->field);
    Py_CLEAR(self->other);
    return 0;
}

static void Breaker_dealloc(Breaker *self)
{
    PyObject_GC_UnTrack(self);
    Breaker_clear(self);
    break_a_rule("destroy ", (PyObject *)self);
    if (resurrected != (PyObject *)self) {
        CONFORM_FREE(self);
    }
}

static PyType_Slot Breaker_slots[] = {
    {Py_tp_traverse, Breaker_traverse}, {Py_tp_clear, Breaker_clear}, {Py_tp_dealloc, Breaker_dealloc}, {0, NULL},
};
static PyType_Spec Breaker_spec = {
    .name = "ext.Breaker",
    .basicsize = sizeof(Breaker),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = Breaker_slots,
};

static int Partial_traverse(Breaker *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    Py_VISIT(self->field);
    return 0;
}

static PyType_Slot Partial_slots[] = {
    {Py_tp_traverse, Partial_traverse}, {Py_tp_clear, Breaker_clear}, {Py_tp_dealloc, Breaker_dealloc}, {0, NULL},
};
static PyType_Spec Partial_spec = {
    .name = "ext.Partial",
    .basicsize = sizeof(Breaker),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = Partial_slots,
};

static void object_ends(void *data)
{
    freeze();
    kept_reference = PyLong_FromLongLong(1LL << 40);
    Breaker *self = (Breaker *)CONFORM_ALLOC(Breaker_type)(Breaker_type, 0);
    if (self == NULL) {
        return;
    }
    if (strncmp((const char *)data, "traverse", 8) == 0) {
        Py_INCREF(self);
        self->field = (PyObject *)self;
    }
    act = (const char *)data;
    if (self->field != NULL) {
        collect();
    }
    Py_DECREF(self);
    if (PyErr_Occurred()) {
        page->left = 1;
        PyErr_Clear();
    }
    collect();
    if (resurrected != NULL) {
        PyObject *again = resurrected;
        page->done = PyObject_IsInstance(again, (PyObject *)Breaker_type);
        resurrected = NULL;
        Py_DECREF(again);
        collect();
    }
}

static void field_is_left_out(void *data)
{
    freeze();
    Breaker *self = (Breaker *)CONFORM_ALLOC(Partial_type)(Partial_type, 0);
    if (self == NULL || (self->field = PyList_New(0)) == NULL || (self->other = PyList_New(0)) == NULL) {
        return;
    }
    page->began = 1;
    collect();
    page->done = PyList_Check(self->field) && PyList_Check(self->other);
    Py_DECREF(self);
    collect();
}

static void breaking(PyObject *capsule)
{
    break_a_rule("capsule ", capsule);
}

static void capsule_ends(void *data)
{
    freeze();
    PyObject *capsule = PyCapsule_New(data, "ext.capsule", breaking);
    act = (const char *)data;
    Py_XDECREF(capsule);
    if (PyErr_Occurred()) {
        page->left = 1;
        PyErr_Clear();
    }
    collect();
}

/* in_child(act, late, function): how a child process ended that did it, and False; `late` means nothing here. */
static PyObject *in_child(PyObject *module, PyObject *args)
{
    const char *name;
    PyObject *late;
    if (!PyArg_ParseTuple(args, "sOO", &name, &late, &function)) {
        return NULL;
    }
    struct remembered *ending = remembered_of(name, 0);
    if (ending != NULL && ending->how == NULL) {
        ending->how = in_a_child(strcmp(name, "left out") == 0       ? field_is_left_out
                                 : strncmp(name, "capsule ", 8) == 0 ? capsule_ends
                                                                     : object_ends,
                                 (void *)name);
    }
    if (ending == NULL || ending->how == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "no child");
        return NULL;
    }
    return Py_BuildValue("(sO)", ending->how, Py_False);
}

/* A Caller calls Python in its tp_dealloc, as is permitted: a pending exception is kept, what Python raises is told. */
typedef struct {
    PyObject_HEAD
    long serial;
    PyObject *callback;
} Caller;

static PyObject *Caller_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    PyObject *callback;
    if (!PyArg_ParseTuple(args, "O", &callback)) {
        return NULL;
    }
    Caller *self = (Caller *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->serial = conform_serial();
        Py_INCREF(callback);
        self->callback = callback;
    }
    return (PyObject *)self;
}

static void Caller_dealloc(Caller *self)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (self->callback != NULL) {
        PyObject *result = PyObject_CallFunction(self->callback, "l", self->serial);
        if (result == NULL) {
            PyErr_WriteUnraisable(self->callback);
        }
        Py_XDECREF(result);
        Py_CLEAR(self->callback);
    }
    PyErr_Restore(type, value, traceback);
    conform_event("dealloc", self->serial);
    CONFORM_FREE(self);
}

static PyType_Slot Caller_slots[] = {{Py_tp_new, Caller_new}, {Py_tp_dealloc, Caller_dealloc}, {0, NULL}};
static PyType_Spec Caller_spec = {
    .name = "ext.Caller",
    .basicsize = sizeof(Caller),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = Caller_slots,
};

static int ext_exec(PyObject *module)
{
    Breaker_type = (PyTypeObject *)conform_type(&Breaker_spec, NULL);
    Partial_type = (PyTypeObject *)conform_type(&Partial_spec, NULL);
    if (Breaker_type == NULL || Partial_type == NULL) {
        return -1;
    }
    return conform_add_type(module, "Caller", &Caller_spec, NULL);
}

static PyMethodDef ext_methods[] = {{"in_child", in_child, METH_VARARGS, NULL}, {NULL}};
static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Breaks rules.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
