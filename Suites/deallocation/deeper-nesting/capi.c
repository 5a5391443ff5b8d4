/* The same against the raw C API, with the trashcan that containers use so as not to recurse for each level. */
#include "conform_capi.h"
#include "conform_helpers.h"
#include "once.h"

#ifndef Py_TRASHCAN_BEGIN /* a runtime without it has no need of it */
#define Py_TRASHCAN_BEGIN(self, dealloc) {
#define Py_TRASHCAN_END }
#endif

typedef struct {
    PyObject_HEAD
    long number;
    PyObject *next, *other, *held;
} Link;

/* Link(next=None, other=None): holds what is not None. */
static PyObject *Link_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    PyObject *next = Py_None, *other = Py_None;
    if (!PyArg_ParseTuple(args, "|OO", &next, &other)) {
        return NULL;
    }
    Link *self = (Link *)CONFORM_ALLOC(cls)(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    if (next != Py_None) {
        conform_store(&self->next, next);
    }
    if (other != Py_None) {
        conform_store(&self->other, other);
    }
    self->number = once_make();
    return (PyObject *)self;
}

static int Link_traverse(PyObject *object, visitproc visit, void *arg)
{
    Link *self = (Link *)object;
    Py_VISIT(self->next);
    Py_VISIT(self->other);
    Py_VISIT(self->held);
    CONFORM_VISIT_TYPE(object);
    return 0;
}

static int Link_clear(PyObject *object)
{
    Link *self = (Link *)object;
    Py_CLEAR(self->next);
    Py_CLEAR(self->other);
    Py_CLEAR(self->held);
    return 0;
}

static void Link_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, Link_dealloc)
    Link_clear(self);
    once_end(((Link *)self)->number);
    CONFORM_FREE(self);
    Py_TRASHCAN_END
}

static void Bare_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, Bare_dealloc)
    Link_clear(self);
    CONFORM_FREE(self);
    Py_TRASHCAN_END
}

static PyObject *Link_next(PyObject *self, void *closure)
{
    PyObject *next = ((Link *)self)->next != NULL ? ((Link *)self)->next : Py_None;
    Py_INCREF(next);
    return next;
}

static int Link_set_next(PyObject *self, PyObject *value, void *closure)
{
    if (value == NULL) {
        PyErr_SetString(PyExc_AttributeError, "a link has a next one");
        return -1;
    }
    conform_store(&((Link *)self)->next, value);
    return 0;
}

static PyGetSetDef Link_getset[] = {{"next", Link_next, Link_set_next, NULL, NULL}, {NULL}};
static PyMemberDef Link_members[] = {{"held", T_OBJECT, offsetof(Link, held), 0, NULL}, {NULL}};

static PyType_Slot Link_slots[] = {
    {Py_tp_new, Link_new},         {Py_tp_traverse, Link_traverse}, {Py_tp_clear, Link_clear},
    {Py_tp_dealloc, Link_dealloc}, {Py_tp_getset, Link_getset},     {Py_tp_members, Link_members},
    {0, NULL},
};
static PyType_Spec Link_spec = {
    .name = "ext.Link",
    .basicsize = sizeof(Link),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = Link_slots,
};

static PyType_Slot Bare_slots[] = {
    {Py_tp_new, Link_new},         {Py_tp_traverse, Link_traverse}, {Py_tp_clear, Link_clear},
    {Py_tp_dealloc, Bare_dealloc}, {Py_tp_getset, Link_getset},     {Py_tp_members, Link_members},
    {0, NULL},
};
static PyType_Spec Bare_spec = {
    .name = "ext.Bare",
    .basicsize = sizeof(Link),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = Bare_slots,
};

static PyObject *ext_begin(PyObject *module, PyObject *unused)
{
    once_begin();
    Py_RETURN_NONE;
}

static PyObject *ext_report(PyObject *module, PyObject *unused)
{
    return Py_BuildValue("(lll)", once_made(), once_ended(), once_again());
}

static PyMethodDef ext_methods[] = {
    {"begin", ext_begin, METH_NOARGS, "begin() counts from 0"},
    {"report", ext_report, METH_NOARGS, "report() -> how many were made, ended, and ended more than once"},
    {NULL},
};

static int ext_exec(PyObject *module)
{
    if (conform_add_type(module, "Link", &Link_spec, NULL) < 0) {
        return -1;
    }
    return conform_add_type(module, "Bare", &Bare_spec, NULL);
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Very long chains of objects.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
