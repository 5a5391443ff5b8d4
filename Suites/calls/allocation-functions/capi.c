/* made(function, type, count): an object by one of the functions that allocate or initialise. Each of the four types has one
   number, and those of a variable size have items behind it. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyObject_VAR_HEAD
    long number;
    char items[1];
} Var;

typedef struct {
    PyObject_HEAD
    long number;
} Fixed;

#define VAR_SIZE offsetof(Var, items)

static long released;

static void dealloc(PyObject *object)
{
    released++;
    CONFORM_FREE(object);
}

static void collected_dealloc(PyObject *object)
{
    PyObject_GC_UnTrack(object);
    dealloc(object);
}

static int traverse(PyObject *object, visitproc visit, void *arg)
{
    CONFORM_VISIT_TYPE(object);
    return 0;
}

static PyMemberDef Fixed_members[] = {{"number", T_LONG, offsetof(Fixed, number), 0, NULL}, {NULL}};
static PyMemberDef Var_members[] = {{"number", T_LONG, offsetof(Var, number), 0, NULL}, {NULL}};
static PyType_Slot Fixed_slots[] = {{Py_tp_dealloc, dealloc}, {Py_tp_members, Fixed_members}, {0, NULL}};
static PyType_Slot Var_slots[] = {{Py_tp_dealloc, dealloc}, {Py_tp_members, Var_members}, {0, NULL}};
static PyType_Slot FixedGC_slots[] = {
    {Py_tp_dealloc, collected_dealloc}, {Py_tp_traverse, traverse}, {Py_tp_members, Fixed_members}, {0, NULL},
};
static PyType_Slot VarGC_slots[] = {
    {Py_tp_dealloc, collected_dealloc}, {Py_tp_traverse, traverse}, {Py_tp_members, Var_members}, {0, NULL},
};
#define SPEC(NAME, SIZE, ITEM, FLAGS)                                                                                \
    static PyType_Spec NAME##_spec = {                                                                               \
        .name = "ext." #NAME, .basicsize = SIZE, .itemsize = ITEM, .slots = NAME##_slots,                            \
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | FLAGS,                                                   \
    };
SPEC(Fixed, sizeof(Fixed), 0, 0)
SPEC(Var, VAR_SIZE, sizeof(char), 0)
SPEC(FixedGC, sizeof(Fixed), 0, Py_TPFLAGS_HAVE_GC)
SPEC(VarGC, VAR_SIZE, sizeof(char), Py_TPFLAGS_HAVE_GC)

/* An object for heap types owns a reference to its type, which these functions take (from Python 3.8 on). */
static PyObject *initialised(const char *name, PyTypeObject *type, Py_ssize_t count)
{
    size_t size = (size_t)type->tp_basicsize + (size_t)(count * type->tp_itemsize);
    void *memory = PyObject_Malloc(size);
    if (memory == NULL) {
        return PyErr_NoMemory();
    }
    memset(memory, 0, size);
    PyObject *made = strcmp(name, "PyObject_Init") == 0
                         ? PyObject_Init((PyObject *)memory, type)
                         : (PyObject *)PyObject_InitVar((PyVarObject *)memory, type, count);
    if ((void *)made != memory) {
        PyObject_Free(memory);
        PyErr_SetString(PyExc_SystemError, "another object");
        return NULL;
    }
    return made;
}

static PyObject *made(PyObject *module, PyObject *args)
{
    const char *name;
    PyTypeObject *type;
    Py_ssize_t count = 0;
    PyObject *empty, *result;
    if (!PyArg_ParseTuple(args, "sO!|n", &name, &PyType_Type, &type, &count)) {
        return NULL;
    }
#define IS(NAME) if (strcmp(name, NAME) == 0) return
    IS("PyObject_New") (PyObject *)PyObject_New(Fixed, type);
    IS("PyObject_NewVar") (PyObject *)PyObject_NewVar(Var, type, count);
    IS("PyObject_GC_New") (PyObject *)PyObject_GC_New(Fixed, type);
    IS("PyObject_GC_NewVar") (PyObject *)PyObject_GC_NewVar(Var, type, count);
    IS("PyType_GenericAlloc") PyType_GenericAlloc(type, count);
    IS("tp_alloc") CONFORM_ALLOC(type)(type, count);
    if (strncmp(name, "PyObject_Init", 13) == 0) {
        return initialised(name, type, count);
    }
    empty = PyTuple_New(0);
    result = empty == NULL ? NULL : PyType_GenericNew(type, empty, NULL);
    Py_XDECREF(empty);
    return result;
}

/* The last part of a type's name: what stands before it is not the matter here. */
static const char *name_of(PyTypeObject *type)
{
    const char *dot = strrchr(type->tp_name, '.');
    return dot == NULL ? type->tp_name : dot + 1;
}

/* told(object): its type, its size where it has one, and how many bytes of its own are zero. */
static PyObject *told(PyObject *module, PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    Py_ssize_t count = type->tp_itemsize == 0 ? 0 : Py_SIZE(object), zeros = 0;
    const char *from = (const char *)object + (type->tp_itemsize == 0 ? sizeof(PyObject) : sizeof(PyVarObject));
    const char *end = (const char *)object + type->tp_basicsize + count * type->tp_itemsize;
    for (const char *byte = from; byte < end; byte++) {
        zeros += *byte == 0;
    }
    return Py_BuildValue("(snn)", name_of(type), count, zeros);
}

/* filled(object): writes to each byte of its own, and is True. */
static PyObject *filled(PyObject *module, PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (type->tp_itemsize == 0) {
        ((Fixed *)object)->number = 7;
    } else {
        ((Var *)object)->number = 7;
        memset(((Var *)object)->items, 'x', (size_t)(Py_SIZE(object) * type->tp_itemsize));
    }
    Py_RETURN_TRUE;
}

static PyObject *take_released(PyObject *module, PyObject *unused)
{
    long count = released;
    released = 0;
    return PyLong_FromLong(count);
}

static PyMethodDef ext_methods[] = {
    {"made", made, METH_VARARGS, NULL}, {"told", told, METH_O, NULL}, {"filled", filled, METH_O, NULL},
    {"released", take_released, METH_NOARGS, "released() -> how many since the last call"}, {NULL},
};

static int ext_exec(PyObject *module)
{
    return conform_add_type(module, "Fixed", &Fixed_spec, NULL) < 0 ||
                   conform_add_type(module, "Var", &Var_spec, NULL) < 0 ||
                   conform_add_type(module, "FixedGC", &FixedGC_spec, NULL) < 0 ||
                   conform_add_type(module, "VarGC", &VarGC_spec, NULL) < 0
               ? -1
               : 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT, .m_name = "ext", .m_methods = ext_methods, .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
