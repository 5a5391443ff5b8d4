/* The same against the raw C API: each struct begins with that of its base. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    int number;
    double real;
    signed char tail;
} Base;

typedef struct {
    Base base;
    long extra;
    double more;
} Wide;

typedef struct {
    PyObject_HEAD
    signed char bytes[3];
} Small;

typedef struct {
    PyObject_HEAD
    PyObject *object;
    long after;
} Holder;

static PyMemberDef Base_members[] = {
    {"number", T_INT, offsetof(Base, number), 0, "of Base"},
    {"real", T_DOUBLE, offsetof(Base, real), 0, "of Base"},
    {"tail", T_BYTE, offsetof(Base, tail), 0, NULL},
    {NULL},
};

static PyObject *Base_seen(Base *self, PyObject *ignored)
{
    return Py_BuildValue("(idi)", self->number, self->real, (int)self->tail);
}

static PyObject *Base_assign(Base *self, PyObject *number)
{
    long value = PyLong_AsLong(number);
    if (value == -1 && PyErr_Occurred()) {
        return NULL;
    }
    self->number = (int)value;
    self->real = value + 0.5;
    self->tail = (signed char)-value;
    Py_RETURN_NONE;
}

static PyMethodDef Base_methods[] = {
    {"seen", (PyCFunction)Base_seen, METH_NOARGS, "What C sees in the struct of Base."},
    {"assign", (PyCFunction)Base_assign, METH_O, "Set what the struct of Base has, from one number."},
    {NULL},
};

static PyType_Slot Base_slots[] = {
    {Py_tp_new, conform_new},
    {Py_tp_dealloc, conform_dealloc},
    {Py_tp_members, Base_members},
    {Py_tp_methods, Base_methods},
    {0, NULL},
};
static PyType_Spec Base_spec = {
    .name = "ext.Base",
    .basicsize = sizeof(Base),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Base_slots,
};

/* Tells whether the memory is zeroed. */
static PyObject *Checked_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    PyObject *object = CONFORM_ALLOC(cls)(cls, 0);
    if (object == NULL) {
        return NULL;
    }
    const unsigned char *bytes = (const unsigned char *)object;
    int zeroed = 1;
    for (size_t i = offsetof(Base, number); i < sizeof(Base); i++) {
        zeroed &= bytes[i] == 0;
    }
    conform_event("zeroed", zeroed);
    conform_event("same struct", 1);
    return object;
}

static PyType_Slot Checked_slots[] = {
    {Py_tp_new, Checked_new},
    {Py_tp_dealloc, conform_dealloc},
    {Py_tp_members, Base_members},
    {Py_tp_methods, Base_methods},
    {0, NULL},
};
static PyType_Spec Checked_spec = {
    .name = "ext.Checked",
    .basicsize = sizeof(Base),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Checked_slots,
};

static PyMemberDef Wide_members[] = {
    {"extra", T_LONG, offsetof(Wide, extra), 0, "of Wide"},
    {"more", T_DOUBLE, offsetof(Wide, more), 0, NULL},
    {"real", T_DOUBLE, offsetof(Wide, more), 0, "of Wide"},
    {NULL},
};

static PyObject *Wide_seen_wide(Wide *self, PyObject *ignored)
{
    return Py_BuildValue("(idild)", self->base.number, self->base.real, (int)self->base.tail, self->extra, self->more);
}

static PyObject *Wide_assign_wide(Wide *self, PyObject *number)
{
    long value = PyLong_AsLong(number);
    if (value == -1 && PyErr_Occurred()) {
        return NULL;
    }
    self->extra = -value;
    self->more = value + 0.25;
    Py_RETURN_NONE;
}

static PyMethodDef Wide_methods[] = {
    {"seen_wide", (PyCFunction)Wide_seen_wide, METH_NOARGS, "What C sees in the struct of Wide."},
    {"assign_wide", (PyCFunction)Wide_assign_wide, METH_O, "Set what Wide adds to the struct, from one number."},
    {NULL},
};

static PyType_Slot Wide_slots[] = {
    {Py_tp_dealloc, conform_dealloc},
    {Py_tp_members, Wide_members},
    {Py_tp_methods, Wide_methods},
    {0, NULL},
};
static PyType_Spec Wide_spec = {
    .name = "ext.Wide",
    .basicsize = sizeof(Wide),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Wide_slots,
};

static PyType_Slot CheckedWide_slots[] = {
    {Py_tp_dealloc, conform_dealloc},
    {Py_tp_members, Wide_members},
    {0, NULL},
};
static PyType_Spec CheckedWide_spec = {
    .name = "ext.CheckedWide",
    .basicsize = sizeof(Wide),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = CheckedWide_slots,
};

static PyMemberDef Small_members[] = {
    {"a", T_BYTE, offsetof(Small, bytes), 0, NULL},
    {"b", T_BYTE, offsetof(Small, bytes) + 1, 0, NULL},
    {"c", T_BYTE, offsetof(Small, bytes) + 2, 0, NULL},
    {NULL},
};

static PyType_Slot Small_slots[] = {
    {Py_tp_new, PyType_GenericNew}, /* a static type does not inherit that of object */
    {Py_tp_dealloc, conform_dealloc},
    {Py_tp_members, Small_members},
    {0, NULL},
};
static PyType_Spec Small_spec = {
    .name = "ext.Small",
    .basicsize = sizeof(Small),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Small_slots,
};

static int Holder_traverse(Holder *self, visitproc visit, void *arg)
{
    Py_VISIT(self->object);
    CONFORM_VISIT_TYPE(self);
    return 0;
}

static int Holder_clear(Holder *self)
{
    Py_CLEAR(self->object);
    return 0;
}

static void Holder_dealloc(Holder *self)
{
    PyObject_GC_UnTrack(self);
    Holder_clear(self);
    CONFORM_FREE(self);
}

static PyMemberDef Holder_members[] = {
    {"object", T_OBJECT_EX, offsetof(Holder, object), 0, NULL},
    {"after", T_LONG, offsetof(Holder, after), 0, NULL},
    {NULL},
};

static PyType_Slot Holder_slots[] = {
    {Py_tp_new, PyType_GenericNew},
    {Py_tp_dealloc, Holder_dealloc},
    {Py_tp_traverse, Holder_traverse},
    {Py_tp_clear, Holder_clear},
    {Py_tp_members, Holder_members},
    {0, NULL},
};
static PyType_Spec Holder_spec = {
    .name = "ext.Holder",
    .basicsize = sizeof(Holder),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = Holder_slots,
};

static int ext_exec(PyObject *module)
{
    int failed = conform_add_type(module, "Base", &Base_spec, NULL) < 0 ||
                 conform_add_type(module, "Checked", &Checked_spec, NULL) < 0 ||
                 conform_add_type(module, "Small", &Small_spec, NULL) < 0 ||
                 conform_add_type(module, "Holder", &Holder_spec, NULL) < 0 ||
                 conform_add_derived(module, "Wide", &Wide_spec, "Base", NULL) < 0 ||
                 conform_add_derived(module, "CheckedWide", &CheckedWide_spec, "Checked", NULL) < 0;
    return failed ? -1 : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Types to derive from.",
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
