import atexit
import threading
import time
import weakref

from hpy_conform import collect, expect_at_exit, one_of, record, record_at_exit, scenario

ALIVE = (
    "Python/C API, 'Object Life Cycle', Life Events (tp_finalize once, and before tp_dealloc, which runs once); "
    "Python reference, 'Data model', object.__del__ (not promised for objects that are alive at the exit)")
ATEXIT = "Python library, 'atexit' (last in, first out; when the interpreter ends)"
LIFE = ([], [("finalize", 1)], [("finalize", 1), ("destroy", 1)])

KEPT = []


def expect_one_life(before=()):
    """An object's life ends once, or not at all: that is left to the runtime."""
    alternatives = [list(before) + list(one) for one in LIFE]
    expect_at_exit("life", None, one_of(*alternatives), source=ALIVE)


@scenario(real_exit=True)
def an_object_that_the_module_keeps(ext):
    """An attribute of the extension module is alive at the exit."""
    ext.kept = ext.Thing()
    record("kept", type(ext.kept) is ext.Thing)
    expect_one_life()
    record_at_exit("destroyed", "destroy")


@scenario(real_exit=True)
def an_object_that_python_keeps(ext):
    """A global variable of Python code is alive at the exit."""
    KEPT.append(ext.Thing())
    record("kept", len(KEPT))
    expect_one_life()
    record_at_exit("destroyed", "destroy")


@scenario(real_exit=True)
def an_object_that_c_keeps(ext):
    """A global of the extension is alive at the exit."""
    ext.keep(ext.Thing())
    record("kept", True)
    expect_one_life()


@scenario(real_exit=True)
def an_object_that_its_type_keeps(ext):
    """A class and its instance hold each other at the exit."""

    class Sub(ext.Thing):
        pass

    Sub.kept = Sub()
    KEPT.append(Sub)
    record("kept", True)
    expect_one_life()


@scenario(real_exit=True)
def a_type_that_lives_longer_than_the_module(ext):
    """Python code keeps the type, and its instance, but not the module."""
    KEPT.extend([ext.Thing, ext.Thing()])
    del ext.Thing
    record("kept", True)
    expect_one_life()


@scenario(real_exit=True)
def objects_in_a_cycle(ext):
    """Two objects that hold each other are alive at the exit."""
    one, two = ext.Thing(), ext.Thing()
    one.hold(two)
    two.hold(one)
    KEPT.append(one)
    record("kept", one.held.held is one)
    expect_at_exit("finalized", "finalize", one_of([], [1, 2]), source=ALIVE, any_order=True)
    expect_at_exit("destroyed", "destroy", one_of([], [1, 2]), source=ALIVE, any_order=True)


@scenario(real_exit=True)
def garbage_at_the_exit(ext):
    """A cycle that nobody has collected when the interpreter ends."""
    one = ext.Thing()
    one.hold(one)
    del one
    record("made", True)
    expect_one_life()


@scenario(real_exit=True)
def an_object_that_ended_before(ext):
    """What has ended is not ended again."""
    one = ext.Thing()
    KEPT.append(ext.Thing())
    del one
    collect()
    record("made", True)
    expect_at_exit("finalized", "finalize", one_of([1], [1, 2]), source=ALIVE)
    expect_at_exit("destroyed", "destroy", one_of([1], [1, 2]), source=ALIVE)


@scenario(real_exit=True)
def used_by_functions_at_the_exit(ext):
    """Functions of atexit find objects as they were."""
    one, two = ext.Thing(), ext.Thing()
    one.hold(two)
    atexit.register(lambda: one.held.touch())
    atexit.register(one.touch)
    del two
    record("registered", True)
    expect_at_exit("touched", "touch", [1, 2], source=ATEXIT)
    expect_at_exit("destroyed", "destroy", one_of([], [1, 2]), source=ALIVE, any_order=True)


@scenario(real_exit=True)
def made_at_the_exit(ext):
    """An object that a function of atexit makes lives and ends like any other."""

    def last():
        ext.Thing().touch()
        collect()

    atexit.register(last)
    record("registered", True)
    expect_at_exit("life", None, [("touch", 1), ("finalize", 1), ("destroy", 1)], source=ATEXIT)


@scenario(real_exit=True)
def an_exception_in_a_function_at_the_exit(ext):
    """The other functions of atexit are called all the same."""

    def fails():
        ext.tell(2)
        raise ValueError("at the exit")

    atexit.register(ext.tell, 1)
    atexit.register(fails)
    atexit.register(ext.tell, 3)
    record("registered", True)
    expect_at_exit("told", "tell", [3, 2, 1], source=ATEXIT)


@scenario(real_exit=True)
def finalizers_of_weakref(ext):
    """weakref.finalize calls at the exit for an object that is alive, and not again when it ends."""
    one = ext.Thing()
    tell = ext.tell

    class Sub(ext.Thing):
        pass

    sub = Sub()
    KEPT.extend([one, sub])
    weakref.finalize(sub, tell, 5)
    record("kept", True)
    expect_at_exit("told", "tell", [5], source="Python library, 'weakref', finalize (atexit is true by default)")


@scenario(real_exit=True)
def weak_references_at_the_exit(ext):
    """The callback of a weak reference to an object that is alive at the exit is called once at most."""
    tell = ext.tell

    class Sub(ext.Thing):
        pass

    sub = Sub()
    KEPT.extend([weakref.ref(sub, lambda _: tell(7)), sub])
    record("kept", True)
    expect_at_exit(
        "told", "tell", one_of([], [7]), source="Python/C API, 'Weak Reference Objects' (called when the object is about "
        "to be finalized)")
    expect_at_exit("destroyed", "destroy", one_of([], [1]), source=ALIVE)


@scenario(real_exit=True)
def resurrected_at_the_exit(ext):
    """A __del__ that keeps its object while the interpreter ends: neither a crash nor a second end."""
    tell = ext.tell

    class Sub(ext.Thing):
        def __del__(self):
            tell(3)
            KEPT.append(self)

    KEPT.append(Sub())
    record("kept", True)
    expect_at_exit("told", "tell", one_of([], [3]), source=ALIVE)
    expect_at_exit("destroyed", "destroy", one_of([], [1]), source=ALIVE)


@scenario(real_exit=True)
def an_object_whose_field_uses_the_extension(ext):
    """The end of what a field holds calls the extension, while that may be ending itself."""

    class Sub(ext.Thing):
        def __del__(self, make=ext.Thing, tell=ext.tell):
            tell(1)
            make().touch()

    one = ext.Thing()
    one.hold(Sub())
    ext.kept = one
    record("kept", True)
    expect_at_exit("told", "tell", one_of([], [1]), source=ALIVE)


@scenario(real_exit=True)
def a_thread_is_waited_for(ext):
    """A thread that is no daemon runs to its end before the interpreter's."""
    tell = ext.tell

    def work():
        time.sleep(0.1)
        tell(1)

    atexit.register(tell, 2)
    threading.Thread(target=work).start()
    record("started", True)
    expect_at_exit(
        "told", "tell", [1, 2], source="Python library, 'threading' (the program exits when no alive non-daemon threads "
        "are left)")


@scenario(real_exit=True)
def a_daemon_thread_goes_on(ext):
    """A daemon thread that uses objects while the interpreter ends crashes nothing."""
    one = ext.Thing()
    ready = threading.Event()

    def work():
        while True:
            one.hold(ext.Thing())
            one.held.touch()
            ready.set()
            time.sleep(0.0005)

    thread = threading.Thread(target=work)
    thread.daemon = True
    thread.start()
    ready.wait()
    atexit.register(ext.tell, 2)
    record("runs", thread.is_alive())
    expect_at_exit("told", "tell", [2], source=ATEXIT)


@scenario(real_exit=True)
def a_daemon_thread_waits(ext):
    """A daemon thread that waits, and holds an object, when the interpreter ends."""
    ready = threading.Event()

    def work(one):
        one.touch()
        ready.set()
        time.sleep(60)

    thread = threading.Thread(target=work, args=(ext.Thing(),))
    thread.daemon = True
    thread.start()
    ready.wait()
    record("runs", thread.is_alive())
    expect_at_exit(
        "life", None, one_of([("touch", 1)], [("touch", 1), ("finalize", 1), ("destroy", 1)]), source=ALIVE)


@scenario(real_exit=True)
def many_objects(ext):
    """A chain of twenty thousand objects that are alive at the exit."""
    KEPT.extend(ext.Thing() for _ in range(20000))
    for one, two in zip(KEPT, KEPT[1:]):
        one.hold(two)
    record("kept", len(KEPT))
    expect_at_exit(
        "destroyed", "destroy", one_of([], list(range(1, 20001))), source=ALIVE, any_order=True)
