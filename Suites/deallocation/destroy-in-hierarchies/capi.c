/* The same against the raw C API: a subclass's tp_dealloc releases its own part and then its base's, as is usual;
   a subclass without a resource of its own inherits tp_dealloc. */
#include "conform_capi.h"

#define BASE_MARK 0x0ba5eba5eL
#define SUB_MARK 0x5ab5ab5aL

typedef struct {
    PyObject_HEAD
    long mark;
    long serial;
} Base;

typedef struct {
    Base base;
    long mark;
    long serial;
} Sub;

static void fill_base(Base *self)
{
    self->mark = BASE_MARK;
    self->serial = conform_serial();
}

static void fill_sub(Sub *self)
{
    fill_base(&self->base);
    self->mark = SUB_MARK;
    self->serial = self->base.serial;
}

static int Base_init(Base *self, PyObject *args, PyObject *kw)
{
    fill_base(self);
    return 0;
}

static int Sub_init(Sub *self, PyObject *args, PyObject *kw)
{
    fill_sub(self);
    return 0;
}

static PyObject *Base_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    PyObject *self = CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        fill_base((Base *)self);
    }
    return self;
}

static PyObject *Sub_new(PyTypeObject *cls, PyObject *args, PyObject *kw)
{
    PyObject *self = CONFORM_ALLOC(cls)(cls, 0);
    if (self != NULL) {
        fill_sub((Sub *)self);
    }
    return self;
}

static void release_base(Base *self)
{
    conform_event("base", self->mark == BASE_MARK ? self->serial : -1);
}

static void release_sub(Sub *self)
{
    conform_event("sub", self->mark == SUB_MARK && self->base.mark == BASE_MARK ? self->serial : -1);
}

static void Base_dealloc(Base *self)
{
    release_base(self);
    CONFORM_FREE(self);
}

static void Sub_dealloc(Sub *self)
{
    release_sub(self);
    release_base(&self->base);
    CONFORM_FREE(self);
}

static void UpperSub_dealloc(Sub *self)
{
    release_sub(self);
    CONFORM_FREE(self);
}

static PyType_Slot with_dealloc_base[] = {{Py_tp_init, Base_init}, {Py_tp_new, PyType_GenericNew},
                                          {Py_tp_dealloc, Base_dealloc}, {0, NULL}};
static PyType_Slot without_dealloc_base[] = {{Py_tp_init, Base_init}, {Py_tp_new, PyType_GenericNew}, {0, NULL}};
static PyType_Slot BothSub_slots[] = {{Py_tp_init, Sub_init}, {Py_tp_dealloc, Sub_dealloc}, {0, NULL}};
static PyType_Slot MadeBase_slots[] = {{Py_tp_new, Base_new}, {Py_tp_dealloc, Base_dealloc}, {0, NULL}};
static PyType_Slot MadeSub_slots[] = {{Py_tp_new, Sub_new}, {Py_tp_dealloc, Sub_dealloc}, {0, NULL}};
static PyType_Slot LowerSub_slots[] = {{Py_tp_init, Sub_init}, {0, NULL}};
static PyType_Slot UpperSub_slots[] = {{Py_tp_init, Sub_init}, {Py_tp_dealloc, UpperSub_dealloc}, {0, NULL}};

#define SPEC(type_name, struct_name, type_slots)                                                                     \
    {                                                                                                                \
        .name = type_name,                                                                                           \
        .basicsize = sizeof(struct_name),                                                                            \
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,                                                           \
        .slots = type_slots,                                                                                         \
    }
static PyType_Spec BothBase_spec = SPEC("ext.BothBase", Base, with_dealloc_base);
static PyType_Spec BothSub_spec = SPEC("ext.BothSub", Sub, BothSub_slots);
static PyType_Spec MadeBase_spec = SPEC("ext.MadeBase", Base, MadeBase_slots);
static PyType_Spec MadeSub_spec = SPEC("ext.MadeSub", Sub, MadeSub_slots);
static PyType_Spec LowerBase_spec = SPEC("ext.LowerBase", Base, with_dealloc_base);
static PyType_Spec LowerSub_spec = SPEC("ext.LowerSub", Sub, LowerSub_slots);
static PyType_Spec UpperBase_spec = SPEC("ext.UpperBase", Base, without_dealloc_base);
static PyType_Spec UpperSub_spec = SPEC("ext.UpperSub", Sub, UpperSub_slots);

static int add_family(PyObject *module, const char *base_name, PyType_Spec *base_spec, const char *sub_name,
                      PyType_Spec *sub_spec)
{
    PyObject *base = conform_type(base_spec, NULL);
    if (base == NULL) {
        return -1;
    }
    int failed = PyObject_SetAttrString(module, base_name, base) < 0 ||
                 conform_add_type(module, sub_name, sub_spec, base) < 0;
    Py_DECREF(base);
    return failed ? -1 : 0;
}

static int ext_exec(PyObject *module)
{
    if (add_family(module, "BothBase", &BothBase_spec, "BothSub", &BothSub_spec) < 0 ||
        add_family(module, "MadeBase", &MadeBase_spec, "MadeSub", &MadeSub_spec) < 0 ||
        add_family(module, "LowerBase", &LowerBase_spec, "LowerSub", &LowerSub_spec) < 0) {
        return -1;
    }
    return add_family(module, "UpperBase", &UpperBase_spec, "UpperSub", &UpperSub_spec);
}

static PyModuleDef_Slot ext_slots[] = {{Py_mod_exec, ext_exec}, {0, NULL}};
static PyModuleDef ext_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext",
    .m_doc = "Hierarchies of types with native resources.",
    .m_slots = ext_slots,
};

PyMODINIT_FUNC PyInit_ext(void)
{
    return PyModuleDef_Init(&ext_module);
}
