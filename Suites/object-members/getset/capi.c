/* The same against the raw C API: the getsets are in tp_getset. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    long level;
    long slots[2];
    int present;
} Gauge;

static void Gauge_dealloc(Gauge *self)
{
    conform_event("destroy", self->level);
    CONFORM_FREE(self);
}

/* Read an int for a setter; a deletion is refused. */
static int take_long(PyObject *value, long *result)
{
    if (value == NULL) {
        conform_event("delete", 0);
        PyErr_SetString(PyExc_TypeError, "not to be deleted");
        return -1;
    }
    long number = PyLong_AsLong(value);
    if (number == -1 && PyErr_Occurred()) {
        return -1;
    }
    *result = number;
    return 0;
}

static PyObject *Gauge_level_get(Gauge *self, void *closure)
{
    conform_event("closure is null", closure == NULL);
    return PyLong_FromLong(self->level);
}

static int Gauge_level_set(Gauge *self, PyObject *value, void *closure)
{
    conform_event("closure is null", closure == NULL);
    return take_long(value, &self->level);
}

/* Two getsets do the same with different closures. */
static int slot_numbers[2] = {0, 1};

static PyObject *slot_get(Gauge *self, void *closure)
{
    int number = *(int *)closure;
    conform_event("get", number);
    return PyLong_FromLong(self->slots[number]);
}

static int slot_set(Gauge *self, PyObject *value, void *closure)
{
    int number = *(int *)closure;
    conform_event(value == NULL ? "delete" : "set", number);
    if (value == NULL) {
        self->slots[number] = 0;
        return 0;
    }
    return take_long(value, &self->slots[number]);
}

/* True from when it is set until it is deleted. */
static PyObject *Gauge_removable_get(Gauge *self, void *closure)
{
    return PyBool_FromLong(self->present);
}

static int Gauge_removable_set(Gauge *self, PyObject *value, void *closure)
{
    if (value == NULL && !self->present) {
        PyErr_SetString(PyExc_AttributeError, "not there");
        return -1;
    }
    self->present = value != NULL;
    return 0;
}

static PyObject *Gauge_read_get(Gauge *self, void *closure)
{
    conform_event("get", *(int *)closure);
    return PyLong_FromLong(self->level);
}

static int Gauge_write_set(Gauge *self, PyObject *value, void *closure)
{
    conform_event(value == NULL ? "delete" : "set", *(int *)closure);
    return take_long(value, &self->level);
}

static PyObject *Gauge_failing_get(Gauge *self, void *closure)
{
    PyErr_SetString(PyExc_ValueError, "from the getter");
    return NULL;
}

static int Gauge_failing_set(Gauge *self, PyObject *value, void *closure)
{
    if (value == NULL) {
        PyErr_SetString(PyExc_KeyError, "from the deletion");
    } else {
        PyErr_SetObject(PyExc_LookupError, value);
    }
    return -1;
}

static PyObject *Gauge_missing_get(Gauge *self, void *closure)
{
    conform_event("missing", 0);
    PyErr_SetString(PyExc_AttributeError, "from the getter");
    return NULL;
}

static PyObject *Gauge_itself_get(Gauge *self, void *closure)
{
    Py_INCREF(self);
    return (PyObject *)self;
}

static int Gauge_itself_set(Gauge *self, PyObject *value, void *closure)
{
    return 0;
}

#define LEVEL {"level", (getter)Gauge_level_get, (setter)Gauge_level_set, "the level", NULL}
#define FAILING {"failing", (getter)Gauge_failing_get, (setter)Gauge_failing_set, NULL, NULL}
#define MISSING {"missing", (getter)Gauge_missing_get, NULL, NULL, NULL}
static PyGetSetDef Gauge_getset[] = {
    LEVEL,
    {"first", (getter)slot_get, (setter)slot_set, NULL, &slot_numbers[0]},
    {"second", (getter)slot_get, (setter)slot_set, NULL, &slot_numbers[1]},
    {"removable", (getter)Gauge_removable_get, (setter)Gauge_removable_set, NULL, NULL},
    {"read", (getter)Gauge_read_get, NULL, "the level, to be read", &slot_numbers[1]},
    {"write", NULL, (setter)Gauge_write_set, "the level, to be written", &slot_numbers[1]},
    FAILING,
    MISSING,
    {"itself", (getter)Gauge_itself_get, (setter)Gauge_itself_set, NULL, NULL},
    {NULL},
};

static PyType_Slot Gauge_slots[] = {
    {Py_tp_new, conform_new},
    {Py_tp_dealloc, Gauge_dealloc},
    {Py_tp_getset, Gauge_getset},
    {0, NULL},
};
static PyType_Spec Gauge_spec = {
    .name = "ext.Gauge",
    .basicsize = sizeof(Gauge),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = Gauge_slots,
};

static PyGetSetDef Base_getset[] = {LEVEL, FAILING, MISSING, {NULL}};

static PyType_Slot Base_slots[] = {
    {Py_tp_new, conform_new},
    {Py_tp_dealloc, conform_dealloc},
    {Py_tp_getset, Base_getset},
    {0, NULL},
};
static PyType_Spec Base_spec = {
    .name = "ext.Base",
    .basicsize = sizeof(Gauge),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Base_slots,
};

static int ext_exec(PyObject *module)
{
    if (conform_add_type(module, "Gauge", &Gauge_spec, NULL) < 0) {
        return -1;
    }
    return conform_add_type(module, "Base", &Base_spec, NULL);
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Attributes that are computed in C.",
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
