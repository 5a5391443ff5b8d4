from hpy_conform import attempt, expect, raised, record, returned, scenario

SLOT = "Python/C API, 'Type Objects', tp_as_number, tp_as_sequence and tp_as_mapping (fields inherited individually)"
NEGATIVE = "Python/C API, 'Type Objects', PySequenceMethods.sq_item (negative indexes)"
PAIR = "Python/C API, 'Type Objects', tp_hash and tp_richcompare (inherited together, when both are NULL)"
UNHASHABLE = "Python language reference, 'Data model', object.__hash__ (__eq__ without __hash__)"
REPR = "Python/C API, 'Type Objects', tp_repr and tp_str (inherited)"
CALL = "Python/C API, 'Type Objects', tp_call (inherited); HPy porting guide, 'Calling Protocol'"
SPECIAL = "Python language reference, 'Data model', Special method names and Custom classes (found along the MRO)"


def plus(left, right):
    return left + right


def plus_in_place(left, right):
    left += right
    return left


def times(left, right):
    return left * right


def number_of(one):
    return (one + 1, one * 2, -one, plus_in_place(one, 1), bool(one), ["a", "b", "c"][one])


def sequence_of(one):
    return (len(one), one[1], list(one), "a" in one, 1 in one, one + 1, one * 2)


NUMBER = ("nb_add", "nb_multiply", "nb_negative", "nb_inplace_add", False, "c")
SEQUENCE = (3, 10, [0, 10, 20], True, False, "sq_concat", "sq_repeat")


@scenario
def a_subclass_that_defines_nothing(ext):
    """A C subclass without slots inherits every slot of its base, and a Python subclass every method."""
    number, sequence, mapping = ext.base("Number"), ext.base("Sequence"), ext.base("Mapping")
    for label, derive in (("the type", lambda base: base), ("C", lambda base: ext.sub((base,))),
                          ("Python", lambda base: type("Derived", (base,), {})),
                          ("Python from C", lambda base: type("Derived", (ext.sub((base,)),), {}))):
        expect("%s: number" % label, attempt(lambda: number_of(derive(number)())), returned(NUMBER), source=SLOT)
        one = derive(sequence)()
        expect("%s: sequence" % label, attempt(lambda: sequence_of(one)), returned(SEQUENCE), source=SLOT)
        expect("%s: negative index" % label, attempt(lambda: one[-1]), returned(20), source=NEGATIVE)
        expect("%s: mapping" % label, attempt(lambda: (len(derive(mapping)()), derive(mapping)()["key"])),
               returned((5, "mp_subscript")), source=SLOT)


@scenario
def hash_and_equality_go_together(ext):
    """Who defines neither inherits both; who defines equality alone has no hash; hash alone leaves equality alone."""
    both, equal, hashed = ext.base("Both"), ext.base("Equal"), ext.base("Hashed")
    for label, type_ in (("C", ext.sub((both,))), ("Python", type("Derived", (both,), {}))):
        expect("%s: inherits both" % label, (hash(type_()), type_() == 1, type_() != 1), (42, True, False), source=PAIR)
    expect("equality alone", (equal() == 1, attempt(hash, equal()).exception), (True, "TypeError"), source=UNHASHABLE)
    expect("equality alone: subclass in C", attempt(hash, ext.sub((equal,))()).exception, "TypeError", source=PAIR)
    one = hashed()
    expect("hash alone", (hash(one), one == one, one == hashed(), one != one), (42, True, False, False), source=PAIR)
    expect("hash alone: subclass in C", hash(ext.sub((hashed,))()), 42, source=PAIR)

    class NewEquality(both):
        def __eq__(self, other):
            return other == "new"

    class NewHash(both):
        def __hash__(self):
            return 7

    class KeptHash(both):
        __hash__ = both.__hash__

        def __eq__(self, other):
            return other == "new"

    expect("Python overrides equality", (NewEquality() == "new", NewEquality() == 1), (True, False), source=UNHASHABLE)
    expect("Python overrides equality: hash", attempt(hash, NewEquality()).exception, "TypeError", source=UNHASHABLE)
    expect("Python overrides the hash", (NewHash() == 1, hash(NewHash())), (True, 7), source=UNHASHABLE)
    expect("Python keeps the hash", (KeptHash() == "new", KeptHash() == 1, hash(KeptHash())), (True, False, 42),
           source=UNHASHABLE)


@scenario
def hash_and_equality_of_two_bases(ext):
    """A class statement takes __eq__ and __hash__ each from the first class of the MRO that has it."""
    equal, hashed = ext.base("Equal"), ext.base("Hashed")
    equal_first = type("EqualFirst", (equal, hashed), {})
    hashed_first = type("HashedFirst", (hashed, equal), {})
    expect("equality first", (equal_first() == 1, attempt(hash, equal_first()).exception), (True, "TypeError"),
           source=SPECIAL)
    expect("hash first", (hashed_first() == 1, hash(hashed_first())), (True, 42), source=SPECIAL)


@scenario
def hash_and_equality_of_two_bases_in_c(ext):
    """The same for a C type with two bases; what its methods are, its operators are."""
    equal, hashed = ext.base("Equal"), ext.base("Hashed")
    equal_first, hashed_first = ext.sub((equal, hashed)), ext.sub((hashed, equal))
    expect("equality first", (equal_first() == 1, attempt(hash, equal_first()).exception), (True, "TypeError"),
           source=SPECIAL)
    expect("hash first", (hashed_first() == 1, hash(hashed_first())), (True, 42), source=SPECIAL)
    expect("hash first: methods", (hashed_first().__eq__(1), hashed_first().__hash__()), (True, 42), source=SPECIAL)


@scenario
def repr_and_str(ext):
    """str() falls back on repr(), in subclasses too; each of the two is inherited alone."""
    shown = ext.base("Shown")
    for label, type_ in (("the type", shown), ("C", ext.sub((shown,))), ("Python", type("Derived", (shown,), {}))):
        expect("repr alone: %s" % label, (repr(type_()), str(type_()), "%s" % type_()), ("tp_repr",) * 3, source=REPR)

    class NewRepr(shown):
        def __repr__(self):
            return "new"

    expect("repr overridden", (repr(NewRepr()), str(NewRepr())), ("new", "new"), source=REPR)
    spoken = ext.base("Spoken")
    for label, type_ in (("the type", spoken), ("C", ext.sub((spoken,))), ("Python", type("Derived", (spoken,), {}))):
        expect("str alone: %s" % label, (str(type_()), "{}".format(type_()), repr(type_()).startswith("<")),
               ("tp_str", "tp_str", True), source=REPR)
    for label, bases in (("repr first", (shown, spoken)), ("str first", (spoken, shown))):
        one = type("Derived", bases, {})()
        expect(label, (repr(one), str(one)), ("tp_repr", "tp_str"), source=SPECIAL)


@scenario
def operators_of_two_bases(ext):
    """A class statement finds each operator along the MRO, whichever C structure its slot is in."""
    number, sequence, mapping = ext.base("Number"), ext.base("Sequence"), ext.base("Mapping")
    one = type("NumberFirst", (number, sequence), {})()
    expect("number first", (one + 1, one * 2, bool(one), len(one), one[1]), ("nb_add", "nb_multiply", False, 3, 10),
           source=SPECIAL)
    one = type("SequenceFirst", (sequence, number), {})()
    expect("sequence first", (one + 1, one * 2, bool(one), len(one), one[1]), ("sq_concat", "sq_repeat", False, 3, 10),
           source=SPECIAL)
    one = type("MappingFirst", (mapping, sequence), {})()
    expect("mapping first", (len(one), one[1], one["key"], "a" in one), (5, "mp_subscript", "mp_subscript", True),
           source=SPECIAL)
    one = type("SequenceBeforeMapping", (sequence, mapping), {})()
    expect("sequence before mapping", (len(one), one[1], attempt(lambda: one["key"]).exception),
           (3, 10, "TypeError"), source=SPECIAL)
    one = type("NewAdd", (number, sequence), {"__add__": lambda self, other: "new"})()
    expect("add overridden", (one + 1, one * 2, plus_in_place(one, 1)), ("new", "nb_multiply", "nb_inplace_add"),
           source=SPECIAL)


@scenario
def operators_of_two_bases_in_c(ext):
    """The same for C types with two bases: an operator and the method of its name are one."""
    number, sequence, mapping = ext.base("Number"), ext.base("Sequence"), ext.base("Mapping")
    one = ext.sub((number, sequence))()
    expect("number first", (one + 1, one * 2, bool(one)), ("nb_add", "nb_multiply", False), source=SPECIAL)
    expect("number first: others", attempt(lambda: (len(one), one[1])), returned((3, 10)), source=SPECIAL)
    one = ext.sub((sequence, number))()
    expect("sequence first: methods", (one.__add__(1), one.__mul__(2)), ("sq_concat", "sq_repeat"), source=SPECIAL)
    expect("sequence first: operators", (plus(one, 1), times(one, 2)), ("sq_concat", "sq_repeat"), source=SPECIAL)
    expect("sequence first: others", (bool(one), len(one), one[1]), (False, 3, 10), source=SPECIAL)
    one = ext.sub((sequence, mapping))()
    record("sequence before mapping: operators", (len(one), one[1]))
    expect("sequence before mapping: methods", (one.__len__(), one.__getitem__(1)), (3, 10), source=SPECIAL)
    record("iteration", list(ext.sub((sequence, number))()))


@scenario
def calls(ext):
    """Objects of a type with tp_call are called with what they are given, or the call is refused."""
    one = ext.base("Called")()
    expect("positional and named", (one(), one(1, 2), one(1, 2, third=3), one(*(1, 2), **{"a": 1, "b": 2})),
           (0, 20, 21, 22), source=CALL)
    expect("__call__", one.__call__(1, second=2), 11, source=CALL)
    expect("not callable", attempt(lambda: ext.base("Number")()()), raised(TypeError), source=CALL)


@scenario
def calls_of_a_c_subclass(ext):
    """A C subclass that defines nothing inherits tp_call."""
    one = ext.sub((ext.base("Called"),))()
    expect("called", one(1, 2, third=3), 21, source=CALL)


@scenario
def calls_of_a_python_subclass(ext):
    """A Python subclass inherits tp_call, from a second base too, and can override it."""
    called = ext.base("Called")

    class Overridden(called):
        def __call__(self, *args):
            return ("new", super().__call__(*args))

    class Derived(called):
        pass

    class WithNumber(ext.base("Number"), called):
        pass

    expect("inherited", Derived()(1, 2, 3, fourth=4), 31, source=CALL)
    expect("overridden", Overridden()(1), ("new", 10), source=CALL)
    expect("second base", WithNumber()(1), 10, source=CALL)
