/* The same against the raw C API: the members are in tp_members. */
#include "conform_capi.h"
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
    Py_ssize_t ssize_;
} Payload;

typedef struct {
    PyObject_HEAD
    Payload payload;
} Numbers;

#define FIELD(name) {#name, offsetof(Payload, name##_), sizeof(((Payload *)NULL)->name##_)}
static const struct conform_field fields[] = {
    FIELD(byte), FIELD(ubyte), FIELD(short), FIELD(ushort), FIELD(int), FIELD(uint), FIELD(long), FIELD(ulong),
    FIELD(longlong), FIELD(ulonglong), FIELD(ssize), FIELD(float), FIELD(double), FIELD(bool), FIELD(char), {NULL},
};

#define MEMBER(name, kind, text) {#name, kind, offsetof(Numbers, payload.name##_), 0, text}
static PyMemberDef Numbers_members[] = {
    MEMBER(byte, T_BYTE, "a byte"),
    MEMBER(ubyte, T_UBYTE, "an unsigned byte"),
    MEMBER(short, T_SHORT, NULL),
    MEMBER(ushort, T_USHORT, NULL),
    MEMBER(int, T_INT, ""),
    MEMBER(uint, T_UINT, NULL),
    MEMBER(long, T_LONG, "gr\xc3\xb6\xc3\x9f" "er"),
    MEMBER(ulong, T_ULONG, NULL),
    MEMBER(longlong, T_LONGLONG, NULL),
    MEMBER(ulonglong, T_ULONGLONG, NULL),
    MEMBER(ssize, T_PYSSIZET, NULL),
    MEMBER(float, T_FLOAT, "a float"),
    MEMBER(double, T_DOUBLE, NULL),
    MEMBER(bool, T_BOOL, "a bool"),
    MEMBER(char, T_CHAR, "a char"),
    {NULL},
};

static PyObject *Numbers_peek(Numbers *self, PyObject *name)
{
    return conform_peek(fields, &self->payload, name);
}

static PyObject *Numbers_poke(Numbers *self, PyObject *args)
{
    return conform_poke(fields, &self->payload, args);
}

#define PATTERN 0x55

static PyObject *Numbers_fill(Numbers *self, PyObject *ignored)
{
    memset(&self->payload, PATTERN, sizeof self->payload);
    Py_RETURN_NONE;
}

static PyObject *Numbers_strays(Numbers *self, PyObject *name)
{
    const struct conform_field *field = conform_field_named(fields, name);
    if (field == NULL) {
        return NULL;
    }
    const unsigned char *bytes = (const unsigned char *)&self->payload;
    long strays = 0;
    for (size_t i = 0; i < sizeof self->payload; i++) {
        strays += bytes[i] != PATTERN && (i < field->offset || i >= field->offset + field->size);
    }
    return PyLong_FromLong(strays);
}

static PyMethodDef Numbers_methods[] = {
    {"peek", (PyCFunction)Numbers_peek, METH_O, "The bytes of a field."},
    {"poke", (PyCFunction)Numbers_poke, METH_VARARGS, "Set the bytes of a field."},
    {"fill", (PyCFunction)Numbers_fill, METH_NOARGS, "Set every byte of the struct to a pattern."},
    {"strays", (PyCFunction)Numbers_strays, METH_O, "How many bytes outside a field differ from the pattern."},
    {NULL},
};

static PyType_Slot Numbers_slots[] = {
    {Py_tp_new, conform_new},
    {Py_tp_dealloc, conform_dealloc},
    {Py_tp_members, Numbers_members},
    {Py_tp_methods, Numbers_methods},
    {0, NULL},
};
static PyType_Spec Numbers_spec = {
    .name = "ext.Numbers",
    .basicsize = sizeof(Numbers),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = Numbers_slots,
};

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Numbers", &Numbers_spec, NULL);
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "A struct of numbers.",
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
