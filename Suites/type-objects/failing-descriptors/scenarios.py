from hpy_conform import attempt, expect, record, scenario

INVOKED = "Python language reference, 'Data model', Invoking Descriptors; Python HOWTO, 'Descriptor Guide', Overview of descriptor invocation"
MISSING = "Python library, 'Built-in Functions', getattr() and hasattr() (AttributeError alone)"


def made(ext, kind, calls, result="value", name="it", base=object):
    """A class with a descriptor, whose calls are noted; an exception as its result is raised."""
    def function(what, first, second):
        def word(one):
            return one.__name__ if isinstance(one, type) else one if isinstance(one, str) else type(one).__name__

        calls.append((what, word(first), word(second)))
        if isinstance(result, type) and issubclass(result, BaseException):
            raise result(what)
        return result

    return type("One", (base,), {name: getattr(ext, kind)(function)})


@scenario
def what_a_descriptor_is_given(ext):
    """__get__ gets the object and its class, or None and the class; __set__ the object and the value."""
    for kind in ("Getter", "Data"):
        calls = []
        cls = made(ext, kind, calls)
        one = cls()
        expect(kind + ", of the object", (one.it, calls), ("value", [("get", "One", "One")]), source=INVOKED)
        del calls[:]
        expect(kind + ", of the class", (cls.it, calls), ("value", [("get", "NoneType", "One")]), source=INVOKED)
        del calls[:]
        below = type("Below", (cls,), {})
        expect(kind + ", below", (below().it, below.it, calls),
               ("value", "value", [("get", "Below", "Below"), ("get", "NoneType", "Below")]), source=INVOKED)
        del calls[:]
        one.it = "other"
        expect(kind + ", set", (one.__dict__, calls),
               ({"it": "other"}, []) if kind == "Getter" else ({}, [("set", "One", "other")]), source=INVOKED)
        del calls[:]
        expect(kind + ", read again", (one.it, calls),
               ("other", []) if kind == "Getter" else ("value", [("get", "One", "One")]), source=INVOKED)
        del calls[:]
        del one.it
        expect(kind + ", deleted", (one.__dict__, calls),
               ({}, []) if kind == "Getter" else ({}, [("delete", "One", "NoneType")]), source=INVOKED)
        record(kind + ", deleted twice", attempt(delattr, one, "it").exception)


@scenario
def exceptions_of_get(ext):
    """hasattr() and a default of getattr() stand for AttributeError alone; every other exception passes."""
    for kind in ("Getter", "Data"):
        for exception in (AttributeError, KeyError, StopIteration, TypeError):
            cls = made(ext, kind, [], exception)
            one = cls()
            lacks = exception is AttributeError
            passes = (None, exception.__name__)
            for what, of in (("object", one), ("class", cls)):
                label = "%s, %s, %s" % (kind, exception.__name__, what)
                found = []
                for tried in (attempt(getattr, of, "it"), attempt(getattr, of, "it", "default"),
                              attempt(hasattr, of, "it"), attempt(ext.from_c, "get", of, "it")):
                    found.append((tried.value, tried.exception))
                expect(label, found, [passes, ("default", None) if lacks else passes, (False, None) if lacks else passes,
                                      passes], source=MISSING)
                record(label + ", from C", attempt(ext.from_c, "has", of, "it").value)


@scenario
def exceptions_of_set(ext):
    """What __set__ and __delete__ raise is raised by the assignment and the deletion, and changes nothing."""
    for exception in (AttributeError, KeyError, TypeError):
        one = made(ext, "Data", [], exception)()
        found = [attempt(setattr, one, "it", 1).exception, attempt(delattr, one, "it").exception,
                 attempt(ext.from_c, "set", one, "it", 1).exception, attempt(ext.from_c, "set", one, "it").exception]
        expect(exception.__name__, (found, one.__dict__), ([exception.__name__] * 4, {}), source=INVOKED)


@scenario
def a_class_with_getattr(ext):
    """__getattr__ is asked after a descriptor that raises AttributeError, and after no other."""
    for kind in ("Getter", "Data"):
        for exception in (AttributeError, KeyError):
            cls = made(ext, kind, [], exception)
            cls.__getattr__ = lambda self, name: "of getattr " + name
            tried = [attempt(getattr, cls(), "it"), attempt(ext.from_c, "get", cls(), "it")]
            expect("%s, %s" % (kind, exception.__name__), [(one.value, one.exception) for one in tried],
                   [("of getattr it", None) if exception is AttributeError else (None, "KeyError")] * 2, source=MISSING)


@scenario
def the_order_of_attributes(ext):
    """A data descriptor comes before the object's dictionary, another descriptor behind it; so in metaclasses."""
    for kind in ("Getter", "Data"):
        calls = []
        one = made(ext, kind, calls)()
        one.__dict__["it"] = "of the dictionary"
        expect(kind + ", object", one.it, "value" if kind == "Data" else "of the dictionary", source=INVOKED)
        meta = made(ext, kind, calls, base=type)
        cls = meta("Class", (), {"it": "of the class"})
        expect(kind + ", metaclass", cls.it, "value" if kind == "Data" else "of the class", source=INVOKED)
        plain = meta("Plain", (), {})
        expect(kind + ", metaclass alone", plain.it, "value", source=INVOKED)
        both = type("Both", (made(ext, "Getter", calls, "first"), made(ext, "Data", calls, "second")), {})
        expect(kind + ", the first of two bases", both().it, "first", source=INVOKED)


@scenario
def methods_through_descriptors(ext):
    """A call of an attribute calls what the descriptor gives; its exception ends the call."""
    calls = []
    one = made(ext, "Getter", calls, lambda *args: ("called",) + args)()
    expect("called", (one.it(1, 2), calls), (("called", 1, 2), [("get", "One", "One")]), source=INVOKED)
    for exception in (AttributeError, KeyError):
        tried = attempt(lambda: made(ext, "Getter", [], exception)().it())
        expect(exception.__name__, tried.exception, exception.__name__, source=INVOKED)


@scenario
def properties_below_types_of_c(ext):
    """property and its subclasses keep what they are given, with the docstring of the getter."""
    class Documented(property):
        """Of the class."""

    def get(self):
        """Of the getter."""
        return "got"

    def quiet(self):
        return "quiet"

    base = type("Base", (ext.Getter,), {"a": Documented(get), "b": property(get), "c": Documented(quiet)})
    one = base(None)
    record("docstrings", [base.__dict__[name].__doc__ for name in ("a", "b", "c")])
    expect("values", [one.a, one.b, one.c], ["got", "got", "quiet"], source="Python library, 'Built-in Functions', property")
    copied = base.__dict__["a"].setter(lambda self, value: None)
    record("a copy", (type(copied).__name__, copied.__doc__, copied.fget is get))
    record("refused", [attempt(setattr, one, "a", 1).exception, attempt(delattr, one, "b").exception])


@scenario
def wrappers_of_slots(ext):
    """The methods of slots are equal where slot and object are the same; hashes follow."""
    def nothing(*args):
        return None

    one, other = ext.Getter(nothing), ext.Getter(nothing)
    expect("same", (one.__get__ == one.__get__, hash(one.__get__) == hash(one.__get__)), (True, True),
           source="Python language reference, 'Expressions', Value comparisons")
    found = [one.__get__ == other.__get__, one.__get__ == one.__init__, one.__get__ != other.__get__,
             one.__get__ == 1, ext.Getter.__get__ == ext.Getter.__get__, ext.Getter.__get__ == ext.Data.__get__]
    record("others", found)
    record("order", attempt(lambda: one.__get__ < other.__get__).exception)
    record("self", one.__get__.__self__ is one)
    record("arguments", [attempt(ext.Getter.__get__).exception, attempt(one.__get__).exception,
                       attempt(one.__get__, None, None).exception, attempt(one.__get__, 1, 2, 3).exception])


@scenario
def wrappers_refuse_other_objects(ext):
    """A method of a slot refuses an object of another type, and none."""
    expect("of another type", [attempt(ext.Getter.__get__, thing, None, int).exception
                               for thing in (1, ext.Data(lambda *args: None))],
           ["TypeError", "TypeError"], source="Python language reference, 'Data model', Implementing Descriptors")
    expect("none", attempt(ext.Getter.__get__).exception, "TypeError",
           source="Python language reference, 'Data model', Implementing Descriptors")
