/* The same against the raw C API. The functions of a type handle its whole struct, with the part of its base. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    PyObject *item;
    struct conform_native *native;
} Base;

typedef struct {
    Base base;
    PyObject *item;
    struct conform_native *native;
} Left;

typedef struct {
    Base base;
    long number;
} Numbered;

typedef struct {
    Left left;
    PyObject *item;
    struct conform_native *native;
} Joined;

/* The content of a field, or None. */
static PyObject *loaded(PyObject *item)
{
    item = item == NULL ? Py_None : item;
    Py_INCREF(item);
    return item;
}

static int stored(PyObject **place, PyObject *value)
{
    if (value == NULL) {
        PyErr_SetString(PyExc_TypeError, "the item cannot be deleted");
        return -1;
    }
    conform_store(place, value);
    return 0;
}

static PyObject *opened(struct conform_native **place)
{
    long serial = conform_acquire(place);
    return serial == 0 ? PyErr_NoMemory() : PyLong_FromLong(serial);
}

static int Base_traverse(PyObject *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    Py_VISIT(((Base *)self)->item);
    return 0;
}

static int Base_clear(PyObject *self)
{
    Py_CLEAR(((Base *)self)->item);
    return 0;
}

static void Base_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Base_clear(self);
    conform_release("base", &((Base *)self)->native);
    CONFORM_FREE(self);
}

static PyObject *Base_open(PyObject *self, PyObject *unused)
{
    return opened(&((Base *)self)->native);
}

static PyMethodDef Base_methods[] = {
    {"open_base", Base_open, METH_NOARGS, "The number of a new native resource of Base's part."},
    {NULL},
};
static PyMemberDef Base_members[] = {
    {"base_item", T_OBJECT, offsetof(Base, item), 0, NULL},
    {NULL},
};
static PyType_Slot Base_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_traverse, Base_traverse}, {Py_tp_clear, Base_clear},
    {Py_tp_dealloc, Base_dealloc},  {Py_tp_methods, Base_methods},   {Py_tp_members, Base_members},
    {0, NULL},
};

static int Left_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Left *)self)->item);
    return Base_traverse(self, visit, arg);
}

static int Left_clear(PyObject *self)
{
    Py_CLEAR(((Left *)self)->item);
    return Base_clear(self);
}

static void Left_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Left_clear(self);
    conform_release("left", &((Left *)self)->native);
    conform_release("base", &((Base *)self)->native);
    CONFORM_FREE(self);
}

static PyObject *Left_open(PyObject *self, PyObject *unused)
{
    return opened(&((Left *)self)->native);
}

static PyObject *Left_get_item(PyObject *self, void *closure)
{
    return loaded(((Left *)self)->item);
}

static int Left_set_item(PyObject *self, PyObject *value, void *closure)
{
    return stored(&((Left *)self)->item, value);
}

static PyMethodDef Left_methods[] = {
    {"open_left", Left_open, METH_NOARGS, "The number of a new native resource of Left's part."},
    {NULL},
};
static PyGetSetDef Left_getset[] = {
    {"left_item", Left_get_item, Left_set_item, NULL, NULL},
    {NULL},
};
static PyType_Slot Left_slots[] = {
    {Py_tp_traverse, Left_traverse}, {Py_tp_clear, Left_clear},   {Py_tp_dealloc, Left_dealloc},
    {Py_tp_methods, Left_methods},   {Py_tp_getset, Left_getset}, {0, NULL},
};

static PyMemberDef Numbered_members[] = {
    {"number", T_LONG, offsetof(Numbered, number), 0, NULL},
    {NULL},
};
static PyType_Slot Numbered_slots[] = {{Py_tp_members, Numbered_members}, {0, NULL}};

static PyType_Slot no_slots[] = {{0, NULL}};

/* Has no struct of its own and still its own functions. */
static void Watched_dealloc(PyObject *self)
{
    conform_event("watched", 0);
    Base_dealloc(self);
}

static PyType_Slot Watched_slots[] = {
    {Py_tp_traverse, Base_traverse},
    {Py_tp_clear, Base_clear},
    {Py_tp_dealloc, Watched_dealloc},
    {0, NULL},
};

static int Joined_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Joined *)self)->item);
    return Left_traverse(self, visit, arg);
}

static int Joined_clear(PyObject *self)
{
    Py_CLEAR(((Joined *)self)->item);
    return Left_clear(self);
}

static void Joined_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Joined_clear(self);
    conform_release("joined", &((Joined *)self)->native);
    conform_release("left", &((Left *)self)->native);
    conform_release("base", &((Base *)self)->native);
    CONFORM_FREE(self);
}

static PyObject *Joined_open(PyObject *self, PyObject *unused)
{
    return opened(&((Joined *)self)->native);
}

static PyObject *Joined_get_item(PyObject *self, void *closure)
{
    return loaded(((Joined *)self)->item);
}

static int Joined_set_item(PyObject *self, PyObject *value, void *closure)
{
    return stored(&((Joined *)self)->item, value);
}

static PyMethodDef Joined_methods[] = {
    {"open_joined", Joined_open, METH_NOARGS, "The number of a new native resource of Joined's part."},
    {NULL},
};
static PyGetSetDef Joined_getset[] = {
    {"joined_item", Joined_get_item, Joined_set_item, NULL, NULL},
    {NULL},
};
static PyType_Slot Joined_slots[] = {
    {Py_tp_traverse, Joined_traverse}, {Py_tp_clear, Joined_clear},   {Py_tp_dealloc, Joined_dealloc},
    {Py_tp_methods, Joined_methods},   {Py_tp_getset, Joined_getset}, {0, NULL},
};

#define SPEC(NAME, SIZE, FLAGS, SLOTS)                                                                               \
    {                                                                                                                \
        .name = "ext." NAME,                                                                                         \
        .basicsize = SIZE,                                                                                           \
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | FLAGS,                                                   \
        .slots = SLOTS,                                                                                              \
    }
static PyType_Spec Base_spec = SPEC("Base", sizeof(Base), Py_TPFLAGS_HAVE_GC, Base_slots);
static PyType_Spec Left_spec = SPEC("Left", sizeof(Left), Py_TPFLAGS_HAVE_GC, Left_slots);
static PyType_Spec Numbered_spec = SPEC("Numbered", sizeof(Numbered), 0, Numbered_slots);
static PyType_Spec Right_spec = SPEC("Right", 0, 0, no_slots);
static PyType_Spec Plain_spec = SPEC("Plain", 0, 0, no_slots);
static PyType_Spec Watched_spec = SPEC("Watched", 0, Py_TPFLAGS_HAVE_GC, Watched_slots);
static PyType_Spec Joined_spec = SPEC("Joined", sizeof(Joined), Py_TPFLAGS_HAVE_GC, Joined_slots);
static PyType_Spec Bare_spec = SPEC("Bare", 0, 0, no_slots);

static PyObject *join(PyObject *module, PyObject *bases)
{
    return conform_type(&Bare_spec, bases);
}

static PyObject *join_wide(PyObject *module, PyObject *bases)
{
    return conform_type(&Joined_spec, bases);
}

/* visits(owner, content): how often a traversal of the owner meets the content. */
static PyObject *visits(PyObject *module, PyObject *args)
{
    PyObject *owner, *content;
    long count = 0;
    if (!PyArg_ParseTuple(args, "OO", &owner, &content)) {
        return NULL;
    }
    PyObject *gc = PyImport_ImportModule("gc");
    PyObject *found = gc == NULL ? NULL : PyObject_CallMethod(gc, "get_referents", "O", owner);
    Py_XDECREF(gc);
    if (found == NULL) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(found); i++) {
        count += PyList_GET_ITEM(found, i) == content;
    }
    Py_DECREF(found);
    return PyLong_FromLong(count);
}

static PyMethodDef ext_methods[] = {
    {"join", join, METH_O, "A type without slots of its own that derives from these bases."},
    {"join_wide", join_wide, METH_O, "The same with a struct, a field and slots of its own."},
    {"visits", visits, METH_VARARGS, NULL},
    {NULL},
};

static int ext_exec(PyObject *module)
{
    PyObject *base = conform_type(&Base_spec, NULL);
    if (base == NULL) {
        return -1;
    }
    int failed = PyObject_SetAttrString(module, "Base", base) < 0 ||
                 conform_add_type(module, "Left", &Left_spec, base) < 0 ||
                 conform_add_type(module, "Numbered", &Numbered_spec, base) < 0 ||
                 conform_add_type(module, "Right", &Right_spec, base) < 0 ||
                 conform_add_type(module, "Plain", &Plain_spec, base) < 0 ||
                 conform_add_type(module, "Watched", &Watched_spec, base) < 0;
    Py_DECREF(base);
    return failed ? -1 : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "A base with a field and a native resource, and subclasses with and without more of them.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
