/* Types with any slots of construction and destruction, made on demand. Each function records which type's it is. */
#include "hpy.h"
#include "functions.h"

typedef struct {
    long content;
} Owner;

#define FUNCTIONS(MARK)                                                                                              \
    HPyDef_SLOT(MARK##_tp_new, HPy_tp_new)                                                                           \
    static HPy MARK##_tp_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)              \
    {                                                                                                                \
        void *self;                                                                                                  \
        CALLED(MARK, tp_new);                                                                                        \
        return HPy_New(ctx, cls, &self);                                                                             \
    }                                                                                                                \
    HPyDef_SLOT(MARK##_tp_init, HPy_tp_init)                                                                         \
    static int MARK##_tp_init_impl(HPyContext *ctx, HPy self, const HPy *args, HPy_ssize_t nargs, HPy kw)            \
    {                                                                                                                \
        CALLED(MARK, tp_init);                                                                                       \
        return 0;                                                                                                    \
    }                                                                                                                \
    HPyDef_SLOT(MARK##_tp_finalize, HPy_tp_finalize)                                                                 \
    static void MARK##_tp_finalize_impl(HPyContext *ctx, HPy self)                                                   \
    {                                                                                                                \
        CALLED(MARK, tp_finalize);                                                                                   \
    }                                                                                                                \
    HPyDef_SLOT(MARK##_tp_destroy, HPy_tp_destroy)                                                                   \
    static void MARK##_tp_destroy_impl(void *self)                                                                   \
    {                                                                                                                \
        CALLED(MARK, tp_destroy);                                                                                    \
    }                                                                                                                \
    HPyDef_SLOT(MARK##_tp_traverse, HPy_tp_traverse)                                                                 \
    static int MARK##_tp_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)                               \
    {                                                                                                                \
        CALLED(MARK, tp_traverse);                                                                                   \
        return 0;                                                                                                    \
    }

FUNCTIONS(A)
FUNCTIONS(B)
FUNCTIONS(C)

struct named_slot {
    const char *name;
    HPyDef *define;
};
#define SLOTS(MARK)                                                                                                  \
    {                                                                                                                \
        {"tp_new", &MARK##_tp_new}, {"tp_init", &MARK##_tp_init}, {"tp_finalize", &MARK##_tp_finalize},              \
            {"tp_destroy", &MARK##_tp_destroy}, {"tp_traverse", &MARK##_tp_traverse},                                \
            {NULL, NULL},                                                                                            \
    }
static const struct named_slot slots[3][6] = {SLOTS(A), SLOTS(B), SLOTS(C)};

HPyDef_METH(make, "make", HPyFunc_VARARGS, .doc = "A new type with the slots of these names and of this mark.")
static HPy make_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    const char *mark;
    HPy names, bases;
    HPyDef *chosen[10] = {NULL};
    int used = 0;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "sOO", &mark, &names, &bases)) {
        return HPy_NULL;
    }
    HPy_ssize_t count = HPy_Length(ctx, names), of_bases = HPy_Length(ctx, bases);
    if (count < 0 || of_bases < 0) {
        return HPy_NULL;
    }
    if (count > 9 || *mark < 'A' || *mark > 'C') {
        return HPyErr_SetString(ctx, ctx->h_ValueError, "nine names at most, of A, B or C");
    }
    HPyType_Spec spec = {
        .name = name_of_mark(*mark),
        .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE,
        .defines = chosen,
    };
    for (HPy_ssize_t i = 0; i < count; i++) {
        HPy name = HPy_GetItem_i(ctx, names, i);
        const char *wanted = HPy_IsNull(name) ? NULL : HPyUnicode_AsUTF8AndSize(ctx, name, NULL);
        const struct named_slot *one = slots[*mark - 'A'];
        int is_struct = wanted != NULL && strcmp(wanted, "struct") == 0;
        int is_slot = wanted != NULL && !is_struct && strcmp(wanted, "bare") != 0;
        while (is_slot && one->name != NULL && strcmp(one->name, wanted) != 0) {
            one++;
        }
        if (is_slot && one->name == NULL) {
            HPyErr_SetString(ctx, ctx->h_LookupError, wanted);
        }
        HPy_Close(ctx, name);
        if (wanted == NULL || (is_slot && one->name == NULL)) {
            return HPy_NULL;
        }
        if (is_struct) {
            spec.basicsize = sizeof(Owner);
        }
        if (is_slot) {
            chosen[used++] = one->define;
            if (one->define->slot.slot == HPy_tp_traverse) {
                spec.flags |= HPy_TPFLAGS_HAVE_GC;
            }
        }
    }
    HPyType_SpecParam params[] = {{HPyType_SpecParam_BasesTuple, bases}, {(HPyType_SpecParam_Kind)0}};
    return HPyType_FromSpec(ctx, &spec, of_bases == 0 ? NULL : params);
}

static HPyDef *ext_defines[] = {&make, NULL};
static HPyModuleDef ext_module = {
    .doc = "Types with any slots of construction and destruction.",
    .defines = ext_defines,
};
HPy_MODINIT(ext, ext_module)
