from hpy_conform import attempt, clear_events, collect, events, expect, record, scenario

MRO = ("Python language reference, 'Data model', object.__new__, object.__init__ and Custom classes (found along the "
       "MRO); Python/C API, 'Type Objects', tp_new and tp_init (inherited by subtypes)")
DEL = ("Python language reference, 'Data model', object.__del__ and Custom classes (found along the MRO); Python/C "
       "API, 'Type Objects', tp_finalize (inherited by subtypes) and Quick Reference; HPy autogen_hpyslot.h")
SUPER = "Python library, 'Built-in Functions', super(); Python language reference, 'Data model', object.__init__"
OWN = "Python/C API, 'Type Objects', tp_new, tp_init and tp_finalize (a subtype inherits what it does not define)"
DESTROY = ("Python/C API, 'Type Objects', tp_dealloc (inherited by subtypes, called once when the object ends); HPy "
           "porting guide, 'Deallocator slot Py_tp_dealloc'")
TRAVERSE = ("Python/C API, 'Supporting Cyclic Garbage Collection' and 'Type Objects', tp_traverse (inherited together "
            "with Py_TPFLAGS_HAVE_GC); HPy porting guide, 'PyObject_HEAD' and HPy_tp_traverse")
CLEAR = ("Python/C API, 'Supporting Cyclic Garbage Collection' and 'Type Objects', tp_clear (inherited together with "
         "tp_traverse)")
LIFE = "Python/C API, 'Object Life Cycle' and 'Type Objects', tp_new, tp_init, tp_finalize, tp_clear and tp_dealloc"
ALLOC = "Python/C API, 'Type Objects', tp_alloc and tp_free (not inherited by classes made with a class statement)"

PLACES = (("first", (1,)), ("second", (2,)), ("both", (1, 2)), ("neither", ()))


def in_c(make, bases):
    return make("C", (), bases)


def in_python(make, bases):
    return type("Child", bases, {})


def in_python_below_c(make, bases):
    return type("Child", (make("C", (), bases),), {})


def two(ext, child, first, second):
    """The child of two new bases with the slots of these names."""
    return child(ext.make, (ext.make("A", first, ()), ext.make("B", second, ())))


def placed(ext, child, slots, marks, struct=None, more=()):
    """The same with the slots in the bases of these marks, and the struct in one of the bases."""
    return two(ext, child, *(
        (slots if mark in marks else ()) + (("struct",) if mark == struct else ()) + more for mark in (1, 2)))


def called(ext, function, *args):
    """What a call recorded, and its exception if it failed."""
    clear_events(ext)
    done = attempt(function, *args)
    return events(ext) + ([done.exception] if done.exception is not None else [])


def life(ext, cls, names, cycle=False):
    """What was recorded of these functions from the call of the class to the end of its object."""
    def live():
        one = cls()
        if cycle:
            one.itself = one

    clear_events(ext)
    done = attempt(live)
    collect()
    return [one for one in events(ext) if one[0] in names] + ([done.exception] if done.exception is not None else [])


def new_of_two(ext, child):
    for place, marks in PLACES[:3]:
        cls = placed(ext, child, ("tp_new",), marks, more=("bare",))
        expect("%s: call" % place, called(ext, cls), [("tp_new", marks[0])], source=MRO)
        expect("%s: method" % place, called(ext, cls.__new__, cls), [("tp_new", marks[0])], source=MRO)
    for place, struct, marks in (("struct and new in the first", 1, (1,)), ("struct and new in the second", 2, (2,)),
                                 ("struct in the first, new in both", 1, (1, 2))):
        cls = placed(ext, child, ("tp_new",), marks, struct, ("bare",))
        expect("%s: call" % place, called(ext, cls), [("tp_new", struct)], source=MRO)
        expect("%s: method" % place, called(ext, cls.__new__, cls), [("tp_new", struct)], source=MRO)


def init_of_two(ext, child):
    for label, struct in (("no struct", None), ("struct in the first", 1), ("struct in the second", 2)):
        for place, marks in PLACES:
            cls = placed(ext, child, ("tp_init",), marks, struct)
            expect("%s, %s: call" % (label, place), called(ext, cls), [("tp_init", mark) for mark in marks[:1]],
                   source=MRO)
            expect("%s, %s: method" % (label, place), called(ext, lambda: cls().__init__())[len(marks[:1]):],
                   [("tp_init", mark) for mark in marks[:1]], source=MRO)


def new_and_init_of_two(ext, child):
    for label, first, second, expected in (
            ("new in the first, init in the second", ("tp_new",), ("tp_init",), [("tp_new", 1), ("tp_init", 2)]),
            ("init in the first, new in the second", ("tp_init",), ("tp_new",), [("tp_new", 2), ("tp_init", 1)]),
            ("both in both", ("tp_new", "tp_init"), ("tp_new", "tp_init"), [("tp_new", 1), ("tp_init", 1)])):
        cls = two(ext, child, first + ("bare",), second + ("bare",))
        expect(label, called(ext, cls), expected, source=MRO)


# The classes of a scenario are made before its first collection and stay alive, so that collections have little to do.


def finalize_of_two(ext, child):
    made = [("%s, %s" % (label, place), marks, placed(ext, child, ("tp_finalize",), marks, struct))
            for label, struct in (("no struct", None), ("struct in the second", 2)) for place, marks in PLACES]
    kept = []  # the end of these is not to be seen here
    for label, marks, cls in made:
        expect("%s: end" % label, life(ext, cls, ("tp_finalize",)), [("tp_finalize", mark) for mark in marks[:1]],
               source=DEL)
        kept.append(cls())
        expect("%s: method" % label, called(ext, lambda: kept[-1].__del__()),
               [("tp_finalize", marks[0])] if marks else ["AttributeError"], source=DEL)


# Where the struct is, and where the slots that handle it are.
AT_STRUCT = (("struct and slots in the first", 1, (1,)), ("struct and slots in the second", 2, (2,)))
IN_BOTH = (("struct in the first, slots in both", 1, (1, 2)), ("struct in the second, slots in both", 2, (1, 2)))
NOWHERE = (("struct in the second, no slots", 2, ()),)


def made_of_two(ext, child, slots):
    return [(label, struct, marks, placed(ext, child, slots, marks, struct))
            for label, struct, marks in AT_STRUCT + IN_BOTH + NOWHERE]


def destroy_of_two(ext, child):
    names = ("tp_destroy",)
    for label, struct, marks, cls in made_of_two(ext, child, names):
        done = life(ext, cls, names)
        if len(marks) < 2:
            expect(label, done, [("tp_destroy", mark) for mark in marks], source=DESTROY)
        else:
            expect("%s: of the struct" % label, done.count(("tp_destroy", struct)), 1, source=DESTROY)


def destroy_without_struct(ext, child):
    names = ("tp_destroy",)
    first, both, second = [placed(ext, child, names, marks) for marks in ((1,), (1, 2), (2,))]
    expect("destroy in the first", life(ext, first, names), [("tp_destroy", 1)], source=DESTROY)
    expect("destroy in both: first", life(ext, both, names).count(("tp_destroy", 1)), 1, source=DESTROY)
    record("destroy in the second", life(ext, second, names))


def traversed(ext, cls):
    """Whose tp_traverse a collection calls for an object that is alive."""
    one = cls()
    clear_events(ext)
    collect()
    marks = {mark for name, mark in events(ext) if name == "tp_traverse"}
    return sorted(marks) if type(one) is cls else None


def traverse_of_two(ext, child):
    for label, struct, marks, cls in made_of_two(ext, child, ("tp_traverse", "tp_destroy")):
        found = traversed(ext, cls)
        if len(marks) < 2:
            expect(label, found, list(marks), source=TRAVERSE)
        else:
            expect("%s: of the struct" % label, struct in found, True, source=TRAVERSE)
            record("%s: other" % label, 3 - struct in found)


def clear_of_two(ext, child):
    for label, struct, marks, cls in made_of_two(ext, child, ("tp_traverse", "tp_clear", "tp_destroy")):
        done = life(ext, cls, ("tp_clear",), cycle=True)
        if len(marks) < 2:
            expect(label, done, [("tp_clear", mark) for mark in marks], source=CLEAR)
        else:
            expect("%s: of the struct" % label, done.count(("tp_clear", struct)), 1, source=CLEAR)
            record("%s: other" % label, done.count(("tp_clear", 3 - struct)))


def whole_life_of_two(ext, child):
    slots = ("tp_new", "tp_init", "tp_finalize", "tp_destroy")
    made = [(label, placed(ext, child, slots, (1, 2), struct))
            for label, struct in (("no struct", None), ("struct in the first", 1))]
    for label, cls in made:
        done = life(ext, cls, slots)
        expect(label, [one for one in done if one != ("tp_destroy", 2)], [(name, 1) for name in slots], source=LIFE)


def allocation_of_two(ext, child, expected):
    names = ("tp_alloc", "tp_free")
    made = [(place, placed(ext, child, names, marks, more=("tp_new",))) for place, marks in PLACES]
    for place, cls in made:
        done = life(ext, cls, names)
        if expected is None:
            record(place, done)
        else:
            expect(place, done, expected, source=ALLOC)


@scenario
def new_of_c_classes(ext):
    """tp_new of the first base that has one makes the object, by a call and by __new__; C derives from both."""
    new_of_two(ext, in_c)


@scenario
def new_of_python_classes(ext):
    """The same of a class statement with both bases."""
    new_of_two(ext, in_python)


@scenario
def new_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    new_of_two(ext, in_python_below_c)


@scenario
def init_of_c_classes(ext):
    """tp_init of the first base that has one is called once, wherever the struct is; C derives from both."""
    init_of_two(ext, in_c)


@scenario
def init_of_python_classes(ext):
    """The same of a class statement with both bases."""
    init_of_two(ext, in_python)


@scenario
def init_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    init_of_two(ext, in_python_below_c)


@scenario
def new_and_init_of_c_classes(ext):
    """tp_new and tp_init may come from different bases; tp_new is called first."""
    new_and_init_of_two(ext, in_c)


@scenario
def new_and_init_of_python_classes(ext):
    """The same of a class statement with both bases."""
    new_and_init_of_two(ext, in_python)


@scenario
def new_and_init_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    new_and_init_of_two(ext, in_python_below_c)


@scenario
def finalize_of_c_classes(ext):
    """tp_finalize of the first base that has one is called once when the object ends, and is its __del__."""
    finalize_of_two(ext, in_c)


@scenario
def finalize_of_python_classes(ext):
    """The same of a class statement with both bases."""
    finalize_of_two(ext, in_python)


@scenario
def finalize_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    finalize_of_two(ext, in_python_below_c)


@scenario
def destroy_of_c_classes(ext):
    """The destructor of the base that has the struct is called once, in whichever place the base stands."""
    destroy_of_two(ext, in_c)


@scenario
def destroy_of_python_classes(ext):
    """The same of a class statement with both bases."""
    destroy_of_two(ext, in_python)


@scenario
def destroy_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    destroy_of_two(ext, in_python_below_c)


@scenario
def destroy_without_a_struct_of_c_classes(ext):
    """Where no base has a struct, the destructor of the first base is called once."""
    destroy_without_struct(ext, in_c)


@scenario
def destroy_without_a_struct_of_python_classes(ext):
    """The same of a class statement with both bases."""
    destroy_without_struct(ext, in_python)


@scenario
def destroy_without_a_struct_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    destroy_without_struct(ext, in_python_below_c)


@scenario
def traverse_of_c_classes(ext):
    """A collection calls tp_traverse of the base that has the struct, in whichever place the base stands."""
    traverse_of_two(ext, in_c)


@scenario
def traverse_of_python_classes(ext):
    """The same of a class statement with both bases."""
    traverse_of_two(ext, in_python)


@scenario
def traverse_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    traverse_of_two(ext, in_python_below_c)


@scenario
def clear_of_python_classes(ext):
    """An object in a cycle is cleared once by tp_clear of the base that has the struct."""
    clear_of_two(ext, in_python)


@scenario
def clear_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    clear_of_two(ext, in_python_below_c)


@scenario
def the_whole_life_of_c_classes(ext):
    """Of two bases with all slots, the first one's are called, once each: new, init, finalize, destroy."""
    whole_life_of_two(ext, in_c)


@scenario
def the_whole_life_of_python_classes(ext):
    """The same of a class statement with both bases."""
    whole_life_of_two(ext, in_python)


@scenario
def the_whole_life_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    whole_life_of_two(ext, in_python_below_c)


@scenario
def the_end_of_a_cycle(ext):
    """An object that refers to itself is finalized, cleared and destroyed, in this order and once each."""
    slots = ("tp_traverse", "tp_finalize", "tp_clear", "tp_destroy")
    for label, child in (("Python", in_python), ("Python below C", in_python_below_c)):
        cls = placed(ext, child, slots, (1, 2), 1)
        expect(label, life(ext, cls, slots[1:], cycle=True), [(name, 1) for name in slots[1:]], source=LIFE)


@scenario
def allocation_of_c_classes(ext):
    """Which tp_alloc and tp_free a class made in C gets from two bases."""
    allocation_of_two(ext, in_c, None)


@scenario
def allocation_of_the_base_itself(ext):
    """tp_alloc makes an object of the type that defines it, and tp_free frees it."""
    names = ("tp_alloc", "tp_free")
    expect("first", life(ext, ext.make("A", names + ("tp_new",), ()), names), [("tp_alloc", 1), ("tp_free", 1)],
           source="Python/C API, 'Type Objects', tp_alloc and tp_free")


@scenario
def allocation_of_python_classes(ext):
    """A class statement gives neither tp_alloc nor tp_free of its bases to the class."""
    allocation_of_two(ext, in_python, [])


@scenario
def allocation_of_python_classes_below_c(ext):
    """The same of a class statement below the class made in C."""
    allocation_of_two(ext, in_python_below_c, [])


@scenario
def slots_of_the_child_itself(ext):
    """A C child with slots of its own does not call those of its bases for new, init and finalize."""
    slots = ("tp_new", "tp_init", "tp_finalize")
    made = [(label, placed(ext, lambda make, bases: make("C", slots, bases), slots, (1, 2), struct))
            for label, struct in (("no struct", None), ("struct in the first", 1), ("struct in the second", 2))]
    for label, cls in made:
        expect(label, life(ext, cls, slots), [(name, 3) for name in slots], source=OWN)


@scenario
def methods_of_the_child_take_the_place_of_slots(ext):
    """__init__ and __del__ of a class statement are called instead of the slots of both bases."""
    log = []

    def with_methods(make, bases):
        return type("Child", bases, {
            "__init__": lambda self: log.append("__init__"),
            "__del__": lambda self: log.append("__del__"),
        })

    slots = ("tp_init", "tp_finalize")
    made = [(place, placed(ext, with_methods, slots, marks)) for place, marks in PLACES]
    for place, cls in made:
        del log[:]
        expect("%s: slots" % place, life(ext, cls, slots), [], source=OWN)
        expect("%s: methods" % place, log, ["__init__", "__del__"], source=DEL)


@scenario
def super_reaches_init_of_both_bases(ext):
    """super() in __init__ calls tp_init of the first base, and of the second after the first."""
    slots = ("tp_init",)

    def chained(make, bases):
        def __init__(self):
            super(cls, self).__init__()
            super(bases[0], self).__init__()

        cls = type("Child", bases, {"__init__": __init__})
        return cls

    for place, marks in PLACES:
        expected = [("tp_init", mark) for mark in {(1,): (1,), (2,): (2, 2), (1, 2): (1, 2), (): ()}[marks]]
        expect(place, called(ext, placed(ext, chained, slots, marks)), expected, source=SUPER)


@scenario
def super_reaches_finalize_of_both_bases(ext):
    """super() in __del__ calls tp_finalize of the first base, and of the second after the first."""
    slots = ("tp_finalize",)

    def chained(make, bases):
        def __del__(self):
            super(cls, self).__del__()
            super(bases[0], self).__del__()

        cls = type("Child", bases, {"__del__": __del__})
        return cls

    cls = placed(ext, chained, slots, (1, 2))
    expect("both", life(ext, cls, slots), [("tp_finalize", 1), ("tp_finalize", 2)], source=SUPER)
