/* The same against the raw C API. Conversions to C types of a fixed width go through the next wider function. */
#include "conform_capi.h"

static int same(PyObject *one, PyObject *other)
{
    return one == other;
}

static int type_check(PyObject *object, PyObject *type)
{
    return PyObject_TypeCheck(object, (PyTypeObject *)type);
}

static int is_subtype(PyObject *sub, PyObject *type)
{
    return PyType_IsSubtype((PyTypeObject *)sub, (PyTypeObject *)type);
}

static int32_t as_int32(PyObject *x)
{
    long value = PyLong_AsLong(x);
    if (value == -1 && PyErr_Occurred()) {
        return -1;
    }
    if (value != (int32_t)value) {
        PyErr_SetString(PyExc_OverflowError, "Python int too large to convert to C int32_t");
        return -1;
    }
    return (int32_t)value;
}

static uint32_t as_uint32(PyObject *x)
{
    unsigned long value = PyLong_AsUnsignedLong(x);
    if (value == (unsigned long)-1 && PyErr_Occurred()) {
        return (uint32_t)-1;
    }
    if (value != (uint32_t)value) {
        PyErr_SetString(PyExc_OverflowError, "Python int too large to convert to C uint32_t");
        return (uint32_t)-1;
    }
    return (uint32_t)value;
}

static uint32_t as_uint32_mask(PyObject *x)
{
    return (uint32_t)PyLong_AsUnsignedLongMask(x);
}

/* --- name here, function of the API; grouped by result and number of arguments --- */

#define OBJECT_OF_ONE(X) \
    X(Negative, PyNumber_Negative) X(Positive, PyNumber_Positive) X(Absolute, PyNumber_Absolute) \
    X(Invert, PyNumber_Invert) X(Index, PyNumber_Index) X(Long, PyNumber_Long) X(Float, PyNumber_Float) \
    X(Repr, PyObject_Repr) X(Str, PyObject_Str) X(ASCII, PyObject_ASCII) X(Bytes, PyObject_Bytes) \
    X(Type, PyObject_Type) X(Dict_Keys, PyDict_Keys) X(Dict_Copy, PyDict_Copy) \
    X(AsUTF8String, PyUnicode_AsUTF8String) X(AsASCIIString, PyUnicode_AsASCIIString) \
    X(AsLatin1String, PyUnicode_AsLatin1String)

#define OBJECT_OF_TWO(X) \
    X(Add, PyNumber_Add) X(Subtract, PyNumber_Subtract) X(Multiply, PyNumber_Multiply) \
    X(MatrixMultiply, PyNumber_MatrixMultiply) X(FloorDivide, PyNumber_FloorDivide) \
    X(TrueDivide, PyNumber_TrueDivide) X(Remainder, PyNumber_Remainder) X(Divmod, PyNumber_Divmod) \
    X(Lshift, PyNumber_Lshift) X(Rshift, PyNumber_Rshift) X(And, PyNumber_And) X(Xor, PyNumber_Xor) \
    X(Or, PyNumber_Or) X(InPlaceAdd, PyNumber_InPlaceAdd) X(InPlaceSubtract, PyNumber_InPlaceSubtract) \
    X(InPlaceMultiply, PyNumber_InPlaceMultiply) X(InPlaceMatrixMultiply, PyNumber_InPlaceMatrixMultiply) \
    X(InPlaceFloorDivide, PyNumber_InPlaceFloorDivide) X(InPlaceTrueDivide, PyNumber_InPlaceTrueDivide) \
    X(InPlaceRemainder, PyNumber_InPlaceRemainder) X(InPlaceLshift, PyNumber_InPlaceLshift) \
    X(InPlaceRshift, PyNumber_InPlaceRshift) X(InPlaceAnd, PyNumber_InPlaceAnd) X(InPlaceXor, PyNumber_InPlaceXor) \
    X(InPlaceOr, PyNumber_InPlaceOr) X(GetAttr, PyObject_GetAttr) X(GetItem, PyObject_GetItem)

#define OBJECT_OF_THREE(X) \
    X(Power, PyNumber_Power) X(InPlacePower, PyNumber_InPlacePower)

#define NUMBER_OF_ONE(X) \
    X(IsTrue, PyObject_IsTrue) X(Length, PyObject_Length) X(Hash, PyObject_Hash) X(Bytes_Size, PyBytes_Size) \
    X(Number_Check, PyNumber_Check) X(Callable_Check, PyCallable_Check) X(List_Check, PyList_Check) \
    X(Dict_Check, PyDict_Check) X(Tuple_Check, PyTuple_Check) X(Unicode_Check, PyUnicode_Check) \
    X(Bytes_Check, PyBytes_Check)

#define NUMBER_OF_TWO(X) \
    X(HasAttr, PyObject_HasAttr) X(Contains, PySequence_Contains) X(DelItem, PyObject_DelItem) \
    X(DelAttr, PyObject_DelAttr) X(Is, same) X(TypeCheck, type_check) X(IsSubtype, is_subtype)

#define NUMBER_OF_THREE(X) \
    X(SetAttr, PyObject_SetAttr) X(SetItem, PyObject_SetItem)

#define CONVERSION(X) \
    X(AsInt32, int32_t, as_int32, PyLong_FromLong) \
    X(AsUInt32, uint32_t, as_uint32, PyLong_FromUnsignedLong) \
    X(AsUInt32Mask, uint32_t, as_uint32_mask, PyLong_FromUnsignedLong) \
    X(AsInt64, long long, PyLong_AsLongLong, PyLong_FromLongLong) \
    X(AsUInt64, unsigned long long, PyLong_AsUnsignedLongLong, PyLong_FromUnsignedLongLong) \
    X(AsUInt64Mask, unsigned long long, PyLong_AsUnsignedLongLongMask, PyLong_FromUnsignedLongLong) \
    X(AsSize, size_t, PyLong_AsSize_t, PyLong_FromSize_t) \
    X(AsSsize, Py_ssize_t, PyLong_AsSsize_t, PyLong_FromSsize_t) \
    X(AsDouble, double, PyLong_AsDouble, PyFloat_FromDouble) \
    X(FloatAsDouble, double, PyFloat_AsDouble, PyFloat_FromDouble)

static PyObject *number_or_error(Py_ssize_t number)
{
    return number == -1 && PyErr_Occurred() ? NULL : PyLong_FromSsize_t(number);
}

static int enough(PyObject *args, Py_ssize_t wanted)
{
    if (PyTuple_GET_SIZE(args) != wanted) {
        PyErr_SetString(PyExc_AssertionError, "wrong number of arguments");
    }
    return PyTuple_GET_SIZE(args) == wanted;
}

#define ONE(N, F, RESULT)                                                                                            \
    static PyObject *f_##N(PyObject *self, PyObject *x)                                                              \
    {                                                                                                                \
        return RESULT(F(x));                                                                                         \
    }
#define MANY(N, COUNT, CALL)                                                                                         \
    static PyObject *f_##N(PyObject *self, PyObject *args)                                                           \
    {                                                                                                                \
        return enough(args, COUNT) ? CALL : NULL;                                                                    \
    }
#define ITEM(i) PyTuple_GET_ITEM(args, i)
#define OBJECT(x) x
#define NUMBER(x) number_or_error(x)
#define O1(N, F) ONE(N, F, OBJECT)
#define N1(N, F) ONE(N, F, NUMBER)
#define O2(N, F) MANY(N, 2, F(ITEM(0), ITEM(1)))
#define O3(N, F) MANY(N, 3, F(ITEM(0), ITEM(1), ITEM(2)))
#define N2(N, F) MANY(N, 2, NUMBER(F(ITEM(0), ITEM(1))))
#define N3(N, F) MANY(N, 3, NUMBER(F(ITEM(0), ITEM(1), ITEM(2))))
OBJECT_OF_ONE(O1)
OBJECT_OF_TWO(O2)
OBJECT_OF_THREE(O3)
NUMBER_OF_ONE(N1)
NUMBER_OF_TWO(N2)
NUMBER_OF_THREE(N3)

#define CONVERT(N, TYPE, AS, FROM)                                                                                   \
    static PyObject *f_##N(PyObject *self, PyObject *x)                                                              \
    {                                                                                                                \
        TYPE value = AS(x);                                                                                          \
        return value == (TYPE)-1 && PyErr_Occurred() ? NULL : FROM(value);                                           \
    }
CONVERSION(CONVERT)

/* --- names and indices that are C values --- */

static PyObject *get_index(PyObject *object, Py_ssize_t index)
{
    PyObject *key = PyLong_FromSsize_t(index);
    PyObject *item = key == NULL ? NULL : PyObject_GetItem(object, key);
    Py_XDECREF(key);
    return item;
}

static int set_index(PyObject *object, Py_ssize_t index, PyObject *value)
{
    PyObject *key = PyLong_FromSsize_t(index);
    int result = -1;
    if (key != NULL) {
        result = value == NULL ? PyObject_DelItem(object, key) : PyObject_SetItem(object, key, value);
    }
    Py_XDECREF(key);
    return result;
}

#define TEXT(i) PyUnicode_AsUTF8AndSize(ITEM(i), NULL)
#define INDEX(i) PyLong_AsSsize_t(ITEM(i))
MANY(GetAttr_s, 2, PyObject_GetAttrString(ITEM(0), TEXT(1)))
MANY(HasAttr_s, 2, NUMBER(PyObject_HasAttrString(ITEM(0), TEXT(1))))
MANY(SetAttr_s, 3, NUMBER(PyObject_SetAttrString(ITEM(0), TEXT(1), ITEM(2))))
MANY(DelAttr_s, 2, NUMBER(PyObject_DelAttrString(ITEM(0), TEXT(1))))
MANY(GetItem_s, 2, PyObject_GetItem(ITEM(0), ITEM(1)))
MANY(SetItem_s, 3, NUMBER(PyObject_SetItem(ITEM(0), ITEM(1), ITEM(2))))
MANY(DelItem_s, 2, NUMBER(PyObject_DelItem(ITEM(0), ITEM(1))))
MANY(GetItem_i, 2, get_index(ITEM(0), INDEX(1)))
MANY(SetItem_i, 3, NUMBER(set_index(ITEM(0), INDEX(1), ITEM(2))))
MANY(DelItem_i, 2, NUMBER(set_index(ITEM(0), INDEX(1), NULL)))
/* The same with a name that is the bytes of an object. */
#define RAW(i) PyBytes_AsString(ITEM(i))
MANY(GetAttr_raw, 2, PyObject_GetAttrString(ITEM(0), RAW(1)))
MANY(SetAttr_raw, 3, NUMBER(PyObject_SetAttrString(ITEM(0), RAW(1), ITEM(2))))
MANY(DelAttr_raw, 2, NUMBER(PyObject_DelAttrString(ITEM(0), RAW(1))))
MANY(GetItem_raw, 2, PyMapping_GetItemString(ITEM(0), RAW(1)))
MANY(SetItem_raw, 3, NUMBER(PyMapping_SetItemString(ITEM(0), RAW(1), ITEM(2))))
MANY(DelItem_raw, 2, NUMBER(PyMapping_DelItemString(ITEM(0), RAW(1))))
MANY(RichCompare, 3, PyObject_RichCompare(ITEM(0), ITEM(1), (int)INDEX(2)))
MANY(RichCompareBool, 3, NUMBER(PyObject_RichCompareBool(ITEM(0), ITEM(1), (int)INDEX(2))))
MANY(Substring, 3, PyUnicode_Substring(ITEM(0), INDEX(1), INDEX(2)))
MANY(ReadChar, 2, NUMBER((Py_ssize_t)(int32_t)PyUnicode_ReadChar(ITEM(0), INDEX(1))))
MANY(DecodeASCII, 2, PyUnicode_DecodeASCII(PyBytes_AsString(ITEM(0)), PyBytes_Size(ITEM(0)), TEXT(1)))
MANY(DecodeLatin1, 2, PyUnicode_DecodeLatin1(PyBytes_AsString(ITEM(0)), PyBytes_Size(ITEM(0)), TEXT(1)))
MANY(FromEncodedObject, 3, PyUnicode_FromEncodedObject(ITEM(0), TEXT(1), TEXT(2)))
MANY(BytesOf, 2, PyBytes_FromStringAndSize(PyBytes_AS_STRING(ITEM(0)), INDEX(1)))
MANY(BytesCopy, 1, PyBytes_FromString(PyBytes_AsString(ITEM(0))))
MANY(TextCopy, 1, PyUnicode_FromString(TEXT(0)))

static PyObject *f_TextSize(PyObject *self, PyObject *text)
{
    Py_ssize_t size;
    return PyUnicode_AsUTF8AndSize(text, &size) == NULL ? NULL : PyLong_FromSsize_t(size);
}

static PyObject *f_SliceUnpack(PyObject *self, PyObject *slice)
{
    Py_ssize_t start, stop, step;
    return PySlice_Unpack(slice, &start, &stop, &step) < 0 ? NULL : Py_BuildValue("nnn", start, stop, step);
}

static PyObject *f_SliceIndices(PyObject *self, PyObject *args)
{
    Py_ssize_t start, stop, step;
    if (!enough(args, 2) || PySlice_Unpack(ITEM(0), &start, &stop, &step) < 0) {
        return NULL;
    }
    Py_ssize_t count = PySlice_AdjustIndices(INDEX(1), &start, &stop, step);
    return Py_BuildValue("nnnn", start, stop, step, count);
}

static PyMethodDef ext_methods[] = {
#define LIST_ONE(N, F) {#N, f_##N, METH_O, NULL},
#define LIST_MANY(N, F) {#N, f_##N, METH_VARARGS, NULL},
#define LIST_CONVERSION(N, TYPE, AS, FROM) {#N, f_##N, METH_O, NULL},
    OBJECT_OF_ONE(LIST_ONE) NUMBER_OF_ONE(LIST_ONE) CONVERSION(LIST_CONVERSION)
    OBJECT_OF_TWO(LIST_MANY) OBJECT_OF_THREE(LIST_MANY) NUMBER_OF_TWO(LIST_MANY) NUMBER_OF_THREE(LIST_MANY)
    LIST_MANY(GetAttr_s, )
    LIST_MANY(HasAttr_s, )
    LIST_MANY(SetAttr_s, )
    LIST_MANY(DelAttr_s, )
    LIST_MANY(GetItem_s, )
    LIST_MANY(SetItem_s, )
    LIST_MANY(DelItem_s, )
    LIST_MANY(GetItem_i, )
    LIST_MANY(SetItem_i, )
    LIST_MANY(DelItem_i, )
    LIST_MANY(GetAttr_raw, )
    LIST_MANY(SetAttr_raw, )
    LIST_MANY(DelAttr_raw, )
    LIST_MANY(GetItem_raw, )
    LIST_MANY(SetItem_raw, )
    LIST_MANY(DelItem_raw, )
    LIST_MANY(RichCompare, )
    LIST_MANY(RichCompareBool, )
    LIST_MANY(Substring, )
    LIST_MANY(ReadChar, )
    LIST_MANY(DecodeASCII, )
    LIST_MANY(DecodeLatin1, )
    LIST_MANY(FromEncodedObject, )
    LIST_MANY(BytesOf, )
    LIST_MANY(BytesCopy, )
    LIST_MANY(TextCopy, )
    LIST_MANY(SliceIndices, )
    LIST_ONE(TextSize, )
    LIST_ONE(SliceUnpack, )
    {NULL},
};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Functions of the API, one by one.",
    .m_methods = ext_methods,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
