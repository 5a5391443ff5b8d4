from hpy_conform import Watch, attempt, expect, expect_released, one_of, raised, returned, scenario

NEW = "HPy ctx_tracker.c, documentation of trackers: at least n handles can be tracked without a call failing"
ADD = "HPy ctx_tracker.c, documentation of trackers: the handle of a failed HPyTracker_Add is tracked and closed"
CLOSE = "HPy ctx_tracker.c, documentation of trackers: HPyTracker_Close closes all the tracked handles"


@scenario
def a_tracker_takes_what_it_was_made_for(ext):
    """As many handles as were asked for fit without more memory."""
    expect("within", attempt(ext.within, object()), returned(0), source=NEW)


@scenario
def a_tracker_takes_one_more_and_fails(ext):
    """Where a tracker can't grow, the handle that made it fail is tracked."""
    watch = Watch()
    expect("outcome", attempt(ext.beyond, watch.thing("last")), one_of(raised(MemoryError), returned(None)), source=ADD)
    expect_released("closed", watch, ["last"], ADD)


@scenario
def a_refused_tracker_keeps_nothing(ext):
    """A tracker that there was no memory for leaves none behind."""
    expect("bytes kept", ext.refused(), 0, source="C standard, 'Memory management functions': what is not freed stays")


@scenario
def a_tracker_is_empty_at_first(ext):
    """Whatever was in the memory before, a new tracker tracks nothing."""
    watch = Watch()
    expect("outcome", attempt(ext.in_used_memory, watch.thing("only")), returned(None), source=NEW)
    expect_released("closed", watch, ["only"], CLOSE)
