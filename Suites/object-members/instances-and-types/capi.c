/* The same against the raw C API: tp_alloc and PyType_GenericNew make the objects. */
#include "conform_capi.h"
#include "conform_helpers.h"
#include <stdint.h>

typedef struct {
    long number;
    max_align_t aligned;
    unsigned char bytes[13];
} Data;

typedef struct {
    PyObject_HEAD
    Data data;
} Block;

typedef struct {
    Block block;
    unsigned char more[29];
} Large;

typedef struct {
    PyObject_HEAD
    PyObject *held;
    long number;
} Holder;

static int zeroed(const void *memory, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)memory;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0) {
            return 0;
        }
    }
    return 1;
}

static void look(const void *memory, size_t size, size_t alignment)
{
    conform_event("zeroed", zeroed(memory, size));
    conform_event("aligned", (uintptr_t)memory % alignment == 0);
    conform_event("same", 1);
}

#define LARGE_SIZE (sizeof(Large) - offsetof(Large, block.data))

static PyObject *Block_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Block *self = (Block *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        look(&self->data, sizeof(Data), _Alignof(Data));
    }
    return (PyObject *)self;
}

static PyObject *Generic_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Block *self = (Block *)PyType_GenericNew(cls, args, kw);
    if (self != NULL) {
        look(&self->data, sizeof(Data), _Alignof(Data));
    }
    return (PyObject *)self;
}

static PyObject *Large_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Large *self = (Large *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        look(&self->block.data, LARGE_SIZE, _Alignof(Data));
    }
    return (PyObject *)self;
}

static PyObject *Failing_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Block *self = (Block *)CONFORM_ALLOC(cls)(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    self->data.number = 100 + PyTuple_GET_SIZE(args);
    if (PyTuple_GET_SIZE(args) > 0) {
        Py_DECREF(self);
        PyErr_SetString(PyExc_ValueError, "not with arguments");
        return NULL;
    }
    return (PyObject *)self;
}

static PyObject *Holder_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Holder *self = (Holder *)CONFORM_ALLOC(cls)(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    look(&self->held, sizeof(Holder) - offsetof(Holder, held), _Alignof(Holder));
    if (PyTuple_GET_SIZE(args) > 0) {
        self->held = PyTuple_GET_ITEM(args, 0);
        Py_INCREF(self->held);
    }
    return (PyObject *)self;
}

static int Holder_traverse(Holder *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    Py_VISIT(self->held);
    return 0;
}

static int Holder_clear(Holder *self)
{
    Py_CLEAR(self->held);
    return 0;
}

static void Holder_dealloc(Holder *self)
{
    PyObject_GC_UnTrack(self);
    Py_CLEAR(self->held);
    CONFORM_FREE(self);
}

static void Destroyed_dealloc(Block *self)
{
    conform_event("destroy", self->data.number);
    CONFORM_FREE(self);
}

static PyObject *Block_fill(Block *self, PyObject *unused)
{
    memset(&self->data, 0xa5, sizeof(Data));
    return PyBool_FromLong(!zeroed(&self->data, sizeof(Data)));
}

static PyObject *Large_fill(Large *self, PyObject *unused)
{
    memset(&self->block.data, 0x5a, LARGE_SIZE);
    return PyBool_FromLong(!zeroed(&self->block.data, LARGE_SIZE));
}

static PyObject *Block_fresh(Block *self, PyObject *unused)
{
    look(&self->data, sizeof(Data), _Alignof(Data));
    return PyBool_FromLong(zeroed(&self->data, sizeof(Data)));
}

#define FRESH {"fresh", (PyCFunction)Block_fresh, METH_NOARGS, "Whether the struct is zeroed and aligned."}
static PyMethodDef Block_methods[] = {
    {"fill", (PyCFunction)Block_fill, METH_NOARGS, "Leave traces in all of the struct."},
    FRESH,
    {NULL},
};
static PyMethodDef Large_methods[] = {
    {"fill", (PyCFunction)Large_fill, METH_NOARGS, "Leave traces in all of the struct."},
    FRESH,
    {NULL},
};
static PyMemberDef Block_members[] = {{"number", T_LONG, offsetof(Block, data.number)}, {NULL}};

#define BLOCK(new, dealloc)                                                                                          \
    {                                                                                                                \
        {Py_tp_new, new}, {Py_tp_dealloc, dealloc}, {Py_tp_methods, Block_methods}, {Py_tp_members, Block_members},  \
            {0, NULL},                                                                                               \
    }
static PyType_Slot Block_slots[] = BLOCK(Block_new, conform_dealloc);
static PyType_Slot Generic_slots[] = BLOCK(Generic_new, conform_dealloc);
static PyType_Slot Default_slots[] = BLOCK(PyType_GenericNew, conform_dealloc);
static PyType_Slot Destroyed_slots[] = BLOCK(Block_new, Destroyed_dealloc);
static PyType_Slot Failing_slots[] = BLOCK(Failing_new, Destroyed_dealloc);
static PyType_Slot Large_slots[] = {
    {Py_tp_new, Large_new}, {Py_tp_dealloc, conform_dealloc}, {Py_tp_methods, Large_methods},
    {Py_tp_members, Block_members}, {0, NULL},
};
static PyType_Slot Holder_slots[] = {
    {Py_tp_new, Holder_new},     {Py_tp_dealloc, Holder_dealloc}, {Py_tp_traverse, Holder_traverse},
    {Py_tp_clear, Holder_clear}, {0, NULL},
};

#define FLAGS .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE
static PyType_Spec specs[] = {
    {.name = "ext.Block", .basicsize = sizeof(Block), FLAGS, .slots = Block_slots},
    {.name = "ext.Generic", .basicsize = sizeof(Block), FLAGS, .slots = Generic_slots},
    {.name = "ext.Default", .basicsize = sizeof(Block), FLAGS, .slots = Default_slots},
    {.name = "ext.Destroyed", .basicsize = sizeof(Block), FLAGS, .slots = Destroyed_slots},
    {.name = "ext.Failing", .basicsize = sizeof(Block), FLAGS, .slots = Failing_slots},
    {.name = "ext.Large", .basicsize = sizeof(Large), FLAGS, .slots = Large_slots},
    {.name = "ext.Holder", .basicsize = sizeof(Holder),
     .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, .slots = Holder_slots},
};

static PyObject *make(PyObject *module, PyObject *args)
{
    const char *name;
    PyObject *base = NULL;
    if (!PyArg_ParseTuple(args, "s|O", &name, &base)) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
        if (strcmp(specs[i].name + strlen("ext."), name) == 0) {
            return conform_type(&specs[i], base);
        }
    }
    PyErr_SetString(PyExc_LookupError, name);
    return NULL;
}

static PyObject *new_block(PyObject *module, PyObject *type)
{
    Block *self = (Block *)CONFORM_ALLOC((PyTypeObject *)type)((PyTypeObject *)type, 0);
    if (self != NULL) {
        self->data.number = 7;
    }
    return (PyObject *)self;
}

static PyObject *generic_new(PyObject *module, PyObject *type)
{
    return PyType_GenericNew((PyTypeObject *)type, NULL, NULL);
}

static PyObject *type_of(PyObject *module, PyObject *object)
{
    return PyObject_Type(object);
}

static PyObject *is_type(PyObject *module, PyObject *args)
{
    PyObject *object, *type;
    if (!PyArg_ParseTuple(args, "OO!", &object, &PyType_Type, &type)) {
        return NULL;
    }
    return PyBool_FromLong(PyObject_TypeCheck(object, (PyTypeObject *)type));
}

static PyMethodDef ext_methods[] = {
    {"make", make, METH_VARARGS, "make(name, *bases): a type from the spec of that name."},
    {"new_block", new_block, METH_O, "new_block(type): tp_alloc outside of tp_new."},
    {"generic_new", generic_new, METH_O, "generic_new(type): PyType_GenericNew outside of tp_new."},
    {"type_of", type_of, METH_O, "PyObject_Type"},
    {"is_type", is_type, METH_VARARGS, "is_type(object, type): PyObject_TypeCheck"},
    {"is_subtype", conform_is_subtype, METH_VARARGS, "is_subtype(sub, type): PyType_IsSubtype"},
    {NULL},
};

static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Types, and ways to make their objects.",
    .m_methods = ext_methods,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
