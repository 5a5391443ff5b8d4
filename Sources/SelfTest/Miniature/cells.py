import atexit

from hpy_conform import expect, record, scenario

RULE = "hpy-conform, README.md: a cell runs in a process of its own, and costs nobody else anything"
RESULT = """
{"end": {"outcome": "completed", "observations": 1}}
00000000-0000-0000-0000-000000000000 {"end": {"outcome": "completed", "observations": 1}}
"""
ANSWER = """
ready
00000000000000000000000000000000 {"number": 0, "status": 0, "seconds": 0.1, "timed_out": false, \
"exceeded": null, "machine": null, "strays": 0, "parts": [["result", 0]]}
{"number": 0, "status": 0, "seconds": 0.1, "timed_out": false, \
"exceeded": null, "machine": null, "strays": 0, "parts": [["result", 0]]}
"""
MUCH = "x" * (2 << 20)


class Strange(Exception):
    """A name with half of a surrogate pair."""


Strange.__qualname__ = "Strange\ud800"


def check(ext):
    """What holds in a cell that nobody harms."""
    expect("answer", ext.answer(), 42, source=RULE)
    expect("files that others left", ext.files(), 0, source=RULE)


@scenario
def before_crash(ext):
    """A neighbour that does nothing wrong."""
    check(ext)


@scenario
def crash(ext):
    """A process that is killed by a signal."""
    record("begun", True)
    ext.crash()


@scenario
def before_abort(ext):
    """A neighbour that does nothing wrong."""
    check(ext)


@scenario
def abort(ext):
    """A process that gives up."""
    record("begun", True)
    ext.abort()


@scenario
def before_crash_at_exit(ext):
    """A neighbour that does nothing wrong."""
    check(ext)


@scenario(real_exit=True)
def crash_at_exit(ext):
    """An interpreter that is killed by a signal while it ends."""
    atexit.register(ext.crash)
    record("begun", True)


@scenario
def before_exit_early(ext):
    """A neighbour that does nothing wrong."""
    check(ext)


@scenario
def exit_early(ext):
    """A process that leaves as if all were well."""
    record("begun", True)
    ext.leave()


@scenario
def before_forged_results(ext):
    """A neighbour that does nothing wrong."""
    check(ext)


@scenario
def forged_results(ext):
    """Lines of a result file by another hand."""
    record("begun", True)
    ext.forge(RESULT)


@scenario
def before_forged_answer(ext):
    """A neighbour that does nothing wrong."""
    check(ext)


@scenario
def forged_answer(ext):
    """An answer of a fork server by another hand."""
    record("begun", True)
    ext.forge(ANSWER)


@scenario
def before_truncated_results(ext):
    """A neighbour that does nothing wrong."""
    check(ext)


@scenario
def truncated_results(ext):
    """A result file from which observations are gone."""
    record("begun", True)
    ext.truncate_files()


@scenario
def before_killed_server(ext):
    """A neighbour that does nothing wrong."""
    check(ext)


@scenario
def killed_server(ext):
    """A fork server that its own cell kills."""
    record("begun", True)
    ext.kill_parent()


@scenario
def before_broken_promise(ext):
    """A neighbour that does nothing wrong."""
    check(ext)


@scenario
def broken_promise(ext):
    """A promise that is broken."""
    record("begun", True)
    expect("kept", ext.answer(), 43, source=RULE)


@scenario
def before_strange_exception(ext):
    """A neighbour that does nothing wrong."""
    check(ext)


@scenario
def strange_exception(ext):
    """An exception whose type has a name that is no Unicode."""
    record("begun", True)
    raise Strange


@scenario
def before_much_memory(ext):
    """A neighbour that does nothing wrong."""
    check(ext)


@scenario
def much_memory(ext):
    """Processes that take too much memory together."""
    record("begun", True)
    ext.take_memory()


@scenario
def before_many_processes(ext):
    """A neighbour that does nothing wrong."""
    check(ext)


@scenario
def many_processes(ext):
    """Too many processes."""
    record("begun", True)
    ext.start_processes()


@scenario
def before_many_files(ext):
    """A neighbour that does nothing wrong."""
    check(ext)


@scenario
def many_files(ext):
    """Too many files in the scratch folder."""
    record("begun", True)
    record("made", ext.make_files(300, 1))


@scenario
def before_long_results(ext):
    """A neighbour that does nothing wrong."""
    check(ext)


@scenario
def long_results(ext):
    """Too much in the result file."""
    record("begun", True)
    record("much", MUCH)


@scenario
def before_files_left(ext):
    """A neighbour that does nothing wrong."""
    check(ext)


@scenario
def files_left(ext):
    """Files that a cell leaves behind, no more than it may."""
    record("begun", True)
    expect("made", ext.make_files(2, 256 << 10), 2, source=RULE)


@scenario
def behind_all(ext):
    """A neighbour that does nothing wrong."""
    check(ext)
