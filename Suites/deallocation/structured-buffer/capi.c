/* The same against the raw C API: a PyObject * in each object cell, released by tp_clear and tp_dealloc. */
#include "conform_capi.h"
#include <stdlib.h>

#define COLUMNS 8

struct layout {
    long users;
    long columns;
    char kinds[COLUMNS];
};

static void layout_release(struct layout *layout)
{
    if (layout != NULL && --layout->users == 0) {
        conform_event("layout", layout->columns);
        free(layout);
    }
}

typedef struct {
    PyObject_HEAD
    struct layout *native;
} Layout;

static PyObject *Layout_type;

static PyObject *Layout_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    const char *kinds;
    Py_ssize_t columns;
    if (!PyArg_ParseTuple(args, "s#", &kinds, &columns)) {
        return NULL;
    }
    if (columns < 1 || columns > COLUMNS) {
        PyErr_SetString(PyExc_TypeError, "Layout() takes a text of one to eight kinds");
        return NULL;
    }
    Layout *self = (Layout *)CONFORM_ALLOC(cls)(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    self->native = (struct layout *)calloc(1, sizeof(struct layout));
    if (self->native == NULL) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    self->native->users = 1;
    self->native->columns = (long)columns;
    memcpy(self->native->kinds, kinds, (size_t)columns);
    return (PyObject *)self;
}

static void Layout_dealloc(Layout *self)
{
    layout_release(self->native);
    CONFORM_FREE(self);
}

static PyType_Slot Layout_slots[] = {{Py_tp_new, Layout_new}, {Py_tp_dealloc, Layout_dealloc}, {0, NULL}};
static PyType_Spec Layout_spec = {
    .name = "ext.Layout",
    .basicsize = sizeof(Layout),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = Layout_slots,
};

union cell {
    long long number;
    PyObject *object;
};

typedef struct {
    PyObject_HEAD
    long serial;
    PyObject *layout;
    struct layout *native;
    union cell *cells;
    long rows;
    union cell *spare; /* the old buffer, while resize() releases what is left in it */
    long spare_rows;
} Records;

static union cell *cells_allocate(struct layout *layout, long rows)
{
    return (union cell *)calloc((size_t)(rows * layout->columns + 1), sizeof(union cell));
}

static PyObject *Records_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    PyObject *layout;
    long rows;
    if (!PyArg_ParseTuple(args, "O!l", (PyTypeObject *)Layout_type, &layout, &rows)) {
        return NULL;
    }
    if (rows < 0) {
        PyErr_SetString(PyExc_ValueError, "a number of rows is not negative");
        return NULL;
    }
    Records *self = (Records *)CONFORM_ALLOC(cls)(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    self->serial = conform_serial();
    self->native = ((Layout *)layout)->native;
    self->native->users++;
    self->cells = cells_allocate(self->native, rows);
    if (self->cells == NULL) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    self->rows = rows;
    Py_INCREF(layout);
    self->layout = layout;
    return (PyObject *)self;
}

static int cells_visit(struct layout *layout, union cell *cells, long rows, visitproc visit, void *arg)
{
    for (long index = 0; index < rows * layout->columns; index++) {
        if (layout->kinds[index % layout->columns] == 'O') {
            Py_VISIT(cells[index].object);
        }
    }
    return 0;
}

static void cells_clear(struct layout *layout, union cell *cells, long from, long rows)
{
    for (long index = from; index < rows * layout->columns; index++) {
        if (layout->kinds[index % layout->columns] == 'O') {
            Py_CLEAR(cells[index].object);
        }
    }
}

static int Records_traverse(Records *self, visitproc visit, void *arg)
{
    Py_VISIT(self->layout);
    CONFORM_VISIT_TYPE(self);
    if (self->native == NULL) {
        return 0;
    }
    int stop = cells_visit(self->native, self->cells, self->rows, visit, arg);
    return stop != 0 ? stop : cells_visit(self->native, self->spare, self->spare_rows, visit, arg);
}

static int Records_clear(Records *self)
{
    if (self->native != NULL) {
        cells_clear(self->native, self->cells, 0, self->rows);
        cells_clear(self->native, self->spare, 0, self->spare_rows);
    }
    Py_CLEAR(self->layout);
    return 0;
}

static void Records_dealloc(Records *self)
{
    PyObject_GC_UnTrack(self);
    Records_clear(self);
    conform_event("buffer", self->serial);
    free(self->cells);
    free(self->spare);
    layout_release(self->native);
    CONFORM_FREE(self);
}

static union cell *cell_at(Records *self, long row, long column, char *kind)
{
    if (row < 0 || row >= self->rows || column < 0 || column >= self->native->columns) {
        PyErr_SetString(PyExc_IndexError, "no such cell");
        return NULL;
    }
    *kind = self->native->kinds[column];
    return &self->cells[row * self->native->columns + column];
}

static PyObject *Records_get(Records *self, PyObject *args)
{
    long row, column;
    char kind;
    if (!PyArg_ParseTuple(args, "ll", &row, &column)) {
        return NULL;
    }
    union cell *cell = cell_at(self, row, column, &kind);
    if (cell == NULL) {
        return NULL;
    }
    if (kind == 'L') {
        return PyLong_FromLongLong(cell->number);
    }
    PyObject *content = cell->object != NULL ? cell->object : Py_None;
    Py_INCREF(content);
    return content;
}

static PyObject *Records_put(Records *self, PyObject *args)
{
    long row, column;
    PyObject *value;
    char kind;
    if (!PyArg_ParseTuple(args, "llO", &row, &column, &value)) {
        return NULL;
    }
    union cell *cell = cell_at(self, row, column, &kind);
    if (cell == NULL) {
        return NULL;
    }
    if (kind == 'O') {
        PyObject *old = cell->object;
        Py_INCREF(value);
        cell->object = value;
        Py_XDECREF(old);
        Py_RETURN_NONE;
    }
    long long number = PyLong_AsLongLong(value);
    if (number == -1 && PyErr_Occurred()) {
        return NULL;
    }
    cell->number = number;
    Py_RETURN_NONE;
}

static PyObject *Records_resize(Records *self, PyObject *arg)
{
    long rows = PyLong_AsLong(arg);
    if (rows == -1 && PyErr_Occurred()) {
        return NULL;
    }
    if (rows < 0 || self->spare != NULL) {
        PyErr_SetString(PyExc_ValueError, "a number of rows is not negative, and resizing takes its time");
        return NULL;
    }
    union cell *old = self->cells, *fresh = cells_allocate(self->native, rows);
    if (fresh == NULL) {
        return PyErr_NoMemory();
    }
    long columns = self->native->columns, old_rows = self->rows;
    size_t kept = (size_t)((rows < old_rows ? rows : old_rows) * columns);
    memcpy(fresh, old, kept * sizeof(union cell));
    memset(old, 0, kept * sizeof(union cell));
    self->cells = fresh;
    self->rows = rows;
    self->spare = old;
    self->spare_rows = old_rows;
    cells_clear(self->native, old, (long)kept, old_rows);
    self->spare = NULL;
    self->spare_rows = 0;
    free(old);
    Py_RETURN_NONE;
}

static PyObject *Records_layout(Records *self, void *closure)
{
    Py_INCREF(self->layout);
    return self->layout;
}

static PyMethodDef Records_methods[] = {
    {"get", (PyCFunction)Records_get, METH_VARARGS, NULL},
    {"put", (PyCFunction)Records_put, METH_VARARGS, NULL},
    {"resize", (PyCFunction)Records_resize, METH_O, NULL},
    {NULL},
};
static PyGetSetDef Records_getset[] = {{"layout", (getter)Records_layout, NULL, NULL, NULL}, {NULL}};
static PyMemberDef Records_members[] = {
    {"rows", T_LONG, offsetof(Records, rows), READONLY, NULL},
    {NULL},
};

static PyType_Slot Records_slots[] = {
    {Py_tp_new, Records_new},
    {Py_tp_traverse, Records_traverse},
    {Py_tp_clear, Records_clear},
    {Py_tp_dealloc, Records_dealloc},
    {Py_tp_methods, Records_methods},
    {Py_tp_getset, Records_getset},
    {Py_tp_members, Records_members},
    {0, NULL},
};
static PyType_Spec Records_spec = {
    .name = "ext.Records",
    .basicsize = sizeof(Records),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = Records_slots,
};

static int ext_exec(PyObject *module)
{
    Layout_type = conform_type(&Layout_spec, NULL);
    if (Layout_type == NULL || PyObject_SetAttrString(module, "Layout", Layout_type) < 0) {
        return -1;
    }
    return conform_add_type(module, "Records", &Records_spec, NULL);
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Rows of numbers and objects in a native buffer.",
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
