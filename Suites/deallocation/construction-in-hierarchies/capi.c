/* The same against the raw C API. A subclass's functions call those of its base. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    PyObject *content;
    PyObject *value;
    struct conform_native *made;
    struct conform_native *set;
} Base;

typedef struct {
    Base base;
    PyObject *content;
    PyObject *value;
    struct conform_native *made;
    struct conform_native *set;
} Sub;

typedef struct {
    Base base;
    long finalized;
} Final;

/* The arguments of a construction; 1, or 0 with an exception. */
static int parsed(PyObject *args, const char **stage, PyObject **content)
{
    if (!PyArg_ParseTuple(args, "sO", stage, content)) {
        PyErr_SetString(PyExc_TypeError, "a stage and a content are needed");
        return 0;
    }
    return 1;
}

/* 1 if construction goes on; 0, with an exception, if it shall fail here. */
static int passes(const char *stage, const char *name)
{
    if (strcmp(stage, name) == 0) {
        PyErr_SetString(PyExc_ValueError, name);
        return 0;
    }
    return 1;
}

/* A new resource in that place; 1, or 0 with an exception. */
static int opened(const char *name, struct conform_native **place)
{
    conform_release(name, place);
    if (conform_acquire(place) == 0) {
        PyErr_NoMemory();
        return 0;
    }
    return 1;
}

/* What two fields hold, as a tuple; an Ellipsis stands for an empty one. */
static PyObject *two(PyObject *first, PyObject *second)
{
    return PyTuple_Pack(2, first != NULL ? first : Py_Ellipsis, second != NULL ? second : Py_Ellipsis);
}

static PyObject *Base_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    const char *stage;
    PyObject *content;
    if (!parsed(args, &stage, &content) || !passes(stage, "base before")) {
        return NULL;
    }
    Base *self = (Base *)CONFORM_ALLOC(cls)(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    if (!passes(stage, "base allocated")) {
        goto fail;
    }
    conform_store(&self->content, content);
    if (!passes(stage, "base field") || !opened("base made", &self->made) || !passes(stage, "base filled")) {
        goto fail;
    }
    return (PyObject *)self;

fail:
    Py_DECREF(self);
    return NULL;
}

static int Base_init(PyObject *object, PyObject *args, PyObject *kw)
{
    Base *self = (Base *)object;
    const char *stage;
    PyObject *content;
    if (!parsed(args, &stage, &content) || !passes(stage, "base init")) {
        return -1;
    }
    if (strcmp(stage, "escape") == 0) {
        if (PyList_Append(content, object) == 0) {
            PyErr_SetString(PyExc_ValueError, "escape");
        }
        return -1;
    }
    conform_store(&self->value, content);
    return opened("base set", &self->set) && passes(stage, "base set") ? 0 : -1;
}

static int Base_traverse(PyObject *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    Py_VISIT(((Base *)self)->content);
    Py_VISIT(((Base *)self)->value);
    return 0;
}

static int Base_clear(PyObject *self)
{
    Py_CLEAR(((Base *)self)->content);
    Py_CLEAR(((Base *)self)->value);
    return 0;
}

static void Base_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Base_clear(self);
    conform_release("base set", &((Base *)self)->set);
    conform_release("base made", &((Base *)self)->made);
    CONFORM_FREE(self);
}

static PyObject *Base_values(PyObject *self, void *closure)
{
    return two(((Base *)self)->content, ((Base *)self)->value);
}

static PyGetSetDef Base_getset[] = {{"base", Base_values, NULL, "What Base's fields hold.", NULL}, {NULL}};
static PyType_Slot Base_slots[] = {
    {Py_tp_new, Base_new},     {Py_tp_init, Base_init},       {Py_tp_traverse, Base_traverse},
    {Py_tp_clear, Base_clear}, {Py_tp_dealloc, Base_dealloc}, {Py_tp_getset, Base_getset},
    {0, NULL},
};

static PyObject *Sub_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    const char *stage;
    PyObject *content;
    Sub *self = (Sub *)Base_new(cls, args, kw);
    if (self == NULL) {
        return NULL;
    }
    if (!parsed(args, &stage, &content) || !passes(stage, "sub after base")) {
        goto fail;
    }
    conform_store(&self->content, content);
    if (!passes(stage, "sub field") || !opened("sub made", &self->made) || !passes(stage, "sub filled")) {
        goto fail;
    }
    if (strcmp(stage, "give") == 0) {
        Py_DECREF(self);
        Py_INCREF(content);
        return content;
    }
    return (PyObject *)self;

fail:
    Py_DECREF(self);
    return NULL;
}

static int Sub_init(PyObject *object, PyObject *args, PyObject *kw)
{
    Sub *self = (Sub *)object;
    const char *stage;
    PyObject *content;
    if (Base_init(object, args, kw) < 0 || !parsed(args, &stage, &content) || !passes(stage, "sub init")) {
        return -1;
    }
    conform_store(&self->value, content);
    return opened("sub set", &self->set) && passes(stage, "sub set") ? 0 : -1;
}

static int Sub_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Sub *)self)->content);
    Py_VISIT(((Sub *)self)->value);
    return Base_traverse(self, visit, arg);
}

static int Sub_clear(PyObject *self)
{
    Py_CLEAR(((Sub *)self)->content);
    Py_CLEAR(((Sub *)self)->value);
    return Base_clear(self);
}

static void Sub_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Sub_clear(self);
    conform_release("sub set", &((Sub *)self)->set);
    conform_release("sub made", &((Sub *)self)->made);
    Base_dealloc(self);
}

static PyObject *Sub_values(PyObject *self, void *closure)
{
    return two(((Sub *)self)->content, ((Sub *)self)->value);
}

static PyGetSetDef Sub_getset[] = {{"sub", Sub_values, NULL, "What Sub's fields hold.", NULL}, {NULL}};
static PyType_Slot Sub_slots[] = {
    {Py_tp_new, Sub_new},     {Py_tp_init, Sub_init},       {Py_tp_traverse, Sub_traverse},
    {Py_tp_clear, Sub_clear}, {Py_tp_dealloc, Sub_dealloc}, {Py_tp_getset, Sub_getset},
    {0, NULL},
};

static PyObject *Final_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    const char *stage;
    PyObject *content, *self = Base_new(cls, args, kw);
    if (self != NULL && !(parsed(args, &stage, &content) && passes(stage, "final"))) {
        Py_DECREF(self);
        return NULL;
    }
    return self;
}

static void Final_finalize(PyObject *self)
{
    conform_event("finalize", ++((Final *)self)->finalized);
}

static void Final_dealloc(PyObject *self)
{
    if (PyObject_CallFinalizerFromDealloc(self) == 0) {
        Base_dealloc(self);
    }
}

static PyType_Slot Final_slots[] = {
    {Py_tp_new, Final_new},           {Py_tp_traverse, Base_traverse}, {Py_tp_clear, Base_clear},
    {Py_tp_finalize, Final_finalize}, {Py_tp_dealloc, Final_dealloc},  {0, NULL},
};

static PyType_Slot no_slots[] = {{0, NULL}};

#define SPEC(NAME, SIZE, FLAGS, SLOTS)                                                                               \
    {                                                                                                                \
        .name = "ext." NAME,                                                                                         \
        .basicsize = SIZE,                                                                                           \
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | FLAGS,                                                   \
        .slots = SLOTS,                                                                                              \
    }
static PyType_Spec Base_spec = SPEC("Base", sizeof(Base), Py_TPFLAGS_HAVE_GC, Base_slots);
static PyType_Spec Sub_spec = SPEC("Sub", sizeof(Sub), Py_TPFLAGS_HAVE_GC, Sub_slots);
static PyType_Spec Final_spec = SPEC("Final", sizeof(Final), Py_TPFLAGS_HAVE_GC, Final_slots);
static PyType_Spec Bare_spec = SPEC("Bare", 0, 0, no_slots);

static int ext_exec(PyObject *module)
{
    if (conform_add_type(module, "Base", &Base_spec, NULL) < 0 ||
        conform_add_derived(module, "Sub", &Sub_spec, "Base", NULL) < 0 ||
        conform_add_derived(module, "Final", &Final_spec, "Base", NULL) < 0) {
        return -1;
    }
    return conform_add_derived(module, "Bare", &Bare_spec, "Sub", NULL);
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Hierarchies whose construction fails.",
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
