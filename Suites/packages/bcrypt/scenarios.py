import copy
import pickle
import threading
import weakref

import bcrypt
from hpy_conform import attempt, expect, raised, record, returned, scenario

README = "bcrypt README, 'Usage', Password Hashing"
ROUNDS = "bcrypt README, 'Usage', Adjustable Work Factor"
PREFIX = "bcrypt README, 'Usage', Adjustable Prefix"
LENGTH = "bcrypt README, 'Usage', Maximum Password Length (longer passwords raise ValueError since 5.0.0)"
KDF = "bcrypt README, 'Usage', KDF"
VECTORS = "OpenBSD, bcrypt(3); the test vectors of the Openwall implementation, which bcrypt's tests use"
EXPORTS = "Python/C API, 'Buffer Protocol', PyBuffer_Release (for each successful PyObject_GetBuffer)"
PICKLED = "Python library, 'pickle', 'What can be pickled and unpickled?'"
SALT = b"$2b$04$abcdefghijklmnopqrstuu"


class Text(bytes):
    """A subclass whose own methods must not matter."""

    def __len__(self):
        raise LookupError("refused")

    def __bytes__(self):
        raise LookupError("refused")


@scenario
def passwords_are_checked(ext):
    """A hash checks its own password, and no other."""
    hashed = ext.hashpw(b"secret", SALT)
    expect("length", (len(hashed), hashed[:29] == SALT), (60, True), source=README)
    expect("the same again", ext.hashpw(b"secret", hashed) == hashed, True, source=README)
    expect("right", ext.checkpw(b"secret", hashed), True, source=README)
    expect("wrong", (ext.checkpw(b"Secret", hashed), ext.checkpw(b"", hashed)), (False, False), source=README)
    expect("a changed hash", ext.checkpw(b"secret", hashed[:-1] + b"."), False, source=README)


@scenario
def known_hashes(ext):
    """The hashes are those of other implementations."""
    expect(
        "a",
        ext.hashpw(b"U*U", b"$2a$05$CCCCCCCCCCCCCCCCCCCCC."),
        b"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        source=VECTORS,
    )
    expect(
        "y",
        ext.hashpw(b"U*U*U", b"$2y$05$XXXXXXXXXXXXXXXXXXXXXO"),
        b"$2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a",
        source=VECTORS,
    )


@scenario
def salts_are_made(ext):
    """gensalt() gives salts of the rounds and prefix that were asked for, and no two alike."""
    salts = [ext.gensalt(4) for _ in range(5)]
    expect(
        "different",
        (len(set(salts)), {len(one) for one in salts}, {one[:7] for one in salts}),
        (5, {29}, {b"$2b$04$"}),
        source=ROUNDS,
    )
    expect("prefix", ext.gensalt(rounds=31, prefix=b"2a")[:7], b"$2a$31$", source=PREFIX)
    expect("default", ext.gensalt()[:7], b"$2b$12$", source=ROUNDS)
    refused = [attempt(ext.gensalt, *one) for one in ((3,), (32,), (4, b"2c"), (4, b""), (4, b"2y"))]
    expect("refused", [one.exception for one in refused], ["ValueError"] * 5, source=ROUNDS + "; " + PREFIX)


@scenario
def numbers_that_are_refused(ext):
    """Rounds that are no small numbers raise, and so do wrong types."""

    class Index:
        def __index__(self):
            return 4

    class Failing:
        def __index__(self):
            raise LookupError("refused")

    values = (-1, 0, 2**16, 2**70, 4.0, "4", None, b"4", True)
    record("rounds", [attempt(ext.gensalt, one).exception for one in values])
    record("index", attempt(lambda: ext.gensalt(Index())[:7]))
    expect(
        "failing",
        attempt(ext.gensalt, Failing()),
        raised(LookupError),
        source="Python language reference, 'Data model', object.__index__",
    )
    record("prefix", [attempt(ext.gensalt, 4, one).exception for one in ("2b", None, bytearray(b"2b"), 3)])


@scenario
def bad_salts_are_refused(ext):
    """What is no salt raises ValueError."""
    salts = (
        b"",
        b"$",
        b"$2b$",
        b"$2b$04",
        b"$2b$04$",
        b"$2b$04$abc",
        b"$2c$04$abcdefghijklmnopqrstuu",
        b"$2b$xx$abcdefghijklmnopqrstuu",
        b"$2b$03$abcdefghijklmnopqrstuu",
        b"$2b$32$abcdefghijklmnopqrstuu",
        b"$2b$-4$abcdefghijklmnopqrstuu",
        b"$2b$04$abcdefghijklmnop!rstuu",
        b"$2b$04$abcdefghijklm\x00opqrstuu",
        b"x" * 60,
        b"\xff" * 29,
        b"$2b$04$$bcdefghijklmnopqrstuu",
    )
    expect(
        "hash", [one for one in salts if attempt(ext.hashpw, b"x", one).exception != "ValueError"], [], source=README
    )
    expect(
        "check", [one for one in salts if attempt(ext.checkpw, b"x", one).exception != "ValueError"], [], source=README
    )
    record(
        "other forms of the rounds",
        [
            attempt(ext.hashpw, b"x", one).exception
            for one in (b"$2b$+4$abcdefghijklmnopqrstuu", b"$2b$4$abcdefghijklmnopqrstuuv")
        ],
    )
    record("messages", sorted({attempt(ext.hashpw, b"x", one).message for one in salts}))


@scenario
def long_passwords(ext):
    """Passwords of up to 72 bytes are hashed, and longer ones are refused."""
    expect("72", ext.checkpw(b"a" * 72, ext.hashpw(b"a" * 72, SALT)), True, source=LENGTH)
    expect("73", attempt(ext.hashpw, b"a" * 73, SALT), raised(ValueError), source=LENGTH)
    expect("checked", attempt(ext.checkpw, b"a" * 73, SALT + b"." * 31), raised(ValueError), source=LENGTH)
    nul = attempt(ext.hashpw, b"a\x00b", SALT)
    record("with NUL", nul)
    record("with another NUL", attempt(ext.hashpw, b"a\x00c", SALT).value == nul.value)


@scenario
def arguments_of_other_types(ext):
    """Text is refused, and so are other types."""
    hashed = ext.hashpw(b"x", SALT)
    values = ("x", None, 3, [b"x"], object)
    expect("password", [attempt(ext.hashpw, one, SALT).exception for one in values], ["TypeError"] * 5, source=README)
    expect("salt", [attempt(ext.hashpw, b"x", one).exception for one in values], ["TypeError"] * 5, source=README)
    expect("check", [attempt(ext.checkpw, one, hashed).exception for one in values], ["TypeError"] * 5, source=README)
    record("missing", [attempt(ext.hashpw, *one).exception for one in ((), (b"x",), (b"x", SALT, 1))])
    expect("keywords", ext.hashpw(salt=SALT, password=b"x") == hashed, True, source=README)
    record("unknown keyword", attempt(ext.hashpw, b"x", SALT, more=1).exception)


@scenario
def buffers_of_the_arguments(ext):
    """A buffer is hashed or refused, and is released in both cases."""
    password, salt = bytearray(b"secret"), bytearray(SALT)
    record("bytearray", [attempt(ext.hashpw, password, SALT).exception, attempt(ext.hashpw, b"secret", salt).exception])
    with memoryview(b"secret") as view:
        record("views", [attempt(ext.hashpw, one, SALT).exception for one in (view, view[::2], view[:0])])
    expect("resized", (attempt(password.extend, b"x"), attempt(salt.clear))[0], returned(None), source=EXPORTS)
    record("released view", attempt(ext.hashpw, view, SALT).exception is not None)
    subclass = attempt(ext.hashpw, Text(b"secret"), Text(SALT))
    expect(
        "subclass",
        subclass.value == ext.hashpw(b"secret", SALT),
        True,
        source="Python/C API, 'Bytes Objects', PyBytes_AsString (an instance of a subtype)",
    )


@scenario
def keys_are_derived(ext):
    """kdf() derives keys of any length, and refuses what it can't do."""
    key = ext.kdf(password=b"password", salt=b"salt", desired_key_bytes=32, rounds=4, ignore_few_rounds=True)
    expect(
        "key",
        key.hex(),
        "5bbf0cc293587f1c3635555c27796598d47e579071bf427e9d8fbe842aba34d9",
        source="OpenBSD, bcrypt_pbkdf(3); bcrypt's tests",
    )
    expect("lengths", [len(ext.kdf(b"p", b"s", one, 1, True)) for one in (1, 33, 512)], [1, 33, 512], source=KDF)
    refused = ((b"", b"s", 8, 1), (b"p", b"", 8, 1), (b"p", b"s", 0, 1), (b"p", b"s", 513, 1), (b"p", b"s", 8, 0))
    expect(
        "refused",
        [attempt(ext.kdf, *one, ignore_few_rounds=True).exception for one in refused],
        ["ValueError"] * 5,
        source=KDF,
    )
    warned = attempt(ext.kdf, b"p", b"s", 8, 1)
    expect("few rounds", (warned.exception, warned.warnings), (None, ["UserWarning"]), source=KDF)
    record("overflow", [attempt(ext.kdf, b"p", b"s", one, 1, True).exception for one in (-1, 2**70, 8.5, None)])
    record("rounds", [attempt(ext.kdf, b"p", b"s", 8, one, True).exception for one in (-1, 2**40, 2**70, "1")])


@scenario
def functions_are_pickled(ext):
    """The functions of the module are pickled and copied as what they are."""
    names = ("gensalt", "hashpw", "checkpw", "kdf")
    expect(
        "pickled",
        [attempt(lambda: pickle.loads(pickle.dumps(getattr(ext, one)))).value is getattr(ext, one) for one in names],
        [True] * 4,
        source=PICKLED,
    )
    expect(
        "copied",
        [attempt(copy.copy, getattr(ext, one)).value is getattr(ext, one) for one in names],
        [True] * 4,
        source="Python library, 'copy'",
    )
    expect(
        "copied deeply",
        [attempt(copy.deepcopy, getattr(ext, one)).value is getattr(ext, one) for one in names],
        [True] * 4,
        source="Python library, 'copy'",
    )
    expect("the same module", ext is bcrypt, True, source="Python language reference, 'The import system'")


@scenario
def functions_in_classes(ext):
    """A function of the module that is an attribute of a class is not bound."""

    class Hasher:
        hash = ext.hashpw

        def __init_subclass__(cls, rounds=4):
            cls.rounds = rounds

    class Below(Hasher, rounds=5):
        __slots__ = ()

    record("called", attempt(lambda: Below().hash(b"x", SALT) == ext.hashpw(b"x", SALT)))
    record("weak references", attempt(weakref.ref, ext.hashpw).exception)


@scenario
def several_threads_at_once(ext):
    """Threads that hash at once get their own results."""
    wanted = {number: ext.hashpw(b"%d" % number, SALT) for number in range(4)}
    results = []

    def work(number):
        results.append(
            all(
                ext.hashpw(b"%d" % number, SALT) == wanted[number] and ext.checkpw(b"%d" % number, wanted[number])
                for _ in range(5)
            )
        )

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    expect("results", results, [True] * 4, source="bcrypt README, 'Usage' (the GIL is released while hashing)")
