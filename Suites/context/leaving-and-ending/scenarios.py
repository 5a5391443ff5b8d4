import threading

from hpy_conform import Watch, attempt, expect, expect_released, raised, record, returned, scenario

LEAVE = ("HPy API reference, 'Leaving Python Execution'; Python/C API, 'Thread State and the Global Interpreter Lock', "
         "PyEval_SaveThread and PyEval_RestoreThread")
FATAL = "HPy public API, pyerrors.h, HPy_FatalError; Python/C API, 'Process Control', Py_FatalError (abort() is called)"
SIGABRT = 6


@scenario
def another_thread_runs_meanwhile(ext):
    """While one thread is outside of Python, another one may run, and ends its wait."""
    thread = threading.Thread(target=ext.raise_flag)
    thread.start()
    raised_meanwhile = ext.wait()
    thread.join()
    record("raised", raised_meanwhile)
    expect("afterwards", [len("abc"), list(range(3))], [3, [0, 1, 2]], source=LEAVE)


@scenario
def execution_goes_on_where_it_was_left(ext):
    """Behind an excursion all is as before: objects, texts, exceptions."""
    watch = Watch()
    items, item = [], watch.thing("item")
    expect("visits", attempt(ext.visits, 100, items, item), returned(100), source=LEAVE)
    expect("items", [len(items), all(one is item for one in items)], [100, True], source=LEAVE)
    expect("a text", ext.text_outside("some text \u20ac"), 13, source=LEAVE)
    expect("an exception", attempt(ext.fails), raised(LookupError), source=LEAVE)
    expect("an exception that is handled meanwhile", during_an_exception(ext), (LookupError, ValueError), source=LEAVE)
    del items, item
    expect_released("ended", watch, ["item"], LEAVE)


def during_an_exception(ext):
    try:
        raise ValueError("outer")
    except ValueError:
        try:
            ext.fails()
        except LookupError as one:
            return type(one), type(one.__context__)


@scenario
def two_threads_come_and_go(ext):
    """Each thread finds its own state again, and both get through."""
    items, results = [], []

    def work(number):
        results.append((number, ext.visits(100, items, number), during_an_exception(ext)))

    other = threading.Thread(target=work, args=(1,))
    other.start()
    work(2)
    other.join()
    expect("results", sorted(results, key=lambda one: one[0]),
           [(number, 100, (LookupError, ValueError)) for number in (1, 2)], source=LEAVE)
    expect("items", [items.count(1), items.count(2), len(items)], [100, 100, 200], source=LEAVE)


@scenario
def a_fatal_error_ends_the_process(ext):
    """The process is aborted, and the message is written."""
    signal, output = ext.fatal("no way on from here")
    expect("signal", signal, SIGABRT, source=FATAL)
    expect("message", "no way on from here" in output, True, source=FATAL)
