/* The same against the raw C API. */
#include "conform_capi.h"
#include <stdlib.h>

typedef struct {
    PyObject_HEAD
    long serial;
    char *buffer;
    PyObject *content;
} Half;

/* 1 if construction goes on; 0, with an exception, if it shall fail here. */
static int passes(PyObject *args, const char *name)
{
    const char *stage;
    PyObject *content;
    if (!PyArg_ParseTuple(args, "sO", &stage, &content)) {
        return 0;
    }
    if (strcmp(stage, name) == 0) {
        PyErr_SetString(PyExc_ValueError, name);
        return 0;
    }
    return 1;
}

static PyObject *Half_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    if (!passes(args, "before")) {
        return NULL;
    }
    Half *self = (Half *)CONFORM_ALLOC(cls)(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    if (!passes(args, "zeroed")) {
        goto fail;
    }
    self->content = PyTuple_GET_ITEM(args, 1);
    Py_INCREF(self->content);
    if (!passes(args, "field")) {
        goto fail;
    }
    self->serial = conform_serial();
    self->buffer = (char *)malloc(64);
    if (self->buffer == NULL) {
        PyErr_NoMemory();
        goto fail;
    }
    if (!passes(args, "filled")) {
        goto fail;
    }
    return (PyObject *)self;

fail:
    Py_DECREF(self);
    return NULL;
}

static int Half_init(Half *self, PyObject *args, PyObject *kw)
{
    return passes(args, "init") ? 0 : -1;
}

static int Half_traverse(Half *self, visitproc visit, void *arg)
{
    Py_VISIT(self->content);
    CONFORM_VISIT_TYPE(self);
    return 0;
}

static int Half_clear(Half *self)
{
    Py_CLEAR(self->content);
    return 0;
}

static void Half_dealloc(Half *self)
{
    PyObject_GC_UnTrack(self);
    Half_clear(self);
    conform_event("destroy", self->serial);
    if (self->buffer != NULL) {
        conform_event("buffer", self->serial);
        free(self->buffer);
    }
    CONFORM_FREE(self);
}

static PyMemberDef Half_members[] = {
    {"serial", T_LONG, offsetof(Half, serial), READONLY, NULL},
    {NULL},
};

static PyType_Slot Half_slots[] = {
    {Py_tp_new, Half_new},
    {Py_tp_init, Half_init},
    {Py_tp_traverse, Half_traverse},
    {Py_tp_clear, Half_clear},
    {Py_tp_dealloc, Half_dealloc},
    {Py_tp_members, Half_members},
    {0, NULL},
};
static PyType_Spec Half_spec = {
    .name = "ext.Half",
    .basicsize = sizeof(Half),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = Half_slots,
};

static PyObject *ext_populate(PyObject *module, PyObject *args)
{
    static PyType_Slot late_slots[] = {
        {Py_tp_new, Half_new},
        {Py_tp_init, Half_init},
        {Py_tp_traverse, Half_traverse},
        {Py_tp_clear, Half_clear},
        {Py_tp_dealloc, Half_dealloc},
        {0, NULL},
    };
    static PyType_Spec late_spec = {
        .name = "ext.Late",
        .basicsize = sizeof(Half),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
        .slots = late_slots,
    };
    PyObject *type = conform_type(&late_spec, NULL), *object = NULL;
    if (type == NULL) {
        return NULL;
    }
    if (passes(args, "type made")) {
        object = PyObject_CallObject(type, args);
        if (object != NULL && !passes(args, "object made")) {
            Py_DECREF(object);
            object = NULL;
        }
    }
    Py_DECREF(type);
    return object;
}

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Half", &Half_spec, NULL);
}

static PyMethodDef ext_methods[] = {{"populate", ext_populate, METH_VARARGS, NULL}, {NULL}};
static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Objects whose construction fails.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
