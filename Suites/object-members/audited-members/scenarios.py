from hpy_conform import Watch, attempt, collect, expect, expect_released, raised, record, returned, scenario

AUDITED = "Python/C API, 'Common Object Structures', Member flags, Py_AUDIT_READ (an object.__getattr__ event)"
ARGUMENTS = "Python language reference, 'Data model', object.__getattribute__ (event with arguments obj and name)"
READONLY = "Python/C API, 'Common Object Structures', Member flags, Py_READONLY"
VALUE = "Python/C API, 'Common Object Structures', PyMemberDef"
REFUSED = "PEP 578, 'Audit Hook' (an exception of a hook aborts the operation); Python library, 'sys', addaudithook"
HOOK = "Python library, 'sys', addaudithook and audit"
RELEASED = "Python/C API, 'Introduction', Reference Count Details"


def heard(ext, act, refuse=False):
    """How an action ended, and the events with the arguments that belong to it."""
    ext.listen(refuse)
    try:
        tried = attempt(act)
    finally:
        found = ext.ended()
    return tried, found


def told(ext, one, act):
    """The names in the events of an action on an object; another object is marked."""
    return [name if thing is one else "another object: " + name for thing, name in heard(ext, act)[1]]


@scenario
def the_hook_hears_events(ext):
    """The hook itself: it hears an event that is not of a read, and what it raises arrives."""
    one = ext.Audited()
    expect("heard", told(ext, one, lambda: ext.emit(one, "name")), ["name"], source=HOOK)
    expect("refused", heard(ext, lambda: ext.emit(one, "name"), True)[0], raised(PermissionError), source=REFUSED)
    ext.emit(one, "name")
    expect("not listening", ext.ended(), [], source=HOOK)


@scenario
def each_read_is_heard(ext):
    """A read of such a member, whatever its kind, is an event with the object and the name."""
    one = ext.Audited()
    one.object = "held"
    names = ["number", "frozen", "real", "text", "object"]
    found = [told(ext, one, lambda: getattr(one, name)) for name in names]
    expect("heard", found, [[name] for name in names], source=AUDITED + "; " + ARGUMENTS)
    expect("read", [getattr(one, name) for name in names], [5, 5, 1.5, "text", "held"], source=VALUE)
    expect("two reads", told(ext, one, lambda: (one.number, one.real)), ["number", "real"], source=AUDITED)
    record("without the flag", told(ext, one, lambda: one.plain))


@scenario
def every_way_to_read_is_heard(ext):
    """Functions that read an attribute and the descriptor by hand are reads, too, as is one that finds nothing."""

    class Derived(ext.Audited):
        pass

    one, derived = ext.Audited(), Derived()
    descriptor = vars(ext.Audited)["number"]
    ways = [
        told(ext, one, lambda: hasattr(one, "number")), told(ext, one, lambda: object.__getattribute__(one, "number")),
        told(ext, one, lambda: descriptor.__get__(one)), told(ext, derived, lambda: derived.number),
    ]
    expect("ways", ways, [["number"]] * 4, source=AUDITED + "; " + ARGUMENTS)
    tried, found = heard(ext, lambda: one.object)
    expect("an empty one", tried, raised(AttributeError), source=VALUE)
    expect("an empty one is heard", [name for _, name in found], ["object"], source=AUDITED)


@scenario
def writes_are_as_before(ext):
    """The flag is about reads: members are written and deleted as ever, and stay readonly with the other flag."""
    one = ext.Audited()
    record("write", told(ext, one, lambda: setattr(one, "number", 6)))
    expect("written", (one.plain, one.number, one.frozen), (6, 6, 6), source=VALUE)
    tried, found = heard(ext, lambda: setattr(one, "frozen", 7))
    expect("readonly", tried.exception is not None, True, source=READONLY)
    record("readonly, heard", [name for _, name in found])
    one.object = "held"
    record("deletion", told(ext, one, lambda: delattr(one, "object")))
    expect("deleted", attempt(getattr, one, "object"), raised(AttributeError), source=VALUE)


@scenario
def a_hook_refuses(ext):
    """When the hook raises, the read ends with that exception, and nothing else changes."""
    one = ext.Audited()
    for name in ("number", "frozen", "text"):
        expect(name, heard(ext, lambda: getattr(one, name), True)[0], raised(PermissionError), source=REFUSED)
    expect("with a default", heard(ext, lambda: getattr(one, "number", 1), True)[0], raised(PermissionError),
           source=REFUSED)
    expect("without the flag", heard(ext, lambda: one.plain, True)[0], returned(5), source=VALUE)
    expect("afterwards", attempt(getattr, one, "number"), returned(5), source=VALUE)


@scenario
def nothing_is_kept(ext):
    """Reads, heard and refused, keep neither the object nor what it holds."""
    watch, one = Watch(), ext.Audited()
    one.object = watch.thing("held")
    for refuse in (False, True):
        for _ in range(20):
            heard(ext, lambda: one.object, refuse)
    collect()
    expect("held", watch.finalized, [], source=RELEASED)
    del one
    expect_released("released", watch, ["held"], RELEASED)
