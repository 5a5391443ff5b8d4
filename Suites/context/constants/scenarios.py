from hpy_conform import expect, record, scenario

CONSTANTS = "HPy API reference, 'HPy Context' (provides handles for built-in objects); public_api.h, Constants"
ABI = "HPy hpy/version.h, HPY_ABI_VERSION; overview.rst, 'Target ABIs'"
DUMP = "HPy public_api.h, _HPy_Dump (Debugging helpers)"

EXCEPTIONS = [
    BaseException, Exception, StopAsyncIteration, StopIteration, GeneratorExit, ArithmeticError, LookupError,
    AssertionError, AttributeError, BufferError, EOFError, FloatingPointError, OSError, ImportError,
    ModuleNotFoundError, IndexError, KeyError, KeyboardInterrupt, MemoryError, NameError, OverflowError, RuntimeError,
    RecursionError, NotImplementedError, SyntaxError, IndentationError, TabError, ReferenceError, SystemError,
    SystemExit, TypeError, UnboundLocalError, UnicodeError, UnicodeEncodeError, UnicodeDecodeError,
    UnicodeTranslateError, ValueError, ZeroDivisionError, BlockingIOError, BrokenPipeError, ChildProcessError,
    ConnectionError, ConnectionAbortedError, ConnectionRefusedError, ConnectionResetError, FileExistsError,
    FileNotFoundError, InterruptedError, IsADirectoryError, NotADirectoryError, PermissionError, ProcessLookupError,
    TimeoutError,
]
WARNINGS = [
    Warning, UserWarning, DeprecationWarning, PendingDeprecationWarning, SyntaxWarning, RuntimeWarning, FutureWarning,
    ImportWarning, UnicodeWarning, BytesWarning, ResourceWarning,
]
VALUES = {"None": None, "True": True, "False": False, "NotImplemented": NotImplemented, "Ellipsis": ...}
TYPES = {
    "BaseObjectType": object, "TypeType": type, "BoolType": bool, "LongType": int, "FloatType": float,
    "UnicodeType": str, "TupleType": tuple, "ListType": list, "ComplexType": complex, "BytesType": bytes,
    "MemoryViewType": memoryview, "SliceType": slice,
}


def others(ext, expected):
    """The names whose constant is another object."""
    return [name for name, one in expected.items() if ext.constant(name) is not one]


@scenario
def exceptions(ext):
    """Each exception of the context is Python's of that name."""
    expect("others", others(ext, {one.__name__: one for one in EXCEPTIONS}), [], source=CONSTANTS)


@scenario
def warnings(ext):
    """Each category of warnings of the context is Python's of that name."""
    expect("others", others(ext, {one.__name__: one for one in WARNINGS}), [], source=CONSTANTS)


@scenario
def values(ext):
    """The singletons of the context are Python's."""
    expect("others", others(ext, VALUES), [], source=CONSTANTS)


@scenario
def types(ext):
    """The types of the context are Python's builtin types."""
    expect("others", others(ext, TYPES), [], source=CONSTANTS)
    expect("of a capsule", ext.constant("CapsuleType") is type(ext.capsule()), True, source=CONSTANTS)


@scenario
def builtin_names(ext):
    """The context's builtins have Python's builtin functions."""
    found = ext.constant("Builtins")
    same = [found[name] is one for name, one in (("len", len), ("int", int), ("print", print))]
    expect("functions", same, [True] * 3, source=CONSTANTS)


@scenario
def all_of_them(ext):
    """Every constant of the headers is among those that are looked at here."""
    known = set(VALUES) | set(TYPES) | {one.__name__ for one in EXCEPTIONS + WARNINGS}
    expect("unknown", [name for name in ext.names() if name not in known], ["CapsuleType", "Builtins"],
           source=CONSTANTS)


@scenario
def name_and_version(ext):
    """The context has a name, and the version of the ABI that the headers have."""
    named, version, expected = ext.about()
    expect("named", named, 1, source=CONSTANTS)
    expect("version", version == expected, True, source=ABI)


@scenario
def dumped_objects(ext):
    """_HPy_Dump writes something about any object, and leaves the object alone."""
    one = ["an object"]
    for label, value in (("a list", one), ("an int", 12), ("None", None), ("a type", type(one)), ("a text", "text")):
        expect(label, len(ext.dumped(value)) > 0, True, source=DUMP)
        record(label + ": names its type", type(value).__name__.encode() in ext.dumped(value))
    expect("as before", one, ["an object"], source=DUMP)
