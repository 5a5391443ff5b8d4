from abc import ABC, ABCMeta, abstractmethod

from hpy_conform import attempt, expect, record, scenario

ABSTRACT = "Python library, 'abc', abstractmethod() (such a class cannot be instantiated)"
OVERRIDDEN = "Python library, 'abc', abstractmethod() (instantiated when all its abstract methods are overridden)"
REGISTER = "Python library, 'abc', ABCMeta.register"


def abstract_below(base):
    class Abstract(base, metaclass=ABCMeta):
        @abstractmethod
        def work(self):
            return "abstract"

    return Abstract


def check(ext, base, label=""):
    """An abstract class below the type, one below that in which nothing is missing, and one in which it still is."""
    abstract = abstract_below(base)

    class Still(abstract):
        pass

    class Concrete(abstract):
        def work(self):
            return "concrete " + super().work()

    expect(label + "names", sorted(abstract.__abstractmethods__), ["work"], source=ABSTRACT)
    made = [cls.__name__ for cls in (abstract, Still) if attempt(cls).exception != "TypeError"]
    expect(label + "made", made, [], source=ABSTRACT)
    made = [cls.__name__ for cls in (abstract, Still) if attempt(ext.call, cls).exception != "TypeError"]
    expect(label + "made by C", made, [], source=ABSTRACT)
    expect(label + "overridden", attempt(lambda: Concrete().work()).value, "concrete abstract", source=OVERRIDDEN)
    expect(label + "the type", attempt(lambda: base().work()).value, "done", source=OVERRIDDEN)


@scenario
def with_the_constructor_of_object(ext):
    """An abstract class below a type that has the constructor of object is not instantiated."""
    check(ext, ext.OfObject)


@scenario
def with_a_constructor_that_passes_on(ext):
    """The same where the type's constructor calls that of object."""
    check(ext, ext.Passing)


@scenario
def with_a_generic_constructor(ext):
    """The same where the type has the generic constructor."""
    check(ext, ext.Generic)


@scenario
def with_a_constructor_of_its_own(ext):
    """The same where the type has a constructor of its own."""
    check(ext, ext.Own)


@scenario
def as_the_second_base(ext):
    """The same where an abstract class stands first, and the type second."""

    class Interface(ABC):
        @abstractmethod
        def work(self):
            return "abstract"

        @property
        @abstractmethod
        def size(self):
            return 1

    class Abstract(Interface, ext.OfObject):
        pass

    class Concrete(Interface, ext.OfObject):
        def work(self):
            return "concrete"

        size = 2

    expect("names", sorted(Abstract.__abstractmethods__), ["size", "work"], source=ABSTRACT)
    expect("made", attempt(Abstract).exception, "TypeError", source=ABSTRACT)
    expect("overridden", attempt(lambda: (Concrete().work(), Concrete().size)).value, ("concrete", 2),
           source=OVERRIDDEN)


@scenario
def a_method_in_c_overrides(ext):
    """A method of C that comes before an abstract one in the order overrides it."""

    class Interface(ABC):
        @abstractmethod
        def work(self):
            pass

    class Concrete(ext.OfObject, Interface):
        pass

    expect("names", sorted(Concrete.__abstractmethods__), [], source=OVERRIDDEN)
    expect("made", attempt(lambda: Concrete().work()).value, "done", source=OVERRIDDEN)


@scenario
def types_of_c_are_registered(ext):
    """A type in C is registered as a subclass, and its subclasses with it."""

    class Interface(ABC):
        @abstractmethod
        def work(self):
            pass

    class Sub(ext.OfObject):
        pass

    expect("before", (isinstance(ext.OfObject(), Interface), issubclass(Sub, Interface)), (False, False),
           source=REGISTER)
    Interface.register(ext.OfObject)
    found = (isinstance(ext.OfObject(), Interface), issubclass(Sub, Interface), isinstance(Sub(), Interface),
             issubclass(ext.Generic, Interface))
    expect("after", found, (True, True, True, False), source=REGISTER)


@scenario
def abstract_methods_that_are_set(ext):
    """The names of abstract methods are set in a class of Python below a type in C, and deleted."""

    class Sub(ext.OfObject):
        pass

    record("before", attempt(getattr, Sub, "__abstractmethods__").exception)
    Sub.__abstractmethods__ = frozenset(["work"])
    record("set", attempt(Sub).exception)
    record("below", attempt(type("Below", (Sub,), {})).exception)
    del Sub.__abstractmethods__
    record("deleted", attempt(Sub).exception)


@scenario
def abstract_methods_of_a_c_type(ext):
    """The same in a type that was made in C at run time."""
    made = ext.make(ext.OfObject)
    made.__abstractmethods__ = frozenset(["work"])
    record("set", attempt(made).exception)
    made.__abstractmethods__ = frozenset()
    record("empty", attempt(made).exception)


@scenario
def the_flag_of_abstract_types(ext):
    """The flag IS_ABSTRACT is set with the names, and removed with them."""
    abstract = abstract_below(ext.OfObject)
    concrete = type("Concrete", (abstract,), {"work": lambda self: None})
    record("classes", (ext.is_abstract(abstract), ext.is_abstract(concrete), ext.is_abstract(ext.OfObject)))
    concrete.__abstractmethods__ = frozenset(["work"])
    record("set", ext.is_abstract(concrete))
    concrete.__abstractmethods__ = frozenset()
    record("emptied", ext.is_abstract(concrete))
