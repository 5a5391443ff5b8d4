from hpy_conform import attempt, collect, expect, scenario

MODE = "HPy documentation, 'Debug Mode', %s"
ABORTS = "; Using Debug Mode: by default it aborts the process, HPy_FatalError"
CLOSED = MODE % "handles used after they are closed" + ABORTS
BUILDERS = MODE % "tuple and list builders used after they were closed" + ABORTS
READING = MODE % "reading from memory that is no longer valid"
WRITING = MODE % "writing to memory that should be read-only"
CONTEXT = "HPy changelog, 'Debug mode': detect invalid usage of stored HPyContext * pointer"
TYPES = "hpy/debug/src/debug_ctx.c, debug_ctx_TypeCheck and others: a fatal error" + ABORTS
SHAPES = "HPy API reference, 'HPy Type', HPyType_HELPERS; hpy/debug/src/debug_ctx.c, debug_ctx_AsStruct" + ABORTS
ABORTED, SEGMENT, BUS = 6, 11, 7
ARGUMENTS = ("HPy documentation, 'Debug Mode', handles used after they are closed; hpy/debug/src/debug_handles.c, "
             "DHPy_close_and_check: the validity of what a function was given is checked when it returns")
RESULTS = "HPy changelog, 'Debug mode': detect closing and returning (without dup) of context handles"
CACHE = CONTEXT + "; hpy/debug/src/debug_internal.h: the next context of a circular buffer of HPY_DEBUG_CTX_CACHE_SIZE"


def ends(ext, name, text, source, label=None):
    """The promise that a misuse ends the process by abort(), with a text on the standard error."""
    number, written = ext.in_child(name, "text", b"bytes", 1.5, ext.Keeper())
    expect((label or name) + ", signal", number, ABORTED, source=source)
    expect((label or name) + ", text", text.encode() in written, True, source=source)


@scenario
def what_is_right_goes_on(ext):
    """A process that uses its handles rightly is not ended, and nothing is written."""
    expect("nothing wrong", ext.in_child("nothing_wrong", "text", b"bytes", 1.5, ext.Keeper()), (0, b""),
           source=MODE % "the debug mode checks for misuse")


@scenario
def closed_handles_end_the_process(ext):
    """A handle is not used, nor closed, after it was closed; constants of the context are never closed."""
    for name in ("closed_handle_used", "closed_twice", "closed_first_argument_of_new", "closed_last_argument_of_new",
                 "closed_first_item", "closed_last_item"):
        ends(ext, name, "Invalid usage of already closed handle", CLOSED)
    ends(ext, "constant_closed", "Invalid usage of already closed handle", CLOSED)


@scenario
def closed_builders_end_the_process(ext):
    """A builder is not used after it was built or cancelled."""
    ext.imported("hpy.universal", "_debug").set_on_invalid_builder_handle(None)
    for kind in ("list", "tuple"):
        for misuse in ("set_after_build", "built_twice", "built_after_cancel", "cancelled_twice"):
            ends(ext, "%s_%s" % (kind, misuse), "Invalid usage of already closed builder", BUILDERS)


@scenario
def closed_builders_end_the_process_by_default(ext):
    """So it is, too, when nobody has said what to do then."""
    for name in ("list_set_after_build", "tuple_cancelled_twice"):
        number, written = ext.in_child(name, "text", b"bytes", 1.5, ext.Keeper())
        expect(name, (number == ABORTED, b"Invalid usage of already closed builder" in written), (True, True),
               source=BUILDERS)


@scenario
def no_function_hears_any_more(ext):
    """The process is ended again when the functions were taken back."""
    tool = ext.imported("hpy.universal", "_debug")
    tool.set_on_invalid_handle(lambda: None)
    tool.set_on_invalid_builder_handle(lambda: None)
    tool.set_on_invalid_handle(None)
    tool.set_on_invalid_builder_handle(None)
    ends(ext, "closed_handle_used", "Invalid usage of already closed handle", CLOSED)
    ends(ext, "list_set_after_build", "Invalid usage of already closed builder", BUILDERS)


@scenario
def a_function_that_fails_is_told(ext):
    """An exception of the function that was set is told on the standard error, and the process goes on."""
    def failing():
        raise KeyError("as asked")

    ext.imported("hpy.universal", "_debug").set_on_invalid_handle(failing)
    number, written = ext.in_child("closed_handle_used", "text", b"bytes", 1.5, ext.Keeper())
    source = "hpy/debug/src/debug_handles.c, debug_call_invalid_callback: the process is not aborted"
    expect("signal", number, 0, source=source)
    expect("text", b"Error when executing the on_invalid_(builder_)handle callback" in written, True, source=source)


@scenario
def texts_are_protected(ext):
    """A text is not written, nor read after its handle was closed: the memory is taken away."""
    for kind in ("utf8", "bytes", "raw_bytes"):
        for misuse, source in (("read_after_close", READING), ("written", WRITING)):
            name = "%s_%s" % (kind, misuse)
            number, _ = ext.in_child(name, "text", b"bytes", 1.5, ext.Keeper())
            expect(name, number in (SEGMENT, BUS), True, source=source)
    number, _ = ext.in_child("name_written", "text", b"bytes", 1.5, ext.Keeper())
    expect("name_written", number in (SEGMENT, BUS), True, source=WRITING)


@scenario
def wrong_arguments_end_the_process(ext):
    """What is no type, no text or no tuple, where one has to be, is a fatal error that says so."""
    for name, text in (
            ("type_check_of_no_type", "HPy_TypeCheck arg 2 must be a type"),
            ("name_of_no_type", "HPyType_GetName arg must be a type"),
            ("no_type_as_subtype", "HPyType_IsSubtype arg 1 must be a type"),
            ("subtype_of_no_type", "HPyType_IsSubtype arg 2 must be a type"),
            ("substring_of_no_text", "HPyUnicode_Substring arg 1 must be a Unicode object"),
            ("call_with_names_of_a_list", "HPy_Call arg 'kwnames' must be a tuple object or HPy_NULL"),
            ("method_with_names_of_a_list", "HPy_CallMethod arg 'kwnames' must be a tuple object or HPy_NULL")):
        ends(ext, name, text, TYPES)


@scenario
def structs_of_other_shapes_end_the_process(ext):
    """A struct is asked for by the shape of its type; another one is a fatal error that names both."""
    for shape in ("Type", "Long", "Unicode", "Tuple", "List"):
        ends(ext, "struct_of_" + shape, "Invalid usage of _HPy_AsStruct_%s. Expected shape HPyType_BuiltinShape_%s "
             "but got HPyType_BuiltinShape_" % (shape, shape), SHAPES)
    for shape in ("Float", "Legacy"):
        ends(ext, "struct_of_" + shape, "Invalid usage of _HPy_AsStruct_%s. Expected shape HPyType_BuiltinShape_%s "
             "but got HPyType_BuiltinShape_Object" % (shape, shape), SHAPES)


def goes_unnoticed(ext, name):
    """Whether a use of a kept context is not ended by abort(), with a text on the standard error."""
    number, written = ext.in_child(name, "text", b"bytes", 1.5, ext.Keeper())
    return number != ABORTED or b"Error: Wrong HPy Context!" not in written


@scenario
def a_context_ends_with_its_call(ext):
    """A context that was kept from a call that has returned is not used any more, whatever for."""
    unnoticed = []
    for name in ("close", "dup", "utf8", "bytes", "raw_bytes", "tuple", "generic_new", "from_spec", "tracker",
                 "tracker_add", "tracker_forget", "tracker_close", "type_name", "subtype", "substring", "call",
                 "method", "struct"):
        ext.keep_varargs()
        if goes_unnoticed(ext, "kept_" + name):
            unnoticed.append(name)
    expect("unnoticed", unnoticed, [], source=CONTEXT)


@scenario
def contexts_of_every_signature(ext):
    """A context that was kept is not used any more, whichever function it was given to."""
    unnoticed = []
    for name, call in (("noargs", ext.keep_noargs), ("o", lambda: ext.keep_o(1)),
                       ("varargs", lambda: ext.keep_varargs(1, 2)), ("keywords", lambda: ext.keep_keywords(1, a=2))):
        call()
        if goes_unnoticed(ext, "kept_dup"):
            unnoticed.append(name)

    def buffer():
        with memoryview(ext.Keeper()) as view:
            return bytes(view)

    for place, name, call in ((1, "new", ext.Keeper), (2, "init", ext.Keeper), (3, "getbuffer", buffer),
                              (4, "releasebuffer", buffer), (5, "repr", lambda: repr(ext.Keeper()))):
        ext.keep_in(place)
        call()
        ext.keep_in(0)
        if goes_unnoticed(ext, "kept_dup"):
            unnoticed.append(name)
    expect("unnoticed", unnoticed, [], source=CONTEXT)


@scenario
def a_context_waits_for_its_call(ext):
    """While a function waits for a call that it makes, its context is not used; afterwards it is as before."""
    results = []

    def inner():
        results.append(ext.in_child("kept_dup", "text", b"bytes", 1.5, None))
        return "inner"

    class Ending:
        def __del__(self):
            inner()

    for way, label in enumerate(("HPy_Call", "HPy_CallMethod", "HPy_CallTupleDict", "HPy_Close")):
        expect(label, ext.meanwhile(way, inner if way < 3 else Ending), "inner" if way < 3 else None, source=CONTEXT)
        number, written = results.pop()
        expect(label + ", signal", number, ABORTED, source=CONTEXT)
        expect(label + ", text", b"Error: Wrong HPy Context!" in written, True, source=CONTEXT)


@scenario
def a_context_waits_for_a_collection(ext):
    """Making an object may start a garbage collection: what that calls doesn't use the context of the call, either."""
    results = []

    class Ending:
        def __del__(self):
            results.append(ext.in_child("kept_dup", "text", b"bytes", 1.5, None))

    class Plain:
        pass

    garbage = Ending()
    garbage.itself = garbage
    del garbage
    ext.make_many(Plain, 5000)
    collect()
    found = [(number, b"Error: Wrong HPy Context!" in written) for number, written in results]
    expect("noticed", found, [(ABORTED, True)], source=CONTEXT)


@scenario
def calls_that_fail_leave_the_context_valid(ext):
    """After a call that failed, the context of the caller can be used on."""
    def failing():
        raise KeyError("as asked")

    for way, label in enumerate(("HPy_Call", "HPy_CallMethod", "HPy_CallTupleDict", "HPy_Close")):
        expect(label, attempt(ext.meanwhile, way, failing).exception, "KeyError", source=CONTEXT)
        expect(label + ", next", attempt(ext.meanwhile, way, lambda: None).exception, None, source=CONTEXT)


def untold(ext, name, keeper, text):
    """Whether a misuse is not ended by abort(), with that text on the standard error."""
    number, written = ext.in_child(name, "text", b"bytes", 1.5, keeper)
    return number != ABORTED or text not in written


@scenario
def arguments_are_not_closed(ext):
    """What a function is given stays open until it returns: closing it ends the process."""
    keeper, unnoticed = ext.Keeper(), []
    for place, name, label in (
            (0, "self_closed_called", "self"), (0, "argument_closed_called", "O"),
            (0, "one_of_arguments_closed_called", "VARARGS"), (0, "named_closed_called", "KEYWORDS"),
            (0, "names_closed_called", "names"), (11, "type_called", "new"), (12, "type_called", "init"),
            (15, "shown", "repr")):
        ext.keep_in(place)
        if untold(ext, name, keeper, b"Invalid usage of already closed handle"):
            unnoticed.append(label)
        ext.keep_in(0)
    expect("unnoticed", unnoticed, [], source=ARGUMENTS)


@scenario
def results_are_open_and_own(ext):
    """A result is no constant of the context, and no handle that was closed."""
    for name, source in (("constant_called", RESULTS), ("closed_result_called", CLOSED)):
        expect(name + ", untold", untold(ext, name, ext.Keeper(), b"Invalid usage of already closed handle"), False,
               source=source)


@scenario
def a_context_stays_invalid_in_later_calls(ext):
    """The context that was kept is not that of one of the next calls, either."""
    keeper, unnoticed = ext.Keeper(), []
    for later in range(1, 16):
        ext.keep_varargs()
        for _ in range(later - 1):
            ext.keep_in(0)
        if untold(ext, "kept_dup", keeper, b"Error: Wrong HPy Context!"):
            unnoticed.append(later)
    expect("unnoticed", unnoticed, [], source=CACHE)


@scenario
def what_ends_the_process_is_told(ext):
    """The text about a kept context comes with a trace of the call, also where the standard error is buffered."""
    silent = []
    for name in ("kept_dup", "kept_dup_unseen"):
        ext.keep_varargs()
        number, written = ext.in_child(name, "text", b"bytes", 1.5, ext.Keeper())
        _, _, trace = written.partition(b"Error: Wrong HPy Context!\n")
        if number != ABORTED or b"ext." not in trace:
            silent.append(name)
    expect("silent", silent, [],
           source=CONTEXT + "; hpy/debug/src/debug_ctx.c, report_invalid_debug_context: text and trace, written out")


@scenario
def a_text_that_was_asked_for_twice_is_protected(ext):
    """The first of two texts of a handle ends with it, as the second one does."""
    number, _ = ext.in_child("utf8_asked_twice", "text", b"bytes", 1.5, ext.Keeper())
    expect("utf8_asked_twice", number in (SEGMENT, BUS), True, source=READING)
