import copy
import pickle
import threading

import psutil
from hpy_conform import Watch, attempt, expect, expect_released, raised, record, returned, scenario

PROCESS = "psutil documentation, 'Process class'"
ERRORS = "psutil documentation, 'Exceptions'"
ITERATION = "psutil documentation, 'Functions', process_iter()"
WAITING = "psutil documentation, 'Functions', wait_procs()"
PICKLED = "Python library, 'pickle', 'What can be pickled and unpickled?'"
COPIED = "Python library, 'copy'"
PROPAGATED = (
    "Python language reference, 'Executing the program', 'Exceptions' (the exception that was raised is propagated)"
)
SEQUENCE = "Python library, 'Glossary', sequence"
RELEASED = "Python/C API, 'Objects, Types and Reference Counts' (who owns a reference has to give it up)"
NOBODY = 2**22 + 1  # more than Linux gives to any process


class Pids(list):
    """A sequence whose length is more than what it has."""

    def __len__(self):
        return 5


@scenario
def this_process(ext):
    """The object of this process knows what holds on any machine."""
    process = ext.Process()
    expect(
        "itself",
        (process == ext.Process(process.pid), hash(process) == hash(ext.Process(process.pid)), process.is_running()),
        (True, True, True),
        source=PROCESS,
    )
    expect("status", process.status() in ("running", "sleeping", "disk-sleep"), True, source=PROCESS + ", status()")
    expect("memory", process.memory_info().rss > 0, True, source=PROCESS + ", memory_info()")
    expect("threads", process.num_threads() == len(process.threads()), True, source=PROCESS + ", threads()")
    expect("parent", process.parent() == ext.Process(process.ppid()), True, source=PROCESS + ", parent()")
    expect(
        "once",
        process.as_dict(attrs=["pid", "ppid"]) == {"pid": process.pid, "ppid": process.ppid()},
        True,
        source=PROCESS + ", as_dict()",
    )
    with process.oneshot():
        expect("one shot", process.create_time() == process.create_time(), True, source=PROCESS + ", oneshot()")
    expect("text", str(process).startswith("psutil.Process(pid="), True, source=PROCESS)


@scenario
def processes_that_are_not_there(ext):
    """A process that does not exist raises NoSuchProcess, in each function."""
    expect("made", attempt(ext.Process, NOBODY), raised(ext.NoSuchProcess), source=ERRORS)
    expect(
        "exists",
        (ext.pid_exists(NOBODY), ext.pid_exists(-1)),
        (False, False),
        source="psutil documentation, pid_exists()",
    )
    expect("negative", attempt(ext.Process, -1), raised(ValueError), source=PROCESS)
    expect("of another type", attempt(ext.Process, "1"), raised(TypeError), source=PROCESS)
    record("too large", [attempt(ext.Process, one).exception for one in (2**31, 2**64, 10**30)])
    record("others", [attempt(ext.Process, one).exception for one in (1.5, [], object)])


@scenario
def arguments_of_functions_in_c(ext):
    """Wrong arguments of the functions in C raise, and leave nothing behind."""
    native = ext._psplatform.cext
    names = (
        "proc_ioprio_get",
        "proc_ioprio_set",
        "proc_cpu_affinity_get",
        "proc_cpu_affinity_set",
        "net_if_duplex_speed",
        "net_if_mtu",
        "net_if_flags",
        "check_pid_range",
    )
    values = ((), ("x", "y", "z"), (None,), (1.5,), ("\x00",), (b"x",), ([], []), (2**70,))
    for name in names:
        function = getattr(native, name)
        expect(
            name,
            [one for one in values if attempt(function, *one).exception is None],
            [],
            source="Python/C API, 'Parsing arguments and building values'",
        )


@scenario
def partitions_of_a_wrong_argument(ext):
    """The list of partitions is released if the name of the file is not accepted or not found."""
    function = ext._psplatform.cext.disk_partitions
    expect(
        "a number",
        attempt(function, 3),
        raised(TypeError),
        source="Python/C API, 'Parsing arguments and building values'",
    )
    expect(
        "not there",
        attempt(function, "/nowhere/at/all"),
        raised(FileNotFoundError),
        source="Python library, 'Built-in Exceptions', FileNotFoundError",
    )


@scenario
def interfaces_that_are_not_there(ext):
    """A network interface that does not exist raises OSError, and the socket is closed."""
    native = ext._psplatform.cext
    for name in ("net_if_duplex_speed", "net_if_mtu", "net_if_flags"):
        expect(
            name,
            [attempt(getattr(native, name), "nowhere%d" % one).exception for one in range(60)],
            ["OSError"] * 60,
            source="Python library, 'Built-in Exceptions', OSError (ENODEV)",
        )
    record("a long name", attempt(native.net_if_mtu, "x" * 500).exception)


@scenario
def processors_of_a_process(ext):
    """The set of processors is set to what it is; sequences that fail leave it alone."""
    process = ext.Process()
    before = process.cpu_affinity()
    expect(
        "the same again",
        (process.cpu_affinity(before), process.cpu_affinity() == before),
        (None, True),
        source=PROCESS + ", cpu_affinity()",
    )

    class Failing:
        def __len__(self):
            return 3

        def __getitem__(self, place):
            if place == 2:
                raise LookupError("refused")
            return before[0]

    class Number:
        def __index__(self):
            raise LookupError("number")

    native = ext._psplatform.cext.proc_cpu_affinity_set
    expect("fails half-way", attempt(native, process.pid, Failing()), raised(LookupError), source=PROPAGATED)
    expect(
        "a failing number", attempt(native, process.pid, [before[0], Number()]), raised(LookupError), source=PROPAGATED
    )
    expect(
        "no numbers",
        [attempt(process.cpu_affinity, one).exception for one in (["x"], [None])],
        ["TypeError", "TypeError"],
        source=PROCESS + ", cpu_affinity()",
    )
    expect("too large", attempt(process.cpu_affinity, [10**6]), raised(ValueError), source=PROCESS + ", cpu_affinity()")
    record("others", [attempt(native, process.pid, one).exception for one in (3, None, [], [-1], [2**70], {1: 2}, {1})])
    expect("unchanged", process.cpu_affinity() == before, True, source=PROCESS + ", cpu_affinity()")


@scenario
def a_sequence_that_is_shorter_than_it_says(ext):
    """A sequence with fewer items than its length raises IndexError, or counts as what it has."""
    process = ext.Process()
    before = process.cpu_affinity()
    record("shorter", attempt(ext._psplatform.cext.proc_cpu_affinity_set, process.pid, Pids(before[:1])).exception)
    expect("unchanged", process.cpu_affinity() == before, True, source=PROCESS + ", cpu_affinity()")


@scenario
def subclasses_of_process(ext):
    """Classes below Process, with and without __slots__, and with a second base."""
    hooked = []

    class Hooked(ext.Process):
        def __init_subclass__(cls, **options):
            hooked.append((cls.__name__, options))

    class Named:
        __slots__ = ()

        def name(self):
            return "named " + type(super().name()).__name__

    class Below(Named, Hooked, level=2):
        __slots__ = ("more",)

        def __init__(self, *args):
            super().__init__(*args)
            self.more = [self]

    one = Below()
    expect(
        "made",
        (one.name(), one == ext.Process(), one.more[0] is one, hooked),
        ("named str", True, True, [("Below", {"level": 2})]),
        source="Python language reference, 'Data model', object.__init_subclass__",
    )
    watch = Watch()
    one.thing = watch.thing("in the cycle")
    del one
    expect_released("cycle", watch, ["in the cycle"], source="Python library, 'gc'")


@scenario
def exceptions_are_made_copied_and_pickled(ext):
    """The exceptions keep what they say when they are copied and pickled."""
    made = (
        ext.Error("text"),
        ext.NoSuchProcess(5, "name", "text"),
        ext.ZombieProcess(5, "name", 3, "text"),
        ext.AccessDenied(5, "name", "text"),
        ext.TimeoutExpired(7, 5, "name"),
    )
    for one in made:
        name = type(one).__name__
        ways = (copy.copy, copy.deepcopy) + tuple(
            lambda one, number=number: pickle.loads(pickle.dumps(one, number))
            for number in range(pickle.HIGHEST_PROTOCOL + 1)
        )
        expect(
            name,
            {(type(way(one)) is type(one), str(way(one)), repr(sorted(vars(way(one)).items()))) for way in ways},
            {(True, str(one), repr(sorted(vars(one).items())))},
            source=PICKLED,
        )
    expect(
        "bases",
        (issubclass(ext.ZombieProcess, ext.NoSuchProcess), issubclass(ext.TimeoutExpired, ext.Error)),
        (True, True),
        source=ERRORS,
    )
    record("texts", [str(one) for one in made])
    record("missing arguments", [attempt(one).exception for one in (ext.NoSuchProcess, ext.TimeoutExpired, ext.Error)])


@scenario
def named_tuples_are_copied_and_pickled(ext):
    """What the functions return is copied and pickled, and derived from."""
    process = ext.Process()
    for name, one in (
        ("memory", process.memory_info()),
        ("times", process.cpu_times()),
        ("swap", ext.swap_memory()),
        ("virtual", ext.virtual_memory()),
        ("threads", process.threads()[0]),
    ):
        back = pickle.loads(pickle.dumps(one))
        expect(
            name,
            (type(back) is type(one), back == one, copy.deepcopy(one) == one, one._fields == type(one)._fields),
            (True, True, True, True),
            source="Python library, 'collections', namedtuple()",
        )

    class Below(type(process.memory_info())):
        __slots__ = ()

        @property
        def half(self):
            return self.rss / 2

    expect(
        "derived", Below(*process.memory_info()).half > 0, True, source="Python library, 'collections', namedtuple()"
    )


@scenario
def a_process_is_copied(ext):
    """A process holds a lock, so that it can't be pickled; how it is copied is observed."""
    process = ext.Process()
    record("copied", attempt(lambda: copy.copy(process) == process))
    record("others", [attempt(one, process).exception for one in (copy.deepcopy, pickle.dumps)])


@scenario
def callbacks_that_fail(ext):
    """An exception of the callback of wait_procs(), or between the processes, goes on."""

    class Ended(ext.Process):
        def wait(self, timeout=None):
            return 3

    def fail(process):
        raise LookupError("refused")

    expect("refused", attempt(ext.wait_procs, [Ended()], 1, fail), raised(LookupError), source=PROPAGATED)
    gone = []
    found = ext.wait_procs([Ended()], 1, gone.append)
    expect("called", ([one.returncode for one in gone], len(found[0]), len(found[1])), ([3], 1, 0), source=WAITING)
    expect("no function", attempt(ext.wait_procs, [], 1, 3), raised(TypeError), source=WAITING)

    def interrupted():
        for _ in ext.process_iter(["pid"]):
            raise LookupError("refused")

    expect("iteration", attempt(interrupted), raised(LookupError), source=PROPAGATED)
    expect("again", ext.Process().pid in [one.info["pid"] for one in ext.process_iter(["pid"])], True, source=ITERATION)
    expect(
        "unknown attribute", attempt(lambda: list(ext.process_iter(["nothing"]))), raised(ValueError), source=ITERATION
    )


@scenario
def what_a_process_holds_is_released(ext):
    """Processes and what is stored in them are released."""
    watch = Watch()
    process = ext.Process()
    process.thing = watch.thing("attribute")
    with process.oneshot():
        process.cpu_times()
    del process
    expect_released("attribute", watch, ["attribute"], source=RELEASED)


@scenario
def several_threads_at_once(ext):
    """Threads that ask one process at once get the right answers."""
    process = ext.Process()
    wanted = (process.ppid(), process.create_time(), process.uids())
    results = []

    def work():
        for _ in range(20):
            with process.oneshot():
                results.append((process.ppid(), process.create_time(), process.uids()) == wanted)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    expect("results", (len(results), all(results)), (80, True), source=PROCESS + ", oneshot()")
    expect("processes", attempt(process.is_running), returned(True), source=PROCESS)
    expect("the same module", ext is psutil, True, source="Python language reference, 'The import system'")
