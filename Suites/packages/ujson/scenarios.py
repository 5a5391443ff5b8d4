import copy
import io
import pickle
import threading
from decimal import Decimal
from enum import IntEnum

import ujson
from hpy_conform import Watch, attempt, collect, expect, expect_released, one_of, raised, record, returned, scenario

README = "ujson README, 'Usage' (a drop in replacement for other JSON parsers)"
JSON = README + "; Python library, 'json', dumps() and loads()"
DEFAULT = README + "; Python library, 'json', dumps(), default"
SORTED = README + "; Python library, 'json', dumps(), sort_keys"
OPTIONS = "ujson README, 'Encoder options'"
FILES = README + "; Python library, 'json', dump() and load()"
NUMBERS = README + "; Python library, 'json', 'Encoders and Decoders' (a number (int) becomes an int)"
ERRORS = (
    "Python language reference, 'Executing the program', 'Exceptions' (the exception that was raised is propagated)"
)
BUFFERS = (
    "ujson's own messages for other arguments (a C-contiguous bytes-like object is decoded; on PyPy str, bytes and "
    "bytearray alone)"
)
EXPORTS = "Python/C API, 'Buffer Protocol', PyBuffer_Release (for each successful PyObject_GetBuffer)"
RELEASED = "Python/C API, 'Objects, Types and Reference Counts' (who owns a reference has to give it up)"
PICKLED = "Python library, 'pickle', 'What can be pickled and unpickled?'"


class Thing:
    """What no encoder knows."""

    def __init__(self, name="thing"):
        self.name = name

    def __repr__(self):
        return "Thing(%s)" % self.name


class Answer:
    """An object with one of the methods that the encoder asks for."""

    def __init__(self, name, answer):
        setattr(self, name, answer)


def fail(*_):
    raise LookupError("refused")


@scenario
def values_come_back(ext):
    """What was encoded is decoded to an equal value."""
    value = {
        "text": 'caf\xe9 \u20ac \U0001f600 \\ " / \n',
        "numbers": [0, -1, 2**31, -(2**63), 2**64 - 1, 0.5, -1e300],
        "others": [None, True, False, [], {}, ""],
        "nested": {"a": [{"b": []}]},
    }
    for name, options in (
        ("plain", {}),
        ("unicode", {"ensure_ascii": False}),
        ("indented", {"indent": 3}),
        ("html", {"encode_html_chars": True}),
        ("slashes", {"escape_forward_slashes": False}),
        ("sorted", {"sort_keys": True}),
        ("separated", {"separators": (" , ", " : ")}),
    ):
        expect(name, ext.loads(ext.dumps(value, **options)) == value, True, source=JSON)
    long_text = "x\u20ac" * 40000
    expect("a long text", ext.loads(ext.dumps([long_text], ensure_ascii=False)) == [long_text], True, source=JSON)
    expect("html escaped", ext.dumps("<a&b>", encode_html_chars=True), '"\\u003ca\\u0026b\\u003e"', source=OPTIONS)
    expect(
        "separators that are not ASCII",
        attempt(ext.dumps, [1, 2, {"a": 3}], separators=("\u20ac", "\xe9")).value,
        '[1\u20ac2\u20ac{"a"\xe93}]',
        source=SORTED.replace("sort_keys", "separators"),
    )


@scenario
def large_integers_are_decoded(ext):
    """Integers of any size are decoded, and leave nothing behind."""
    large = 12345678901234567890123
    expect("alone", ext.loads(str(large)), large, source=NUMBERS)
    expect("negative", ext.loads("[-%d, %d]" % (large, large)), [-large, large], source=NUMBERS)
    expect("encoded", ext.dumps([large, -large]), "[%d,-%d]" % (large, large), source=NUMBERS)


@scenario
def an_integer_of_too_many_digits(ext):
    """Where Python refuses to convert so many digits, so does the decoder, and what was decoded before is released."""
    digits = "1" * 5000
    wanted = attempt(int, digits).exception
    found = [attempt(ext.loads, text % digits).exception for text in ("%s", "[[], %s]", '{"a": [], "b": %s}')]
    expect(
        "as int() does",
        [one == wanted for one in found],
        [True, True, True],
        source="Python library, 'Built-in Types', Integer string conversion length limitation",
    )


@scenario
def the_default_function_fails(ext):
    """An exception of the default function is that of dumps(), wherever it is called."""
    for name, value in (
        ("alone", Thing()),
        ("in a list", [1, Thing(), 2]),
        ("in a dictionary", {"a": {"b": Thing()}}),
        ("behind a long text", ["x" * 200000, Thing()]),
    ):
        expect(name, attempt(ext.dumps, value, default=fail), raised(LookupError), source=ERRORS)
    expect("none", attempt(ext.dumps, Thing()), raised(TypeError), source=JSON)
    expect("not callable", attempt(ext.dumps, Thing(), default=3), raised(TypeError), source=JSON)


@scenario
def the_default_function_fails_the_second_time(ext):
    """What the default function returned is released if the function is called again for it, and fails."""
    watch = Watch()

    def once(value):
        if isinstance(value, Thing):
            return watch.thing("first")
        raise LookupError("refused")

    expect("exception", attempt(ext.dumps, [Thing()], default=once), raised(LookupError), source=ERRORS)
    expect_released("first", watch, ["first"], source=RELEASED)


@scenario
def the_default_function_never_ends(ext):
    """A default function that returns unknown objects for ever is given up, and these objects are released."""
    watch = Watch()
    ended = attempt(ext.dumps, Thing(), default=lambda value: watch.thing("next"))
    record("exception", ended)
    record("calls", len(watch._references))
    expect_released("all", watch, ["next"] * len(watch._references), source=RELEASED)


@scenario
def what_the_default_function_returns(ext):
    """Any value that can be encoded may be returned, and is released behind the call."""
    for name, value in (
        ("text", "plain"),
        ("number", 7),
        ("large number", 10**30),
        ("list", [1, [2]]),
        ("dictionary", {"b": 1, "a": [None]}),
        ("nothing", None),
        ("tuple", (1, "x")),
    ):
        expected = ext.dumps(value)
        expect(name, ext.dumps([Thing(), 0], default=lambda _: value), "[%s,0]" % expected, source=DEFAULT)


@scenario
def the_default_function_returns_text_that_is_not_ascii(ext):
    """Text that has to be encoded first is released, too."""
    made = ext.dumps([Thing()], default=lambda value: "\u20ac" + value.name)
    expect("text", made, '["\\u20acthing"]', source=DEFAULT)

    class Text(str):
        pass

    watch = Watch()

    def text(_):
        one = Text("\u20ac")
        one.thing = watch.thing("attribute")
        return one

    expect("subclass", ext.dumps([Thing()], default=text), '["\\u20ac"]', source=DEFAULT)
    expect_released("returned", watch, ["attribute"], source=RELEASED)


@scenario
def the_default_function_returns_a_dictionary_to_be_sorted(ext):
    """A dictionary from the default function is sorted, and complete."""
    value = {"b": 1, "a": 2}
    expect("without", ext.dumps(Thing(), default=lambda _: value), '{"b":1,"a":2}', source=DEFAULT)
    expect("sorted", ext.dumps(Thing(), default=lambda _: value, sort_keys=True), '{"a":2,"b":1}', source=SORTED)
    expect(
        "nested",
        ext.dumps([{"x": Thing()}], default=lambda _: value, sort_keys=True),
        '[{"x":{"a":2,"b":1}}]',
        source=SORTED,
    )


@scenario
def the_default_function_shortens_the_list(ext):
    """A list that the default function clears while it is encoded makes no crash."""
    values = [Thing(), 1, 2, 3]

    def clear(_):
        values.clear()
        return 0

    record("cleared", attempt(ext.dumps, values, default=clear))


@scenario
def the_default_function_changes_the_dictionary(ext):
    """A dictionary that the default function clears while it is encoded makes no crash."""
    values = {"a": Thing(), "b": 1, "c": 2}

    def clear(_):
        values.clear()
        return 0

    record("cleared", attempt(ext.dumps, values, default=clear))
    many = dict.fromkeys("abcdefgh", 1)
    many["b"] = Thing()

    def sorted_clear(_):
        many.clear()
        return 0

    record("cleared and sorted", attempt(ext.dumps, many, default=sorted_clear, sort_keys=True).exception is None)


@scenario
def texts_of_the_object_itself(ext):
    """__json__() gives raw JSON; whatever it raises or returns is released."""
    expect("text", ext.dumps([Answer("__json__", lambda: "[1, 2]"), 3]), "[[1, 2],3]", source=JSON)
    expect("bytes", ext.dumps([Answer("__json__", lambda: b"null")]), "[null]", source=JSON)
    expect("not ASCII", ext.dumps([Answer("__json__", lambda: '"\u20ac%d"' % 5)]), '["\u20ac5"]', source=JSON)
    expect("raises", attempt(ext.dumps, [Answer("__json__", fail)]), raised(LookupError), source=ERRORS)
    expect("a list", attempt(ext.dumps, Answer("__json__", lambda: [1])), raised(TypeError), source=JSON)
    expect("no function", attempt(ext.dumps, Answer("__json__", 3)), raised(TypeError), source=JSON)


@scenario
def texts_of_objects_from_the_default_function(ext):
    """An object from the default function with a text of its own is released."""
    watch = Watch()

    def described(_):
        one = Answer("__json__", lambda: '"\u20ac%d"' % 5)
        one.thing = watch.thing("attribute")
        return one

    expect("text", ext.dumps([Thing()], default=described), '["\u20ac5"]', source=DEFAULT)
    expect_released("object", watch, ["attribute"], source=RELEASED)


@scenario
def dictionaries_of_the_object_itself(ext):
    """toDict() gives a dictionary; whatever it raises or returns is released."""
    watch = Watch()

    class Kept(dict):
        pass

    def kept():
        one = Kept(b=1, a=2)
        one.thing = watch.thing("attribute")
        return one

    found = ext.dumps([Answer("toDict", kept)], sort_keys=True)
    record("a dictionary", found)
    record("raises", attempt(ext.dumps, [Answer("toDict", fail)]))
    record("a list", attempt(ext.dumps, Answer("toDict", lambda: [1])))
    record("unknown inside", attempt(ext.dumps, Answer("toDict", lambda: {"a": 1, "b": Thing()})))
    expect_released("dictionary", watch, ["attribute"], source=RELEASED)


@scenario
def keys_that_fail(ext):
    """An exception of a key's __str__ is that of dumps()."""

    class Key:
        def __str__(self):
            raise LookupError("refused")

    expect("alone", attempt(ext.dumps, {"a": 1, Key(): 2}), raised(LookupError), source=ERRORS)
    expect("nested", attempt(ext.dumps, [{Key(): 2}]), raised(LookupError), source=ERRORS)
    expect("sorted, unlike types", attempt(ext.dumps, {"a": 1, 2: 3}, sort_keys=True), raised(TypeError), source=SORTED)


@scenario
def nothing_is_called_behind_a_failed_key(ext):
    """Behind an exception of a key, no function of Python is called any more."""
    called = []

    class Key:
        def __str__(self):
            raise LookupError("refused")

    def default(_):
        called.append("default")
        return 0

    expect("exception", attempt(ext.dumps, [{Key(): 1}, Thing()], default=default), raised(LookupError), source=ERRORS)
    expect("called", called, [], source=ERRORS)


@scenario
def nothing_is_called_behind_a_failed_number(ext):
    """Behind a number that can't be converted, no function of Python is called any more."""
    called = []

    def default(_):
        called.append("default")
        return 0

    expect(
        "exception",
        attempt(ext.dumps, [Decimal("sNaN"), Thing()], default=default),
        raised(ValueError),
        source="Python library, 'decimal', Special values (conversion of a signaling NaN)",
    )
    expect("called", called, [], source=ERRORS)


@scenario
def files_that_fail(ext):
    """Exceptions of a file's methods are those of dump() and load()."""

    class File:
        write = read = fail

    def dumped(value, file, **options):
        ext.dump(value, file, **options)

    expect("write raises", attempt(dumped, ["text of some length"], File()), raised(LookupError), source=ERRORS)
    expect("read raises", attempt(ext.load, File()), raised(LookupError), source=ERRORS)
    expect("value fails", attempt(dumped, [Thing()], io.StringIO()), raised(TypeError), source=FILES)
    expect("default fails", attempt(dumped, [Thing()], io.StringIO(), default=fail), raised(LookupError), source=ERRORS)
    record("no file", (attempt(dumped, [], 3).exception, attempt(ext.load, 3).exception))
    record(
        "no functions",
        (attempt(dumped, [], Answer("write", 3)).exception, attempt(ext.load, Answer("read", 3)).exception),
    )
    expect("bad text", attempt(ext.load, io.StringIO("[1, ")), raised(ext.JSONDecodeError), source=FILES)


@scenario
def files_are_written_and_read(ext):
    """dump() writes what load() reads."""
    file = io.StringIO()
    expect("written", ext.dump({"a": [1, "\u20ac"]}, file, ensure_ascii=False), None, source=FILES)
    file.seek(0)
    expect("read", ext.load(file), {"a": [1, "\u20ac"]}, source=FILES)
    expect("of bytes", ext.load(io.BytesIO(b'{"a": 1}')), {"a": 1}, source=FILES)


@scenario
def calls_within_calls(ext):
    """The functions may be called from their own callbacks."""

    class File:
        def __init__(self):
            self.written = []

        def write(self, text):
            self.written.append(ext.loads(text))
            self.written.append(ext.dumps(text))

    inner = ext.dumps([Thing(), 2], default=lambda _: ext.loads(ext.dumps([Thing()], default=lambda _: "inner")))
    expect("default", inner, '[["inner"],2]', source=DEFAULT)
    text = ext.dumps(Answer("__json__", lambda: ext.dumps(["x" * 5, Answer("__json__", lambda: ext.dumps({"a": 1}))])))
    expect("__json__", text, '["xxxxx",{"a":1}]', source=JSON)
    file = File()
    ext.dump([1], file)
    expect("write", file.written, [[1], '"[1]"'], source=FILES)


@scenario
def buffers_are_decoded(ext):
    """Objects with a buffer are decoded, and the buffer is released, also by errors."""
    data = bytearray(b'{"a": [1, 2.5, "x"]}')
    expect("bytes", ext.loads(bytes(data)), {"a": [1, 2.5, "x"]}, source=BUFFERS)
    expect("bytearray", ext.loads(data), {"a": [1, 2.5, "x"]}, source=BUFFERS)
    attempt(ext.loads, data[:-2])
    data.extend(b" ")
    expect("resized", bytes(data[-2:]), b"} ", source=EXPORTS)
    broken = bytearray(b'{"a": [1, 2')
    expect("broken", attempt(ext.loads, broken), raised(ext.JSONDecodeError), source=JSON)
    broken.extend(b"]}")
    expect("mended", ext.loads(broken), {"a": [1, 2]}, source=EXPORTS)


@scenario
def views_are_decoded(ext):
    """A memoryview is decoded, one with steps is refused; both can be released."""
    data = bytearray(b'{"a": [1, 2.5]}')
    with memoryview(data) as view:
        expect("view", attempt(ext.loads, view), one_of(returned({"a": [1, 2.5]}), raised(TypeError)), source=BUFFERS)
        expect("with steps", attempt(ext.loads, view[::2]), raised(TypeError), source=BUFFERS)
    collect()
    expect("released", attempt(data.extend, b" "), returned(None), source=EXPORTS)
    expect(
        "a released view",
        attempt(ext.loads, view).exception in ("TypeError", "ValueError"),
        True,
        source="Python library, 'Built-in Types', memoryview.release()",
    )


@scenario
def parts_of_a_buffer_are_decoded(ext):
    """Of a part of a buffer, no more than this part is read."""
    with memoryview(b"1234567890") as view:
        expect("a number", attempt(ext.loads, view[:3]), one_of(returned(123), raised(TypeError)), source=BUFFERS)
    with memoryview(b'"abcdef"') as view:
        expect(
            "an open text",
            attempt(ext.loads, view[:4]),
            one_of(raised(ext.JSONDecodeError), raised(TypeError)),
            source=BUFFERS,
        )
    with memoryview(b"[1, 2], 3]") as view:
        expect("a list", attempt(ext.loads, view[:6]), one_of(returned([1, 2]), raised(TypeError)), source=BUFFERS)


@scenario
def bad_texts_are_refused(ext):
    """Text that is no JSON raises JSONDecodeError, and what was decoded before is released."""
    texts = (
        "",
        " ",
        "[",
        "[1,",
        "[1 2]",
        "[[],[[]]",
        '{"a"',
        '{"a":',
        '{"a": [1]',
        '{"a": [], 1: 2}',
        '{"a": [] "b"}',
        "{1: 2}",
        '"abc',
        '"\\x"',
        '"\\u12',
        '"\\u12g4"',
        "tru",
        "falze",
        "nul",
        "Nan",
        "Infinitx",
        "[1]]",
        "1 2",
        "[] x",
        '["a", "b", {"c": [1.5, "d"]}, ?]',
        "[" * 2000,
    )
    ended = [attempt(ext.loads, text) for text in texts]
    expect(
        "exceptions",
        [text for text, one in zip(texts, ended) if one.exception != "ujson.JSONDecodeError"],
        [],
        source=JSON,
    )
    octets = (b'"\xff"', b'"\xc3"', b'"\xc0\x80"', b'"\xe2\x82"', b'["x", "\xf0\x9f"]')
    expect(
        "octets",
        [attempt(ext.loads, one).exception for one in octets],
        ["ujson.JSONDecodeError"] * len(octets),
        source=JSON,
    )


@scenario
def signs_without_digits(ext):
    """A sign without digits is no number."""
    texts = ("-", "[-]", "[-, 1]", '{"a": -}')
    expect(
        "exceptions",
        [attempt(ext.loads, one).exception for one in texts],
        ["ujson.JSONDecodeError"] * 4,
        source="RFC 8259, 'Numbers'; " + JSON,
    )


@scenario
def characters_past_the_last(ext):
    """UTF-8 of a character that Unicode has not is refused, in each place where a text may be."""
    text = b'"\xf4\x90\x80\x80"'
    places = (text, b"[[], " + text + b"]", b'{"a": [], "b": ' + text + b"}", b'{"a": [], ' + text + b": 1}")
    expect(
        "exceptions",
        [attempt(ext.loads, one).exception for one in places],
        ["ujson.JSONDecodeError"] * 4,
        source="RFC 3629 (UTF-8 ends at U+10FFFF); " + JSON,
    )


@scenario
def arguments_are_refused(ext):
    """Wrong arguments raise, and are released."""
    record("decode", [attempt(ext.loads, one).exception for one in (None, 3, [], {}, object)])
    record("no arguments", (attempt(ext.loads).exception, attempt(ext.dumps).exception, attempt(ext.dump, 1).exception))
    record(
        "unknown keyword", (attempt(ext.dumps, 1, unknown=2).exception, attempt(ext.loads, "1", unknown=2).exception)
    )
    record(
        "separators",
        [
            attempt(ext.dumps, [1], separators=one).exception
            for one in ([",", ":"], (",",), (",", ":", ";"), (1, ":"), (",", 1), ("\u20ac", 1))
        ],
    )
    record("indent", [attempt(ext.dumps, [1, {"a": 2}], indent=one) for one in (-1, 0, 1)])
    record("indent that is no number", attempt(ext.dumps, [1], indent="x").exception)
    expect("bytes", attempt(ext.dumps, [b"x"]), raised(TypeError), source=JSON)
    record("bytes that are accepted", attempt(ext.dumps, [b"x"], reject_bytes=False))
    expect(
        "not a number",
        [attempt(ext.dumps, [float(one)], allow_nan=False).exception is not None for one in ("nan", "inf", "-inf")],
        [True, True, True],
        source=JSON.replace("dumps() and loads()", "dumps(), allow_nan"),
    )


@scenario
def truth_that_fails(ext):
    """An exception of an option's __bool__ is that of dumps()."""

    class Unclear:
        def __bool__(self):
            raise LookupError("refused")

    for name in ("ensure_ascii", "encode_html_chars", "escape_forward_slashes", "sort_keys"):
        expect(name, attempt(ext.dumps, [1], **{name: Unclear()}), raised(LookupError), source=ERRORS)


@scenario
def subclasses_of_plain_values(ext):
    """Objects of subclasses are encoded as those of their bases."""

    class Text(str):
        __slots__ = ()

    class Whole(int):
        pass

    class Real(float):
        def __float__(self):
            raise LookupError("refused")

    class Row(list):
        pass

    class Table(dict):
        __slots__ = ("more",)

    class Pair(tuple):
        pass

    class Level(IntEnum):
        HIGH = 3

    value = [Text("\u20ac"), Whole(7), Whole(10**30), Real(0.5), Row([1]), Table(a=Row()), Pair((1, 2)), Level.HIGH]
    expect(
        "encoded",
        ext.dumps(value),
        '["\\u20ac",7,%d,0.5,[1],{"a":[]},[1,2],3]' % 10**30,
        source=README + "; Python library, 'json', JSONEncoder (subclasses of these types)",
    )
    expect(
        "keys",
        ext.dumps({Text("a"): 1, 2: 3, None: 4, True: 5}),
        '{"a":1,"2":3,"null":4,"true":5}',
        source=README + "; Python library, 'json', 'Encoders and Decoders' (keys are converted to strings)",
    )


@scenario
def tuples_with_a_length_of_their_own(ext):
    """A tuple whose class says another length is encoded as what it holds, as PyTuple_GET_SIZE() gives it."""

    class Pair(tuple):
        def __len__(self):
            return 5

    class Row(list):
        def __len__(self):
            return 5

    expect(
        "tuple",
        attempt(ext.dumps, [Pair((1, 2))]),
        returned("[[1,2]]"),
        source="Python/C API, 'Tuple Objects', PyTuple_GET_SIZE",
    )
    expect(
        "list",
        attempt(ext.dumps, [Row((1, 2))]),
        returned("[[1,2]]"),
        source="Python/C API, 'List Objects', PyList_GET_SIZE",
    )


@scenario
def iterators_that_are_plain_values(ext):
    """A text that is an iterator as well is encoded in some way, and released."""

    class Text(str):
        def __next__(self):
            raise StopIteration

    record("text", attempt(ext.dumps, [Text("x")]).exception)
    record("iterators", [attempt(ext.dumps, one).exception for one in (iter([1]), iter({}), (x for x in ()))])


@scenario
def values_that_hold_themselves(ext):
    """A value that holds itself is refused, and released."""
    watch = Watch()
    row = [watch.thing("in the list")]
    row.insert(0, row)
    table = {"self": None, "thing": watch.thing("in the dictionary")}
    table["self"] = table
    ended = [attempt(ext.dumps, one).exception for one in (row, table)]
    expect(
        "refused",
        [one is not None for one in ended],
        [True, True],
        source=JSON.replace("dumps() and loads()", "dumps(), check_circular"),
    )
    record("exceptions", ended)
    row.clear()
    table.clear()
    expect_released("things", watch, ["in the list", "in the dictionary"], source=RELEASED)


@scenario
def surrogates_come_back(ext):
    """Halves of surrogate pairs come back as they were."""
    for name, text in (("low", "\udc00"), ("high", "x\ud800"), ("both", "\udc00\ud800")):
        expect(name, ext.loads(ext.dumps({text: [text]})) == {text: [text]}, True, source=JSON)
        made = attempt(ext.dumps, [text], ensure_ascii=False)
        expect(name + ", unicode", attempt(ext.loads, made.value).value == [text], True, source=JSON)


@scenario
def the_exception_of_the_decoder(ext):
    """JSONDecodeError is a ValueError; it is copied, pickled and derived from."""
    error = ext.JSONDecodeError("a", 1)
    expect(
        "base",
        ext.JSONDecodeError.__mro__[1] is ValueError,
        True,
        source=README + "; Python library, 'json', JSONDecodeError",
    )
    expect(
        "copied",
        [type(one(error)) is ext.JSONDecodeError and one(error).args == ("a", 1) for one in (copy.copy, copy.deepcopy)],
        [True, True],
        source="Python library, 'copy'",
    )
    back = [pickle.loads(pickle.dumps(error, number)) for number in range(pickle.HIGHEST_PROTOCOL + 1)]
    expect(
        "pickled", {(type(one) is ext.JSONDecodeError, one.args) for one in back}, {(True, ("a", 1))}, source=PICKLED
    )

    hooked = []

    class Hooked(ext.JSONDecodeError):
        __slots__ = ("more",)

        def __init_subclass__(cls, **options):
            hooked.append((cls.__name__, options))

    class Both(Hooked, LookupError, name="both"):
        pass

    one = Both("x")
    one.more = [one]
    expect(
        "derived",
        (isinstance(one, ValueError), isinstance(one, KeyError), one.args, hooked),
        (True, False, ("x",), [("Both", {"name": "both"})]),
        source="Python language reference, 'Data model', object.__init_subclass__",
    )
    watch = Watch()
    one.thing = watch.thing("in the cycle")
    del one
    expect_released("cycle", watch, ["in the cycle"], source="Python library, 'gc'")


@scenario
def functions_are_pickled(ext):
    """The functions of the module are pickled and copied as what they are."""
    names = ("dumps", "loads", "dump", "load", "encode", "decode")
    expect(
        "pickled",
        [pickle.loads(pickle.dumps(getattr(ext, one))) is getattr(ext, one) for one in names],
        [True] * 6,
        source=PICKLED,
    )
    expect(
        "copied",
        [attempt(copy.deepcopy, getattr(ext, one)).value is getattr(ext, one) for one in names],
        [True] * 6,
        source="Python library, 'copy'",
    )
    expect("the same module", ext is ujson, True, source="Python language reference, 'The import system'")


@scenario
def several_threads_at_once(ext):
    """Threads that encode and decode the same value all get the right result."""
    value = {"text": ["\u20ac" * 20] * 20, "things": [Thing(str(one)) for one in range(20)]}
    wanted = ext.dumps(value, default=lambda one: one.name)
    results = []

    def work():
        for _ in range(20):
            made = ext.dumps(value, default=lambda one: one.name)
            results.append(made == wanted and ext.loads(made) == ext.loads(wanted))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    expect("results", (len(results), all(results)), (80, True), source=JSON)


@scenario
def what_was_encoded_is_released(ext):
    """Nothing holds a value behind the call, nor what was decoded."""
    watch = Watch()

    class Row(list):
        pass

    class Table(dict):
        pass

    row = Row([1, 2])
    table = Table(a=row)
    row.thing, table.thing = watch.thing("list"), watch.thing("dictionary")
    thing = watch.thing("unknown")
    ext.dumps([table, thing], default=lambda one: one.name)
    attempt(ext.dumps, [table, thing])
    del row, table, thing
    expect_released("values", watch, ["list", "dictionary", "unknown"], source=RELEASED)
