from hpy_conform import attempt, expect, raised, scenario

DEF = "Python/C API, 'Type Objects', PyType_GetModuleByDef (the first superclass whose module has the definition)"
NO_DEF = "Python/C API, 'Type Objects', PyType_GetModuleByDef (TypeError where no module is found)"
MODULE = "Python/C API, 'Type Objects', PyType_GetModule (of PyType_FromModuleAndSpec)"
NO_MODULE = "Python/C API, 'Type Objects', PyType_GetModule (TypeError where no module is associated)"
STATE = "Python/C API, 'Type Objects', PyType_GetModuleState (PyModule_GetState of the type's module)"
NO_STATE = "Python/C API, 'Type Objects', PyType_GetModuleState (TypeError where no module is associated)"
NULL_STATE = "Python/C API, 'Type Objects', PyType_GetModuleState (NULL without an exception)"
NOT_INHERITED = "Python/C API, 'Type Objects', PyType_FromMetaclass (the module is not inherited by subclasses)"
CLASS = "Python/C API, 'Common Object Structures', PyCMethod and METH_METHOD (the defining class)"
TOKEN = "Python/C API, 'Type Objects', PyType_GetModuleByToken"


class Other:
    pass


class Below(int):
    pass


@scenario
def types_of_the_module(ext):
    """A type belongs to the module that it was made with, and so does a subclass that was made with it."""
    for cls in (ext.Mine, ext.Below, ext.Anew):
        expect(cls.__name__, ext.of_type(cls), "this", source=MODULE)
        expect(cls.__name__ + ", state", ext.state_of(cls), 5, source=STATE)


@scenario
def types_of_another_module(ext):
    """A type that was made with another module belongs to that, whatever its base."""
    expect("module", (ext.of_type(ext.Alien), ext.of_type(ext.Deep)), ("another", "this"), source=MODULE)
    expect("state", (ext.state_of(ext.Alien), ext.state_of(ext.Deep)), (6, 5), source=STATE)


@scenario
def a_module_without_state(ext):
    """The state of a module that has none is no error."""
    expect("module", ext.of_type(ext.Stateless), "another", source=MODULE)
    expect("state", attempt(ext.state_of, ext.Stateless).exception, None, source=NULL_STATE)
    expect("value", attempt(ext.state_of, ext.Stateless).value, None, source=NULL_STATE)


@scenario
def subclasses_belong_to_no_module(ext):
    """A subclass of Python, or in C without a module, has neither module nor state."""

    class Sub(ext.Mine):
        pass

    for cls in (Sub, ext.Without):
        expect(cls.__name__, attempt(ext.of_type, cls), raised(TypeError), source=NOT_INHERITED)
        expect(cls.__name__ + ", state", attempt(ext.state_of, cls), raised(TypeError), source=NOT_INHERITED)
    expect("of an object", attempt(Sub().state_of_self), raised(TypeError), source=NOT_INHERITED)
    expect("of its base", ext.Mine().state_of_self(), 5, source=STATE)


@scenario
def types_without_a_module(ext):
    """A type in C that was made without a module has neither module nor state."""
    expect("module", attempt(ext.of_type, ext.Plain), raised(TypeError), source=NO_MODULE)
    expect("state", attempt(ext.state_of, ext.Plain), raised(TypeError), source=NO_STATE)


@scenario
def modules_of_builtins(ext):
    """Builtins belong to no module."""
    expect("int", attempt(ext.of_type, int), raised(TypeError), source=NO_MODULE)
    expect("object", attempt(ext.of_type, object), raised(TypeError), source=NO_MODULE)
    expect("type", attempt(ext.of_type, type), raised(TypeError), source=NO_MODULE)


@scenario
def states_of_builtins(ext):
    """Builtins have no module state."""
    expect("int", attempt(ext.state_of, int), raised(TypeError), source=NO_STATE)
    expect("object", attempt(ext.state_of, object), raised(TypeError), source=NO_STATE)
    expect("type", attempt(ext.state_of, type), raised(TypeError), source=NO_STATE)


@scenario
def classes_of_python(ext):
    """Classes of Python have neither module nor state in this sense."""
    for cls in (Other, Below):
        expect(cls.__name__, attempt(ext.of_type, cls), raised(TypeError), source=NO_MODULE)
        expect(cls.__name__ + ", state", attempt(ext.state_of, cls), raised(TypeError), source=NO_STATE)


@scenario
def by_definition(ext):
    """The search by definition finds the module of a type and of what is below it, in C and in Python."""

    class Sub(ext.Mine):
        pass

    class Deep(ext.Without):
        pass

    for cls in (ext.Mine, ext.Below, ext.Without, Sub, Deep):
        expect(cls.__name__, attempt(ext.by_definition, cls).value, "this", source=DEF)


@scenario
def by_definition_past_another_module(ext):
    """It passes over a class that belongs to another module, and finds that with its definition."""

    class Sub(ext.Alien):
        pass

    class Under(ext.Deep):
        pass

    for cls in (ext.Alien, ext.Deep, Sub, Under):
        expect(cls.__name__, attempt(ext.by_definition, cls).value, "this", source=DEF)
        expect(cls.__name__ + ", the other", attempt(ext.by_other_definition, cls).value, "another", source=DEF)


@scenario
def by_definition_of_the_second_base(ext):
    """It looks at all bases."""

    class Sub(Other, ext.Mine):
        pass

    class Two(ext.Plain, Sub):
        pass

    expect("class", attempt(ext.by_definition, Sub).value, "this", source=DEF)
    expect("type", attempt(ext.by_definition, Two).value, "this", source=DEF)


@scenario
def by_definition_that_is_not_there(ext):
    """A type whose bases all belong to other modules, or to none, is a TypeError."""
    expect("another definition", attempt(ext.by_other_definition, ext.Mine), raised(TypeError), source=NO_DEF)
    expect("another module", attempt(ext.by_definition, ext.Stateless), raised(TypeError), source=NO_DEF)


@scenario
def by_definition_of_a_type_without_a_module(ext):
    """A type in C without a module is a TypeError, and a class of Python below it."""

    class Sub(ext.Plain):
        pass

    expect("type", attempt(ext.by_definition, ext.Plain), raised(TypeError), source=NO_DEF)
    expect("class", attempt(ext.by_definition, Sub), raised(TypeError), source=NO_DEF)


@scenario
def by_definition_of_a_builtin(ext):
    """A builtin has no module of any definition."""
    expect("int", attempt(ext.by_definition, int), raised(TypeError), source=NO_DEF)


@scenario
def by_definition_of_object_and_type(ext):
    """Neither have the roots of all types."""
    expect("object", attempt(ext.by_definition, object), raised(TypeError), source=NO_DEF)
    expect("type", attempt(ext.by_definition, type), raised(TypeError), source=NO_DEF)


@scenario
def by_definition_of_a_class(ext):
    """Neither has a class of Python."""
    expect("class", attempt(ext.by_definition, Other), raised(TypeError), source=NO_DEF)


@scenario
def by_definition_of_a_class_below_a_builtin(ext):
    """Neither has a class of Python below a builtin, in which the search gets to the builtin."""
    expect("class", attempt(ext.by_definition, Below), raised(TypeError), source=NO_DEF)


@scenario
def by_definition_in_a_slot(ext):
    """A slot finds the module by either operand."""

    class Sub(ext.Mine):
        pass

    one, sub = ext.Mine(), Sub()
    expect("sums", (one + one, sub + one, one + sub, sub + sub, one + 1), (5,) * 5, source=DEF)


@scenario
def by_definition_of_the_right_operand(ext):
    """A slot that gets a builtin as its left operand finds the module by the right one."""

    class Sub(ext.Mine):
        pass

    expect("sums", (1 + ext.Mine(), "text" + Sub()), (5, 5), source=NO_DEF)


@scenario
def the_class_that_defines_a_method(ext):
    """A method gets the class that defines it, and its arguments, whatever the object's class is."""

    class Sub(ext.Mine):
        pass

    class Second(Other, ext.Mine):
        pass

    for cls in (ext.Mine, ext.Below, ext.Without, ext.Alien, Sub, Second):
        found = attempt(cls().defined, 1, "two").value
        expect(cls.__name__, found == (ext.Mine, (5, (1, "two"), None, ())), True, source=CLASS)


@scenario
def the_class_of_a_redefined_method(ext):
    """A subclass in C that defines the method again is the defining class of its own."""

    class Sub(ext.Anew):
        def defined(self, *args, **kwargs):
            return super().defined(*args, **kwargs)

    one = Sub()
    expect("own", attempt(lambda: ext.Anew().defined()[0] is ext.Anew).value, True, source=CLASS)
    expect("by super()", attempt(lambda: one.defined()[0] is ext.Anew).value, True, source=CLASS)
    expect("of the base", attempt(lambda: super(ext.Anew, one).defined()[0] is ext.Mine).value, True, source=CLASS)
    expect("by the base", attempt(lambda: ext.Mine.defined(one)[0] is ext.Mine).value, True, source=CLASS)


@scenario
def keywords_of_such_a_method(ext):
    """Positional arguments and those with a name arrive as in METH_FASTCALL with METH_KEYWORDS."""
    one = ext.Mine()
    expect("both", attempt(lambda: one.defined(1, b=2, a=3)[1]).value, (5, (1,), ("b", "a"), (2, 3)), source=CLASS)
    expect("none", attempt(lambda: one.defined()[1]).value, (5, (), None, ()), source=CLASS)
    expect("unpacked", attempt(lambda: one.defined(*[1, 2], **{"c": 3})[1]).value, (5, (1, 2), ("c",), (3,)),
           source=CLASS)
    expect("bound", attempt(lambda: list(map(one.defined, [7]))[0][1]).value, (5, (7,), None, ()), source=CLASS)


@scenario
def such_a_method_of_another_object(ext):
    """The method of the class refuses objects of other types."""
    expect("object", attempt(ext.Mine.defined, object()), raised(TypeError),
           source="Python language reference, 'Data model', Instance methods")
    expect("none", attempt(ext.Mine.defined), raised(TypeError),
           source="Python language reference, 'Data model', Instance methods")


@scenario
def by_token(ext):
    """The search by token finds the module by the address of its definition, as the search by definition does."""

    class Sub(ext.Alien):
        pass

    class Second(Other, ext.Mine):
        pass

    for cls in (ext.Mine, ext.Without, Sub, Second):
        expect(cls.__name__, attempt(ext.by_token, cls).value, "this", source=TOKEN)
    for cls in (ext.Plain, ext.Stateless, int, object, Other, Below):
        expect(cls.__name__, attempt(ext.by_token, cls), raised(TypeError), source=TOKEN)
