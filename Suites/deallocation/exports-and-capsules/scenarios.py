import io
import struct
import threading

from hpy_conform import attempt, clear_events, collect, events, expect, raised, returned, scenario

VIEW = "Python library, 'Built-in Types', Memory Views (memoryview.release); Python/C API, 'Buffer Protocol'"
RELEASE = "Python/C API, 'Type Objects', bf_getbuffer and bf_releasebuffer (exports are counted, and released once)"
ALIVE = "Python/C API, 'Buffer Protocol', Py_buffer.obj (a new reference to the exporting object)"
CYCLES = "Python/C API, 'Supporting Cyclic Garbage Collection'; Python library, 'gc'"
GLOBAL = "HPy API reference, 'HPyGlobal'; Python/C API, 'Reference Counting'"
DESTRUCTOR = "HPy porting guide, table of functions; Python/C API, 'Capsules', PyCapsule_New and PyCapsule_Destructor"


def counted(ext):
    """How many buffers were taken and given back, and how many exporters were destroyed; were some still exported?"""
    names = [name for name, _ in events(ext)]
    return [names.count(name) for name in ("get", "release", "destroy", "still exported")]


@scenario
def a_view_outlives_the_last_name(ext):
    """A memoryview keeps the exporter and its memory; when it is released the exporter ends, and not before."""
    exporter = ext.Exporter(4)
    view = memoryview(exporter)
    del exporter
    collect()
    expect("while it is viewed", events(ext, "destroy"), [], source=ALIVE)
    view[:] = b"abcd"
    expect("content", (view.tobytes(), view[2], len(view)), (b"abcd", 99, 4), source=VIEW)
    view.release()
    del view
    collect()
    expect("in order", [name for name, _ in events(ext)], ["get", "release", "destroy"], source=RELEASE)


@scenario
def a_view_is_let_go(ext):
    """A memoryview that is never released by hand gives its buffer back at its end, before the exporter ends."""
    exporter = ext.Exporter(4)
    view = memoryview(exporter)
    del exporter, view
    collect()
    expect("in order", [name for name, _ in events(ext)], ["get", "release", "destroy"], source=RELEASE)


@scenario
def exported_memory_stays_where_it_is(ext):
    """While any view is there, the memory is not resized nor given back; afterwards it is."""
    exporter = ext.Exporter(4)
    one, two = memoryview(exporter), memoryview(exporter)
    part, again = one[1:3], memoryview(two)
    part[0] = 7
    expect("resized", attempt(exporter.resize, 8), raised(BufferError), source=RELEASE)
    expect("given back", attempt(exporter.give_back), raised(BufferError), source=RELEASE)
    expect("content", exporter.content(), b"\0\7\0\0", source=VIEW)
    one.release()
    two.release()
    expect("parts are left", (part[0], again[1]), (7, 7), source=VIEW)
    expect("resized while parts are left", attempt(exporter.resize, 8), raised(BufferError), source=RELEASE)
    part.release()
    again.release()
    del one, two, part, again
    collect()
    expect("resized afterwards", attempt(exporter.resize, 6), returned(None), source=RELEASE)
    expect("content afterwards", exporter.content(), b"\0\7\0\0\0\0", source=VIEW)
    expect("exported again", memoryview(exporter).nbytes, 6, source=VIEW)
    collect()
    expect("given back afterwards", attempt(exporter.give_back), returned(None), source=RELEASE)
    taken, released, destroyed, exported = counted(ext)
    expect("as often as taken", (taken == released, destroyed, exported), (True, 0, 0), source=RELEASE)


@scenario
def a_refused_buffer_leaves_nothing(ext):
    """An exporter that refuses raises BufferError, keeps no reference, and is not asked to release anything."""
    exporter = ext.Exporter(4)
    exporter.give_back()
    for label, consumer in (("memoryview", memoryview), ("bytes", bytes), ("join", lambda one: b"".join([one])),
                            ("unpack", lambda one: struct.unpack_from("b", one))):
        expect(label + " refused", attempt(consumer, exporter).exception in ("BufferError", "TypeError"), True,
               source=RELEASE)
    expect("refused", attempt(memoryview, exporter), raised(BufferError), source=RELEASE)
    del exporter
    collect()
    expect("ended", counted(ext), [0, 0, 1, 0], source=RELEASE)


@scenario
def every_consumer_gives_back_what_it_took(ext):
    """Whoever reads or writes the memory for a moment, with success or without, leaves nothing exported."""
    exporter = ext.Exporter(4)
    consumers = (
        ("bytes", lambda: bytes(exporter), b"\0\0\0\0"),
        ("bytearray", lambda: bytearray(exporter), bytearray(4)),
        ("join", lambda: b"-".join([exporter, exporter]), b"\0\0\0\0-\0\0\0\0"),
        ("concatenation", lambda: bytearray(b"a") + exporter, bytearray(b"a\0\0\0\0")),
        ("unpack", lambda: struct.unpack_from("<h", exporter, 2), (0,)),
        ("pack", lambda: struct.pack_into("<h", exporter, 0, 258), None),
        ("read into", lambda: io.BytesIO(b"xyz").readinto(exporter), 3),
        ("write", lambda: io.BytesIO().write(exporter), 4),
        ("int", lambda: int.from_bytes(exporter, "little"), 0x7a7978),
    )
    for label, consumer, result in consumers:
        expect(label, attempt(consumer), returned(result), source=VIEW)
    expect("content", exporter.content(), b"xyz\0", source=VIEW)
    for label, consumer in (("unpack past the end", lambda: struct.unpack_from("<q", exporter)),
                            ("pack past the end", lambda: struct.pack_into("<q", exporter, 0, 1)),
                            ("pack no number", lambda: struct.pack_into("<h", exporter, 0, "one")),
                            ("join with a number", lambda: b"".join([exporter, 3])),
                            ("cast", lambda: memoryview(exporter).cast("no format"))):
        expect(label, attempt(consumer).exception is not None, True, source=VIEW)
    collect()
    expect("resized", attempt(exporter.resize, 8), returned(None), source=RELEASE)
    del exporter, consumers, consumer
    collect()
    taken, released, destroyed, exported = counted(ext)
    expect("as often as taken", (taken == released, taken > 5, destroyed, exported), (True, True, 1, 0),
           source=RELEASE)


@scenario
def an_exporter_that_holds_its_view(ext):
    """A cycle of an exporter and its memoryview is collected: the buffer is given back, then the exporter ends."""
    one, two, three = ext.Exporter(4), ext.Exporter(4), ext.Exporter(4)
    one.hold(memoryview(one))
    two.hold([memoryview(three)[1:]])
    three.hold((memoryview(two), memoryview(two)))
    del one, two, three
    collect()
    expect("ended", counted(ext), [4, 4, 3, 0], source=CYCLES)
    last = {serial: name for name, serial in events(ext)}
    expect("last of each", list(last.values()), ["destroy"] * 3, source=CYCLES)


@scenario
def views_are_released_in_threads(ext):
    """Views of one exporter that threads take and release at once: the counts agree, and the exporter ends once."""
    exporter = ext.Exporter(8)

    def work():
        for _ in range(50):
            with memoryview(exporter) as view:
                view[0] = 1
            part = memoryview(exporter)[2:]
            del part

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    collect()
    expect("resized", attempt(exporter.resize, 4), returned(None), source=RELEASE)
    del exporter, work, threads, thread
    collect()
    expect("ended", counted(ext), [400, 400, 1, 0], source=RELEASE)


@scenario
def a_global_that_holds_a_view(ext):
    """What a global of the module holds lives, with the exporter of a view; it ends when another value is stored."""
    exporter = ext.Exporter(4)
    ext.keep([memoryview(exporter)])
    expect("resized", attempt(exporter.resize, 8), raised(BufferError), source=RELEASE)
    del exporter
    collect()
    expect("kept", counted(ext), [1, 0, 0, 0], source=GLOBAL)
    ext.keep(None)
    collect()
    expect("ended", counted(ext), [1, 1, 1, 0], source=GLOBAL)


@scenario
def a_capsule_that_a_field_holds(ext):
    """A capsule lives as long as what holds it, and its destructor finds name, pointer and context whole, once."""
    one, two = ext.Exporter(1), ext.Exporter(1)
    both = ext.capsule(1)
    one.hold(both)
    two.hold([both, ext.capsule(2)])
    expect("number", ext.number_in(both, 1), 1, source=DESTRUCTOR)
    del both
    collect()
    expect("held by two", events(ext, "capsule"), [], source=DESTRUCTOR)
    del one
    collect()
    expect("held by one", events(ext, "capsule"), [], source=DESTRUCTOR)
    two.hold(ext.capsule(3))
    collect()
    expect("replaced", events(ext, "capsule"), [1, 2], any_order=True, source=DESTRUCTOR)
    del two
    collect()
    expect("gone", events(ext, "capsule"), [1, 2, 3], any_order=True, source=DESTRUCTOR)
    expect("whole", [name for name, _ in events(ext) if name.startswith("another")], [], source=DESTRUCTOR)


@scenario
def capsules_in_cycles(ext):
    """A capsule that garbage in a cycle holds ends with it, however the cycle is made."""
    one, two = ext.Exporter(1), ext.Exporter(1)
    one.hold([two, ext.capsule(1)])
    two.hold((one, ext.capsule(2), memoryview(one)))
    listed = [ext.capsule(3)]
    listed.append(listed)
    del one, two, listed
    collect()
    expect("destroyed", events(ext, "capsule"), [1, 2, 3], any_order=True, source=DESTRUCTOR)
    expect("whole", [name for name, _ in events(ext) if name.startswith("another")], [], source=DESTRUCTOR)
    expect("exporters", counted(ext), [1, 1, 2, 0], source=CYCLES)


@scenario
def a_global_that_holds_a_capsule(ext):
    """A capsule in a global of the module ends when another value is stored, and only then."""
    ext.keep(ext.capsule(1))
    collect()
    expect("kept", events(ext, "capsule"), [], source=GLOBAL)
    ext.keep(ext.capsule(2))
    collect()
    expect("replaced", events(ext, "capsule"), [1], source=GLOBAL)
    ext.keep(None)
    collect()
    expect("both", events(ext, "capsule"), [1, 2], source=GLOBAL)


@scenario
def capsules_end_in_threads(ext):
    """Many capsules that threads let go of at once: each destructor runs once."""
    capsules = [ext.capsule(number) for number in range(400)]

    def work(number):
        for at in range(number, 400, 4):
            capsules[at] = None

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    collect()
    expect("destroyed", events(ext, "capsule"), range(400), any_order=True, source=DESTRUCTOR)
    clear_events(ext)
    collect()
    expect("later", events(ext), [], source=DESTRUCTOR)
