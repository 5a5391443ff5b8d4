"""Runs cells: a warm parent that forks a child for each, or (`--once`) one cell in this very process.

Control comes as one JSON object a line on standard input; answers go as one a line on the pipe that was
standard output at the start. A child has neither: its standard descriptors are the null device and the
cell's output file. The parent imports the backend and never loads case code.

request   {"id", "binary", "module", "loader", "mode", "scenarios", "code", "scenario", "secret",
           "result", "output", "fault", "seconds", "memory", "file",
           "fresh": start a process of its own instead of forking, "interpreter", "environment": for that process}
answer    {"id", "status": wait status, "seconds": wall time, "timed_out": bool,
           "strays": processes left behind and killed}
at start  {"ready": true} or {"ready": false, "error": text}
"""

import ctypes
import faulthandler
import gc
import json
import mmap
import os
import resource
import select
import signal
import sys
import time
import traceback

import hpy_conform

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_SYS_PIDFD_OPEN = 434  # the same number on every Linux architecture

_STACK = 8 << 20
_RESERVE = 64 << 20  # address space kept back from a cell, to say how it ended when it left none
_HARNESS_FAILED = 70  # exit code where the end mark could not be written
_GRACE = 0.25  # seconds between asking for a traceback and the kill
_LEAK_SOURCE = "HPy documentation, 'Debug Mode': the debugging context checks for leaked handles"

_codes = {}
_libc = ctypes.CDLL(None, use_errno=True)
_reserve = mmap.mmap(-1, _RESERVE)


class BackendMissing(Exception):
    """The loader that the lane needs cannot be imported."""


def main(arguments):
    """Entry point: `conform_worker.py FAMILY` or `conform_worker.py --once`."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_STACK, _STACK)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # inherited as ignored, it would leave no child to wait for
    if arguments == ["--once"]:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        run_cell(json.loads(sys.stdin.buffer.readline()))
    else:
        serve(arguments[0])


# --- the warm parent ---

def serve(family):
    """Answer requests until standard input ends."""
    control_in, control_out = _take_control()
    answers = os.fdopen(control_out, "w")
    try:
        _import_backend(family)
    except BackendMissing as error:
        _answer(answers, {"ready": False, "error": str(error)})
        return
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    gc.collect()
    if hasattr(gc, "freeze"):
        gc.freeze()  # a child's collections leave the parent's objects, and their pages, alone
    _flush_output()  # else each child would write it again
    _answer(answers, {"ready": True})
    with os.fdopen(control_in, "rb") as requests:
        for line in iter(requests.readline, b""):
            request = json.loads(line)
            started = time.monotonic()
            child = _spawn(request) if request["fresh"] else _fork(request, (control_in, control_out))
            _answer(answers, _supervise(child, request, started))


def _fork(request, control):
    """A child forked off this warm process; it has compiled the scenario file already."""
    _code_of(request)
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            for descriptor in control:
                os.close(descriptor)
            if os.getppid() == parent:  # else it died before it could take us with it
                run_cell(request)
        finally:
            os._exit(_HARNESS_FAILED)
    return child


def _spawn(request):
    """A process of its own, for a second opinion, or where the runtime can't fork."""
    import subprocess

    with open(request["output"], "ab") as output:
        process = subprocess.Popen(
            [request["interpreter"], os.path.abspath(__file__), "--once"], stdin=subprocess.PIPE, stdout=output,
            stderr=output, start_new_session=True, env=dict(os.environ, **request["environment"]))
    try:
        process.stdin.write(json.dumps(request).encode("ascii") + b"\n")
        process.stdin.close()
    except BrokenPipeError:
        pass  # it died at its start; its wait status tells
    process.returncode = 0  # we wait for it ourselves
    return process.pid


def _supervise(child, request, started):
    """The answer to a request: how the child ended, once nothing of it is left."""
    status, timed_out = _wait(child, request["seconds"])
    elapsed = time.monotonic() - started
    return {
        "id": request["id"],
        "status": status,
        "seconds": elapsed,
        "timed_out": timed_out,
        "strays": _kill_strays(child),
    }


def _wait(child, seconds):
    """Wait for the child, at most `seconds`; then ask for a traceback, then kill.

    The child is ours and not yet reaped, so its number can't belong to another process.
    """
    status = _status_within(child, seconds)
    if status is not None:
        return status, False
    _kill(child, signal.SIGABRT)  # the fault handler writes the traceback of where it hangs
    status = _status_within(child, _GRACE)
    if status is None:
        _kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
    return status, True


def _status_within(child, seconds):
    """The wait status of the child, or None when it still runs after `seconds`."""
    handle = _libc.syscall(_SYS_PIDFD_OPEN, child, 0) if sys.platform == "linux" else -1
    if handle >= 0:
        try:
            poll = select.poll()
            poll.register(handle, select.POLLIN)  # readable when the child has ended
            return os.waitpid(child, 0)[1] if poll.poll(seconds * 1000) else None
        finally:
            os.close(handle)
    limit = time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended or time.monotonic() >= limit:
            return status if ended else None
        time.sleep(0.001)


def _kill(process, number):
    try:
        os.kill(process, number)
    except ProcessLookupError:
        pass


def _kill_strays(child):
    """Kill what the child left behind: its session, and whatever escaped it and so became ours."""
    try:
        os.killpg(child, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    killed = 0
    while True:
        left = _children()
        if not left:
            return killed
        for process in left:
            _kill(process, signal.SIGKILL)  # changes nothing where it has ended by itself
            status = os.waitpid(process, 0)[1]
            killed += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _children():
    try:
        with open("/proc/self/task/%d/children" % os.getpid()) as listing:
            return [int(one) for one in listing.read().split()]
    except OSError:
        return []


def _take_control():
    """Move the control channel off the standard descriptors, where case code would find it."""
    control_in, control_out = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    os.close(null)
    return control_in, control_out


def _answer(answers, message):
    answers.write(json.dumps(message) + "\n")
    answers.flush()


# --- one cell, in a process of its own ---

def run_cell(request):
    """Run one scenario and exit: the end mark in the result file, then status 0."""
    code = _HARNESS_FAILED
    try:
        _take_cell_files(request)
        log = hpy_conform._log
        log.open(request["result"], request["secret"])
        log.write({"end": _ending(request, log)})
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        _flush_output()
        os._exit(code)


def _ending(request, log):
    try:
        function = _scenario_function(request)
    except SyntaxError as error:
        message = "%s:%s: %s" % (_file_of(request), error.lineno, error.msg)
        return {"outcome": "invalid case", "type": "SyntaxError", "message": message}
    except BaseException as error:
        message = "%s: %s" % (_file_of(request), hpy_conform._text_of(error))
        return {"outcome": "invalid case", "type": type(error).__name__, "message": message, "traceback": _traceback()}
    try:
        ext = load_extension(request)
    except BaseException as error:
        return {"outcome": "not loadable", "type": type(error).__name__, "message": hpy_conform._text_of(error)}
    detector = _leak_detector(request)
    try:
        _call(function, ext)
    except BaseException as error:
        name = hpy_conform.qualified_name(type(error))
        return {"outcome": "raised", "type": name, "message": hpy_conform._text_of(error), "traceback": _traceback()}
    if not log.labels:
        return {"outcome": "invalid case", "type": "EmptyScenario",
                "message": "%s: %s records nothing, so it can never fail" % (_file_of(request), request["scenario"])}
    if detector is not None:
        _record_leaks(detector)
    return {"outcome": "completed"}


def _call(function, ext):
    """Call the scenario, then release what is kept back: no more than an unmapping, which takes no memory itself."""
    try:
        function(ext)
    finally:
        _reserve.close()


def load_extension(request):
    """Import the binary of a request through its lane's loader."""
    name, path = request["module"], request["binary"]
    if request["loader"] == "hpy":
        from importlib.machinery import ModuleSpec

        _import_backend("hpy")
        import hpy.universal as backend

        mode = getattr(backend, "MODE_" + request["mode"].upper())
        ext = backend.load(name, path, ModuleSpec(name, None, origin=path), mode=mode)
    else:
        from importlib.machinery import ExtensionFileLoader
        from importlib.util import module_from_spec, spec_from_file_location

        spec = spec_from_file_location(name, path, loader=ExtensionFileLoader(name, path))
        ext = module_from_spec(spec)
        spec.loader.exec_module(ext)
    sys.modules[name] = ext
    hpy_conform._binaries[id(ext)] = path
    return ext


def _scenario_function(request):
    code = _code_of(request)
    if isinstance(code, Exception):
        raise code
    namespace = {"__name__": "scenarios", "__file__": request["scenarios"]}
    exec(code, namespace)
    function = namespace.get(request["scenario"])
    if not getattr(function, "conform_scenario", False):
        raise LookupError("no scenario is named %s" % request["scenario"])
    return function


def _code_of(request):
    """The compiled scenario file, once per content; or the exception that it gives instead."""
    if request["code"] not in _codes:
        try:
            with open(request["scenarios"], "rb") as file:
                _codes[request["code"]] = compile(file.read(), request["scenarios"], "exec", dont_inherit=True)
        except Exception as error:
            return error
    return _codes[request["code"]]


def _import_backend(family):
    if family != "hpy":
        return
    try:
        import hpy.universal  # noqa: F401
        import hpy.debug  # noqa: F401
    except BaseException as error:
        raise BackendMissing("import of hpy.universal failed: %s: %s" % (type(error).__name__, error))


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
    hpy_conform.expect("debug mode: leaked handles", leaked, 0, source=_LEAK_SOURCE, facet="leak")


def _take_cell_files(request):
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    output = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    fault = os.open(request["fault"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for descriptor in (null, output):
        if descriptor > 2:
            os.close(descriptor)
    try:
        faulthandler.enable(file=fault, all_threads=False)
    except Exception:
        os.write(fault, b"(this runtime has no fault handler)\n")
    _limit(resource.RLIMIT_FSIZE, request["file"])
    _limit(resource.RLIMIT_AS, request["memory"] + _RESERVE)


def _limit(kind, value):
    """Set a limit for good; a lower one that is there already stays."""
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, value))


def _flush_output():
    """Write out what Python and C keep in their output buffers."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass  # closed, or at its limit: the observations are what counts
    _libc.fflush(None)


def _prctl(option, value):
    if sys.platform == "linux":
        _libc.prctl(option, ctypes.c_ulong(int(value)), 0, 0, 0)


def _file_of(request):
    return os.path.basename(request["scenarios"])


def _traceback():
    lines = traceback.format_exception(*sys.exc_info())
    return "".join(line for line in lines if "conform_worker.py" not in line)


if __name__ == "__main__":
    main(sys.argv[1:])
