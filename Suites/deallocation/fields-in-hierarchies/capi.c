/* The same against the raw C API. A subclass's tp_dealloc lets go of all contents, releases its own resource and calls
   that of its base, which frees the object; the functions for the collector call those of the base, too. A deallocator
   with Py_TRASHCAN_BEGIN defers objects of its own type alone, so that each type of a chain needs it: Base and Wide have
   it, the others not. */
#include "conform_capi.h"
#include "conform_helpers.h"

#ifndef Py_TRASHCAN_BEGIN /* a runtime without it has no need of it */
#define Py_TRASHCAN_BEGIN(self, dealloc) {
#define Py_TRASHCAN_END }
#endif

typedef struct {
    PyObject_HEAD
    PyObject *item;
    struct conform_native *native;
} Base;

typedef struct {
    Base base;
    PyObject *item;
    struct conform_native *native;
} Wide;

typedef struct {
    Wide wide;
    PyObject *item;
    struct conform_native *native;
} Deep;

typedef struct {
    Base base;
    PyObject *item;
} Fields;

typedef struct {
    Base base;
    struct conform_native *native;
} Natives;

typedef struct {
    Base base;
    long number;
} Number;

static long destroyed;

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
    Py_TRASHCAN_BEGIN(self, Base_dealloc)
    Base_clear(self);
    destroyed += ((Base *)self)->native != NULL;
    conform_release("base", &((Base *)self)->native);
    CONFORM_FREE(self);
    Py_TRASHCAN_END
}

static PyObject *Base_open(PyObject *self, PyObject *unused)
{
    return opened(&((Base *)self)->native);
}

static PyObject *Base_get_item(PyObject *self, void *closure)
{
    return loaded(((Base *)self)->item);
}

static int Base_set_item(PyObject *self, PyObject *value, void *closure)
{
    return stored(&((Base *)self)->item, value);
}

static PyMethodDef Base_methods[] = {
    {"open_base", Base_open, METH_NOARGS, "The number of a new native resource of Base's part."},
    {NULL},
};
static PyGetSetDef Base_getset[] = {{"base_item", Base_get_item, Base_set_item, NULL, NULL}, {NULL}};
static PyType_Slot Base_slots[] = {
    {Py_tp_new, conform_new},      {Py_tp_traverse, Base_traverse}, {Py_tp_clear, Base_clear},
    {Py_tp_dealloc, Base_dealloc}, {Py_tp_methods, Base_methods},   {Py_tp_getset, Base_getset},
    {0, NULL},
};

static int Wide_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Wide *)self)->item);
    return Base_traverse(self, visit, arg);
}

static int Wide_clear(PyObject *self)
{
    Py_CLEAR(((Wide *)self)->item);
    return Base_clear(self);
}

static void Wide_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, Wide_dealloc)
    Wide_clear(self);
    conform_release("wide", &((Wide *)self)->native);
    Base_dealloc(self);
    Py_TRASHCAN_END
}

static PyObject *Wide_open(PyObject *self, PyObject *unused)
{
    return opened(&((Wide *)self)->native);
}

static PyObject *Wide_get_item(PyObject *self, void *closure)
{
    return loaded(((Wide *)self)->item);
}

static int Wide_set_item(PyObject *self, PyObject *value, void *closure)
{
    return stored(&((Wide *)self)->item, value);
}

static PyMethodDef Wide_methods[] = {
    {"open_wide", Wide_open, METH_NOARGS, "The number of a new native resource of Wide's part."},
    {NULL},
};
static PyGetSetDef Wide_getset[] = {{"wide_item", Wide_get_item, Wide_set_item, NULL, NULL}, {NULL}};
static PyType_Slot Wide_slots[] = {
    {Py_tp_traverse, Wide_traverse}, {Py_tp_clear, Wide_clear},   {Py_tp_dealloc, Wide_dealloc},
    {Py_tp_methods, Wide_methods},   {Py_tp_getset, Wide_getset}, {0, NULL},
};

static int Deep_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Deep *)self)->item);
    return Wide_traverse(self, visit, arg);
}

static int Deep_clear(PyObject *self)
{
    Py_CLEAR(((Deep *)self)->item);
    return Wide_clear(self);
}

/* Without the trashcan: its objects recurse as far as a chain of them goes. */
static void Deep_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Deep_clear(self);
    conform_release("deep", &((Deep *)self)->native);
    Wide_dealloc(self);
}

static PyObject *Deep_open(PyObject *self, PyObject *unused)
{
    return opened(&((Deep *)self)->native);
}

static PyObject *Deep_get_item(PyObject *self, void *closure)
{
    return loaded(((Deep *)self)->item);
}

static int Deep_set_item(PyObject *self, PyObject *value, void *closure)
{
    return stored(&((Deep *)self)->item, value);
}

static PyMethodDef Deep_methods[] = {
    {"open_deep", Deep_open, METH_NOARGS, "The number of a new native resource of Deep's part."},
    {NULL},
};
static PyGetSetDef Deep_getset[] = {{"deep_item", Deep_get_item, Deep_set_item, NULL, NULL}, {NULL}};
static PyType_Slot Deep_slots[] = {
    {Py_tp_traverse, Deep_traverse}, {Py_tp_clear, Deep_clear},   {Py_tp_dealloc, Deep_dealloc},
    {Py_tp_methods, Deep_methods},   {Py_tp_getset, Deep_getset}, {0, NULL},
};

static int Fields_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Fields *)self)->item);
    return Base_traverse(self, visit, arg);
}

static int Fields_clear(PyObject *self)
{
    Py_CLEAR(((Fields *)self)->item);
    return Base_clear(self);
}

static void Fields_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Fields_clear(self);
    Base_dealloc(self);
}

static PyObject *Fields_get_item(PyObject *self, void *closure)
{
    return loaded(((Fields *)self)->item);
}

static int Fields_set_item(PyObject *self, PyObject *value, void *closure)
{
    return stored(&((Fields *)self)->item, value);
}

static PyGetSetDef Fields_getset[] = {{"fields_item", Fields_get_item, Fields_set_item, NULL, NULL}, {NULL}};
static PyType_Slot Fields_slots[] = {
    {Py_tp_traverse, Fields_traverse}, {Py_tp_clear, Fields_clear}, {Py_tp_dealloc, Fields_dealloc},
    {Py_tp_getset, Fields_getset},     {0, NULL},
};

/* Inherits the functions for the collector, and with them that its objects are of the collector. */
static void Natives_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    conform_release("natives", &((Natives *)self)->native);
    Base_dealloc(self);
}

static PyObject *Natives_open(PyObject *self, PyObject *unused)
{
    return opened(&((Natives *)self)->native);
}

static PyMethodDef Natives_methods[] = {
    {"open_natives", Natives_open, METH_NOARGS, "The number of a new resource of Natives' part."},
    {NULL},
};
static PyType_Slot Natives_slots[] = {{Py_tp_dealloc, Natives_dealloc}, {Py_tp_methods, Natives_methods}, {0, NULL}};

static PyMemberDef Number_members[] = {{"number", T_LONG, offsetof(Number, number), 0, NULL}, {NULL}};
static PyType_Slot Number_slots[] = {{Py_tp_members, Number_members}, {0, NULL}};

static PyType_Slot no_slots[] = {{0, NULL}};

#define SPEC(NAME, SIZE, FLAGS, SLOTS)                                                                               \
    {                                                                                                                \
        .name = "ext." NAME,                                                                                         \
        .basicsize = SIZE,                                                                                           \
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | FLAGS,                                                   \
        .slots = SLOTS,                                                                                              \
    }
static PyType_Spec Base_spec = SPEC("Base", sizeof(Base), Py_TPFLAGS_HAVE_GC, Base_slots);
static PyType_Spec Wide_spec = SPEC("Wide", sizeof(Wide), Py_TPFLAGS_HAVE_GC, Wide_slots);
static PyType_Spec Deep_spec = SPEC("Deep", sizeof(Deep), Py_TPFLAGS_HAVE_GC, Deep_slots);
static PyType_Spec Fields_spec = SPEC("Fields", sizeof(Fields), Py_TPFLAGS_HAVE_GC, Fields_slots);
static PyType_Spec Natives_spec = SPEC("Natives", sizeof(Natives), 0, Natives_slots);
static PyType_Spec Number_spec = SPEC("Number", sizeof(Number), 0, Number_slots);
static PyType_Spec Bare_spec = SPEC("Bare", 0, 0, no_slots);
static PyType_Spec Mixin_spec = SPEC("Mixin", 0, 0, no_slots);
static PyType_Spec Mixed_spec = SPEC("Mixed", 0, 0, no_slots);

static PyObject *note(PyObject *module, PyObject *args)
{
    const char *name;
    long number;
    if (!PyArg_ParseTuple(args, "sl", &name, &number)) {
        return NULL;
    }
    conform_event(name, number);
    Py_RETURN_NONE;
}

static PyObject *count(PyObject *module, PyObject *unused)
{
    long number = destroyed;
    destroyed = 0;
    return PyLong_FromLong(number);
}

static PyMethodDef ext_methods[] = {
    {"note", note, METH_VARARGS, "note(name, number): an event."},
    {"count", count, METH_NOARGS, "How many resources of Base's part were released since last asked."},
    {NULL},
};

static int ext_exec(PyObject *module)
{
    if (conform_add_type(module, "Base", &Base_spec, NULL) < 0 ||
        conform_add_type(module, "Mixin", &Mixin_spec, NULL) < 0 ||
        conform_add_derived(module, "Wide", &Wide_spec, "Base", NULL) < 0 ||
        conform_add_derived(module, "Deep", &Deep_spec, "Wide", NULL) < 0 ||
        conform_add_derived(module, "Fields", &Fields_spec, "Base", NULL) < 0 ||
        conform_add_derived(module, "Natives", &Natives_spec, "Base", NULL) < 0 ||
        conform_add_derived(module, "Number", &Number_spec, "Base", NULL) < 0 ||
        conform_add_derived(module, "Bare", &Bare_spec, "Wide", NULL) < 0) {
        return -1;
    }
    return conform_add_derived(module, "Mixed", &Mixed_spec, "Wide", "Mixin");
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Types that extend a base with a field and a native resource, or with less.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
