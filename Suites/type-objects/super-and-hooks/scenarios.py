from hpy_conform import attempt, expect, raised, record, scenario

SUPER = "Python library, 'Built-in Functions', super()"
NEW = "Python language reference, 'Data model', object.__new__ and object.__init__ (called by super())"
HOOK = "Python language reference, 'Data model', object.__init_subclass__"
NO_HOOK = "Python/C API, 'Type Objects', PyType_FromMetaclass (__init_subclass__ is not called on any bases)"
SET_NAME = "Python language reference, 'Data model', object.__set_name__"
CLASS_METHOD = "Python/C API, 'Common Object Structures', METH_CLASS"


class Other:
    def who(self):
        return "Other"

    def __len__(self):
        return 8


class Quiet:
    pass


@scenario
def methods_of_the_base(ext):
    """super() finds methods and special methods of a type in C."""

    class Sub(ext.Base):
        def who(self):
            return "Sub " + super().who()

        def __len__(self):
            return 10 + super().__len__()

    one = Sub()
    expect("found", (one.who(), len(one)), ("Sub Base", 13), source=SUPER)
    expect("missing", attempt(getattr, super(Sub, one), "missing"), raised(AttributeError), source=SUPER)
    expect("unbound", super(Sub, Sub).who(one), "Base", source=SUPER)
    expect("of the object", (super(Sub, one).__self__ is one, super(Sub, one).__thisclass__ is Sub), (True, True),
           source=SUPER)


@scenario
def the_second_base(ext):
    """super() goes from a class of Python to a type in C that stands second, and past it."""

    class First(Quiet):
        def who(self):
            return "First " + super().who()

    class Sub(First, ext.Base):
        def who(self):
            return "Sub " + super().who()

    class Past(ext.Base, Other):
        pass

    expect("to the second", Sub().who(), "Sub First Base", source=SUPER)
    one = Past()
    expect("past it", (super(ext.Base, one).who(), super(ext.Base, one).__len__()), ("Other", 8), source=SUPER)
    expect("asked from C", (ext.up(Sub, Sub(), "who"), ext.up(ext.Base, one, "__len__")), ("First Base", 8),
           source=SUPER)


@scenario
def a_method_in_c_calls_super(ext):
    """A method in C that calls super() with its class goes to the next class of the object's order."""

    class Sub(ext.Below):
        pass

    class Between(ext.Below, Other):
        pass

    class Diamond(ext.Base):
        def who(self):
            return "Diamond " + super().who()

    class Joined(ext.Below, Diamond):
        pass

    expect("itself", (ext.Below().who(), Sub().who()), ("Below Base", "Below Base"), source=SUPER)
    expect("beside", Between().who(), "Below Base", source=SUPER)
    expect("between", Joined().who(), "Below Diamond Base", source=SUPER)


@scenario
def construction_by_super(ext):
    """__new__ and __init__ of a type in C are called by super()."""

    class Sub(ext.Counted):
        def __new__(cls, *args):
            self = super().__new__(cls)
            self.made += 100
            return self

        def __init__(self, *args):
            super().__init__()
            self.made += 1000

    class Silent(ext.Counted):
        def __init__(self):
            pass

    expect("both", Sub(1, 2).made, 1111, source=NEW)
    expect("without __init__", Silent().made, 1, source=NEW)
    expect("twice", (lambda one: (one.__init__(), one.made)[1])(ext.Counted()), 21, source=NEW)


@scenario
def refused_super(ext):
    """super() takes an object or a subclass of the class."""
    expect("another object", attempt(super, ext.Base, Other()), raised(TypeError), source=SUPER)
    expect("another class", attempt(super, ext.Base, Other), raised(TypeError), source=SUPER)
    expect("from C", attempt(ext.up, ext.Below, ext.Base(), "who"), raised(TypeError), source=SUPER)


@scenario
def subclasses_of_super(ext):
    """A subclass of super() does as super() does, with what it adds, bound at once or later."""

    class Own(super):
        def added(self):
            return "added to " + self.__thisclass__.__name__

    class Sub(ext.Base):
        def who(self):
            return "Sub"

    one = Sub()
    expect("found", (Own(Sub, one).who(), Own(Sub, one).added()), ("Base", "added to Sub"), source=SUPER)
    expect("of the class", Own(Sub, Sub).who(one), "Base", source=SUPER)
    later = Own(Sub)
    expect("bound later", (later.__get__(one).who(), type(later.__get__(one)).__name__), ("Base", "Own"), source=SUPER)
    record("refused", [attempt(Own, *args).exception for args in (
        (1,), (Sub, 1), (ext.Base, Other()), (Sub, one, 1), (Sub, ext.Base()), ())])
    record("keywords", attempt(lambda: Own(type=Sub)).exception)


@scenario
def super_that_is_initialised_again(ext):
    """__init__ of a super object gives it another class and object; where it is refused, the old ones stay."""

    class Sub(ext.Base):
        def who(self):
            return "Sub"

    class Deep(Sub):
        pass

    one, deep = Sub(), Deep()
    found = super(Sub, one)
    super.__init__(found, Deep, deep)
    expect("another", (found.__thisclass__ is Deep, found.__self__ is deep, found.who()), (True, True, "Sub"), source=SUPER)
    refused = attempt(super.__init__, found, Deep, one).exception
    expect("refused", (refused, found.__thisclass__ is Deep, found.__self__ is deep), ("TypeError", True, True), source=SUPER)
    super.__init__(found, Sub)
    record("unbound", (found.__self__, found.__self_class__, found.__thisclass__ is Sub))
    record("attributes", [attempt(getattr, found, "who").exception, attempt(setattr, found, "who", 1).exception,
                          attempt(delattr, found, "__thisclass__").exception])


@scenario
def the_hook_gets_keywords(ext):
    """A METH_CLASS __init_subclass__ is called for each class of Python, with its keywords."""

    class Plain(ext.Base):
        pass

    class Told(ext.Base, colour="red", size=2):
        pass

    class Below(ext.Below, deep=True):
        pass

    made = type("Made", (Told,), {}, made=1)
    found = [vars(cls).get("told") for cls in (Plain, Told, Below, made)]
    expect("told", found, [{}, {"colour": "red", "size": 2}, {"deep": True}, {"made": 1}], source=HOOK)
    expect("the base", hasattr(ext.Base, "told"), False, source=HOOK)


@scenario
def the_hook_of_the_second_base(ext):
    """The hook of a second base is called where the first has none, and goes through super()."""

    class Second(Quiet, ext.Base, name="second"):
        pass

    class Mixin:
        def __init_subclass__(cls, own=None, **rest):
            super().__init_subclass__(**rest)
            cls.own = own

    class Both(Mixin, ext.Base, own=1, other=2):
        pass

    expect("second", vars(Second).get("told"), {"name": "second"}, source=HOOK)
    expect("both", (Both.own, vars(Both).get("told")), (1, {"other": 2}), source=HOOK)


@scenario
def the_hook_refuses(ext):
    """An exception of the hook is that of the class statement."""
    expect("refused", attempt(type, "X", (ext.Base,), {}, refused=1), raised(ValueError), source=HOOK)
    expect("not refused", attempt(type, "X", (ext.Base,), {}).exception, None, source=HOOK)


@scenario
def the_hook_for_types_of_c(ext):
    """The hook is not called for a type that is made in C."""
    made = ext.make(ext.Base)
    expect("C", "told" in vars(made), False, source=NO_HOOK)

    class Hooked(ext.Base):
        seen = []

        def __init_subclass__(cls):
            cls.seen.append(cls.__name__)

    ext.make(Hooked)
    expect("of Python", Hooked.seen, [], source=NO_HOOK)


@scenario
def the_hook_of_python_for_types_of_c(ext):
    """A hook of Python in the base is not called for a type that is made in C."""

    class Hooked(ext.Named):
        seen = []

        def __init_subclass__(cls):
            cls.seen.append(cls.__name__)

    ext.make(Hooked)
    expect("C", Hooked.seen, [], source=NO_HOOK)

    class Sub(Hooked):
        pass

    expect("Python", Hooked.seen, ["Sub"], source=HOOK)


@scenario
def methods_of_classes(ext):
    """A METH_CLASS method gets the class by which it was called."""

    class Sub(ext.Base):
        @classmethod
        def kind(cls):
            return "Sub " + super().kind()

    class Plain(ext.Base):
        pass

    expect("class", (ext.Base.kind(), Plain.kind(), Sub.kind()), ("Base", "Plain", "Sub Sub"), source=CLASS_METHOD)
    expect("object", (ext.Base().kind(), Plain().kind()), ("Base", "Plain"), source=CLASS_METHOD)


@scenario
def descriptors_get_their_name(ext):
    """A descriptor of a type in C that has __set_name__ gets the class and the name, once."""

    class Owner:
        first, second = ext.Named(), ext.Named()

    third = ext.Named()
    made = type("Made", (), {"third": third})
    expect("names", (Owner.first.name, Owner.second.name, made.third.name),
           ("Owner.first", "Owner.second", "Made.third"), source=SET_NAME)
    later = ext.Named()
    Owner.later = later
    expect("later", later.name, None, source=SET_NAME)

    class Below(Owner):
        pass

    expect("not again", Below.first.name, "Owner.first", source=SET_NAME)


@scenario
def descriptors_of_python_in_classes_of_c_types(ext):
    """__set_name__ of Python is called in classes below types in C."""
    seen = []

    class Named:
        def __set_name__(self, owner, name):
            seen.append((owner.__name__, name))

    class Sub(ext.Named):
        one = Named()

    expect("seen", seen, [("Sub", "one")], source=SET_NAME)
