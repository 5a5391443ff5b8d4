/* The same against the raw C API. */
#include "conform_capi.h"

/* What the slots do: answer, raise, answer NotImplemented, answer an object of the wrong type, answer false. */
enum { ANSWER, RAISE, DECLINE, WRONG, FALSE };
static int mode;

static PyObject *set_mode(PyObject *module, PyObject *arg)
{
    mode = (int)PyLong_AsLong(arg);
    Py_RETURN_NONE;
}

/* Whether to raise; then the exception is set. */
static int raises(void)
{
    if (mode == RAISE) {
        PyErr_SetString(PyExc_LookupError, "in the slot");
    }
    return mode == RAISE;
}

static PyObject *borrowed(PyObject *object)
{
    Py_INCREF(object);
    return object;
}

/* The answer of the slot of this name to up to three objects; NULL is shown as the text "NULL". */
static PyObject *answer(const char *name, PyObject *a, PyObject *b, PyObject *c, int count)
{
    if (raises()) {
        return NULL;
    }
    if (mode == DECLINE) {
        return borrowed(Py_NotImplemented);
    }
    PyObject *items[] = {a, b, c}, *result = PyTuple_New(count + 1);
    if (result != NULL) {
        PyTuple_SET_ITEM(result, 0, PyUnicode_FromString(name));
        for (int i = 0; i < count; i++) {
            PyTuple_SET_ITEM(result, i + 1, items[i] == NULL ? PyUnicode_FromString("NULL") : borrowed(items[i]));
        }
    }
    return result;
}

/* The same with a number for the second object. */
static PyObject *answer_index(const char *name, PyObject *self, Py_ssize_t index)
{
    PyObject *number = PyLong_FromSsize_t(index);
    if (number == NULL) {
        return NULL;
    }
    PyObject *result = answer(name, self, number, NULL, 2);
    Py_DECREF(number);
    return result;
}

#define UNARY(TYPE, SLOT)                                                                                            \
    static PyObject *TYPE##_##SLOT(PyObject *self)                                                                   \
    {                                                                                                                \
        return answer(#SLOT, self, NULL, NULL, 1);                                                                   \
    }
#define BINARY(TYPE, SLOT)                                                                                           \
    static PyObject *TYPE##_##SLOT(PyObject *a, PyObject *b)                                                         \
    {                                                                                                                \
        return answer(#SLOT, a, b, NULL, 2);                                                                         \
    }
#define TERNARY(TYPE, SLOT)                                                                                          \
    static PyObject *TYPE##_##SLOT(PyObject *a, PyObject *b, PyObject *c)                                            \
    {                                                                                                                \
        return answer(#SLOT, a, b, c, 3);                                                                            \
    }
#define INDEXED(TYPE, SLOT)                                                                                          \
    static PyObject *TYPE##_##SLOT(PyObject *self, Py_ssize_t index)                                                 \
    {                                                                                                                \
        return answer_index(#SLOT, self, index);                                                                     \
    }
/* A slot that answers with a value of a type of Python's own, made by the expression. */
#define VALUE(TYPE, SLOT, MAKE)                                                                                      \
    static PyObject *TYPE##_##SLOT(PyObject *self)                                                                   \
    {                                                                                                                \
        return raises() ? NULL : mode == WRONG ? borrowed(Py_Ellipsis) : MAKE;                                       \
    }

UNARY(Number, nb_negative)
UNARY(Number, nb_positive)
UNARY(Number, nb_absolute)
UNARY(Number, nb_invert)
BINARY(Number, nb_add)
BINARY(Number, nb_subtract)
BINARY(Number, nb_multiply)
BINARY(Number, nb_remainder)
BINARY(Number, nb_divmod)
BINARY(Number, nb_lshift)
BINARY(Number, nb_rshift)
BINARY(Number, nb_and)
BINARY(Number, nb_xor)
BINARY(Number, nb_or)
BINARY(Number, nb_floor_divide)
BINARY(Number, nb_true_divide)
BINARY(Number, nb_matrix_multiply)
BINARY(Number, nb_inplace_add)
BINARY(Number, nb_inplace_subtract)
BINARY(Number, nb_inplace_multiply)
BINARY(Number, nb_inplace_remainder)
BINARY(Number, nb_inplace_lshift)
BINARY(Number, nb_inplace_rshift)
BINARY(Number, nb_inplace_and)
BINARY(Number, nb_inplace_xor)
BINARY(Number, nb_inplace_or)
BINARY(Number, nb_inplace_floor_divide)
BINARY(Number, nb_inplace_true_divide)
BINARY(Number, nb_inplace_matrix_multiply)
TERNARY(Number, nb_power)
TERNARY(Number, nb_inplace_power)
VALUE(Number, nb_int, PyLong_FromLong(41))
VALUE(Number, nb_index, PyLong_FromLong(42))
VALUE(Number, nb_float, PyFloat_FromDouble(2.5))

static int Number_nb_bool(PyObject *self)
{
    return raises() ? -1 : mode != FALSE;
}

BINARY(Sequence, sq_concat)
BINARY(Sequence, sq_inplace_concat)
INDEXED(Sequence, sq_repeat)
INDEXED(Sequence, sq_inplace_repeat)

static Py_ssize_t Sequence_sq_length(PyObject *self)
{
    return raises() ? -1 : mode == FALSE ? 0 : 5;
}

static PyObject *Sequence_sq_item(PyObject *self, Py_ssize_t index)
{
    if (index < 0 || index >= 5) {
        PyErr_SetString(PyExc_IndexError, "no such item");
        return NULL;
    }
    return answer_index("sq_item", self, index);
}

/* Writes down the index and the value, which is -1 for a deletion. */
static int Sequence_sq_ass_item(PyObject *self, Py_ssize_t index, PyObject *value)
{
    long number = value == NULL ? -1 : PyLong_AsLong(value);
    conform_event("index", index);
    conform_event("value", number);
    return raises() ? -1 : 0;
}

/* Has the numbers below 5; what is no number is an error. */
static int Sequence_sq_contains(PyObject *self, PyObject *item)
{
    long number = PyLong_AsLong(item);
    if (number == -1 && PyErr_Occurred()) {
        return -1;
    }
    return raises() ? -1 : number < 5;
}

static Py_ssize_t Mapping_mp_length(PyObject *self)
{
    return raises() ? -1 : mode == FALSE ? 0 : 7;
}

/* Writes down the key and the value, which is -1 for a deletion. */
static int Mapping_mp_ass_subscript(PyObject *self, PyObject *key, PyObject *value)
{
    long number = value == NULL ? -1 : PyLong_AsLong(value);
    conform_event("key", PyLong_AsLong(key));
    conform_event("value", number);
    return raises() ? -1 : 0;
}

BINARY(Mapping, mp_subscript)

VALUE(Shown, tp_repr, PyUnicode_FromString("the repr"))
VALUE(Shown, tp_str, PyUnicode_FromString("the str"))

/* The same number for all, or another one. */
static Py_hash_t Shown_tp_hash(PyObject *self)
{
    return raises() ? -1 : mode == FALSE ? 0 : 4711;
}

static PyObject *Shown_tp_richcompare(PyObject *a, PyObject *b, int operation)
{
    static const char *names[] = {"<", "<=", "==", "!=", ">", ">="};
    return answer(names[operation], a, b, NULL, 2);
}

/* Eight numbers of two bytes, two rows of four, which can be written to on request only. */
static short numbers[8] = {1, 2, 3, 4, 5, 6, 7, 8};
static Py_ssize_t shape[] = {2, 4}, strides[] = {8, 2};

static int Bytes_bf_getbuffer(PyObject *self, Py_buffer *view, int flags)
{
    conform_event("get", flags);
    if (raises()) {
        view->obj = NULL;
        return -1;
    }
    view->buf = numbers;
    view->obj = borrowed(self);
    view->len = sizeof(numbers);
    view->itemsize = sizeof(numbers[0]);
    view->readonly = mode != FALSE;
    view->ndim = 2;
    view->format = (char *)"h";
    view->shape = shape;
    view->strides = strides;
    view->suboffsets = NULL;
    view->internal = &numbers[3];
    return 0;
}

static void Bytes_bf_releasebuffer(PyObject *self, Py_buffer *view)
{
    int whole = view->buf == numbers && view->len == 16 && view->itemsize == 2 && view->ndim == 2 &&
                view->shape == shape && view->strides == strides && view->suboffsets == NULL &&
                strcmp(view->format, "h") == 0;
    conform_event("release", whole);
    conform_event("readonly", view->readonly == (mode != FALSE));
    conform_event("internal", view->internal == &numbers[3]);
    conform_event("object", view->obj == self);
}

static PyType_Slot Number_slots[] = {
    {Py_tp_new, PyType_GenericNew},
    {Py_nb_negative, Number_nb_negative},
    {Py_nb_positive, Number_nb_positive},
    {Py_nb_absolute, Number_nb_absolute},
    {Py_nb_invert, Number_nb_invert},
    {Py_nb_add, Number_nb_add},
    {Py_nb_subtract, Number_nb_subtract},
    {Py_nb_multiply, Number_nb_multiply},
    {Py_nb_remainder, Number_nb_remainder},
    {Py_nb_divmod, Number_nb_divmod},
    {Py_nb_lshift, Number_nb_lshift},
    {Py_nb_rshift, Number_nb_rshift},
    {Py_nb_and, Number_nb_and},
    {Py_nb_xor, Number_nb_xor},
    {Py_nb_or, Number_nb_or},
    {Py_nb_floor_divide, Number_nb_floor_divide},
    {Py_nb_true_divide, Number_nb_true_divide},
    {Py_nb_matrix_multiply, Number_nb_matrix_multiply},
    {Py_nb_inplace_add, Number_nb_inplace_add},
    {Py_nb_inplace_subtract, Number_nb_inplace_subtract},
    {Py_nb_inplace_multiply, Number_nb_inplace_multiply},
    {Py_nb_inplace_remainder, Number_nb_inplace_remainder},
    {Py_nb_inplace_lshift, Number_nb_inplace_lshift},
    {Py_nb_inplace_rshift, Number_nb_inplace_rshift},
    {Py_nb_inplace_and, Number_nb_inplace_and},
    {Py_nb_inplace_xor, Number_nb_inplace_xor},
    {Py_nb_inplace_or, Number_nb_inplace_or},
    {Py_nb_inplace_floor_divide, Number_nb_inplace_floor_divide},
    {Py_nb_inplace_true_divide, Number_nb_inplace_true_divide},
    {Py_nb_inplace_matrix_multiply, Number_nb_inplace_matrix_multiply},
    {Py_nb_power, Number_nb_power},
    {Py_nb_inplace_power, Number_nb_inplace_power},
    {Py_nb_int, Number_nb_int},
    {Py_nb_index, Number_nb_index},
    {Py_nb_float, Number_nb_float},
    {Py_nb_bool, Number_nb_bool},
    {0, NULL},
};
static PyType_Slot Sequence_slots[] = {
    {Py_tp_new, PyType_GenericNew},
    {Py_sq_concat, Sequence_sq_concat},
    {Py_sq_inplace_concat, Sequence_sq_inplace_concat},
    {Py_sq_repeat, Sequence_sq_repeat},
    {Py_sq_inplace_repeat, Sequence_sq_inplace_repeat},
    {Py_sq_length, Sequence_sq_length},
    {Py_sq_item, Sequence_sq_item},
    {Py_sq_ass_item, Sequence_sq_ass_item},
    {Py_sq_contains, Sequence_sq_contains},
    {0, NULL},
};
static PyType_Slot Mapping_slots[] = {
    {Py_tp_new, PyType_GenericNew},
    {Py_mp_length, Mapping_mp_length},
    {Py_mp_subscript, Mapping_mp_subscript},
    {Py_mp_ass_subscript, Mapping_mp_ass_subscript},
    {0, NULL},
};
static PyType_Slot Shown_slots[] = {
    {Py_tp_new, PyType_GenericNew},
    {Py_tp_repr, Shown_tp_repr},
    {Py_tp_str, Shown_tp_str},
    {Py_tp_hash, Shown_tp_hash},
    {Py_tp_richcompare, Shown_tp_richcompare},
    {0, NULL},
};
static PyType_Slot Bytes_slots[] = {
    {Py_tp_new, PyType_GenericNew},
#ifdef Py_bf_getbuffer
    {Py_bf_getbuffer, Bytes_bf_getbuffer},
    {Py_bf_releasebuffer, Bytes_bf_releasebuffer},
#endif
    {0, NULL},
};
#ifndef Py_bf_getbuffer
static PyBufferProcs Bytes_procs = {Bytes_bf_getbuffer, Bytes_bf_releasebuffer};
#endif

#define SPEC(TYPE)                                                                                                   \
    static PyType_Spec TYPE##_spec = {                                                                               \
        .name = "ext." #TYPE,                                                                                        \
        .basicsize = sizeof(PyObject),                                                                               \
        .flags = Py_TPFLAGS_DEFAULT,                                                                                 \
        .slots = TYPE##_slots,                                                                                       \
    }
SPEC(Number);
SPEC(Sequence);
SPEC(Mapping);
SPEC(Shown);
SPEC(Bytes);

static int ext_exec(PyObject *module)
{
    if (conform_add_type(module, "Number", &Number_spec, NULL) < 0 ||
        conform_add_type(module, "Sequence", &Sequence_spec, NULL) < 0 ||
        conform_add_type(module, "Mapping", &Mapping_spec, NULL) < 0 ||
        conform_add_type(module, "Shown", &Shown_spec, NULL) < 0) {
        return -1;
    }
    PyObject *bytes = conform_type(&Bytes_spec, NULL);
    if (bytes == NULL) {
        return -1;
    }
#ifndef Py_bf_getbuffer
    ((PyTypeObject *)bytes)->tp_as_buffer = &Bytes_procs; /* a spec has no slots for it before Python 3.9 */
#endif
    int failed = PyObject_SetAttrString(module, "Bytes", bytes);
    Py_DECREF(bytes);
    return failed;
}

static PyMethodDef ext_methods[] = {{"set_mode", set_mode, METH_O, NULL}, {NULL}};
static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Every slot.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
