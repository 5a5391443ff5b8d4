/* The same against the raw C API. */
#include "conform_capi.h"
#include "functions.h"

typedef struct {
    PyObject_HEAD
    long content;
} Owner;

/* A deallocator is called for its own type, and by subtype_dealloc for a subtype, which has called tp_finalize. */
static int finalized(PyObject *self, destructor own)
{
    PyTypeObject *type = Py_TYPE(self);
    if (type->tp_dealloc == own && type->tp_finalize != NULL && PyObject_CallFinalizerFromDealloc(self) < 0) {
        return 0;
    }
    if (PyType_IS_GC(type)) {
        PyObject_GC_UnTrack(self);
    }
    return 1;
}

#if CONFORM_STATIC_TYPES
/* object's tp_dealloc, which a static type inherits, neither calls tp_finalize nor ends the tracking. */
static void quiet_dealloc(PyObject *self)
{
    if (finalized(self, quiet_dealloc)) {
        CONFORM_FREE(self);
    }
}
#endif

#define FUNCTIONS(MARK)                                                                                              \
    static PyObject *MARK##_tp_new(PyTypeObject *cls, PyObject *args, PyObject *kw)                                  \
    {                                                                                                                \
        CALLED(MARK, tp_new);                                                                                        \
        return CONFORM_ALLOC(cls)(cls, 0);                                                                                \
    }                                                                                                                \
    static int MARK##_tp_init(PyObject *self, PyObject *args, PyObject *kw)                                          \
    {                                                                                                                \
        CALLED(MARK, tp_init);                                                                                       \
        return 0;                                                                                                    \
    }                                                                                                                \
    static void MARK##_tp_finalize(PyObject *self)                                                                   \
    {                                                                                                                \
        CALLED(MARK, tp_finalize);                                                                                   \
    }                                                                                                                \
    static void MARK##_tp_destroy(PyObject *self)                                                                    \
    {                                                                                                                \
        if (finalized(self, MARK##_tp_destroy)) {                                                                    \
            CALLED(MARK, tp_destroy);                                                                                \
            CONFORM_FREE(self);                                                                                      \
        }                                                                                                            \
    }                                                                                                                \
    static int MARK##_tp_traverse(PyObject *self, visitproc visit, void *arg)                                        \
    {                                                                                                                \
        CALLED(MARK, tp_traverse);                                                                                   \
        CONFORM_VISIT_TYPE(self);                                                                                    \
        return 0;                                                                                                    \
    }                                                                                                                \
    static int MARK##_tp_clear(PyObject *self)                                                                       \
    {                                                                                                                \
        CALLED(MARK, tp_clear);                                                                                      \
        return 0;                                                                                                    \
    }                                                                                                                \
    static PyObject *MARK##_tp_alloc(PyTypeObject *cls, Py_ssize_t items)                                            \
    {                                                                                                                \
        CALLED(MARK, tp_alloc);                                                                                      \
        return PyType_GenericAlloc(cls, items);                                                                      \
    }                                                                                                                \
    static void MARK##_tp_free(void *self)                                                                           \
    {                                                                                                                \
        CALLED(MARK, tp_free);                                                                                       \
        if (PyType_IS_GC(Py_TYPE((PyObject *)self))) {                                                               \
            PyObject_GC_Del(self);                                                                                   \
        } else {                                                                                                     \
            PyObject_Free(self);                                                                                     \
        }                                                                                                            \
    }

FUNCTIONS(A)
FUNCTIONS(B)
FUNCTIONS(C)

#define SLOTS(MARK)                                                                                                  \
    {                                                                                                                \
        {"tp_new", {Py_tp_new, (void *)MARK##_tp_new}}, {"tp_init", {Py_tp_init, (void *)MARK##_tp_init}},           \
            {"tp_finalize", {Py_tp_finalize, (void *)MARK##_tp_finalize}},                                           \
            {"tp_destroy", {Py_tp_dealloc, (void *)MARK##_tp_destroy}},                                              \
            {"tp_traverse", {Py_tp_traverse, (void *)MARK##_tp_traverse}},                                           \
            {"tp_clear", {Py_tp_clear, (void *)MARK##_tp_clear}},                                                    \
            {"tp_alloc", {Py_tp_alloc, (void *)MARK##_tp_alloc}},                                                    \
            {"tp_free", {Py_tp_free, (void *)MARK##_tp_free}},                                                       \
            {NULL, {0, NULL}},                                                                                       \
    }
struct named_slot {
    const char *name;
    PyType_Slot slot;
};
static const struct named_slot slots[3][9] = {SLOTS(A), SLOTS(B), SLOTS(C)};

/* make(mark, names, bases): a new type with the slots of these names, whose functions are those of the mark.

   "struct" stands for a struct of its own; "bare" keeps a type from getting a tp_new. */
static PyObject *make(PyObject *module, PyObject *args)
{
    const char *mark;
    PyObject *names, *bases;
    PyType_Slot chosen[12];
    int used = 0, bare = 0, has_new = 0, has_dealloc = 0, ends = 0;
    if (!PyArg_ParseTuple(args, "sO!O!", &mark, &PyTuple_Type, &names, &PyTuple_Type, &bases)) {
        return NULL;
    }
    Py_ssize_t count = PyTuple_GET_SIZE(names);
    if (count > 9 || *mark < 'A' || *mark > 'C') {
        PyErr_SetString(PyExc_ValueError, "nine names at most, of A, B or C");
        return NULL;
    }
    PyType_Spec spec = {
        .name = name_of_mark(*mark),
        .basicsize = PyTuple_GET_SIZE(bases) == 0 ? sizeof(PyObject) : 0,
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
        .slots = chosen,
    };
    for (Py_ssize_t i = 0; i < count; i++) {
        const char *wanted = PyUnicode_AsUTF8AndSize(PyTuple_GET_ITEM(names, i), NULL);
        if (wanted == NULL) {
            return NULL;
        }
        if (strcmp(wanted, "struct") == 0) {
            spec.basicsize = sizeof(Owner);
            continue;
        }
        if (strcmp(wanted, "bare") == 0) {
            bare = 1;
            continue;
        }
        const struct named_slot *one = slots[*mark - 'A'];
        while (one->name != NULL && strcmp(one->name, wanted) != 0) {
            one++;
        }
        if (one->name == NULL) {
            PyErr_SetString(PyExc_LookupError, wanted);
            return NULL;
        }
        chosen[used++] = one->slot;
        has_new |= one->slot.slot == Py_tp_new;
        has_dealloc |= one->slot.slot == Py_tp_dealloc;
        ends |= one->slot.slot == Py_tp_finalize || one->slot.slot == Py_tp_traverse;
        if (one->slot.slot == Py_tp_traverse) {
            spec.flags |= Py_TPFLAGS_HAVE_GC;
        }
    }
    /* A static type does not inherit tp_new from object, and object's need not make what C knows of an object. */
    if (!bare && !has_new && PyTuple_GET_SIZE(bases) == 0) {
        chosen[used++] = (PyType_Slot){Py_tp_new, (void *)PyType_GenericNew};
    }
#if CONFORM_STATIC_TYPES
    if (ends && !has_dealloc) {
        chosen[used++] = (PyType_Slot){Py_tp_dealloc, (void *)quiet_dealloc};
    }
#else
    (void)(has_dealloc + ends);
#endif
    chosen[used] = (PyType_Slot){0, NULL};
    return conform_type(&spec, PyTuple_GET_SIZE(bases) == 0 ? NULL : bases);
}

static PyMethodDef ext_methods[] = {
    {"make", make, METH_VARARGS, "A new type."},
    {NULL},
};
static PyModuleDef_Slot ext_slots[] = {{0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Types with any slots of construction and destruction.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
