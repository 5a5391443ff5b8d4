/* Types of any hierarchy, made on demand: each function of a slot notes which type's it is. */
#include "conform_capi.h"
#include "slots.h"

static inline struct part *part_of(PyObject *self, int mark)
{
    return (struct part *)((char *)self + sizeof(PyObject) + PART_SIZE * mark);
}

#define TEXT(SLOT) PyUnicode_FromString(#SLOT)
#define FUNCTION(MARK, SLOT, RESULT, PARAMETERS, ANSWER)                                                             \
    static RESULT f##MARK##_##SLOT PARAMETERS                                                                        \
    {                                                                                                                \
        called(MARK, SLOT_##SLOT);                                                                                   \
        return ANSWER;                                                                                               \
    }
#define DECLINING(MARK, SLOT, PARAMETERS)                                                                            \
    static PyObject *f##MARK##_##SLOT PARAMETERS                                                                     \
    {                                                                                                                \
        called(MARK, SLOT_##SLOT);                                                                                   \
        if (declines[MARK][SLOT_##SLOT]) {                                                                           \
            Py_RETURN_NOTIMPLEMENTED;                                                                                \
        }                                                                                                            \
        return TEXT(SLOT);                                                                                           \
    }
#define UNARY(MARK, SLOT) FUNCTION(MARK, SLOT, PyObject *, (PyObject * a), TEXT(SLOT))
#define BINARY(MARK, SLOT) DECLINING(MARK, SLOT, (PyObject * a, PyObject *b))
#define TERNARY(MARK, SLOT) DECLINING(MARK, SLOT, (PyObject * a, PyObject *b, PyObject *c))
#define CONCATENATED(MARK, SLOT) FUNCTION(MARK, SLOT, PyObject *, (PyObject * a, PyObject *b), TEXT(SLOT))
#define GOTTEN(MARK, SLOT) FUNCTION(MARK, SLOT, PyObject *, (PyObject * a, PyObject *b, PyObject *c), TEXT(SLOT))
#define ASSIGNED(MARK, SLOT) FUNCTION(MARK, SLOT, int, (PyObject * a, PyObject *b, PyObject *c), 0)
#define INTEGER(MARK, SLOT) FUNCTION(MARK, SLOT, PyObject *, (PyObject * a), PyLong_FromLong(1))
#define REAL(MARK, SLOT) FUNCTION(MARK, SLOT, PyObject *, (PyObject * a), PyFloat_FromDouble(1.5))
#define INQUIRY(MARK, SLOT) FUNCTION(MARK, SLOT, int, (PyObject * a), 0)
#define LENGTH(MARK, SLOT) FUNCTION(MARK, SLOT, Py_ssize_t, (PyObject * a), 1)
#define INDEXED(MARK, SLOT) FUNCTION(MARK, SLOT, PyObject *, (PyObject * a, Py_ssize_t b), TEXT(SLOT))
#define STORED(MARK, SLOT) FUNCTION(MARK, SLOT, int, (PyObject * a, Py_ssize_t b, PyObject *c), 0)
#define CONTAINS(MARK, SLOT) FUNCTION(MARK, SLOT, int, (PyObject * a, PyObject *b), 1)
#define HASH(MARK, SLOT) FUNCTION(MARK, SLOT, Py_hash_t, (PyObject * a), 42)
#define COMPARED(MARK, SLOT) DECLINING(MARK, SLOT, (PyObject * a, PyObject *b, int c))
#define CALL(MARK, SLOT) FUNCTION(MARK, SLOT, PyObject *, (PyObject * a, PyObject *b, PyObject *c), TEXT(SLOT))
#define NEW(MARK, SLOT)                                                                                              \
    FUNCTION(MARK, SLOT, PyObject *, (PyTypeObject * a, PyObject *b, PyObject *c), PyType_GenericNew(a, b, c))
#define INIT(MARK, SLOT) FUNCTION(MARK, SLOT, int, (PyObject * a, PyObject *b, PyObject *c), 0)
#define FINALIZE(MARK, SLOT)                                                                                         \
    static void f##MARK##_##SLOT(PyObject *a)                                                                        \
    {                                                                                                                \
        called(MARK, SLOT_##SLOT);                                                                                   \
    }
#define GETBUFFER(MARK, SLOT)                                                                                        \
    FUNCTION(MARK, SLOT, int, (PyObject * a, Py_buffer *b, int c), PyBuffer_FillInfo(b, a, (void *)"content", 7, 1, c))
#define RELEASEBUFFER(MARK, SLOT)                                                                                    \
    static void f##MARK##_##SLOT(PyObject *a, Py_buffer *b)                                                          \
    {                                                                                                                \
        called(MARK, SLOT_##SLOT);                                                                                   \
    }

/* Visits what the types up to `mark` hold; their parts are empty where the object was not prepared. */
static int visit_parts(PyObject *self, int mark, visitproc visit, void *arg)
{
    for (int i = 0; i <= mark; i++) {
        struct part *part = part_of(self, i);
        if (part->before == CANARY(i)) {
            Py_VISIT((PyObject *)part->fields[0]);
            Py_VISIT((PyObject *)part->fields[1]);
            Py_VISIT((PyObject *)part->dictionary);
        }
    }
    CONFORM_VISIT_TYPE(self);
    return 0;
}

static void clear_parts(PyObject *self, int mark)
{
    for (int i = 0; i <= mark; i++) {
        struct part *part = part_of(self, i);
        if (part->before == CANARY(i)) {
            PyObject *first = (PyObject *)part->fields[0], *second = (PyObject *)part->fields[1];
            PyObject *dictionary = (PyObject *)part->dictionary;
            part->fields[0] = part->fields[1] = part->dictionary = NULL;
            Py_XDECREF(first);
            Py_XDECREF(second);
            Py_XDECREF(dictionary);
        }
    }
}

#if PY_VERSION_HEX >= 0x030d0000 && !defined(PYPY_VERSION)
#define VISIT_MANAGED(self, visit, arg) PyObject_VisitManagedDict(self, visit, arg)
#define CLEAR_MANAGED(self) PyObject_ClearManagedDict(self)
#elif PY_VERSION_HEX >= 0x030c0000 && !defined(PYPY_VERSION)
#define VISIT_MANAGED(self, visit, arg) _PyObject_VisitManagedDict(self, visit, arg)
#define CLEAR_MANAGED(self) _PyObject_ClearManagedDict(self)
#else
#define VISIT_MANAGED(self, visit, arg) 0
#define CLEAR_MANAGED(self) (void)(self)
#endif

static int manages_dictionary(PyObject *self)
{
#ifdef Py_TPFLAGS_MANAGED_DICT
    return (Py_TYPE(self)->tp_flags & Py_TPFLAGS_MANAGED_DICT) != 0;
#else
    return 0;
#endif
}

/* What every deallocator of a type does (Python/C API, "Type Objects", tp_dealloc and tp_finalize). */
static void destroy(PyObject *self, int mark)
{
    if (Py_TYPE(self)->tp_finalize != NULL && PyObject_CallFinalizerFromDealloc(self) < 0) {
        return;
    }
    if (PyType_IS_GC(Py_TYPE(self))) {
        PyObject_GC_UnTrack(self);
    }
    called(mark, SLOT_destroy);
    if (Py_TYPE(self)->tp_weaklistoffset != 0) {
        PyObject_ClearWeakRefs(self);
    }
    clear_parts(self, mark);
    if (manages_dictionary(self)) {
        CLEAR_MANAGED(self);
    }
    CONFORM_FREE(self);
}

#define STRUCT(MARK)                                                                                                 \
    static int traverse_##MARK(PyObject *self, visitproc visit, void *arg)                                           \
    {                                                                                                                \
        int stop = manages_dictionary(self) ? VISIT_MANAGED(self, visit, arg) : 0;                                   \
        return stop ? stop : visit_parts(self, MARK, visit, arg);                                                    \
    }                                                                                                                \
    static int clear_##MARK(PyObject *self)                                                                          \
    {                                                                                                                \
        clear_parts(self, MARK);                                                                                     \
        if (manages_dictionary(self)) {                                                                              \
            CLEAR_MANAGED(self);                                                                                     \
        }                                                                                                            \
        return 0;                                                                                                    \
    }                                                                                                                \
    static void destroy_##MARK(PyObject *self)                                                                       \
    {                                                                                                                \
        destroy(self, MARK);                                                                                         \
    }                                                                                                                \
    static PyMemberDef members_##MARK[] = {                                                                          \
        {"member", T_OBJECT_EX, sizeof(PyObject) + PART_SIZE * MARK + offsetof(struct part, fields), 0, NULL},       \
        {NULL},                                                                                                      \
    };                                                                                                               \
    static PyMemberDef readonly_##MARK[] = {                                                                         \
        {"member", T_OBJECT, sizeof(PyObject) + PART_SIZE * MARK + offsetof(struct part, fields), READONLY, NULL},   \
        {NULL},                                                                                                      \
    };

#define EVERY_MARK(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7)
#define ALL_SLOTS(MARK) HPY_SLOTS(MARK) LEGACY_SLOTS(MARK)
EVERY_MARK(ALL_SLOTS)
EVERY_MARK(STRUCT)

#undef UNARY
#undef BINARY
#undef TERNARY
#undef CONCATENATED
#undef GOTTEN
#undef ASSIGNED
#undef INTEGER
#undef REAL
#undef INQUIRY
#undef LENGTH
#undef INDEXED
#undef STORED
#undef CONTAINS
#undef HASH
#undef COMPARED
#undef CALL
#undef NEW
#undef INIT
#undef FINALIZE
#undef GETBUFFER
#undef RELEASEBUFFER
#define ENTRY(MARK, SLOT) {Py_##SLOT, (void *)f##MARK##_##SLOT},
#define UNARY ENTRY
#define BINARY ENTRY
#define TERNARY ENTRY
#define CONCATENATED ENTRY
#define GOTTEN ENTRY
#define ASSIGNED ENTRY
#define INTEGER ENTRY
#define REAL ENTRY
#define INQUIRY ENTRY
#define LENGTH ENTRY
#define INDEXED ENTRY
#define STORED ENTRY
#define CONTAINS ENTRY
#define HASH ENTRY
#define COMPARED ENTRY
#define CALL ENTRY
#define NEW ENTRY
#define INIT ENTRY
#define FINALIZE ENTRY
#define GETBUFFER ENTRY
#define RELEASEBUFFER ENTRY
#ifndef Py_bf_getbuffer
#define Py_bf_getbuffer 1 /* Python 3.8 hides the two */
#define Py_bf_releasebuffer 2
#endif
#define TABLE(MARK) {HPY_SLOTS(MARK) LEGACY_SLOTS(MARK){0, NULL}},
static const PyType_Slot slots[TYPES][SLOTS] = {EVERY_MARK(TABLE)};

#define STRUCT_FUNCTIONS(MARK)                                                                                       \
    {destroy_##MARK, (traverseproc)traverse_##MARK, clear_##MARK, members_##MARK, readonly_##MARK},
static const struct {
    destructor destroy;
    traverseproc traverse;
    inquiry clear;
    PyMemberDef *members, *readonly;
} struct_functions[TYPES] = {EVERY_MARK(STRUCT_FUNCTIONS)};

/* The members of a type: its own, and those that say where dictionary and weak references are. */
static PyMemberDef *members_of(int mark, int features)
{
    static PyMemberDef none[] = {{NULL}};
    PyMemberDef *own = features & HAS_MEMBER ? struct_functions[mark].members
                       : features & READS_MEMBER ? struct_functions[mark].readonly : none;
    if (!(features & (HAS_DICTIONARY | HAS_WEAK))) {
        return own;
    }
    /* Python reads them as long as the type lives, which nobody knows. */
    PyMemberDef *all = (PyMemberDef *)calloc(4, sizeof *all);
    size_t count = 0;
    Py_ssize_t start = (Py_ssize_t)(sizeof(PyObject) + PART_SIZE * mark);
    if (all == NULL) {
        return NULL;
    }
    if (own->name != NULL) {
        all[count++] = *own;
    }
    if (features & HAS_DICTIONARY) {
        all[count++] = (PyMemberDef){"__dictoffset__", T_PYSSIZET, start + (Py_ssize_t)offsetof(struct part, dictionary),
                                     READONLY, NULL};
    }
    if (features & HAS_WEAK) {
        all[count++] = (PyMemberDef){"__weaklistoffset__", T_PYSSIZET, start + (Py_ssize_t)offsetof(struct part, weak),
                                     READONLY, NULL};
    }
    return all;
}

/* make(mark, name, slots, declined, bases, features, size): a new type. `slots` and `declined` are numbers of slots as bytes;
   `size` is how many parts its struct has. */
static PyObject *make(PyObject *module, PyObject *args)
{
    int mark, features, size;
    const char *name, *wanted, *declined;
    Py_ssize_t count, declined_count;
    PyObject *bases;
    PyType_Slot chosen[SLOTS + 8];
    if (!PyArg_ParseTuple(args, "isy#y#O!ii", &mark, &name, &wanted, &count, &declined, &declined_count, &PyTuple_Type,
                          &bases, &features, &size)) {
        return NULL;
    }
    if (mark < 0 || mark >= TYPES || count > SLOTS) {
        PyErr_SetString(PyExc_ValueError, "there are eight types");
        return NULL;
    }
    Py_ssize_t used = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        if (wanted[i] < 0 || wanted[i] >= SLOT_destroy) {
            PyErr_SetString(PyExc_ValueError, "no such slot");
            return NULL;
        }
        chosen[used++] = slots[mark][(int)wanted[i]];
    }
    memset(declines[mark], 0, sizeof declines[mark]);
    for (Py_ssize_t i = 0; i < declined_count; i++) {
        declines[mark][declined[i] & 127] = 1;
    }
    unsigned long flags = Py_TPFLAGS_DEFAULT | (features & IS_BASE ? Py_TPFLAGS_BASETYPE : 0);
    if (features & HAS_PART) {
        chosen[used++] = (PyType_Slot){Py_tp_dealloc, (void *)struct_functions[mark].destroy};
        PyMemberDef *members = members_of(mark, features);
        if (members == NULL) {
            return PyErr_NoMemory();
        }
        if (members->name != NULL) {
            chosen[used++] = (PyType_Slot){Py_tp_members, members};
        }
    }
    if (features & HAS_GC) {
        flags |= Py_TPFLAGS_HAVE_GC;
        chosen[used++] = (PyType_Slot){Py_tp_traverse, (void *)struct_functions[mark].traverse};
        chosen[used++] = (PyType_Slot){Py_tp_clear, (void *)struct_functions[mark].clear};
    }
#ifdef Py_TPFLAGS_MANAGED_DICT
    flags |= features & MANAGES_DICTIONARY ? Py_TPFLAGS_MANAGED_DICT : 0;
#endif
#ifdef Py_TPFLAGS_MANAGED_WEAKREF
    flags |= features & MANAGES_WEAK ? Py_TPFLAGS_MANAGED_WEAKREF : 0;
#endif
#if defined(Py_TPFLAGS_IMMUTABLETYPE)
    flags |= features & IS_IMMUTABLE ? Py_TPFLAGS_IMMUTABLETYPE : 0;
#endif
    chosen[used] = (PyType_Slot){0, NULL};
    PyType_Spec spec = {
        .name = strdup(name), /* Not every version copies it, and nobody knows how long a type lives. */
        .basicsize = (int)(sizeof(PyObject) + PART_SIZE * size),
        .flags = (unsigned int)flags,
        .slots = chosen,
    };
    return conform_type(&spec, PyTuple_GET_SIZE(bases) == 0 ? NULL : bases);
}

/* new(type): an object as tp_alloc makes it, whatever tp_new the type has. */
static PyObject *new_object(PyObject *module, PyObject *type)
{
    return PyType_GenericNew((PyTypeObject *)type, NULL, NULL);
}

static PyObject *taken(struct noted *noted)
{
    PyObject *all = PyTuple_New(noted->count);
    for (int i = 0; all != NULL && i < noted->count; i++) {
        PyTuple_SET_ITEM(all, i, PyLong_FromLong(noted->codes[i]));
    }
    noted->count = 0;
    return all;
}

/* calls(): what was called since, as a tuple of numbers. */
static PyObject *taken_calls(PyObject *module, PyObject *unused)
{
    return taken(&calls);
}

/* ends(): which objects ended since, in the same way. */
static PyObject *taken_ends(PyObject *module, PyObject *unused)
{
    return taken(&ends);
}

/* prepare(object, mark, first, second): puts two objects, or None for nothing, into the part of a mark. */
static PyObject *prepare(PyObject *module, PyObject *args)
{
    PyObject *self, *first, *second;
    int mark;
    if (!PyArg_ParseTuple(args, "OiOO", &self, &mark, &first, &second)) {
        return NULL;
    }
    struct part *part = part_of(self, mark);
    part->before = part->after = CANARY(mark);
    part->fields[0] = first == Py_None ? NULL : (Py_INCREF(first), first);
    part->fields[1] = second == Py_None ? NULL : (Py_INCREF(second), second);
    Py_RETURN_NONE;
}

/* intact(object, mark): whether the part is as it was left; and what its fields hold. */
static PyObject *intact(PyObject *module, PyObject *args)
{
    PyObject *self;
    int mark;
    if (!PyArg_ParseTuple(args, "Oi", &self, &mark)) {
        return NULL;
    }
    struct part *part = part_of(self, mark);
    if (part->before != CANARY(mark) || part->after != CANARY(mark)) {
        Py_RETURN_FALSE;
    }
    PyObject *first = (PyObject *)part->fields[0], *second = (PyObject *)part->fields[1];
    return PyTuple_Pack(2, first != NULL ? first : Py_None, second != NULL ? second : Py_None);
}

/* names(): of the slots, in the order of their numbers. */
static PyObject *names(PyObject *module, PyObject *unused)
{
    PyObject *all = PyTuple_New(SLOTS);
    for (int i = 0; all != NULL && i < SLOTS; i++) {
        PyTuple_SET_ITEM(all, i, PyUnicode_FromString(slot_names[i]));
    }
    return all;
}

/* features(): those that this build knows, as a number. */
static PyObject *known_features(PyObject *module, PyObject *unused)
{
    int known = HAS_PART | HAS_GC | IS_BASE | HAS_WEAK | HAS_MEMBER | READS_MEMBER | HAS_DICTIONARY | HAS_BUFFERS;
#if PY_VERSION_HEX < 0x03090000 && !CONFORM_STATIC_TYPES
    known &= ~(HAS_DICTIONARY | HAS_WEAK | HAS_BUFFERS);
#endif
    /* PyType_Ready refuses both for static types. */
#if PY_VERSION_HEX >= 0x030c0000 && !defined(PYPY_VERSION) && !CONFORM_STATIC_TYPES
    known |= MANAGES_DICTIONARY | MANAGES_WEAK;
#endif
#if defined(Py_TPFLAGS_IMMUTABLETYPE)
    known |= IS_IMMUTABLE;
#endif
    return PyLong_FromLong(known);
}

static PyMethodDef ext_methods[] = {
    {"make", make, METH_VARARGS, NULL},       {"new", new_object, METH_O, NULL},
    {"calls", taken_calls, METH_NOARGS, NULL}, {"ends", taken_ends, METH_NOARGS, NULL},
    {"prepare", prepare, METH_VARARGS, NULL},
    {"intact", intact, METH_VARARGS, NULL},   {"names", names, METH_NOARGS, NULL},
    {"features", known_features, METH_NOARGS, NULL}, {NULL},
};
static PyModuleDef_Slot ext_slots[] = {{0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Types of any hierarchy.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
