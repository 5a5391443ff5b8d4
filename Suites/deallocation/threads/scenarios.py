import threading
import weakref

from hpy_conform import Watch, collect, events, expect, expect_released, record, scenario

ANY = "Python/C API, 'Type Objects', tp_dealloc (may be called from any Python thread); tp_dealloc owns the GIL"
ONCE = "Python/C API, 'Object Life Cycle', Life Events (tp_dealloc runs once)"


def in_thread(work, *arguments):
    thread = threading.Thread(target=work, args=arguments)
    thread.start()
    thread.join()


@scenario
def the_last_reference_in_another_thread(ext):
    """An object whose last reference another thread drops ends once, and with the GIL in the C API."""
    box = [ext.Thing()]
    in_thread(box.clear)
    collect()
    expect("destroyed", len(events(ext, "destroy")), 1, source=ONCE)
    expect("without the GIL", events(ext, "without the GIL"), [], source=ANY)


@scenario
def made_in_a_thread_that_has_ended(ext):
    """An object outlives the thread that made it."""
    box = []
    in_thread(lambda: box.append(ext.Thing()))
    collect()
    expect("before", events(ext, "destroy"), [], source=ONCE)
    box.clear()
    collect()
    expect("destroyed", len(events(ext, "destroy")), 1, source=ONCE)
    expect("without the GIL", events(ext, "without the GIL"), [], source=ANY)


@scenario
def collected_by_another_thread(ext):
    """A cycle that one thread leaves is collected by another."""
    watch = Watch()

    def leave():
        one, two = ext.Thing(), ext.Thing()
        one.hold(two)
        two.hold([one, watch.thing("held")])

    in_thread(leave)
    in_thread(collect)
    expect_released("held", watch, ["held"], source=ONCE)
    expect("destroyed", len(events(ext, "destroy")), 2, source=ONCE)
    expect("without the GIL", events(ext, "without the GIL"), [], source=ANY)


@scenario
def a_python_subclass_in_another_thread(ext):
    """__del__ runs in the thread that drops the object, or in that of a collection, once."""
    ended = []

    class Sub(ext.Thing):
        def __del__(self):
            ended.append(threading.current_thread() is not threading.main_thread())

    box = [Sub()]
    in_thread(box.clear)
    collect()
    expect("ended", len(ended), 1, source=ONCE)
    expect("destroyed", len(events(ext, "destroy")), 1, source=ONCE)
    record("at most two threads", set(ended) <= {True, False})


@scenario
def a_weak_reference_of_another_thread(ext):
    """A weak reference that one thread made is dead in all threads after the object's end."""

    class Sub(ext.Thing):
        pass

    one, references = Sub(), []
    in_thread(lambda: references.append(weakref.ref(one)))
    expect("alive", references[0]() is one, True, source="Python library, 'weakref'")
    box = [one]
    del one
    in_thread(box.clear)
    collect()
    expect("dead", references[0]() is None, True, source="Python library, 'weakref'")


@scenario
def many_threads_make_and_drop(ext):
    """Eight threads make and drop objects of their own and hand others over; each object ends once."""
    before = ext.destroyed()
    handed = [[] for _ in range(8)]

    def work(number):
        for _ in range(50):
            mine = ext.Thing()
            mine.hold(ext.Thing())
            handed[(number + 1) % 8].append(mine)
        handed[number].clear()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in handed:
        one.clear()
    collect()
    expect("destroyed", ext.destroyed() - before, 800, source=ONCE)
    expect("each once", len(set(events(ext, "destroy"))), 800, source=ONCE)
    expect("without the GIL", events(ext, "without the GIL"), [], source=ANY)


@scenario
def shared_while_collected(ext):
    """Threads read and replace fields of a shared cycle while another thread collects."""
    one, two = ext.Thing(), ext.Thing()
    one.hold(two)
    two.hold(one)
    wrong = []

    def use():
        for _ in range(100):
            held = one.held
            if type(held) is not ext.Thing:
                wrong.append(type(held).__name__)
            fresh = ext.Thing()
            fresh.hold(one)
            one.hold(fresh)

    threads = [threading.Thread(target=use) for _ in range(4)] + [
        threading.Thread(target=lambda: [collect() for _ in range(5)])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expect("what was read", wrong, [], source=ONCE)
    one.hold(None)
    del one, two
    collect()
    expect("destroyed", len(events(ext, "destroy")), 402, source=ONCE)
    expect("each once", len(set(events(ext, "destroy"))), 402, source=ONCE)


@scenario
def held_by_a_thread_local(ext):
    """What a thread-local holds ends with its thread, or later, once."""
    local = threading.local()

    def work():
        local.thing = ext.Thing()

    in_thread(work)
    collect()
    expect("destroyed", len(events(ext, "destroy")), 1, source="Python library, 'threading', Thread-Local Data")


@scenario
def a_frame_that_a_thread_leaves(ext):
    """A generator that holds an object is started in one thread and ends in another."""

    def hold():
        thing = ext.Thing()
        yield thing

    generator = hold()
    in_thread(lambda: next(generator))
    collect()
    expect("before", events(ext, "destroy"), [], source=ONCE)
    box = [generator]
    del generator
    in_thread(box.clear)
    collect()
    expect("destroyed", len(events(ext, "destroy")), 1, source=ONCE)
