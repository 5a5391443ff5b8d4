/* call(name, object, ...): a function of the C API by its name. Numbers are given and returned as Python has them. */
#include "conform_capi.h"

typedef struct {
    PyObject **args;
    Py_ssize_t count;
} Args;

static Py_ssize_t number(Args given, int place)
{
    return PyLong_AsSsize_t(given.args[place]);
}

/* -1 is a failure where an exception is set. */
static PyObject *told(Py_ssize_t result)
{
    return PyErr_Occurred() ? NULL : PyLong_FromSsize_t(result);
}

/* NULL is a failure where an exception is set; PyIter_Next has an end. */
static PyObject *object(PyObject *result)
{
    return result == NULL && !PyErr_Occurred() ? PyUnicode_FromString("NULL without an exception") : result;
}

#define A given.args[0]
#define B given.args[1]
#define C given.args[2]

#define OBJECTS_OF_ONE(X)                                                                                            \
    X(PyNumber_Positive) X(PyNumber_Negative) X(PyNumber_Absolute) X(PyNumber_Invert) X(PyNumber_Index)              \
    X(PyNumber_Long) X(PyNumber_Float) X(PyObject_Repr) X(PyObject_Str) X(PyObject_Bytes) X(PyObject_GetIter)        \
    X(PyIter_Next) X(PySequence_List) X(PyObject_Dir)
#define NUMBERS_OF_ONE(X)                                                                                            \
    X(PyObject_IsTrue) X(PyObject_Not) X(PyObject_Size) X(PySequence_Size) X(PyMapping_Size) X(PyObject_Hash)        \
    X(PyNumber_Check) X(PySequence_Check) X(PyMapping_Check) X(PyIter_Check) X(PyIndex_Check) X(PyCallable_Check)
#define OBJECTS_OF_TWO(X)                                                                                            \
    X(PyNumber_Add) X(PyNumber_Subtract) X(PyNumber_Multiply) X(PyNumber_TrueDivide) X(PyNumber_FloorDivide)         \
    X(PyNumber_Remainder) X(PyNumber_Divmod) X(PyNumber_Lshift) X(PyNumber_And) X(PyNumber_MatrixMultiply)           \
    X(PyNumber_InPlaceAdd) X(PyNumber_InPlaceSubtract) X(PyNumber_InPlaceOr) X(PySequence_Concat)                    \
    X(PySequence_InPlaceConcat) X(PyObject_GetItem) X(PyObject_GetAttr)
#define NUMBERS_OF_TWO(X)                                                                                            \
    X(PySequence_Contains) X(PyObject_DelItem) X(PySequence_Index) X(PyObject_HasAttr)           \
    X(PyObject_IsInstance) X(PyObject_IsSubclass)

static PyObject *chosen(const char *name, Args given)
{
#define X(NAME) if (strcmp(name, #NAME) == 0) return object(NAME(A));
    OBJECTS_OF_ONE(X)
#undef X
#define X(NAME) if (strcmp(name, #NAME) == 0) return told(NAME(A));
    NUMBERS_OF_ONE(X)
#undef X
#define X(NAME) if (strcmp(name, #NAME) == 0) return object(NAME(A, B));
    OBJECTS_OF_TWO(X)
#undef X
#define X(NAME) if (strcmp(name, #NAME) == 0) return told(NAME(A, B));
    NUMBERS_OF_TWO(X)
#undef X
#define IS(NAME) if (strcmp(name, NAME) == 0) return
    IS("PyNumber_Power") object(PyNumber_Power(A, B, C));
    IS("PyNumber_InPlacePower") object(PyNumber_InPlacePower(A, B, C));
    IS("PySequence_Repeat") object(PySequence_Repeat(A, number(given, 1)));
    IS("PySequence_GetItem") object(PySequence_GetItem(A, number(given, 1)));
    IS("PySequence_SetItem") told(PySequence_SetItem(A, number(given, 1), C));
    IS("PySequence_DelItem") told(PySequence_DelItem(A, number(given, 1)));
    IS("PyObject_SetItem") told(PyObject_SetItem(A, B, C));
    IS("PyObject_SetAttr") told(PyObject_SetAttr(A, B, C));
    IS("PyObject_DelAttr") told(PyObject_SetAttr(A, B, NULL));
    IS("PyObject_RichCompare") object(PyObject_RichCompare(A, B, (int)number(given, 2)));
    IS("PyObject_RichCompareBool") told(PyObject_RichCompareBool(A, B, (int)number(given, 2)));
    IS("PyObject_LengthHint") told(PyObject_LengthHint(A, 7));
#undef IS
    return PyErr_Format(PyExc_LookupError, "no function %s", name);
}

static PyObject *call(PyObject *module, PyObject *args)
{
    PyObject *given[3] = {Py_None, Py_None, Py_None};
    const char *name;
    if (!PyArg_ParseTuple(args, "s|OOO", &name, &given[0], &given[1], &given[2])) {
        return NULL;
    }
    return chosen(name, (Args){given, PyTuple_GET_SIZE(args) - 1});
}

static PyMethodDef ext_methods[] = {
    {"call", call, METH_VARARGS, "call(name, ...): calls a function of the C API."}, {NULL},
};
static PyModuleDef_Slot ext_slots[] = {{0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT, .m_name = "ext", .m_methods = ext_methods, .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
