from hpy_conform import Watch, attempt, expect, expect_released, one_of, raised, record, returned, scenario

UNITS = "HPy API reference, 'Argument Parsing', Supported Formatting Strings"
OPTIONS = "HPy API reference, 'Argument Parsing', Options"
TRACKER = "HPy API reference, 'Argument Parsing', HPyArg_ParseKeywords (ht)"
HANDLES = "HPy API reference, 'Argument Parsing', Handles (Python Objects)"
KEYWORDS = "HPy API reference, 'Argument Parsing', HPyArg_ParseKeywords (keywords, kwnames)"
RETURNS = "HPy API reference, 'Argument Parsing', HPyArg_Parse (returns 0 on failure)"
AS_LONG = "Python/C API, 'Integer Objects', PyLong_AsLong (TypeError and OverflowError)"

POSITIONAL, BY_NAME, BY_DICT = 0, 1, 2
LIMITS = (
    ("b", 0, 255), ("h", -2**15, 2**15 - 1), ("i", -2**31, 2**31 - 1), ("l", -2**63, 2**63 - 1),
    ("L", -2**63, 2**63 - 1), ("n", -2**63, 2**63 - 1),
)
MASKED = (("B", 8), ("H", 16), ("I", 32), ("k", 64), ("K", 64))


class Index:
    def __init__(self, number):
        self.number = number

    def __index__(self):
        return self.number


class Failing:
    def __index__(self):
        raise LookupError("no index")

    def __float__(self):
        raise LookupError("no float")

    def __bool__(self):
        raise LookupError("no truth")


def outcome(function, *args):
    """What a call returned, or the name of its exception."""
    result = attempt(function, *args)
    return result.value if result.exception is None else result.exception


def longs(ext, how, fmt, names=(), positional=(), named=None, tracked=1):
    """A parse of integers; `named` is a dictionary, which becomes what the parser wants."""
    return parse(ext.longs, how, fmt, names, positional, named, tracked)


def objects(ext, how, fmt, names=(), positional=(), named=None, tracked=1):
    found = parse(ext.objects, how, fmt, names, positional, named, tracked)
    return [found[i] for i in range(sum(unit == "O" for unit in fmt.split(":")[0]))]


def parse(function, how, fmt, names, positional, named, tracked):
    if how == BY_NAME and named is not None:
        return function(how, tracked, fmt, names, positional, tuple(named), tuple(named.values()))
    return function(how, tracked, fmt, names, positional, named, ())


@scenario
def integers_within_their_limits(ext):
    """Every signed unit takes the least and the greatest number of its C type, and -1 where it has one."""
    for unit, least, most in LIMITS:
        for by_name in (0, 1):
            numbers = [least, most, 0, 1] + ([-1, -2] if least < 0 else [])
            expect("%s %d" % (unit, by_name), [outcome(ext.typed, by_name, unit, n) for n in numbers], numbers,
                   source=UNITS)


@scenario
def integers_beyond_their_limits(ext):
    """A number past the C type's limits is an OverflowError, not a truncated number."""
    for unit, least, most in LIMITS:
        for number in (least - 1, most + 1, -2**70, 2**70):
            expect("%s %d" % (unit, number), attempt(ext.typed, 0, unit, number), raised(OverflowError),
                   source=UNITS + "; " + AS_LONG)


@scenario
def integers_without_overflow_check(ext):
    """The unsigned units keep the low bits of any number."""
    for unit, bits in MASKED:
        numbers = (0, 1, 2**bits - 1, 2**bits, 2**bits + 5, -1, -2, -2**bits + 3, 2**70 + 9, 2**(bits - 1))
        expect(unit, [outcome(ext.typed, 0, unit, n) for n in numbers], [n % 2**bits for n in numbers],
               source=UNITS)


@scenario
def integers_from_other_objects(ext):
    """Objects with __index__ are numbers; text and None are a TypeError; an exception of __index__ comes through."""
    for unit in "bBhHiIlkLKn":
        expect("%s of bool" % unit, attempt(ext.typed, 0, unit, True), returned(1), source=AS_LONG)
        if unit != "n":  # PyLong_AsSsize_t takes instances of int alone
            expect("%s of index" % unit, attempt(ext.typed, 0, unit, Index(7)), returned(7), source=AS_LONG)
            expect("%s of failing" % unit, attempt(ext.typed, 0, unit, Failing()), raised(LookupError),
                   source=AS_LONG)
        expect("%s of str" % unit, attempt(ext.typed, 0, unit, "7").exception, "TypeError", source=AS_LONG)
        expect("%s of None" % unit, attempt(ext.typed, 1, unit, None).exception, "TypeError", source=AS_LONG)


@scenario
def real_numbers(ext):
    """`d` and `f` take floats and what converts to them; -1.0 is a number like any other."""
    for unit in "df":
        for number in (1.5, -1.0, 0.0, -2.25, 3, -1, float("inf")):
            expect("%s %s" % (unit, number), attempt(ext.typed, 0, unit, number), returned(float(number)),
                   source=UNITS)
        expect("%s of text" % unit, attempt(ext.typed, 0, unit, "1.5").exception, "TypeError",
               source="Python/C API, 'Floating Point Objects', PyFloat_AsDouble")
        expect("%s of failing" % unit, attempt(ext.typed, 1, unit, Failing()), raised(LookupError),
               source="Python/C API, 'Floating Point Objects', PyFloat_AsDouble")
    expect("d is exact", ext.typed(0, "d", 0.1), 0.1, source=UNITS)
    expect("f is rounded", ext.typed(0, "f", 0.1), 0.10000000149011612, source=UNITS)


@scenario
def truth(ext):
    """`p` is 1 or 0 for any object, and fails if the object's truth does."""
    for label, given, result in (("True", True, 1), ("False", False, 0), ("5", 5, 1), ("empty", [], 0),
                                 ("None", None, 0), ("full", (0,), 1), ("object", object(), 1), ("''", "", 0)):
        expect(label, [ext.typed(0, "p", given), ext.typed(1, "p", given)], [result, result], source=UNITS)
    expect("failing", attempt(ext.typed, 0, "p", Failing()), raised(LookupError), source=UNITS)


@scenario
def text(ext):
    """`s` is the UTF-8 of a str without null characters; anything else is refused."""
    for given in ("", "a", "abc def", "\u00e4\u20ac\U0001f600"):
        expect("of %s" % ascii(given), ext.typed(0, "s", given), given.encode(), source=UNITS)
    for label, given in (("at the front", "\0abc"), ("in the middle", "a\0b"), ("at the end", "ab\0")):
        expect("null " + label, attempt(ext.typed, 0, "s", given), raised(ValueError), source=UNITS)
    for label, given in (("bytes", b"abc"), ("None", None), ("5", 5)):
        expect(label, attempt(ext.typed, 1, "s", given), raised(TypeError), source=UNITS)


@scenario
def text_that_is_no_utf_8(ext):
    """A str that has no UTF-8 is a UnicodeError."""
    result = attempt(ext.typed, 0, "s", "a\ud800")
    expect("a UnicodeError", result.exception in ("UnicodeError", "UnicodeEncodeError"), True, source=UNITS)
    record("how it ends", result)
    for fmt, inside in (("s:spam", "spam()"), ("s;all of it", "all of it")):
        expect(fmt + " in the message", inside in (attempt(ext.typed, 0, fmt, "a\ud800").message or ""), True,
               source=OPTIONS)


@scenario
def unset_optional_numbers(ext):
    """What is optional and not given is left as it was."""
    for unit in "bBhHiIlkLKn":
        expect(unit, [outcome(ext.typed, by_name, "|" + unit) for by_name in (0, 1)], [77, 77],
               source=OPTIONS)
        expect(unit + " given", [outcome(ext.typed, by_name, "|" + unit, 5) for by_name in (0, 1)],
               [5, 5], source=OPTIONS)
    for unit in "fd":
        expect(unit, [outcome(ext.typed, by_name, "|" + unit) for by_name in (0, 1)], [77.0, 77.0],
               source=OPTIONS)


@scenario
def unset_optional_truth(ext):
    """An optional `p` that is not given is left as it was."""
    expect("p", attempt(ext.typed, 0, "|p"), returned(77), source=OPTIONS)


@scenario
def unset_optional_text(ext):
    """An optional `s` that is not given is left as it was."""
    expect("s", attempt(ext.typed, 0, "|s"), returned(b"unset"), source=OPTIONS)


@scenario
def numbers_of_arguments(ext):
    """A parse by position wants the required ones, takes the optional ones, and refuses more."""
    given = (1, 2, 3, 4, 5)
    for fmt, least, most in (("", 0, 0), ("l", 1, 1), ("ll", 2, 2), ("l|l", 1, 2), ("|ll", 0, 2), ("ll|ll", 2, 4)):
        for tracked in (0, 1):
            for count in range(0, 6):
                label = "%r %d %d" % (fmt, tracked, count)
                found = attempt(longs, ext, POSITIONAL, fmt, (), given[:count], None, tracked)
                if least <= count <= most:
                    wanted = given[:count] + tuple(range(90 + count, 96))
                    expect(label, found, returned(wanted), source=OPTIONS)
                else:
                    expect(label, found, raised(TypeError), source=RETURNS)


@scenario
def names_and_positions(ext):
    """Every parameter is given by position or by name, in any order of the names."""
    names = ("a", "bee", "c")
    ways = (
        ((1, 2, 3), None), ((1, 2, 3), {}), ((1, 2), {"c": 3}), ((1,), {"bee": 2, "c": 3}),
        ((1,), {"c": 3, "bee": 2}), ((), {"c": 3, "a": 1, "bee": 2}), ((), {"bee": 2, "c": 3, "a": 1}),
    )
    for how in (BY_NAME, BY_DICT):
        for number, (positional, named) in enumerate(ways):
            for tracked in (0, 1):
                expect("%d, %d, %d" % (how, number, tracked),
                       attempt(longs, ext, how, "lll", names, positional, named, tracked),
                       returned((1, 2, 3, 93, 94, 95)), source=KEYWORDS)
        expect("%d, none" % how, longs(ext, how, "", ()), (90, 91, 92, 93, 94, 95), source=KEYWORDS)


@scenario
def missing_and_optional_names(ext):
    """A required parameter that nobody gives is a TypeError; an optional one is left as it was."""
    names = ("a", "b", "c")
    for how in (BY_NAME, BY_DICT):
        expect("%d only c" % how, attempt(longs, ext, how, "|lll", names, (), {"c": 3}),
               returned((90, 91, 3, 93, 94, 95)), source=OPTIONS)
        expect("%d a and c" % how, attempt(longs, ext, how, "l|ll", names, (1,), {"c": 3}),
               returned((1, 91, 3, 93, 94, 95)), source=OPTIONS)
        expect("%d no names" % how, attempt(longs, ext, how, "l|ll", names, (1,)),
               returned((1, 91, 92, 93, 94, 95)), source=OPTIONS)
        for label, positional, named in (("nothing", (), None), ("empty", (), {}), ("first", (), {"b": 2}),
                                         ("second", (1,), {"c": 3})):
            expect("%d without the %s" % (how, label), attempt(longs, ext, how, "ll|l", names, positional, named),
                   raised(TypeError), source=OPTIONS)


@scenario
def keyword_only(ext):
    """After `$` a parameter has a value only by its name."""
    names = ("a", "b", "c")
    for how in (BY_NAME, BY_DICT):
        expect("%d all" % how, attempt(longs, ext, how, "l|l$l", names, (1, 2), {"c": 3}),
               returned((1, 2, 3, 93, 94, 95)), source=OPTIONS)
        expect("%d not given" % how, attempt(longs, ext, how, "l|l$l", names, (1, 2)),
               returned((1, 2, 92, 93, 94, 95)), source=OPTIONS)
        expect("%d others left out" % how, attempt(longs, ext, how, "l|l$l", names, (), {"c": 3, "a": 1}),
               returned((1, 91, 3, 93, 94, 95)), source=OPTIONS)
        expect("%d by position" % how, attempt(longs, ext, how, "l|l$l", names, (1, 2, 3)), raised(TypeError),
               source=OPTIONS)
        expect("%d, $ without |" % how, attempt(longs, ext, how, "l$ll", names, (1,), {"c": 3}),
               one_of(returned((1, 91, 3, 93, 94, 95)), raised(SystemError)),
               source=OPTIONS + " ($: all are optional)")


@scenario
def positional_only(ext):
    """A parameter whose name is empty has a value only by position, and stands before all others."""
    for how in (BY_NAME, BY_DICT):
        expect("%d given" % how, attempt(longs, ext, how, "lll", ("", "", "c"), (1, 2), {"c": 3}),
               returned((1, 2, 3, 93, 94, 95)), source=KEYWORDS)
        expect("%d missing" % how, attempt(longs, ext, how, "ll", ("", "b"), (), {"b": 2}), raised(TypeError),
               source=KEYWORDS)
        expect("%d the empty name" % how, attempt(longs, ext, how, "|ll", ("", "b"), (), {"": 1, "b": 2}),
               returned((90, 2, 92, 93, 94, 95)), source=KEYWORDS)
        for label, names in (("last", ("a", "")), ("in the middle", ("", "b", "", "d"))):
            expect("%d %s" % (how, label), attempt(longs, ext, how, "l" * len(names), names, (1, 2, 3, 4)).exception,
                   "SystemError", source="Python/C API, 'Parsing arguments and building values', "
                   "PyArg_ParseTupleAndKeywords (positional-only); HPy API reference, 'Argument Parsing' (replaces it)")


def failed(label, result, source):
    """The promise of an exception, be its type what it may; an AssertionError is the C's word for none."""
    expect(label + ": fails with an exception", result.exception not in (None, "AssertionError"), True, source=source)
    record(label, result)


@scenario
def names_and_units_differ_in_number(ext):
    """A format with more or fewer units than there are names is an error of the extension."""
    source = KEYWORDS + ": the number of names should match the format string; " + RETURNS
    for how in (BY_NAME, BY_DICT):
        for label, fmt, names in (("fewer names", "ll", ("a",)), ("no names", "|l", ()),
                                  ("more names", "l", ("a", "b")), ("no units", "", ("a",))):
            for tracked in (0, 1):
                failed("%d %s %d" % (how, label, tracked),
                       attempt(longs, ext, how, fmt, names, (1, 2)[:len(fmt)], None, tracked), source)
                failed("%d %s %d, none given" % (how, label, tracked),
                       attempt(longs, ext, how, "|" + fmt, names, (), None, tracked), source)
                failed("%d %s %d, another given" % (how, label, tracked),
                       attempt(longs, ext, how, "|" + fmt, names, (), {"x": 1}, tracked), source)


@scenario
def what_the_parser_ignores(ext):
    """Names that are no parameter's, names given twice, positions past the last parameter."""
    for how in (BY_NAME, BY_DICT):
        record("%d unknown name" % how, attempt(longs, ext, how, "l|l", ("a", "b"), (1,), {"x": 2}))
        record("%d given twice" % how, attempt(longs, ext, how, "l|l", ("a", "b"), (1,), {"a": 5}))
        record("%d too many" % how, attempt(longs, ext, how, "l|l", ("a", "b"), (1, 2, 3)))


@scenario
def wrong_containers_of_names(ext):
    """What should be a tuple of names has no length; what should be a dictionary has no items."""
    failed("names", attempt(ext.longs, BY_NAME, 1, "l", ("a",), (), 5, ()), RETURNS)
    failed("names, untracked", attempt(ext.longs, BY_NAME, 0, "|l", ("a",), (), 5, ()), RETURNS)
    for fmt, inside in (("l:spam", "spam()"), ("l;all of it", "all of it")):
        message = attempt(ext.longs, BY_NAME, 0, fmt, ("a",), (), 5, ()).message
        expect(fmt + " in the message", inside in (message or ""), True, source=OPTIONS)
    record("dictionary", attempt(ext.longs, BY_DICT, 1, "|l", ("a",), (), 5, ()))
    failed("dictionary, required", attempt(ext.longs, BY_DICT, 1, "l", ("a",), (), 5, ()), RETURNS)


@scenario
def messages(ext):
    """A name after `:` stands in the message; what follows `;` is all of it."""
    for fmt in ("b", "b:spam", "b;all of it", "b:sp;am", "b;all: of it", "b:", "b;"):
        for label, arguments in (("overflow", (256,)), ("underflow", (-1,)), ("missing", ()), ("too many", (1, 2))):
            result = attempt(ext.typed, 0, fmt, *arguments)
            failed("%s %s" % (fmt, label), result, RETURNS)
            if fmt != "b;":
                expect("%s %s has a message" % (fmt, label), bool(result.message) and result.message.isprintable(),
                       True, source=OPTIONS + " (: and ; the name or the message in place of the default message)")
    for fmt, inside in (("b:spam", "spam()"), ("b:sp;am", "sp;am()")):
        expect(fmt + " names the function", inside in attempt(ext.typed, 0, fmt, 256).message, True, source=OPTIONS)
    for fmt, message in (("b;all of it", "all of it"), ("b;all: of it", "all: of it")):
        expect(fmt + " is the message", attempt(ext.typed, 0, fmt, 256).message, message, source=OPTIONS)
        expect(fmt + " for none", attempt(ext.typed, 0, fmt).message, message, source=OPTIONS)
    for unit, most, least in (("h", 2**15, -2**15 - 1), ("i", 2**31, -2**31 - 1)):
        record(unit, (attempt(ext.typed, 0, unit, most).message, attempt(ext.typed, 0, unit, least).message))
    for fmt in ("s", "s:spam"):
        record(fmt, (attempt(ext.typed, 0, fmt, 5).message, attempt(ext.typed, 0, fmt, "a\0").message))
    long = attempt(ext.typed, 0, "b:" + "x" * 900, 256)
    expect("a long name", long, raised(OverflowError), source=RETURNS)
    record("its message", long.message)
    record("a long message", attempt(ext.typed, 0, "b;" + "y" * 900, 256).message)


@scenario
def messages_of_parses_with_names(ext):
    """Errors about parameters and names say which function it was."""
    for how in (BY_NAME, BY_DICT):
        for suffix in ("", ":spam", ";all of it"):
            tests = (
                ("missing", "ll", ("a", "b"), (1,)), ("keyword-only", "|$l", ("a",), (1,)),
                ("empty name", "ll", ("a", ""), (1, 2)), ("few names", "ll", ("a",), (1, 2)),
                ("many names", "l", ("a", "b"), (1,)),
            )
            for label, fmt, names, positional in tests:
                failed("%d %s%s" % (how, label, suffix),
                       attempt(longs, ext, how, fmt + suffix, names, positional), RETURNS)


@scenario
def unknown_units(ext):
    """A unit that the parser does not know is an error, wherever it stands."""
    for fmt in ("y", "l?", "|z", "S", "(l)"):
        failed(fmt, attempt(longs, ext, POSITIONAL, fmt, (), (1, 2)[:len(fmt.strip("|()"))]), RETURNS)


@scenario
def objects_are_those_given(ext):
    """`O` gives the very objects, by position and by name, also when their container no longer has them."""
    one, two, three = ["one"], ["two"], ["three"]
    ways = (
        ("by position", POSITIONAL, (one, two, three), None), ("positions", BY_NAME, (one, two, three), None),
        ("names", BY_NAME, (), {"c": three, "a": one, "b": two}), ("mixed", BY_NAME, (one,), {"c": three, "b": two}),
        ("positions, dictionary", BY_DICT, (one, two, three), {}),
        ("dictionary", BY_DICT, (), {"c": three, "a": one, "b": two}),
        ("mixed with a dictionary", BY_DICT, (one,), {"c": three, "b": two}),
    )
    for label, how, positional, named in ways:
        found = objects(ext, how, "OOO", ("a", "b", "c"), positional, named)
        expect(label, [a is b for a, b in zip(found, (one, two, three))], [True] * 3, source=HANDLES)
    for how in (BY_NAME, BY_DICT):
        found = objects(ext, how, "|OOO", ("a", "b", "c"), (), {"b": two})
        expect("%d optional" % how, found, ["unset", two, "unset"], source=OPTIONS)
    expect("optional by position", objects(ext, POSITIONAL, "O|O", (), (one,)), [one, "unset"], source=OPTIONS)


@scenario
def many_objects(ext):
    """A tracker takes any number of handles."""
    names = tuple("n%d" % i for i in range(16))
    for count in (4, 5, 6, 7, 11, 12, 13, 16):
        given = [[i] for i in range(count)]
        for how in (BY_NAME, BY_DICT):
            named = dict(zip(names[2:count], given[2:]))
            found = objects(ext, how, "O" * count, names[:count], tuple(given[:2]), named)
            expect("%d of %d" % (how, count), found, given, source=TRACKER)


@scenario
def no_tracker_for_objects(ext):
    """A parse with names needs a tracker for `O`, and says so; one by position does not."""
    for how in (BY_NAME, BY_DICT):
        expect("%d" % how, attempt(objects, ext, how, "O", ("a",), (1,), None, 0), raised(SystemError), source=TRACKER)
        expect("%d, by name" % how, attempt(objects, ext, how, "O", ("a",), (), {"a": 1}, 0), raised(SystemError),
               source=TRACKER)
        expect("%d, not given" % how, attempt(objects, ext, how, "|O", ("a",), (), None, 0), raised(SystemError),
               source=TRACKER)
    expect("by position", attempt(objects, ext, POSITIONAL, "OO", (), (1, 2), None, 0), returned([1, 2]),
           source="HPy API reference, 'Argument Parsing', HPyArg_Parse (never requires an HPyTracker)")


def drop(ext, watch, how, fmt, positional, named):
    """Parse fresh objects of these names, and forget all about it; the exception, if there was one."""
    made = tuple(watch.thing(name) if isinstance(name, str) else name for name in positional)
    by_name = None if named is None else {key: watch.thing(name) if isinstance(name, str) else name
                                          for key, name in named.items()}
    return attempt(parse, ext.objects, how, fmt, ("a", "b", "c"), made, by_name, 1).exception


@scenario
def objects_end_after_a_parse(ext):
    """Nobody holds the objects once the tracker is closed, which the parser does itself when it fails."""
    ways = (
        ("by position", POSITIONAL, ("x", "y", "z"), None), ("positions", BY_NAME, ("x", "y", "z"), None),
        ("names", BY_NAME, (), {"b": "y", "a": "x", "c": "z"}),
        ("dictionary", BY_DICT, (), {"a": "x", "b": "y", "c": "z"}),
        ("mixed", BY_DICT, ("x",), {"b": "y", "c": "z"}),
    )
    for label, how, positional, named in ways:
        watch = Watch()
        expect(label, drop(ext, watch, how, "OOO", positional, named), None, source=HANDLES)
        expect_released(label + ": ended", watch, ["x", "y", "z"], HANDLES)
    failures = (
        ("too many by position", POSITIONAL, "O", ("x", "y"), None),
        ("missing by position", POSITIONAL, "OO", ("x",), None),
        ("missing", BY_NAME, "OOO", ("x", "y"), None), ("missing name", BY_NAME, "OOO", ("x",), {"c": "y"}),
        ("missing in a dictionary", BY_DICT, "OOO", (), {"a": "x", "b": "y"}),
        ("no number", BY_NAME, "OOl", (), {"a": "x", "b": "y", "c": None}),
        ("an object for a number", BY_NAME, "OlO", (), {"a": "x", "b": "y"}),
        ("an object for a number in a dictionary", BY_DICT, "OlO", (), {"a": "x", "b": "y"}),
        ("few names", BY_NAME, "OOOO", ("x", "y"), {"c": "z"}),
        ("few names, dictionary", BY_DICT, "OOOO", (), {"a": "x", "b": "y", "c": "z"}),
        ("few units", BY_NAME, "OO", ("x", "y"), None),
        ("few units, dictionary", BY_DICT, "OO", (), {"a": "x", "b": "y"}),
    )
    for label, how, fmt, positional, named in failures:
        watch = Watch()
        expect(label, drop(ext, watch, how, fmt, positional, named), "TypeError", source=RETURNS)
        made = [name for name in list(positional) + list((named or {}).values()) if name is not None]
        expect_released(label + ": ended", watch, made, HANDLES)


@scenario
def numbers_end_after_a_parse(ext):
    """A value that was taken out of a dictionary and converted is not held either."""
    for how in (BY_NAME, BY_DICT):
        watch = Watch()
        ended = watch.thing("x")

        class Number:
            def __init__(self, thing):
                self.thing = thing

            def __index__(self):
                return 4

        given = {"a": Number(ended)}
        del ended
        expect("%d" % how, longs(ext, how, "l", ("a",), (), given)[0], 4, source=UNITS)
        del given
        expect_released("%d: ended" % how, watch, ["x"], HANDLES)


class Name(str):
    """A name of a parameter that can be watched."""


@scenario
def names_end_after_a_parse(ext):
    """The names are looked at, and not held."""
    watch = Watch()
    first, second = Name("b"), Name("a")
    first.thing, second.thing = watch.thing("first"), watch.thing("second")
    expect("parsed", attempt(ext.longs, BY_NAME, 1, "ll", ("a", "b"), (), (first, second), (1, 2)),
           returned((2, 1, 92, 93, 94, 95)), source=KEYWORDS)
    expect_released("alive", watch, [], HANDLES)
    del first, second
    expect_released("ended", watch, ["first", "second"], HANDLES)


class Incomparable(str):
    """A name that cannot be compared."""

    __hash__ = str.__hash__

    def __eq__(self, other):
        raise LookupError("no comparison")


@scenario
def names_that_cannot_be_compared(ext):
    """When the comparison of a name fails, the parser fails, or goes on without the exception."""
    result = attempt(ext.longs, BY_NAME, 1, "|l", ("a",), (), (Incomparable("a"),), (1,))
    expect("succeeds with an exception", result.exception == "AssertionError", False, source=RETURNS)


@scenario
def a_function_that_python_calls(ext):
    """The parser gets what a call statement gives, through the signature HPyFunc_KEYWORDS."""
    expect("a", ext.named(1), (1, None, 90), source=KEYWORDS)
    expect("a, b", ext.named(1, 2), (1, 2, 90), source=KEYWORDS)
    expect("b by name", ext.named(1, b=2), (1, 2, 90), source=KEYWORDS)
    expect("c and b", ext.named(1, c=3, b=2), (1, 2, 3), source=KEYWORDS)
    expect("only c", ext.named(1, c=-1), (1, None, -1), source=KEYWORDS)
    expect("unpacked", ext.named(*[1], **{"c": 3}), (1, None, 3), source=KEYWORDS)
    expect("nothing", attempt(ext.named), raised(TypeError), source=OPTIONS)
    expect("only names", attempt(lambda: ext.named(b=2, c=3)), raised(TypeError), source=KEYWORDS)
    expect("c by position", attempt(ext.named, 1, 2, 3), raised(TypeError), source=OPTIONS)
    expect("c is text", attempt(lambda: ext.named(1, c="x")).exception, "TypeError", source=AS_LONG)
    watch = Watch()
    expect("kept", ext.named(watch.thing("x"), b=watch.thing("y"))[2], 90, source=KEYWORDS)
    attempt(ext.named, watch.thing("p"), watch.thing("q"), 3)
    expect_released("ended", watch, ["x", "y", "p", "q"], HANDLES)
