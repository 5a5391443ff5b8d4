/* Types that super() leads to and comes from, and hooks that are called when a class is made. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    long made;
} Counted;

static PyObject *Counted_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Counted *self = (Counted *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->made = 1;
    }
    return (PyObject *)self;
}

static int Counted_init(PyObject *self, PyObject *args, PyObject *kw)
{
    ((Counted *)self)->made += 10;
    return 0;
}

static PyObject *Base_who(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("Base");
}

static Py_ssize_t Base_length(PyObject *self)
{
    return 3;
}

static PyObject *Base_kind(PyObject *cls, PyObject *unused)
{
    return PyObject_GetAttrString(cls, "__name__");
}

/* __init_subclass__(**keywords): keeps the names in the class, and refuses the name "refused". */
static PyObject *Base_init_subclass(PyObject *cls, PyObject *args, PyObject *keywords)
{
    PyObject *names = keywords == NULL ? PyDict_New() : (Py_INCREF(keywords), keywords);
    if (names == NULL) {
        return NULL;
    }
    int failed = PyObject_SetAttrString(cls, "told", names);
    if (!failed && PyDict_GetItemString(names, "refused") != NULL) {
        PyErr_SetString(PyExc_ValueError, "refused");
        failed = 1;
    }
    Py_DECREF(names);
    if (failed) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyMethodDef Base_methods[] = {
    {"who", Base_who, METH_NOARGS, NULL},
    {"kind", Base_kind, METH_NOARGS | METH_CLASS, NULL},
    {"__init_subclass__", (PyCFunction)(void (*)(void))Base_init_subclass,
     METH_VARARGS | METH_KEYWORDS | METH_CLASS, NULL},
    {NULL},
};
static PyType_Slot Base_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_methods, Base_methods},
    {Py_sq_length, Base_length},    {0, NULL},
};
static PyMemberDef Counted_members[] = {{"made", T_LONG, offsetof(Counted, made), 0, NULL}, {NULL}};
static PyType_Slot Counted_slots[] = {
    {Py_tp_new, Counted_new}, {Py_tp_init, Counted_init}, {Py_tp_dealloc, conform_dealloc},
    {Py_tp_members, Counted_members}, {0, NULL},
};

/* super(class, object); PyPy has no PySuper_Type. */
static PyObject *next_of(PyObject *cls, PyObject *object)
{
    PyObject *super = PyDict_GetItemString(PyEval_GetBuiltins(), "super");
    return super == NULL ? NULL : PyObject_CallFunction(super, "OO", cls, object);
}

/* who() of Below: its own name before what the next class in the order says. */
static PyObject *below_type;

static PyObject *Below_who(PyObject *self, PyObject *unused)
{
    PyObject *next = next_of(below_type, self);
    PyObject *told = next == NULL ? NULL : PyObject_CallMethod(next, "who", NULL);
    PyObject *result = told == NULL ? NULL : PyUnicode_FromFormat("Below %U", told);
    Py_XDECREF(told);
    Py_XDECREF(next);
    return result;
}

static PyMethodDef Below_methods[] = {{"who", Below_who, METH_NOARGS, NULL}, {NULL}};
static PyType_Slot Below_slots[] = {{Py_tp_methods, Below_methods}, {0, NULL}};

/* A descriptor that keeps the name it was given. */
typedef struct {
    PyObject_HEAD
    PyObject *name;
} Named;

static PyObject *Named_set_name(PyObject *self, PyObject *args)
{
    PyObject *owner, *name;
    if (!PyArg_ParseTuple(args, "OO", &owner, &name)) {
        return NULL;
    }
    PyObject *first = PyObject_GetAttrString(owner, "__name__");
    PyObject *both = first == NULL ? NULL : PyUnicode_FromFormat("%U.%U", first, name);
    Py_XDECREF(first);
    if (both == NULL) {
        return NULL;
    }
    conform_store(&((Named *)self)->name, both);
    Py_DECREF(both);
    Py_RETURN_NONE;
}

static void Named_dealloc(PyObject *self)
{
    Py_CLEAR(((Named *)self)->name);
    CONFORM_FREE(self);
}

static PyMethodDef Named_methods[] = {{"__set_name__", Named_set_name, METH_VARARGS, NULL}, {NULL}};
static PyMemberDef Named_members[] = {{"name", T_OBJECT, offsetof(Named, name), READONLY, NULL}, {NULL}};
static PyType_Slot Named_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, Named_dealloc}, {Py_tp_methods, Named_methods},
    {Py_tp_members, Named_members}, {0, NULL},
};
static PyType_Slot Empty_slots[] = {{0, NULL}};
#define TYPE(NAME, STRUCT)                                                                                           \
    static PyType_Spec NAME##_spec = {                                                                               \
        .name = "ext." #NAME, .basicsize = sizeof(STRUCT), .slots = NAME##_slots,                                    \
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,                                                           \
    }
TYPE(Base, PyObject);
TYPE(Below, PyObject);
TYPE(Counted, Counted);
TYPE(Named, Named);
static PyType_Spec Made_spec = {
    .name = "ext.Made", .slots = Empty_slots, .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};

static PyObject *make(PyObject *module, PyObject *bases)
{
    return conform_type(&Made_spec, bases);
}

/* up(class, object, name): super(class, object).name(), asked from C. */
static PyObject *up(PyObject *module, PyObject *args)
{
    PyObject *cls, *object;
    const char *name;
    if (!PyArg_ParseTuple(args, "OOs", &cls, &object, &name)) {
        return NULL;
    }
    PyObject *next = next_of(cls, object);
    PyObject *result = next == NULL ? NULL : PyObject_CallMethod(next, name, NULL);
    Py_XDECREF(next);
    return result;
}

static PyMethodDef ext_methods[] = {{"make", make, METH_O, NULL}, {"up", up, METH_VARARGS, NULL}, {NULL}};

static int ext_exec(PyObject *module)
{
    if (conform_add_type(module, "Base", &Base_spec, NULL) < 0 ||
        conform_add_derived(module, "Below", &Below_spec, "Base", NULL) < 0 ||
        conform_add_type(module, "Counted", &Counted_spec, NULL) < 0 ||
        conform_add_type(module, "Named", &Named_spec, NULL) < 0) {
        return -1;
    }
    below_type = PyObject_GetAttrString(module, "Below");
    Py_XDECREF(below_type); /* the module keeps it */
    return below_type == NULL ? -1 : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT, .m_name = "ext", .m_methods = ext_methods, .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
