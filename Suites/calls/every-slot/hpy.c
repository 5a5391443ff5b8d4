/* Types with every slot of HPy 0.9.0 that an expression of Python can reach. A slot returns its own name and the
   objects that it got; set_mode() makes all of them fail. */
#include "hpy.h"
#include "conform.h"

/* What the slots do: answer, raise, answer NotImplemented, answer an object of the wrong type, answer false. */
enum { ANSWER, RAISE, DECLINE, WRONG, FALSE };
static int mode;

HPyDef_METH(set_mode, "set_mode", HPyFunc_O)
static HPy set_mode_impl(HPyContext *ctx, HPy module, HPy arg)
{
    mode = (int)HPyLong_AsLong(ctx, arg);
    return HPy_Dup(ctx, ctx->h_None);
}

/* Whether to raise; then the exception is set. */
static int raises(HPyContext *ctx)
{
    if (mode == RAISE) {
        HPyErr_SetString(ctx, ctx->h_LookupError, "in the slot");
    }
    return mode == RAISE;
}

/* The answer of the slot of this name to up to three objects; HPy_NULL is shown as the text "NULL". */
static HPy answer(HPyContext *ctx, const char *name, HPy a, HPy b, HPy c, int count)
{
    if (raises(ctx)) {
        return HPy_NULL;
    }
    if (mode == DECLINE) {
        return HPy_Dup(ctx, ctx->h_NotImplemented);
    }
    HPy null = HPyUnicode_FromString(ctx, "NULL"), text = HPyUnicode_FromString(ctx, name), result = HPy_NULL;
    if (!HPy_IsNull(null) && !HPy_IsNull(text)) {
        HPy items[] = {text, a, HPy_IsNull(b) ? null : b, HPy_IsNull(c) ? null : c};
        result = HPyTuple_FromArray(ctx, items, count + 1);
    }
    if (!HPy_IsNull(null)) {
        HPy_Close(ctx, null);
    }
    if (!HPy_IsNull(text)) {
        HPy_Close(ctx, text);
    }
    return result;
}

/* The same with a number for the second object. */
static HPy answer_index(HPyContext *ctx, const char *name, HPy self, HPy_ssize_t index)
{
    HPy number = HPyLong_FromSsize_t(ctx, index);
    if (HPy_IsNull(number)) {
        return HPy_NULL;
    }
    HPy result = answer(ctx, name, self, number, HPy_NULL, 2);
    HPy_Close(ctx, number);
    return result;
}

#define UNARY(TYPE, SLOT)                                                                                            \
    HPyDef_SLOT(TYPE##_##SLOT, HPy_##SLOT)                                                                           \
    static HPy TYPE##_##SLOT##_impl(HPyContext *ctx, HPy self)                                                       \
    {                                                                                                                \
        return answer(ctx, #SLOT, self, HPy_NULL, HPy_NULL, 1);                                                      \
    }
#define BINARY(TYPE, SLOT)                                                                                           \
    HPyDef_SLOT(TYPE##_##SLOT, HPy_##SLOT)                                                                           \
    static HPy TYPE##_##SLOT##_impl(HPyContext *ctx, HPy a, HPy b)                                                   \
    {                                                                                                                \
        return answer(ctx, #SLOT, a, b, HPy_NULL, 2);                                                                \
    }
#define TERNARY(TYPE, SLOT)                                                                                          \
    HPyDef_SLOT(TYPE##_##SLOT, HPy_##SLOT)                                                                           \
    static HPy TYPE##_##SLOT##_impl(HPyContext *ctx, HPy a, HPy b, HPy c)                                            \
    {                                                                                                                \
        return answer(ctx, #SLOT, a, b, c, 3);                                                                       \
    }
#define INDEXED(TYPE, SLOT)                                                                                          \
    HPyDef_SLOT(TYPE##_##SLOT, HPy_##SLOT)                                                                           \
    static HPy TYPE##_##SLOT##_impl(HPyContext *ctx, HPy self, HPy_ssize_t index)                                    \
    {                                                                                                                \
        return answer_index(ctx, #SLOT, self, index);                                                                \
    }
/* A slot that answers with a value of a type of Python's own, made by the expression. */
#define VALUE(TYPE, SLOT, MAKE)                                                                                      \
    HPyDef_SLOT(TYPE##_##SLOT, HPy_##SLOT)                                                                           \
    static HPy TYPE##_##SLOT##_impl(HPyContext *ctx, HPy self)                                                       \
    {                                                                                                                \
        return raises(ctx) ? HPy_NULL : mode == WRONG ? HPy_Dup(ctx, ctx->h_Ellipsis) : MAKE;                        \
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
VALUE(Number, nb_int, HPyLong_FromLong(ctx, 41))
VALUE(Number, nb_index, HPyLong_FromLong(ctx, 42))
VALUE(Number, nb_float, HPyFloat_FromDouble(ctx, 2.5))

HPyDef_SLOT(Number_nb_bool, HPy_nb_bool)
static int Number_nb_bool_impl(HPyContext *ctx, HPy self)
{
    return raises(ctx) ? -1 : mode != FALSE;
}

BINARY(Sequence, sq_concat)
BINARY(Sequence, sq_inplace_concat)
INDEXED(Sequence, sq_repeat)
INDEXED(Sequence, sq_inplace_repeat)

HPyDef_SLOT(Sequence_sq_length, HPy_sq_length)
static HPy_ssize_t Sequence_sq_length_impl(HPyContext *ctx, HPy self)
{
    return raises(ctx) ? -1 : mode == FALSE ? 0 : 5;
}

HPyDef_SLOT(Sequence_sq_item, HPy_sq_item)
static HPy Sequence_sq_item_impl(HPyContext *ctx, HPy self, HPy_ssize_t index)
{
    if (index < 0 || index >= 5) {
        HPyErr_SetString(ctx, ctx->h_IndexError, "no such item");
        return HPy_NULL;
    }
    return answer_index(ctx, "sq_item", self, index);
}

/* Writes down the index and the value, which is -1 for a deletion. */
HPyDef_SLOT(Sequence_sq_ass_item, HPy_sq_ass_item)
static int Sequence_sq_ass_item_impl(HPyContext *ctx, HPy self, HPy_ssize_t index, HPy value)
{
    long number = HPy_IsNull(value) ? -1 : HPyLong_AsLong(ctx, value);
    conform_event("index", index);
    conform_event("value", number);
    return raises(ctx) ? -1 : 0;
}

/* Has the numbers below 5; what is no number is an error. */
HPyDef_SLOT(Sequence_sq_contains, HPy_sq_contains)
static int Sequence_sq_contains_impl(HPyContext *ctx, HPy self, HPy item)
{
    long number = HPyLong_AsLong(ctx, item);
    if (number == -1 && HPyErr_Occurred(ctx)) {
        return -1;
    }
    return raises(ctx) ? -1 : number < 5;
}

HPyDef_SLOT(Mapping_mp_length, HPy_mp_length)
static HPy_ssize_t Mapping_mp_length_impl(HPyContext *ctx, HPy self)
{
    return raises(ctx) ? -1 : mode == FALSE ? 0 : 7;
}

/* Writes down the key and the value, which is -1 for a deletion. */
HPyDef_SLOT(Mapping_mp_ass_subscript, HPy_mp_ass_subscript)
static int Mapping_mp_ass_subscript_impl(HPyContext *ctx, HPy self, HPy key, HPy value)
{
    long number = HPy_IsNull(value) ? -1 : HPyLong_AsLong(ctx, value);
    conform_event("key", HPyLong_AsLong(ctx, key));
    conform_event("value", number);
    return raises(ctx) ? -1 : 0;
}

BINARY(Mapping, mp_subscript)

VALUE(Shown, tp_repr, HPyUnicode_FromString(ctx, "the repr"))
VALUE(Shown, tp_str, HPyUnicode_FromString(ctx, "the str"))

/* The same number for all, or another one. */
HPyDef_SLOT(Shown_tp_hash, HPy_tp_hash)
static HPy_hash_t Shown_tp_hash_impl(HPyContext *ctx, HPy self)
{
    return raises(ctx) ? -1 : mode == FALSE ? 0 : 4711;
}

HPyDef_SLOT(Shown_tp_richcompare, HPy_tp_richcompare)
static HPy Shown_tp_richcompare_impl(HPyContext *ctx, HPy a, HPy b, HPy_RichCmpOp operation)
{
    static const char *names[] = {"<", "<=", "==", "!=", ">", ">="};
    return answer(ctx, names[operation], a, b, HPy_NULL, 2);
}

/* Eight numbers of two bytes, two rows of four, which can be written to on request only. */
static short numbers[8] = {1, 2, 3, 4, 5, 6, 7, 8};
static HPy_ssize_t shape[] = {2, 4}, strides[] = {8, 2};

HPyDef_SLOT(Bytes_bf_getbuffer, HPy_bf_getbuffer)
static int Bytes_bf_getbuffer_impl(HPyContext *ctx, HPy self, HPy_buffer *view, int flags)
{
    conform_event("get", flags);
    if (raises(ctx)) {
        view->obj = HPy_NULL;
        return -1;
    }
    view->buf = numbers;
    view->obj = HPy_Dup(ctx, self);
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

HPyDef_SLOT(Bytes_bf_releasebuffer, HPy_bf_releasebuffer)
static void Bytes_bf_releasebuffer_impl(HPyContext *ctx, HPy self, HPy_buffer *view)
{
    int whole = view->buf == numbers && view->len == 16 && view->itemsize == 2 && view->ndim == 2 &&
                view->shape == shape && view->strides == strides && view->suboffsets == NULL &&
                strcmp(view->format, "h") == 0;
    conform_event("release", whole);
    conform_event("readonly", view->readonly == (mode != FALSE));
    conform_event("internal", view->internal == &numbers[3]);
    conform_event("object", HPy_Is(ctx, view->obj, self));
}

#define NEW(TYPE)                                                                                                    \
    HPyDef_SLOT(TYPE##_tp_new, HPy_tp_new)                                                                           \
    static HPy TYPE##_tp_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)              \
    {                                                                                                                \
        return HPyType_GenericNew(ctx, cls, args, nargs, kw);                                                        \
    }
NEW(Number)
NEW(Sequence)
NEW(Mapping)
NEW(Shown)
NEW(Bytes)

static HPyDef *Number_defines[] = {
    &Number_tp_new, &Number_nb_negative, &Number_nb_positive, &Number_nb_absolute, &Number_nb_invert,
    &Number_nb_add, &Number_nb_subtract, &Number_nb_multiply, &Number_nb_remainder, &Number_nb_divmod,
    &Number_nb_lshift, &Number_nb_rshift, &Number_nb_and, &Number_nb_xor, &Number_nb_or,
    &Number_nb_floor_divide, &Number_nb_true_divide, &Number_nb_matrix_multiply, &Number_nb_inplace_add,
    &Number_nb_inplace_subtract, &Number_nb_inplace_multiply, &Number_nb_inplace_remainder,
    &Number_nb_inplace_lshift, &Number_nb_inplace_rshift, &Number_nb_inplace_and, &Number_nb_inplace_xor,
    &Number_nb_inplace_or, &Number_nb_inplace_floor_divide, &Number_nb_inplace_true_divide,
    &Number_nb_inplace_matrix_multiply, &Number_nb_power, &Number_nb_inplace_power, &Number_nb_int,
    &Number_nb_index, &Number_nb_float, &Number_nb_bool, NULL,
};
static HPyDef *Sequence_defines[] = {
    &Sequence_tp_new, &Sequence_sq_concat, &Sequence_sq_inplace_concat, &Sequence_sq_repeat,
    &Sequence_sq_inplace_repeat, &Sequence_sq_length, &Sequence_sq_item, &Sequence_sq_ass_item,
    &Sequence_sq_contains, NULL,
};
static HPyDef *Mapping_defines[] = {
    &Mapping_tp_new, &Mapping_mp_length, &Mapping_mp_subscript, &Mapping_mp_ass_subscript, NULL,
};
static HPyDef *Shown_defines[] = {
    &Shown_tp_new, &Shown_tp_repr, &Shown_tp_str, &Shown_tp_hash, &Shown_tp_richcompare, NULL,
};
static HPyDef *Bytes_defines[] = {
    &Bytes_tp_new, &Bytes_bf_getbuffer, &Bytes_bf_releasebuffer, NULL,
};

#define SPEC(TYPE)                                                                                                   \
    static HPyType_Spec TYPE##_spec = {                                                                              \
        .name = "ext." #TYPE,                                                                                        \
        .flags = HPy_TPFLAGS_DEFAULT,                                                                                \
        .defines = TYPE##_defines,                                                                                   \
    }
SPEC(Number);
SPEC(Sequence);
SPEC(Mapping);
SPEC(Shown);
SPEC(Bytes);

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    return HPyHelpers_AddType(ctx, module, "Number", &Number_spec, NULL) &&
                   HPyHelpers_AddType(ctx, module, "Sequence", &Sequence_spec, NULL) &&
                   HPyHelpers_AddType(ctx, module, "Mapping", &Mapping_spec, NULL) &&
                   HPyHelpers_AddType(ctx, module, "Shown", &Shown_spec, NULL) &&
                   HPyHelpers_AddType(ctx, module, "Bytes", &Bytes_spec, NULL)
               ? 0
               : -1;
}

static HPyDef *ext_defines[] = {&set_mode, &ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "Every slot.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
