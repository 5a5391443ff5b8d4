/* The same against the raw C API. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    long serial;
    PyObject *field;
    int number;
    double real;
    PyObject *strict;
    signed char small;
    const char *text;
} Mixed;

/* Notes whether what follows the header is zeroed. */
static PyObject *Mixed_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Mixed *self = (Mixed *)CONFORM_ALLOC(cls)(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    const unsigned char *bytes = (const unsigned char *)self;
    int zeroed = 1;
    for (size_t i = sizeof(PyObject); i < sizeof(Mixed); i++) {
        zeroed &= bytes[i] == 0;
    }
    conform_event("zeroed", zeroed);
    conform_event("same struct", 1);
    self->serial = conform_serial();
    self->text = "text";
    return (PyObject *)self;
}

static int mixed_fields(Mixed *self, visitproc visit, void *arg)
{
    Py_VISIT(self->field);
    Py_VISIT(self->strict);
    return 0;
}

static int Mixed_traverse(Mixed *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    return mixed_fields(self, visit, arg);
}

static int Mixed_clear(Mixed *self)
{
    Py_CLEAR(self->field);
    Py_CLEAR(self->strict);
    return 0;
}

static void Mixed_dealloc(Mixed *self)
{
    PyObject_GC_UnTrack(self);
    Mixed_clear(self);
    conform_event("destroy", self->serial);
    CONFORM_FREE(self);
}

static PyObject *Mixed_seen(Mixed *self, PyObject *ignored)
{
    return Py_BuildValue("(idi)", self->number, self->real, (int)self->small);
}

static PyObject *Mixed_same(PyObject *self, PyObject *other)
{
    return PyBool_FromLong(self == other);
}

static PyObject *Mixed_old_seen(Mixed *self, PyObject *ignored)
{
    return Py_BuildValue("[idi]", self->number, self->real, (int)self->small);
}

static PyObject *Mixed_old_given(PyObject *self, PyObject *args, PyObject *kw)
{
    return Py_BuildValue("(OO)", args, kw == NULL ? Py_None : kw);
}

static PyObject *Mixed_old_class(PyObject *cls, PyObject *ignored)
{
    return PyObject_GetAttrString(cls, "__name__");
}

static PyMethodDef Mixed_methods[] = {
    {"seen", (PyCFunction)Mixed_seen, METH_NOARGS, "of HPy"},
    {"same", Mixed_same, METH_O, NULL},
    {"old_seen", (PyCFunction)Mixed_old_seen, METH_NOARGS, "of the C API"},
    {"old_given", (PyCFunction)(void (*)(void))Mixed_old_given, METH_VARARGS | METH_KEYWORDS, NULL},
    {"old_class", Mixed_old_class, METH_NOARGS | METH_CLASS, NULL},
    {NULL},
};

static PyMemberDef Mixed_members[] = {
    {"field", T_OBJECT, offsetof(Mixed, field), 0, "of HPy"},
    {"strict", T_OBJECT_EX, offsetof(Mixed, strict), 0, NULL},
    {"number", T_INT, offsetof(Mixed, number), 0, "of HPy"},
    {"serial", T_LONG, offsetof(Mixed, serial), READONLY, NULL},
    {"real", T_DOUBLE, offsetof(Mixed, real), 0, "of the C API"},
    {"small", T_BYTE, offsetof(Mixed, small), 0, NULL},
    {"text", T_STRING, offsetof(Mixed, text), READONLY, NULL},
    {NULL},
};

static PyObject *Mixed_twice(Mixed *self, void *closure)
{
    return PyLong_FromLong(2 * (long)self->number);
}

static int Mixed_set_twice(Mixed *self, PyObject *value, void *closure)
{
    if (value == NULL) {
        PyErr_SetString(PyExc_TypeError, "not deleted");
        return -1;
    }
    long number = PyLong_AsLong(value);
    if (number == -1 && PyErr_Occurred()) {
        return -1;
    }
    self->number = (int)number / 2;
    return 0;
}

static PyObject *Mixed_times(Mixed *self, void *closure)
{
    return PyLong_FromLong(self->number * (long)*(const char *)closure);
}

static PyGetSetDef Mixed_getset[] = {
    {"twice", (getter)Mixed_twice, (setter)Mixed_set_twice, "of HPy", NULL},
    {"thrice", (getter)Mixed_times, NULL, "of the C API", "\3"},
    {"tenfold", (getter)Mixed_times, NULL, NULL, "\12"},
    {NULL},
};

static PyObject *Mixed_repr(Mixed *self)
{
    return PyUnicode_FromFormat("<mixed %d>", self->number);
}

static PyObject *Mixed_positive(Mixed *self)
{
    return PyLong_FromLong(self->number);
}

static PyObject *Mixed_negative(Mixed *self)
{
    return PyLong_FromLong(-(long)self->number);
}

static PyType_Slot Mixed_slots[] = {
    {Py_tp_new, Mixed_new},
    {Py_tp_dealloc, Mixed_dealloc},
    {Py_tp_traverse, Mixed_traverse},
    {Py_tp_clear, Mixed_clear},
    {Py_nb_negative, Mixed_negative},
    {Py_nb_positive, Mixed_positive},
    {Py_tp_doc, "Both kinds."},
    {Py_tp_methods, Mixed_methods},
    {Py_tp_members, Mixed_members},
    {Py_tp_repr, Mixed_repr},
    {Py_tp_getset, Mixed_getset},
    {0, NULL},
};
static PyType_Spec Mixed_spec = {
    .name = "ext.Mixed",
    .basicsize = sizeof(Mixed),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = Mixed_slots,
};

typedef struct {
    Mixed mixed;
    PyObject *third;
    long extra;
    short more;
} Larger;

static int Larger_traverse(Larger *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    Py_VISIT(self->third);
    return mixed_fields(&self->mixed, visit, arg);
}

static int Larger_clear(Larger *self)
{
    Py_CLEAR(self->third);
    return Mixed_clear(&self->mixed);
}

static void Larger_dealloc(Larger *self)
{
    PyObject_GC_UnTrack(self);
    Larger_clear(self);
    conform_event("destroy larger", self->extra);
    conform_event("destroy", self->mixed.serial);
    CONFORM_FREE(self);
}

static PyObject *Larger_larger(Larger *self, PyObject *ignored)
{
    return Py_BuildValue("(ili)", self->mixed.number, self->extra, (int)self->more);
}

static PyMethodDef Larger_methods[] = {{"larger", (PyCFunction)Larger_larger, METH_NOARGS, NULL}, {NULL}};
static PyMemberDef Larger_members[] = {
    {"third", T_OBJECT_EX, offsetof(Larger, third), 0, NULL},
    {"extra", T_LONG, offsetof(Larger, extra), 0, NULL},
    {"more", T_SHORT, offsetof(Larger, more), 0, NULL},
    {NULL},
};
static PyType_Slot Larger_slots[] = {
    {Py_tp_dealloc, Larger_dealloc},
    {Py_tp_traverse, Larger_traverse},
    {Py_tp_clear, Larger_clear},
    {Py_tp_methods, Larger_methods},
    {Py_tp_members, Larger_members},
    {0, NULL},
};
static PyType_Spec Larger_spec = {
    .name = "ext.Larger",
    .basicsize = sizeof(Larger),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = Larger_slots,
};

/* No struct of its own. */
static PyObject *Thin_thin(Mixed *self, PyObject *ignored)
{
    return PyLong_FromLong(self->number + 1);
}

static PyObject *Thin_old_thin(Mixed *self, PyObject *ignored)
{
    return PyLong_FromLong(self->number + 2);
}

static PyMethodDef Thin_methods[] = {
    {"thin", (PyCFunction)Thin_thin, METH_NOARGS, NULL},
    {"old_thin", (PyCFunction)Thin_old_thin, METH_NOARGS, NULL},
    {NULL},
};
static PyType_Slot Thin_slots[] = {{Py_tp_methods, Thin_methods}, {0, NULL}};
static PyType_Spec Thin_spec = {
    .name = "ext.Thin",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Thin_slots,
};

typedef struct {
    PyObject_HEAD
    PyObject *held;
    long number;
} Old;

static void Old_dealloc(Old *self)
{
    conform_event("old", self->number);
    Py_XDECREF(self->held);
    CONFORM_FREE(self);
}

static PyObject *Old_swap(Old *self, PyObject *value)
{
    PyObject *before = self->held;
    Py_INCREF(value);
    self->held = value;
    if (before == NULL) {
        Py_RETURN_NONE;
    }
    return before;
}

static PyMethodDef Old_methods[] = {
    {"swap", (PyCFunction)Old_swap, METH_O, "Hold another object, and return the one that was held."},
    {NULL},
};
static PyMemberDef Old_members[] = {
    {"held", T_OBJECT_EX, offsetof(Old, held), 0, NULL},
    {"number", T_LONG, offsetof(Old, number), 0, NULL},
    {NULL},
};
static PyType_Slot Old_slots[] = {
    {Py_tp_new, conform_new}, {Py_tp_dealloc, Old_dealloc}, {Py_tp_methods, Old_methods}, {Py_tp_members, Old_members},
    {0, NULL},
};
static PyType_Spec Old_spec = {
    .name = "ext.Old",
    .basicsize = sizeof(Old),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Old_slots,
};

typedef struct {
    PyObject_HEAD
    long age;
} Ancient;

typedef struct {
    Ancient ancient;
    long size;
} Grown;

static PyMemberDef Ancient_members[] = {{"age", T_LONG, offsetof(Ancient, age), 0, NULL}, {NULL}};
static PyTypeObject Ancient_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext.Ancient",
    .tp_basicsize = sizeof(Ancient),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_new = PyType_GenericNew,
    .tp_members = Ancient_members,
};

static PyObject *Grown_grown(Grown *self, PyObject *ignored)
{
    return Py_BuildValue("(ll)", self->ancient.age, self->size);
}

static void Grown_dealloc(Grown *self)
{
    conform_event("grown", self->size);
    CONFORM_FREE(self);
}

static PyMethodDef Grown_methods[] = {{"grown", (PyCFunction)Grown_grown, METH_NOARGS, NULL}, {NULL}};
static PyMemberDef Grown_members[] = {{"size", T_LONG, offsetof(Grown, size), 0, NULL}, {NULL}};
static PyType_Slot Grown_slots[] = {
    {Py_tp_dealloc, Grown_dealloc}, {Py_tp_methods, Grown_methods}, {Py_tp_members, Grown_members}, {0, NULL},
};
static PyType_Spec Grown_spec = {
    .name = "ext.Grown",
    .basicsize = sizeof(Grown),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Grown_slots,
};

static int ext_exec(PyObject *module)
{
    int failed = conform_add_type(module, "Mixed", &Mixed_spec, NULL) < 0 ||
                 conform_add_type(module, "Old", &Old_spec, NULL) < 0 ||
                 conform_add_derived(module, "Larger", &Larger_spec, "Mixed", NULL) < 0 ||
                 conform_add_derived(module, "Thin", &Thin_spec, "Mixed", NULL) < 0 ||
                 PyType_Ready(&Ancient_type) < 0 ||
                 PyObject_SetAttrString(module, "Ancient", (PyObject *)&Ancient_type) < 0 ||
                 conform_add_derived(module, "Grown", &Grown_spec, "Ancient", NULL) < 0;
    return failed ? -1 : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Types on the way from the C API to HPy.",
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
