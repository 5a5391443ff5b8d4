/* What several cases need and none is about. A source includes it after hpy.h or conform_capi.h, which stand first.

   Functions that call HPy begin with conform_hpy_; the others are plain C, or call the raw C API where a source has
   Python.h. */
#ifndef HPY_CONFORM_HELPERS_H
#define HPY_CONFORM_HELPERS_H

#include "conform.h"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* Bytes of address space in use; 0 if that isn't known. */
static inline unsigned long conform_address_space(void)
{
    char text[64] = "";
    int file = open("/proc/self/statm", O_RDONLY);
    if (file < 0) {
        return 0;
    }
    ssize_t length = read(file, text, sizeof(text) - 1);
    close(file);
    return length > 0 ? strtoul(text, NULL, 10) * (unsigned long)sysconf(_SC_PAGESIZE) : 0;
}

/* A field of a struct, in a table whose end has no name. */
struct conform_field {
    const char *name;
    size_t offset;
    size_t size;
};

/* The field of that name; NULL if there is none, and for no name. */
static inline const struct conform_field *conform_find_field(const struct conform_field *fields, const char *name)
{
    for (; name != NULL && fields->name != NULL; fields++) {
        if (strcmp(fields->name, name) == 0) {
            return fields;
        }
    }
    return NULL;
}

/* A native resource: memory that holds a number, which an event tells when it is released. */
struct conform_native {
    long serial;
};

/* The number of a new resource in that place, or 0. One that is there stays. */
static inline long conform_acquire(struct conform_native **place)
{
    if (*place == NULL) {
        *place = (struct conform_native *)malloc(sizeof(struct conform_native));
        if (*place != NULL) {
            (*place)->serial = conform_serial();
        }
    }
    return *place == NULL ? 0 : (*place)->serial;
}

/* The place is empty afterwards: the functions of a type and of its base may both be called, or one of them. */
static inline void conform_release(const char *name, struct conform_native **place)
{
    if (*place != NULL) {
        conform_event(name, (*place)->serial);
        free(*place);
        *place = NULL;
    }
}

#ifdef Py_PYTHON_H

#ifndef CONFORM_ALLOC /* conform_capi.h has them for the limited API, too. */
#define CONFORM_ALLOC(type) (type)->tp_alloc
#define CONFORM_RELEASE(type) (type)->tp_free
#endif

/* The limited API has vectorcalls from 3.12 on. */
#if !defined(Py_LIMITED_API) || Py_LIMITED_API >= 0x030c0000
#define CONFORM_HAS_VECTORCALLS
#endif

#if defined(CONFORM_HAS_VECTORCALLS) && !defined(Py_TPFLAGS_HAVE_VECTORCALL) /* Python 3.8 has it with an underscore */
#define Py_TPFLAGS_HAVE_VECTORCALL _Py_TPFLAGS_HAVE_VECTORCALL
#define PyVectorcall_NARGS(flagged) ((Py_ssize_t)((flagged) & ~PY_VECTORCALL_ARGUMENTS_OFFSET))
#endif

/* A tp_new that allocates an object and sets nothing in it. */
static inline PyObject *conform_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    return CONFORM_ALLOC(cls)(cls, 0);
}

/* A tp_dealloc for objects without a collector that own nothing. HPy's legacy types are heap types. */
static inline void conform_dealloc(PyObject *self)
{
    PyTypeObject *cls = Py_TYPE(self);
    CONFORM_RELEASE(cls)(self);
#if !CONFORM_STATIC_TYPES
    Py_DECREF(cls);
#endif
}

/* Put a new reference to `value` where another one may be, which is released. */
static inline void conform_store(PyObject **place, PyObject *value)
{
    PyObject *old = *place;
    Py_INCREF(value);
    *place = value;
    Py_XDECREF(old);
}

/* conform_find_field() for a str; NULL with an exception. */
static inline const struct conform_field *conform_field_named(const struct conform_field *fields, PyObject *name)
{
    if (!PyUnicode_Check(name)) {
        PyErr_SetString(PyExc_TypeError, "the name of a field is a str");
        return NULL;
    }
    for (; fields->name != NULL; fields++) {
        if (PyUnicode_CompareWithASCIIString(name, fields->name) == 0) {
            return fields;
        }
    }
    PyErr_SetString(PyExc_LookupError, "no such field");
    return NULL;
}

/* peek(name): the bytes of a field. */
static inline PyObject *conform_peek(const struct conform_field *fields, const void *memory, PyObject *name)
{
    const struct conform_field *field = conform_field_named(fields, name);
    if (field == NULL) {
        return NULL;
    }
    return PyBytes_FromStringAndSize((const char *)memory + field->offset, (Py_ssize_t)field->size);
}

/* poke(name, bytes): sets the bytes of a field. */
static inline PyObject *conform_poke(const struct conform_field *fields, void *memory, PyObject *args)
{
    PyObject *name;
    const char *content;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "Oy#", &name, &content, &size)) {
        return NULL;
    }
    const struct conform_field *field = conform_field_named(fields, name);
    if (field == NULL) {
        return NULL;
    }
    if ((size_t)size != field->size) {
        PyErr_SetString(PyExc_ValueError, "the field has another size");
        return NULL;
    }
    memcpy((char *)memory + field->offset, content, field->size);
    Py_RETURN_NONE;
}

#ifdef CONFORM_HAS_VECTORCALLS

/* What a vectorcall brings: the number, the positional arguments, the names of the others or None, and their values. */
static inline PyObject *conform_told(long number, PyObject *const *args, size_t flagged, PyObject *names)
{
    Py_ssize_t nargs = PyVectorcall_NARGS(flagged), count = names == NULL ? 0 : PyTuple_GET_SIZE(names);
    PyObject *positional = PyTuple_New(nargs), *named = PyTuple_New(count), *result = NULL;
    if (positional != NULL && named != NULL) {
        for (Py_ssize_t i = 0; i < nargs + count; i++) {
            Py_INCREF(args[i]);
            if (i < nargs) {
                PyTuple_SET_ITEM(positional, i, args[i]);
            } else {
                PyTuple_SET_ITEM(named, i - nargs, args[i]);
            }
        }
        result = Py_BuildValue("(lOOO)", number, positional, names == NULL ? Py_None : names, named);
    }
    Py_XDECREF(positional);
    Py_XDECREF(named);
    return result;
}

#endif

/* is_subtype(sub, type): PyType_IsSubtype. */
static inline PyObject *conform_is_subtype(PyObject *module, PyObject *args)
{
    PyObject *sub, *type;
    if (!PyArg_ParseTuple(args, "O!O!", &PyType_Type, &sub, &PyType_Type, &type)) {
        return NULL;
    }
    return PyBool_FromLong(PyType_IsSubtype((PyTypeObject *)sub, (PyTypeObject *)type));
}

#endif

#ifdef HPY_CONFORM_CAPI_H

#ifndef T_NONE
#define T_NONE 20 /* as CPython's structmember.h has it; PyPy's lacks it */
#endif

/* Put a type into the module that derives from one or two others there; 0, or -1 with an exception. */
static inline int conform_add_derived(PyObject *module, const char *name, PyType_Spec *spec, const char *first,
                                      const char *second)
{
    PyObject *one = PyObject_GetAttrString(module, first);
    PyObject *two = second == NULL ? NULL : PyObject_GetAttrString(module, second);
    PyObject *bases = NULL;
    int failed = -1;
    if (one != NULL && (second == NULL || two != NULL)) {
        bases = second == NULL ? PyTuple_Pack(1, one) : PyTuple_Pack(2, one, two);
    }
    if (bases != NULL) {
        failed = conform_add_type(module, name, spec, bases);
    }
    Py_XDECREF(bases);
    Py_XDECREF(one);
    Py_XDECREF(two);
    return failed;
}

#endif

#ifdef HPY

/* Defines NAME, an HPy_tp_new that allocates an object and sets nothing in it. */
#define CONFORM_HPY_NEW(NAME)                                                                                        \
    HPyDef_SLOT(NAME, HPy_tp_new)                                                                                    \
    static HPy NAME##_impl(HPyContext *ctx, HPy cls, const HPy *args, HPy_ssize_t nargs, HPy kw)                     \
    {                                                                                                                \
        void *self;                                                                                                  \
        return HPy_New(ctx, cls, &self);                                                                             \
    }

/* What a field holds, or another handle to `otherwise` where it is null. */
static inline HPy conform_hpy_load(HPyContext *ctx, HPy self, HPyField field, HPy otherwise)
{
    return HPyField_IsNull(field) ? HPy_Dup(ctx, otherwise) : HPyField_Load(ctx, self, field);
}

/* What two fields hold, as a tuple; an Ellipsis stands for a null one. */
static inline HPy conform_hpy_load_two(HPyContext *ctx, HPy self, HPyField first, HPyField second)
{
    HPy one = conform_hpy_load(ctx, self, first, ctx->h_Ellipsis);
    HPy two = conform_hpy_load(ctx, self, second, ctx->h_Ellipsis);
    HPy result = HPy_NULL;
    if (!HPy_IsNull(one) && !HPy_IsNull(two)) {
        result = HPyTuple_Pack(ctx, 2, one, two);
    }
    HPy_Close(ctx, one);
    HPy_Close(ctx, two);
    return result;
}

/* conform_find_field() for a str; NULL with an exception. */
static inline const struct conform_field *conform_hpy_field_named(HPyContext *ctx, const struct conform_field *fields,
                                                                  HPy name)
{
    const struct conform_field *field = conform_find_field(fields, HPyUnicode_AsUTF8AndSize(ctx, name, NULL));
    if (field == NULL && !HPyErr_Occurred(ctx)) {
        HPyErr_SetString(ctx, ctx->h_LookupError, "no such field");
    }
    return field;
}

/* peek(name): the bytes of a field. */
static inline HPy conform_hpy_peek(HPyContext *ctx, const struct conform_field *fields, const void *memory, HPy name)
{
    const struct conform_field *field = conform_hpy_field_named(ctx, fields, name);
    if (field == NULL) {
        return HPy_NULL;
    }
    return HPyBytes_FromStringAndSize(ctx, (const char *)memory + field->offset, (HPy_ssize_t)field->size);
}

/* poke(name, bytes): sets the bytes of a field. */
static inline HPy conform_hpy_poke(HPyContext *ctx, const struct conform_field *fields, void *memory, const HPy *args,
                                   size_t nargs)
{
    HPy name, bytes;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "OO", &name, &bytes)) {
        return HPy_NULL;
    }
    const struct conform_field *field = conform_hpy_field_named(ctx, fields, name);
    const char *content = field == NULL ? NULL : HPyBytes_AsString(ctx, bytes);
    if (content == NULL) {
        return HPy_NULL;
    }
    if ((size_t)HPyBytes_Size(ctx, bytes) != field->size) {
        HPyErr_SetString(ctx, ctx->h_ValueError, "the field has another size");
        return HPy_NULL;
    }
    memcpy((char *)memory + field->offset, content, field->size);
    return HPy_Dup(ctx, ctx->h_None);
}

/* What a call brings: the number, the positional arguments, the names of the others or None, and their values. */
static inline HPy conform_hpy_told(HPyContext *ctx, long number, const HPy *args, size_t nargs, HPy names)
{
    HPy_ssize_t count = HPy_IsNull(names) ? 0 : HPy_Length(ctx, names);
    if (count < 0) {
        return HPy_NULL;
    }
    HPy positional = HPyTuple_FromArray(ctx, (HPy *)args, (HPy_ssize_t)nargs);
    HPy named = HPyTuple_FromArray(ctx, (HPy *)args + nargs, count);
    HPy integer = HPyLong_FromLong(ctx, number);
    HPy result = HPy_NULL;
    if (!HPy_IsNull(positional) && !HPy_IsNull(named) && !HPy_IsNull(integer)) {
        result = HPyTuple_Pack(ctx, 4, integer, positional, HPy_IsNull(names) ? ctx->h_None : names, named);
    }
    HPy_Close(ctx, integer);
    HPy_Close(ctx, positional);
    HPy_Close(ctx, named);
    return result;
}

/* Put a type with that base into the module; 1, or 0 with an exception. */
static inline int conform_hpy_add_type(HPyContext *ctx, HPy module, const char *name, HPyType_Spec *spec, HPy base)
{
    HPyType_SpecParam params[] = {{HPyType_SpecParam_Base, base}, {(HPyType_SpecParam_Kind)0}};
    return HPyHelpers_AddType(ctx, module, name, spec, params);
}

/* Put a type into the module that derives from one or two others there; 1, or 0 with an exception. */
static inline int conform_hpy_add_derived(HPyContext *ctx, HPy module, const char *name, HPyType_Spec *spec,
                                          const char *first, const char *second)
{
    HPy one = HPy_GetAttr_s(ctx, module, first);
    HPy two = second == NULL ? HPy_NULL : HPy_GetAttr_s(ctx, module, second);
    HPyType_SpecParam params[] = {
        {HPyType_SpecParam_Base, one},
        {second == NULL ? (HPyType_SpecParam_Kind)0 : HPyType_SpecParam_Base, two},
        {(HPyType_SpecParam_Kind)0},
    };
    int added = 0;
    if (!HPy_IsNull(one) && (second == NULL || !HPy_IsNull(two))) {
        added = HPyHelpers_AddType(ctx, module, name, spec, params);
    }
    HPy_Close(ctx, one);
    HPy_Close(ctx, two);
    return added;
}

/* The attribute of a module, imported by its name. */
static inline HPy conform_hpy_attribute_of(HPyContext *ctx, const char *name, const char *attribute)
{
    HPy module = HPyImport_ImportModule(ctx, name);
    if (HPy_IsNull(module)) {
        return HPy_NULL;
    }
    HPy result = HPy_GetAttr_s(ctx, module, attribute);
    HPy_Close(ctx, module);
    return result;
}

/* imported(module, attribute): how a scenario gets at a module that the lane has loaded, as it may not import it. */
static inline HPy conform_hpy_imported(HPyContext *ctx, HPy self, const HPy *args, size_t nargs)
{
    const char *name, *attribute;
    if (!HPyArg_Parse(ctx, NULL, args, nargs, "ss", &name, &attribute)) {
        return HPy_NULL;
    }
    return conform_hpy_attribute_of(ctx, name, attribute);
}

/* leak(items): a handle for each item of a sequence stays open. */
static inline HPy conform_hpy_leak(HPyContext *ctx, HPy self, HPy items)
{
    HPy_ssize_t count = HPy_Length(ctx, items);
    for (HPy_ssize_t i = 0; i < count; i++) {
        HPy item = HPy_GetItem_i(ctx, items, i);
        if (HPy_IsNull(item)) {
            return HPy_NULL;
        }
    }
    return count < 0 ? HPy_NULL : HPy_Dup(ctx, ctx->h_None);
}

/* Dl_info of dlfcn.h, which shows it only where more than the standard was asked for. */
struct conform_place {
    const char *file;
    void *base;
    const char *symbol;
    void *address;
};
extern int dladdr(const void *address, struct conform_place *place);

/* The name of the file that this binary was loaded from. */
static inline HPy conform_hpy_file(HPyContext *ctx)
{
    struct conform_place place;
    if (!dladdr((const void *)conform_hpy_file, &place)) {
        return HPyErr_SetString(ctx, ctx->h_RuntimeError, "no file");
    }
    return HPyUnicode_FromString(ctx, place.file);
}

#endif

#endif
