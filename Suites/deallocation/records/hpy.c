/* A DType describes records. Records are an array of them in malloc'ed memory, with an HPyField for each object, or a
   view of the memory of another one, which alone owns it: objects are stored, loaded and visited for that owner.
   Float64 is a scalar as NumPy has it, a float and a Floating at once.
   (About HPyField in malloc'ed memory see structured-buffer.) */
#include "hpy.h"
#include "conform_helpers.h"
#include "layout.h"

typedef struct {
    struct layout *layout;
} DType;
HPyType_HELPERS(DType)

typedef struct {
    long serial;
    struct layout *layout;
    char *memory;
    HPy_ssize_t count, stride;
    long exports;
    int owns;       /* the memory; destroy and HPy's clear need to know it when the fields are null */
    HPyField owner; /* of the memory of a view */
} Records;
HPyType_HELPERS(Records)

static HPyGlobal DType_type, Records_type;

static int is_a(HPyContext *ctx, HPy object, HPyGlobal global)
{
    HPy type = HPyGlobal_Load(ctx, global);
    int found = HPy_TypeCheck(ctx, object, type);
    HPy_Close(ctx, type);
    return found;
}

/* A new object of DType or Records. */
static HPy fresh(HPyContext *ctx, HPyGlobal global, void **self)
{
    HPy type = HPyGlobal_Load(ctx, global);
    HPy object = _HPy_New(ctx, type, self);
    HPy_Close(ctx, type);
    return object;
}

/* --- DType --- */

/* Adds the field that a pair (name, kind or dtype) tells. */
static int dtype_add(HPyContext *ctx, struct layout *layout, HPy pair)
{
    HPy name = HPy_GetItem_i(ctx, pair, 0);
    HPy kind = HPy_IsNull(name) ? HPy_NULL : HPy_GetItem_i(ctx, pair, 1);
    int failed = -1;
    if (!HPy_IsNull(kind)) {
        const char *text = HPyUnicode_AsUTF8AndSize(ctx, name, NULL);
        if (text != NULL && is_a(ctx, kind, DType_type)) {
            failed = layout_add(layout, text, 'T', DType_AsStruct(ctx, kind)->layout);
        } else if (text != NULL) {
            const char *word = HPyUnicode_AsUTF8AndSize(ctx, kind, NULL);
            char letter = word == NULL ? 0 : layout_letter(word);
            failed = letter == 0 ? -1 : layout_add(layout, text, letter, NULL);
        }
        if (failed < 0 && !HPyErr_Occurred(ctx)) {
            HPyErr_SetString(ctx, ctx->h_ValueError, "no such field is possible");
        }
        HPy_Close(ctx, kind);
    }
    if (!HPy_IsNull(name)) {
        HPy_Close(ctx, name);
    }
    return failed;
}

HPyDef_SLOT(DType_new, HPy_tp_new)
static HPy DType_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    if (nargs != 1) {
        return HPyErr_SetString(ctx, ctx->h_TypeError, "DType() takes the fields");
    }
    HPy_ssize_t count = HPy_Length(ctx, args[0]);
    if (count < 0) {
        return HPy_NULL;
    }
    DType *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    self->layout = layout_begin();
    if (self->layout == NULL) {
        HPy_Close(ctx, object);
        return HPyErr_NoMemory(ctx);
    }
    for (HPy_ssize_t i = 0; i < count; i++) {
        HPy pair = HPy_GetItem_i(ctx, args[0], i);
        int failed = HPy_IsNull(pair) ? -1 : dtype_add(ctx, self->layout, pair);
        if (!HPy_IsNull(pair)) {
            HPy_Close(ctx, pair);
        }
        if (failed < 0) {
            HPy_Close(ctx, object);
            return HPy_NULL;
        }
    }
    if (layout_end(self->layout) < 0) {
        HPy_Close(ctx, object);
        return HPyErr_SetString(ctx, ctx->h_ValueError, "too many fields");
    }
    return object;
}

HPyDef_SLOT(DType_destroy, HPy_tp_destroy)
static void DType_destroy_impl(void *self)
{
    struct layout *layout = ((DType *)self)->layout;
    conform_event("dtype", layout == NULL ? -1 : (long long)layout->size);
    layout_release(layout);
}

static HPy dtype_of(HPyContext *ctx, struct layout *layout)
{
    DType *self;
    HPy object = fresh(ctx, DType_type, (void **)&self);
    if (!HPy_IsNull(object)) {
        self->layout = layout_keep(layout);
    }
    return object;
}

/* The tuple of pairs that a dtype was made of. */
static HPy fields_of(HPyContext *ctx, struct layout *layout)
{
    HPy pairs[FIELDS], result = HPy_NULL;
    int made = 0;
    for (; made < layout->count; made++) {
        struct field *field = &layout->fields[made];
        HPy name = HPyUnicode_FromString(ctx, field->name);
        HPy kind = field->nested != NULL ? dtype_of(ctx, field->nested)
                                         : HPyUnicode_FromString(ctx, layout_kind(field->kind));
        pairs[made] = HPy_IsNull(name) || HPy_IsNull(kind) ? HPy_NULL : HPyTuple_Pack(ctx, 2, name, kind);
        if (!HPy_IsNull(name)) {
            HPy_Close(ctx, name);
        }
        if (!HPy_IsNull(kind)) {
            HPy_Close(ctx, kind);
        }
        if (HPy_IsNull(pairs[made])) {
            break;
        }
    }
    if (made == layout->count) {
        result = HPyTuple_FromArray(ctx, pairs, made);
    }
    while (made-- > 0) {
        HPy_Close(ctx, pairs[made]);
    }
    return result;
}

HPyDef_GET(DType_fields, "fields")
static HPy DType_fields_get(HPyContext *ctx, HPy self, void *closure)
{
    return fields_of(ctx, DType_AsStruct(ctx, self)->layout);
}

HPyDef_GET(DType_size, "size")
static HPy DType_size_get(HPyContext *ctx, HPy self, void *closure)
{
    return HPyLong_FromSize_t(ctx, DType_AsStruct(ctx, self)->layout->size);
}

HPyDef_GET(DType_format, "format")
static HPy DType_format_get(HPyContext *ctx, HPy self, void *closure)
{
    return HPyUnicode_FromString(ctx, DType_AsStruct(ctx, self)->layout->format);
}

HPyDef_METH(DType_reduce, "__reduce__", HPyFunc_NOARGS)
static HPy DType_reduce_impl(HPyContext *ctx, HPy self)
{
    HPy type = HPy_Type(ctx, self), fields = fields_of(ctx, DType_AsStruct(ctx, self)->layout), result = HPy_NULL;
    HPy args = HPy_IsNull(fields) ? HPy_NULL : HPyTuple_Pack(ctx, 1, fields);
    if (!HPy_IsNull(args)) {
        result = HPyTuple_Pack(ctx, 2, type, args);
        HPy_Close(ctx, args);
    }
    if (!HPy_IsNull(fields)) {
        HPy_Close(ctx, fields);
    }
    HPy_Close(ctx, type);
    return result;
}

static HPyDef *DType_defines[] = {
    &DType_new, &DType_destroy, &DType_fields, &DType_size, &DType_format, &DType_reduce, NULL,
};
static HPyType_Spec DType_spec = {
    .name = "ext.DType",
    .basicsize = sizeof(DType),
    .builtin_shape = SHAPE(DType),
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = DType_defines,
};

/* --- what is in the memory of an owner --- */

static HPy record_read(HPyContext *ctx, HPy owner, const struct layout *layout, char *record);
static int record_write(HPyContext *ctx, HPy owner, const struct layout *layout, char *record, HPy value);

static HPy field_read(HPyContext *ctx, HPy owner, const struct field *field, char *record)
{
    char *place = record + field->offset;
    switch (field->kind) {
    case 'b':
        return HPyLong_FromLong(ctx, *(signed char *)place);
    case 'q':
        return HPyLong_FromLongLong(ctx, *(long long *)place);
    case 'd':
        return HPyFloat_FromDouble(ctx, *(double *)place);
    case 'T':
        return record_read(ctx, owner, field->nested, place);
    }
    HPyField *object = (HPyField *)place;
    return HPyField_IsNull(*object) ? HPy_Dup(ctx, ctx->h_None) : HPyField_Load(ctx, owner, *object);
}

/* A record as a tuple, and nested ones as tuples in it. */
static HPy record_read(HPyContext *ctx, HPy owner, const struct layout *layout, char *record)
{
    HPy items[FIELDS], result = HPy_NULL;
    int read = 0;
    for (; read < layout->count; read++) {
        items[read] = field_read(ctx, owner, &layout->fields[read], record);
        if (HPy_IsNull(items[read])) {
            break;
        }
    }
    if (read == layout->count) {
        result = HPyTuple_FromArray(ctx, items, read);
    }
    while (read-- > 0) {
        HPy_Close(ctx, items[read]);
    }
    return result;
}

static int field_write(HPyContext *ctx, HPy owner, const struct field *field, char *record, HPy value)
{
    char *place = record + field->offset;
    if (field->kind == 'O') {
        HPyField_Store(ctx, owner, (HPyField *)place, value);
        return 0;
    }
    if (field->kind == 'T') {
        return record_write(ctx, owner, field->nested, place, value);
    }
    if (field->kind == 'd') {
        double real = HPyFloat_AsDouble(ctx, value);
        if (real == -1.0 && HPyErr_Occurred(ctx)) {
            return -1;
        }
        *(double *)place = real;
        return 0;
    }
    long long number = HPyLong_AsLongLong(ctx, value);
    if (number == -1 && HPyErr_Occurred(ctx)) {
        return -1;
    }
    if (field->kind == 'q') {
        *(long long *)place = number;
    } else if (number >= -128 && number <= 127) {
        *(signed char *)place = (signed char)number;
    } else {
        HPyErr_SetString(ctx, ctx->h_OverflowError, "no int8");
        return -1;
    }
    return 0;
}

static int record_write(HPyContext *ctx, HPy owner, const struct layout *layout, char *record, HPy value)
{
    if (!HPyTuple_Check(ctx, value) || HPy_Length(ctx, value) != layout->count) {
        HPyErr_SetString(ctx, ctx->h_TypeError, "a record is a tuple of as many items as there are fields");
        return -1;
    }
    for (int i = 0; i < layout->count; i++) {
        HPy item = HPy_GetItem_i(ctx, value, i);
        int failed = HPy_IsNull(item) ? -1 : field_write(ctx, owner, &layout->fields[i], record, item);
        if (!HPy_IsNull(item)) {
            HPy_Close(ctx, item);
        }
        if (failed < 0) {
            return -1;
        }
    }
    return 0;
}

/* Copies a record between memory of two owners, or of one: objects are shared, each by a store of its own. */
static void record_copy(HPyContext *ctx, const struct layout *layout, HPy to, char *target, HPy from, char *source)
{
    size_t next = 0;
    for (int i = 0; i <= layout->objects; i++) {
        size_t place = i < layout->objects ? layout->places[i] : layout->size;
        memmove(target + next, source + next, place - next);
        next = place + sizeof(HPyField);
        if (i == layout->objects) {
            return;
        }
        HPyField *old = (HPyField *)(source + place);
        HPy object = HPyField_IsNull(*old) ? HPy_NULL : HPyField_Load(ctx, from, *old);
        HPyField_Store(ctx, to, (HPyField *)(target + place), object);
        if (!HPy_IsNull(object)) {
            HPy_Close(ctx, object);
        }
    }
}

/* --- Records --- */

/* New records: memory of their own, with every object null, if there is no owner; else a view of that of the owner. */
static HPy records_make(HPyContext *ctx, struct layout *layout, HPy_ssize_t count, HPy owner, char *memory,
                        HPy_ssize_t stride)
{
    Records *self;
    HPy object = fresh(ctx, Records_type, (void **)&self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    self->serial = conform_serial();
    self->layout = layout_keep(layout);
    self->stride = stride;
    if (!HPy_IsNull(owner)) {
        self->memory = memory;
        HPyField_Store(ctx, object, &self->owner, owner);
    } else {
        self->owns = 1;
        self->memory = (char *)calloc((size_t)count * layout->size + 1, 1);
        if (self->memory == NULL) {
            HPy_Close(ctx, object);
            return HPyErr_NoMemory(ctx);
        }
    }
    self->count = count;
    return object;
}

HPyDef_SLOT(Records_new, HPy_tp_new)
static HPy Records_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    if (nargs != 2 || !is_a(ctx, args[0], DType_type)) {
        return HPyErr_SetString(ctx, ctx->h_TypeError, "Records() takes a dtype and a number of records");
    }
    HPy_ssize_t count = HPyLong_AsSsize_t(ctx, args[1]);
    if (count < 0 || count > 1000000) {
        return HPyErr_Occurred(ctx) ? HPy_NULL : HPyErr_SetString(ctx, ctx->h_ValueError, "no such number");
    }
    struct layout *layout = DType_AsStruct(ctx, args[0])->layout;
    return records_make(ctx, layout, count, HPy_NULL, NULL, (HPy_ssize_t)layout->size);
}

HPyDef_SLOT(Records_traverse, HPy_tp_traverse)
static int Records_traverse_impl(void *data, HPyFunc_visitproc visit, void *arg)
{
    Records *self = (Records *)data;
    HPy_VISIT(&self->owner);
    if (!self->owns || self->memory == NULL) {
        return 0;
    }
    for (HPy_ssize_t row = 0; row < self->count; row++) {
        for (int i = 0; i < self->layout->objects; i++) {
            HPy_VISIT((HPyField *)(self->memory + row * self->stride + self->layout->places[i]));
        }
    }
    return 0;
}

HPyDef_SLOT(Records_destroy, HPy_tp_destroy)
static void Records_destroy_impl(void *data)
{
    Records *self = (Records *)data;
    conform_event(self->owns ? "records" : "view", self->serial);
    if (self->exports != 0) {
        conform_event("still exported", self->serial);
    }
    if (self->owns) {
        free(self->memory);
    }
    layout_release(self->layout);
}

/* A handle to the owner of the memory; HPy_NULL with an exception if the collector has taken it away. */
static HPy owner_of(HPyContext *ctx, HPy object)
{
    Records *self = Records_AsStruct(ctx, object);
    if (self->owns) {
        return HPy_Dup(ctx, object);
    }
    if (HPyField_IsNull(self->owner)) {
        return HPyErr_SetString(ctx, ctx->h_RuntimeError, "the owner is gone");
    }
    return HPyField_Load(ctx, object, self->owner);
}

/* The record at an index; NULL with an exception. */
static char *record_at(HPyContext *ctx, Records *self, HPy index)
{
    HPy_ssize_t row = HPyLong_AsSsize_t(ctx, index);
    if (row < 0 || row >= self->count) {
        if (!HPyErr_Occurred(ctx)) {
            HPyErr_SetString(ctx, ctx->h_IndexError, "no such record");
        }
        return NULL;
    }
    return self->memory + row * self->stride;
}

/* The field of a name; NULL with an exception. */
static const struct field *field_named(HPyContext *ctx, Records *self, HPy name)
{
    const char *text = HPyUnicode_AsUTF8AndSize(ctx, name, NULL);
    const struct field *field = text == NULL ? NULL : layout_find(self->layout, text);
    if (text != NULL && field == NULL) {
        HPyErr_SetString(ctx, ctx->h_KeyError, "no such field");
    }
    return field;
}

/* get(index, name) */
HPyDef_METH(Records_get, "get", HPyFunc_VARARGS)
static HPy Records_get_impl(HPyContext *ctx, HPy object, const HPy *args, size_t nargs)
{
    HPy index, name;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OO", &index, &name)) {
        return HPy_NULL;
    }
    Records *self = Records_AsStruct(ctx, object);
    char *record = record_at(ctx, self, index);
    const struct field *field = record == NULL ? NULL : field_named(ctx, self, name);
    HPy owner = field == NULL ? HPy_NULL : owner_of(ctx, object);
    if (HPy_IsNull(owner)) {
        return HPy_NULL;
    }
    HPy value = field_read(ctx, owner, field, record);
    HPy_Close(ctx, owner);
    return value;
}

/* put(index, name, value); without a value, the object that the field holds is given up. */
HPyDef_METH(Records_put, "put", HPyFunc_VARARGS)
static HPy Records_put_impl(HPyContext *ctx, HPy object, const HPy *args, size_t nargs)
{
    HPy index, name, value = HPy_NULL;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OO|O", &index, &name, &value)) {
        return HPy_NULL;
    }
    Records *self = Records_AsStruct(ctx, object);
    char *record = record_at(ctx, self, index);
    const struct field *field = record == NULL ? NULL : field_named(ctx, self, name);
    if (field != NULL && HPy_IsNull(value) && field->kind != 'O') {
        return HPyErr_SetString(ctx, ctx->h_TypeError, "only objects are given up");
    }
    HPy owner = field == NULL ? HPy_NULL : owner_of(ctx, object);
    if (HPy_IsNull(owner)) {
        return HPy_NULL;
    }
    int failed = field_write(ctx, owner, field, record, value);
    HPy_Close(ctx, owner);
    return failed < 0 ? HPy_NULL : HPy_Dup(ctx, ctx->h_None);
}

/* assign(index, other, other's index): the record becomes one like the other. */
HPyDef_METH(Records_assign, "assign", HPyFunc_VARARGS)
static HPy Records_assign_impl(HPyContext *ctx, HPy object, const HPy *args, size_t nargs)
{
    HPy index, other, other_index;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OOO", &index, &other, &other_index)) {
        return HPy_NULL;
    }
    Records *self = Records_AsStruct(ctx, object);
    if (!is_a(ctx, other, Records_type) || !layout_same(self->layout, Records_AsStruct(ctx, other)->layout)) {
        return HPyErr_SetString(ctx, ctx->h_TypeError, "assign() takes records with the same fields");
    }
    char *record = record_at(ctx, self, index);
    char *source = record == NULL ? NULL : record_at(ctx, Records_AsStruct(ctx, other), other_index);
    HPy owner = source == NULL ? HPy_NULL : owner_of(ctx, object);
    HPy from = HPy_IsNull(owner) ? HPy_NULL : owner_of(ctx, other);
    if (!HPy_IsNull(from)) {
        record_copy(ctx, self->layout, owner, record, from, source);
        HPy_Close(ctx, from);
    }
    if (!HPy_IsNull(owner)) {
        HPy_Close(ctx, owner);
    }
    return HPy_IsNull(from) ? HPy_NULL : HPy_Dup(ctx, ctx->h_None);
}

/* rows(first, number): a view of some records. */
HPyDef_METH(Records_rows, "rows", HPyFunc_VARARGS)
static HPy Records_rows_impl(HPyContext *ctx, HPy object, const HPy *args, size_t nargs)
{
    long first, number;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "ll", &first, &number)) {
        return HPy_NULL;
    }
    Records *self = Records_AsStruct(ctx, object);
    if (first < 0 || number < 0 || first > self->count || number > self->count - first) {
        return HPyErr_SetString(ctx, ctx->h_IndexError, "no such records");
    }
    HPy owner = owner_of(ctx, object);
    if (HPy_IsNull(owner)) {
        return HPy_NULL;
    }
    HPy view = records_make(ctx, self->layout, number, owner, self->memory + first * self->stride, self->stride);
    HPy_Close(ctx, owner);
    return view;
}

/* column(name): a view of one field of all records; of a nested one, records again. */
HPyDef_METH(Records_column, "column", HPyFunc_O)
static HPy Records_column_impl(HPyContext *ctx, HPy object, HPy name)
{
    Records *self = Records_AsStruct(ctx, object);
    const struct field *field = field_named(ctx, self, name);
    HPy owner = field == NULL ? HPy_NULL : owner_of(ctx, object);
    if (HPy_IsNull(owner)) {
        return HPy_NULL;
    }
    struct layout *layout = field->nested != NULL ? layout_keep(field->nested) : layout_of_one(field->kind);
    HPy view;
    if (layout == NULL) {
        view = HPyErr_NoMemory(ctx);
    } else {
        view = records_make(ctx, layout, self->count, owner, self->memory + field->offset, self->stride);
        layout_release(layout);
    }
    HPy_Close(ctx, owner);
    return view;
}

HPyDef_METH(Records_copy, "__copy__", HPyFunc_NOARGS)
static HPy Records_copy_impl(HPyContext *ctx, HPy object)
{
    Records *self = Records_AsStruct(ctx, object);
    HPy owner = owner_of(ctx, object);
    if (HPy_IsNull(owner)) {
        return HPy_NULL;
    }
    HPy copy = records_make(ctx, self->layout, self->count, HPy_NULL, NULL, (HPy_ssize_t)self->layout->size);
    if (!HPy_IsNull(copy)) {
        Records *made = Records_AsStruct(ctx, copy);
        for (HPy_ssize_t row = 0; row < self->count; row++) {
            record_copy(ctx, self->layout, copy, made->memory + row * made->stride, owner,
                        self->memory + row * self->stride);
        }
    }
    HPy_Close(ctx, owner);
    return copy;
}

/* The records as a list of tuples. */
static HPy list_of(HPyContext *ctx, HPy object)
{
    Records *self = Records_AsStruct(ctx, object);
    HPy owner = owner_of(ctx, object);
    if (HPy_IsNull(owner)) {
        return HPy_NULL;
    }
    HPy list = HPyList_New(ctx, 0);
    for (HPy_ssize_t row = 0; !HPy_IsNull(list) && row < self->count; row++) {
        HPy record = record_read(ctx, owner, self->layout, self->memory + row * self->stride);
        int failed = HPy_IsNull(record) ? -1 : HPyList_Append(ctx, list, record);
        if (!HPy_IsNull(record)) {
            HPy_Close(ctx, record);
        }
        if (failed < 0) {
            HPy_Close(ctx, list);
            list = HPy_NULL;
        }
    }
    HPy_Close(ctx, owner);
    return list;
}

/* A dtype, a number, and a state of tuples: what refers to the records themselves finds them made already. */
HPyDef_METH(Records_reduce, "__reduce__", HPyFunc_NOARGS)
static HPy Records_reduce_impl(HPyContext *ctx, HPy object)
{
    Records *self = Records_AsStruct(ctx, object);
    HPy type = HPy_Type(ctx, object), list = list_of(ctx, object), result = HPy_NULL;
    HPy dtype = dtype_of(ctx, self->layout), count = HPyLong_FromSsize_t(ctx, self->count);
    HPy args = HPy_IsNull(dtype) || HPy_IsNull(count) ? HPy_NULL : HPyTuple_Pack(ctx, 2, dtype, count);
    if (!HPy_IsNull(args) && !HPy_IsNull(list)) {
        result = HPyTuple_Pack(ctx, 3, type, args, list);
    }
    const HPy made[] = {type, list, dtype, count, args};
    for (size_t i = 0; i < sizeof(made) / sizeof(*made); i++) {
        if (!HPy_IsNull(made[i])) {
            HPy_Close(ctx, made[i]);
        }
    }
    return result;
}

HPyDef_METH(Records_setstate, "__setstate__", HPyFunc_O)
static HPy Records_setstate_impl(HPyContext *ctx, HPy object, HPy state)
{
    Records *self = Records_AsStruct(ctx, object);
    HPy owner = owner_of(ctx, object);
    int failed = HPy_IsNull(owner);
    for (HPy_ssize_t row = 0; !failed && row < self->count; row++) {
        HPy record = HPy_GetItem_i(ctx, state, row);
        failed = HPy_IsNull(record) ||
                 record_write(ctx, owner, self->layout, self->memory + row * self->stride, record) < 0;
        if (!HPy_IsNull(record)) {
            HPy_Close(ctx, record);
        }
    }
    if (!HPy_IsNull(owner)) {
        HPy_Close(ctx, owner);
    }
    return failed ? HPy_NULL : HPy_Dup(ctx, ctx->h_None);
}

enum { BUF_FORMAT = 0x4, BUF_STRIDES = 0x18 }; /* PyBUF_FORMAT and PyBUF_STRIDES: HPy has no names for them */

HPyDef_SLOT(Records_getbuffer, HPy_bf_getbuffer)
static int Records_getbuffer_impl(HPyContext *ctx, HPy object, HPy_buffer *buffer, int flags)
{
    Records *self = Records_AsStruct(ctx, object);
    int contiguous = self->stride == (HPy_ssize_t)self->layout->size;
    if (self->layout->objects != 0 || (!contiguous && (flags & BUF_STRIDES) != BUF_STRIDES)) {
        buffer->obj = HPy_NULL;
        HPyErr_SetString(ctx, ctx->h_BufferError, "objects, or records apart from each other, are not exported");
        return -1;
    }
    buffer->buf = self->memory;
    buffer->obj = HPy_Dup(ctx, object);
    buffer->itemsize = (HPy_ssize_t)self->layout->size;
    buffer->len = self->count * buffer->itemsize;
    buffer->readonly = 0;
    buffer->ndim = 1;
    buffer->format = flags & BUF_FORMAT ? self->layout->format : NULL;
    buffer->shape = &self->count;
    buffer->strides = &self->stride;
    buffer->suboffsets = NULL;
    buffer->internal = NULL;
    self->exports++;
    return 0;
}

HPyDef_SLOT(Records_releasebuffer, HPy_bf_releasebuffer)
static void Records_releasebuffer_impl(HPyContext *ctx, HPy object, HPy_buffer *buffer)
{
    Records *self = Records_AsStruct(ctx, object);
    self->exports--;
    conform_event("released", self->serial);
}

HPyDef_GET(Records_dtype, "dtype")
static HPy Records_dtype_get(HPyContext *ctx, HPy object, void *closure)
{
    return dtype_of(ctx, Records_AsStruct(ctx, object)->layout);
}

HPyDef_GET(Records_base, "base")
static HPy Records_base_get(HPyContext *ctx, HPy object, void *closure)
{
    Records *self = Records_AsStruct(ctx, object);
    return HPyField_IsNull(self->owner) ? HPy_Dup(ctx, ctx->h_None) : HPyField_Load(ctx, object, self->owner);
}

HPyDef_METH(Records_tolist, "tolist", HPyFunc_NOARGS)
static HPy Records_tolist_impl(HPyContext *ctx, HPy object)
{
    return list_of(ctx, object);
}

static HPyDef *Records_defines[] = {
    &Records_new, &Records_traverse, &Records_destroy, &Records_get, &Records_put, &Records_assign, &Records_rows,
    &Records_column, &Records_copy, &Records_reduce, &Records_setstate, &Records_getbuffer, &Records_releasebuffer,
    &Records_dtype, &Records_base, &Records_tolist, NULL,
};
static HPyType_Spec Records_spec = {
    .name = "ext.Records",
    .basicsize = sizeof(Records),
    .builtin_shape = SHAPE(Records),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC,
    .defines = Records_defines,
};

/* --- scalars --- */

typedef struct {
    long tag;
} Float64;
HPyType_HELPERS(Float64, HPyType_BuiltinShape_Float)

typedef struct {
    long tag;
    HPyField unit;
} Quantity;
HPyType_HELPERS(Quantity, HPyType_BuiltinShape_Float)

HPyDef_METH(Generic_kind, "kind", HPyFunc_NOARGS)
static HPy Generic_kind_impl(HPyContext *ctx, HPy self)
{
    return HPyUnicode_FromString(ctx, "generic");
}

static HPyDef *Generic_defines[] = {&Generic_kind, NULL};
static HPyType_Spec Generic_spec = {
    .name = "ext.Generic",
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
    .defines = Generic_defines,
};
static HPyType_Spec Floating_spec = {.name = "ext.Floating", .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE};

HPyDef_MEMBER(Float64_tag, "tag", HPyMember_LONG, offsetof(Float64, tag))

HPyDef_SLOT(Float64_destroy, HPy_tp_destroy)
static void Float64_destroy_impl(void *self)
{
    conform_event("scalar", ((Float64 *)self)->tag);
}

static HPyDef *Float64_defines[] = {&Float64_tag, &Float64_destroy, NULL};
static HPyType_Spec Float64_spec = {
    .name = "ext.Float64",
    .basicsize = sizeof(Float64),
    .builtin_shape = SHAPE(Float64),
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = Float64_defines,
};

HPyDef_MEMBER(Quantity_tag, "tag", HPyMember_LONG, offsetof(Quantity, tag))
HPyDef_MEMBER(Quantity_unit, "unit", HPyMember_OBJECT, offsetof(Quantity, unit))

HPyDef_SLOT(Quantity_traverse, HPy_tp_traverse)
static int Quantity_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Quantity *)self)->unit);
    return 0;
}

HPyDef_SLOT(Quantity_destroy, HPy_tp_destroy)
static void Quantity_destroy_impl(void *self)
{
    conform_event("scalar", ((Quantity *)self)->tag);
}

static HPyDef *Quantity_defines[] = {&Quantity_tag, &Quantity_unit, &Quantity_traverse, &Quantity_destroy, NULL};
static HPyType_Spec Quantity_spec = {
    .name = "ext.Quantity",
    .basicsize = sizeof(Quantity),
    .builtin_shape = SHAPE(Quantity),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC,
    .defines = Quantity_defines,
};

HPyDef_METH_IMPL(imported, "imported", conform_hpy_imported, HPyFunc_VARARGS)

static int add(HPyContext *ctx, HPy module, const char *name, HPyType_Spec *spec, HPyGlobal *global)
{
    HPy type = HPyType_FromSpec(ctx, spec, NULL);
    if (HPy_IsNull(type)) {
        return -1;
    }
    HPyGlobal_Store(ctx, global, type);
    int failed = HPy_SetAttr_s(ctx, module, name, type);
    HPy_Close(ctx, type);
    return failed;
}

/* Adds a type that derives from float and from Floating. */
static int add_scalar(HPyContext *ctx, HPy module, const char *name, HPyType_Spec *spec)
{
    HPy floating = HPy_GetAttr_s(ctx, module, "Floating");
    if (HPy_IsNull(floating)) {
        return 0;
    }
    HPyType_SpecParam params[] = {
        {HPyType_SpecParam_Base, ctx->h_FloatType},
        {HPyType_SpecParam_Base, floating},
        {(HPyType_SpecParam_Kind)0},
    };
    int added = HPyHelpers_AddType(ctx, module, name, spec, params);
    HPy_Close(ctx, floating);
    return added;
}

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    if (add(ctx, module, "DType", &DType_spec, &DType_type) < 0 ||
        add(ctx, module, "Records", &Records_spec, &Records_type) < 0) {
        return -1;
    }
    return HPyHelpers_AddType(ctx, module, "Generic", &Generic_spec, NULL) &&
                   conform_hpy_add_derived(ctx, module, "Floating", &Floating_spec, "Generic", NULL) &&
                   add_scalar(ctx, module, "Float64", &Float64_spec) &&
                   add_scalar(ctx, module, "Quantity", &Quantity_spec)
               ? 0
               : -1;
}

static HPyDef *ext_defines[] = {&imported, &ext_exec, NULL};
static HPyGlobal *ext_globals[] = {&DType_type, &Records_type, NULL};
static HPyModuleDef ext_module = {
    .doc = "Records of numbers and objects.",
    .defines = ext_defines,
    .globals = ext_globals,
};
HPy_MODINIT(ext, ext_module)
