import threading
import weakref

from hpy_conform import collect, expect, scenario

DEPTH = 20000
STACK = 256 * 1024  # so that less than 14 bytes of it are there for each link
DESTROY = "HPy porting guide, 'Deallocator slot Py_tp_dealloc'; Python/C API, 'Type Objects', tp_dealloc"
RELEASED = "HPy porting guide, 'tp_dealloc and Py_DECREF'"
STORE = "HPy API reference, HPyField_Store; Python/C API, 'Reference Counting'"
CYCLES = "HPy porting guide, 'tp_traverse, tp_clear, Py_TPFLAGS_HAVE_GC'; Python/C API, 'Type Objects', tp_clear"


class Thing:
    pass


class Bottom:
    """The end of a chain, and how often it was released."""

    def __init__(self):
        self.thing = Thing()
        self.released = []
        self.reference = weakref.ref(self.thing, lambda _: self.released.append("bottom"))

    def give(self):
        thing, self.thing = self.thing, None
        return thing


def chain(link, end, depth=DEPTH):
    for _ in range(depth):
        end = link(end)
    return end


def small_stack(release):
    """Call a function that lets go of a chain, and collect, in a thread with a small stack."""

    def work():
        release()
        collect()

    before = threading.stack_size(STACK)
    thread = threading.Thread(target=work)
    thread.start()
    threading.stack_size(before)
    thread.join()


@scenario
def a_chain_of_three_hundred(ext):
    """A short chain is released to its end and every link destroyed, in however many collections that takes."""
    bottom = Bottom()
    first = chain(ext.Link, bottom.give(), 300)
    collect()
    expect("while held", (bottom.released, ext.destroyed()), ([], 0), source=RELEASED)
    del first
    for _ in range(301):
        if not bottom.released:
            collect()
    expect("released", bottom.released, ["bottom"], source=RELEASED)
    expect("destroyed", ext.destroyed(), 300, source=DESTROY)


@scenario
def a_deep_chain_without_destroy(ext):
    """Dropping the first link releases what the last one holds."""
    bottom = Bottom()
    held = [chain(ext.Bare, bottom.give())]
    collect()
    expect("while held", bottom.released, [], source=RELEASED)
    small_stack(held.clear)
    expect("released", bottom.released, ["bottom"], source=RELEASED)


@scenario
def a_deep_chain_through_lists(ext):
    """The same where a list lies between each two links."""
    bottom = Bottom()
    held = [chain(lambda end: ext.Bare([end]), bottom.give())]
    small_stack(held.clear)
    expect("released", bottom.released, ["bottom"], source=RELEASED)


@scenario
def a_deep_chain_let_go_by_a_field(ext):
    """Overwriting the field that holds a deep chain releases it; the owner of the field lives on."""
    bottom = Bottom()
    owner = ext.Bare(chain(ext.Bare, bottom.give()))
    small_stack(lambda: setattr(owner, "next", "other"))
    expect("released", bottom.released, ["bottom"], source=STORE)
    expect("the owner lives on", owner.next, "other", source=STORE)


@scenario
def a_deep_chain_closed_to_a_ring(ext):
    """A ring of links is collected."""
    bottom = Bottom()
    last = ext.Bare(None)
    last.next = [bottom.give(), chain(ext.Bare, last)]
    held = [last]
    del last
    collect()
    expect("while held", bottom.released, [], source=CYCLES)
    small_stack(held.clear)
    expect("released", bottom.released, ["bottom"], source=CYCLES)


@scenario
def every_link_of_a_deep_chain_is_destroyed(ext):
    """Each link's destroy runs once."""
    held = [chain(ext.Link, None)]
    collect()
    expect("while held", ext.destroyed(), 0, source=DESTROY)
    small_stack(held.clear)
    expect("destroyed", ext.destroyed(), DEPTH, source=DESTROY)
