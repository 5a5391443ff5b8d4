/* Types with and without fields, with items, and with memory that is added to what the base has. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    long first;
} Base;

typedef struct {
    Base base;
    long wide[3];
} Wide;

typedef struct {
    Wide wide;
    long widest;
} Widest;

/* As large as Wide, so that a type that is laid out like one of them has room for the other. */
typedef struct {
    Base base;
    long other[3];
} Other;

typedef struct {
    PyObject_HEAD
    long alone[4];
} Alone;

typedef struct {
    Wide wide;
    long added[2];
} Extended;

#define FIELD(name, struct, field) {name, T_LONG, offsetof(struct, field), 0, NULL}
#define FLAGS (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE)

static PyObject *Base_read_first(PyObject *self, PyObject *unused)
{
    return PyLong_FromLong(((Base *)self)->first);
}

static PyMethodDef Base_methods[] = {{"read_first", Base_read_first, METH_NOARGS, NULL}, {NULL}};
static PyMemberDef Base_members[] = {FIELD("first", Base, first), {NULL}};
static PyType_Slot Base_slots[] = {
    {Py_tp_new, conform_new}, {Py_tp_methods, Base_methods}, {Py_tp_members, Base_members}, {0, NULL},
};
static PyType_Spec Base_spec = {"ext.Base", sizeof(Base), 0, FLAGS, Base_slots};

static PyObject *Wide_read_wide(PyObject *self, PyObject *unused)
{
    Wide *wide = (Wide *)self;
    return Py_BuildValue("llll", wide->base.first, wide->wide[0], wide->wide[1], wide->wide[2]);
}

static PyObject *Wide_fill_wide(PyObject *self, PyObject *arg)
{
    long start = PyLong_AsLong(arg);
    if (start == -1 && PyErr_Occurred()) {
        return NULL;
    }
    Wide *wide = (Wide *)self;
    wide->base.first = start;
    for (int i = 0; i < 3; i++) {
        wide->wide[i] = start + i + 1;
    }
    Py_RETURN_NONE;
}

static PyMethodDef Wide_methods[] = {
    {"read_wide", Wide_read_wide, METH_NOARGS, NULL}, {"fill_wide", Wide_fill_wide, METH_O, NULL}, {NULL},
};
static PyMemberDef Wide_members[] = {FIELD("wide_0", Wide, wide[0]), FIELD("wide_2", Wide, wide[2]), {NULL}};
static PyType_Slot Wide_slots[] = {{Py_tp_methods, Wide_methods}, {Py_tp_members, Wide_members}, {0, NULL}};
static PyType_Spec Wide_spec = {"ext.Wide", sizeof(Wide), 0, FLAGS, Wide_slots};

static PyMemberDef Widest_members[] = {FIELD("widest", Widest, widest), {NULL}};
static PyType_Slot Widest_slots[] = {{Py_tp_members, Widest_members}, {0, NULL}};
static PyType_Spec Widest_spec = {"ext.Widest", sizeof(Widest), 0, FLAGS, Widest_slots};

static PyMemberDef Other_members[] = {FIELD("other_0", Other, other[0]), FIELD("other_2", Other, other[2]), {NULL}};
static PyType_Slot Other_slots[] = {{Py_tp_members, Other_members}, {0, NULL}};
static PyType_Spec Other_spec = {"ext.Other", sizeof(Other), 0, FLAGS, Other_slots};

static PyMemberDef Alone_members[] = {FIELD("alone_0", Alone, alone[0]), FIELD("alone_3", Alone, alone[3]), {NULL}};
static PyType_Slot Alone_slots[] = {{Py_tp_new, conform_new}, {Py_tp_members, Alone_members}, {0, NULL}};
static PyType_Spec Alone_spec = {"ext.Alone", sizeof(Alone), 0, FLAGS, Alone_slots};

static PyType_Slot no_slots[] = {{0, NULL}};
static PyType_Spec Plain_spec = {"ext.Plain", 0, 0, FLAGS, no_slots};

static PyType_Slot Empty_slots[] = {{Py_tp_new, conform_new}, {0, NULL}};
static PyType_Spec Empty_spec = {"ext.Empty", sizeof(PyObject), 0, FLAGS, Empty_slots};
static PyType_Spec Hollow_spec = {"ext.Hollow", sizeof(PyObject), 0, FLAGS, Empty_slots};

/* Without a constructor, so that it stands before a base that has arguments. */
static PyType_Spec Bare_spec = {"ext.Bare", sizeof(PyObject), 0, FLAGS, no_slots};

/* A size and that many items behind it. */
typedef struct {
    PyObject_VAR_HEAD
    long mark;
    long items[1];
} Rows;

static PyObject *Rows_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Py_ssize_t count;
    if (!PyArg_ParseTuple(args, "n", &count)) {
        return NULL;
    }
    return CONFORM_ALLOC(cls)(cls, count);
}

static PyObject *Rows_read_rows(PyObject *self, PyObject *unused)
{
    PyObject *result = PyList_New(0);
    for (Py_ssize_t i = 0; result != NULL && i < Py_SIZE(self); i++) {
        PyObject *item = PyLong_FromLong(((Rows *)self)->items[i]);
        if (item == NULL || PyList_Append(result, item) < 0) {
            Py_CLEAR(result);
        }
        Py_XDECREF(item);
    }
    return result;
}

static PyObject *Rows_fill_rows(PyObject *self, PyObject *arg)
{
    long start = PyLong_AsLong(arg);
    if (start == -1 && PyErr_Occurred()) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++) {
        ((Rows *)self)->items[i] = start + (long)i;
    }
    Py_RETURN_NONE;
}

static PyMethodDef Rows_methods[] = {
    {"read_rows", Rows_read_rows, METH_NOARGS, NULL}, {"fill_rows", Rows_fill_rows, METH_O, NULL}, {NULL},
};
static PyMemberDef Rows_members[] = {FIELD("mark", Rows, mark), {NULL}};
static PyType_Slot Rows_slots[] = {
    {Py_tp_new, Rows_new}, {Py_tp_methods, Rows_methods}, {Py_tp_members, Rows_members}, {0, NULL},
};
static PyType_Spec Rows_spec = {"ext.Rows", offsetof(Rows, items), sizeof(long), FLAGS, Rows_slots};
static PyMemberDef Lines_members[] = {FIELD("line", Rows, mark), {NULL}};
static PyType_Slot Lines_slots[] = {{Py_tp_new, Rows_new}, {Py_tp_members, Lines_members}, {0, NULL}};
static PyType_Spec Lines_spec = {"ext.Lines", offsetof(Rows, items), sizeof(long), FLAGS, Lines_slots};

/* A type without anything of its own, on these bases. */
static PyObject *derive(PyObject *module, PyObject *bases)
{
    static PyType_Spec spec = {"ext.Derived", 0, 0, FLAGS, no_slots};
    return conform_type(&spec, bases);
}

/* A type whose struct is Wide's and more, on bases of which one is a Wide. */
static PyObject *extend(PyObject *module, PyObject *bases)
{
    static PyMemberDef members[] = {FIELD("added_0", Extended, added[0]), FIELD("added_1", Extended, added[1]), {NULL}};
    static PyType_Slot slots[] = {{Py_tp_members, members}, {0, NULL}};
    static PyType_Spec spec = {"ext.Extended", sizeof(Extended), 0, FLAGS, slots};
    return conform_type(&spec, bases);
}

#if PY_VERSION_HEX >= 0x030C0000 && !defined(PYPY_VERSION) && !CONFORM_STATIC_TYPES
#define ADDED_MEMORY 1
#else
#define ADDED_MEMORY 0
#endif

#if ADDED_MEMORY
typedef struct {
    char letter;
    long number;
} Added;

#define RELATIVE(name, type, field) {name, type, offsetof(Added, field), Py_RELATIVE_OFFSET, NULL}

static PyObject *add_with(PyObject *bases, PyMemberDef *members, unsigned long flags)
{
    PyType_Slot slots[] = {{Py_tp_members, members}, {0, NULL}};
    PyType_Spec spec = {"ext.Adds", -(int)sizeof(Added), 0, (unsigned int)(FLAGS | flags), slots};
    return PyType_FromSpecWithBases(&spec, bases);
}

/* Types that add memory of their own, under two sets of names, so that one object can have both. */
static PyObject *add_left(PyObject *module, PyObject *bases)
{
    static PyMemberDef members[] = {RELATIVE("left_letter", T_BYTE, letter), RELATIVE("left", T_LONG, number), {NULL}};
    return add_with(bases, members, 0);
}

static PyObject *add_right(PyObject *module, PyObject *bases)
{
    static PyMemberDef members[] = {
        RELATIVE("right_letter", T_BYTE, letter), RELATIVE("right", T_LONG, number), {NULL},
    };
    return add_with(bases, members, 0);
}

/* The same below a type whose items are at the end of the object. */
static PyObject *add_before_items(PyObject *module, PyObject *bases)
{
    static PyMemberDef members[] = {RELATIVE("left_letter", T_BYTE, letter), RELATIVE("left", T_LONG, number), {NULL}};
    return add_with(bases, members, Py_TPFLAGS_ITEMS_AT_END);
}

/* What a type added: (letter, number, whether it is aligned and as large as asked for). */
static PyObject *added(PyObject *module, PyObject *args)
{
    PyObject *one, *cls;
    if (!PyArg_ParseTuple(args, "OO!", &one, &PyType_Type, &cls)) {
        return NULL;
    }
    Added *data = PyObject_GetTypeData(one, (PyTypeObject *)cls);
    if (data == NULL) {
        return NULL;
    }
    int fits = (size_t)data % _Alignof(Added) == 0 &&
               PyType_GetTypeDataSize((PyTypeObject *)cls) >= (Py_ssize_t)sizeof(Added);
    return Py_BuildValue("(blO)", data->letter, data->number, fits ? Py_True : Py_False);
}

/* Items at the end of the object, wherever that is in a subtype. */
static PyObject *Ends_read_rows(PyObject *self, PyObject *unused)
{
    long *items = PyObject_GetItemData(self);
    PyObject *result = items == NULL ? NULL : PyList_New(0);
    for (Py_ssize_t i = 0; result != NULL && i < Py_SIZE(self); i++) {
        PyObject *item = PyLong_FromLong(items[i]);
        if (item == NULL || PyList_Append(result, item) < 0) {
            Py_CLEAR(result);
        }
        Py_XDECREF(item);
    }
    return result;
}

static PyObject *Ends_fill_rows(PyObject *self, PyObject *arg)
{
    long *items = PyObject_GetItemData(self), start = PyLong_AsLong(arg);
    if (items == NULL || (start == -1 && PyErr_Occurred())) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++) {
        items[i] = start + (long)i;
    }
    Py_RETURN_NONE;
}

static PyMethodDef Ends_methods[] = {
    {"read_rows", Ends_read_rows, METH_NOARGS, NULL}, {"fill_rows", Ends_fill_rows, METH_O, NULL}, {NULL},
};
static PyType_Slot Ends_slots[] = {
    {Py_tp_new, Rows_new}, {Py_tp_methods, Ends_methods}, {Py_tp_members, Rows_members}, {0, NULL},
};
static PyType_Spec Ends_spec = {
    "ext.Ends", offsetof(Rows, items), sizeof(long), FLAGS | Py_TPFLAGS_ITEMS_AT_END, Ends_slots,
};
#endif

static PyMethodDef ext_methods[] = {
    {"derive", derive, METH_O, NULL},
    {"extend", extend, METH_O, NULL},
#if ADDED_MEMORY
    {"add_left", add_left, METH_O, NULL},
    {"add_right", add_right, METH_O, NULL},
    {"add_before_items", add_before_items, METH_O, NULL},
    {"added", added, METH_VARARGS, NULL},
#endif
    {NULL},
};

static int ext_exec(PyObject *module)
{
    if (conform_add_type(module, "Base", &Base_spec, NULL) < 0 ||
        conform_add_derived(module, "Wide", &Wide_spec, "Base", NULL) < 0 ||
        conform_add_derived(module, "Widest", &Widest_spec, "Wide", NULL) < 0 ||
        conform_add_derived(module, "Other", &Other_spec, "Base", NULL) < 0 ||
        conform_add_derived(module, "Plain", &Plain_spec, "Base", NULL) < 0 ||
        conform_add_type(module, "Alone", &Alone_spec, NULL) < 0 ||
        conform_add_type(module, "Empty", &Empty_spec, NULL) < 0 ||
        conform_add_type(module, "Hollow", &Hollow_spec, NULL) < 0 ||
        conform_add_type(module, "Bare", &Bare_spec, NULL) < 0 ||
        conform_add_type(module, "Rows", &Rows_spec, NULL) < 0) {
        return -1;
    }
#if ADDED_MEMORY
    if (conform_add_type(module, "Ends", &Ends_spec, NULL) < 0) {
        return -1;
    }
#endif
    return conform_add_type(module, "Lines", &Lines_spec, NULL);
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Types whose layouts are joined.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
