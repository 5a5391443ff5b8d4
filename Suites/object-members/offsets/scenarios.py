import weakref

from hpy_conform import Watch, attempt, collect, expect, expect_released, raised, record, returned, scenario

OFFSET = "HPy porting guide, 'Limitations' (member __vectorcalloffset__); Python/C API, PyMemberDef"
CALL = "HPy porting guide, 'Calling Protocol'; Python/C API, 'Call Protocol', The Vectorcall Protocol"
MEMBERS = "HPy hpydef.h, HPyMember.offset; Python/C API, 'Common Object Structures', PyMemberDef"
READONLY = "HPy hpydef.h, HPyMember.readonly; Python/C API, 'Common Object Structures', Member flags"
INHERITED = "HPy hpytype.h, HPy_TPFLAGS_BASETYPE; Python/C API, 'Type Objects', tp_call (inherited by subtypes)"
FAILURE = "HPy public_api.h, HPyType_FromSpec (HPy_NULL on failure)"
RELEASED = "HPy api.rst, 'Handles' (a handle is closed by who owns it)"


@scenario
def arguments_of_calls(ext):
    """The function at the offset gets the object, the positional arguments, and names and values of the others."""
    one = ext.Foo(3)
    expect("none", one(), (3, (), None, ()), source=CALL)
    expect("positional", one(1, "two", None), (3, (1, "two", None), None, ()), source=CALL)
    expect("by name", one(a=1, b=2), (3, (), ("a", "b"), (1, 2)), source=CALL)
    expect("both", one(0, *[1, 2], **{"key": 3}), (3, (0, 1, 2), ("key",), (3,)), source=CALL)
    expect("callable", (callable(one), callable(ext.Bare())), (True, True), source=OFFSET)
    expect("mapped", list(map(one, "ab")), [(3, ("a",), None, ()), (3, ("b",), None, ())], source=CALL)


@scenario
def a_function_for_each_object(ext):
    """Objects of one type have functions of their own, which may be replaced."""
    one, two, three = ext.Foo(3), ext.Foo(4, 1), ext.Foo(5, 2)
    expect("two functions", (one("x")[0], two("x")[0], one("x")[0]), (3, -4, 3), source=OFFSET)
    expect("a failing one", attempt(three), raised(LookupError), source=CALL)
    one.again(1)
    two.again(0)
    expect("replaced", (one()[0], two()[0]), (-3, 4), source=OFFSET)
    one.again(2)
    expect("replaced by a failing one", (attempt(one).exception, two()[0]), ("LookupError", 4), source=OFFSET)


@scenario
def members_beside_the_function(ext):
    """Members before and behind the function keep their places, and calls leave them alone."""
    one = ext.Foo(3)
    expect("fresh", (one.before, one.after), (3.5, 3), source=MEMBERS)
    one.before, one.after = -1.25, 2 ** 40
    expect("after a write", (one(1), one.before, one.after), ((2 ** 40, (1,), None, ()), -1.25, 2 ** 40), source=MEMBERS)
    one.again(1)
    expect("after another function", (one()[0], one.before, one.after), (-2 ** 40, -1.25, 2 ** 40), source=MEMBERS)
    others = [ext.Foo(number) for number in range(50)]
    expect("each its own", [other()[0] for other in others], list(range(50)), source=MEMBERS)


@scenario
def nothing_but_a_function(ext):
    """A struct that is a call function, and nothing else."""
    expect("called", ext.Bare()(1, k=2), (7, (1,), ("k",), (2,)), source=OFFSET)
    expect("several", [one()[0] for one in [ext.Bare() for _ in range(20)]], [7] * 20, source=OFFSET)


@scenario
def assigned_as_in_the_example(ext):
    """A call function that is assigned in the constructor, as the example does, and not set, as the text says."""
    one = ext.Assigned()
    record("callable", callable(one))
    record("called", attempt(one, 1, k=2))


@scenario
def python_subclasses(ext):
    """An object of a Python subclass has the struct of the type, so it is called in the same way."""

    class Plain(ext.Foo):
        pass

    class Slotted(ext.Foo):
        __slots__ = ("one",)

    for cls in (Plain, Slotted):
        made = attempt(cls, 3)
        expect(cls.__name__, made.exception, None, source=INHERITED)
        if made.exception is None:
            one = made.value
            found = (one(1, k=2), one.before, one.after)
            expect(cls.__name__ + " called", found, ((3, (1,), ("k",), (2,)), 3.5, 3), source=INHERITED)
            one.one, one.after = "one", 4
            one.again(1)
            expect(cls.__name__ + " again", (one()[0], one.one), (-4, "one"), source=INHERITED)

    class Overriding(ext.Foo):
        def __call__(self, *args):
            return "of Python", args

    expect("overridden", attempt(lambda: Overriding(3)(1)), returned(("of Python", (1,))), source=INHERITED)


@scenario
def a_dictionary_by_offset(ext):
    """What the member __dictoffset__ does in a pure type: no document says; it moves nothing in the struct."""
    one = ext.Named()
    one.before, one.after = 1, 2
    record("in the type", "__dictoffset__" in vars(ext.Named))
    record("dictionary", hasattr(one, "__dict__"))
    record("without it", attempt(getattr, one, "other"))
    expect("members", (one.before, one.after), (1, 2), source=MEMBERS)


@scenario
def weak_references_by_offset(ext):
    """What the member __weaklistoffset__ does in a pure type: no document says; it moves nothing in the struct."""
    one = ext.Weak()
    one.before, one.after = 1, 2
    record("in the type", "__weaklistoffset__" in vars(ext.Weak))
    made = attempt(weakref.ref, one)
    record("made", made.exception)
    record("refers", made.exception is None and made.value() is one)
    expect("members", (one.before, one.after), (1, 2), source=MEMBERS)
    made = None  # before the object, as HPy has nothing that clears weak references


@scenario
def the_member_as_python_sees_it(ext):
    """What becomes of the special member as an attribute."""
    record("in the types", ["__vectorcalloffset__" in vars(cls) for cls in (ext.Foo, ext.Bare)])
    one = ext.Foo(3)
    record("read", attempt(getattr, one, "__vectorcalloffset__").exception)
    expect("not written", attempt(setattr, one, "__vectorcalloffset__", 0).exception is not None, True,
           source=READONLY)
    expect("still called", one(1), (3, (1,), None, ()), source=CALL)


@scenario
def arguments_are_released(ext):
    """A call keeps neither its arguments nor its result."""
    watch, one = Watch(), ext.Foo(3)
    result = one(watch.thing("positional"), name=watch.thing("by name"))
    collect()
    expect("in the result", watch.finalized, [], source=RELEASED)
    del result
    expect_released("let go", watch, ["positional", "by name"], source=RELEASED)
    failing = ext.Foo(3, 2)
    attempt(failing, watch.thing("of a failed call"))
    expect_released("failed", watch, ["positional", "by name", "of a failed call"], source=RELEASED)


@scenario
def both_ways_to_be_called(ext):
    """A slot and a member that both say how an object is called."""

    class Empty:
        __slots__ = ()

    record("refused", attempt(ext.make_double, Empty))
    expect("afterwards", ext.Foo(3)(), (3, (), None, ()), source=OFFSET)


@scenario
def refused_types_keep_nothing(ext):
    """A type that is refused, or made and let go, doesn't keep its base."""
    watch = Watch()
    base = type("Base", (), {"__slots__": (), "thing": watch.thing("of the base")})
    attempt(ext.make_double, base)
    collect()
    expect("in use", (watch.finalized, base.thing.name), ([], "of the base"), source=FAILURE)
    del base
    expect_released("let go", watch, ["of the base"], source=FAILURE)
