from hpy_conform import Watch, attempt, expect, expect_released, raised, scenario

CALL = "HPy API reference, 'HPy Call API', %s: nargs, and the number of keyword arguments"
TUPLE = "HPy public API, HPyTuple_FromArray: n items"
PARSE = "HPy API reference, 'Argument Parsing', HPyArg_Parse: nargs"
TEXT = "Python/C API, 'Bytes Objects' and 'Unicode Objects and Codecs': functions that are given the number of units"


def told(*args, **kwargs):
    return args, kwargs


class Receiver:
    def method(self, *args, **kwargs):
        return args, kwargs


WAYS = (("nothing", (), ()), ("one", (1,), ()), ("five", (1, 2, 3, 4, 5), ()), ("a name", (), ("a",)),
        ("both", (1, 2), ("a", "b")), ("many", tuple(range(30)), tuple("abcdefgh")))


@scenario
def arguments_of_calls_end_with_their_memory(ext):
    """A call reads as many handles as it is told of."""
    receiver = Receiver()
    for label, positional, names in WAYS:
        values = tuple(range(100, 100 + len(names)))
        expected = positional, dict(zip(names, values))
        expect(label, ext.call(told, names or None, *(positional + values)), expected, source=CALL % "HPy_Call")
        expect(label + ", method", ext.call_method("method", names or None, receiver, *(positional + values)), expected,
               source=CALL % "HPy_CallMethod")
    expect("no names", ext.call(told, (), 1), ((1,), {}), source=CALL % "HPy_Call")
    expect("no names, method", ext.call_method("method", (), receiver, 1), ((1,), {}), source=CALL % "HPy_CallMethod")


@scenario
def failed_calls_read_no_more(ext):
    """Nor does a call that fails read more, and nothing of it stays."""
    watch = Watch()
    expect("call", attempt(ext.call, int, None, watch.thing("a"), 2, 3), raised(TypeError), source=CALL % "HPy_Call")
    expect("method", attempt(ext.call_method, "missing", ("x",), watch.thing("b"), 2), raised(AttributeError),
           source=CALL % "HPy_CallMethod")
    expect_released("ended", watch, ["a", "b"], "Python/C API, 'Reference Counting'")


@scenario
def tuples_end_with_their_memory(ext):
    """A tuple is made of as many handles as there are."""
    for size in (0, 1, 2, 7, 64):
        expect("tuple of %d" % size, ext.tuple(*range(size)), tuple(range(size)), source=TUPLE)


@scenario
def parsed_arguments_end_with_their_memory(ext):
    """What is optional and missing is not looked for."""
    for size in range(4):
        expected = tuple(range(size)) + (None,) * (3 - size)
        expect("parsed %d" % size, ext.parsed(*range(size)), expected, source=PARSE)
    expect("too many", attempt(ext.parsed, 1, 2, 3, 4), raised(TypeError), source=PARSE)


@scenario
def texts_end_with_their_memory(ext):
    """A text needs no zero at its end where its length is given."""
    for size in (0, 1, 7, 8, 9, 100):
        text = ("text of units " * 8)[:size]
        expect("text of %d" % size, ext.texts(text.encode()), (text.encode(), text, text, text), source=TEXT)
