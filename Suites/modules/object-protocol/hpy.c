/* A function for each function of the API that takes objects alone, and some whose C arguments are made of objects. */
#include "hpy.h"
#include "conform.h"

/* --- name here, function of the API; grouped by result and number of arguments --- */

#define OBJECT_OF_ONE(X) \
    X(Negative, HPy_Negative) X(Positive, HPy_Positive) X(Absolute, HPy_Absolute) X(Invert, HPy_Invert) \
    X(Index, HPy_Index) X(Long, HPy_Long) X(Float, HPy_Float) X(Repr, HPy_Repr) X(Str, HPy_Str) X(ASCII, HPy_ASCII) \
    X(Bytes, HPy_Bytes) X(Type, HPy_Type) X(Dict_Keys, HPyDict_Keys) X(Dict_Copy, HPyDict_Copy) \
    X(AsUTF8String, HPyUnicode_AsUTF8String) X(AsASCIIString, HPyUnicode_AsASCIIString) \
    X(AsLatin1String, HPyUnicode_AsLatin1String)

#define OBJECT_OF_TWO(X) \
    X(Add, HPy_Add) X(Subtract, HPy_Subtract) X(Multiply, HPy_Multiply) X(MatrixMultiply, HPy_MatrixMultiply) \
    X(FloorDivide, HPy_FloorDivide) X(TrueDivide, HPy_TrueDivide) X(Remainder, HPy_Remainder) X(Divmod, HPy_Divmod) \
    X(Lshift, HPy_Lshift) X(Rshift, HPy_Rshift) X(And, HPy_And) X(Xor, HPy_Xor) X(Or, HPy_Or) \
    X(InPlaceAdd, HPy_InPlaceAdd) X(InPlaceSubtract, HPy_InPlaceSubtract) X(InPlaceMultiply, HPy_InPlaceMultiply) \
    X(InPlaceMatrixMultiply, HPy_InPlaceMatrixMultiply) X(InPlaceFloorDivide, HPy_InPlaceFloorDivide) \
    X(InPlaceTrueDivide, HPy_InPlaceTrueDivide) X(InPlaceRemainder, HPy_InPlaceRemainder) \
    X(InPlaceLshift, HPy_InPlaceLshift) X(InPlaceRshift, HPy_InPlaceRshift) X(InPlaceAnd, HPy_InPlaceAnd) \
    X(InPlaceXor, HPy_InPlaceXor) X(InPlaceOr, HPy_InPlaceOr) X(GetAttr, HPy_GetAttr) X(GetItem, HPy_GetItem)

#define OBJECT_OF_THREE(X) \
    X(Power, HPy_Power) X(InPlacePower, HPy_InPlacePower)

#define NUMBER_OF_ONE(X) \
    X(IsTrue, HPy_IsTrue) X(Length, HPy_Length) X(Hash, HPy_Hash) X(Bytes_Size, HPyBytes_Size) \
    X(Number_Check, HPyNumber_Check) X(Callable_Check, HPyCallable_Check) X(List_Check, HPyList_Check) \
    X(Dict_Check, HPyDict_Check) X(Tuple_Check, HPyTuple_Check) X(Unicode_Check, HPyUnicode_Check) \
    X(Bytes_Check, HPyBytes_Check)

#define NUMBER_OF_TWO(X) \
    X(HasAttr, HPy_HasAttr) X(Contains, HPy_Contains) X(DelItem, HPy_DelItem) X(DelAttr, HPy_DelAttr) X(Is, HPy_Is) \
    X(TypeCheck, HPy_TypeCheck) X(IsSubtype, HPyType_IsSubtype)

#define NUMBER_OF_THREE(X) \
    X(SetAttr, HPy_SetAttr) X(SetItem, HPy_SetItem)

#define CONVERSION(X) \
    X(AsInt32, int32_t, HPyLong_AsInt32_t, HPyLong_FromInt32_t) \
    X(AsUInt32, uint32_t, HPyLong_AsUInt32_t, HPyLong_FromUInt32_t) \
    X(AsUInt32Mask, uint32_t, HPyLong_AsUInt32_tMask, HPyLong_FromUInt32_t) \
    X(AsInt64, int64_t, HPyLong_AsInt64_t, HPyLong_FromInt64_t) \
    X(AsUInt64, uint64_t, HPyLong_AsUInt64_t, HPyLong_FromUInt64_t) \
    X(AsUInt64Mask, uint64_t, HPyLong_AsUInt64_tMask, HPyLong_FromUInt64_t) \
    X(AsSize, size_t, HPyLong_AsSize_t, HPyLong_FromSize_t) \
    X(AsSsize, HPy_ssize_t, HPyLong_AsSsize_t, HPyLong_FromSsize_t) \
    X(AsDouble, double, HPyLong_AsDouble, HPyFloat_FromDouble) \
    X(FloatAsDouble, double, HPyFloat_AsDouble, HPyFloat_FromDouble)

/* -1 is an error or the number. */
static HPy number_or_error(HPyContext *ctx, HPy_ssize_t number)
{
    return number == -1 && HPyErr_Occurred(ctx) ? HPy_NULL : HPyLong_FromSsize_t(ctx, number);
}

static int enough(HPyContext *ctx, size_t nargs, size_t wanted)
{
    if (nargs != wanted) {
        HPyErr_SetString(ctx, ctx->h_AssertionError, "wrong number of arguments");
    }
    return nargs == wanted;
}

#define ONE(N, F, RESULT)                                                                                            \
    HPyDef_METH(f_##N, #N, HPyFunc_O)                                                                                \
    static HPy f_##N##_impl(HPyContext *ctx, HPy self, HPy x)                                                        \
    {                                                                                                                \
        return RESULT(F(ctx, x));                                                                                    \
    }
#define MANY(N, COUNT, CALL)                                                                                         \
    HPyDef_METH(f_##N, #N, HPyFunc_VARARGS)                                                                          \
    static HPy f_##N##_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)                                \
    {                                                                                                                \
        return enough(ctx, nargs, COUNT) ? CALL : HPy_NULL;                                                          \
    }
#define OBJECT(x) x
#define NUMBER(x) number_or_error(ctx, x)
#define O1(N, F) ONE(N, F, OBJECT)
#define N1(N, F) ONE(N, F, NUMBER)
#define O2(N, F) MANY(N, 2, F(ctx, args[0], args[1]))
#define O3(N, F) MANY(N, 3, F(ctx, args[0], args[1], args[2]))
#define N2(N, F) MANY(N, 2, NUMBER(F(ctx, args[0], args[1])))
#define N3(N, F) MANY(N, 3, NUMBER(F(ctx, args[0], args[1], args[2])))
OBJECT_OF_ONE(O1)
OBJECT_OF_TWO(O2)
OBJECT_OF_THREE(O3)
NUMBER_OF_ONE(N1)
NUMBER_OF_TWO(N2)
NUMBER_OF_THREE(N3)

#define CONVERT(N, TYPE, AS, FROM)                                                                                   \
    HPyDef_METH(f_##N, #N, HPyFunc_O)                                                                                \
    static HPy f_##N##_impl(HPyContext *ctx, HPy self, HPy x)                                                        \
    {                                                                                                                \
        TYPE value = AS(ctx, x);                                                                                     \
        return value == (TYPE)-1 && HPyErr_Occurred(ctx) ? HPy_NULL : FROM(ctx, value);                              \
    }
CONVERSION(CONVERT)

/* --- names and indices that are C values --- */

#define TEXT(i) HPyUnicode_AsUTF8AndSize(ctx, args[i], NULL)
#define INDEX(i) HPyLong_AsSsize_t(ctx, args[i])
MANY(GetAttr_s, 2, HPy_GetAttr_s(ctx, args[0], TEXT(1)))
MANY(HasAttr_s, 2, NUMBER(HPy_HasAttr_s(ctx, args[0], TEXT(1))))
MANY(SetAttr_s, 3, NUMBER(HPy_SetAttr_s(ctx, args[0], TEXT(1), args[2])))
MANY(DelAttr_s, 2, NUMBER(HPy_DelAttr_s(ctx, args[0], TEXT(1))))
MANY(GetItem_s, 2, HPy_GetItem_s(ctx, args[0], TEXT(1)))
MANY(SetItem_s, 3, NUMBER(HPy_SetItem_s(ctx, args[0], TEXT(1), args[2])))
MANY(DelItem_s, 2, NUMBER(HPy_DelItem_s(ctx, args[0], TEXT(1))))
MANY(GetItem_i, 2, HPy_GetItem_i(ctx, args[0], INDEX(1)))
MANY(SetItem_i, 3, NUMBER(HPy_SetItem_i(ctx, args[0], INDEX(1), args[2])))
MANY(DelItem_i, 2, NUMBER(HPy_DelItem_i(ctx, args[0], INDEX(1))))
/* The same with a name that is the bytes of an object. */
#define RAW(i) HPyBytes_AsString(ctx, args[i])
MANY(GetAttr_raw, 2, HPy_GetAttr_s(ctx, args[0], RAW(1)))
MANY(SetAttr_raw, 3, NUMBER(HPy_SetAttr_s(ctx, args[0], RAW(1), args[2])))
MANY(DelAttr_raw, 2, NUMBER(HPy_DelAttr_s(ctx, args[0], RAW(1))))
MANY(GetItem_raw, 2, HPy_GetItem_s(ctx, args[0], RAW(1)))
MANY(SetItem_raw, 3, NUMBER(HPy_SetItem_s(ctx, args[0], RAW(1), args[2])))
MANY(DelItem_raw, 2, NUMBER(HPy_DelItem_s(ctx, args[0], RAW(1))))
MANY(RichCompare, 3, HPy_RichCompare(ctx, args[0], args[1], (int)INDEX(2)))
MANY(RichCompareBool, 3, NUMBER(HPy_RichCompareBool(ctx, args[0], args[1], (int)INDEX(2))))
MANY(Substring, 3, HPyUnicode_Substring(ctx, args[0], INDEX(1), INDEX(2)))
MANY(ReadChar, 2, NUMBER((HPy_ssize_t)(int32_t)HPyUnicode_ReadChar(ctx, args[0], INDEX(1))))
MANY(DecodeASCII, 2, HPyUnicode_DecodeASCII(ctx, HPyBytes_AsString(ctx, args[0]), HPyBytes_Size(ctx, args[0]), TEXT(1)))
MANY(DecodeLatin1, 2,
     HPyUnicode_DecodeLatin1(ctx, HPyBytes_AsString(ctx, args[0]), HPyBytes_Size(ctx, args[0]), TEXT(1)))
MANY(FromEncodedObject, 3, HPyUnicode_FromEncodedObject(ctx, args[0], TEXT(1), TEXT(2)))
MANY(BytesOf, 2, HPyBytes_FromStringAndSize(ctx, HPyBytes_AS_STRING(ctx, args[0]), INDEX(1)))
MANY(BytesCopy, 1, HPyBytes_FromString(ctx, HPyBytes_AsString(ctx, args[0])))
MANY(TextCopy, 1, HPyUnicode_FromString(ctx, TEXT(0)))

HPyDef_METH(f_TextSize, "TextSize", HPyFunc_O)
static HPy f_TextSize_impl(HPyContext *ctx, HPy self, HPy text)
{
    HPy_ssize_t size;
    return HPyUnicode_AsUTF8AndSize(ctx, text, &size) == NULL ? HPy_NULL : HPyLong_FromSsize_t(ctx, size);
}

HPyDef_METH(f_SliceUnpack, "SliceUnpack", HPyFunc_O)
static HPy f_SliceUnpack_impl(HPyContext *ctx, HPy self, HPy slice)
{
    HPy_ssize_t start, stop, step;
    if (HPySlice_Unpack(ctx, slice, &start, &stop, &step) < 0) {
        return HPy_NULL;
    }
    return HPy_BuildValue(ctx, "nnn", start, stop, step);
}

HPyDef_METH(f_SliceIndices, "SliceIndices", HPyFunc_VARARGS)
static HPy f_SliceIndices_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy_ssize_t start, stop, step;
    if (!enough(ctx, nargs, 2) || HPySlice_Unpack(ctx, args[0], &start, &stop, &step) < 0) {
        return HPy_NULL;
    }
    HPy_ssize_t count = HPySlice_AdjustIndices(ctx, INDEX(1), &start, &stop, step);
    return HPy_BuildValue(ctx, "nnnn", start, stop, step, count);
}

static HPyDef *ext_defines[] = {
#define LIST(N, F) &f_##N,
    OBJECT_OF_ONE(LIST) OBJECT_OF_TWO(LIST) OBJECT_OF_THREE(LIST)
    NUMBER_OF_ONE(LIST) NUMBER_OF_TWO(LIST) NUMBER_OF_THREE(LIST)
#define LIST_CONVERSION(N, TYPE, AS, FROM) &f_##N,
    CONVERSION(LIST_CONVERSION)
    &f_GetAttr_s, &f_HasAttr_s, &f_SetAttr_s, &f_DelAttr_s, &f_GetItem_s, &f_SetItem_s, &f_DelItem_s, &f_GetItem_i,
    &f_SetItem_i, &f_DelItem_i, &f_GetAttr_raw, &f_SetAttr_raw, &f_DelAttr_raw, &f_GetItem_raw, &f_SetItem_raw,
    &f_DelItem_raw, &f_RichCompare, &f_RichCompareBool, &f_Substring, &f_ReadChar, &f_DecodeASCII,
    &f_DecodeLatin1, &f_FromEncodedObject, &f_BytesOf, &f_BytesCopy, &f_TextCopy, &f_TextSize, &f_SliceUnpack,
    &f_SliceIndices, NULL,
};
static HPyModuleDef ext_module = {.doc = "Functions of the API, one by one.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
