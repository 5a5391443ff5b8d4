/* A Layout says which columns of a row are numbers (L) and which are objects (O). Records holds rows of one layout in
   a malloc'ed buffer: an HPyField in each object cell, initialised to HPyField_NULL and visited by HPy_tp_traverse.
   (HPyField_Store's description says both "never in a struct allocated by malloc" and how to initialise a field in
   manually allocated memory. The porting guide has the rule behind it, which is kept here: the memory is attached to
   an object, and HPy_tp_traverse tells the collector where the fields are. See also hpyproject/numpy-hpy, issue 15.)
   The native part of a layout has a count of its users, because no struct of another object may be touched when an
   object is visited or destroyed. */
#include "hpy.h"
#include "conform.h"
#include <stdlib.h>

#define COLUMNS 8

struct layout {
    long users;
    long columns;
    char kinds[COLUMNS];
};

static void layout_release(struct layout *layout)
{
    if (layout != NULL && __atomic_sub_fetch(&layout->users, 1, __ATOMIC_SEQ_CST) == 0) {
        conform_event("layout", layout->columns);
        free(layout);
    }
}

typedef struct {
    struct layout *native;
} Layout;
HPyType_HELPERS(Layout)

static HPyGlobal Layout_type;

HPyDef_SLOT(Layout_new, HPy_tp_new)
static HPy Layout_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    HPy_ssize_t columns = 0;
    const char *kinds = nargs == 1 ? HPyUnicode_AsUTF8AndSize(ctx, args[0], &columns) : NULL;
    if (kinds == NULL || columns < 1 || columns > COLUMNS) {
        HPyErr_SetString(ctx, ctx->h_TypeError, "Layout() takes a text of one to eight kinds");
        return HPy_NULL;
    }
    Layout *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    self->native = (struct layout *)calloc(1, sizeof(struct layout));
    if (self->native == NULL) {
        HPy_Close(ctx, object);
        return HPyErr_NoMemory(ctx);
    }
    self->native->users = 1;
    self->native->columns = (long)columns;
    memcpy(self->native->kinds, kinds, (size_t)columns);
    return object;
}

HPyDef_SLOT(Layout_destroy, HPy_tp_destroy)
static void Layout_destroy_impl(void *self)
{
    layout_release(((Layout *)self)->native);
}

static HPyDef *Layout_defines[] = {&Layout_new, &Layout_destroy, NULL};
static HPyType_Spec Layout_spec = {
    .name = "ext.Layout",
    .basicsize = sizeof(Layout),
    .builtin_shape = SHAPE(Layout),
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = Layout_defines,
};

union cell {
    long long number;
    HPyField object;
};

typedef struct {
    long serial;
    HPyField layout;
    struct layout *native;
    union cell *cells;
    long rows;
    union cell *spare; /* the other buffer, while resize() moves cells and releases the rest */
    long spare_rows;
} Records;
HPyType_HELPERS(Records)

static union cell *cells_allocate(struct layout *layout, long rows)
{
    return (union cell *)calloc((size_t)(rows * layout->columns + 1), sizeof(union cell)); /* all HPyField_NULL */
}

HPyDef_SLOT(Records_new, HPy_tp_new)
static HPy Records_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    if (nargs != 2) {
        HPyErr_SetString(ctx, ctx->h_TypeError, "Records() takes a layout and a number of rows");
        return HPy_NULL;
    }
    HPy layout_type = HPyGlobal_Load(ctx, Layout_type);
    int is_layout = HPy_TypeCheck(ctx, args[0], layout_type);
    HPy_Close(ctx, layout_type);
    if (!is_layout) {
        HPyErr_SetString(ctx, ctx->h_TypeError, "Records() takes a layout and a number of rows");
        return HPy_NULL;
    }
    long rows = HPyLong_AsLong(ctx, args[1]);
    if (rows < 0) {
        if (!HPyErr_Occurred(ctx)) {
            HPyErr_SetString(ctx, ctx->h_ValueError, "a number of rows is not negative");
        }
        return HPy_NULL;
    }
    Records *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    self->serial = conform_serial();
    self->native = Layout_AsStruct(ctx, args[0])->native;
    __atomic_add_fetch(&self->native->users, 1, __ATOMIC_SEQ_CST);
    self->cells = cells_allocate(self->native, rows);
    if (self->cells == NULL) {
        HPy_Close(ctx, object);
        return HPyErr_NoMemory(ctx);
    }
    self->rows = rows;
    HPyField_Store(ctx, object, &self->layout, args[0]);
    return object;
}

static int cells_visit(struct layout *layout, union cell *cells, long rows, HPyFunc_visitproc visit, void *arg)
{
    for (long index = 0; index < rows * layout->columns; index++) {
        if (layout->kinds[index % layout->columns] == 'O') {
            HPy_VISIT(&cells[index].object);
        }
    }
    return 0;
}

HPyDef_SLOT(Records_traverse, HPy_tp_traverse)
static int Records_traverse_impl(void *data, HPyFunc_visitproc visit, void *arg)
{
    Records *self = (Records *)data;
    HPy_VISIT(&self->layout);
    if (self->native == NULL) {
        return 0;
    }
    int stop = cells_visit(self->native, self->cells, self->rows, visit, arg);
    return stop != 0 ? stop : cells_visit(self->native, self->spare, self->spare_rows, visit, arg);
}

HPyDef_SLOT(Records_destroy, HPy_tp_destroy)
static void Records_destroy_impl(void *data)
{
    Records *self = (Records *)data;
    conform_event("buffer", self->serial);
    free(self->cells);
    free(self->spare);
    self->cells = self->spare = NULL;
    self->rows = self->spare_rows = 0;
    layout_release(self->native);
    self->native = NULL;
}

static union cell *cell_at(HPyContext *ctx, Records *self, HPy row, HPy column, char *kind)
{
    long at_row = HPyLong_AsLong(ctx, row);
    long at_column = HPyErr_Occurred(ctx) ? -1 : HPyLong_AsLong(ctx, column);
    if (HPyErr_Occurred(ctx)) {
        return NULL;
    }
    if (at_row < 0 || at_row >= self->rows || at_column < 0 || at_column >= self->native->columns) {
        HPyErr_SetString(ctx, ctx->h_IndexError, "no such cell");
        return NULL;
    }
    *kind = self->native->kinds[at_column];
    return &self->cells[at_row * self->native->columns + at_column];
}

HPyDef_METH(Records_get, "get", HPyFunc_VARARGS)
static HPy Records_get_impl(HPyContext *ctx, HPy object, const HPy *args, size_t nargs)
{
    if (nargs != 2) {
        HPyErr_SetString(ctx, ctx->h_TypeError, "get() takes a row and a column");
        return HPy_NULL;
    }
    char kind;
    union cell *cell = cell_at(ctx, Records_AsStruct(ctx, object), args[0], args[1], &kind);
    if (cell == NULL) {
        return HPy_NULL;
    }
    if (kind == 'L') {
        return HPyLong_FromLongLong(ctx, cell->number);
    }
    return HPyField_IsNull(cell->object) ? HPy_Dup(ctx, ctx->h_None) : HPyField_Load(ctx, object, cell->object);
}

HPyDef_METH(Records_put, "put", HPyFunc_VARARGS)
static HPy Records_put_impl(HPyContext *ctx, HPy object, const HPy *args, size_t nargs)
{
    if (nargs != 3) {
        HPyErr_SetString(ctx, ctx->h_TypeError, "put() takes a row, a column and a value");
        return HPy_NULL;
    }
    char kind;
    union cell *cell = cell_at(ctx, Records_AsStruct(ctx, object), args[0], args[1], &kind);
    if (cell == NULL) {
        return HPy_NULL;
    }
    if (kind == 'O') {
        HPyField_Store(ctx, object, &cell->object, args[2]);
        return HPy_Dup(ctx, ctx->h_None);
    }
    long long number = HPyLong_AsLongLong(ctx, args[2]);
    if (number == -1 && HPyErr_Occurred(ctx)) {
        return HPy_NULL;
    }
    cell->number = number;
    return HPy_Dup(ctx, ctx->h_None);
}

/* Both buffers are visited while cells move, and releasing what is left may run any code. */
HPyDef_METH(Records_resize, "resize", HPyFunc_O)
static HPy Records_resize_impl(HPyContext *ctx, HPy object, HPy arg)
{
    Records *self = Records_AsStruct(ctx, object);
    long rows = HPyLong_AsLong(ctx, arg);
    if (HPyErr_Occurred(ctx)) {
        return HPy_NULL;
    }
    if (rows < 0 || self->spare != NULL) {
        HPyErr_SetString(ctx, ctx->h_ValueError, "a number of rows is not negative, and resizing takes its time");
        return HPy_NULL;
    }
    union cell *old = self->cells, *fresh = cells_allocate(self->native, rows);
    if (fresh == NULL) {
        return HPyErr_NoMemory(ctx);
    }
    long columns = self->native->columns, old_rows = self->rows;
    long kept = (rows < old_rows ? rows : old_rows) * columns;
    self->spare = fresh;
    self->spare_rows = rows;
    for (long index = 0; index < kept; index++) {
        if (self->native->kinds[index % columns] == 'L') {
            fresh[index].number = old[index].number;
        } else if (!HPyField_IsNull(old[index].object)) {
            HPy content = HPyField_Load(ctx, object, old[index].object);
            HPyField_Store(ctx, object, &fresh[index].object, content);
            HPyField_Store(ctx, object, &old[index].object, HPy_NULL);
            HPy_Close(ctx, content);
        }
    }
    self->cells = fresh;
    self->rows = rows;
    self->spare = old;
    self->spare_rows = old_rows;
    for (long index = kept; index < old_rows * columns; index++) {
        if (self->native->kinds[index % columns] == 'O') {
            HPyField_Store(ctx, object, &old[index].object, HPy_NULL);
        }
    }
    self->spare = NULL;
    self->spare_rows = 0;
    free(old);
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_GET(Records_layout, "layout")
static HPy Records_layout_get(HPyContext *ctx, HPy object, void *closure)
{
    return HPyField_Load(ctx, object, Records_AsStruct(ctx, object)->layout);
}

HPyDef_MEMBER(Records_rows, "rows", HPyMember_LONG, offsetof(Records, rows), .readonly = 1)

static HPyDef *Records_defines[] = {
    &Records_new, &Records_traverse, &Records_destroy, &Records_get, &Records_put, &Records_resize, &Records_layout,
    &Records_rows, NULL,
};
static HPyType_Spec Records_spec = {
    .name = "ext.Records",
    .basicsize = sizeof(Records),
    .builtin_shape = SHAPE(Records),
    .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_HAVE_GC,
    .defines = Records_defines,
};

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    HPy layout_type = HPyType_FromSpec(ctx, &Layout_spec, NULL);
    if (HPy_IsNull(layout_type)) {
        return -1;
    }
    HPyGlobal_Store(ctx, &Layout_type, layout_type);
    int failed = HPy_SetAttr_s(ctx, module, "Layout", layout_type);
    HPy_Close(ctx, layout_type);
    return failed >= 0 && HPyHelpers_AddType(ctx, module, "Records", &Records_spec, NULL) ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyGlobal *ext_globals[] = {&Layout_type, NULL};
static HPyModuleDef ext_module = {
    .doc = "Rows of numbers and objects in a native buffer.",
    .defines = ext_defines,
    .globals = ext_globals,
};
HPy_MODINIT(ext, ext_module)
