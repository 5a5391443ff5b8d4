/* The same against the raw C API. A spec has a metaclass there from Python 3.12 on; a static type has its ob_type. */
#include "conform_capi.h"
#include "conform_helpers.h"

typedef struct {
    PyHeapTypeObject type;
    long tag;
} Tagged;

typedef struct {
    Tagged tagged;
    long extra;
} Deep;

typedef struct {
    PyHeapTypeObject type;
    vectorcallfunc call;
} Fast;

#define FLAGS (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE)

/* Tagged has a struct; Plain has none; both have a method and a slot of the same names. */
static PyObject *Tagged_who(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("Tagged");
}

static PyObject *Tagged_bump(PyObject *self, PyObject *unused)
{
    return PyLong_FromLong(++((Tagged *)self)->tag);
}

static PyObject *Tagged_invert(PyObject *self)
{
    return PyUnicode_FromString("~Tagged");
}

static Py_ssize_t Tagged_length(PyObject *self)
{
    return 7;
}

static PyMethodDef Tagged_methods[] = {
    {"who", Tagged_who, METH_NOARGS, NULL},
    {"bump", Tagged_bump, METH_NOARGS, NULL},
    {NULL},
};
static PyMemberDef Tagged_members[] = {{"tag", T_LONG, offsetof(Tagged, tag), 0, NULL}, {NULL}};
static PyType_Slot Tagged_slots[] = {
    {Py_tp_methods, Tagged_methods}, {Py_tp_members, Tagged_members}, {Py_nb_invert, (void *)Tagged_invert},
    {Py_sq_length, (void *)Tagged_length}, {0, NULL},
};
static PyType_Spec Tagged_spec = {
    .name = "ext.Tagged", .basicsize = sizeof(Tagged), .flags = FLAGS, .slots = Tagged_slots,
};

static PyMemberDef Deep_members[] = {{"extra", T_LONG, offsetof(Deep, extra), 0, NULL}, {NULL}};
static PyType_Slot Deep_slots[] = {{Py_tp_members, Deep_members}, {0, NULL}};
static PyType_Spec Deep_spec = {.name = "ext.Deep", .basicsize = sizeof(Deep), .flags = FLAGS, .slots = Deep_slots};

static PyObject *Plain_who(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("Plain");
}

static PyObject *Plain_repr(PyObject *self)
{
    return PyUnicode_FromString("a type of Plain");
}

static PyObject *Plain_invert(PyObject *self)
{
    return PyUnicode_FromString("~Plain");
}

static PyMethodDef Plain_methods[] = {{"who", Plain_who, METH_NOARGS, NULL}, {NULL}};
static PyType_Slot Plain_slots[] = {
    {Py_tp_methods, Plain_methods}, {Py_tp_repr, (void *)Plain_repr}, {Py_nb_invert, (void *)Plain_invert}, {0, NULL},
};
static PyType_Spec Plain_spec = {.name = "ext.Plain", .flags = FLAGS, .slots = Plain_slots};

static PyType_Slot no_slots[] = {{0, NULL}};
static PyType_Spec PlainTagged_spec = {.name = "ext.PlainTagged", .flags = FLAGS, .slots = no_slots};
static PyType_Spec TaggedPlain_spec = {.name = "ext.TaggedPlain", .flags = FLAGS, .slots = no_slots};

static int Counting_init(PyObject *self, PyObject *args, PyObject *kw)
{
    conform_event("init", (long long)PyTuple_GET_SIZE(args));
    return PyType_Type.tp_init(self, args, kw);
}

static PyType_Slot Counting_slots[] = {{Py_tp_init, (void *)Counting_init}, {0, NULL}};
static PyType_Spec Counting_spec = {.name = "ext.Counting", .flags = FLAGS, .slots = Counting_slots};

static PyObject *Building_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    conform_event("new", (long long)PyTuple_GET_SIZE(args));
    return PyType_Type.tp_new(cls, args, kw);
}

static PyType_Slot Building_slots[] = {{Py_tp_new, (void *)Building_new}, {0, NULL}};
static PyType_Spec Building_spec = {.name = "ext.Building", .flags = FLAGS, .slots = Building_slots};

static PyObject *Calling_call(PyObject *self, PyObject *args, PyObject *kw)
{
    return Py_BuildValue("(sOn)", "called", args, kw == NULL ? 0 : PyDict_Size(kw));
}

static PyType_Slot Calling_slots[] = {{Py_tp_call, (void *)Calling_call}, {0, NULL}};
static PyType_Spec Calling_spec = {.name = "ext.Calling", .flags = FLAGS, .slots = Calling_slots};

static int Storing_setattro(PyObject *self, PyObject *name, PyObject *value)
{
    conform_event(value == NULL ? "delete" : "set", 0);
    return PyType_Type.tp_setattro(self, name, value);
}

static PyType_Slot Storing_slots[] = {{Py_tp_setattro, (void *)Storing_setattro}, {0, NULL}};
static PyType_Spec Storing_spec = {.name = "ext.Storing", .flags = FLAGS, .slots = Storing_slots};

/* A class of Fast is called by the function in its struct, which the initializer of the metaclass puts there. */
static PyObject *Fast_vectorcall(PyObject *self, PyObject *const *args, size_t flagged, PyObject *names)
{
    Py_ssize_t count = PyVectorcall_NARGS(flagged);
    PyObject *positional = PyTuple_New(count), *result;
    if (positional == NULL) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        Py_INCREF(args[i]);
        PyTuple_SET_ITEM(positional, i, args[i]);
    }
    result = Py_BuildValue("(sOn)", "fast", positional, names == NULL ? 0 : PyTuple_GET_SIZE(names));
    Py_DECREF(positional);
    return result;
}

static int Fast_init(PyObject *self, PyObject *args, PyObject *kw)
{
    ((Fast *)self)->call = Fast_vectorcall;
    return PyType_Type.tp_init(self, args, kw);
}

static PyMemberDef Fast_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Fast, call), READONLY, NULL},
    {NULL},
};
static PyType_Slot Fast_slots[] = {
    {Py_tp_init, (void *)Fast_init}, {Py_tp_call, (void *)PyVectorcall_Call}, {Py_tp_members, Fast_members}, {0, NULL},
};
static PyType_Spec Fast_spec = {
    .name = "ext.Fast", .basicsize = sizeof(Fast), .flags = FLAGS | Py_TPFLAGS_HAVE_VECTORCALL, .slots = Fast_slots,
};

/* Nobody makes a class of Mute by calling it: it has no tp_new. */
#ifdef Py_TPFLAGS_DISALLOW_INSTANTIATION
#define MUTE_FLAGS (FLAGS | Py_TPFLAGS_DISALLOW_INSTANTIATION)
#else
#define MUTE_FLAGS FLAGS
#endif
static PyType_Spec Mute_spec = {.name = "ext.Mute", .flags = MUTE_FLAGS, .slots = no_slots};

static PyObject *Made_greet(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("hello");
}

static PyMethodDef Made_methods[] = {{"greet", Made_greet, METH_NOARGS, NULL}, {NULL}};
static PyType_Slot Made_slots[] = {
    {Py_tp_new, (void *)PyType_GenericNew}, {Py_tp_methods, Made_methods}, {0, NULL},
};
static PyType_Spec Made_spec = {.name = "ext.Made", .flags = FLAGS, .slots = Made_slots};

/* from_bases(bases): a type for which no metaclass is given. */
static PyObject *from_bases(PyObject *module, PyObject *bases)
{
    return conform_type(&Made_spec, bases);
}

#if CONFORM_STATIC_TYPES
/* A static type, and as much behind it as the struct of its metaclass has: such a type is a variable of that struct. */
static PyTypeObject *static_type(PyTypeObject *metaclass, PyObject *bases)
{
    size_t size = metaclass == NULL ? sizeof(PyTypeObject) : (size_t)metaclass->tp_basicsize;
    PyTypeObject *type = (PyTypeObject *)calloc(1, size > sizeof(PyHeapTypeObject) ? size : sizeof(PyHeapTypeObject));
    if (type == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    static PyTypeObject fresh = {PyVarObject_HEAD_INIT(NULL, 0)};
    *type = fresh;
    type->tp_name = "ext.Made";
    type->tp_basicsize = sizeof(PyObject);
    type->tp_flags = FLAGS;
    type->tp_new = PyType_GenericNew;
    type->tp_methods = Made_methods;
    if (metaclass != NULL) {
#if PY_VERSION_HEX < 0x03090000
        Py_TYPE(type) = metaclass;
#else
        Py_SET_TYPE((PyObject *)type, metaclass);
#endif
    }
    if (PyTuple_GET_SIZE(bases) > 0) {
        type->tp_base = (PyTypeObject *)PyTuple_GET_ITEM(bases, 0);
        type->tp_basicsize = type->tp_base->tp_basicsize;
        Py_INCREF(type->tp_base);
        Py_INCREF(bases);
        type->tp_bases = bases;
    }
    return PyType_Ready(type) < 0 ? NULL : type;
}

/* ready(metaclass or None, bases): a static type, whose tp_base is the first of the bases. */
static PyObject *ready(PyObject *module, PyObject *args)
{
    PyObject *metaclass, *bases;
    if (!PyArg_ParseTuple(args, "OO!", &metaclass, &PyTuple_Type, &bases)) {
        return NULL;
    }
    PyTypeObject *type = static_type(metaclass == Py_None ? NULL : (PyTypeObject *)metaclass, bases);
    Py_XINCREF(type);
    return (PyObject *)type;
}
#endif

/* from_metaclass(metaclass, bases): a type for which one is given. */
static PyObject *from_metaclass(PyObject *module, PyObject *args)
{
    PyObject *metaclass, *bases;
    if (!PyArg_ParseTuple(args, "O!O!", &PyType_Type, &metaclass, &PyTuple_Type, &bases)) {
        return NULL;
    }
#if PY_VERSION_HEX >= 0x030C0000 && !defined(PYPY_VERSION)
    return PyType_FromMetaclass((PyTypeObject *)metaclass, module, &Made_spec, bases);
#else
    PyErr_SetString(PyExc_NotImplementedError, "PyType_FromMetaclass");
    return NULL;
#endif
}

/* born(metaclass, bases): type.__new__ for a metaclass that makes no classes by itself. */
static PyObject *born(PyObject *module, PyObject *args)
{
    PyObject *metaclass, *bases;
    if (!PyArg_ParseTuple(args, "O!O!", &PyType_Type, &metaclass, &PyTuple_Type, &bases)) {
        return NULL;
    }
    PyObject *call = Py_BuildValue("(sO{})", "Born", bases);
    if (call == NULL) {
        return NULL;
    }
    PyObject *type = PyType_Type.tp_new((PyTypeObject *)metaclass, call, NULL);
    Py_DECREF(call);
    return type;
}

static PyObject *call(PyObject *module, PyObject *args)
{
    PyObject *callable, *positional, *named;
    if (!PyArg_ParseTuple(args, "OO!O!", &callable, &PyTuple_Type, &positional, &PyDict_Type, &named)) {
        return NULL;
    }
    return PyObject_Call(callable, positional, named);
}

#if PY_VERSION_HEX < 0x03090000
#define PyObject_Vectorcall _PyObject_Vectorcall
#endif

static PyObject *call_array(PyObject *module, PyObject *args)
{
    PyObject *callable, *first, *second, *array[2];
    if (!PyArg_ParseTuple(args, "OOO", &callable, &first, &second)) {
        return NULL;
    }
    array[0] = first;
    array[1] = second;
    return PyObject_Vectorcall(callable, array, 2, NULL);
}

static PyMethodDef ext_methods[] = {
    {"from_bases", from_bases, METH_O, "A type for which no metaclass is given."},
    {"from_metaclass", from_metaclass, METH_VARARGS, "A type for which a metaclass is given."},
    {"born", born, METH_VARARGS, "What type.__new__ makes."},
#if CONFORM_STATIC_TYPES
    {"ready", ready, METH_VARARGS, "A static type."},
#endif
    {"call", call, METH_VARARGS, "Call with a tuple and a dictionary."},
    {"call_array", call_array, METH_VARARGS, "Call with an array of two."},
    {NULL},
};

static int ext_exec(PyObject *module)
{
    PyObject *type = (PyObject *)&PyType_Type;
    if (conform_add_type(module, "Tagged", &Tagged_spec, type) < 0 ||
        conform_add_type(module, "Plain", &Plain_spec, type) < 0 ||
        conform_add_derived(module, "Deep", &Deep_spec, "Tagged", NULL) < 0 ||
        conform_add_derived(module, "PlainTagged", &PlainTagged_spec, "Plain", "Tagged") < 0 ||
        conform_add_derived(module, "TaggedPlain", &TaggedPlain_spec, "Tagged", "Plain") < 0 ||
        conform_add_type(module, "Counting", &Counting_spec, type) < 0 ||
        conform_add_type(module, "Building", &Building_spec, type) < 0 ||
        conform_add_type(module, "Calling", &Calling_spec, type) < 0 ||
        conform_add_type(module, "Storing", &Storing_spec, type) < 0 ||
        conform_add_type(module, "Mute", &Mute_spec, type) < 0) {
        return -1;
    }
#if CONFORM_STATIC_TYPES || PY_VERSION_HEX >= 0x03090000
    /* A spec has no offset of a call function before Python 3.9. */
    if (conform_add_type(module, "Fast", &Fast_spec, type) < 0) {
        return -1;
    }
#endif
#ifndef Py_TPFLAGS_DISALLOW_INSTANTIATION
    PyObject *mute = PyObject_GetAttrString(module, "Mute");
    if (mute == NULL) {
        return -1;
    }
    ((PyTypeObject *)mute)->tp_new = NULL;
    Py_DECREF(mute);
#endif
    return 0;
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, (void *)ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Metaclasses, and types with several bases made with them.",
    .m_methods = ext_methods,
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
