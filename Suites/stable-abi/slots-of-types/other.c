/* Types of another binary, whose slots call those of their base. Only PyType_GetSlot gives these to the limited API. */
#include "conform_capi.h"
#include "conform_helpers.h"
#include "pair.h"

/* What the type above those of this binary has in the slot. Types below may have anything in it, classes of Python
   among them; `own` is what this binary put there. NULL, perhaps with an exception. */
static void *above(PyTypeObject *type, int slot, void *own)
{
    while (type != NULL && PyType_GetSlot(type, slot) != own) {
        type = (PyTypeObject *)PyType_GetSlot(type, Py_tp_base);
    }
    while (type != NULL && PyType_GetSlot(type, slot) == own) {
        type = (PyTypeObject *)PyType_GetSlot(type, Py_tp_base);
    }
    return type == NULL ? NULL : PyType_GetSlot(type, slot);
}

static PyObject *empty(void)
{
    return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_LookupError, "the slot of the base is empty");
}

/* "<...>" around the text of what the base made. */
static PyObject *marked(PyObject *made)
{
    PyObject *result = made == NULL ? NULL : PyUnicode_FromFormat("<%S>", made);
    Py_XDECREF(made);
    return result;
}

static PyObject *Derived_repr(PyObject *self)
{
    reprfunc base = (reprfunc)above(Py_TYPE(self), Py_tp_repr, (void *)Derived_repr);
    return base == NULL ? empty() : marked(base(self));
}

static PyObject *Derived_add(PyObject *left, PyObject *right)
{
    binaryfunc base = (binaryfunc)above(Py_TYPE(left), Py_nb_add, (void *)Derived_add);
    return base == NULL ? empty() : marked(base(left, right));
}

static Py_ssize_t Derived_length(PyObject *self)
{
    lenfunc base = (lenfunc)above(Py_TYPE(self), Py_sq_length, (void *)Derived_length);
    if (base == NULL) {
        empty();
        return -1;
    }
    Py_ssize_t size = base(self);
    return size < 0 ? size : size + 100;
}

static PyObject *Derived_subscript(PyObject *self, PyObject *key)
{
    binaryfunc base = (binaryfunc)above(Py_TYPE(self), Py_mp_subscript, (void *)Derived_subscript);
    return base == NULL ? empty() : marked(base(self, key));
}

static PyObject *Derived_getattro(PyObject *self, PyObject *name)
{
    getattrofunc base = (getattrofunc)above(Py_TYPE(self), Py_tp_getattro, (void *)Derived_getattro);
    if (base == NULL) {
        return empty();
    }
    return PyUnicode_CompareWithASCIIString(name, "shown") == 0 ? marked(base(self, name)) : base(self, name);
}

static PyObject *Derived_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    newfunc base = (newfunc)above(cls, Py_tp_new, (void *)Derived_new);
    if (base == NULL) {
        return empty();
    }
    conform_event("new", 0);
    return base(cls, args, kw);
}

static PyType_Slot Derived_slots[] = {
    {Py_tp_new, Derived_new},
    {Py_tp_repr, Derived_repr},
    {Py_nb_add, Derived_add},
    {Py_sq_length, Derived_length},
    {Py_mp_subscript, Derived_subscript},
    {Py_tp_getattro, Derived_getattro},
    {0, NULL},
};

/* below(base): a new type of the size of its base. */
static PyObject *below(PyObject *module, PyObject *base)
{
    static PyType_Spec spec = {
        .name = "other.Derived",
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
        .slots = Derived_slots,
    };
    return conform_type(&spec, base);
}

/* A type with a field of its own behind those of Pair. */
typedef struct {
    Pair base;
    PyObject *more;
} Wide;

static void Wide_dealloc(PyObject *self)
{
    conform_event("wide", ((Pair *)self)->serial);
    Py_CLEAR(((Wide *)self)->more);
    destructor base = (destructor)above(Py_TYPE(self), Py_tp_dealloc, (void *)Wide_dealloc);
    base(self); /* frees the object, and gives the reference to its type back */
}

static PyObject *Wide_hold_more(PyObject *self, PyObject *value)
{
    conform_store(&((Wide *)self)->more, value);
    Py_INCREF(self);
    return self;
}

static PyMethodDef Wide_methods[] = {{"hold_more", Wide_hold_more, METH_O, NULL}, {NULL}};
static PyType_Slot Wide_slots[] = {{Py_tp_dealloc, Wide_dealloc}, {Py_tp_methods, Wide_methods}, {0, NULL}};

/* wide(base): a new type below Pair. */
static PyObject *wide(PyObject *module, PyObject *base)
{
    static PyType_Spec spec = {
        .name = "other.Wide",
        .basicsize = sizeof(Wide),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
        .slots = Wide_slots,
    };
    return conform_type(&spec, base);
}

static PyMethodDef methods[] = {{"below", below, METH_O, NULL}, {"wide", wide, METH_O, NULL}, {NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "other", NULL, 0, methods};

PyMODINIT_FUNC PyInit_other(void)
{
    return PyModule_Create(&definition);
}
