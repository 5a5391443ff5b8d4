from hpy_conform import expect, record, scenario

RULE = "hpy-conform, README.md: a cell has its time, and no more"


@scenario
def before_hang(ext):
    """A neighbour that does nothing wrong."""
    expect("answer", ext.answer(), 42, source=RULE)


@scenario
def hang(ext):
    """A call that never returns."""
    record("begun", True)
    ext.hang()


@scenario
def behind_hang(ext):
    """A neighbour that does nothing wrong."""
    expect("answer", ext.answer(), 42, source=RULE)
