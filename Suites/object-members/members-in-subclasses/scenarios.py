import weakref

from hpy_conform import attempt, clear_events, collect, events, expect, record, scenario

NEW = "public_api.h, HPyField_Store (HPy_New zeroes its memory); Python/C API, 'Type Objects', PyType_GenericAlloc"
STRUCT = ("hpytype.h, HPyType_HELPERS and HPy_TPFLAGS_BASETYPE; HPy api.rst, 'Creating a simple type in HPy'; "
          "Python/C API, 'Common Object Structures', PyMemberDef")
LOOKUP = "Python language reference, 'Data model', Invoking Descriptors"
SLOTS = "Python language reference, 'Data model', __slots__"
RELEASED = "HPy porting guide, 'tp_dealloc and Py_DECREF'; Python/C API, 'Type Objects', tp_dealloc (inherited)"
CYCLES = "HPy porting guide, 'tp_traverse, tp_clear, Py_TPFLAGS_HAVE_GC'; Python/C API, 'Type Objects', tp_traverse"


def derive(base):
    """Python subclasses of all shapes, with a name for each."""

    class Plain(base):
        pass

    class Empty(base):
        __slots__ = ()

    class Slotted(base):
        __slots__ = ("one", "two")

    class Second(Slotted):
        __slots__ = ("three",)

    return [("plain", Plain), ("empty slots", Empty), ("slots", Slotted), ("second", Second)]


def fresh_memory(ext, cls):
    """Leave used memory behind, and make an object of the class, whose struct tp_new looks at."""
    for number in range(1, 20):
        cls().assign(number)
    collect()
    clear_events(ext)
    fresh = cls()
    return [events(ext, "same struct"), events(ext, "zeroed"), (fresh.number, fresh.real, fresh.tail)]


@scenario
def new_gets_the_struct_of_the_object(ext):
    """The struct that tp_new is given for a subclass, in C or in Python, is the object's, and zeroed."""
    for cls in (ext.Checked, ext.CheckedWide):
        expect(cls.__name__, fresh_memory(ext, cls), [[1], [1], (0, 0.0, 0)], source=NEW)
    wide = ext.CheckedWide()
    expect("what a C subclass adds", (wide.extra, wide.more), (0, 0.0), source=NEW)
    for base in (ext.Checked, ext.CheckedWide):
        for name, cls in derive(base):
            found = fresh_memory(ext, cls)
            expect("%s of %s" % (name, base.__name__), found, [[1], [1], (0, 0.0, 0)], source=NEW)


@scenario
def dictionaries_and_weak_references(ext):
    """Objects of the C types have neither, those of Python subclasses as their __slots__ say."""
    classes = [("Base", ext.Base), ("Wide", ext.Wide)] + derive(ext.Base)
    found = []
    for name, cls in classes:
        one = cls()
        refused = attempt(weakref.ref, one).exception, attempt(setattr, one, "other", 1).exception
        found.append((name, hasattr(one, "__dict__")) + refused)
    record("the C types", found[:2])
    record("Python subclasses", found[2:])

    def with_slot(name):
        return type("WithSlot", (ext.Base,), {"__slots__": ("one", name)})

    record("adding a slot for them", [attempt(with_slot, name).exception for name in ("__dict__", "__weakref__")])


@scenario
def members_of_a_c_subclass(ext):
    """Inherited and own members of a C subclass reach their places in its larger struct, from both sides."""
    wide = ext.Wide()
    wide.number, wide.tail, wide.extra, wide.more = 3, -4, 2 ** 40, 1.5
    expect("set by Python", wide.seen_wide(), (3, 0.0, -4, 2 ** 40, 1.5), source=STRUCT)
    expect("the base's view", wide.seen(), (3, 0.0, -4), source=STRUCT)
    wide.assign(7)
    wide.assign_wide(9)
    found = (wide.number, vars(ext.Base)["real"].__get__(wide), wide.tail, wide.extra, wide.more)
    expect("set by C", found, (7, 7.5, -7, -9, 9.25), source=STRUCT)
    expect("a member defined again", (wide.real, vars(ext.Wide)["real"].__doc__), (9.25, "of Wide"), source=LOOKUP)
    wide.real = 0.125
    expect("written", wide.seen_wide(), (7, 7.5, -7, -9, 0.125), source=LOOKUP)
    vars(ext.Base)["real"].__set__(wide, 8.5)
    expect("written through the base's", wide.seen_wide(), (7, 8.5, -7, -9, 0.125), source=STRUCT)
    record("another's member", attempt(vars(ext.Wide)["extra"].__get__, ext.Base()))
    record("setting another's member", attempt(vars(ext.Wide)["extra"].__set__, ext.Base(), 1))


@scenario
def members_read_and_written_in_python_subclasses(ext):
    """Members keep their values in Python subclasses of every shape, beside slots and attributes."""
    for base in (ext.Base, ext.Wide):
        for name, cls in derive(base):
            label, objects = "%s of %s" % (name, base.__name__), [cls(), cls()]
            for number, one in enumerate(objects):
                one.number, one.tail = number + 10, -number
                for slot in ("one", "two", "three"):
                    if hasattr(cls, slot):
                        setattr(one, slot, [slot, number])
                if hasattr(one, "__dict__"):
                    one.attribute = ["attribute", number]
                one.real = number + 0.75
                if base is ext.Wide:
                    one.extra = -number - 1
            found = []
            for number, one in enumerate(objects):
                values = [getattr(one, slot, [slot, number]) for slot in ("one", "two", "three", "attribute")]
                found.append((one.number, one.tail, one.real, getattr(one, "extra", -number - 1)))
                found.append([value[1] for value in values])
            expect(label, found, [(10, 0, 0.75, -1), [0] * 4, (11, -1, 1.75, -2), [1] * 4], source=STRUCT)


@scenario
def c_works_on_python_subclasses(ext):
    """A method of the C type finds, in an instance of a Python subclass, the struct that the members show."""
    for base in (ext.Base, ext.Wide):
        for name, cls in derive(base):
            label, one = "%s of %s" % (name, base.__name__), cls()
            one.number, one.tail = 5, -6
            seen = [one.seen()]
            one.assign(8)
            seen.append((one.number, vars(ext.Base)["real"].__get__(one), one.tail))
            expect(label, seen, [(5, 0.0, -6), (8, 8.5, -8)], source=STRUCT)
            if base is ext.Wide:
                one.assign_wide(3)
                expect(label + ", its own", (one.extra, one.more, one.seen_wide()), (-3, 3.25, (8, 8.5, -8, -3, 3.25)),
                       source=STRUCT)


@scenario
def shadowing_by_python_attributes(ext):
    """Names of a Python subclass hide members, those of an instance don't; the struct is untouched by them."""

    class Constant(ext.Base):
        number = "constant"

    class Property(ext.Base):
        @property
        def number(self):
            return super().number + 100

        @number.setter
        def number(self, value):
            ext.Base.number.__set__(self, value * 2)

    class Slot(ext.Base):
        __slots__ = ("number",)

    class Plain(ext.Base):
        pass

    member = vars(ext.Base)["number"]
    one = Constant()
    member.__set__(one, 4)
    found = (one.number, member.__get__(one), super(Constant, one).number)
    expect("constant", found, ("constant", 4, 4), source=LOOKUP)
    one.number = "own"
    expect("instance attribute", (one.number, member.__get__(one)), ("own", 4), source=LOOKUP)
    del one.number, Constant.number
    expect("no longer hidden", one.number, 4, source=LOOKUP)
    two = Property()
    two.number = 6
    expect("property", (two.number, member.__get__(two)), (112, 12), source=LOOKUP)
    three = Slot()
    member.__set__(three, 3)
    expect("empty slot", hasattr(three, "number"), False, source=SLOTS)
    three.number = "slot"
    expect("slot", (three.number, member.__get__(three)), ("slot", 3), source=SLOTS)
    four = Plain()
    four.number = 1
    vars(four)["number"] = "hidden"
    expect("the member wins over the instance", (four.number, vars(four)), (1, {"number": "hidden"}), source=LOOKUP)
    four.number = 2
    expect("and is written", (four.number, vars(four)), (2, {"number": "hidden"}), source=LOOKUP)


@scenario
def structs_of_odd_size(ext):
    """A struct of three bytes and the slots, attributes and weak references of a Python subclass keep apart."""
    small = ext.Small()
    small.a, small.b, small.c = 1, -2, 127
    expect("alone", (small.a, small.b, small.c), (1, -2, 127), source=STRUCT)
    for name, cls in derive(ext.Small):
        kept = []
        for number in range(30):
            one = cls()
            fresh = (one.a, one.b, one.c)
            one.a, one.b, one.c = number, -number, 100
            if hasattr(cls, "one"):
                one.one = [number]
            if hasattr(one, "__dict__"):
                one.attribute = [number]
            reference = attempt(weakref.ref, one).value
            kept.append((one, fresh, reference))
        collect()
        wrong = []
        for number, (one, fresh, reference) in enumerate(kept):
            values = [getattr(one, slot, [number])[0] for slot in ("one", "attribute")]
            same = reference is None or reference() is one
            if (one.a, one.b, one.c, values, fresh, same) != (number, -number, 100, [number] * 2, (0, 0, 0), True):
                wrong.append(number)
        expect(name + ", disturbed", wrong, [], source=STRUCT)


class Thing:
    def __init__(self, ended, name):
        self.ended = ended
        self.name = name

    def __del__(self):
        self.ended.append(self.name)


@scenario
def object_members_in_python_subclasses(ext):
    """What an object member of a Python subclass's instance holds ends with it, in cycles through both, too."""

    class Plain(ext.Holder):
        pass

    class Slotted(ext.Holder):
        __slots__ = ("one",)

    for cls in (Plain, Slotted):
        ended, name = [], cls.__name__
        one = cls()
        expect(name + " fresh", hasattr(one, "object"), False, source=STRUCT)
        one.object, one.after, one.one = Thing(ended, "first"), 5, Thing(ended, "slot")
        one.object = Thing(ended, "second")
        collect()
        expect(name + " replaced", (ended, one.object.name, one.after), (["first"], "second", 5), source=RELEASED)
        del one
        collect()
        expect(name + " gone", sorted(ended), ["first", "second", "slot"], source=RELEASED)
        del ended[:]
        one, two = cls(), cls()
        one.object, two.object, one.one, two.one = two, [one], Thing(ended, "one"), Thing(ended, "two")
        collect()
        expect(name + " cycle held", ended, [], source=CYCLES)
        del one, two
        collect()
        expect(name + " cycle", sorted(ended), ["one", "two"], source=CYCLES)
