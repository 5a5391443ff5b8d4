"""Hierarchies of types from a description: made in C, or as Python classes whose methods stand where the slots stand.

A hierarchy is {"types": [type, ...]}, bases before what derives from them; a type is
    {"name", "bases": numbers of types, "slots": names of slots, "declines": those of them that answer NotImplemented,
     "fields": whether it has a struct of its own, "gc", "member": "", "writable" or "readonly",
     "dictionary", "weak": "", "offset" or "managed", "final", "immutable", "size": parts of its struct with those of its bases}

hierarchy(ext, A={"slots": [...]}, B={"bases": ["A"]}): what a scenario makes of types, with what is not given left out.

Made(hierarchy, maker): its types as the maker has them (Twin for Python's classes, Extension for C's).
OPERATIONS: what can be done with an object, and which slots that reaches.
answer(...): what an operation did: the slots' functions that were called, with the type that each belongs to, and the end.
"""

import operator
import sys

HAS_PART, HAS_GC, IS_BASE, HAS_DICTIONARY, HAS_WEAK, MANAGES_DICTIONARY, MANAGES_WEAK, HAS_MEMBER, IS_IMMUTABLE, \
    READS_MEMBER, HAS_BUFFERS = [1 << bit for bit in range(11)]

BINARY = (
    ("add", "+", operator.add, operator.iadd, "add"), ("subtract", "-", operator.sub, operator.isub, "sub"),
    ("multiply", "*", operator.mul, operator.imul, "mul"), ("remainder", "%", operator.mod, operator.imod, "mod"),
    ("lshift", "<<", operator.lshift, operator.ilshift, "lshift"),
    ("rshift", ">>", operator.rshift, operator.irshift, "rshift"),
    ("and", "&", operator.and_, operator.iand, "and"), ("xor", "^", operator.xor, operator.ixor, "xor"),
    ("or", "|", operator.or_, operator.ior, "or"),
    ("floor_divide", "//", operator.floordiv, operator.ifloordiv, "floordiv"),
    ("true_divide", "/", operator.truediv, operator.itruediv, "truediv"),
    ("matrix_multiply", "@", operator.matmul, operator.imatmul, "matmul"),
    ("power", "**", operator.pow, operator.ipow, "pow"),
)
COMPARISONS = (("==", operator.eq), ("!=", operator.ne), ("<", operator.lt), ("<=", operator.le), (">", operator.gt),
               (">=", operator.ge))

# A slot as methods of a class: name, what it returns, whether it takes numbers alone as its argument.
_METHODS = {
    "nb_int": [("__int__", 1)], "nb_index": [("__index__", 1)], "nb_float": [("__float__", 1.5)],
    "nb_bool": [("__bool__", False)], "nb_negative": [("__neg__", "nb_negative")],
    "nb_positive": [("__pos__", "nb_positive")], "nb_absolute": [("__abs__", "nb_absolute")],
    "nb_invert": [("__invert__", "nb_invert")],
    "nb_divmod": [("__divmod__", "nb_divmod"), ("__rdivmod__", "nb_divmod")],
    "sq_length": [("__len__", 1)], "mp_length": [("__len__", 1)],
    "sq_item": [("__getitem__", "sq_item")], "mp_subscript": [("__getitem__", "mp_subscript")],
    "sq_ass_item": [("__setitem__", None), ("__delitem__", None)],
    "mp_ass_subscript": [("__setitem__", None), ("__delitem__", None)],
    "sq_contains": [("__contains__", True)], "sq_concat": [("__add__", "sq_concat")],
    "sq_repeat": [("__mul__", "sq_repeat"), ("__rmul__", "sq_repeat")],
    "sq_inplace_concat": [("__iadd__", "sq_inplace_concat")],
    "sq_inplace_repeat": [("__imul__", "sq_inplace_repeat")],
    "tp_repr": [("__repr__", "tp_repr")], "tp_str": [("__str__", "tp_str")], "tp_hash": [("__hash__", 42)],
    "tp_richcompare": [(name, "tp_richcompare") for name in ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__")],
    "tp_call": [("__call__", "tp_call")], "tp_init": [("__init__", None)],
    "tp_iter": [("__iter__", "tp_iter")], "tp_iternext": [("__next__", "tp_iternext")],
    "am_await": [("__await__", "am_await")], "am_aiter": [("__aiter__", "am_aiter")],
    "am_anext": [("__anext__", "am_anext")], "tp_getattro": [("__getattribute__", "tp_getattro")],
    "tp_setattro": [("__setattr__", None), ("__delattr__", None)], "tp_descr_get": [("__get__", "tp_descr_get")],
    "tp_descr_set": [("__set__", None), ("__delete__", None)],
}
for _name, _, _, _, _method in BINARY:
    _METHODS["nb_" + _name] = [("__%s__" % _method, "nb_" + _name), ("__r%s__" % _method, "nb_" + _name)]
    _METHODS["nb_inplace_" + _name] = [("__i%s__" % _method, "nb_inplace_" + _name)]
_INDEXED = {"sq_item", "sq_ass_item", "sq_repeat", "sq_inplace_repeat"}
# Those that Python's classes can't have on every version; the twin is not asked about them.
WITHOUT_METHODS = {"bf_getbuffer", "bf_releasebuffer", "tp_finalize", "tp_new"}
_CREATION = {"tp_new", "tp_init", "tp_finalize"}


class Operation:
    """Something that is done with an object.

    .label, .family: operations of a family differ in nothing but the slot.   .call: of the object.
    .roles: which slots it may reach, and what part each has in the family: {slot: role}   .needs: worth asking with these
    """

    def __init__(self, label, family, call, roles, twin=True):
        self.label = label
        self.family = family
        self.call = call
        self.roles = roles
        # Without these slots, it does what another operation does.
        self.needs = {slot for slot in roles if "inplace" in slot} or set(roles)
        self.asks_twin = twin


def _method(name, *arguments):
    """Calls the method of this name, found along the MRO, as the data model has it."""
    def call(one):
        for cls in type(one).__mro__:
            if name in cls.__dict__:
                found = cls.__dict__[name]
                get = getattr(type(found), "__get__", None)
                return (get(found, one, type(one)) if get else found)(*arguments)
        raise AttributeError(name)

    return call


class _Anything:
    def __eq__(self, other):
        return True

    __hash__ = None

    def __repr__(self):
        return "anything"


_ANYTHING = _Anything()


class _Owner(object):
    pass


def _owned(do):
    def call(one):
        return do(type("Owner", (_Owner,), {"attribute": one})())

    return call


def _awaited(one):
    async def wait():
        await one

    return wait().send(None)


def _iterated(one):
    async def iterate():
        async for _ in one:
            pass

    return iterate().send(None)


def _stepped(one):
    class Around:
        def __aiter__(self):
            return one

    return _iterated(Around())


def _all_operations():
    every = []

    def add(label, family, call, roles, method=None, arguments=(), **more):
        every.append(Operation(label, family, call, roles, **more))
        if method is not None:
            every.append(Operation("x.%s(%s)" % (method, ", ".join(map(repr, arguments))), family + " method",
                                   _method(method, *arguments), roles, **more))

    for slot, label, call, method in (
            ("nb_negative", "-x", operator.neg, "__neg__"), ("nb_positive", "+x", operator.pos, "__pos__"),
            ("nb_absolute", "abs(x)", abs, "__abs__"), ("nb_invert", "~x", operator.invert, "__invert__")):
        add(label, "unary", call, {slot: "slot"}, method)
    add("int(x)", "int", int, {"nb_int": "slot", "nb_index": "index"}, "__int__")
    add("float(x)", "float", float, {"nb_float": "slot", "nb_index": "index"}, "__float__")
    add("operator.index(x)", "index", operator.index, {"nb_index": "slot"}, "__index__")
    add("bool(x)", "bool", bool, {"nb_bool": "slot", "mp_length": "mp_length", "sq_length": "sq_length"}, "__bool__")
    for name, sign, function, inplace, method in BINARY:
        slot, inplace_slot = "nb_" + name, "nb_inplace_" + name
        roles, family = {slot: "slot"}, "binary"
        inplace_roles = {inplace_slot: "in place", slot: "slot"}
        if name == "add":
            roles, family = {slot: "slot", "sq_concat": "sq_concat"}, "addition"
            inplace_roles.update(sq_concat="sq_concat", sq_inplace_concat="sq_inplace_concat")
        elif name == "multiply":
            roles, family = {slot: "slot", "sq_repeat": "sq_repeat"}, "multiplication"
            inplace_roles.update(sq_repeat="sq_repeat", sq_inplace_repeat="sq_inplace_repeat")
        add("x %s 1" % sign, family, lambda one, f=function: f(one, 1), roles, "__%s__" % method, (1,))
        add("1 %s x" % sign, "reflected " + family, lambda one, f=function: f(1, one), roles, "__r%s__" % method, (1,))
        add("x %s= 1" % sign, "in-place " + family, lambda one, f=inplace: f(one, 1), inplace_roles, "__i%s__" % method,
            (1,))
    add("divmod(x, 1)", "binary", lambda one: divmod(one, 1), {"nb_divmod": "slot"}, "__divmod__", (1,))
    add("divmod(1, x)", "reflected binary", lambda one: divmod(1, one), {"nb_divmod": "slot"}, "__rdivmod__", (1,))
    add("pow(x, 1, 2)", "ternary", lambda one: pow(one, 1, 2), {"nb_power": "slot"}, "__pow__", (1, 2))
    add("len(x)", "length", len, {"mp_length": "mp_length", "sq_length": "sq_length"}, "__len__")
    items = {"mp_subscript": "mp_subscript", "sq_item": "sq_item"}
    stores = {"mp_ass_subscript": "mp_ass_subscript", "sq_ass_item": "sq_ass_item"}
    lengths = {"mp_length": "mp_length", "sq_length": "sq_length"}
    add("x[0]", "item", lambda one: one[0], items, "__getitem__", (0,))
    add("x['k']", "item by key", lambda one: one["k"], items, "__getitem__", ("k",))
    add("x[-1]", "item from the end", lambda one: one[-1], dict(items, **lengths), twin=False)
    add("x[0] = 1", "item assignment", lambda one: operator.setitem(one, 0, 1), stores, "__setitem__", (0, 1))
    add("x['k'] = 1", "item assignment by key", lambda one: operator.setitem(one, "k", 1), stores, "__setitem__", ("k", 1))
    add("del x[0]", "item deletion", lambda one: operator.delitem(one, 0), stores, "__delitem__", (0,))
    add("del x['k']", "item deletion by key", lambda one: operator.delitem(one, "k"), stores, "__delitem__", ("k",))
    # Whatever is compared with it is equal, so that a search ends.
    add("anything in x", "containment", lambda one: _ANYTHING in one,
        {"sq_contains": "slot", "tp_iter": "iter", "sq_item": "sq_item", "mp_subscript": "mp_subscript"},
        "__contains__", (_ANYTHING,))
    add("operator.concat(x, x)", "concatenation", lambda one: operator.concat(one, one),
        {"sq_concat": "sq_concat", "nb_add": "slot", "sq_item": "sq_item", "mp_subscript": "mp_subscript"}, twin=False)
    add("repr(x)", "repr", repr, {"tp_repr": "slot"}, "__repr__")
    add("str(x)", "str", str, {"tp_str": "slot", "tp_repr": "repr"}, "__str__")
    add("hash(x)", "hash", hash, {"tp_hash": "slot", "tp_richcompare": "richcompare"}, "__hash__")
    for sign, function in COMPARISONS:
        family = "equality" if function in (operator.eq, operator.ne) else "order"
        add("x %s 1" % sign, family, lambda one, f=function: f(one, 1), {"tp_richcompare": "slot", "tp_hash": "hash"},
            "__%s__" % function.__name__, (1,))
    add("x()", "call", lambda one: one(), {"tp_call": "slot"}, "__call__")
    add("iter(x)", "iteration", iter, {"tp_iter": "slot", "sq_item": "sq_item", "mp_subscript": "mp_subscript"}, "__iter__")
    add("next(x)", "step", next, {"tp_iternext": "slot"}, "__next__")
    add("await x", "await", _awaited, {"am_await": "slot"}, "__await__")
    add("async for", "async iteration", _iterated, {"am_aiter": "slot"}, "__aiter__")
    add("a step of async for", "async step", _stepped, {"am_anext": "slot"}, "__anext__")
    add("x.a", "attribute", lambda one: one.a, {"tp_getattro": "slot"}, "__getattribute__", ("a",))
    add("x.a = 1", "attribute assignment", lambda one: setattr(one, "a", 1), {"tp_setattro": "slot"}, "__setattr__",
        ("a", 1))
    add("del x.a", "attribute deletion", lambda one: delattr(one, "a"), {"tp_setattro": "slot"}, "__delattr__", ("a",))
    add("x of an attribute", "descriptor", _owned(lambda owner: owner.attribute), {"tp_descr_get": "slot"}, "__get__",
        (None, int))
    add("x of a stored attribute", "descriptor assignment", _owned(lambda owner: setattr(owner, "attribute", 1)),
        {"tp_descr_set": "slot"}, "__set__", (None, 1))
    add("x of a deleted attribute", "descriptor deletion", _owned(lambda owner: delattr(owner, "attribute")),
        {"tp_descr_set": "slot"}, "__delete__", (None,))
    add("memoryview(x)", "buffer", lambda one: memoryview(one).release(),
        {"bf_getbuffer": "slot", "bf_releasebuffer": "release"}, twin=False)
    return every


OPERATIONS = _all_operations()
PAIRS = [
    Operation("x %s y" % sign, family + " of two", function, roles)
    for name, sign, function, _, _ in BINARY
    for family, roles in [(
        ("addition", {"nb_add": "slot", "sq_concat": "sq_concat"}) if name == "add" else
        ("multiplication", {"nb_multiply": "slot", "sq_repeat": "sq_repeat", "nb_index": "index"}) if name == "multiply"
        else ("binary", {"nb_" + name: "slot"}))]
] + [
    Operation("x %s= y" % sign, "in-place " + family + " of two", inplace, roles)
    for name, sign, _, inplace, _ in BINARY
    for family, roles in [(
        ("addition", {"nb_add": "slot", "nb_inplace_add": "in place", "sq_concat": "sq_concat",
                      "sq_inplace_concat": "sq_inplace_concat"}) if name == "add" else
        ("multiplication", {"nb_multiply": "slot", "nb_inplace_multiply": "in place", "sq_repeat": "sq_repeat",
                            "sq_inplace_repeat": "sq_inplace_repeat", "nb_index": "index"}) if name == "multiply" else
        ("binary", {"nb_" + name: "slot", "nb_inplace_" + name: "in place"}))]
] + [
    Operation("x %s y" % sign, ("equality" if sign in ("==", "!=") else "order") + " of two", function,
              {"tp_richcompare": "slot", "tp_hash": "hash"})
    for sign, function in COMPARISONS
]

_BY_SLOT = {}
_PAIRS_BY_SLOT = {}
for _every, _table in ((OPERATIONS, _BY_SLOT), (PAIRS, _PAIRS_BY_SLOT)):
    for _place, _one in enumerate(_every):
        for _slot in _one.roles:
            _table.setdefault(_slot, []).append(_place)


def operations_for(hierarchy):
    """Those that reach a slot of the hierarchy: of one object, and of two."""
    slots = set()
    for one in hierarchy["types"]:
        slots.update(one["slots"])
    return ([OPERATIONS[place] for place in sorted({place for slot in slots for place in _BY_SLOT.get(slot, ())})],
            [PAIRS[place] for place in sorted({place for slot in slots for place in _PAIRS_BY_SLOT.get(slot, ())})])


class Twin:
    """Makes Python classes."""

    kind = "python"

    def __init__(self, numbers):
        self._numbers = numbers
        self._log = []
        self._cache = {}

    def take(self):
        taken = tuple(self._log)
        self._log.clear()
        return taken

    def avoids(self, one, above):
        """It makes whatever it can make."""
        return None

    def avoids_subclass(self, one, above):
        """The same."""
        return False

    def lacks(self, one):
        """Why it can't make a type, or None."""
        return "Python's classes have no such slots" if WITHOUT_METHODS & set(one["slots"]) else None

    def make(self, mark, one, bases):
        names = {}
        slots, declines = one["slots"], one["declines"]
        # Where two slots have one method, the type's method is that of the slot that the C API lists first.
        for slot in sorted(slots, key=_method_rank):
            for name, result in _METHODS.get(slot, ()):
                names.setdefault(name, self._function(mark, slot, name, NotImplemented if slot in declines else result))
        above = {name for base in bases for cls in base.__mro__ for name in cls.__dict__}
        names["__slots__"] = (("_part%d" % mark,) if one["fields"] else ()) + tuple(
            name for name, wanted in (("__dict__", one["dictionary"]), ("__weakref__", one["weak"]))
            if wanted and name not in above)
        return type(one["name"], bases, names)

    def new(self, cls):
        return object.__new__(cls)

    def _function(self, mark, slot, name, result):
        key = (mark, slot, name, result)
        if key not in self._cache:
            code, note = 128 * mark + self._numbers[slot], self._log.append
            if slot in _INDEXED:
                def function(self, index, *rest):
                    operator.index(index)
                    note(code)
                    return result
            else:
                def function(self, *rest):
                    note(code)
                    return result
            self._cache[key] = function
        return self._cache[key]


def _method_rank(slot):
    return (0 if slot.startswith("nb_") else 1 if slot.startswith("mp_") else 2, slot)


_BUFFERS = {"bf_getbuffer", "bf_releasebuffer"}
_NOT_IN_HPY = {"tp_iter", "tp_iternext", "am_await", "am_aiter", "am_anext", "tp_getattro", "tp_setattro", "tp_descr_get",
               "tp_descr_set"}


class Extension:
    """Makes types in C, through a binary of the case."""

    def __init__(self, kind, ext, numbers):
        self.kind = kind
        self._ext = ext
        self._numbers = numbers
        self._known = ext.features()
        self.take = ext.calls
        self.ends = ext.ends
        self.new = ext.new
        self.prepare = ext.prepare
        self.intact = ext.intact
        self.is_hpy = kind not in ("heap", "static")
        self._lacks_slots = _NOT_IN_HPY if self.is_hpy else set()

    def avoids(self, one, above):
        """Why it makes no such type when thousands are made, or None: memory is overwritten, or the process ends.

        above: what the type derives from.
        """
        is_cpython = sys.implementation.name == "cpython"
        if not self.is_hpy:
            # pypy-cpyext-finalize-aborts, pypy-cpyext-clearing-weak-references-aborts
            aborts = not is_cpython and ("tp_finalize" in one["slots"] or one["weak"])
            return "cpyext aborts when such an object ends" if aborts else None
        line = (one,) + tuple(above)
        if any(each["fields"] for each in line) and any("tp_call" in each["slots"] for each in line):
            return "HPy puts its field for the call over the struct"  # hpy-call-field-over-the-base
        if one["gc"] and is_cpython and sys.version_info >= (3, 13):  # hpy-type-flag-inline-values
            return "HPy's flag for its types is another one of CPython's, and the collector crashes"
        return None

    def avoids_subclass(self, one, above):
        """Whether objects of a class statement below a type end the process when thousands are made."""
        line = (one,) + tuple(above)
        # pypy-hpy-finalizer-of-subclass
        return self.is_hpy and sys.implementation.name == "pypy" and any(
            each["fields"] or "tp_finalize" in each["slots"] for each in line)

    def avoids_revival(self):
        """Whether objects of a class with `__del__` below a type end the process, whatever the type has."""
        # pypy-hpy-finalizer-of-subclass, hpy-type-flag-inline-values
        return self.is_hpy and (sys.implementation.name == "pypy" or sys.version_info >= (3, 13))

    def lacks(self, one):
        """Why it can't make a type, or None."""
        missing = self._lacks_slots & set(one["slots"])
        if missing:
            return "HPy has no slot %s" % sorted(missing)[0]
        if self.is_hpy and one["fields"] and not one["gc"]:
            return "HPy's fields need HPy_tp_traverse"
        unknown = self._features(one) & ~self._known
        if unknown:
            return "this version can't make such a type (feature %d)" % unknown
        return None

    def make(self, mark, one, bases):
        numbers = self._numbers
        return self._ext.make(
            mark, "ext." + one["name"], bytes([numbers[slot] for slot in one["slots"]]),
            bytes([numbers[slot] for slot in one["declines"]]), bases, self._features(one), one["size"])

    @staticmethod
    def _features(one):
        return ((HAS_PART if one["fields"] else 0) | (HAS_GC if one["gc"] else 0) | (0 if one["final"] else IS_BASE)
                | {"": 0, "offset": HAS_DICTIONARY, "managed": MANAGES_DICTIONARY}[one["dictionary"]]
                | {"": 0, "offset": HAS_WEAK, "managed": MANAGES_WEAK}[one["weak"]]
                | {"": 0, "writable": HAS_MEMBER, "readonly": READS_MEMBER}[one["member"]]
                | (IS_IMMUTABLE if one["immutable"] else 0) | (HAS_BUFFERS if _BUFFERS & set(one["slots"]) else 0))


def is_type(made):
    """Whether a type was made: neither refused nor left out."""
    return made is not None and not isinstance(made, str)


class Made:
    """The types of a hierarchy as one maker has them.

    .types: a type, the exception that it ended with, or None where the maker can't make it or has not its bases.
    .subclasses: of each a class made in Python that adds nothing.
    """

    def __init__(self, hierarchy, maker, is_careful=True):
        """is_careful: whether types are left out with which no process goes on."""
        self.maker = maker
        self.types = []
        self.subclasses = []
        described = hierarchy["types"]
        lines = []  # of each type, what it derives from
        for mark, one in enumerate(described):
            bases = tuple([self.types[base] for base in one["bases"]])
            above = set(one["bases"]).union(*[lines[base] for base in one["bases"]])
            lines.append(above)
            made = None
            can_be = all(is_type(base) for base in bases) and maker.lacks(one) is None
            if can_be and not (is_careful and maker.avoids(one, [described[each] for each in above])):
                try:
                    made = maker.make(mark, one, bases)
                except Exception as error:
                    made = type(error).__name__
            self.types.append(made)
            below = None
            avoids_below = is_careful and maker.avoids_subclass(one, [described[each] for each in above])
            if is_type(made) and not one["final"] and not avoids_below:
                try:
                    below = type(one["name"], (made,), {"__slots__": ()})
                except Exception as error:
                    below = type(error).__name__
            self.subclasses.append(below)


_PLAIN = (bool, int, float, str, type(None), type(NotImplemented))


def answer(call, take, *objects):
    """What an operation did: the functions that were called, in order, as numbers, and its end as a text."""
    take()
    try:
        result = call(*objects)
        end = None
    except Exception as error:
        end = type(error).__name__
    calls = take()
    if end is None:
        kind = type(result)
        if kind is bool or kind in _PLAIN and calls:
            end = "%r" % (result,)
        else:
            end = kind.__name__ if kind in _PLAIN else "an object"
    return calls, end


def _is_hpy(ext):
    return not ext.features() & (HAS_WEAK | IS_IMMUTABLE | HAS_DICTIONARY) and ext.features() & HAS_BUFFERS


_WITHOUT = {"bases": (), "slots": (), "declines": (), "fields": False, "gc": False, "member": "", "dictionary": "",
            "weak": "", "final": False, "immutable": False}


class hierarchy:
    """Types of a scenario, made in C by its extension and as Python classes; each is an attribute.

    ext: the extension of the case explored/hierarchies.   types: by name, bases before what derives from them.
    """

    def __init__(self, ext, **types):
        self._names = list(types)
        described = []
        for mark, (name, given) in enumerate(types.items()):
            one = dict(_WITHOUT, name=name, **given)
            one["bases"] = [self._names.index(base) for base in one["bases"]]
            one["size"] = mark + 1 if one["fields"] else max([described[base]["size"] for base in one["bases"]] or [0])
            described.append(one)
        self._slots = ext.names()
        numbers = {name: number for number, name in enumerate(self._slots)}
        self._made = Made({"types": described}, Extension("universal" if _is_hpy(ext) else "heap", ext, numbers), is_careful=False)
        self._twin = Made({"types": described}, Twin(numbers))
        for name, made in zip(self._names, self._made.types):
            if not is_type(made):
                raise TypeError("the type %s was not made: %s" % (name, made))
            setattr(self, name, made)

    def does(self, name, label, other=None):
        """What an operation on an object of a type does, in words: "A.nb_add then TypeError".

        other: name of the type of a second object.
        """
        return self._does(self._made, self._made.types, name, label, other)

    def subclass_does(self, name, label):
        """The same for a class statement below the type that adds nothing."""
        return self._does(self._made, self._made.subclasses, name, label, None)

    def python_does(self, name, label, other=None):
        """The same for Python's classes whose methods stand where the slots stand."""
        return self._does(self._twin, self._twin.types, name, label, other)

    def new(self, name):
        """An object of a type, as tp_alloc makes it."""
        return self._made.maker.new(self._made.types[self._names.index(name)])

    def new_below(self, name):
        """An object of a class statement below a type."""
        return self._made.maker.new(self._made.subclasses[self._names.index(name)])

    def ends(self):
        """What ended since the last time: "A.destroy", "A.tp_finalize", "A.bf_releasebuffer"."""
        return _called(self._names, self._slots, self._made.maker.ends())

    def _does(self, made, classes, name, label, other):
        operation = next(one for one in (OPERATIONS if other is None else PAIRS) if one.label == label)
        objects = [made.maker.new(classes[self._names.index(one)]) for one in (name, other) if one is not None]
        return words(self._names, self._slots, answer(operation.call, made.maker.take, *objects))


def words(names, slots, done):
    """An answer in words: "A.nb_add then TypeError"."""
    calls, end = done
    return " then ".join(_called(names, slots, calls) + ([end] if tells(calls, end) else [])) or "no call"


def _called(names, slots, codes):
    """Functions of slots by their types' names: ["A.nb_add"]."""
    return ["%s.%s" % (names[code >> 7], slots[code & 127]) for code in codes]


def tells(calls, end):
    """Whether the end says more than the calls; what a slot returns here is always the same."""
    return end not in ("None", "True", "1", "1.5", "42") and not (calls and end.startswith("'"))
