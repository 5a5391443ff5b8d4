"""Imports of a case's own binaries by their names, in this interpreter and in others of the process.

    install(modules)    modules: {name: {"binary": path, "loader": "import" or "hpy", "mode": of hpy.universal.load}}
    run(code, file)     runs code in this interpreter's __main__, and writes to a descriptor how it ended

A sub-interpreter imports this module alone of all the harness: it may be one that ctypes can't be imported in.
"""

import sys
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import ExtensionFileLoader, spec_from_file_location

_finders = []


def install(modules, loaded=None):
    """Have `import NAME` load these binaries.

    loaded: called with each module and the path of its binary.
    """
    if _finders:
        _finders[0].modules = modules
        return
    finder = _Finder()
    finder.modules = modules
    finder.loaded = loaded
    _finders.append(finder)
    sys.meta_path.insert(0, finder)


class _Finder:
    modules = {}
    loaded = None

    def find_spec(self, name, path=None, target=None):
        one = self.modules.get(name)
        if one is None:
            return None
        if one["loader"] == "hpy":
            return ModuleSpec(name, _HPyLoader(one, self.loaded), origin=one["binary"])
        loader = _Loader(name, one["binary"])
        loader.told = self.loaded
        return spec_from_file_location(name, one["binary"], loader=loader)


class _Loader(ExtensionFileLoader):
    told = None

    def exec_module(self, module):
        super().exec_module(module)
        if self.told is not None:
            self.told(module, self.path)


class _HPyLoader:
    """What HPy's own stub of a universal module does."""

    def __init__(self, one, loaded):
        self._one = one
        self._loaded = loaded

    def create_module(self, spec):
        import hpy.universal as backend

        mode = getattr(backend, "MODE_" + self._one["mode"].upper())
        return backend.load(spec.name, self._one["binary"], spec, mode=mode)

    def exec_module(self, module):
        if self._loaded is not None:
            self._loaded(module, self._one["binary"])


def run(code, file):
    import posix

    try:
        exec(compile(code, "<sub-interpreter>", "exec"), sys.modules["__main__"].__dict__)
    except BaseException as error:
        posix.write(file, ("%s: %s" % (type(error).__name__, error)).encode("utf-8", "backslashreplace")[:4000])
