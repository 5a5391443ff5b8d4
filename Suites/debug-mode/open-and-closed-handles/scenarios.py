from hpy_conform import Watch, attempt, collect, expect, expect_released, raised, returned, scenario

MODE = "HPy documentation, 'Debug Mode', %s"
LEAKS = MODE % "Using Debug Mode: LeakDetector"
CHECKS = MODE % "leaked handles, handles used after they are closed"
BUILDERS = MODE % "tuple and list builders used after they were closed"
TRACES = MODE % "Using Debug Mode: set_handle_stack_trace_limit, disable_handle_stack_traces"
MEMORY = MODE % "reading from memory that is no longer valid"
HELP = "hpy.universal._debug, documentation of %s"
CLOSED = HELP % "set_closed_handles_queue_max_size and get_closed_handles"
RETAINED = HELP % "set_protected_raw_data_max_size and DebugHandle.raw_data_size"
HANDLES = HELP % "get_open_handles and DebugHandle"
TEXT = "HPy public API, HPyUnicode_AsUTF8AndSize; Python/C API, 'Unicode Objects', PyUnicode_AsUTF8AndSize"
BYTES = "HPy public API, HPyBytes_AsString; Python/C API, 'Bytes Objects', PyBytes_AsString"


def debug(ext):
    return ext.imported("hpy.universal", "_debug")


def close(handles):
    for one in handles:
        one._force_close()


@scenario
def handles_that_stay_open(ext):
    """get_open_handles() tells of the handles that were opened since a generation and not closed, and of no other."""
    tool = debug(ext)
    first = tool.new_generation()
    expect("before", tool.get_open_handles(first), [], source=HANDLES)
    ext.leak(["one", "two"])
    second = tool.new_generation()
    expect("generations", second > first, True, source=HANDLES)
    ext.leak(["three"])
    both, last = tool.get_open_handles(first), tool.get_open_handles(second)
    expect("since the first", [one.obj for one in both], ["one", "two", "three"], any_order=True, source=HANDLES)
    expect("since the second", [one.obj for one in last], ["three"], source=HANDLES)
    expect("since the next", tool.get_open_handles(second + 1), [], source=HANDLES)
    expect("closed", [one.is_closed for one in both], [False] * 3, source=HANDLES)
    expect("without data", [one.raw_data_size for one in both], [-1] * 3, source=RETAINED)
    expect("force", [one._force_close() for one in both[:2]], [None, None], source=HELP % "DebugHandle._force_close")
    expect("closed afterwards", [one.is_closed for one in both], [True, True, False], source=HANDLES)
    expect("left", [one.obj for one in tool.get_open_handles(first)], ["three"], source=HANDLES)
    expect("among the closed", all(any(one == other for other in tool.get_closed_handles()) for one in both[:2]), True,
           source=HANDLES)
    expect("open one among the closed", any(last[0] == one for one in tool.get_closed_handles()), False,
           source=HANDLES)
    close(last)
    expect("at the end", tool.get_open_handles(first), [], source=HANDLES)
    for label, wrong in (("text", "1"), ("None", None), ("list", [])):
        expect("generation, " + label, attempt(tool.get_open_handles, wrong), raised(TypeError), source=HANDLES)
        expect("generation of closed, " + label, attempt(tool.get_closed_handles, wrong), raised(TypeError),
               source=HANDLES)
    expect("two arguments", attempt(tool.get_closed_handles, 1, 2), raised(TypeError), source=HANDLES)


@scenario
def an_open_handle_holds_its_object(ext):
    """A handle that stays open keeps its object; it ends when the handle is closed, and no list keeps it."""
    tool, watch = debug(ext), Watch()
    generation = tool.new_generation()
    ext.leak([watch.thing("leaked")])
    expect_released("open", watch, [], CHECKS)
    for count in range(5):
        for one in tool.get_open_handles(generation):
            expect("its name, time %d" % count, one.obj.name, "leaked", source=HANDLES)
    close(tool.get_open_handles(generation))
    one = None
    expect_released("closed", watch, ["leaked"], CHECKS)


@scenario
def handles_are_compared_and_shown(ext):
    """Handles are equal when they are the same, have no order, and are shown with their object while they are open."""
    tool = debug(ext)
    generation = tool.new_generation()
    ext.leak(["aaa", "bbb"])
    (one, two), (again, _) = tool.get_open_handles(generation), tool.get_open_handles(generation)
    source = HELP % "DebugHandle.id; hpy/debug/src/_debugmod.c, DebugHandleObject"
    expect("same", [one == again, one != again, one.id == again.id, one is again], [True, False, True, False],
           source=source)
    expect("another", [one == two, one != two, one.id == two.id], [False, True, False], source=source)
    expect("something else", [one == 5, one != 5, one == None], [False, True, False], source=source)  # noqa: E711
    expect("ids", [type(one.id), one.id > 0], [int, True], source=source)
    for label, compare in (("<", lambda: one < two), ("<=", lambda: one <= two), (">", lambda: one > two)):
        expect(label, attempt(compare), raised(TypeError), source=source)
    expect("shown", ["0x%x" % one.id in repr(one), "'aaa'" in repr(one), "CLOSED" in repr(one)], [True, True, False],
           source=MODE % "Example")
    expect("how to get the trace", "set_handle_stack_trace_limit" in repr(one), True, source=TRACES)
    close([one, two])
    expect("shown closed", ["0x%x" % one.id in repr(one), "'aaa'" in repr(one), "CLOSED" in repr(one)],
           [True, False, True], source=CHECKS)
    expect("closed, compared", [one == again, one == two], [True, False], source=source)


@scenario
def showing_a_handle_keeps_nothing(ext):
    """What is made to show or compare a handle is released."""
    tool, watch = debug(ext), Watch()
    generation = tool.new_generation()
    thing = watch.thing("shown")
    ext.leak([thing])
    handle = tool.get_open_handles(generation)[0]
    for i in range(3):
        repr(handle), handle.obj, handle == handle, handle == thing, handle.id, handle.is_closed
    class Raising:
        def __init__(self, thing):
            self.thing = thing

        def __repr__(self):
            raise KeyError("as asked")

    ext.leak([Raising(thing)])
    other = tool.get_open_handles(generation)[1]
    expect("failing", attempt(repr, other), raised(KeyError), source="Python reference, 'Data model', object.__repr__")
    close([handle, other])
    del thing
    expect_released("all", watch, ["shown"], HANDLES)


@scenario
def a_leak_detector_raises(ext):
    """A LeakDetector raises when handles stay open between its start and its end, and tells of them."""
    Detector = ext.imported("hpy.debug", "LeakDetector")
    Leak = ext.imported("hpy.debug", "HPyLeakError")
    Error = ext.imported("hpy.debug", "HPyDebugError")
    with Detector():
        ext.open_and_close("fine", 3)
    expect("type", issubclass(Leak, Error), True, source=LEAKS)
    for count in (1, 3):
        detector = Detector()
        detector.start()
        ext.leak([42 + i for i in range(count)])
        try:
            detector.stop()
            leaks, text = [], ""
        except Leak as error:
            leaks, text = error.leaks, str(error)
        expect("leaks of %d" % count, [one.obj for one in leaks], [42 + i for i in range(count)], any_order=True,
               source=LEAKS)
        expect("text of %d" % count, text.split(":")[0], "1 unclosed handle" if count == 1 else "3 unclosed handles",
               source=MODE % "Example")
        expect("object of %d" % count, "for 42>" in text, True, source=MODE % "Example")
        close(leaks)
        expect("after %d" % count, attempt(detector.stop), returned(None), source=LEAKS)
    expect("not started", attempt(Detector().stop).exception, "ValueError", source="hpy/debug/leakdetector.py")
    expect("started twice", attempt(detector.start).exception, "ValueError", source="hpy/debug/leakdetector.py")


@scenario
def handles_are_closed_in_any_order(ext):
    """Whichever of several handles is closed, the first, the last or one between, the others are still known."""
    tool = debug(ext)
    items = ["a", "b", "c", "d", "e"]
    for order in ((0,), (4,), (2,), (0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (2, 0, 4, 1, 3), (4, 0, 3, 1), (3, 4, 0)):
        label = "closed " + " ".join(map(str, order))
        generation = tool.new_generation()
        ext.in_order(items, order, "new")
        handles = tool.get_open_handles(generation)
        expect(label, [one.obj for one in handles],
               [one for i, one in enumerate(items) if i not in order] + ["new"] * len(order), any_order=True,
               source=HANDLES)
        for one in handles[::2] + handles[1::2]:
            one._force_close()
        expect(label + ", all closed", tool.get_open_handles(generation), [], source=HANDLES)


@scenario
def closed_handles_are_kept_up_to_a_number(ext):
    """The queue of closed handles keeps the last ones, as many as was set."""
    tool = debug(ext)
    before = tool.get_closed_handles_queue_max_size()
    ext.open_and_close("first", before + 10)
    expect("kept by default", len(tool.get_closed_handles()) == before, True, source=CLOSED)
    for size in (before + 7, before + 8):
        expect("set %d" % (size - before), tool.set_closed_handles_queue_max_size(size), None, source=CLOSED)
        expect("told %d" % (size - before), tool.get_closed_handles_queue_max_size() == size, True, source=CLOSED)
        ext.open_and_close("more", 40)
        closed = tool.get_closed_handles()
        expect("kept %d" % (size - before), len(closed) - before, size - before, source=CLOSED)
        expect("closed %d" % (size - before), all(one.is_closed for one in closed), True, source=CLOSED)
        expect("different %d" % (size - before), len({one.id for one in closed}) == len(closed), True, source=CLOSED)
    generation = tool.new_generation()
    ext.open_and_close("new", 20)
    expect("of the last generation", 20 <= len(tool.get_closed_handles(generation)) < 30, True, source=CLOSED)
    expect("of the next", tool.get_closed_handles(generation + 1), [], source=CLOSED)
    for label, wrong in (("text", "1"), ("None", None), ("float", 1.5)):
        expect("size, " + label, attempt(tool.set_closed_handles_queue_max_size, wrong), raised(TypeError),
               source=CLOSED)
    expect("negative", attempt(tool.set_closed_handles_queue_max_size, -1), raised(OverflowError),
           source=CLOSED + "; Python/C API, 'Integer Objects', PyLong_AsSize_t")
    expect("still", tool.get_closed_handles_queue_max_size() == before + 8, True, source=CLOSED)


@scenario
def texts_are_copied_whole(ext):
    """The texts that the debug mode hands out are those of the object, with the null byte at the end."""
    tool = debug(ext)
    ways = (("HPyUnicode_AsUTF8AndSize", TEXT), ("HPyUnicode_AsUTF8AndSize without a size", TEXT),
            ("HPyBytes_AsString", BYTES), ("HPyBytes_AS_STRING", BYTES))
    for way, source in ways:
        for size in (0, 1, 5, 4094, 4095, 4096, 4097, 8192, 20000):
            label = "%s of %d" % (way, size)
            content = ("0123456789abcdef" * 1300)[:size]
            given = content if source is TEXT else content.encode()
            generation = tool.new_generation()
            result = attempt(ext.contents, given, way, 0)
            expect(label, result.value == (content.encode(), 0), True, source=source)
            handles = tool.get_open_handles(generation)
            expect(label + ", data", [one.raw_data_size for one in handles], [size + 1], source=RETAINED)
            close(handles)
            expect(label + ", data kept", [one.raw_data_size for one in handles], [size + 1], source=RETAINED)
    expect("null inside", ext.contents("a\0b", "HPyUnicode_AsUTF8AndSize", 1), (b"a\0b", 0), source=TEXT)
    expect("null inside bytes", ext.contents(b"a\0b", "HPyBytes_AsString", 1), (b"a\0b", 0), source=BYTES)
    expect("more than ASCII", ext.contents("\xe4\u20ac", "HPyUnicode_AsUTF8AndSize", 1),
           ("\xe4\u20ac".encode("utf-8"), 0), source=TEXT)
    expect("name", ext.contents(int, "HPyType_GetName", 1), (b"int", 0), source="HPy public API, HPyType_GetName")
    generation = tool.new_generation()
    ext.contents(int, "HPyType_GetName", 0)
    handles = tool.get_open_handles(generation)
    expect("name, data", [one.raw_data_size for one in handles], [4], source=RETAINED)
    close(handles)


@scenario
def what_has_no_text_has_no_copy(ext):
    """A failed conversion raises, and there is no data to keep."""
    tool = debug(ext)
    for way, wrong, error, source in (
            ("HPyUnicode_AsUTF8AndSize", "\ud800", UnicodeEncodeError, TEXT),
            ("HPyUnicode_AsUTF8AndSize", b"bytes", TypeError, TEXT),
            ("HPyUnicode_AsUTF8AndSize without a size", 5, TypeError, TEXT),
            ("HPyBytes_AsString", "text", TypeError, BYTES)):
        label = "%s of %s" % (way, type(wrong).__name__)
        generation = tool.new_generation()
        expect(label, attempt(ext.contents, wrong, way, 0), raised(error), source=source)
        handles = tool.get_open_handles(generation)
        expect(label + ", data", [one.raw_data_size for one in handles], [-1], source=RETAINED)
        close(handles)


@scenario
def data_of_closed_handles_is_kept_up_to_a_size(ext):
    """No more data of closed handles is kept than was set; what no longer counts makes place."""
    tool = debug(ext)
    tool.set_closed_handles_queue_max_size(tool.get_closed_handles_queue_max_size())
    for i in range(2):
        size = 10000 + i
        expect("set %d" % i, tool.set_protected_raw_data_max_size(size), None, source=RETAINED)
        expect("told %d" % i, tool.get_protected_raw_data_max_size(), size, source=RETAINED)
    for label, wrong in (("text", "1"), ("None", None), ("float", 1.5)):
        expect("size, " + label, attempt(tool.set_protected_raw_data_max_size, wrong), raised(TypeError),
               source=RETAINED)
    ext.open_and_close("", tool.get_closed_handles_queue_max_size() + 10)  # what was kept so far makes place
    for turn in range(3):
        generation = tool.new_generation()
        for i in range(4):
            ext.contents(b"x" * (3999 if i < 2 else 1900), "HPyBytes_AsString", 0)
        handles = tool.get_open_handles(generation)
        expect("open, turn %d" % turn, [one.raw_data_size for one in handles], [4000, 4000, 1901, 1901],
               source=RETAINED)
        close(handles[:2])
        close(handles[2:])
        expect("closed, turn %d" % turn, [one.raw_data_size for one in handles], [4000, 4000, 1901, -1],
               source=RETAINED)
        tool.new_generation()
        ext.open_and_close("", tool.get_closed_handles_queue_max_size() + 10)


@scenario
def handles_know_where_they_were_made(ext):
    """With a limit, a handle has the trace of its allocation, of no more frames; without one, it has none."""
    tool = debug(ext)
    limit = ext.imported("hpy.debug", "set_handle_stack_trace_limit")
    disable = ext.imported("hpy.debug", "disable_handle_stack_traces")
    lengths = []
    for frames in (4, 8, 60):
        generation = tool.new_generation()
        limit(frames)
        ext.leak(["traced"])
        disable()
        handle = tool.get_open_handles(generation)[0]
        head, _, trace = repr(handle).partition("Allocation stacktrace:\n")
        lines = trace.split("\n")
        expect("shown %d" % frames, "for 'traced'>" in head, True, source=TRACES)
        expect("frames of %d" % frames, 1 <= len(lines) <= frames, True, source=TRACES)
        expect("lines of %d" % frames, all(one[:1] + one[-1:] == "/]" and one[:2] != "//" for one in lines), True,
               source=TRACES + "; backtrace_symbols(3)")
        if frames == 60:
            expect("extension", any("ext." in one for one in lines), True, source=TRACES)
        lengths.append(len(lines))
        handle._force_close()
        expect("closed %d" % frames, "Allocation stacktrace:" in repr(handle), True, source=TRACES)
    expect("more frames with a higher limit", lengths == sorted(set(lengths)), True, source=TRACES)
    for label, switch, value in (("None", tool.set_handle_stack_trace_limit, None), ("disabled", None, None),
                                 ("0", limit, 0)):
        generation = tool.new_generation()
        limit(8)
        ext.open_and_close("more", 3)
        disable() if switch is None else switch(value)
        ext.leak(["not traced"])
        handle = tool.get_open_handles(generation)[0]
        expect(label, "Allocation stacktrace:" in repr(handle), False, source=TRACES)
        handle._force_close()
    expect("text", attempt(limit, "8"), raised(TypeError), source=TRACES)
    limit(8)
    ext.open_and_close("a lot", tool.get_closed_handles_queue_max_size() * 2)
    disable()
    expect("kept", len(tool.get_closed_handles()) == tool.get_closed_handles_queue_max_size(), True, source=CLOSED)


@scenario
def builders_in_great_number(ext):
    """Builders that are used rightly make what they should, however few closed ones are remembered."""
    tool, watch = debug(ext), Watch()
    tool.set_on_invalid_builder_handle(lambda: expect("called", True, False, source=BUILDERS))
    expected = [one for i in range(2000) for one in ([i], ("item", i))]
    expect("many", ext.builders("item", 2000) == expected, True, source=BUILDERS)
    tool.set_closed_handles_queue_max_size(8)
    for count in (1, 2, 3, 9, 500):
        expect("made of %d" % count, ext.builders("item", count) == expected[:2 * count], True, source=BUILDERS)
    made = ext.builders(watch.thing("held"), 20)
    expect_released("held", watch, [], BUILDERS)
    del made
    expect_released("let go", watch, ["held"], BUILDERS)


@scenario
def a_function_hears_of_closed_handles(ext):
    """The function that was set is called at each use of a closed handle, and the execution goes on."""
    tool, called, watch = debug(ext), [], Watch()
    source = HELP % "set_on_invalid_handle; hpy/debug/src/debug_handles.c, debug_call_invalid_callback"

    def hear():
        called.append(1)
        return watch.thing("result %d" % len(called))

    for label, wrong in (("number", 5), ("text", "abc"), ("list", [])):
        expect("no function, " + label, attempt(tool.set_on_invalid_handle, wrong), raised(TypeError), source=source)
    expect("set", tool.set_on_invalid_handle(hear), None, source=source)
    for label, times, heard in (("no use", 0, 0), ("one use", 1, 1), ("four uses", 4, 5)):
        ext.after_closing("item", times)
        expect(label, len(called), heard, source=source)
    expect_released("results", watch, ["result %d" % (i + 1) for i in range(5)], source)
    del hear
    collect()
    ext.after_closing("item", 1)
    expect("held by the debug mode", len(called), 6, source=source)


@scenario
def a_function_hears_of_closed_builders(ext):
    """The function that was set is called at each use of a builder after it was built, and the execution goes on."""
    tool, called, watch = debug(ext), [], Watch()
    source = HELP % "set_on_invalid_builder_handle; hpy/debug/src/debug_handles.c, DHPy_builder_handle_close"

    def hear():
        called.append(1)
        return watch.thing("result %d" % len(called))

    for label, wrong in (("number", 5), ("text", "abc"), ("list", [])):
        expect("no function, " + label, attempt(tool.set_on_invalid_builder_handle, wrong), raised(TypeError),
               source=source)
    expect("set", tool.set_on_invalid_builder_handle(hear), None, source=source)
    expect("list and tuple", [ext.after_building("item"), len(called)], [([None], (None,)), 2], source=source)
    expect_released("results", watch, ["result 1", "result 2"], source)


@scenario
def as_many_closed_builders_are_known_as_was_set(ext):
    """The last closed builders, as many as was set, are known for closed, whatever memory is used for since."""
    tool, called = debug(ext), []
    tool.set_on_invalid_builder_handle(lambda: called.append(1))
    tool.set_closed_handles_queue_max_size(2)
    for turn in range(3):
        expect("turn %d" % turn, ext.after_building("item"), ([None], (None,)), source=BUILDERS)
        expect("heard, turn %d" % turn, len(called), 2 * turn + 2, source=HELP % "set_on_invalid_builder_handle")


@scenario
def a_full_queue_gives_its_oldest(ext):
    """When the queue of closed handles is full, a new handle takes the place of the oldest one; the last is the end."""
    tool, found = debug(ext), []
    source = "hpy/debug/src/debug_internal.h: if closed_handles is full, DHPy_open reuses the oldest DHPy in the queue"
    size = tool.get_closed_handles_queue_max_size()
    ext.open_and_close("", size + 10)

    def hear():
        found.append(oldest in [one.id for one in tool.get_open_handles(generation)])

    tool.set_on_invalid_handle(hear)
    for turn in range(3):
        oldest, generation = tool.get_closed_handles()[0].id, tool.new_generation()
        ext.after_closing("item", 1)
        expect("oldest, turn %d" % turn, found, [True] * (turn + 1), source=source)
        generation = tool.new_generation()
        ext.leak(["a", "b", "c"])
        handles = tool.get_open_handles(generation)
        close(handles)
        expect("full, turn %d" % turn, len(tool.get_closed_handles()) - size, 0, source=source)
        expect("youngest, turn %d" % turn, [one.id for one in tool.get_closed_handles()[-3:]] ==
               [one.id for one in handles], True, source=source)


@scenario
def no_closed_handles_are_kept(ext):
    """The size of the queue of closed handles can be 0."""
    tool = debug(ext)
    tool.set_closed_handles_queue_max_size(0)
    ext.open_and_close("item", 3000)
    expect("kept", len(tool.get_closed_handles()), 0, source=CLOSED)


@scenario
def data_of_exactly_the_size_is_kept(ext):
    """Data of closed handles is kept that comes to just the size that was set."""
    tool = debug(ext)
    ext.open_and_close("", tool.get_closed_handles_queue_max_size() + 10)
    way = "HPyBytes_AsString"
    tool.set_protected_raw_data_max_size(8000 + 3 * (len(way) + 1))  # contents() asks for the text of `way`
    generation = tool.new_generation()
    for size in (3999, 3999, 0):
        ext.contents(b"x" * size, way, 0)
    handles = tool.get_open_handles(generation)
    expect("open", [one.raw_data_size for one in handles], [4000, 4000, 1], source=RETAINED)
    close(handles)
    expect("closed", [one.raw_data_size for one in handles], [4000, 4000, -1], source=RETAINED)


@scenario
def limits_that_leave_no_trace(ext):
    """A limit of very few frames is kept to, and where there is no memory for a trace, there is none."""
    tool = debug(ext)
    limit = ext.imported("hpy.debug", "set_handle_stack_trace_limit")
    size = tool.get_closed_handles_queue_max_size()
    for frames in (1, 2, 2**60):
        limit(8)
        ext.open_and_close("traced", size * 2)
        limit(frames)
        generation = tool.new_generation()
        ext.leak(["leaked"])
        ext.open_and_close("not traced", size * 2)
        handle, = tool.get_open_handles(generation)
        _, traced, trace = repr(handle).partition("Allocation stacktrace:\n")
        few = len(trace.split("\n")) <= frames if frames < 8 else False
        expect("limit %d" % frames, few or not traced, True, source=TRACES)
        limit(8)
        ext.open_and_close("traced", size * 2)
        handle._force_close()
        ext.open_and_close("traced", size * 2)
        ext.imported("hpy.debug", "disable_handle_stack_traces")()
        expect("kept %d" % frames, len(tool.get_closed_handles()) - size, 0, source=CLOSED)


@scenario
def traces_are_given_back(ext):
    """The memory of a trace is given back when its handle is no longer remembered."""
    tool = debug(ext)
    limit = ext.imported("hpy.debug", "set_handle_stack_trace_limit")
    size = tool.get_closed_handles_queue_max_size()
    for frames in (1, 8, 60, 2**60):
        limit(frames)
        expect("bytes kept, limit %d" % frames, ext.kept("item", size * 2), 0, source=TRACES)
    ext.imported("hpy.debug", "disable_handle_stack_traces")()
    expect("bytes kept without", ext.kept("item", size * 2), 0, source=TRACES)


@scenario
def a_function_is_kept_as_long_as_it_is_set(ext):
    """A function that was set is released when another one or none is set."""
    tool, watch = debug(ext), Watch()
    for name in ("set_on_invalid_handle", "set_on_invalid_builder_handle"):
        put = getattr(tool, name)
        for turn in ("first", "second"):
            thing = watch.thing("%s, %s" % (turn, name))
            put(lambda thing=thing: None)
            del thing
        put(None)
    expect_released("all", watch, ["%s, set_on_invalid_%s" % (turn, kind) for turn in ("first", "second")
                                   for kind in ("handle", "builder_handle")],
                    "Python/C API, 'Objects, Types and Reference Counts': who owns a reference has to give it up")


def deep(depth, function):
    """A call below so many others, which are made from C."""
    return function() if depth == 0 else max([0], key=lambda one: deep(depth - 1, function) or 0)


@scenario
def deep_traces(ext):
    """Where there are more frames than the limit, a higher limit shows as many more of them."""
    tool = debug(ext)
    limit = ext.imported("hpy.debug", "set_handle_stack_trace_limit")
    lengths = []
    for frames in (20, 40, 80):
        generation = tool.new_generation()
        limit(frames)
        deep(40, lambda: ext.leak(["deep"]))
        ext.imported("hpy.debug", "disable_handle_stack_traces")()
        handle, = tool.get_open_handles(generation)
        lengths.append(len(repr(handle).partition("Allocation stacktrace:\n")[2].split("\n")))
        handle._force_close()
    expect("more lines", [lengths[1] - lengths[0], lengths[2] - lengths[1]], [20, 40], source=TRACES)
