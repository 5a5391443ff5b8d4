"""Loads an extension as its lane does, and calls one scenario: run_scenario.py LOADER BINARY SCENARIO [OPTION...]

LOADER is `import`, the mode of hpy.universal.load: `universal`, `debug`, `trace`, or `installed:MODULE`, for which BINARY
is the folder that pip installed to. Exit code 1 says that the scenario
raised, or that a promise was broken; a crash or a hang (SIGALRM) ends the process. With --leaks the scenario is called
again, and what each call leaves behind is counted. --seconds=N: when that is a hang. --allocations=LIBRARY, a compiled
allocations.c: prints the frames of C that made what each call leaves behind; in the debug mode, those of handles.
--beside=LOADER:BINARY: a further module, which the scenario imports.

A scenario whose interpreter has to end really is called in a process that is started for it: --exits=EVENTS:ASKED,
descriptors of files for what C records and for what the scenario asks of that. With --here it is called in this process,
for a debugger to see its end, and nothing is asked.
"""

import ctypes
import faulthandler
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback


def load(loader, path):
    if loader.startswith("installed:"):
        name = loader.split(":", 1)[1]
        sys.path[:] = [one for one in sys.path if os.path.basename(one) not in ("site-packages", "dist-packages")]
        sys.path.append(path)
        __import__(name)
        return sys.modules[name]
    name = name_of(path)
    if loader == "import":
        from importlib.machinery import ExtensionFileLoader
        from importlib.util import module_from_spec, spec_from_file_location

        spec = spec_from_file_location(name, path, loader=ExtensionFileLoader(name, path))
        ext = module_from_spec(spec)
        spec.loader.exec_module(ext)
    else:
        from importlib.machinery import ModuleSpec

        import hpy.universal
        import hpy.debug  # noqa: F401

        mode = getattr(hpy.universal, "MODE_" + loader.upper())
        ext = hpy.universal.load(name, path, ModuleSpec(name, None, origin=path), mode=mode)
    sys.modules[name] = ext
    return ext


def name_of(binary):
    return os.path.basename(binary).split(".")[0]


def file_of(loader, binary):
    """A module as conform_imports has it."""
    kind = "import" if loader == "import" else "hpy"
    return {"binary": os.path.abspath(binary), "loader": kind, "mode": loader}


def call(function, ext, loader):
    if loader != "debug":
        return function(ext)
    from hpy.debug import LeakDetector
    from hpy.debug.leakdetector import HPyLeakError

    detector = LeakDetector()
    detector.start()
    function(ext)
    try:
        detector.stop()
        leaked = 0
    except HPyLeakError as error:
        leaked = len(error.leaks)
        print(error)
    if leaked:  # other modes say nothing of it, and what is alike is no difference
        hpy_conform.expect("debug mode: leaked handles", leaked, 0, source="HPy documentation, 'Debug Mode'")


def count_leaks(function, ext):
    """What each of three calls adds, after three that fill caches."""
    counters = {}
    if sys.implementation.name == "cpython":
        counters["memory blocks"] = sys.getallocatedblocks
    if hasattr(sys, "gettotalrefcount"):
        counters["references"] = sys.gettotalrefcount
    if hasattr(sys, "getrefcount"):
        kept = [ext, None, True, False, (), "", object, type, int, str, TypeError] + list(vars(ext).values())
        kept += [one for code in codes_of(function) for one in code.co_consts]
        kept = list({id(one): one for one in kept if type(one) is not int}.values())
        counters["references to what outlives the scenario"] = lambda: sum(map(sys.getrefcount, kept))
    hpy_conform.muted.append(True)
    counts = {label: [0] * 4 for label in counters}
    for number in range(-3, 4):
        if number > -3:
            function(ext)
        hpy_conform.collect()
        forget_names()
        for label in counters:
            counts[label][max(number, 0)] = counters[label]()
    hpy_conform.muted.clear()
    for label, found in counts.items():
        added = sorted(after - before for before, after in zip(found, found[1:]))[1]
        hpy_conform.expect("repeats: " + label, added, 0, source="Python/C API, 'Reference Counts'")


def forget_names():
    """Empty CPython's method cache, which holds the names that were looked up."""
    if sys.implementation.name == "cpython":
        ctypes.pythonapi.PyType_ClearCache()


def codes_of(function):
    """The code of a function, and of those that are defined in it."""
    codes = [function.__code__]
    for code in codes:
        codes.extend(one for one in code.co_consts if isinstance(one, type(code)))
    return codes


def say_allocations(function, ext, library):
    """The frames of C behind what each of three calls leaves allocated, after three that fill caches."""
    helper = ctypes.PyDLL(library)
    helper.conform_next.restype = ctypes.c_long
    helper.conform_watch(ctypes.pythonapi.PyMem_GetAllocator, ctypes.pythonapi.PyMem_SetAllocator)
    hpy_conform.muted.append(True)
    for number in range(6):
        helper.conform_record(int(number >= 3))
        function(ext)
        helper.conform_record(0)
        hpy_conform.collect()
        forget_names()
    hpy_conform.muted.clear()
    size, depth, frames = ctypes.c_size_t(), ctypes.c_int(), (ctypes.c_void_p * 32)()
    found = []
    count = helper.conform_next(ctypes.c_long(3), ctypes.byref(size), ctypes.byref(depth), frames)
    while count:
        found.append((count // 3, size.value, list(frames[:depth.value])))
        count = helper.conform_next(ctypes.c_long(3), ctypes.byref(size), ctypes.byref(depth), frames)
    places = Places(address for _, _, stack in found for address in stack)
    for count, size, stack in found:
        if places.own(stack):  # what Python's code makes by itself has no frame of an extension
            say("each call leaves %d block%s of %d bytes, allocated by" % (count, "s" * (count > 1), size))
            for line in places.lines(stack):
                say("  " + line)


def say_handles(function, ext):
    """The frames of C that opened the handles that a call leaves open."""
    import re

    from hpy.debug import LeakDetector, set_handle_stack_trace_limit
    from hpy.debug.leakdetector import HPyLeakError

    set_handle_stack_trace_limit(32)
    detector = LeakDetector()
    detector.start()
    hpy_conform.muted.append(True)
    function(ext)
    hpy_conform.muted.clear()
    try:
        detector.stop()
    except HPyLeakError as error:
        for leak in error.leaks:
            stack = [int(one, 16) for one in re.findall(r"\[0x([0-9a-f]+)\]", repr(leak))]
            places = Places(stack)
            say("each call leaves a handle open, for %r, opened by" % (leak.obj,))
            for line in places.lines(stack):
                say("  " + line)


def until_exit():
    """The same in a process whose interpreter ends really, and what C recorded until then."""
    with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as asked:
        hpy_conform.share_events(file.fileno())
        with open("/proc/self/cmdline") as line:
            command = line.read().split("\0")[:-1]
        files = [file.fileno(), asked.fileno()]
        status = subprocess.call(command + ["--exits=%d:%d" % tuple(files)], pass_fds=files)
        asked.seek(0)
        told = json.loads(asked.read() or "null")
        if told is None:  # it has not completed, and has said so
            return 1
        hpy_conform.say_at_exit(told["asked"])
    if status:
        print("ended: %s %d, while the interpreter ended" % (
            ("killed by signal", -status) if status < 0 else ("exit code", status)), flush=True)
        return 1
    print("ended: completed", flush=True)
    return 1 if hpy_conform.failures or told["failed"] else 0


def say(text):
    print("| " + text, flush=True)


class Places:
    """Functions, files and lines of addresses that were returned to, as addr2line says."""

    def __init__(self, addresses):
        self._mapped = []  # first address, end, offset in the file, file
        with open("/proc/self/maps") as maps:
            for line in maps:
                words = line.split(None, 5)
                if len(words) == 6 and words[5].startswith("/"):
                    first, end = (int(one, 16) for one in words[0].split("-"))
                    self._mapped.append((first, end, int(words[2], 16), words[5].strip()))
        by_file = {}
        for address in set(addresses):
            file = self._file(address)
            if file:
                by_file.setdefault(file, []).append(address)
        self._told = {}
        for file, some in by_file.items():
            self._ask(file, some)

    def _file(self, address):
        return next((file for first, end, _, file in self._mapped if first <= address < end), None)

    def _ask(self, file, addresses):
        base = min(first for first, _, _, one in self._mapped if one == file)
        # The call stands before the address to which it returns.
        offsets = ["%x" % (address - 1 - base) for address in addresses]
        command = ["addr2line", "-f", "-e", file] + offsets
        try:
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        except OSError:
            return  # it is not installed
        lines = done.stdout.decode(errors="replace").splitlines()
        for address, name, place in zip(addresses, lines[::2], lines[1::2]):
            place = place.split(" (")[0]
            self._told[address] = (name, "" if place.startswith("??") or place.endswith(":?") else place)

    def own(self, stack):
        """Whether a frame is an extension's: of the binary, or of HPy's."""
        return any(self._is_own(self._file(address)) for address in stack)

    def _is_own(self, file):
        own = file and (file == hpy_conform.binary or file.startswith(hpy_conform.binary + os.sep))
        return bool(own) or bool(file) and "/hpy/" in file

    def lines(self, stack):
        """From the innermost frame to the outermost of the extension."""
        last = max([index for index, one in enumerate(stack) if self._is_own(self._file(one))] or [len(stack) - 1])
        for address in stack[:last + 1]:
            name, place = self._told.get(address, ("??", ""))
            file = os.path.basename(self._file(address) or "??")
            yield "%s at %s" % (name, place) if place else "%s in %s" % (name, file)


def main(loader, binary, name, *options):
    seconds = [int(one.split("=")[1]) for one in options if one.startswith("--seconds=")] or [10]
    faulthandler.enable()
    if hasattr(faulthandler, "register"):
        # No thread: in a process that a scenario forks, it would be waited for when CPython ends that on its own account.
        faulthandler.register(signal.SIGALRM, all_threads=False, chain=True)
        signal.alarm(seconds[0])
    else:
        faulthandler.dump_traceback_later(seconds[0])
        signal.alarm(seconds[0] + 1)
    hpy_conform.binary = os.path.abspath(binary)
    exits = [int(number) for one in options if one.startswith("--exits=") for number in one.split("=")[1].split(":")]
    hpy_conform.share_events(exits[0] if exits else -1)
    if not loader.startswith("installed:"):
        beside = [one.split("=", 1)[1].split(":", 1) for one in options if one.startswith("--beside=")]
        files = {name_of(path): file_of(how, path) for how, path in [(loader, binary)] + beside}
        conform_imports.install(files)
    try:
        if not exits:
            import scenarios

            if getattr(getattr(scenarios, name), "real_exit", False):
                if "--here" not in options:
                    return until_exit()
                exits = [None]
        ext = load(loader, hpy_conform.binary)
        import scenarios

        function = getattr(scenarios, name)
        call(function, ext, loader)
        if exits:
            if exits[0] is None:
                return None
            told = {"asked": hpy_conform.at_exit, "failed": bool(hpy_conform.failures)}
            os.write(exits[1], json.dumps(told).encode("ascii"))
            return None
        if "--leaks" in options:
            count_leaks(function, ext)
        for library in [one.split("=", 1)[1] for one in options if one.startswith("--allocations=")]:
            if loader == "debug":
                say_handles(function, ext)
            elif hasattr(ctypes, "pythonapi") and hasattr(ctypes.pythonapi, "PyMem_SetAllocator"):
                say_allocations(function, ext, library)
    except BaseException as error:
        traceback.print_exc()
        print("ended: raised %s: %s" % (hpy_conform.qualified_name(type(error)), error), flush=True)
        return 1
    print("ended: completed", flush=True)
    return 1 if hpy_conform.failures else 0


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import conform_imports
    import hpy_conform

    code = main(*sys.argv[1:])
    sys.stdout.flush()
    if code is not None:
        os._exit(code)
