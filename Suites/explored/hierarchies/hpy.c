/* The same as HPy types. */
#include "hpy.h"
#include "conform.h"
#include "slots.h"

#define TEXT(SLOT) HPyUnicode_FromString(ctx, #SLOT)
#define FUNCTION(MARK, SLOT, RESULT, PARAMETERS, ANSWER)                                                             \
    HPyDef_SLOT(f##MARK##_##SLOT, HPy_##SLOT)                                                                        \
    static RESULT f##MARK##_##SLOT##_impl PARAMETERS                                                                 \
    {                                                                                                                \
        called(MARK, SLOT_##SLOT);                                                                                   \
        return ANSWER;                                                                                               \
    }
#define DECLINED(MARK, SLOT)                                                                                         \
    (declines[MARK][SLOT_##SLOT] ? HPy_Dup(ctx, ctx->h_NotImplemented) : TEXT(SLOT))
#define UNARY(MARK, SLOT) FUNCTION(MARK, SLOT, HPy, (HPyContext * ctx, HPy a), TEXT(SLOT))
#define BINARY(MARK, SLOT) FUNCTION(MARK, SLOT, HPy, (HPyContext * ctx, HPy a, HPy b), DECLINED(MARK, SLOT))
#define TERNARY(MARK, SLOT) FUNCTION(MARK, SLOT, HPy, (HPyContext * ctx, HPy a, HPy b, HPy c), DECLINED(MARK, SLOT))
#define CONCATENATED(MARK, SLOT) FUNCTION(MARK, SLOT, HPy, (HPyContext * ctx, HPy a, HPy b), TEXT(SLOT))
#define ASSIGNED(MARK, SLOT) FUNCTION(MARK, SLOT, int, (HPyContext * ctx, HPy a, HPy b, HPy c), 0)
#define INTEGER(MARK, SLOT) FUNCTION(MARK, SLOT, HPy, (HPyContext * ctx, HPy a), HPyLong_FromLong(ctx, 1))
#define REAL(MARK, SLOT) FUNCTION(MARK, SLOT, HPy, (HPyContext * ctx, HPy a), HPyFloat_FromDouble(ctx, 1.5))
#define INQUIRY(MARK, SLOT) FUNCTION(MARK, SLOT, int, (HPyContext * ctx, HPy a), 0)
#define LENGTH(MARK, SLOT) FUNCTION(MARK, SLOT, HPy_ssize_t, (HPyContext * ctx, HPy a), 1)
#define INDEXED(MARK, SLOT) FUNCTION(MARK, SLOT, HPy, (HPyContext * ctx, HPy a, HPy_ssize_t b), TEXT(SLOT))
#define STORED(MARK, SLOT) FUNCTION(MARK, SLOT, int, (HPyContext * ctx, HPy a, HPy_ssize_t b, HPy c), 0)
#define CONTAINS(MARK, SLOT) FUNCTION(MARK, SLOT, int, (HPyContext * ctx, HPy a, HPy b), 1)
#define HASH(MARK, SLOT) FUNCTION(MARK, SLOT, HPy_hash_t, (HPyContext * ctx, HPy a), 42)
#define COMPARED(MARK, SLOT)                                                                                         \
    FUNCTION(MARK, SLOT, HPy, (HPyContext * ctx, HPy a, HPy b, HPy_RichCmpOp c), DECLINED(MARK, SLOT))
#define CALL(MARK, SLOT)                                                                                             \
    FUNCTION(MARK, SLOT, HPy, (HPyContext * ctx, HPy a, const HPy *b, size_t c, HPy d), TEXT(SLOT))
#define NEW(MARK, SLOT)                                                                                              \
    FUNCTION(MARK, SLOT, HPy, (HPyContext * ctx, HPy a, const HPy *b, HPy_ssize_t c, HPy d), fresh(ctx, a))
#define INIT(MARK, SLOT)                                                                                             \
    FUNCTION(MARK, SLOT, int, (HPyContext * ctx, HPy a, const HPy *b, HPy_ssize_t c, HPy d), 0)
#define FINALIZE(MARK, SLOT)                                                                                         \
    HPyDef_SLOT(f##MARK##_##SLOT, HPy_##SLOT)                                                                        \
    static void f##MARK##_##SLOT##_impl(HPyContext *ctx, HPy a)                                                      \
    {                                                                                                                \
        called(MARK, SLOT_##SLOT);                                                                                   \
    }
#define GETBUFFER(MARK, SLOT)                                                                                        \
    FUNCTION(MARK, SLOT, int, (HPyContext * ctx, HPy a, HPy_buffer * b, int c), fill(ctx, a, b))
#define RELEASEBUFFER(MARK, SLOT)                                                                                    \
    HPyDef_SLOT(f##MARK##_##SLOT, HPy_##SLOT)                                                                        \
    static void f##MARK##_##SLOT##_impl(HPyContext *ctx, HPy a, HPy_buffer *b)                                       \
    {                                                                                                                \
        called(MARK, SLOT_##SLOT);                                                                                   \
    }

/* The parts of an object; as long as its own is alone in use, no struct has this C type by itself. */
typedef struct {
    struct part parts[TYPES];
} Parts;
HPyType_HELPERS(Parts, HPyType_BuiltinShape_Object)

static HPy fresh(HPyContext *ctx, HPy type)
{
    Parts *data;
    return HPy_New(ctx, type, &data);
}

static int fill(HPyContext *ctx, HPy self, HPy_buffer *view)
{
    static char content[] = "content";
    static HPy_ssize_t shape[] = {7}, strides[] = {1};
    *view = (HPy_buffer){
        .buf = content,
        .obj = HPy_Dup(ctx, self),
        .len = 7,
        .itemsize = 1,
        .readonly = 1,
        .ndim = 1,
        .format = (char *)"B",
        .shape = shape,
        .strides = strides,
    };
    return 0;
}

static HPyField *field_of(struct part *part, int number)
{
    return (HPyField *)(void *)&part->fields[number];
}

static int visit_parts(Parts *data, int mark, HPyFunc_visitproc visit, void *arg)
{
    for (int i = 0; i <= mark; i++) {
        if (data->parts[i].before == CANARY(i)) {
            HPy_VISIT(field_of(&data->parts[i], 0));
            HPy_VISIT(field_of(&data->parts[i], 1));
        }
    }
    return 0;
}

#define STRUCT(MARK)                                                                                                 \
    HPyDef_SLOT(traverse_##MARK, HPy_tp_traverse)                                                                    \
    static int traverse_##MARK##_impl(void *self, HPyFunc_visitproc visit, void *arg)                                \
    {                                                                                                                \
        return visit_parts((Parts *)self, MARK, visit, arg);                                                         \
    }                                                                                                                \
    HPyDef_SLOT(destroy_##MARK, HPy_tp_destroy)                                                                      \
    static void destroy_##MARK##_impl(void *self)                                                                    \
    {                                                                                                                \
        called(MARK, SLOT_destroy);                                                                                  \
    }                                                                                                                \
    HPyDef_MEMBER(member_##MARK, "member", HPyMember_OBJECT_EX, PART_SIZE *MARK + offsetof(struct part, fields))     \
    HPyDef_MEMBER(readonly_##MARK, "member", HPyMember_OBJECT, PART_SIZE *MARK + offsetof(struct part, fields),      \
                  .readonly = 1)

#define EVERY_MARK(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7)
EVERY_MARK(HPY_SLOTS)
EVERY_MARK(STRUCT)

#undef UNARY
#undef BINARY
#undef TERNARY
#undef CONCATENATED
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
#undef NEW
#undef INIT
#undef FINALIZE
#undef GETBUFFER
#undef RELEASEBUFFER
#define ENTRY(MARK, SLOT) &f##MARK##_##SLOT,
#define UNARY ENTRY
#define BINARY ENTRY
#define TERNARY ENTRY
#define CONCATENATED ENTRY
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
#define NEW ENTRY
#define INIT ENTRY
#define FINALIZE ENTRY
#define GETBUFFER ENTRY
#define RELEASEBUFFER ENTRY
#define TABLE(MARK) {HPY_SLOTS(MARK)},
/* Without those that HPy lacks, which are the last ones. */
static HPyDef *const slots[TYPES][SLOTS] = {EVERY_MARK(TABLE)};

#define STRUCT_DEFINES(MARK) {&destroy_##MARK, &traverse_##MARK, &member_##MARK, &readonly_##MARK},
static const struct {
    HPyDef *destroy, *traverse, *member, *readonly;
} struct_defines[TYPES] = {EVERY_MARK(STRUCT_DEFINES)};

/* Numbers of slots as bytes. */
static const char *numbers(HPyContext *ctx, HPy bytes, HPy_ssize_t *count)
{
    *count = HPyBytes_Check(ctx, bytes) ? HPyBytes_Size(ctx, bytes) : -1;
    if (*count < 0 || *count > SLOTS) {
        HPyErr_SetString(ctx, ctx->h_ValueError, "slots are bytes");
        return NULL;
    }
    return HPyBytes_AsString(ctx, bytes);
}

HPyDef_METH(make, "make", HPyFunc_VARARGS)
static HPy make_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    int mark, features, size;
    const char *name;
    HPy wanted, declined, bases;
    HPy_ssize_t count, declined_count, used = 0;
    HPyDef *chosen[SLOTS + 4];
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "isOOOii", &mark, &name, &wanted, &declined, &bases, &features, &size)) {
        return HPy_NULL;
    }
    const char *chosen_slots = numbers(ctx, wanted, &count);
    const char *declined_slots = chosen_slots == NULL ? NULL : numbers(ctx, declined, &declined_count);
    if (declined_slots == NULL) {
        return HPy_NULL;
    }
    if (mark < 0 || mark >= TYPES) {
        return HPyErr_SetString(ctx, ctx->h_ValueError, "there are eight types");
    }
    for (HPy_ssize_t i = 0; i < count; i++) {
        HPyDef *define = chosen_slots[i] < 0 || chosen_slots[i] >= SLOT_destroy ? NULL : slots[mark][(int)chosen_slots[i]];
        if (define == NULL) {
            return HPyErr_SetString(ctx, ctx->h_NotImplementedError, "HPy has no such slot");
        }
        chosen[used++] = define;
    }
    memset(declines[mark], 0, sizeof declines[mark]);
    for (HPy_ssize_t i = 0; i < declined_count; i++) {
        declines[mark][declined_slots[i] & 127] = 1;
    }
    if (features & HAS_PART) {
        chosen[used++] = struct_defines[mark].destroy;
    }
    if (features & (HAS_MEMBER | READS_MEMBER)) {
        chosen[used++] = features & HAS_MEMBER ? struct_defines[mark].member : struct_defines[mark].readonly;
    }
    if (features & HAS_GC) {
        chosen[used++] = struct_defines[mark].traverse;
    }
    chosen[used] = NULL;
    HPyType_Spec spec = {
        .name = strdup(name), /* Not every version copies it, and nobody knows how long a type lives. */
        .basicsize = PART_SIZE * size,
        .flags = HPy_TPFLAGS_DEFAULT | (features & IS_BASE ? HPy_TPFLAGS_BASETYPE : 0) |
                 (features & HAS_GC ? HPy_TPFLAGS_HAVE_GC : 0),
        .builtin_shape = HPyType_BuiltinShape_Object,
        .defines = chosen,
    };
    HPyType_SpecParam params[] = {{HPyType_SpecParam_BasesTuple, bases}, {(HPyType_SpecParam_Kind)0}};
    HPy_ssize_t base_count = HPy_Length(ctx, bases);
    return base_count < 0 ? HPy_NULL : HPyType_FromSpec(ctx, &spec, base_count == 0 ? NULL : params);
}

HPyDef_METH(new_object, "new", HPyFunc_O)
static HPy new_object_impl(HPyContext *ctx, HPy self, HPy type)
{
    return fresh(ctx, type);
}

static HPy taken(HPyContext *ctx, struct noted *noted)
{
    HPyTupleBuilder all = HPyTupleBuilder_New(ctx, noted->count);
    for (int i = 0; i < noted->count; i++) {
        HPy code = HPyLong_FromLong(ctx, noted->codes[i]);
        HPyTupleBuilder_Set(ctx, all, i, code);
        HPy_Close(ctx, code);
    }
    noted->count = 0;
    return HPyTupleBuilder_Build(ctx, all);
}

HPyDef_METH(taken_calls, "calls", HPyFunc_NOARGS)
static HPy taken_calls_impl(HPyContext *ctx, HPy self)
{
    return taken(ctx, &calls);
}

HPyDef_METH(taken_ends, "ends", HPyFunc_NOARGS)
static HPy taken_ends_impl(HPyContext *ctx, HPy self)
{
    return taken(ctx, &ends);
}

HPyDef_METH(prepare, "prepare", HPyFunc_VARARGS)
static HPy prepare_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy object, values[2];
    int mark;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OiOO", &object, &mark, &values[0], &values[1])) {
        return HPy_NULL;
    }
    struct part *part = &Parts_AsStruct(ctx, object)->parts[mark];
    part->before = part->after = CANARY(mark);
    for (int i = 0; i < 2; i++) {
        HPyField_Store(ctx, object, field_of(part, i), HPy_Is(ctx, values[i], ctx->h_None) ? HPy_NULL : values[i]);
    }
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(intact, "intact", HPyFunc_VARARGS)
static HPy intact_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    HPy object;
    int mark;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "Oi", &object, &mark)) {
        return HPy_NULL;
    }
    struct part *part = &Parts_AsStruct(ctx, object)->parts[mark];
    if (part->before != CANARY(mark) || part->after != CANARY(mark)) {
        return HPy_Dup(ctx, ctx->h_False);
    }
    HPy held[2];
    for (int i = 0; i < 2; i++) {
        held[i] = HPyField_IsNull(*field_of(part, i)) ? HPy_Dup(ctx, ctx->h_None) : HPyField_Load(ctx, object, *field_of(part, i));
    }
    HPy all = HPyTuple_FromArray(ctx, held, 2);
    HPy_Close(ctx, held[0]);
    HPy_Close(ctx, held[1]);
    return all;
}

HPyDef_METH(names, "names", HPyFunc_NOARGS)
static HPy names_impl(HPyContext *ctx, HPy self)
{
    HPyTupleBuilder all = HPyTupleBuilder_New(ctx, SLOTS);
    for (int i = 0; i < SLOTS; i++) {
        HPy name = HPyUnicode_FromString(ctx, slot_names[i]);
        HPyTupleBuilder_Set(ctx, all, i, name);
        HPy_Close(ctx, name);
    }
    return HPyTupleBuilder_Build(ctx, all);
}

HPyDef_METH(known_features, "features", HPyFunc_NOARGS)
static HPy known_features_impl(HPyContext *ctx, HPy self)
{
    return HPyLong_FromLong(ctx, HAS_PART | HAS_GC | IS_BASE | HAS_MEMBER | READS_MEMBER | HAS_BUFFERS);
}

static HPyDef *ext_defines[] = {&make, &new_object, &taken_calls, &taken_ends, &prepare, &intact, &names, &known_features, NULL};
static HPyModuleDef ext_module = {.doc = "Types of any hierarchy.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
