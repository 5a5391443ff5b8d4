from hpy_conform import expect, record, scenario

RULE = "hpy-conform, README.md: what is the same everywhere conforms"


@scenario
def healthy(ext):
    """Nothing is wrong."""
    expect("promised", ext.answer(), 42, source=RULE)
    record("recorded", ext.answer())


@scenario
def divergence(ext):
    """One lane answers otherwise than another."""
    record("lane", ext.lane())


@scenario
def known_divergence(ext):
    """The same, and the ledger has it."""
    record("lane", ext.lane())


@scenario
def mended(ext):
    """The ledger has a divergence that is gone."""
    expect("answer", ext.answer(), 42, source=RULE)


@scenario
def leak(ext):
    """A reference is taken, or a handle opened, that nobody gives back."""
    record("kept", ext.keep())


@scenario
def healthy_behind_all(ext):
    """Nothing is wrong."""
    expect("promised", ext.answer(), 42, source=RULE)
