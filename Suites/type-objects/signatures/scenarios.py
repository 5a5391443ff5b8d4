import inspect

from hpy_conform import attempt, expect, record, scenario

TYPE_DOC = "Python/C API, 'Type Objects', tp_doc (of the type and its instances); HPy hpytype.h, HPyType_Spec.doc"
NOT_INHERITED = "Python/C API, 'Type Objects', tp_doc (not inherited)"
METHOD_DOC = "Python/C API, 'Common Object Structures', PyMethodDef.ml_doc; HPy hpydef.h, HPyMeth.doc"
GET_DOC = "Python/C API, 'Common Object Structures', PyGetSetDef.doc; HPy hpydef.h, HPyGetSet.doc"
PYTHON_DOC = "Python language reference, 'Data model', Custom classes, __doc__"


@scenario
def docstrings_without_a_signature(ext):
    """A docstring that has no signature in front is as it was written."""
    expect("type", ext.Plain.__doc__, "A plain type.\n\nIn lines.", source=TYPE_DOC)
    expect("object", ext.Plain().__doc__, "A plain type.\n\nIn lines.", source=TYPE_DOC)
    expect("function", ext.plain.__doc__, "A plain function.", source=METHOD_DOC)


@scenario
def docstrings_of_methods(ext):
    """So are those of methods, also when there is none."""
    methods = vars(ext.Point)
    expect("plain", methods["plain"].__doc__, "Says something.\n\nIn lines.", source=METHOD_DOC)
    expect("none", methods["none"].__doc__, None, source=METHOD_DOC)
    expect("bound", ext.Point().plain.__doc__, "Says something.\n\nIn lines.", source=METHOD_DOC)
    record("empty", methods["empty"].__doc__)
    record("open", (methods["open"].__doc__, getattr(methods["open"], "__text_signature__", "missing")))


@scenario
def docstrings_are_not_inherited(ext):
    """A subclass has no docstring of its base's, in C and in Python."""

    class Sub(ext.Plain):
        pass

    class Told(ext.Plain):
        """Of Python."""

    found = [cls.__doc__ for cls in (ext.Undocumented, ext.Below, Sub, Told)]
    expect("docstrings", found, [None, None, None, "Of Python."], source=NOT_INHERITED)


@scenario
def docstrings_that_are_set(ext):
    """The docstring of a class of Python below a type in C can be set."""

    class Sub(ext.Plain):
        pass

    Sub.__doc__ = "Set later."
    expect("class", (Sub.__doc__, Sub().__doc__), ("Set later.", "Set later."), source=PYTHON_DOC)
    expect("base", ext.Plain.__doc__, "A plain type.\n\nIn lines.", source=TYPE_DOC)


@scenario
def signatures_of_types(ext):
    """What a signature in front of a type's docstring becomes."""
    record("docstring", ext.Point.__doc__)
    record("text", ext.Point.__text_signature__)
    record("of none", [cls.__text_signature__ for cls in (ext.Plain, ext.Undocumented, ext.Below)])


@scenario
def signatures_of_methods(ext):
    """What a signature in front of a method's docstring becomes."""
    for name in ("signed", "alone", "other"):
        found = vars(ext.Point)[name]
        record(name, (found.__doc__, getattr(found, "__text_signature__", "missing")))


@scenario
def signatures_as_inspect_reads_them(ext):
    """What inspect makes of a method, a bound method, a type and a function."""
    one = ext.Point()
    for label, found in (("method", ext.Point.signed), ("bound", one.signed), ("type", ext.Point),
                         ("function", ext.function), ("without", ext.Point.plain)):
        record(label, attempt(lambda: str(inspect.signature(found))).value)


@scenario
def signatures_of_functions(ext):
    """What a signature in front of a function's docstring becomes."""
    record("function", (ext.function.__doc__, getattr(ext.function, "__text_signature__", "missing")))


@scenario
def signatures_of_class_methods(ext):
    """The same for methods of the class and of none."""
    for name in ("of_class", "of_none"):
        found = getattr(ext.Point, name)
        record(name, (found.__doc__, getattr(found, "__text_signature__", "missing")))


@scenario
def docstrings_of_getsets(ext):
    """A getset has no signature: its docstring is as it was written."""
    expect("getset", vars(ext.Point)["got"].__doc__, "got(x)\n--\n\nNo signature.", source=GET_DOC)
