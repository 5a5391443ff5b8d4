/* The same against the raw C API; what takes the place of the global is a static reference. */
#include "conform_capi.h"
#include "conform_helpers.h"
#include "cargo.h"

typedef struct {
    PyObject_HEAD
    long serial;
    char *memory;
    Py_ssize_t size;
    long exports;
    PyObject *held;
} Exporter;

static PyObject *kept;
static Py_ssize_t strides[] = {1};

static PyObject *Exporter_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "n", &size)) {
        return NULL;
    }
    if (size < 0) {
        PyErr_SetString(PyExc_TypeError, "Exporter() takes a size");
        return NULL;
    }
    Exporter *self = (Exporter *)CONFORM_ALLOC(cls)(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    self->serial = conform_serial();
    self->memory = (char *)calloc((size_t)size + 1, 1);
    if (self->memory == NULL) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    self->size = size;
    return (PyObject *)self;
}

static int Exporter_traverse(Exporter *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    Py_VISIT(self->held);
    return 0;
}

static int Exporter_clear(Exporter *self)
{
    Py_CLEAR(self->held);
    return 0;
}

static void Exporter_dealloc(Exporter *self)
{
    PyObject_GC_UnTrack(self);
    Exporter_clear(self);
    conform_event("destroy", self->serial);
    if (self->exports != 0) {
        conform_event("still exported", self->exports);
    }
    free(self->memory);
    CONFORM_FREE(self);
}

static int Exporter_getbuffer(Exporter *self, Py_buffer *buffer, int flags)
{
    if (self->memory == NULL) {
        buffer->obj = NULL;
        PyErr_SetString(PyExc_BufferError, "the memory was given back");
        return -1;
    }
    conform_event("get", self->serial);
    self->exports++;
    buffer->buf = self->memory;
    Py_INCREF(self);
    buffer->obj = (PyObject *)self;
    buffer->len = self->size;
    buffer->itemsize = 1;
    buffer->readonly = 0;
    buffer->ndim = 1;
    buffer->format = (char *)"B";
    buffer->shape = &self->size;
    buffer->strides = strides;
    buffer->suboffsets = NULL;
    buffer->internal = NULL;
    return 0;
}

static void Exporter_releasebuffer(Exporter *self, Py_buffer *buffer)
{
    conform_event("release", self->serial);
    self->exports--;
}

static int exporter_resize(Exporter *self, Py_ssize_t size)
{
    if (self->exports != 0) {
        PyErr_SetString(PyExc_BufferError, "a buffer is exported");
        return 0;
    }
    char *memory = size < 0 ? NULL : (char *)calloc((size_t)size + 1, 1);
    if (size >= 0 && memory == NULL) {
        PyErr_NoMemory();
        return 0;
    }
    if (memory != NULL && self->memory != NULL) {
        memcpy(memory, self->memory, (size_t)(size < self->size ? size : self->size));
    }
    free(self->memory);
    self->memory = memory;
    self->size = size < 0 ? 0 : size;
    return 1;
}

static PyObject *Exporter_resize(Exporter *self, PyObject *arg)
{
    Py_ssize_t size = PyLong_AsSsize_t(arg);
    if (size < 0) {
        if (!PyErr_Occurred()) {
            PyErr_SetString(PyExc_ValueError, "no size");
        }
        return NULL;
    }
    if (!exporter_resize(self, size)) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *Exporter_give_back(Exporter *self, PyObject *unused)
{
    if (!exporter_resize(self, -1)) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *Exporter_content(Exporter *self, PyObject *unused)
{
    return PyBytes_FromStringAndSize(self->memory == NULL ? "" : self->memory, self->size);
}

static PyObject *Exporter_hold(Exporter *self, PyObject *object)
{
    conform_store(&self->held, object);
    Py_RETURN_NONE;
}

static PyMethodDef Exporter_methods[] = {
    {"resize", (PyCFunction)Exporter_resize, METH_O, NULL},
    {"give_back", (PyCFunction)Exporter_give_back, METH_NOARGS, NULL},
    {"content", (PyCFunction)Exporter_content, METH_NOARGS, NULL},
    {"hold", (PyCFunction)Exporter_hold, METH_O, NULL},
    {NULL},
};
#ifndef Py_bf_getbuffer /* Python 3.8 has no such slots */
static PyBufferProcs Exporter_procs = {(getbufferproc)Exporter_getbuffer, (releasebufferproc)Exporter_releasebuffer};
#endif
static PyType_Slot Exporter_slots[] = {
    {Py_tp_new, Exporter_new},
    {Py_tp_traverse, Exporter_traverse},
    {Py_tp_clear, Exporter_clear},
    {Py_tp_dealloc, Exporter_dealloc},
    {Py_tp_methods, Exporter_methods},
#ifdef Py_bf_getbuffer
    {Py_bf_getbuffer, Exporter_getbuffer},
    {Py_bf_releasebuffer, Exporter_releasebuffer},
#endif
    {0, NULL},
};
static PyType_Spec Exporter_spec = {
    .name = "ext.Exporter",
    .basicsize = sizeof(Exporter),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = Exporter_slots,
};

static PyObject *keep(PyObject *module, PyObject *object)
{
    conform_store(&kept, object);
    Py_RETURN_NONE;
}

static void cargo(PyObject *capsule)
{
    const char *name = PyCapsule_GetName(capsule);
    struct cargo *loaded = (struct cargo *)PyCapsule_GetPointer(capsule, name);
    cargo_unload(name, loaded, (const long *)PyCapsule_GetContext(capsule));
}

static PyObject *capsule(PyObject *module, PyObject *arg)
{
    long number = PyLong_AsLong(arg);
    struct cargo *loaded = PyErr_Occurred() ? NULL : cargo_load(number);
    if (loaded == NULL) {
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    }
    PyObject *made = PyCapsule_New(loaded, loaded->name, cargo);
    if (made == NULL) {
        cargo_free(loaded);
        return NULL;
    }
    if (PyCapsule_SetContext(made, loaded->context) < 0) {
        Py_DECREF(made);
        return NULL;
    }
    return made;
}

static PyObject *number_in(PyObject *module, PyObject *args)
{
    PyObject *object;
    long number;
    char name[24];
    if (!PyArg_ParseTuple(args, "Ol", &object, &number)) {
        return NULL;
    }
    snprintf(name, sizeof(name), "ext.cargo%ld", number);
    struct cargo *loaded = (struct cargo *)PyCapsule_GetPointer(object, name);
    return loaded == NULL ? NULL : PyLong_FromLong(loaded->number);
}

static int ext_exec(PyObject *module)
{
    PyObject *type = conform_type(&Exporter_spec, NULL);
    if (type == NULL) {
        return -1;
    }
#ifndef Py_bf_getbuffer
    ((PyTypeObject *)type)->tp_as_buffer = &Exporter_procs;
#endif
    conform_store(&kept, Py_None);
    int failed = PyObject_SetAttrString(module, "Exporter", type);
    Py_DECREF(type);
    return failed;
}

static PyMethodDef ext_methods[] = {
    {"keep", keep, METH_O, NULL},
    {"capsule", capsule, METH_O, NULL},
    {"number_in", number_in, METH_VARARGS, NULL},
    {NULL},
};
static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Exports and capsules.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
