/* Types whose flags, given and inherited, are asked from C. No type here is made more than once, as static types are
   never freed. Flags that a version's headers lack are written as numbers: the bits are stable. */
#include "conform_capi.h"
#include "conform_helpers.h"

#define SEQUENCE (1UL << 5)
#define MAPPING (1UL << 6)
#define IMMUTABLETYPE (1UL << 8)
#define METHOD_DESCRIPTOR (1UL << 17)

static PyType_Slot Empty_slots[] = {{0, NULL}};
#define EMPTY(NAME, FLAGS)                                                                                           \
    static PyType_Spec NAME##_spec = {                                                                               \
        .name = "ext." #NAME, .flags = Py_TPFLAGS_DEFAULT | (FLAGS), .slots = Empty_slots,                           \
    }

EMPTY(Final, 0);
EMPTY(Base, Py_TPFLAGS_BASETYPE);
EMPTY(FinalBelow, 0);
EMPTY(Below, Py_TPFLAGS_BASETYPE);
EMPTY(CollectedBelow, Py_TPFLAGS_BASETYPE);
EMPTY(CollectedSecond, Py_TPFLAGS_BASETYPE);
EMPTY(Builtin, Py_TPFLAGS_BASETYPE);

/* An object that the collector knows. */
typedef struct {
    PyObject_HEAD
    PyObject *held;
} Collected;

static int Collected_traverse(PyObject *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    Py_VISIT(((Collected *)self)->held);
    return 0;
}

static int Collected_clear(PyObject *self)
{
    Py_CLEAR(((Collected *)self)->held);
    return 0;
}

static void Collected_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Collected_clear(self);
    CONFORM_FREE(self);
}

static PyType_Slot Collected_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, Collected_dealloc}, {Py_tp_traverse, Collected_traverse},
    {Py_tp_clear, Collected_clear}, {0, NULL},
};
static PyType_Spec Collected_spec = {
    .name = "ext.Collected", .basicsize = sizeof(Collected), .slots = Collected_slots,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
};

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
} Called;

static PyObject *Called_answer(PyObject *self, PyObject *const *args, size_t count, PyObject *names)
{
    return PyUnicode_FromString("vectorcall");
}

static PyObject *Called_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    Called *self = (Called *)CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        self->call = Called_answer;
    }
    return (PyObject *)self;
}

static PyMemberDef Called_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Called, call), READONLY, NULL}, {NULL},
};
static PyType_Slot Called_slots[] = {
    {Py_tp_new, Called_new}, {Py_tp_call, PyVectorcall_Call}, {Py_tp_dealloc, conform_dealloc},
    {Py_tp_members, Called_members}, {0, NULL},
};
static PyType_Spec Called_spec = {
    .name = "ext.Called", .basicsize = sizeof(Called), .slots = Called_slots,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
};
EMPTY(CalledBelow, Py_TPFLAGS_BASETYPE);
EMPTY(CalledSecond, Py_TPFLAGS_BASETYPE);

static PyObject *slow_call(PyObject *self, PyObject *args, PyObject *kw)
{
    return PyUnicode_FromString("tp_call");
}

static PyType_Slot CalledAnew_slots[] = {{Py_tp_call, slow_call}, {0, NULL}};
static PyType_Spec CalledAnew_spec = {
    .name = "ext.CalledAnew", .slots = CalledAnew_slots, .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};

/* Behaves like an unbound method: bound to an object, it is called with it. */
static PyObject *Unbound_get(PyObject *self, PyObject *object, PyObject *cls)
{
    if (object == NULL || object == Py_None) {
        Py_INCREF(self);
        return self;
    }
    return PyMethod_New(self, object);
}

static PyObject *Unbound_call(PyObject *self, PyObject *args, PyObject *kw)
{
    return PyLong_FromSsize_t(PyTuple_GET_SIZE(args));
}

static PyType_Slot Unbound_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_call, Unbound_call}, {Py_tp_descr_get, Unbound_get},
    {Py_tp_dealloc, conform_dealloc}, {0, NULL},
};
#define UNBOUND(NAME, SLOTS, FLAGS)                                                                                  \
    static PyType_Spec NAME##_spec = {                                                                               \
        .name = "ext." #NAME, .slots = SLOTS, .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | (FLAGS),           \
    }
UNBOUND(Unbound, Unbound_slots, METHOD_DESCRIPTOR);
UNBOUND(Fixed, Unbound_slots, METHOD_DESCRIPTOR | IMMUTABLETYPE);
UNBOUND(FixedBelow, Empty_slots, IMMUTABLETYPE);
static PyObject *FixedAnew_get(PyObject *self, PyObject *object, PyObject *cls)
{
    Py_INCREF(self);
    return self;
}

static PyType_Slot FixedAnew_slots[] = {{Py_tp_descr_get, FixedAnew_get}, {0, NULL}};
UNBOUND(FixedAnew, FixedAnew_slots, IMMUTABLETYPE);

/* Sequences and mappings of one item, so that patterns can look into them. */
static Py_ssize_t length(PyObject *self)
{
    return 1;
}

static PyObject *item(PyObject *self, Py_ssize_t index)
{
    if (index != 0) {
        PyErr_SetString(PyExc_IndexError, "one item");
        return NULL;
    }
    return PyLong_FromLong(7);
}

static PyObject *subscript(PyObject *self, PyObject *key)
{
    return PyLong_FromLong(8);
}

static PyObject *get(PyObject *self, PyObject *args)
{
    return PyLong_FromLong(8);
}

static PyMethodDef Map_methods[] = {{"get", get, METH_VARARGS, NULL}, {NULL}};
static PyType_Slot Seq_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_sq_length, length}, {Py_sq_item, item}, {Py_tp_dealloc, conform_dealloc},
    {0, NULL},
};
static PyType_Slot Map_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_mp_length, length}, {Py_mp_subscript, subscript},
    {Py_tp_methods, Map_methods},   {Py_tp_dealloc, conform_dealloc}, {0, NULL},
};
#define PATTERN(NAME, SLOTS, FLAGS)                                                                                  \
    static PyType_Spec NAME##_spec = {                                                                               \
        .name = "ext." #NAME, .slots = SLOTS, .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | (FLAGS),           \
    }
PATTERN(Seq, Seq_slots, SEQUENCE);
PATTERN(Map, Map_slots, MAPPING);
PATTERN(Neither, Map_slots, 0);
PATTERN(SeqBelow, Empty_slots, 0);
PATTERN(MapBelow, Empty_slots, 0);
PATTERN(MapOfSeq, Map_slots, MAPPING);
PATTERN(SeqOfMap, Seq_slots, SEQUENCE);
PATTERN(SeqAndMap, Empty_slots, 0);
PATTERN(MapAndSeq, Empty_slots, 0);
PATTERN(SeqSecond, Empty_slots, 0);

/* A type whose dictionary and weak references Python keeps by itself; where there is no such thing, an empty one. */
#if PY_VERSION_HEX >= 0x030C0000 && !defined(PYPY_VERSION) && !CONFORM_STATIC_TYPES
#if PY_VERSION_HEX < 0x030D0000
#define PyObject_VisitManagedDict _PyObject_VisitManagedDict
#define PyObject_ClearManagedDict _PyObject_ClearManagedDict
#endif

static int Managed_traverse(PyObject *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    return PyObject_VisitManagedDict(self, visit, arg);
}

static int Managed_clear(PyObject *self)
{
    PyObject_ClearManagedDict(self);
    return 0;
}

static void Managed_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    PyObject_ClearWeakRefs(self);
    PyObject_ClearManagedDict(self);
    CONFORM_FREE(self);
}

static PyType_Slot Managed_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, Managed_dealloc}, {Py_tp_traverse, Managed_traverse},
    {Py_tp_clear, Managed_clear}, {0, NULL},
};
#define MANAGED (Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MANAGED_DICT | Py_TPFLAGS_MANAGED_WEAKREF)
#else
#define Managed_slots Empty_slots
#define MANAGED 0
#endif
static PyType_Spec Managed_spec = {
    .name = "ext.Managed", .basicsize = sizeof(PyObject), .slots = Managed_slots,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | MANAGED,
};
EMPTY(ManagedBelow, Py_TPFLAGS_BASETYPE);

static PyObject *has(PyObject *module, PyObject *args)
{
    PyTypeObject *type;
    unsigned long flag;
    if (!PyArg_ParseTuple(args, "O!k", &PyType_Type, &type, &flag)) {
        return NULL;
    }
    int feature = PyType_HasFeature(type, flag) != 0, got = (PyType_GetFlags(type) & flag) != 0;
    if (feature != got) {
        PyErr_SetString(PyExc_RuntimeError, "PyType_HasFeature and PyType_GetFlags disagree");
        return NULL;
    }
    return PyBool_FromLong(got);
}

static PyObject *collected(PyObject *module, PyObject *type)
{
    return PyBool_FromLong(PyType_IS_GC((PyTypeObject *)type));
}

/* kinds(object): the names of the builtin types whose check accepts it. */
static PyObject *kinds(PyObject *module, PyObject *object)
{
    const struct {
        const char *name;
        int found;
    } all[] = {
        {"int", PyLong_Check(object)},      {"list", PyList_Check(object)}, {"tuple", PyTuple_Check(object)},
        {"bytes", PyBytes_Check(object)},   {"str", PyUnicode_Check(object)}, {"dict", PyDict_Check(object)},
        {"type", PyType_Check(object)},
    };
    PyObject *names = PyList_New(0);
    for (size_t i = 0; names != NULL && i < sizeof all / sizeof *all; i++) {
        PyObject *name = all[i].found ? PyUnicode_FromString(all[i].name) : NULL;
        if (all[i].found && (name == NULL || PyList_Append(names, name) < 0)) {
            Py_CLEAR(names);
        }
        Py_XDECREF(name);
    }
    return names;
}

/* defined(text, name): what a text of Python defines under a name. */
static PyObject *defined(PyObject *module, PyObject *args)
{
    const char *text, *name;
    if (!PyArg_ParseTuple(args, "ss", &text, &name)) {
        return NULL;
    }
    PyObject *names = PyDict_New(), *result = NULL;
    if (names == NULL) {
        return NULL;
    }
    PyObject *run = PyRun_String(text, Py_file_input, names, names);
    if (run != NULL) {
        result = PyDict_GetItemString(names, name);
        Py_XINCREF(result);
    }
    Py_XDECREF(run);
    Py_DECREF(names);
    return result;
}

static PyMethodDef ext_methods[] = {
    {"defined", defined, METH_VARARGS, NULL},
    {"has", has, METH_VARARGS, "has(type, flag): whether the bit is set."},
    {"collected", collected, METH_O, "collected(type): PyType_IS_GC."},
    {"kinds", kinds, METH_O, NULL},
    {NULL},
};

static int add_below(PyObject *module, const char *name, PyTypeObject *builtin)
{
    return conform_add_type(module, name, &Builtin_spec, (PyObject *)builtin);
}

static int add_builtins(PyObject *module)
{
    return add_below(module, "Int", &PyLong_Type) < 0 || add_below(module, "List", &PyList_Type) < 0 ||
           add_below(module, "Tuple", &PyTuple_Type) < 0 || add_below(module, "Bytes", &PyBytes_Type) < 0 ||
           add_below(module, "Str", &PyUnicode_Type) < 0 || add_below(module, "Dict", &PyDict_Type) < 0 ||
           add_below(module, "Error", (PyTypeObject *)PyExc_ValueError) < 0 ||
           add_below(module, "Type", &PyType_Type) < 0;
}

static int ext_exec(PyObject *module)
{
    int failed =
        conform_add_type(module, "Final", &Final_spec, NULL) < 0 ||
        conform_add_type(module, "Base", &Base_spec, NULL) < 0 ||
        conform_add_derived(module, "FinalBelow", &FinalBelow_spec, "Base", NULL) < 0 ||
        conform_add_derived(module, "Below", &Below_spec, "Base", NULL) < 0 ||
        conform_add_type(module, "Collected", &Collected_spec, NULL) < 0 ||
        conform_add_derived(module, "CollectedBelow", &CollectedBelow_spec, "Collected", NULL) < 0 ||
        conform_add_derived(module, "CollectedSecond", &CollectedSecond_spec, "Base", "Collected") < 0 ||
        conform_add_type(module, "Managed", &Managed_spec, NULL) < 0 ||
        conform_add_derived(module, "ManagedBelow", &ManagedBelow_spec, "Managed", NULL) < 0 ||
        conform_add_type(module, "Called", &Called_spec, NULL) < 0 ||
        conform_add_derived(module, "CalledBelow", &CalledBelow_spec, "Called", NULL) < 0 ||
        conform_add_derived(module, "CalledSecond", &CalledSecond_spec, "Base", "Called") < 0 ||
        conform_add_derived(module, "CalledAnew", &CalledAnew_spec, "Called", NULL) < 0 ||
        conform_add_type(module, "Unbound", &Unbound_spec, NULL) < 0 ||
        conform_add_type(module, "Fixed", &Fixed_spec, NULL) < 0 ||
        conform_add_derived(module, "FixedBelow", &FixedBelow_spec, "Fixed", NULL) < 0 ||
        conform_add_derived(module, "FixedAnew", &FixedAnew_spec, "Fixed", NULL) < 0 ||
        conform_add_type(module, "Seq", &Seq_spec, NULL) < 0 || conform_add_type(module, "Map", &Map_spec, NULL) < 0 ||
        conform_add_type(module, "Neither", &Neither_spec, NULL) < 0 ||
        conform_add_derived(module, "SeqBelow", &SeqBelow_spec, "Seq", NULL) < 0 ||
        conform_add_derived(module, "MapBelow", &MapBelow_spec, "Map", NULL) < 0 ||
        conform_add_derived(module, "MapOfSeq", &MapOfSeq_spec, "Seq", NULL) < 0 ||
        conform_add_derived(module, "SeqOfMap", &SeqOfMap_spec, "Map", NULL) < 0 ||
        conform_add_derived(module, "SeqAndMap", &SeqAndMap_spec, "Seq", "Map") < 0 ||
        conform_add_derived(module, "MapAndSeq", &MapAndSeq_spec, "Map", "Seq") < 0 ||
        conform_add_derived(module, "SeqSecond", &SeqSecond_spec, "Base", "Seq") < 0 || add_builtins(module) ||
        PyModule_AddIntConstant(module, "HEAP", !CONFORM_STATIC_TYPES) < 0;
    return failed ? -1 : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT, .m_name = "ext", .m_methods = ext_methods, .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
