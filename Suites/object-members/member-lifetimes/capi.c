/* The same against the raw C API: T_OBJECT and T_OBJECT_EX on owned references. */
#include "conform_capi.h"
#include "conform_helpers.h"

/* Letter, kind, flags. */
#define OBJECTS(X)                                                                                                   \
    X(a, OBJECT, 0) X(b, OBJECT_EX, 0) X(c, OBJECT, 0) X(d, OBJECT_EX, 0)                                            \
    X(e, OBJECT, READONLY) X(f, OBJECT_EX, READONLY)                                                                 \
    X(g, OBJECT, 0) X(h, OBJECT_EX, 0) X(i, OBJECT, 0) X(j, OBJECT_EX, 0) X(k, OBJECT, 0) X(l, OBJECT_EX, 0)          \
    X(m, OBJECT, 0) X(n, OBJECT_EX, 0) X(o, OBJECT, 0) X(p, OBJECT_EX, 0)                                            \
    X(q, OBJECT, READONLY) X(r, OBJECT_EX, READONLY)                                                                 \
    X(s, OBJECT, 0) X(t, OBJECT_EX, 0) X(u, OBJECT, 0) X(v, OBJECT_EX, 0) X(w, OBJECT, 0) X(x, OBJECT_EX, 0)

typedef struct {
    PyObject_HEAD
#define PLACE(name, kind, flags) PyObject *name; long after_##name;
    OBJECTS(PLACE)
#undef PLACE
} Wide;

static int Wide_traverse(Wide *self, visitproc visit, void *arg)
{
#define VISIT(name, kind, flags) Py_VISIT(self->name);
    OBJECTS(VISIT)
#undef VISIT
    CONFORM_VISIT_TYPE(self);
    return 0;
}

static int Wide_clear(Wide *self)
{
#define CLEAR(name, kind, flags) Py_CLEAR(self->name);
    OBJECTS(CLEAR)
#undef CLEAR
    return 0;
}

static void Wide_dealloc(Wide *self)
{
    PyObject_GC_UnTrack(self);
    Wide_clear(self);
    CONFORM_FREE(self);
}

#define SEEN(name, kind, flags)                                                                                      \
    static PyObject *Wide_seen_##name(Wide *self, void *closure)                                                     \
    {                                                                                                                \
        PyObject *held = self->name == NULL ? Py_Ellipsis : self->name;                                              \
        Py_INCREF(held);                                                                                             \
        return held;                                                                                                 \
    }
OBJECTS(SEEN)

static PyObject *Wide_hold(Wide *self, PyObject *value)
{
    conform_store(&self->e, value);
    conform_store(&self->f, value);
    conform_store(&self->q, value);
    conform_store(&self->r, value);
    Py_RETURN_NONE;
}

static PyMethodDef Wide_methods[] = {
    {"hold", (PyCFunction)Wide_hold, METH_O, "Store an object into the fields that are readonly for Python."},
    {NULL},
};

#define MEMBERS(name, kind, flags)                                                                                   \
    {#name, T_##kind, offsetof(Wide, name), flags, "object " #name},                                                 \
    {"after_" #name, T_LONG, offsetof(Wide, after_##name), 0, NULL},
static PyMemberDef Wide_members[] = {OBJECTS(MEMBERS) {NULL}};

#define GETSET(name, kind, flags) {"seen_" #name, (getter)Wide_seen_##name, NULL, "what C has in " #name, NULL},
static PyGetSetDef Wide_getset[] = {OBJECTS(GETSET) {NULL}};

static PyType_Slot Wide_slots[] = {
    {Py_tp_new, conform_new},
    {Py_tp_dealloc, Wide_dealloc},
    {Py_tp_traverse, Wide_traverse},
    {Py_tp_clear, Wide_clear},
    {Py_tp_methods, Wide_methods},
    {Py_tp_members, Wide_members},
    {Py_tp_getset, Wide_getset},
    {0, NULL},
};
static PyType_Spec Wide_spec = {
    .name = "ext.Wide",
    .basicsize = sizeof(Wide),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = Wide_slots,
};

typedef struct {
    PyObject *plain;
    PyObject *strict;
} Pair;

typedef struct {
    PyObject_HEAD
    Pair low;
} Low;

typedef struct {
    Low low;
    long number;
    Pair middle;
} Middle;

typedef struct {
    Middle middle;
    double real;
    Pair high;
} High;

static int pair_traverse(Pair *pair, visitproc visit, void *arg)
{
    Py_VISIT(pair->plain);
    Py_VISIT(pair->strict);
    return 0;
}

static void pair_clear(Pair *pair)
{
    Py_CLEAR(pair->plain);
    Py_CLEAR(pair->strict);
}

/* The fields alone; the type is visited once, by the function of the object's own type. */
static int low_fields(Low *self, visitproc visit, void *arg)
{
    return pair_traverse(&self->low, visit, arg);
}

static int middle_fields(Middle *self, visitproc visit, void *arg)
{
    int stopped = low_fields(&self->low, visit, arg);
    return stopped ? stopped : pair_traverse(&self->middle, visit, arg);
}

static int high_fields(High *self, visitproc visit, void *arg)
{
    int stopped = middle_fields(&self->middle, visit, arg);
    return stopped ? stopped : pair_traverse(&self->high, visit, arg);
}

static int Low_clear(Low *self)
{
    pair_clear(&self->low);
    return 0;
}

static int Middle_clear(Middle *self)
{
    pair_clear(&self->middle);
    return Low_clear(&self->low);
}

static int High_clear(High *self)
{
    pair_clear(&self->high);
    return Middle_clear(&self->middle);
}

static PyMemberDef Low_members[] = {
    {"low", T_OBJECT, offsetof(Low, low.plain), 0, NULL},
    {"low_ex", T_OBJECT_EX, offsetof(Low, low.strict), 0, NULL},
    {NULL},
};
static PyMemberDef Middle_members[] = {
    {"middle", T_OBJECT, offsetof(Middle, middle.plain), 0, NULL},
    {"number", T_LONG, offsetof(Middle, number), 0, NULL},
    {"middle_ex", T_OBJECT_EX, offsetof(Middle, middle.strict), 0, NULL},
    {NULL},
};
static PyMemberDef High_members[] = {
    {"real", T_DOUBLE, offsetof(High, real), 0, NULL},
    {"high", T_OBJECT, offsetof(High, high.plain), 0, NULL},
    {"high_ex", T_OBJECT_EX, offsetof(High, high.strict), 0, NULL},
    {NULL},
};

#define SPEC(Type, fields)                                                                                           \
    static int Type##_traverse(Type *self, visitproc visit, void *arg)                                               \
    {                                                                                                                \
        int stopped = fields(self, visit, arg);                                                                      \
        if (stopped) {                                                                                               \
            return stopped;                                                                                          \
        }                                                                                                            \
        CONFORM_VISIT_TYPE(self);                                                                                    \
        return 0;                                                                                                    \
    }                                                                                                                \
    static void Type##_dealloc(Type *self)                                                                           \
    {                                                                                                                \
        PyObject_GC_UnTrack(self);                                                                                   \
        Type##_clear(self);                                                                                          \
        CONFORM_FREE(self);                                                                                          \
    }                                                                                                                \
    static PyType_Slot Type##_slots[] = {                                                                            \
        {Py_tp_new, conform_new},                                                                                    \
        {Py_tp_dealloc, Type##_dealloc},                                                                             \
        {Py_tp_traverse, Type##_traverse},                                                                           \
        {Py_tp_clear, Type##_clear},                                                                                 \
        {Py_tp_members, Type##_members},                                                                             \
        {0, NULL},                                                                                                   \
    };                                                                                                               \
    static PyType_Spec Type##_spec = {                                                                               \
        .name = "ext." #Type,                                                                                        \
        .basicsize = sizeof(Type),                                                                                   \
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,                                      \
        .slots = Type##_slots,                                                                                       \
    };
SPEC(Low, low_fields)
SPEC(Middle, middle_fields)
SPEC(High, high_fields)

static int ext_exec(PyObject *module)
{
    int failed = conform_add_type(module, "Wide", &Wide_spec, NULL) < 0 ||
                 conform_add_type(module, "Low", &Low_spec, NULL) < 0 ||
                 conform_add_derived(module, "Middle", &Middle_spec, "Low", NULL) < 0 ||
                 conform_add_derived(module, "High", &High_spec, "Middle", NULL) < 0;
    return failed ? -1 : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Objects that hold others in members.",
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
