/* The same against the raw C API: a PyObject * at each place of an object, released by tp_clear and tp_dealloc of the
   owner of the memory. */
#include "conform_capi.h"
#include "conform_helpers.h"
#include "layout.h"

typedef struct {
    PyObject_HEAD
    struct layout *layout;
} DType;

typedef struct {
    PyObject_HEAD
    long serial;
    struct layout *layout;
    char *memory;
    Py_ssize_t count, stride;
    long exports;
    int owns;
    PyObject *owner;
} Records;

static PyTypeObject *DType_type, *Records_type;

/* --- DType --- */

static int dtype_add(struct layout *layout, PyObject *pair)
{
    const char *name, *word = NULL;
    PyObject *kind;
    if (!PyArg_ParseTuple(pair, "sO", &name, &kind)) {
        return -1;
    }
    int failed;
    if (PyObject_TypeCheck(kind, DType_type)) {
        failed = layout_add(layout, name, 'T', ((DType *)kind)->layout);
    } else {
        word = PyUnicode_AsUTF8AndSize(kind, NULL);
        char letter = word == NULL ? 0 : layout_letter(word);
        failed = letter == 0 ? -1 : layout_add(layout, name, letter, NULL);
    }
    if (failed < 0 && !PyErr_Occurred()) {
        PyErr_SetString(PyExc_ValueError, "no such field is possible");
    }
    return failed;
}

static PyObject *DType_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    PyObject *fields;
    if (!PyArg_ParseTuple(args, "O", &fields)) {
        return NULL;
    }
    PyObject *pairs = PySequence_Tuple(fields);
    DType *self = pairs == NULL ? NULL : (DType *)CONFORM_ALLOC(cls)(cls, 0);
    if (self == NULL) {
        Py_XDECREF(pairs);
        return NULL;
    }
    self->layout = layout_begin();
    int failed = self->layout == NULL;
    if (failed) {
        PyErr_NoMemory();
    }
    for (Py_ssize_t i = 0; !failed && i < PyTuple_GET_SIZE(pairs); i++) {
        failed = dtype_add(self->layout, PyTuple_GET_ITEM(pairs, i)) < 0;
    }
    if (!failed && layout_end(self->layout) < 0) {
        PyErr_SetString(PyExc_ValueError, "too many fields");
        failed = 1;
    }
    Py_DECREF(pairs);
    if (failed) {
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static void DType_dealloc(DType *self)
{
    conform_event("dtype", self->layout == NULL ? -1 : (long long)self->layout->size);
    layout_release(self->layout);
    CONFORM_FREE(self);
}

static PyObject *dtype_of(struct layout *layout)
{
    DType *self = (DType *)CONFORM_ALLOC(DType_type)(DType_type, 0);
    if (self != NULL) {
        self->layout = layout_keep(layout);
    }
    return (PyObject *)self;
}

static PyObject *DType_fields(DType *self, void *closure)
{
    PyObject *result = PyTuple_New(self->layout->count);
    for (int i = 0; result != NULL && i < self->layout->count; i++) {
        struct field *field = &self->layout->fields[i];
        PyObject *kind = field->nested != NULL ? dtype_of(field->nested)
                                               : PyUnicode_FromString(layout_kind(field->kind));
        PyObject *pair = kind == NULL ? NULL : Py_BuildValue("(sN)", field->name, kind);
        if (pair == NULL) {
            Py_CLEAR(result);
        } else {
            PyTuple_SET_ITEM(result, i, pair);
        }
    }
    return result;
}

static PyObject *DType_size(DType *self, void *closure)
{
    return PyLong_FromSize_t(self->layout->size);
}

static PyObject *DType_format(DType *self, void *closure)
{
    return PyUnicode_FromString(self->layout->format);
}

static PyObject *DType_reduce(DType *self, PyObject *unused)
{
    PyObject *fields = DType_fields(self, NULL);
    return fields == NULL ? NULL : Py_BuildValue("O(N)", Py_TYPE(self), fields);
}

static PyMethodDef DType_methods[] = {{"__reduce__", (PyCFunction)DType_reduce, METH_NOARGS, NULL}, {NULL}};
static PyGetSetDef DType_getset[] = {
    {"fields", (getter)DType_fields, NULL, NULL, NULL},
    {"size", (getter)DType_size, NULL, NULL, NULL},
    {"format", (getter)DType_format, NULL, NULL, NULL},
    {NULL},
};
static PyType_Slot DType_slots[] = {
    {Py_tp_new, DType_new},       {Py_tp_dealloc, DType_dealloc}, {Py_tp_methods, DType_methods},
    {Py_tp_getset, DType_getset}, {0, NULL},
};
static PyType_Spec DType_spec = {
    .name = "ext.DType",
    .basicsize = sizeof(DType),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = DType_slots,
};

/* --- what is in the memory of an owner --- */

static PyObject *record_read(const struct layout *layout, char *record);
static int record_write(const struct layout *layout, char *record, PyObject *value);

static PyObject *field_read(const struct field *field, char *record)
{
    char *place = record + field->offset;
    switch (field->kind) {
    case 'b':
        return PyLong_FromLong(*(signed char *)place);
    case 'q':
        return PyLong_FromLongLong(*(long long *)place);
    case 'd':
        return PyFloat_FromDouble(*(double *)place);
    case 'T':
        return record_read(field->nested, place);
    }
    PyObject *object = *(PyObject **)place;
    object = object == NULL ? Py_None : object;
    Py_INCREF(object);
    return object;
}

static PyObject *record_read(const struct layout *layout, char *record)
{
    PyObject *result = PyTuple_New(layout->count);
    for (int i = 0; result != NULL && i < layout->count; i++) {
        PyObject *item = field_read(&layout->fields[i], record);
        if (item == NULL) {
            Py_CLEAR(result);
        } else {
            PyTuple_SET_ITEM(result, i, item);
        }
    }
    return result;
}

static void object_store(PyObject **place, PyObject *value)
{
    PyObject *old = *place;
    Py_XINCREF(value);
    *place = value;
    Py_XDECREF(old);
}

static int field_write(const struct field *field, char *record, PyObject *value)
{
    char *place = record + field->offset;
    if (field->kind == 'O') {
        object_store((PyObject **)place, value);
        return 0;
    }
    if (field->kind == 'T') {
        return record_write(field->nested, place, value);
    }
    if (field->kind == 'd') {
        double real = PyFloat_AsDouble(value);
        if (real == -1.0 && PyErr_Occurred()) {
            return -1;
        }
        *(double *)place = real;
        return 0;
    }
    long long number = PyLong_AsLongLong(value);
    if (number == -1 && PyErr_Occurred()) {
        return -1;
    }
    if (field->kind == 'q') {
        *(long long *)place = number;
    } else if (number >= -128 && number <= 127) {
        *(signed char *)place = (signed char)number;
    } else {
        PyErr_SetString(PyExc_OverflowError, "no int8");
        return -1;
    }
    return 0;
}

static int record_write(const struct layout *layout, char *record, PyObject *value)
{
    if (!PyTuple_Check(value) || PyTuple_GET_SIZE(value) != layout->count) {
        PyErr_SetString(PyExc_TypeError, "a record is a tuple of as many items as there are fields");
        return -1;
    }
    for (int i = 0; i < layout->count; i++) {
        if (field_write(&layout->fields[i], record, PyTuple_GET_ITEM(value, i)) < 0) {
            return -1;
        }
    }
    return 0;
}

static void record_copy(const struct layout *layout, char *target, char *source)
{
    size_t next = 0;
    for (int i = 0; i < layout->objects; i++) {
        size_t place = layout->places[i];
        memmove(target + next, source + next, place - next);
        next = place + sizeof(PyObject *);
        object_store((PyObject **)(target + place), *(PyObject **)(source + place));
    }
    memmove(target + next, source + next, layout->size - next);
}

/* --- Records --- */

static Records *records_make(struct layout *layout, Py_ssize_t count, PyObject *owner, char *memory, Py_ssize_t stride)
{
    Records *self = (Records *)CONFORM_ALLOC(Records_type)(Records_type, 0);
    if (self == NULL) {
        return NULL;
    }
    self->serial = conform_serial();
    self->layout = layout_keep(layout);
    self->stride = stride;
    if (owner != NULL) {
        self->memory = memory;
        Py_INCREF(owner);
        self->owner = owner;
    } else {
        self->owns = 1;
        self->memory = (char *)calloc((size_t)count * layout->size + 1, 1);
        if (self->memory == NULL) {
            Py_DECREF(self);
            PyErr_NoMemory();
            return NULL;
        }
    }
    self->count = count;
    return self;
}

static PyObject *Records_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    PyObject *dtype;
    Py_ssize_t count;
    if (!PyArg_ParseTuple(args, "O!n", DType_type, &dtype, &count)) {
        return NULL;
    }
    if (count < 0 || count > 1000000) {
        PyErr_SetString(PyExc_ValueError, "no such number");
        return NULL;
    }
    struct layout *layout = ((DType *)dtype)->layout;
    return (PyObject *)records_make(layout, count, NULL, NULL, (Py_ssize_t)layout->size);
}

static int Records_traverse(Records *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    Py_VISIT(self->owner);
    for (Py_ssize_t row = 0; self->owns && row < self->count; row++) {
        for (int i = 0; i < self->layout->objects; i++) {
            Py_VISIT(*(PyObject **)(self->memory + row * self->stride + self->layout->places[i]));
        }
    }
    return 0;
}

static int Records_clear(Records *self)
{
    Py_CLEAR(self->owner);
    for (Py_ssize_t row = 0; self->owns && row < self->count; row++) {
        for (int i = 0; i < self->layout->objects; i++) {
            Py_CLEAR(*(PyObject **)(self->memory + row * self->stride + self->layout->places[i]));
        }
    }
    return 0;
}

static void Records_dealloc(Records *self)
{
    PyObject_GC_UnTrack(self);
    Records_clear(self);
    conform_event(self->owns ? "records" : "view", self->serial);
    if (self->exports != 0) {
        conform_event("still exported", self->serial);
    }
    if (self->owns) {
        free(self->memory);
    }
    layout_release(self->layout);
    CONFORM_FREE(self);
}

/* The owner of the memory, borrowed; NULL with an exception if the collector has taken it away. */
static PyObject *owner_of(Records *self)
{
    if (!self->owns && self->owner == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "the owner is gone");
        return NULL;
    }
    return self->owns ? (PyObject *)self : self->owner;
}

static char *record_at(Records *self, Py_ssize_t row)
{
    if (owner_of(self) == NULL) {
        return NULL;
    }
    if (row < 0 || row >= self->count) {
        PyErr_SetString(PyExc_IndexError, "no such record");
        return NULL;
    }
    return self->memory + row * self->stride;
}

static const struct field *field_named(Records *self, const char *name)
{
    const struct field *field = layout_find(self->layout, name);
    if (field == NULL) {
        PyErr_SetString(PyExc_KeyError, "no such field");
    }
    return field;
}

static PyObject *Records_get(Records *self, PyObject *args)
{
    Py_ssize_t index;
    const char *name;
    if (!PyArg_ParseTuple(args, "ns", &index, &name)) {
        return NULL;
    }
    char *record = record_at(self, index);
    const struct field *field = record == NULL ? NULL : field_named(self, name);
    return field == NULL ? NULL : field_read(field, record);
}

static PyObject *Records_put(Records *self, PyObject *args)
{
    Py_ssize_t index;
    const char *name;
    PyObject *value = NULL;
    if (!PyArg_ParseTuple(args, "ns|O", &index, &name, &value)) {
        return NULL;
    }
    char *record = record_at(self, index);
    const struct field *field = record == NULL ? NULL : field_named(self, name);
    if (field != NULL && value == NULL && field->kind != 'O') {
        PyErr_SetString(PyExc_TypeError, "only objects are given up");
        return NULL;
    }
    if (field == NULL || field_write(field, record, value) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *Records_assign(Records *self, PyObject *args)
{
    Py_ssize_t index, other_index;
    Records *other;
    if (!PyArg_ParseTuple(args, "nO!n", &index, Records_type, &other, &other_index)) {
        return NULL;
    }
    if (!layout_same(self->layout, other->layout)) {
        PyErr_SetString(PyExc_TypeError, "assign() takes records with the same fields");
        return NULL;
    }
    char *record = record_at(self, index);
    char *source = record == NULL ? NULL : record_at(other, other_index);
    if (source == NULL) {
        return NULL;
    }
    record_copy(self->layout, record, source);
    Py_RETURN_NONE;
}

static PyObject *Records_rows(Records *self, PyObject *args)
{
    Py_ssize_t first, number;
    if (!PyArg_ParseTuple(args, "nn", &first, &number)) {
        return NULL;
    }
    if (first < 0 || number < 0 || first > self->count || number > self->count - first) {
        PyErr_SetString(PyExc_IndexError, "no such records");
        return NULL;
    }
    PyObject *owner = owner_of(self);
    if (owner == NULL) {
        return NULL;
    }
    return (PyObject *)records_make(self->layout, number, owner, self->memory + first * self->stride, self->stride);
}

static PyObject *Records_column(Records *self, PyObject *name)
{
    const char *text = PyUnicode_AsUTF8AndSize(name, NULL);
    const struct field *field = text == NULL ? NULL : field_named(self, text);
    PyObject *owner = field == NULL ? NULL : owner_of(self);
    if (owner == NULL) {
        return NULL;
    }
    struct layout *layout = field->nested != NULL ? layout_keep(field->nested) : layout_of_one(field->kind);
    if (layout == NULL) {
        return PyErr_NoMemory();
    }
    Records *view = records_make(layout, self->count, owner, self->memory + field->offset, self->stride);
    layout_release(layout);
    return (PyObject *)view;
}

static PyObject *Records_copy(Records *self, PyObject *unused)
{
    if (owner_of(self) == NULL) {
        return NULL;
    }
    Records *copy = records_make(self->layout, self->count, NULL, NULL, (Py_ssize_t)self->layout->size);
    for (Py_ssize_t row = 0; copy != NULL && row < self->count; row++) {
        record_copy(self->layout, copy->memory + row * copy->stride, self->memory + row * self->stride);
    }
    return (PyObject *)copy;
}

static PyObject *Records_tolist(Records *self, PyObject *unused)
{
    if (owner_of(self) == NULL) {
        return NULL;
    }
    PyObject *list = PyList_New(0);
    for (Py_ssize_t row = 0; list != NULL && row < self->count; row++) {
        PyObject *record = record_read(self->layout, self->memory + row * self->stride);
        if (record == NULL || PyList_Append(list, record) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(record);
    }
    return list;
}

static PyObject *Records_reduce(Records *self, PyObject *unused)
{
    PyObject *dtype = dtype_of(self->layout);
    PyObject *list = dtype == NULL ? NULL : Records_tolist(self, NULL);
    PyObject *result = list == NULL ? NULL : Py_BuildValue("O(On)O", Py_TYPE(self), dtype, self->count, list);
    Py_XDECREF(list);
    Py_XDECREF(dtype);
    return result;
}

static PyObject *Records_setstate(Records *self, PyObject *state)
{
    int failed = owner_of(self) == NULL;
    for (Py_ssize_t row = 0; !failed && row < self->count; row++) {
        PyObject *record = PySequence_GetItem(state, row);
        failed = record == NULL || record_write(self->layout, self->memory + row * self->stride, record) < 0;
        Py_XDECREF(record);
    }
    if (failed) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static int Records_getbuffer(Records *self, Py_buffer *buffer, int flags)
{
    int contiguous = self->stride == (Py_ssize_t)self->layout->size;
    if (self->layout->objects != 0 || (!contiguous && (flags & PyBUF_STRIDES) != PyBUF_STRIDES)) {
        buffer->obj = NULL;
        PyErr_SetString(PyExc_BufferError, "objects, or records apart from each other, are not exported");
        return -1;
    }
    buffer->buf = self->memory;
    buffer->obj = (PyObject *)self;
    Py_INCREF(self);
    buffer->itemsize = (Py_ssize_t)self->layout->size;
    buffer->len = self->count * buffer->itemsize;
    buffer->readonly = 0;
    buffer->ndim = 1;
    buffer->format = flags & PyBUF_FORMAT ? self->layout->format : NULL;
    buffer->shape = &self->count;
    buffer->strides = &self->stride;
    buffer->suboffsets = NULL;
    buffer->internal = NULL;
    self->exports++;
    return 0;
}

static void Records_releasebuffer(Records *self, Py_buffer *buffer)
{
    self->exports--;
    conform_event("released", self->serial);
}

static PyObject *Records_dtype(Records *self, void *closure)
{
    return dtype_of(self->layout);
}

static PyObject *Records_base(Records *self, void *closure)
{
    PyObject *owner = self->owner == NULL ? Py_None : self->owner;
    Py_INCREF(owner);
    return owner;
}

static PyMethodDef Records_methods[] = {
    {"get", (PyCFunction)Records_get, METH_VARARGS, NULL},
    {"put", (PyCFunction)Records_put, METH_VARARGS, NULL},
    {"assign", (PyCFunction)Records_assign, METH_VARARGS, NULL},
    {"rows", (PyCFunction)Records_rows, METH_VARARGS, NULL},
    {"column", (PyCFunction)Records_column, METH_O, NULL},
    {"tolist", (PyCFunction)Records_tolist, METH_NOARGS, NULL},
    {"__copy__", (PyCFunction)Records_copy, METH_NOARGS, NULL},
    {"__reduce__", (PyCFunction)Records_reduce, METH_NOARGS, NULL},
    {"__setstate__", (PyCFunction)Records_setstate, METH_O, NULL},
    {NULL},
};
static PyGetSetDef Records_getset[] = {
    {"dtype", (getter)Records_dtype, NULL, NULL, NULL},
    {"base", (getter)Records_base, NULL, NULL, NULL},
    {NULL},
};
#ifndef Py_bf_getbuffer /* Python 3.8 has no such slots */
static PyBufferProcs Records_procs = {(getbufferproc)Records_getbuffer, (releasebufferproc)Records_releasebuffer};
#endif
static PyType_Slot Records_slots[] = {
    {Py_tp_new, Records_new},
    {Py_tp_traverse, Records_traverse},
    {Py_tp_clear, Records_clear},
    {Py_tp_dealloc, Records_dealloc},
    {Py_tp_methods, Records_methods},
    {Py_tp_getset, Records_getset},
#ifdef Py_bf_getbuffer
    {Py_bf_getbuffer, Records_getbuffer},
    {Py_bf_releasebuffer, Records_releasebuffer},
#endif
    {0, NULL},
};
static PyType_Spec Records_spec = {
    .name = "ext.Records",
    .basicsize = sizeof(Records),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = Records_slots,
};

/* --- scalars --- */

typedef struct {
    PyFloatObject real;
    long tag;
} Float64;

typedef struct {
    PyFloatObject real;
    long tag;
    PyObject *unit;
} Quantity;

static PyObject *Generic_kind(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("generic");
}

static PyMethodDef Generic_methods[] = {{"kind", Generic_kind, METH_NOARGS, NULL}, {NULL}};
static PyType_Slot Generic_slots[] = {{Py_tp_methods, Generic_methods}, {0, NULL}};
static PyType_Spec Generic_spec = {
    .name = "ext.Generic",
    .basicsize = sizeof(PyObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Generic_slots,
};
static PyType_Slot Floating_slots[] = {{0, NULL}};
static PyType_Spec Floating_spec = {
    .name = "ext.Floating",
    .basicsize = sizeof(PyObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Floating_slots,
};

/* The builtin's tp_dealloc frees the object; the type of one is not released by it. */
static void scalar_end(PyObject *self)
{
    PyTypeObject *cls = Py_TYPE(self);
    PyFloat_Type.tp_dealloc(self);
    if (!CONFORM_STATIC_TYPES) {
        Py_DECREF(cls);
    }
}

static void Float64_dealloc(Float64 *self)
{
    conform_event("scalar", self->tag);
    scalar_end((PyObject *)self);
}

static PyMemberDef Float64_members[] = {{"tag", T_LONG, offsetof(Float64, tag), 0, NULL}, {NULL}};
static PyType_Slot Float64_slots[] = {{Py_tp_dealloc, Float64_dealloc}, {Py_tp_members, Float64_members}, {0, NULL}};
static PyType_Spec Float64_spec = {
    .name = "ext.Float64",
    .basicsize = sizeof(Float64),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = Float64_slots,
};

static int Quantity_traverse(Quantity *self, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(self);
    Py_VISIT(self->unit);
    return 0;
}

static int Quantity_clear(Quantity *self)
{
    Py_CLEAR(self->unit);
    return 0;
}

static void Quantity_dealloc(Quantity *self)
{
    PyObject_GC_UnTrack(self);
    Quantity_clear(self);
    conform_event("scalar", self->tag);
    scalar_end((PyObject *)self);
}

static PyMemberDef Quantity_members[] = {
    {"tag", T_LONG, offsetof(Quantity, tag), 0, NULL},
    {"unit", T_OBJECT, offsetof(Quantity, unit), 0, NULL},
    {NULL},
};
static PyType_Slot Quantity_slots[] = {
    {Py_tp_traverse, Quantity_traverse}, {Py_tp_clear, Quantity_clear}, {Py_tp_dealloc, Quantity_dealloc},
    {Py_tp_members, Quantity_members},   {0, NULL},
};
static PyType_Spec Quantity_spec = {
    .name = "ext.Quantity",
    .basicsize = sizeof(Quantity),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = Quantity_slots,
};

/* imported(module, attribute): how a scenario gets at a module that it may not import. */
static PyObject *imported(PyObject *self, PyObject *args)
{
    const char *name, *attribute;
    if (!PyArg_ParseTuple(args, "ss", &name, &attribute)) {
        return NULL;
    }
    PyObject *module = PyImport_ImportModule(name);
    PyObject *result = module == NULL ? NULL : PyObject_GetAttrString(module, attribute);
    Py_XDECREF(module);
    return result;
}

/* Adds a type that derives from float and from Floating. */
static int add_scalar(PyObject *module, const char *name, PyType_Spec *spec)
{
    PyObject *floating = PyObject_GetAttrString(module, "Floating");
    PyObject *bases = floating == NULL ? NULL : PyTuple_Pack(2, &PyFloat_Type, floating);
    int failed = bases == NULL ? -1 : conform_add_type(module, name, spec, bases);
    Py_XDECREF(bases);
    Py_XDECREF(floating);
    return failed;
}

static int ext_exec(PyObject *module)
{
    DType_type = (PyTypeObject *)conform_type(&DType_spec, NULL);
    Records_type = (PyTypeObject *)conform_type(&Records_spec, NULL);
    if (DType_type == NULL || Records_type == NULL) {
        return -1;
    }
#ifndef Py_bf_getbuffer
    Records_type->tp_as_buffer = &Records_procs;
#endif
    if (PyObject_SetAttrString(module, "DType", (PyObject *)DType_type) < 0 ||
        PyObject_SetAttrString(module, "Records", (PyObject *)Records_type) < 0 ||
        conform_add_type(module, "Generic", &Generic_spec, NULL) < 0 ||
        conform_add_derived(module, "Floating", &Floating_spec, "Generic", NULL) < 0 ||
        add_scalar(module, "Float64", &Float64_spec) < 0) {
        return -1;
    }
    return add_scalar(module, "Quantity", &Quantity_spec);
}

static PyMethodDef ext_methods[] = {{"imported", imported, METH_VARARGS, NULL}, {NULL}};
static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Records of numbers and objects.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
