import weakref

from hpy_conform import Watch, attempt, clear_events, collect, events, expect, expect_released, record, scenario

CYCLES = ("HPy porting guide, 'tp_traverse, tp_clear, Py_TPFLAGS_HAVE_GC'; Python/C API, 'Supporting Cyclic Garbage "
          "Collection' and 'Type Objects', tp_traverse")
RELEASED = "HPy porting guide, 'tp_dealloc and Py_DECREF'; Python/C API, 'Type Objects', tp_dealloc"
KEPT = ("HPy porting guide, 'Porting PyObject * to HPy API constructs'; Python/C API, 'Supporting Cyclic Garbage "
        "Collection'")
ZEROED = ("HPy API reference, HPyField_Store (HPy_New zeroes the memory); Python/C API, 'Type Objects', tp_alloc, and "
          "'Supporting Cyclic Garbage Collection', Py_VISIT")
INHERITED = ("Python/C API, 'Type Objects', tp_traverse and tp_clear (inherited together with Py_TPFLAGS_HAVE_GC); HPy "
             "porting guide, 'tp_traverse, tp_clear, Py_TPFLAGS_HAVE_GC'")
MEMBER = ("HPy API reference, HPyDef_MEMBER; Python/C API, 'Common Object Structures', PyMemberDef; HPy porting guide, "
          "'tp_traverse, tp_clear, Py_TPFLAGS_HAVE_GC'")
OWN_TYPE = ("Python/C API, 'Type Objects', tp_traverse (instances of heap types visit their type), and 'Isolating "
            "Extension Modules', Garbage-Collection Protocol; HPy porting guide, 'tp_traverse, tp_clear, "
            "Py_TPFLAGS_HAVE_GC'")
VISIT = ("Python/C API, 'Supporting Cyclic Garbage Collection', visitproc, traverseproc and Py_VISIT; HPy API, "
         "HPy_VISIT (adapted from it)")
CLEAR = ("Python/C API, 'Type Objects', tp_clear (drops the references of the members and sets them to NULL), and "
         "'Reference Counting', Py_CLEAR")
BY_HAND = ("Python/C API, 'Type Objects', tp_dealloc, tp_traverse and tp_clear (a subtype's function calls that of its "
           "base)")


def in_a_cycle(watch, node, name, store):
    """A thing of a watch that holds a node, and that the node is made to hold."""
    thing = watch.thing(name)
    thing.node = node
    store(thing)


@scenario
def fields_never_stored(ext):
    """Cycles are found whichever of the fields were stored; what was never stored is not visited."""
    watch = Watch()
    ext.Node()
    collect()
    for name, store in (("first", lambda node: node.hold), ("second", lambda node: node.hold_second),
                        ("member", lambda node: lambda thing: setattr(node, "member", thing))):
        node = ext.Node()
        in_a_cycle(watch, node, name, store(node))
    held = node
    del node
    expect_released("one field each", watch, ["first", "second"], CYCLES)
    expect("the others are empty", held.held(), (..., ...), source=ZEROED)
    del held
    expect_released("let go", watch, ["first", "second", "member"], CYCLES)
    empty = [ext.Node() for _ in range(10)]
    collect()
    expect("empty ones", {node.held() for node in empty}, {(..., ...)}, source=ZEROED)
    expect("what visits nothing", ext.visits(ext.Node(), 0), (0, 0), source=VISIT)


@scenario
def collections_while_an_object_is_made(ext):
    """Collections before, between and after the stores of tp_new leave a half-made object whole."""
    watch, calls = Watch(), []

    def between():
        collect()
        calls.append([[] for _ in range(100)])

    for cls in (ext.Node, ext.Sub, ext.More):
        name = cls.__name__
        node = cls(between, watch.thing(name + " first"), watch.thing(name + " second"))
        expect(name, [thing.name for thing in node.held()], [name + " first", name + " second"], source=KEPT)
    expect("called", len(calls), 9, source=KEPT)
    held = ["Node first", "Node second", "Sub first", "Sub second"]
    expect_released("the earlier ones", watch, held, RELEASED)
    del node
    expect_released("all", watch, held + ["More first", "More second"], RELEASED)


@scenario
def a_failure_while_an_object_is_made(ext):
    """What was stored by then is released, also if it refers to the class; what was not stored is not."""
    for calls in (1, 2, 3):
        watch, left = Watch(), [calls]

        def between():
            left[0] -= 1
            collect()
            if left[0] == 0:
                raise ValueError("call %d" % calls)

        first, second = watch.thing("first"), watch.thing("second")
        tried = attempt(ext.Node, between, first, second)
        expect("call %d" % calls, (tried.exception, tried.message), ("ValueError", "call %d" % calls), source=KEPT)
        expect_released("call %d, held" % calls, watch, [], RELEASED)
        del first
        expect_released("call %d, first" % calls, watch, ["first"], RELEASED)
        del second
        expect_released("call %d, both" % calls, watch, ["first", "second"], RELEASED)


@scenario
def traverse_is_called(ext):
    """Whether a collection calls traverse of a live object is left to the runtime; fields stay as they are."""
    node, thing = ext.Node(), object()
    node.hold(thing, node)
    before = ext.traversed()
    collect()
    record("called", ext.traversed() > before)
    expect("fields", [one is other for one, other in zip(node.held(), (thing, node))], [True, True], source=KEPT)
    node.hold(None, None)


@scenario
def a_subclass_inherits_traverse(ext):
    """A subclass in C without a traverse of its own is traversed by its base's."""
    watch = Watch()
    for name, store in (("first", lambda node: node.hold), ("second", lambda node: node.hold_second),
                        ("member", lambda node: lambda thing: setattr(node, "member", thing))):
        node = ext.Sub()
        in_a_cycle(watch, node, name, store(node))
    expect_released("held", watch, ["first", "second"], INHERITED)
    del node
    expect_released("let go", watch, ["first", "second", "member"], INHERITED)


@scenario
def a_subclass_extends_traverse(ext):
    """A subclass in C that visits its own field and calls its base's traverse has cycles through all of them found."""
    watch = Watch()
    for name, store in (("first", lambda node: node.hold), ("second", lambda node: node.hold_second),
                        ("third", lambda node: node.hold_third)):
        node = ext.More()
        in_a_cycle(watch, node, name, store(node))
    expect_released("held", watch, ["first", "second"], INHERITED)
    del node
    expect_released("let go", watch, ["first", "second", "third"], INHERITED)
    node = ext.More().hold(watch.thing("one"), watch.thing("two")).hold_third(watch.thing("three"))
    del node
    expect_released("without cycles", watch, ["first", "second", "third", "one", "two", "three"], RELEASED)


@scenario
def python_subclasses_inherit_traverse(ext):
    """Classes made in Python below Node, Sub and More have cycles through each field found, with slots and without."""
    watch, names = Watch(), []
    for base in (ext.Node, ext.Sub, ext.More):
        class Open(base):
            pass

        class Slotted(base):
            __slots__ = ("one",)

        for cls in (Open, Slotted):
            node = cls()
            names.append("%s below %s" % (cls.__name__, base.__name__))
            in_a_cycle(watch, node, names[-1], node.hold_third if base is ext.More else node.hold_second)
            node.one = names
            del node
    expect_released("let go", watch, names, INHERITED)


@scenario
def a_cycle_through_a_member(ext):
    """Two objects that hold each other in a member, one that holds itself, and one in a list and a dictionary."""
    watch = Watch()
    one, two, itself, listed = ext.Node(), ext.Node(), ext.Node(), ext.Node()
    one.member, two.member, itself.member, listed.member = two, one, itself, [{"it": listed}]
    for name, node in (("one", one), ("two", two), ("itself", itself), ("listed", listed)):
        node.hold(watch.thing(name))
    del one, two, node
    expect_released("some", watch, ["one", "two"], MEMBER)
    expect("the others", (itself.member is itself, listed.member[0]["it"] is listed), (True, True), source=MEMBER)
    del itself, listed
    expect_released("all", watch, ["one", "two", "itself", "listed"], MEMBER)


@scenario
def a_cycle_through_a_closure(ext):
    """An object holds a function whose closure, defaults, attributes or bound object hold it."""
    watch, names = Watch(), []

    def closure(node):
        return lambda: node

    def defaults(node):
        def function(it=node):
            return it
        return function

    def keyword_defaults(node):
        def function(*, it=node):
            return it
        return function

    def attributes(node):
        def function():
            pass
        function.it = node
        return function

    def bound(node):
        return node.hold

    def generator(node):
        def running():
            yield 1
            yield node
        it = running()
        next(it)
        return it

    for make in (closure, defaults, keyword_defaults, attributes, bound, generator):
        node = ext.Node()
        names.append(make.__name__)
        node.hold(watch.thing(make.__name__), make(node))
    del node
    expect_released("all", watch, names, CYCLES)


@scenario
def a_cycle_through_the_dictionary(ext):
    """An object of a class made in Python holds itself in its dictionary, alone and through C fields of others."""
    watch = Watch()

    class Open(ext.Node):
        pass

    one, two, three = Open(), Open(), ext.Node()
    one.it = one
    two.it, three.member = three, two
    one.thing, two.thing = watch.thing("one"), watch.thing("two")
    three.hold(watch.thing("three"))
    kept = two
    del one, two, three
    expect_released("some", watch, ["one"], CYCLES)
    del kept
    expect_released("all", watch, ["one", "two", "three"], CYCLES)


@scenario
def a_class_that_holds_its_own_instance(ext):
    """A class made in Python holds an instance of itself; both go, with what the instance holds in C."""
    watch = Watch()

    class Open(ext.Node):
        pass

    Open.it = Open()
    Open.it.hold(watch.thing("instance"))
    gone = weakref.ref(Open)
    expect_released("held", watch, [], CYCLES)
    del Open
    expect_released("let go", watch, ["instance"], CYCLES)
    expect("the class is gone", gone() is None, True, source=CYCLES)


@scenario
def a_type_that_holds_its_own_instance(ext):
    """A type made in C at run time holds an instance of itself; both go, with what the instance holds."""
    watch = Watch()
    made = ext.make_type()
    made.it = made()
    made.it.hold(watch.thing("instance"))
    gone = weakref.ref(made)
    expect_released("held", watch, [], OWN_TYPE)
    del made
    expect_released("let go", watch, ["instance"], OWN_TYPE)
    expect("the type is gone", gone() is None, True, source=OWN_TYPE)
    if gone() is not None:
        del gone().it  # so as to leave nothing behind


@scenario
def a_cycle_through_many_things(ext):
    """A cycle that goes through a field, a member, a list, a dictionary, a closure, a slot and a Python object."""
    watch = Watch()

    class Plain:
        pass

    class Slotted:
        __slots__ = ("it", "__weakref__")

    def function_with(node):
        return lambda: node

    first, second, third = ext.Node(), ext.More(), ext.Sub()
    plain, slotted, called = Plain(), Slotted(), []
    first.hold([{"plain": plain}, weakref.ref(plain, lambda _: called.append("inside"))])
    plain.function = function_with(second)
    second.hold_third((slotted,))
    slotted.it = third
    third.member = first
    for number, node in enumerate((first, second, third)):
        node.hold_second(watch.thing(str(number)))
    outside = weakref.ref(slotted, lambda _: called.append("outside"))
    kept = slotted
    del first, second, third, node, plain, slotted
    expect_released("held", watch, [], CYCLES)
    expect("whole", kept.it.member.held()[0][0]["plain"].function().held()[1].name, "1", source=KEPT)
    del kept
    expect_released("let go", watch, ["0", "1", "2"], CYCLES)
    expect("outside", (outside(), called.count("outside")), (None, 1), source="Python library, 'weakref'")
    record("inside", called.count("inside"))


@scenario
def a_cycle_without_the_flag(ext):
    """Whether a cycle through a type without HAVE_GC is found is left to the runtime; broken up, it is released."""
    watch = Watch()
    alone = ext.Half().hold(watch.thing("alone"), watch.thing("too"))
    del alone
    expect_released("alone", watch, ["alone", "too"], RELEASED)
    watch, half = Watch(), ext.Half()
    in_a_cycle(watch, half, "cycle", half.hold)
    thing = weakref.ref(half.held()[0])
    expect("whole", (thing().name, thing().node is half), ("cycle", True), source=KEPT)
    del half
    collect()
    record("found", thing() is None)
    if thing() is not None:
        del thing().node
    expect_released("broken by hand", watch, ["cycle"], RELEASED)


def a_hidden_cycle(make, store):
    """A cycle that the collector can't see, if it goes by traverse alone, stays whole, and ends when it is broken."""
    watch, node = Watch(), make()
    in_a_cycle(watch, node, "hidden", getattr(node, store))
    node.member = "whole"
    thing = weakref.ref(node.held()[1] if store == "hold_second" else node.held()[0])
    del node
    collect()
    record("found", thing() is None)
    if thing() is not None:
        expect("whole", thing().node.member, "whole", source=KEPT)
        del thing().node
    expect_released("broken by hand", watch, ["hidden"], RELEASED)


@scenario
def a_field_that_is_not_visited(ext):
    """A cycle through a field that traverse leaves out is not found, and whole; other cycles are."""
    a_hidden_cycle(ext.Lax, "hold_second")
    watch, node = Watch(), ext.Lax()
    in_a_cycle(watch, node, "visited", node.hold)
    node.hold_second(watch.thing("left out"))
    del node
    expect_released("a visited one beside it", watch, ["visited", "left out"], CYCLES)


@scenario
def a_subclass_that_visits_its_own_field_alone(ext):
    """A traverse that does not call that of the base hides the fields of the base, and no others."""
    a_hidden_cycle(ext.Narrow, "hold_second")
    watch, node = Watch(), ext.Narrow()
    in_a_cycle(watch, node, "own", node.hold_third)
    node.hold(watch.thing("first"), watch.thing("second"))
    del node
    expect_released("its own", watch, ["own", "first", "second"], CYCLES)


@scenario
def traverse_stops_where_visit_says_so(ext):
    """What visit returns other than 0 is passed on at once; fields that are empty are not visited."""
    node = ext.Node().hold(1.5, 2.5)
    node.member = 3.5
    expect("all three", [ext.visits(node, stop) for stop in range(5)], [(0, 3), (7, 1), (7, 2), (7, 3), (0, 3)],
           source=VISIT)
    node = ext.Node().hold_second(2.5)
    expect("one", [ext.visits(node, stop) for stop in range(3)], [(0, 1), (7, 1), (0, 1)], source=VISIT)
    node.hold(1.5)
    expect("two", [ext.visits(node, stop) for stop in range(4)], [(0, 2), (7, 1), (7, 2), (0, 2)], source=VISIT)
    expect("none", [ext.visits(ext.Node(), stop) for stop in range(2)], [(0, 0), (0, 0)], source=VISIT)


@scenario
def traverse_of_a_python_subclass_stops(ext):
    """The function of a class made in Python passes on what the base's returned and what visit returned for its own."""
    class Slotted(ext.More):
        __slots__ = ("one",)

    slotted = Slotted().hold(1.5, 2.5).hold_third(3.5)
    slotted.one = 4.5
    for label, one, count in (("More", ext.More().hold(1.5, 2.5).hold_third(3.5), 3), ("Slotted", slotted, 4)):
        expect(label, [ext.visits(one, stop) for stop in range(count + 2)],
               [(0, count)] + [(7, stop) for stop in range(1, count + 1)] + [(0, count)], source=VISIT)


@scenario
def cleared_by_hand(ext):
    """tp_clear lets go of what the object holds, once, and the object can be used again."""
    for cls in (ext.Node, ext.Sub, ext.More):
        watch, name = Watch(), cls.__name__
        node = cls().hold(watch.thing("first"), watch.thing("second"))
        node.member = watch.thing("member")
        expect(name + " cleared", ext.clear(node), 0, source=CLEAR)
        expect_released(name, watch, ["first", "second", "member"], CLEAR)
        expect(name + " is empty", (node.held(), node.member, ext.visits(node, 0)), ((..., ...), None, (0, 0)),
               source=CLEAR)
        node.hold(watch.thing("again"), node)
        expect(name + " is used again", (node.held()[0].name, node.held()[1] is node), ("again", True), source=CLEAR)
        del node
        expect_released(name + " at its end", watch, ["first", "second", "member", "again"], CYCLES)


@scenario
def cleared_twice(ext):
    """A second tp_clear finds nothing; one that runs within the first, from an object that ends there, neither."""
    watch = Watch()
    node = ext.Node().hold(watch.thing("first"), watch.thing("second"))
    expect("cleared", [ext.clear(node), ext.clear(node), ext.clear(ext.Node())], [0, 0, 0], source=CLEAR)
    expect_released("twice", watch, ["first", "second"], CLEAR)
    seen = []

    class Nosy:
        def __del__(self):
            seen.append((node.held()[0], ext.clear(node), node.held()))

    node.hold(Nosy(), watch.thing("behind"))
    expect("cleared with another within", ext.clear(node), 0, source=CLEAR)
    collect()
    expect("seen", seen, [(..., 0, (..., ...))], source=CLEAR)
    expect_released("within", watch, ["first", "second", "behind"], CLEAR)


@scenario
def cleared_through_a_subclass(ext):
    """tp_clear of a subclass in C: the inherited one clears the base's fields, an own one its own, too."""
    watch = Watch()
    sub = ext.Sub().hold(watch.thing("sub"), watch.thing("sub's other"))
    more = ext.More().hold(watch.thing("more"), 1.5).hold_third(watch.thing("third"))
    expect("cleared", (ext.clear(sub), ext.clear(more)), (0, 0), source=INHERITED)
    expect_released("contents", watch, ["sub", "sub's other", "more", "third"], INHERITED)
    expect("visited", (ext.visits(sub, 0), ext.visits(more, 0)), ((0, 0), (0, 0)), source=CLEAR)


@scenario
def a_python_subclass_cleared_by_hand(ext):
    """tp_clear of a class made in Python clears what the base has, and leaves an object that can be used."""
    watch = Watch()

    class Open(ext.Node):
        pass

    class Slotted(ext.Node):
        __slots__ = ("one",)

    for cls in (Open, Slotted):
        node = cls().hold(watch.thing(cls.__name__))
        node.one = "it"
        expect(cls.__name__ + " cleared", ext.clear(node), 0, source=INHERITED)
        expect(cls.__name__ + " is empty", node.held(), (..., ...), source=INHERITED)
        record(cls.__name__ + "'s attribute", getattr(node, "one", "gone"))
        node.one = "again"
        expect(cls.__name__ + " is used again", node.one, "again", source=INHERITED)
        del node
    expect_released("contents", watch, ["Open", "Slotted"], INHERITED)


def a_row(ext, watch, label):
    row = ext.Row([watch.thing(label + " item")])
    row.own = watch.thing(label + " own")
    row.append(watch.thing(label + " other"))
    return row


def a_table(ext, watch, label):
    table = ext.Table(item=watch.thing(label + " item"))
    table.own = watch.thing(label + " own")
    table["other"] = watch.thing(label + " other")
    return table


def parts(label):
    return ["%s %s" % (label, part) for part in ("item", "own", "other")]


def ends(ext, make, event):
    """An object of a type whose tp_dealloc calls that of its builtin base."""
    watch = Watch()
    one = make(ext, watch, "held")
    expect("filled", (len(one), one.own.name), (2, "held own"), source=BY_HAND)
    expect_released("held", watch, [], BY_HAND)
    del one
    expect_released("let go", watch, parts("held"), BY_HAND)
    expect("destroyed", len(events(ext, event)), 1, source=BY_HAND)
    clear_events(ext)
    for _ in range(200):
        make(ext, Watch(), "many")
    collect()
    expect("many", len(events(ext, event)), 200, source=BY_HAND)


def cycles(ext, make, event, put):
    """A cycle through the field, one through the builtin's content, and a mixture."""
    watch = Watch()
    for label in ("own", "content"):
        one = make(ext, watch, label)
        if label == "own":
            one.own.it = one
        else:
            put(one, one)
    expect_released("one is held", watch, parts("own"), BY_HAND)
    del one
    expect_released("let go", watch, parts("own") + parts("content"), BY_HAND)
    one, two = make(ext, watch, "one"), make(ext, watch, "two")
    put(one, [two])
    two.own.it = {"it": one}
    del one, two
    expect_released("two", watch, parts("own") + parts("content") + parts("one") + parts("two"), BY_HAND)
    expect("destroyed", len(events(ext, event)), 4, source=BY_HAND)


def cleared(ext, make, put):
    """tp_clear that clears the field and calls that of the base: the object is empty, and can be used."""
    watch = Watch()
    one = make(ext, watch, "cleared")
    expect("cleared", (ext.clear(one), ext.clear(one)), (0, 0), source=BY_HAND)
    expect_released("contents", watch, parts("cleared"), BY_HAND)
    expect("empty", (len(one), one.own, ext.visits(one, 0)), (0, None, (0, 0)), source=BY_HAND)
    put(one, "again")
    one.own = "own"
    expect("used again", (len(one), one.own, ext.visits(one, 1)[0]), (1, "own", 7), source=BY_HAND)


def append(row, item):
    row.append(item)


def insert(table, item):
    table["put"] = item


@scenario
def a_list_with_a_field(ext):
    """A type below list whose tp_dealloc releases its own field and calls list's."""
    ends(ext, a_row, "row")


@scenario
def a_list_with_a_field_in_cycles(ext):
    """Its tp_traverse visits its field and calls list's."""
    cycles(ext, a_row, "row", append)


@scenario
def a_list_with_a_field_cleared_by_hand(ext):
    """Its tp_clear clears its field and calls list's."""
    cleared(ext, a_row, append)


@scenario
def a_dictionary_with_a_field(ext):
    """A type below dict whose tp_dealloc releases its own field and calls dict's."""
    ends(ext, a_table, "table")


@scenario
def a_dictionary_with_a_field_in_cycles(ext):
    """Its tp_traverse visits its field and calls dict's."""
    cycles(ext, a_table, "table", insert)


@scenario
def a_dictionary_with_a_field_cleared_by_hand(ext):
    """Its tp_clear clears its field and calls dict's."""
    cleared(ext, a_table, insert)
