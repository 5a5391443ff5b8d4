import threading
import weakref

from hpy_conform import attempt, collect, expect, scenario

DEPTH = 100000
FURTHER = 1000  # in the further calls of a scenario, which count what each leaves behind
STACK = 256 * 1024
ONCE = "HPy porting guide, 'Deallocator slot Py_tp_dealloc'; Python/C API, 'Type Objects', tp_dealloc"
RELEASED = ("HPy porting guide, 'tp_dealloc and Py_DECREF'; Python/C API, 'Type Objects', tp_dealloc, and 'Reference "
            "Counting', Py_DECREF")
CYCLES = ("HPy porting guide, 'tp_traverse, tp_clear, Py_TPFLAGS_HAVE_GC'; Python/C API, 'Supporting Cyclic Garbage "
          "Collection' and 'Type Objects', tp_clear")


class Plain:
    pass


# Each makes a link that holds another one by some way.

def by_field(make, end):
    return make(end)


def by_second_field(make, end):
    return make(None, end)


def by_member(make, end):
    link = make()
    link.held = end
    return link


def by_list(make, end):
    return make([end])


def by_tuple(make, end):
    return make((end,))


def by_dictionary(make, end):
    return make({"it": end})


def by_object(make, end):
    plain = Plain()
    plain.it = end
    return make(None, plain)


def by_closure(make, end):
    return make(lambda: end)


MIXTURE = (by_field, by_list, by_member, by_tuple, by_second_field, by_dictionary, by_object, by_closure)


seen = set()


def depth_for(function):
    """How deep a function is to build: deep in the first call of the scenario that has it in this process."""
    depth = FURTHER if function.__code__ in seen else DEPTH
    seen.add(function.__code__)
    return depth


def chain(make, ways, end, depth):
    """The first of `depth` links, the last of which holds `end`; `ways` take turns."""
    for number in range(depth):
        end = ways[number % len(ways)](make, end)
    return end


def here(release):
    release()
    collect()


def small_stack(release):
    """Call a function that lets go of something, and collect, in a thread with a small stack."""
    before = threading.stack_size(STACK)
    try:
        thread = threading.Thread(target=here, args=(release,))
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()


def all_end(ext, build, where=here, source=RELEASED):
    """What a function builds ends when it is let go of, each link once, and not before."""
    ext.begin()
    held = [build(depth_for(build))]
    collect()
    made, ended, again = ext.report()
    expect("ended while held", (ended, again), (0, 0), source=source)
    where(held.clear)
    expect("ended", ext.report(), (made, made, 0), source=source)


@scenario
def fields(ext):
    """A chain of links, each in a field of the one before."""
    all_end(ext, lambda depth: chain(ext.Link, [by_field], None, depth))


@scenario
def fields_with_a_small_stack(ext):
    """The same in a thread that has less than three bytes of stack for each link."""
    all_end(ext, lambda depth: chain(ext.Link, [by_field], None, depth), small_stack)


@scenario
def members_with_a_small_stack(ext):
    """A chain through the member that Python stored into."""
    all_end(ext, lambda depth: chain(ext.Link, [by_member], None, depth), small_stack)


@scenario
def lists_with_a_small_stack(ext):
    """A list lies between each two links."""
    all_end(ext, lambda depth: chain(ext.Link, [by_list], None, depth), small_stack)


@scenario
def dictionaries_with_a_small_stack(ext):
    """A dictionary lies between each two links."""
    all_end(ext, lambda depth: chain(ext.Link, [by_dictionary], None, depth), small_stack)


@scenario
def objects_with_a_small_stack(ext):
    """An object of a class made in Python lies between each two links."""
    all_end(ext, lambda depth: chain(ext.Link, [by_object], None, depth), small_stack)


@scenario
def a_mixture(ext):
    """All these ways by turns."""
    all_end(ext, lambda depth: chain(ext.Link, MIXTURE, None, depth))


@scenario
def a_mixture_with_a_small_stack(ext):
    """The same with a small stack."""
    all_end(ext, lambda depth: chain(ext.Link, MIXTURE, None, depth), small_stack)


def comb(make, depth):
    """A chain each link of which holds a leaf, too, before and behind the next one by turns."""
    end = None
    for number in range(depth):
        end = make(end, make()) if number % 2 else make(make(), end)
    return end


@scenario
def a_comb_with_a_small_stack(ext):
    """A chain whose links hold a leaf each, so that there is more to release at every level."""
    all_end(ext, lambda depth: comb(ext.Link, depth // 2), small_stack)


@scenario
def many_branches(ext):
    """A thousand chains of a hundred links in a list, which a link holds: nothing is deep, all is much."""
    def build(depth):
        return ext.Link([chain(ext.Link, MIXTURE, None, 100) for _ in range(depth // 100)])

    all_end(ext, build, small_stack)


@scenario
def a_bushy_tree(ext):
    """A tree of 65,535 links, two below each, which is 16 deep."""
    def tree(depth):
        return ext.Link(tree(depth - 1), tree(depth - 1)) if depth > 1 else ext.Link()

    all_end(ext, lambda depth: tree(16 if depth == DEPTH else 9), small_stack)


def released_from_an_owner(ext, owner, name, depth):
    """A chain that something is stored over ends; its owner does not."""
    ext.begin()
    setattr(owner, name, chain(ext.Link, MIXTURE, None, depth))
    collect()
    made, ended, again = ext.report()
    expect(name + ": ended while held", (ended, again), (0, 0), source=RELEASED)
    small_stack(lambda: setattr(owner, name, "other"))
    expect(name + ": ended", ext.report(), (made, made, 0), source=RELEASED)
    expect(name + ": the owner lives on", getattr(owner, name), "other", source=RELEASED)


@scenario
def let_go_by_a_store(ext):
    """A mixture that a field or a member holds ends when something else is stored there."""
    depth = depth_for(let_go_by_a_store) // 2
    for name in ("next", "held"):
        released_from_an_owner(ext, ext.Bare(), name, depth)


@scenario
def an_exception_lets_go(ext):
    """A mixture that only the frame of a function holds ends when the function raises an exception."""
    depth = depth_for(an_exception_lets_go)

    def fail():
        kept = chain(ext.Link, MIXTURE, None, depth)
        raise ValueError(kept is None)

    ext.begin()
    expect("raised", attempt(fail).exception, "ValueError", source="Python language reference, 'Execution model'")
    collect()
    expect("ended", ext.report(), (depth, depth, 0), source=RELEASED)


def ring(make, ways, depth):
    last = make()
    last.next = chain(make, ways, last, depth - 1)
    return last


@scenario
def a_ring_with_a_small_stack(ext):
    """A chain that is closed to a ring is collected."""
    all_end(ext, lambda depth: ring(ext.Link, [by_field], depth), small_stack, CYCLES)


@scenario
def a_ring_of_a_mixture_with_a_small_stack(ext):
    """A ring that goes through all ways by turns is collected."""
    all_end(ext, lambda depth: ring(ext.Link, MIXTURE, depth), small_stack, CYCLES)


@scenario
def rings_that_share_a_link(ext):
    """Two rings with a link in common, and a chain that hangs on it."""
    def build(depth):
        last = ext.Link()
        last.held = chain(ext.Link, [by_list], None, depth // 3)
        last.next = (chain(ext.Link, [by_dictionary], last, depth // 3), chain(ext.Link, [by_list], last, depth // 3))
        return last

    all_end(ext, build, small_stack, CYCLES)


@scenario
def several_threads_at_once(ext):
    """Four threads with small stacks let go of a chain and a ring each; the first thread collects meanwhile."""
    def work(number):
        start.wait()
        held[number].clear()
        collect()

    ext.begin()
    depth = depth_for(several_threads_at_once) // 8
    held = [[chain(ext.Link, MIXTURE, None, depth), chain(ext.Link, [by_list], None, depth)] for _ in range(4)]
    for one in held:
        last = ext.Link()
        last.next = chain(ext.Link, [by_tuple], last, depth // 10)
        one.append(last)
        del last
    del one
    made = ext.report()[0]
    start = threading.Barrier(5)
    before = threading.stack_size(STACK)
    try:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
    finally:
        threading.stack_size(before)
    start.wait()
    for thread in threads:
        collect()
        thread.join()
    collect()
    expect("ended", ext.report(), (made, made, 0), source=ONCE)


@scenario
def a_chain_that_ends_with_a_chain(ext):
    """What the last link holds lets go of another chain in its __del__, and so on five times."""
    class Last:
        def __init__(self, other):
            self.other = other

        def __del__(self):
            self.other = None

    def build(depth):
        end = None
        for _ in range(5):
            end = chain(ext.Link, MIXTURE, Last(end), depth // 5)
        return end

    all_end(ext, build, small_stack)


@scenario
def nothing_ends_twice(ext):
    """However much of it ends at once: chains, trees and rings are released, nothing is destroyed twice or crashes."""
    depth = depth_for(nothing_ends_twice) // 20
    for label, build in (("a chain", lambda: chain(ext.Link, MIXTURE, None, depth)),
                         ("a comb", lambda: comb(ext.Link, 50)),
                         ("a ring", lambda: ring(ext.Link, MIXTURE, depth))):
        ext.begin()
        held = [build()]
        made = ext.report()[0]
        small_stack(held.clear)
        expect(label, (ext.report()[2], ext.report()[1] <= made), (0, True), source=ONCE)


class Bottom:
    """The end of a chain, and how often it was released."""

    def __init__(self):
        self.thing = Plain()
        self.released = []
        self.reference = weakref.ref(self.thing, lambda _: self.released.append("bottom"))

    def give(self):
        thing, self.thing = self.thing, None
        return thing


def bottom_is_released(ways, make, depth, close=False):
    bottom = Bottom()
    if close:
        held = [make()]
        held[0].next = [bottom.give(), chain(make, ways, held[0], depth)]
    else:
        held = [chain(make, ways, bottom.give(), depth)]
    collect()
    expect("while held", bottom.released, [], source=RELEASED)
    small_stack(held.clear)
    expect("released", bottom.released, ["bottom"], source=CYCLES if close else RELEASED)


@scenario
def without_destroy(ext):
    """Links without a destroy, each in a field of the one before: what the last one holds is released."""
    bottom_is_released([by_field], ext.Bare, depth_for(without_destroy))


@scenario
def a_mixture_without_destroy(ext):
    """The same with all ways by turns."""
    bottom_is_released(MIXTURE, ext.Bare, depth_for(a_mixture_without_destroy))


@scenario
def a_ring_without_destroy(ext):
    """A ring of links without a destroy."""
    bottom_is_released([by_field], ext.Bare, depth_for(a_ring_without_destroy), close=True)
