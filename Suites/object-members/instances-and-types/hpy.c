/* One struct in types that make their objects in different ways. */
#include "hpy.h"
#include "conform.h"
#include <stdint.h>

typedef struct {
    long number;
    max_align_t aligned;
    unsigned char bytes[13];
} Block;
HPyType_HELPERS(Block)

typedef struct {
    Block block;
    unsigned char more[29];
} Large;
HPyType_HELPERS(Large)

typedef struct {
    HPyField held;
    long number;
} Holder;
HPyType_HELPERS(Holder)

static int zeroed(const void *memory, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)memory;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0) {
            return 0;
        }
    }
    return 1;
}

static void look(const void *memory, size_t size, size_t alignment)
{
    conform_event("zeroed", zeroed(memory, size));
    conform_event("aligned", (uintptr_t)memory % alignment == 0);
}

HPyDef_SLOT(Block_new, HPy_tp_new)
static HPy Block_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Block *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (!HPy_IsNull(object)) {
        look(self, sizeof(Block), _Alignof(Block));
        conform_event("same", self == Block_AsStruct(ctx, object));
    }
    return object;
}

HPyDef_SLOT(Large_new, HPy_tp_new)
static HPy Large_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Large *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (!HPy_IsNull(object)) {
        look(self, sizeof(Large), _Alignof(Large));
        conform_event("same", self == Large_AsStruct(ctx, object));
    }
    return object;
}

HPyDef_SLOT(Generic_new, HPy_tp_new)
static HPy Generic_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    HPy object = HPyType_GenericNew(ctx, cls, args, nargs, kw);
    if (!HPy_IsNull(object)) {
        look(Block_AsStruct(ctx, object), sizeof(Block), _Alignof(Block));
        conform_event("same", 1);
    }
    return object;
}

/* Fails after the object is there, unless it is called without arguments. */
HPyDef_SLOT(Failing_new, HPy_tp_new)
static HPy Failing_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Block *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (HPy_IsNull(object)) {
        return HPy_NULL;
    }
    self->number = 100 + nargs;
    if (nargs > 0) {
        HPy_Close(ctx, object);
        HPyErr_SetString(ctx, ctx->h_ValueError, "not with arguments");
        return HPy_NULL;
    }
    return object;
}

HPyDef_SLOT(Holder_new, HPy_tp_new)
static HPy Holder_new_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)
{
    Holder *self;
    HPy object = HPy_New(ctx, cls, &self);
    if (!HPy_IsNull(object)) {
        look(self, sizeof(Holder), _Alignof(Holder));
        conform_event("same", self == Holder_AsStruct(ctx, object));
        if (nargs > 0) {
            HPyField_Store(ctx, object, &self->held, args[0]);
        }
    }
    return object;
}

HPyDef_SLOT(Holder_traverse, HPy_tp_traverse)
static int Holder_traverse_impl(void *self, HPyFunc_visitproc visit, void *arg)
{
    HPy_VISIT(&((Holder *)self)->held);
    return 0;
}

HPyDef_SLOT(Block_destroy, HPy_tp_destroy)
static void Block_destroy_impl(void *self)
{
    conform_event("destroy", ((Block *)self)->number);
}

HPyDef_METH(Block_fill, "fill", HPyFunc_NOARGS, .doc = "Leave traces in all of the struct.")
static HPy Block_fill_impl(HPyContext *ctx, HPy self)
{
    Block *block = Block_AsStruct(ctx, self);
    memset(block, 0xa5, sizeof(Block));
    return HPyBool_FromBool(ctx, !zeroed(block, sizeof(Block)));
}

HPyDef_METH(Large_fill, "fill", HPyFunc_NOARGS, .doc = "Leave traces in all of the struct.")
static HPy Large_fill_impl(HPyContext *ctx, HPy self)
{
    Large *large = Large_AsStruct(ctx, self);
    memset(large, 0x5a, sizeof(Large));
    return HPyBool_FromBool(ctx, !zeroed(large, sizeof(Large)));
}

HPyDef_METH(Block_fresh, "fresh", HPyFunc_NOARGS, .doc = "Whether the struct is zeroed and aligned.")
static HPy Block_fresh_impl(HPyContext *ctx, HPy self)
{
    const Block *block = Block_AsStruct(ctx, self);
    look(block, sizeof(Block), _Alignof(Block));
    return HPyBool_FromBool(ctx, zeroed(block, sizeof(Block)));
}

HPyDef_MEMBER(Block_number, "number", HPyMember_LONG, offsetof(Block, number))

static HPyDef *Block_defines[] = {&Block_new, &Block_fill, &Block_fresh, &Block_number, NULL};
static HPyDef *Generic_defines[] = {&Generic_new, &Block_fill, &Block_fresh, &Block_number, NULL};
static HPyDef *Default_defines[] = {&Block_fill, &Block_fresh, &Block_number, NULL};
static HPyDef *Destroyed_defines[] = {&Block_new, &Block_fill, &Block_fresh, &Block_number, &Block_destroy, NULL};
static HPyDef *Failing_defines[] = {&Failing_new, &Block_number, &Block_destroy, NULL};
static HPyDef *Large_defines[] = {&Large_new, &Large_fill, &Block_fresh, &Block_number, NULL};
static HPyDef *Holder_defines[] = {&Holder_new, &Holder_traverse, NULL};

#define FLAGS .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE
#define STRUCT .basicsize = sizeof(Block), .builtin_shape = SHAPE(Block)
static HPyType_Spec specs[] = {
    {.name = "ext.Block", STRUCT, FLAGS, .defines = Block_defines},
    {.name = "ext.Generic", STRUCT, FLAGS, .defines = Generic_defines},
    {.name = "ext.Default", STRUCT, FLAGS, .defines = Default_defines},
    {.name = "ext.Destroyed", STRUCT, FLAGS, .defines = Destroyed_defines},
    {.name = "ext.Failing", STRUCT, FLAGS, .defines = Failing_defines},
    {.name = "ext.Large", .basicsize = sizeof(Large), .builtin_shape = SHAPE(Large), FLAGS, .defines = Large_defines},
    {.name = "ext.Holder", .basicsize = sizeof(Holder), .builtin_shape = SHAPE(Holder),
     .flags = HPy_TPFLAGS_DEFAULT | HPy_TPFLAGS_BASETYPE | HPy_TPFLAGS_HAVE_GC, .defines = Holder_defines},
};

HPyDef_METH(make, "make", HPyFunc_VARARGS, .doc = "make(name, *bases): a type from the spec of that name.")
static HPy make_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    if (nargs < 1 || nargs > 2) {
        return HPyErr_SetString(ctx, ctx->h_TypeError, "one name, and at most one base");
    }
    const char *name = HPyUnicode_AsUTF8AndSize(ctx, args[0], NULL);
    if (name == NULL) {
        return HPy_NULL;
    }
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
        if (strcmp(specs[i].name + strlen("ext."), name) == 0) {
            HPyType_SpecParam params[] = {{HPyType_SpecParam_Base, nargs == 2 ? args[1] : ctx->h_None}, {0}};
            return HPyType_FromSpec(ctx, &specs[i], nargs == 2 ? params : NULL);
        }
    }
    return HPyErr_SetObject(ctx, ctx->h_LookupError, args[0]);
}

HPyDef_METH(new_block, "new_block", HPyFunc_O, .doc = "new_block(type): HPy_New outside of tp_new.")
static HPy new_block_impl(HPyContext *ctx, HPy self, HPy type)
{
    Block *block;
    HPy object = HPy_New(ctx, type, &block);
    if (!HPy_IsNull(object)) {
        block->number = 7;
    }
    return object;
}

HPyDef_METH(generic_new, "generic_new", HPyFunc_O, .doc = "generic_new(type): HPyType_GenericNew outside of tp_new.")
static HPy generic_new_impl(HPyContext *ctx, HPy self, HPy type)
{
    return HPyType_GenericNew(ctx, type, NULL, 0, HPy_NULL);
}

HPyDef_METH(type_of, "type_of", HPyFunc_O, .doc = "HPy_Type")
static HPy type_of_impl(HPyContext *ctx, HPy self, HPy object)
{
    return HPy_Type(ctx, object);
}

HPyDef_METH(is_type, "is_type", HPyFunc_VARARGS, .doc = "is_type(object, type): HPy_TypeCheck")
static HPy is_type_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    if (nargs != 2) {
        return HPyErr_SetString(ctx, ctx->h_TypeError, "an object and a type");
    }
    return HPyBool_FromBool(ctx, HPy_TypeCheck(ctx, args[0], args[1]) != 0);
}

HPyDef_METH(is_subtype, "is_subtype", HPyFunc_VARARGS, .doc = "is_subtype(sub, type): HPyType_IsSubtype")
static HPy is_subtype_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    if (nargs != 2) {
        return HPyErr_SetString(ctx, ctx->h_TypeError, "two types");
    }
    return HPyBool_FromBool(ctx, HPyType_IsSubtype(ctx, args[0], args[1]) != 0);
}

static HPyDef *ext_defines[] = {
    &make, &new_block, &generic_new, &type_of, &is_type, &is_subtype, NULL,
};
static HPyModuleDef ext_module = {.doc = "Types, and ways to make their objects.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
