from hpy_conform import attempt, collect, expect, record, scenario

ALLOCATING = ("Python/C API, 'Allocating Objects on the Heap' (PyObject_Init, PyObject_InitVar, PyObject_New, "
              "PyObject_NewVar) and 'Supporting Cyclic Garbage Collection' (PyObject_GC_New, PyObject_GC_NewVar)")
ZEROED = "Python/C API, 'Type Objects', PyType_GenericAlloc (zeroed memory)"

FUNCTIONS = [
    ("PyObject_New", "Fixed", 0), ("PyObject_Init", "Fixed", 0), ("PyType_GenericAlloc", "Fixed", 0), ("tp_alloc", "Fixed", 0),
    ("PyType_GenericNew", "Fixed", 0), ("PyObject_NewVar", "Var", 5), ("PyObject_InitVar", "Var", 5),
    ("PyType_GenericAlloc", "Var", 5), ("tp_alloc", "Var", 5), ("PyType_GenericNew", "Var", 0), ("PyObject_GC_New", "FixedGC", 0),
    ("PyType_GenericAlloc", "FixedGC", 0), ("PyType_GenericNew", "FixedGC", 0), ("PyObject_GC_NewVar", "VarGC", 5),
    ("PyType_GenericAlloc", "VarGC", 5), ("tp_alloc", "VarGC", 5),
]


@scenario
def objects_are_of_their_type_and_size(ext):
    """The object has the type and the number of items that were asked for, can be written to its end, and is released."""
    for function, name, count in FUNCTIONS:
        ext.released()
        one = ext.made(function, getattr(ext, name), count)
        label = "%s, %s" % (function, name)
        expect(label, ext.told(one)[:2], (name, count), source=ALLOCATING)
        expect(label + ", filled", (ext.filled(one), one.number), (True, 7), source=ALLOCATING)
        del one
        collect()
        expect(label + ", released", ext.released(), 1, source=ALLOCATING)


@scenario
def memory_is_zeroed(ext):
    """The functions of types give zeroed memory, in objects of every size."""
    for name in ("Fixed", "Var", "FixedGC", "VarGC"):
        for function in ("PyType_GenericAlloc", "tp_alloc", "PyType_GenericNew"):
            for count in (0, 1, 1000, 100000) if name.startswith("Var") and function != "PyType_GenericNew" else (0,):
                junk = [bytes(b"x") * (40 + count) for _ in range(50)]
                del junk
                one = ext.made(function, getattr(ext, name), count)
                expect("%s, %s, %d" % (function, name, count), ext.told(one),
                       (name, count, 8 + count), source=ZEROED)


@scenario
def objects_of_subclasses(ext):
    """The functions make objects of a class in Python below the type, which have their dictionary and are released."""
    for name in ("Fixed", "FixedGC"):
        sub = type("Sub", (getattr(ext, name),), {})
        for function in ("PyType_GenericAlloc", "tp_alloc", "PyType_GenericNew"):
            ext.released()
            one = ext.made(function, sub)
            one.attribute = 5
            record("%s, %s" % (function, name), (type(one).__name__, one.attribute, one.number))
            del one
            collect()
            expect("%s, %s, released" % (function, name), ext.released(), 1, source=ALLOCATING)


@scenario
def many_objects(ext):
    """A thousand objects of each function are as many when they are released."""
    for function, name, count in FUNCTIONS:
        ext.released()
        made = [ext.made(function, getattr(ext, name), count) for _ in range(1000)]
        record("%s, %s" % (function, name), len({id(one) for one in made}))
        del made
        collect()
        expect("%s, %s, released" % (function, name), ext.released(), 1000, source=ALLOCATING)


@scenario
def sizes_that_cannot_be(ext):
    """A number of items that no memory holds raises MemoryError."""
    for function, name in (("PyObject_NewVar", "Var"), ("PyType_GenericAlloc", "Var"), ("PyObject_GC_NewVar", "VarGC"),
                           ("PyType_GenericAlloc", "VarGC")):
        found = [attempt(ext.made, function, getattr(ext, name), count).exception for count in (2 ** 62, 2 ** 63 - 1)]
        expect("%s, %s" % (function, name), found, ["MemoryError"] * 2, source=ALLOCATING)
