/* The same against the raw C API. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_HEAD
    long before;
    const char *pointer;
    char inside[16];
    char filler[8];
} Texts;

static PyObject *Texts_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Texts *self = (Texts *)CONFORM_ALLOC(cls)(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    memset(self->filler, 'x', sizeof self->filler);
    return (PyObject *)self;
}

static PyMemberDef Texts_members[] = {
    {"pointer", T_STRING, offsetof(Texts, pointer), 0, "a string elsewhere"},
    {"inside", T_STRING_INPLACE, offsetof(Texts, inside), 0, "a string inside"},
    {"none", T_NONE, offsetof(Texts, filler), 0, "nothing"},
    {"pointer_ro", T_STRING, offsetof(Texts, pointer), READONLY, NULL},
    {"inside_ro", T_STRING_INPLACE, offsetof(Texts, inside), READONLY, NULL},
    {"none_ro", T_NONE, offsetof(Texts, filler), READONLY, NULL},
    {NULL},
};

static const char *const strings[] = {NULL, "", "ascii", "gr\xc3\xbcn \xe2\x82\xac \xf0\x9f\x98\x80", "br\xff" "ken"};

static PyObject *Texts_point(Texts *self, PyObject *index)
{
    long which = PyLong_AsLong(index);
    if (which == -1 && PyErr_Occurred()) {
        return NULL;
    }
    if (which < 0 || which >= (long)(sizeof strings / sizeof strings[0])) {
        PyErr_SetString(PyExc_IndexError, "no such string");
        return NULL;
    }
    self->pointer = strings[which];
    Py_RETURN_NONE;
}

static PyObject *Texts_keep(Texts *self, PyObject *bytes)
{
    char *content;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(bytes, &content, &size) < 0) {
        return NULL;
    }
    if ((size_t)size >= sizeof self->inside) {
        PyErr_SetString(PyExc_ValueError, "too long");
        return NULL;
    }
    memset(self->inside, 0, sizeof self->inside);
    memcpy(self->inside, content, (size_t)size);
    Py_RETURN_NONE;
}

static PyMethodDef Texts_methods[] = {
    {"point", (PyCFunction)Texts_point, METH_O, "Point to one of the strings."},
    {"keep", (PyCFunction)Texts_keep, METH_O, "Copy bytes into the struct."},
    {NULL},
};

static PyType_Slot Texts_slots[] = {
    {Py_tp_new, Texts_new},
    {Py_tp_dealloc, conform_dealloc},
    {Py_tp_members, Texts_members},
    {Py_tp_methods, Texts_methods},
    {0, NULL},
};
static PyType_Spec Texts_spec = {
    .name = "ext.Texts",
    .basicsize = sizeof(Texts),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = Texts_slots,
};

/* Python's name for the member, its C type, its kind. */
#define NUMBERS(X)                                                                                                   \
    X(byte, signed char, BYTE)                                                                                       \
    X(ubyte, unsigned char, UBYTE)                                                                                   \
    X(short, short, SHORT)                                                                                           \
    X(ushort, unsigned short, USHORT)                                                                                \
    X(int, int, INT)                                                                                                 \
    X(uint, unsigned int, UINT)                                                                                      \
    X(long, long, LONG)                                                                                              \
    X(ulong, unsigned long, ULONG)                                                                                   \
    X(longlong, long long, LONGLONG)                                                                                 \
    X(ulonglong, unsigned long long, ULONGLONG)                                                                      \
    X(ssize, Py_ssize_t, PYSSIZET)                                                                                   \
    X(float, float, FLOAT)                                                                                           \
    X(double, double, DOUBLE)                                                                                        \
    X(bool, char, BOOL)                                                                                              \
    X(char, char, CHAR)

typedef struct {
    PyObject_HEAD
    PyObject *object;
    PyObject *object_ex;
#define PLACE(name, type, kind) type name##_;
    NUMBERS(PLACE)
#undef PLACE
} Frozen;

static int Frozen_traverse(Frozen *self, visitproc visit, void *arg)
{
    Py_VISIT(self->object);
    Py_VISIT(self->object_ex);
    CONFORM_VISIT_TYPE(self);
    return 0;
}

static int Frozen_clear(Frozen *self)
{
    Py_CLEAR(self->object);
    Py_CLEAR(self->object_ex);
    return 0;
}

static void Frozen_dealloc(Frozen *self)
{
    PyObject_GC_UnTrack(self);
    Frozen_clear(self);
    CONFORM_FREE(self);
}

#define MEMBER(name, type, kind) {#name, T_##kind, offsetof(Frozen, name##_), READONLY, NULL},
static PyMemberDef Frozen_members[] = {
    {"object", T_OBJECT, offsetof(Frozen, object), READONLY, "an object"},
    {"object_ex", T_OBJECT_EX, offsetof(Frozen, object_ex), READONLY, NULL},
    NUMBERS(MEMBER)
    {NULL},
};

static PyObject *Frozen_fill(Frozen *self, PyObject *number)
{
    long value = PyLong_AsLong(number);
    if (value == -1 && PyErr_Occurred()) {
        return NULL;
    }
#define FILL(name, type, kind) self->name##_ = (type)value;
    NUMBERS(FILL)
#undef FILL
    Py_RETURN_NONE;
}

static PyObject *Frozen_hold(Frozen *self, PyObject *value)
{
    conform_store(&self->object, value);
    conform_store(&self->object_ex, value);
    Py_RETURN_NONE;
}

static PyObject *Frozen_drop(Frozen *self, PyObject *ignored)
{
    Frozen_clear(self);
    Py_RETURN_NONE;
}

static PyMethodDef Frozen_methods[] = {
    {"fill", (PyCFunction)Frozen_fill, METH_O, "Set every number."},
    {"hold", (PyCFunction)Frozen_hold, METH_O, "Store an object into both fields."},
    {"drop", (PyCFunction)Frozen_drop, METH_NOARGS, "Make both fields null."},
    {NULL},
};

static PyType_Slot Frozen_slots[] = {
    {Py_tp_new, conform_new},
    {Py_tp_dealloc, Frozen_dealloc},
    {Py_tp_traverse, Frozen_traverse},
    {Py_tp_clear, Frozen_clear},
    {Py_tp_members, Frozen_members},
    {Py_tp_methods, Frozen_methods},
    {0, NULL},
};
static PyType_Spec Frozen_spec = {
    .name = "ext.Frozen",
    .basicsize = sizeof(Frozen),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = Frozen_slots,
};

static int ext_exec(PyObject *module)
{
    if (conform_add_type(module, "Texts", &Texts_spec, NULL) < 0) {
        return -1;
    }
    return conform_add_type(module, "Frozen", &Frozen_spec, NULL);
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Members that Python only reads.",
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
