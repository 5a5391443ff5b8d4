"""One cell: take its files and limits, load the extension, call the scenario, write down how it ended, exit.

A cell runs in a process of its own: forked off a fork server (conform_server), or started as
`conform_cell.py`, which reads its order from standard input, one JSON object: the fields of a request
(conform_worker), and "scenario", "secret", "files": the result's, each attachment's, in the order of
ATTACHMENTS, and that of the events, a path or an inherited descriptor each. Where there is one, "begins" is a pipe that is closed when the
process has started and the cell begins, and "folder" the cell's scratch folder.

What a cell leaves beside its observations are attachments, texts with names. What happens in a process writes one to
its file, which reaches the runner even when the process crashes. What is known at the end can be said in the end
mark, as "attachments": {name: text}; the runner appends it to what the file of that name holds.
"""

import _signal  # signal makes enumerations of it: much to have in each process
import faulthandler
import fcntl
import mmap
import os
import resource
import sys
import time

import conform_events
import conform_imports
import conform_json
import conform_machine
import conform_native
import conform_repeats
import hpy_conform

HARNESS_FAILED = 70  # exit code where the end mark could not be written
NOT_BEGUN = 71  # and where nothing of the case was begun, for something that the machine lacks

_RESERVE = 64 << 20  # address space kept back from a cell, to say how it ended when it left none
_STACK = 8 << 20
_LAST_MOMENT = 0.5  # seconds in which a thread may end that a scenario has left
_FILES = 1024  # open at a time
_UNBUFFERED = 2  # _IONBF of stdio.h
_POINTER = 8  # bytes
_LEAK_SOURCE = "HPy documentation, 'Debug Mode': the debugging context checks for leaked handles"

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36
_MFD_CLOEXEC = 1
_JOIN_SESSION_KEYRING = 1
_PIDFD_OPEN = 434  # the same number on every architecture
# The number of keyctl() by machine: the C library has no function for it.
_KEYCTL = {"x86_64": 250, "aarch64": 219, "riscv64": 219, "loongarch64": 219, "ppc64le": 271, "s390x": 280}

_LIMITS = sorted({value for name, value in vars(resource).items() if name.startswith("RLIMIT_")})

_cpu = hpy_conform._cpu
_codes = {}
_reserve = mmap.mmap(-1, _RESERVE)
if sys.platform == "linux":
    _set_own = conform_native.function("prctl", "int", "int", "ulong", "ulong", "ulong", "ulong")
    _system = conform_native.function("syscall", "int", "long", "int", "ulong")


class BackendMissing(Exception):
    """The loader that the lane needs cannot be imported."""


def main():
    """A cell in a process that was started for it."""
    set_up_process()
    die_with_parent()
    be_first_victim()
    order = conform_json.loads(sys.stdin.buffer.readline())
    files = [open_new(one) if isinstance(one, str) else one for one in order["files"]]
    take_files(files)
    take_limits(order)
    if "folder" in order:
        try:
            os.chdir(order["folder"])
        except OSError:
            sys.stderr.write(_traceback())
            flush_output()
            os._exit(NOT_BEGUN)
    if "begins" in order:
        os.close(order["begins"])
    conform_events.share(files[-1])
    run(order, order["scenario"], order["secret"], files, is_started=True)


# --- before case code runs ---

def set_up_process():
    """What a worker and a cell need of their process, once, at its start."""
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_STACK, _STACK)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    files = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))  # the same for all cells, whatever the runner has
    _signal.signal(_signal.SIGCHLD, _signal.SIG_DFL)  # inherited as ignored, it would leave no child to wait for
    try:
        place = conform_native.address(None, "__stdoutp" if sys.platform == "darwin" else "stdout")
    except ValueError:
        return  # what a cell prints from C just before it crashes is lost there
    stream = int.from_bytes(conform_native.read(place, _POINTER), sys.byteorder)
    conform_native.function("setvbuf", "int", "pointer", "pointer", "int", "ulong")(stream, 0, _UNBUFFERED, 0)


def die_with_parent():
    """Be killed when the parent ends (Linux)."""
    _prctl(_PR_SET_PDEATHSIG, _signal.SIGKILL)


def adopt_orphans():
    """Become the parent of every descendant whose own parent ends (Linux)."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def make_private(private=True):
    """Whether other processes of this user may trace this one or read its memory (Linux)."""
    _prctl(_PR_SET_DUMPABLE, not private)


def leave_keyring():
    """Take a session keyring of one's own, for what is started from now on (keyctl(2), Linux)."""
    number = _KEYCTL.get(os.uname().machine)
    if sys.platform == "linux" and number is not None:
        _system(number, _JOIN_SESSION_KEYRING, 0)


def be_first_victim(score=1000):
    """Where memory is exhausted, end this process before others: 1000 before all (Linux)."""
    try:
        file = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
    except OSError:
        return
    try:
        os.write(file, b"%d" % score)
    except OSError:
        pass
    finally:
        os.close(file)


def open_process(process):
    """A descriptor of a process, at whose end it can be read (pidfd_open(2), Linux); else a negative number."""
    if hasattr(os, "pidfd_open"):
        try:
            return os.pidfd_open(process)
        except OSError:
            return -1
    return _system(_PIDFD_OPEN, process, 0) if sys.platform == "linux" else -1


def import_backend(family):
    """Import what the lanes of a family load extensions with."""
    if family != "hpy":
        return
    try:
        import hpy.universal  # noqa: F401
        import hpy.debug  # noqa: F401
    except BaseException as error:
        raise BackendMissing("import of hpy.universal failed: %s: %s" % (type(error).__name__, error))


def new_file(path):
    """A file for what a cell writes: in memory where the system has that (Linux), so that no disk can be full."""
    if sys.platform == "linux":
        create = conform_native.function("memfd_create", "int", "bytes", "uint")
        file = create(os.path.basename(path).encode("ascii"), _MFD_CLOEXEC)
        if file >= 0:
            fcntl.fcntl(file, fcntl.F_SETFL, fcntl.fcntl(file, fcntl.F_GETFL) | os.O_APPEND)
            return file
    return open_new(path)


def open_new(path):
    """A file that was not there before: whoever still writes to its forerunner writes to nobody."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)


def _print_to(file):
    os.dup2(file, 1)
    os.dup2(file, 2)


def _trace_faults_to(file):
    try:
        faulthandler.enable(file=file, all_threads=False)
    except Exception:
        os.write(file, b"(this runtime has no fault handler)\n")


# All attachments that have a file: the name, [a-z][a-z0-9-]*, and what makes this process write to it.
ATTACHMENTS = {"output": _print_to, "traceback": _trace_faults_to}


def output_file(files):
    """The one of a cell's files that takes what is printed."""
    return files[1 + list(ATTACHMENTS).index("output")]


def take_files(files):
    """Make the files of a cell the places where this process, and what it forks, writes."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    for write_to, file in zip(ATTACHMENTS.values(), files[1:]):
        write_to(file)


def take_limits(request):
    """Limit this process, and what it forks, to what a cell may use."""
    limit(resource.RLIMIT_FSIZE, request["file"])
    limit(resource.RLIMIT_AS, request["memory"] + _RESERVE)


def limit(kind, value):
    """Set a limit for good; a lower one that is there already stays."""
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, value))


def limits():
    """All limits of this process, as they are now."""
    return [resource.getrlimit(kind) for kind in _LIMITS]


def _prctl(option, value):
    if sys.platform == "linux":
        _set_own(option, int(value), 0, 0, 0)


# --- the case ---

def code_of(request):
    """The compiled scenario file, once per content; or the exception that it gives instead."""
    if request["code"] not in _codes:
        try:
            with open(request["scenarios"], "rb") as file:
                _codes[request["code"]] = compile(file.read(), request["scenarios"], "exec", dont_inherit=True)
        except Exception as error:
            return error
    return _codes[request["code"]]


def scenario_file(request):
    """The names that the scenario file defines."""
    code = code_of(request)
    if isinstance(code, Exception):
        raise code
    module = type(sys)("scenarios")
    module.__file__ = request["scenarios"]
    namespace = vars(module)
    namespace["__scenarios__"] = module  # lives as long as its names
    exec(code, namespace)
    return namespace


def load_all(request):
    """The scenario file's names, and the extension."""
    install_modules(request)
    if request["loader"] == "installed":  # the scenario file imports from there
        ext = load_extension(request)
        if not request.get("tests"):
            return scenario_file(request), ext
        return _collection(request), ext
    return scenario_file(request), load_extension(request)


def install_modules(request):
    """Have the case's modules imported by their names from here on."""
    conform_events.tell()
    if request["loader"] == "installed":
        return
    modules = {request["module"]: request}
    modules.update({one["module"]: one for one in request.get("modules") or ()})
    names = ("binary", "loader", "mode")
    conform_imports.install(
        {name: {key: one[key] for key in names} for name, one in modules.items()}, hpy_conform.note_binary)


def load_extension(request):
    """Import the binary of a request through its lane's loader."""
    name, path = request["module"], request["binary"]
    if request["loader"] == "hpy":
        from _frozen_importlib import ModuleSpec

        import_backend("hpy")
        import hpy.universal as backend

        mode = getattr(backend, "MODE_" + request["mode"].upper())
        ext = backend.load(name, path, ModuleSpec(name, None, origin=path), mode=mode)
    elif request["loader"] == "installed":
        return _package(name, path)
    else:
        from _frozen_importlib import module_from_spec

        spec = conform_imports.spec_of(name, path)
        ext = module_from_spec(spec)
        spec.loader.exec_module(ext)
    sys.modules[name] = ext
    hpy_conform.note_binary(ext, path)
    return ext


def _package(name, folder):
    """The module of a package, from its environment, which takes the place of what is installed beside the library."""
    enter_environment(folder)
    __import__(name)
    return sys.modules[name]


def enter_environment(folder):
    """Have a folder that pip installed to take the place of what is installed beside the library."""
    if folder not in sys.path:
        sys.path[:] = [one for one in sys.path if os.path.basename(one) not in ("site-packages", "dist-packages")]
        sys.path.append(folder)
        os.environ["PYTHONPATH"] = folder  # for what is started from here
        sys.path_importer_cache.clear()
        if hasattr(sys, "pycache_prefix"):
            sys.pycache_prefix = None  # what pip has compiled lies there
        for library in ("OMP", "OPENBLAS", "MKL"):
            os.environ[library + "_NUM_THREADS"] = "1"  # a fork copies no threads


# --- the scenario ---

def run(request, scenario, secret, files, loaded=None, is_started=False):
    """Run one scenario and exit: the end mark in the result file, then status 0.

    files: descriptors, as for a cell's order.   loaded: the scenario file's names and the extension, if they are there.
    is_started: whether the process was started for this. Then this returns where the interpreter is to end really.
    """
    code = HARNESS_FAILED
    try:
        log = hpy_conform._log
        log.begin(files[0], secret)
        conform_events.tell()
        ending = _ending(request, scenario, log, loaded, is_started)
        if ending is _START_OVER:
            _start_over(request, scenario, secret, files)
        ending = dict(ending, spent=hpy_conform._spent)
        if log.ends_really and ending["outcome"] == "completed":
            log.end_at_exit(ending)
            code = None
        else:
            log.end(ending)
            code = 0
    except BaseException:
        sys.stderr.write(_traceback())
    finally:
        flush_output()
        if code is not None:
            os._exit(code)


_START_OVER = object()  # instead of an ending: the scenario needs a process that was started for it


def _start_over(request, scenario, secret, files):
    """Become a process that was started for this cell."""
    order = dict(request, scenario=scenario, secret=secret, files=files)
    conform_events.empty(files[-1])  # it loads everything again
    for file in files:
        os.set_inheritable(file, True)
    reader, writer = os.pipe()
    os.write(writer, conform_json.dumps(order).encode("ascii") + b"\n")
    os.close(writer)
    os.dup2(reader, 0)
    environment = dict(os.environ, **request["environment"])
    os.execve(request["interpreter"], [request["interpreter"], os.path.abspath(__file__)], environment)


def _ending(request, scenario, log, loaded, is_started):
    ext = loaded[1] if loaded else None
    if not loaded:
        install_modules(request)
    if ext is None and request["loader"] == "installed":  # before the scenario file, which imports from there
        ending, ext = _loaded(request)
        if ending:
            return ending
    if request.get("tests"):
        return _test_ending(request, scenario, loaded)
    try:
        names = loaded[0] if loaded else scenario_file(request)
        make = names.get("__scenario__")  # a file that makes its scenarios from their names
        function = names.get(scenario) or (make(scenario) if make else None)
        if not getattr(function, "conform_scenario", False):
            raise LookupError("no scenario is named %s" % scenario)
        if getattr(function, "conform_real_exit", False):
            if not is_started:
                return _START_OVER
            sys.modules["scenarios"] = names["__scenarios__"]  # what it keeps there is alive at the exit
            log.ends_really = True
    except SyntaxError as error:
        message = "%s:%s: %s" % (_file_of(request), error.lineno, error.msg)
        return {"outcome": "invalid case", "type": "SyntaxError", "message": message}
    except BaseException as error:
        message = "%s: %s" % (_file_of(request), hpy_conform._text_of(error))
        return {"outcome": "invalid case", "type": type(error).__name__, "message": message,
                "attachments": {"traceback": _traceback()}}
    if ext is None:
        ending, ext = _loaded(request)
        if ending:
            return ending
    detector = _leak_detector(request)
    threads = _threads()
    try:
        _call(function, ext)
    except BaseException as error:
        hpy_conform.note_lack(error)
        name = hpy_conform.qualified_name(type(error))
        return {"outcome": "raised", "type": name, "message": hpy_conform._text_of(error),
                "attachments": {"traceback": _traceback()}}
    left = _threads_left(threads)
    if left:
        log.is_harness = True
        hpy_conform.record(hpy_conform.THREADS_LEFT, left)
    if not log.labels:
        return {"outcome": "invalid case", "type": "EmptyScenario",
                "message": "%s:%d: %s records nothing, so it can never fail" % (
                    _file_of(request), getattr(getattr(function, "__code__", None), "co_firstlineno", 1), scenario)}
    if detector is not None:
        _record_leaks(detector)
    if request["repeats"] and not left and not log.ends_really:
        began = _cpu()
        built_here = request["loader"] != "installed"
        conform_repeats.hunt(function, ext, request["warmups"], request["repeats"], built_here)
        hpy_conform._spent["repeating"] = _cpu() - began
    return {"outcome": "completed"}


def _threads():
    """How many threads this process has, where the system tells."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 0


def _threads_left(before):
    """How many threads there are more than before, once those have ended that are about to."""
    left = _threads() - before
    limit = time.monotonic() + _LAST_MOMENT
    while left > 0 and time.monotonic() < limit:
        time.sleep(0.005)
        left = _threads() - before
    return max(0, left)


def _collection(request):
    import conform_pytest

    return conform_pytest.Collection(request["scenarios"], request["tests"])


def _test_ending(request, name, loaded):
    """The end of a cell that is one of a package's own tests."""
    skipped = []
    try:
        collection = loaded[0] if loaded else _collection(dict(request, tests=[_file_of_test(name)]))
        _call(lambda _: skipped.append(collection.run(name)), None)
    except BaseException as error:
        hpy_conform.note_lack(error)
        return {"outcome": "raised", "type": hpy_conform.qualified_name(type(error)),
                "message": hpy_conform._text_of(error), "attachments": {"traceback": _traceback()}}
    if skipped[0] is not None:
        return {"outcome": "not applicable", "message": "the test skips itself: " + skipped[0]}
    return {"outcome": "completed"}


def _file_of_test(name):
    import conform_pytest

    return conform_pytest.node_of(name).split("::")[0]


def _loaded(request):
    """The end of a cell whose extension doesn't load, or None; the extension."""
    try:
        return None, load_extension(request)
    except BaseException as error:
        hpy_conform.note_lack(error)
        ending = {"outcome": "not loadable", "type": type(error).__name__, "message": hpy_conform._text_of(error)}
        if request["loader"] == "installed":  # a package has Python of its own
            ending["attachments"] = {"traceback": _traceback()}
        return ending, None


def _call(function, ext):
    """Call the scenario, then release what is kept back: no more than an unmapping, which takes no memory itself."""
    began = _cpu()
    try:
        function(ext)
    finally:
        _reserve.close()
        hpy_conform._spent["calling"] = _cpu() - began


def _leak_detector(request):
    if request["loader"] != "hpy" or request["mode"] != "debug":
        return None
    from hpy.debug import LeakDetector

    detector = LeakDetector()
    detector.start()
    return detector


def _record_leaks(detector):
    from hpy.debug.leakdetector import HPyLeakError

    try:
        detector.stop()
        leaked = 0
    except HPyLeakError as error:
        leaked = len(error.leaks)
    except Exception as error:  # a failed call left its exception behind, and it surfaces here
        leaked = "the leak detector raised %s" % hpy_conform.qualified_name(type(error))
    hpy_conform._log.is_harness = True
    hpy_conform.expect("debug mode: leaked handles", leaked, 0, source=_LEAK_SOURCE, facet="leak")


def flush_output():
    """Write out what Python keeps in its output buffers; C's are not buffered (set_up_process)."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass  # closed, or at its limit: the observations are what counts


def _file_of(request):
    return os.path.basename(request["scenarios"])


def _traceback():
    found = sys.exc_info()
    try:
        import traceback  # here, since what it imports makes each collection dearer

        lines = traceback.format_exception(*found)
    except BaseException as error:  # the scenario may have left nothing of what that needs
        lines = ["%s\n(without a traceback: %s)\n" % (hpy_conform._text_of(found[1]), hpy_conform._text_of(error))]
    return hpy_conform.storable("".join(line for line in lines if "conform_cell.py" not in line))


if __name__ == "__main__":
    main()
