from hpy_conform import attempt, expect, raised, record, scenario

META = "Python/C API, 'Type Objects', PyType_FromMetaclass"
NEW = "Python/C API, 'Type Objects', PyType_FromMetaclass (metaclasses that override tp_new are not supported)"
BASES = "Python/C API, 'Type Objects', PyType_FromSpecWithBases (PyType_FromMetaclass(NULL, NULL, spec, bases))"


class Meta(type):
    mark = 1


class Below(Meta):
    pass


class Other(type):
    pass


class WithNew(type):
    def __new__(cls, name, bases, names):
        return type.__new__(cls, name, bases, names)


class WithInit(type):
    called = 0

    def __init__(cls, name, bases, names):
        WithInit.called += 1


@scenario
def a_given_metaclass(ext):
    """The metaclass is that of the type and of classes below it."""
    made = ext.with_metaclass(Meta, None)
    expect("type", type(made) is Meta, True, source=META)
    expect("attribute of the metaclass", made.mark, 1, source=META)
    expect("module", ext.module_of(made) is ext, True, source=META)
    expect("objects", type(made()) is made, True, source=META)

    class Sub(made):
        pass

    expect("below it", type(Sub) is Meta, True, source=META)


@scenario
def no_metaclass(ext):
    """Without one it is type, or that of the bases."""
    expect("none at all", type(ext.with_metaclass(None, None)) is type, True, source=META)
    base = Meta("Base", (), {})
    expect("from the base", type(ext.with_metaclass(None, (base,))) is Meta, True, source=META)
    expect("from one base, no tuple", type(ext.with_metaclass(None, base)) is Meta, True, source=META)


@scenario
def the_most_derived_one(ext):
    """Of the metaclasses of bases and the given one the most derived is taken; where there is none, TypeError."""
    base, below, other = Meta("Base", (), {}), Below("Low", (), {}), Other("Far", (), {})
    expect("given above the base's", type(ext.with_metaclass(Meta, (below,))) is Below, True, source=META)
    expect("given below the base's", type(ext.with_metaclass(Below, (base,))) is Below, True, source=META)
    expect("of two bases", type(ext.with_metaclass(None, (base, below))) is Below, True, source=META)
    expect("conflict", attempt(ext.with_metaclass, Meta, (other,)), raised(TypeError), source=META)
    expect("conflict of bases", attempt(ext.with_metaclass, None, (base, other)), raised(TypeError), source=META)


@scenario
def a_metaclass_that_overrides_new(ext):
    """It is refused where it is given."""
    expect("given", attempt(ext.with_metaclass, WithNew, None), raised(TypeError), source=NEW)


@scenario
def the_init_of_a_metaclass(ext):
    """Whether it is called is no part of the promise: it is recorded."""
    before = WithInit.called
    made = ext.with_metaclass(WithInit, None)
    expect("type", type(made) is WithInit, True, source=META)
    record("init", WithInit.called - before)


@scenario
def what_is_no_metaclass(ext):
    """A class that is no subclass of type is refused."""
    expect("int", attempt(ext.with_metaclass, int, None), raised(TypeError), source=META)


@scenario
def from_spec_with_bases(ext):
    """The older function takes the metaclass of the bases, too."""
    expect("of the base", type(ext.with_bases((Meta("Base", (), {}),))) is Meta, True, source=BASES)
    expect("of two", type(ext.with_bases((Meta("A", (), {}), Below("B", (), {})))) is Below, True, source=BASES)
