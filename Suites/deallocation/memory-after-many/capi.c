/* The same against the raw C API. */
#include "conform_capi.h"
#include "conform_helpers.h"
#include "native.h"

typedef struct {
    PyObject_HEAD
    void *native;
} Plain;

static PyObject *Plain_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Plain *self = (Plain *)CONFORM_ALLOC(cls)(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    self->native = native_open();
    if (self->native == NULL) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    return (PyObject *)self;
}

static void Plain_dealloc(PyObject *self)
{
    native_close(((Plain *)self)->native);
    CONFORM_FREE(self);
}

static PyObject *Plain_itself(PyObject *self, PyObject *unused)
{
    Py_INCREF(self);
    return self;
}

static PyMethodDef Plain_methods[] = {{"itself", Plain_itself, METH_NOARGS, NULL}, {NULL}};
static PyType_Slot Plain_slots[] = {
    {Py_tp_new, Plain_new}, {Py_tp_dealloc, Plain_dealloc}, {Py_tp_methods, Plain_methods}, {0, NULL},
};
static PyType_Spec Plain_spec = {
    .name = "ext.Plain",
    .basicsize = sizeof(Plain),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Plain_slots,
};

typedef struct {
    PyObject_HEAD
    void *native;
    PyObject *first, *second, *member;
} Holder;

/* Stores one argument in the first field, and a second one in the second. */
static int fill(Holder *self, PyObject *args)
{
    PyObject *first = NULL, *second = NULL;
    if (!PyArg_ParseTuple(args, "|OO", &first, &second)) {
        return -1;
    }
    if (first != NULL) {
        conform_store(&self->first, first);
    }
    if (second != NULL) {
        conform_store(&self->second, second);
    }
    self->native = native_open();
    if (self->native == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    return 0;
}

static PyObject *Holder_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    PyObject *object = CONFORM_ALLOC(cls)(cls, 0);
    if (object != NULL && fill((Holder *)object, args) < 0) {
        Py_DECREF(object);
        return NULL;
    }
    return object;
}

static int Holder_traverse(PyObject *object, visitproc visit, void *arg)
{
    Holder *self = (Holder *)object;
    Py_VISIT(self->first);
    Py_VISIT(self->second);
    Py_VISIT(self->member);
    CONFORM_VISIT_TYPE(object);
    return 0;
}

static int Holder_clear(PyObject *object)
{
    Holder *self = (Holder *)object;
    Py_CLEAR(self->first);
    Py_CLEAR(self->second);
    Py_CLEAR(self->member);
    return 0;
}

static void Holder_dealloc(PyObject *object)
{
    PyObject_GC_UnTrack(object);
    Holder_clear(object);
    native_close(((Holder *)object)->native);
    CONFORM_FREE(object);
}

static PyObject *Holder_hold(PyObject *object, PyObject *first)
{
    conform_store(&((Holder *)object)->first, first);
    Py_INCREF(object);
    return object;
}

static PyMethodDef Holder_methods[] = {{"hold", Holder_hold, METH_O, "hold(first) -> self"}, {NULL}};
static PyMemberDef Holder_members[] = {{"member", T_OBJECT, offsetof(Holder, member), 0, NULL}, {NULL}};
static PyType_Slot Holder_slots[] = {
    {Py_tp_new, Holder_new},         {Py_tp_traverse, Holder_traverse}, {Py_tp_clear, Holder_clear},
    {Py_tp_dealloc, Holder_dealloc}, {Py_tp_methods, Holder_methods},   {Py_tp_members, Holder_members},
    {0, NULL},
};
static PyType_Spec Holder_spec = {
    .name = "ext.Holder",
    .basicsize = sizeof(Holder),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = Holder_slots,
};

typedef struct {
    Holder base;
    PyObject *third;
    void *native;
} Sub;

static PyObject *Sub_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Sub *self = (Sub *)CONFORM_ALLOC(cls)(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    self->native = native_open();
    if (self->native == NULL || fill(&self->base, args) < 0) {
        if (self->native == NULL) {
            PyErr_NoMemory();
        }
        Py_DECREF(self);
        return NULL;
    }
    conform_store(&self->third, (PyObject *)cls);
    return (PyObject *)self;
}

static int Sub_traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(((Sub *)object)->third);
    return Holder_traverse(object, visit, arg);
}

static int Sub_clear(PyObject *object)
{
    Py_CLEAR(((Sub *)object)->third);
    return Holder_clear(object);
}

static void Sub_dealloc(PyObject *object)
{
    PyObject_GC_UnTrack(object);
    Py_CLEAR(((Sub *)object)->third);
    native_close(((Sub *)object)->native);
    Holder_dealloc(object);
}

static PyType_Slot Sub_slots[] = {
    {Py_tp_new, Sub_new},         {Py_tp_traverse, Sub_traverse}, {Py_tp_clear, Sub_clear},
    {Py_tp_dealloc, Sub_dealloc}, {0, NULL},
};
static PyType_Spec Sub_spec = {
    .name = "ext.Sub",
    .basicsize = sizeof(Sub),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = Sub_slots,
};

static int Buffered_getbuffer(PyObject *object, Py_buffer *view, int flags)
{
    void *copy = native_open();
    if (copy == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    if (PyBuffer_FillInfo(view, object, ((Plain *)object)->native, NATIVE_SIZE, 1, flags) < 0) {
        native_close(copy);
        return -1;
    }
    view->internal = copy;
    return 0;
}

static void Buffered_releasebuffer(PyObject *object, Py_buffer *view)
{
    native_close(view->internal);
}

static PyType_Slot Buffered_slots[] = {
    {Py_tp_new, Plain_new},
    {Py_tp_dealloc, Plain_dealloc},
#ifdef Py_bf_getbuffer
    {Py_bf_getbuffer, Buffered_getbuffer},
    {Py_bf_releasebuffer, Buffered_releasebuffer},
#endif
    {0, NULL},
};
#ifndef Py_bf_getbuffer
static PyBufferProcs Buffered_procs = {Buffered_getbuffer, Buffered_releasebuffer};
#endif
static PyType_Spec Buffered_spec = {
    .name = "ext.Buffered",
    .basicsize = sizeof(Plain),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = Buffered_slots,
};

static PyObject *Failing_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    PyObject *object = Holder_new(cls, args, kw);
    if (object != NULL) {
        Py_DECREF(object);
        PyErr_SetString(PyExc_ValueError, "it fails at the end");
    }
    return NULL;
}

static PyType_Slot Failing_slots[] = {
    {Py_tp_new, Failing_new},        {Py_tp_traverse, Holder_traverse}, {Py_tp_clear, Holder_clear},
    {Py_tp_dealloc, Holder_dealloc}, {0, NULL},
};
static PyType_Spec Failing_spec = {
    .name = "ext.Failing",
    .basicsize = sizeof(Holder),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = Failing_slots,
};

static PyObject *ext_natives(PyObject *module, PyObject *unused)
{
    return PyLong_FromLong(native_count());
}

static PyObject *ext_address_space(PyObject *module, PyObject *unused)
{
    return PyLong_FromUnsignedLong(conform_address_space());
}

static PyMethodDef ext_methods[] = {
    {"natives", ext_natives, METH_NOARGS, "natives() -> how many native resources are open"},
    {"address_space", ext_address_space, METH_NOARGS, "address_space() -> its size in bytes"},
    {NULL},
};

/* A spec has no slots for the buffer before Python 3.9. */
static int add_buffered(PyObject *module)
{
    PyObject *buffered = conform_type(&Buffered_spec, NULL);
    if (buffered == NULL) {
        return -1;
    }
#ifndef Py_bf_getbuffer
    ((PyTypeObject *)buffered)->tp_as_buffer = &Buffered_procs;
#endif
    int failed = PyObject_SetAttrString(module, "Buffered", buffered);
    Py_DECREF(buffered);
    return failed;
}

static int ext_exec(PyObject *module)
{
    if (conform_add_type(module, "Plain", &Plain_spec, NULL) < 0 ||
        conform_add_type(module, "Holder", &Holder_spec, NULL) < 0 ||
        conform_add_derived(module, "Sub", &Sub_spec, "Holder", NULL) < 0 ||
        add_buffered(module) < 0) {
        return -1;
    }
    return conform_add_type(module, "Failing", &Failing_spec, NULL);
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Objects to make many of.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
