from hpy_conform import attempt, expect, record, scenario

DESCRIPTORS = ("Python language reference, 'Data model', Implementing Descriptors; Python/C API, 'Common Object Structures', "
               "PyMethodDef and PyGetSetDef")
NAMES = "Python language reference, 'Data model', object.__getattribute__; Python library, 'Built-in Functions', getattr()"
SPECS = "Python/C API, 'Common Object Structures', PyMethodDef (METH_CLASS, METH_STATIC) and PyMemberDef"

METHODS = ["noargs", "o", "varargs", "keywords", "fast", "fastkeywords"]


@scenario
def methods_get_their_object(ext):
    """A method called from its class gets the object that is given first, and the other arguments."""
    one, sub = ext.One(), type("Sub", (ext.One,), {})()
    for name in METHODS:
        args = (5,) if name == "o" else ()
        for this in (one, sub):
            label = "%s of %s" % (name, type(this).__name__)
            expect(label, getattr(ext.One, name)(this, *args) == getattr(this, name)(*args), True, source=DESCRIPTORS)
    record("of the class", [ext.One.of_class(1), one.of_class(1), type(sub).of_class(1)])
    record("static", [ext.One.static(1), one.static(1)])
    record("with names", [one.keywords(1, a=2), one.fastkeywords(1, 2, a=3)])


@scenario
def methods_without_an_object(ext):
    """A method of a class that gets no object raises TypeError."""
    for name in METHODS + ["__repr__"]:
        expect(name, attempt(getattr(ext.One, name)).exception, "TypeError", source=DESCRIPTORS)
    descriptor = ext.One.__dict__["of_class"]
    record("of_class", (type(descriptor).__name__, attempt(descriptor).exception))


@scenario
def methods_of_another_object(ext):
    """A method of a class refuses an object of another type."""
    for name in METHODS:
        args = (5,) if name == "o" else ()
        found = [attempt(getattr(ext.One, name), this, *args).exception for this in (ext.Other(), 1, ext.One)]
        expect(name, found, ["TypeError"] * 3, source=DESCRIPTORS)


@scenario
def class_methods_by_hand(ext):
    """The descriptor of a class method takes a class that is its own or below; __get__ binds the class."""
    descriptor = ext.One.__dict__["of_class"]
    sub = type("Sub", (ext.One,), {})
    expect("its class", descriptor(ext.One, 1), ext.One.of_class(1), source=DESCRIPTORS)
    expect("below", descriptor(sub, 1), sub.of_class(1), source=DESCRIPTORS)
    record("others", [attempt(descriptor, this, 1).exception for this in (ext.Other, int, 1, ext.One())])
    record("bound", [attempt(descriptor.__get__, *args).exception for args in (
        (None, ext.One), (None, sub), (ext.One(), None), (None, int), (None, 1), (None, None), ())])


@scenario
def wrong_numbers_of_arguments(ext):
    """Too many and too few arguments, and names where there are none, raise TypeError."""
    one = ext.One()
    for name, args, names in (("noargs", (1,), {}), ("noargs", (), {"a": 1}), ("o", (), {}), ("o", (1, 2), {}),
                              ("o", (), {"a": 1}), ("varargs", (), {"a": 1}), ("fast", (), {"a": 1})):
        label = "%s%r %r" % (name, args, names)
        expect(label, [attempt(lambda: getattr(one, name)(*args, **names)).exception,
                       attempt(lambda: getattr(ext.One, name)(one, *args, **names)).exception],
               ["TypeError"] * 2, source=DESCRIPTORS)


@scenario
def getsets_and_members_by_hand(ext):
    """__get__ and __set__ of getsets and members refuse objects of other types, and those that can't be written refuse."""
    one = ext.One()
    it, number, readonly = (ext.One.__dict__[name] for name in ("it", "number", "readonly"))
    expect("read", [it.__get__(one, ext.One), number.__get__(one)], [("get", "object"), 0], source=DESCRIPTORS)
    expect("written", [it.__set__(one, 5), one.number, number.__set__(one, 8), one.number], [None, 100, None, 8],
           source=DESCRIPTORS)
    record("deleted", [attempt(it.__delete__, one).exception, one.number, attempt(number.__delete__, one).exception])
    for name, descriptor in (("getset", it), ("member", number)):
        found = [attempt(descriptor.__get__, this, type(this)).exception for this in (ext.Other(), 1)]
        found += [attempt(descriptor.__set__, this, 1).exception for this in (ext.Other(), 1)]
        expect(name + " of others", found, ["TypeError"] * 4, source=DESCRIPTORS)
        expect(name + " of the class", descriptor.__get__(None, ext.One) is descriptor, True, source=DESCRIPTORS)
    record("read-only", [attempt(setattr, one, "readonly", 1).exception, attempt(delattr, one, "readonly").exception,
                         attempt(readonly.__set__, one, 1).exception])
    record("without anything", [attempt(descriptor.__get__, None).exception for descriptor in (it, number)])


class Name(str):
    """A name that counts how often it is hashed and compared."""

    counted = []

    def __hash__(self):
        self.counted.append("hash")
        return str.__hash__(self)

    def __eq__(self, other):
        self.counted.append("eq")
        return str.__eq__(self, other)


class Failing(str):
    """A name that cannot be hashed."""

    def __hash__(self):
        raise KeyError("no hash")


@scenario
def names_of_subclasses_of_str(ext):
    """Attributes are found by names of a subclass of str, whose own __hash__ is asked."""
    one, sub = ext.One(), type("Sub", (ext.One,), {})()
    del Name.counted[:]
    expect("read", [getattr(one, Name("noargs"))(), getattr(ext.One, Name("noargs"))(one), getattr(sub, Name("number"))],
           [("noargs", "object"), ("noargs", "object"), 0], source=NAMES)
    record("hashed", "hash" in Name.counted)
    setattr(one, Name("number"), 5)
    setattr(sub, Name("other"), 6)
    setattr(type(sub), Name("third"), 7)
    expect("written", [one.number, sub.other, sub.third], [5, 6, 7], source=NAMES)
    expect("there", [hasattr(sub, Name("other")), hasattr(one, Name("other")), hasattr(type(sub), Name("third"))],
           [True, False, True], source=NAMES)
    record("kinds of names", sorted({type(name).__name__ for name in vars(sub)} | {type(name).__name__ for name in vars(type(sub))}))
    record("without a hash", [attempt(getattr, one, Failing("noargs")).exception,
                              attempt(getattr, ext.One, Failing("noargs")).exception,
                              attempt(setattr, sub, Failing("x"), 1).exception,
                              attempt(setattr, type(sub), Failing("x"), 1).exception,
                              attempt(hasattr, one, Failing("x")).exception])
    record("no names", [attempt(getattr, one, name).exception for name in (1, b"noargs", None)])


@scenario
def wrong_definitions(ext):
    """A method that is of the class and static, or that has flags that exclude each other, is refused with its type."""
    expect("class and static", attempt(ext.made, "class and static").exception, "ValueError", source=SPECS)
    for what in ("flags of a static method", "flags of a method"):
        expect(what, attempt(ext.made, what).exception, "SystemError", source=SPECS)
    record("flags of a class method", attempt(ext.made, "flags of a class method").exception)


@scenario
def members_of_an_unknown_kind(ext):
    """Reading and writing a member of a kind that there is not raises SystemError."""
    tried = attempt(ext.made, "kind of a member")
    record("made", tried.exception)
    if tried.exception is None:
        one = tried.value()
        expect("read and written", [attempt(getattr, one, "it").exception, attempt(setattr, one, "it", 1).exception],
               ["SystemError"] * 2, source=SPECS)
        record("deleted", attempt(delattr, one, "it").exception)


@scenario
def a_method_beside_its_slot(ext):
    """The wrapper of a slot comes before a method of its name, unless the method has METH_COEXIST; the slot stays."""
    source = "Python/C API, 'Common Object Structures', METH_COEXIST"
    slot, method = ext.Slot(), ext.Method()
    expect("by name", [slot.__repr__(), method.__repr__()], ["One()", "of the method"], source=source)
    record("by the operation", [repr(slot), repr(method)])
    record("below", [repr(type("Below", (cls,), {})()) for cls in (ext.Slot, ext.Method)])
