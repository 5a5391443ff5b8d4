from hpy_conform import attempt, collect, expect, record, scenario

CHECKS = "Python language reference, 'Data model', Customizing instance and subclass checks"
TYPE = "Python library, 'Built-in Types', Special Attributes (class.mro(), class.__subclasses__())"
ASSIGNED = "Python language reference, 'Data model', Custom classes (__bases__)"


def names(classes):
    return [one.__name__ for one in classes]


@scenario
def checks_that_are_called_by_name(ext):
    """type.__instancecheck__ and __subclasscheck__ answer as isinstance() and issubclass() do."""
    types = [ext.Base, ext.Left, ext.Right, ext.Both, object, int]
    ones = [ext.Base(), ext.Left(), ext.Right(), ext.Both(), 1]
    for cls in types:
        name = cls.__name__
        expect(name + ", instances", [type.__instancecheck__(cls, one) for one in ones],
               [isinstance(one, cls) for one in ones], source=CHECKS)
        expect(name + ", subclasses", [type.__subclasscheck__(cls, one) for one in types],
               [issubclass(one, cls) for one in types], source=CHECKS)
    expect("of the diamond", [isinstance(ones[3], cls) for cls in types], [True, True, True, True, True, False], source=CHECKS)
    record("no class", attempt(type.__subclasscheck__, ext.Base, 1).exception)
    record("no type", attempt(type.__instancecheck__, 1, 1).exception)


@scenario
def checks_of_a_metaclass(ext):
    """A metaclass is asked, and its super() answers as type does."""
    asked = []

    class Meta(type):
        def __instancecheck__(cls, one):
            asked.append("instance")
            return super().__instancecheck__(one)

        def __subclasscheck__(cls, other):
            asked.append("subclass")
            return super().__subclasscheck__(other)

    class Sub(ext.Left, metaclass=Meta):
        pass

    expect("answers", [isinstance(Sub(), Sub), isinstance(ext.Left(), Sub), issubclass(Sub, Sub), issubclass(ext.Left, Sub)],
           [True, False, True, False], source=CHECKS)
    record("asked", asked)


@scenario
def the_order_of_classes(ext):
    """mro() of type works out what __mro__ holds; a metaclass may give another order."""
    for name in ("Base", "Left", "Both"):
        cls = getattr(ext, name)
        expect(name, names(type.mro(cls)), names(cls.__mro__), source=TYPE)
    expect("of the diamond", names(ext.Both.__mro__), ["Both", "Left", "Right", "Base", "object"], source=TYPE)

    class Reversed(type):
        def mro(cls):
            return [cls] + list(super().mro())[:0:-1] if cls.__name__ == "Turned" else super().mro()

    record("a refused order", attempt(Reversed, "Turned", (ext.Left,), {}).exception)

    class Other(type):
        def mro(cls):
            return [cls, ext.Right, ext.Left, ext.Base, object]

    made = Other("Made", (ext.Both,), {})
    record("another order", (names(made.__mro__), made().answer()))
    for what in ((), [1], [object], None):
        record("an order of %r" % (what,), attempt(type("Bad", (type,), {"mro": lambda cls: what}), "Class", (ext.Base,), {})
               .exception)


@scenario
def subclasses_are_known(ext):
    """A class knows its direct subclasses while they live, those in C and in Python."""
    class First(ext.Right):
        pass

    class Second(ext.Right, ext.Left):
        pass

    found = names(type.__subclasses__(ext.Right))
    expect("alive", found, ["Both", "First", "Second"], source=TYPE)
    del First, Second
    collect()
    record("gone", names(ext.Right.__subclasses__()))


@scenario
def bases_that_are_assigned(ext):
    """Assigning __bases__ of a class in Python changes its MRO and what its objects do; a refusal changes nothing."""
    class One(ext.Left):
        pass

    class Two(ext.Left):
        def answer(self):
            return "of Two"

    class Sub(One):
        pass

    class Deep(Sub):
        pass

    one, deep = Sub(), Deep()
    expect("before", (one.answer(), deep.answer()), ("answer", "answer"), source=ASSIGNED)
    Sub.__bases__ = (Two,)
    expect("after", (one.answer(), deep.answer(), names(Sub.__mro__), names(Deep.__mro__)),
           ("of Two", "of Two", ["Sub", "Two", "Left", "Base", "object"], ["Deep", "Sub", "Two", "Left", "Base", "object"]),
           source=ASSIGNED)
    record("subclasses", [names(cls.__subclasses__()) for cls in (One, Two, Sub)])
    Sub.__bases__ = (Two, One)
    record("two", (names(Sub.__mro__), one.answer()))
    refused = []
    for bases in ((), (1,), (int,), (Sub,), (Deep,), (Two, Two), (object, Two), [Two], (bool,)):
        refused.append(attempt(setattr, Sub, "__bases__", bases).exception)
    record("refused", refused)
    record("deleted", attempt(delattr, Sub, "__bases__").exception)
    expect("as it was", (names(Sub.__mro__), names(Deep.__mro__)[1:], one.answer()),
           (["Sub", "Two", "One", "Left", "Base", "object"], ["Sub", "Two", "One", "Left", "Base", "object"], "of Two"),
           source=ASSIGNED)
    below = type("Below", (ext.Right,), {})
    record("below another type in C", (attempt(setattr, Sub, "__bases__", (below,)).exception, names(Sub.__mro__)))


@scenario
def classes_that_are_assigned(ext):
    """Assigning __class__ of an object goes between classes of one layout, and is refused between others."""
    class One(ext.Left):
        pass

    class Two(ext.Left):
        def answer(self):
            return "of Two"

    class Slotted(ext.Left):
        __slots__ = ("it",)

    class OtherSlotted(ext.Left):
        __slots__ = ("it",)

    class Another(ext.Left):
        __slots__ = ("another",)

    one = One()
    one.kept = 5
    one.__class__ = Two
    expect("changed", (type(one).__name__, one.answer(), one.kept), ("Two", "of Two", 5), source=ASSIGNED)
    slotted = Slotted()
    slotted.it = 7
    record("same slots", (attempt(setattr, slotted, "__class__", OtherSlotted).exception, slotted.it, type(slotted).__name__))
    record("other slots", attempt(setattr, Slotted(), "__class__", Another).exception)
    record("with and without a dictionary", [attempt(setattr, One(), "__class__", Slotted).exception,
                                             attempt(setattr, Slotted(), "__class__", One).exception])
    record("below another type in C", attempt(setattr, One(), "__class__", type("Below", (ext.Right,), {})).exception)
    record("to others", [attempt(setattr, One(), "__class__", what).exception for what in (int, 1, None, type, object)])
    record("deleted", attempt(delattr, One(), "__class__").exception)


@scenario
def types_in_c_that_are_assigned(ext):
    """What becomes of __bases__ of a type in C, and of __class__ between types in C and classes below them."""
    below = type("Below", (ext.Left,), {})
    record("class", [attempt(setattr, below(), "__class__", ext.Left).exception,
                     attempt(setattr, ext.Left(), "__class__", ext.Right).exception,
                     attempt(setattr, ext.Left(), "__class__", below).exception])
    record("bases", attempt(setattr, ext.Left, "__bases__", (ext.Right,)).exception)


@scenario
def methods_of_object_by_name(ext):
    """The methods of object called by name do for objects of C what the operations do."""
    one, other = ext.Both(), ext.Both()
    found = [object.__eq__(one, one), object.__eq__(one, other) is NotImplemented, object.__ne__(one, one),
             object.__lt__(one, other) is NotImplemented, object.__hash__(one) == hash(one), object.__ne__(one, other)
             is NotImplemented]
    expect("comparisons", found, [True, True, False, True, True, True],
           source="Python language reference, 'Data model', object.__eq__ and object.__hash__")
    record("reading", [object.__getattribute__(one, "answer")(), attempt(object.__getattribute__, one, "no").exception])
    record("writing", [attempt(object.__setattr__, one, "no", 1).exception, attempt(object.__delattr__, one, "no").exception])
    record("writing to a type", [attempt(object.__setattr__, ext.Both, "it", 1).exception,
                                 attempt(object.__delattr__, ext.Both, "answer").exception])
    record("writing as a type", attempt(type.__setattr__, ext.Both(), "it", 1).exception)
    record("new of a type in C", attempt(object.__new__, ext.Both).exception)
    record("new", [attempt(object.__new__, cls).exception for cls in (object, int, 1)])
    record("arguments", [attempt(object.__new__, ext.Both, 1).exception, attempt(object.__init__, one, 1).exception,
                         attempt(object.__new__).exception, type(ext.Base.__new__(ext.Both)).__name__])
    record("new of a subclass", attempt(ext.Both.__new__, ext.Base).exception)
    record("new of another type", attempt(ext.Base.__new__, int).exception)


@scenario
def what_new_and_init_give(ext):
    """__init__ has to return None, and is called only where __new__ gives an object of the class or below it."""
    called = []

    def made(new, init=None):
        return type("Made", (ext.Left,), dict({"__init__": init or (lambda self, *args: called.append(type(self).__name__))},
                                              **({"__new__": new} if new else {})))

    found = [attempt(made(None, lambda self, given=value: given)).exception for value in (None, 0, 1, "x", ext.Left)]
    expect("results of __init__", found, [None, "TypeError", "TypeError", "TypeError", "TypeError"],
           source="Python language reference, 'Data model', object.__init__")
    cls = made(lambda cls, *args: object())
    expect("another object", (type(cls()).__name__, called), ("object", []),
           source="Python language reference, 'Data model', object.__new__")
    cls = made(lambda cls, *args: ext.Left.__new__(type("Below", (cls,), {})))
    expect("an object below", (type(cls()).__name__, called), ("Below", ["Below"]),
           source="Python language reference, 'Data model', object.__new__")
    del called[:]
    cls = made(lambda cls, *args: ext.Left())
    expect("an object above", (type(cls()).__name__, called), ("Left", []),
           source="Python language reference, 'Data model', object.__new__")

    def failing(cls, *args):
        raise KeyError("of __new__")

    record("exceptions", [attempt(made(failing)).exception, attempt(made(None, failing)).exception])
    record("by type.__call__", type(type.__call__(made(None), 1)).__name__)


@scenario
def calls_of_type(ext):
    """type() with one argument tells, with three makes, and refuses the rest; keywords go to __init_subclass__."""
    one = ext.Left()
    expect("one", [type(one) is ext.Left, type.__call__(type, one) is ext.Left, type(*[one]) is ext.Left],
           [True] * 3, source="Python library, 'Built-in Functions', type")
    seen = []

    class Hooked(ext.Left):
        def __init_subclass__(cls, **words):
            seen.append((cls.__name__, words))
            super().__init_subclass__()

    made = type("Made", (Hooked, ext.Right), {"it": 1}, word=2)
    record("three", (names(made.__mro__), made.it, seen))
    calls = [(), (1, 2), ("x", (ext.Left,)), ("x", [ext.Left], {}), (1, (ext.Left,), {}), ("x", (ext.Left,), []),
             ("x", (1,), {}), ("x", (ext.Left, ext.Left), {}), ("x", (ext.Base, ext.Left), {}), ("x\\0y", (ext.Left,), {})]
    record("refused", [attempt(type, *args).exception for args in calls])
    record("classcell and slots", [attempt(type, "x", (ext.Left,), {"__slots__": slots}).exception
                                   for slots in ("a", ("a", "a"), ("1",), (1,), ("__dict__", "__dict__"), ("__weakref__",), 5)])
