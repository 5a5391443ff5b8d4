from hpy_conform import attempt, expect, one_of, raised, returned, scenario

CLOSE = "HPy ctx_tracker.c, documentation of HPyTracker_Close: closes the tracker and the handles in it"
PARSE = "HPy argparse.c, documentation of HPyArg_Parse: the tracker is closed by the caller, or on failure by itself"


@scenario
def a_closed_tracker_keeps_nothing(ext):
    """What a tracker was given by malloc is given back when it is closed, whether it had to grow or not."""
    item = object()
    for size in (0, 12):
        expect("bytes kept, %d handles" % size, ext.tracked(item, size), 0, source=CLOSE)


@scenario
def a_tracker_that_forgot_keeps_nothing(ext):
    """ForgetAll leaves the handles to others, and Close the memory to nobody."""
    item = object()
    for size in (0, 12):
        expect("bytes kept, %d handles" % size, ext.forgotten(item, size), 0, source=CLOSE)


@scenario
def parsed_arguments_keep_nothing(ext):
    """The tracker of a parse is given back, also where the parse fails half-way."""
    expect("bytes kept", ext.parsed(object()), 0, source=PARSE)
    expect("bytes kept in vain", ext.parsed_in_vain(object()), 0, source=PARSE)


@scenario
def parses_with_names_keep_nothing(ext):
    """Whatever it is that is wrong with the names, the units or the values, the tracker goes."""
    for way, label in enumerate(("an empty name", "few names", "a missing argument", "many names", "by position alone",
                                 "an unknown unit", "a missing argument, dictionary")):
        expect(label, ext.names_in_vain(object(), way), 0, source=PARSE)


@scenario
def a_parse_without_a_tuple_of_names_keeps_nothing(ext):
    """Nor does a tracker stay where the names can't be counted."""
    expect("bytes kept", ext.names_in_vain(object(), 7), 0, source=PARSE)


@scenario
def a_tracker_too_large_is_an_exception(ext):
    """Where there is no memory for the handles, there is an exception and no tracker."""
    expect("tracker", attempt(ext.huge_tracker), one_of(raised(MemoryError), returned("a tracker")),
           source="HPy ctx_tracker.c, documentation of HPyTracker_New: ensures that as many handles can be tracked")
