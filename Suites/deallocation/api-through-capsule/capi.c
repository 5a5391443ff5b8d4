/* The same against the raw C API. */
#include "conform_capi.h"
#include "table.h"

typedef struct {
    PyObject_HEAD
    struct table *table;
    struct buffer *buffer;
} Box;

static PyObject *Box_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    PyObject *capsule;
    if (!PyArg_ParseTuple(args, "O", &capsule)) {
        return NULL;
    }
    struct table *table = (struct table *)PyCapsule_GetPointer(capsule, TABLE_NAME);
    if (table == NULL) {
        return NULL;
    }
    if (table->version != TABLE_VERSION) {
        PyErr_SetString(PyExc_RuntimeError, "the table has another version");
        return NULL;
    }
    Box *self = (Box *)CONFORM_ALLOC(cls)(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    self->table = table;
    self->buffer = table->make();
    if (self->buffer == NULL) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    return (PyObject *)self;
}

static void Box_dealloc(Box *self)
{
    if (self->buffer != NULL) {
        self->table->release(self->buffer);
    }
    CONFORM_FREE(self);
}

static PyObject *Box_number(Box *self, void *closure) { return PyLong_FromLong(self->buffer->number); }

static PyObject *Box_type;

static PyObject *Box_share(Box *self, PyObject *value)
{
    if (!PyObject_TypeCheck(value, (PyTypeObject *)Box_type)) {
        PyErr_SetString(PyExc_TypeError, "share() takes another Box");
        return NULL;
    }
    Box *other = (Box *)value;
    other->table->keep(other->buffer);
    self->table->release(self->buffer);
    self->table = other->table;
    self->buffer = other->buffer;
    Py_RETURN_NONE;
}

static PyGetSetDef Box_getset[] = {{"number", (getter)Box_number, NULL, NULL, NULL}, {NULL}};
static PyMethodDef Box_methods[] = {{"share", (PyCFunction)Box_share, METH_O, NULL}, {NULL}};
static PyType_Slot Box_slots[] = {
    {Py_tp_new, Box_new},       {Py_tp_dealloc, Box_dealloc}, {Py_tp_getset, Box_getset},
    {Py_tp_methods, Box_methods}, {0, NULL},
};
static PyType_Spec Box_spec = {
    "ext.Box", sizeof(Box), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, Box_slots,
};

/* capsule(): of a table that is none, under another name. */
static PyObject *capsule(PyObject *module, PyObject *ignored)
{
    static struct table other;
    return PyCapsule_New(&other, "another.table", NULL);
}

static int ext_exec(PyObject *module)
{
    Box_type = conform_type(&Box_spec, NULL);
    return Box_type == NULL ? -1 : PyObject_SetAttrString(module, "Box", Box_type);
}

static PyMethodDef ext_methods[] = {{"capsule", capsule, METH_NOARGS, NULL}, {NULL}};
static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT, .m_name = "ext", .m_methods = ext_methods, .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
