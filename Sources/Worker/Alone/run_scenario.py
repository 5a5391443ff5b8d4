"""Loads an extension as its lane does, and calls one scenario: run_scenario.py LOADER BINARY SCENARIO [OPTION...]

LOADER is `import`, or the mode of hpy.universal.load: `universal`, `debug`, `trace`. Exit code 1 says that the scenario
raised, or that a promise was broken; a crash or a hang (SIGALRM) ends the process. With --leaks the scenario is called
again, and what each call leaves behind is counted. --seconds=N: when that is a hang.
"""

import faulthandler
import os
import signal
import sys
import traceback


def load(loader, path):
    name = os.path.basename(path).split(".")[0]
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
    if sys.version_info[:2] == (3, 11) and sys.implementation.name == "cpython":
        counters["memory blocks"] = sys.getallocatedblocks
    if hasattr(sys, "gettotalrefcount"):
        counters["references"] = sys.gettotalrefcount
    if hasattr(sys, "getrefcount"):
        kept = [ext, None, True, False, (), "", object, type, int, str, TypeError] + list(vars(ext).values())
        counters["references to what outlives the scenario"] = lambda: sum(map(sys.getrefcount, kept))
    hpy_conform.muted.append(True)
    counts = {label: [0] * 4 for label in counters}
    for number in range(-3, 4):
        if number > -3:
            function(ext)
        hpy_conform.collect()
        if hasattr(sys, "_clear_type_cache"):
            sys._clear_type_cache()
        for label in counters:
            counts[label][max(number, 0)] = counters[label]()
    hpy_conform.muted.clear()
    for label, found in counts.items():
        added = sorted(after - before for before, after in zip(found, found[1:]))[1]
        hpy_conform.expect("repeats: " + label, added, 0, source="Python/C API, 'Reference Counts'")


def main(loader, binary, name, *options):
    seconds = [int(one.split("=")[1]) for one in options if one.startswith("--seconds=")] or [10]
    faulthandler.enable()
    faulthandler.dump_traceback_later(seconds[0])
    signal.alarm(seconds[0] + 1)
    hpy_conform.binary = os.path.abspath(binary)
    try:
        ext = load(loader, hpy_conform.binary)
        import scenarios

        function = getattr(scenarios, name)
        call(function, ext, loader)
        if "--leaks" in options:
            count_leaks(function, ext)
    except BaseException as error:
        traceback.print_exc()
        print("ended: raised %s: %s" % (hpy_conform.qualified_name(type(error)), error), flush=True)
        return 1
    print("ended: completed", flush=True)
    return 1 if hpy_conform.failures else 0


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import hpy_conform

    code = main(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)
