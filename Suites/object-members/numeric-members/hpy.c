/* A struct with one member of every numeric kind, and methods that show and set the bytes of each. */
#include "hpy.h"
#include "conform.h"
#include "conform_helpers.h"

typedef struct {
    signed char byte_;
    short short_;
    unsigned char ubyte_;
    int int_;
    unsigned short ushort_;
    long long_;
    unsigned int uint_;
    long long longlong_;
    float float_;
    unsigned long ulong_;
    char bool_;
    double double_;
    char char_;
    unsigned long long ulonglong_;
    HPy_ssize_t ssize_;
} Numbers;
HPyType_HELPERS(Numbers)

#define FIELD(name) {#name, offsetof(Numbers, name##_), sizeof(((Numbers *)NULL)->name##_)}
static const struct conform_field fields[] = {
    FIELD(byte), FIELD(ubyte), FIELD(short), FIELD(ushort), FIELD(int), FIELD(uint), FIELD(long), FIELD(ulong),
    FIELD(longlong), FIELD(ulonglong), FIELD(ssize), FIELD(float), FIELD(double), FIELD(bool), FIELD(char), {NULL},
};

#define MEMBER(name, kind, text) \
    HPyDef_MEMBER(Numbers_##name, #name, kind, offsetof(Numbers, name##_), .doc = text)
MEMBER(byte, HPyMember_BYTE, "a byte")
MEMBER(ubyte, HPyMember_UBYTE, "an unsigned byte")
MEMBER(short, HPyMember_SHORT, NULL)
MEMBER(ushort, HPyMember_USHORT, NULL)
MEMBER(int, HPyMember_INT, "")
MEMBER(uint, HPyMember_UINT, NULL)
MEMBER(long, HPyMember_LONG, "gr\xc3\xb6\xc3\x9f" "er")
MEMBER(ulong, HPyMember_ULONG, NULL)
MEMBER(longlong, HPyMember_LONGLONG, NULL)
MEMBER(ulonglong, HPyMember_ULONGLONG, NULL)
MEMBER(ssize, HPyMember_HPYSSIZET, NULL)
MEMBER(float, HPyMember_FLOAT, "a float")
MEMBER(double, HPyMember_DOUBLE, NULL)
MEMBER(bool, HPyMember_BOOL, "a bool")
MEMBER(char, HPyMember_CHAR, "a char")

HPyDef_METH(Numbers_peek, "peek", HPyFunc_O, .doc = "The bytes of a field.")
static HPy Numbers_peek_impl(HPyContext *ctx, HPy self, HPy name)
{
    return conform_hpy_peek(ctx, fields, Numbers_AsStruct(ctx, self), name);
}

HPyDef_METH(Numbers_poke, "poke", HPyFunc_VARARGS, .doc = "Set the bytes of a field.")
static HPy Numbers_poke_impl(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    return conform_hpy_poke(ctx, fields, Numbers_AsStruct(ctx, self), args, nargs);
}

#define PATTERN 0x55

HPyDef_METH(Numbers_fill, "fill", HPyFunc_NOARGS, .doc = "Set every byte of the struct to a pattern.")
static HPy Numbers_fill_impl(HPyContext *ctx, HPy self)
{
    memset(Numbers_AsStruct(ctx, self), PATTERN, sizeof(Numbers));
    return HPy_Dup(ctx, ctx->h_None);
}

HPyDef_METH(Numbers_strays, "strays", HPyFunc_O, .doc = "How many bytes outside a field differ from the pattern.")
static HPy Numbers_strays_impl(HPyContext *ctx, HPy self, HPy name)
{
    const struct conform_field *field = conform_hpy_field_named(ctx, fields, name);
    if (field == NULL) {
        return HPy_NULL;
    }
    const unsigned char *bytes = (const unsigned char *)Numbers_AsStruct(ctx, self);
    int32_t strays = 0;
    for (size_t i = 0; i < sizeof(Numbers); i++) {
        strays += bytes[i] != PATTERN && (i < field->offset || i >= field->offset + field->size);
    }
    return HPyLong_FromInt32_t(ctx, strays);
}

CONFORM_HPY_NEW(Numbers_new)

static HPyDef *Numbers_defines[] = {
    &Numbers_new, &Numbers_peek, &Numbers_poke, &Numbers_fill, &Numbers_strays, &Numbers_byte, &Numbers_ubyte,
    &Numbers_short, &Numbers_ushort, &Numbers_int, &Numbers_uint, &Numbers_long, &Numbers_ulong, &Numbers_longlong,
    &Numbers_ulonglong, &Numbers_ssize, &Numbers_float, &Numbers_double, &Numbers_bool, &Numbers_char, NULL,
};
static HPyType_Spec Numbers_spec = {
    .name = "ext.Numbers",
    .basicsize = sizeof(Numbers),
    .builtin_shape = SHAPE(Numbers),
    .flags = HPy_TPFLAGS_DEFAULT,
    .defines = Numbers_defines,
};

HPyDef_SLOT(ext_exec, HPy_mod_exec)
static int ext_exec_impl(HPyContext *ctx, HPy module)
{
    return HPyHelpers_AddType(ctx, module, "Numbers", &Numbers_spec, NULL) ? 0 : -1;
}

static HPyDef *ext_defines[] = {&ext_exec, NULL};
static HPyModuleDef ext_module = {.doc = "A struct of numbers.", .defines = ext_defines};
HPy_MODINIT(ext, ext_module)
