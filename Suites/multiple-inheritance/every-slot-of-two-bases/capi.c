/* The same against the raw C API. */
#include "conform_capi.h"
#include "slots.h"

#define UNARY(MARK, SLOT) CAPI_UNARY(MARK, SLOT)
#define BINARY(MARK, SLOT) CAPI_BINARY(MARK, SLOT)
#define TERNARY(MARK, SLOT) CAPI_TERNARY(MARK, SLOT)
#define ASSIGNED(MARK, SLOT) CAPI_ASSIGNED(MARK, SLOT)
#define INTEGER(MARK, SLOT) CAPI_FUNCTION(MARK, SLOT, (PyObject * a), PyLong_FromLong(1))
#define REAL(MARK, SLOT) CAPI_FUNCTION(MARK, SLOT, (PyObject * a), PyFloat_FromDouble(1.5))
#define INQUIRY(MARK, SLOT) CAPI_INT_FUNCTION(MARK, SLOT, int, (PyObject * a), 0)
#define LENGTH(MARK, SLOT) CAPI_INT_FUNCTION(MARK, SLOT, Py_ssize_t, (PyObject * a), 1)
#define INDEXED(MARK, SLOT) CAPI_FUNCTION(MARK, SLOT, (PyObject * a, Py_ssize_t b), PyUnicode_FromString(#SLOT))
#define STORED(MARK, SLOT) CAPI_INT_FUNCTION(MARK, SLOT, int, (PyObject * a, Py_ssize_t b, PyObject *c), 0)
#define CONTAINS(MARK, SLOT) CAPI_INT_FUNCTION(MARK, SLOT, int, (PyObject * a, PyObject *b), 1)
#define HASH(MARK, SLOT) CAPI_INT_FUNCTION(MARK, SLOT, Py_hash_t, (PyObject * a), 42)
#define COMPARED(MARK, SLOT)                                                                                         \
    CAPI_FUNCTION(MARK, SLOT, (PyObject * a, PyObject *b, int c), PyUnicode_FromString(#SLOT))
#define CALL(MARK, SLOT)                                                                                             \
    CAPI_FUNCTION(MARK, SLOT, (PyObject * a, PyObject *b, PyObject *c), PyUnicode_FromString(#SLOT))
#define GETBUFFER(MARK, SLOT)                                                                                        \
    CAPI_INT_FUNCTION(MARK, SLOT, int, (PyObject * a, Py_buffer *b, int c),                                          \
                      PyBuffer_FillInfo(b, a, (void *)"content", 7, 1, c))
#define RELEASEBUFFER(MARK, SLOT)                                                                                    \
    static void MARK##_##SLOT(PyObject *a, Py_buffer *b)                                                             \
    {                                                                                                                \
        CALLED(MARK, SLOT);                                                                                          \
    }

HPY_SLOTS(A)
LEGACY_SLOTS(A)
HPY_SLOTS(B)
LEGACY_SLOTS(B)

#undef UNARY
#undef BINARY
#undef TERNARY
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
#undef GETBUFFER
#undef RELEASEBUFFER

struct slot {
    const char *name;
    PyType_Slot slot;
};
#define ENTRY(MARK, SLOT) {#SLOT, {Py_##SLOT, (void *)MARK##_##SLOT}},
#define UNARY ENTRY
#define BINARY ENTRY
#define TERNARY ENTRY
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
#define GETBUFFER ENTRY
#define RELEASEBUFFER ENTRY
#ifndef Py_bf_getbuffer
#define Py_bf_getbuffer 1 /* Python 3.8 hides the two */
#define Py_bf_releasebuffer 2
#endif
static const struct slot slots[2][80] = {{HPY_SLOTS(A) LEGACY_SLOTS(A)}, {HPY_SLOTS(B) LEGACY_SLOTS(B)}};

static const PyType_Slot *find(const char *wanted, int mark)
{
    for (const struct slot *one = slots[mark]; one->name != NULL; one++) {
        if (strcmp(one->name, wanted) == 0) {
            return &one->slot;
        }
    }
    PyErr_SetString(PyExc_LookupError, wanted);
    return NULL;
}

/* make(mark, names, bases): a new type with the slots of these names, whose functions are those of the mark. */
static PyObject *make(PyObject *module, PyObject *args)
{
    const char *mark;
    PyObject *names, *bases;
    PyType_Slot chosen[8];
    if (!PyArg_ParseTuple(args, "sO!O!", &mark, &PyTuple_Type, &names, &PyTuple_Type, &bases)) {
        return NULL;
    }
    Py_ssize_t count = PyTuple_GET_SIZE(names);
    if (count > 6 || (count > 0 && *mark != 'A' && *mark != 'B')) {
        PyErr_SetString(PyExc_ValueError, "six slots at most, of A or of B");
        return NULL;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        const char *name = PyUnicode_AsUTF8AndSize(PyTuple_GET_ITEM(names, i), NULL);
        const PyType_Slot *found = name == NULL ? NULL : find(name, *mark - 'A');
        if (found == NULL) {
            return NULL;
        }
        chosen[i] = *found;
    }
    /* A static type does not inherit tp_new from object. */
    if (PyTuple_GET_SIZE(bases) == 0) {
        chosen[count++] = (PyType_Slot){Py_tp_new, (void *)PyType_GenericNew};
    }
    chosen[count] = (PyType_Slot){0, NULL};
    PyType_Spec spec = {
        .name = *mark == 'A' ? "ext.First" : *mark == 'B' ? "ext.Second" : "ext.Child",
        .basicsize = sizeof(PyObject),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
        .slots = chosen,
    };
    return conform_type(&spec, PyTuple_GET_SIZE(bases) == 0 ? NULL : bases);
}

static PyMethodDef ext_methods[] = {
    {"make", make, METH_VARARGS, "A new type."},
    {"make_legacy", make, METH_VARARGS, "The same; HPy has two ways."},
    {NULL},
};
static PyModuleDef_Slot ext_slots[] = {{0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Types with any slots.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
