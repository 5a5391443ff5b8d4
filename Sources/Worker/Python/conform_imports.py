"""Imports of a case's own binaries by their names, in this interpreter and in others of the process.

    install(modules)    modules: {name: {"binary": path, "loader": "import" or "hpy", "mode": of hpy.universal.load}}
    run(code, file)     runs code in this interpreter's __main__, and writes to a descriptor how it ended
    import_again, Subinterpreter    for scenarios

A sub-interpreter imports this module alone of all the harness: it may be one that ctypes can't be imported in.
"""

import os
import sys
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import ExtensionFileLoader, spec_from_file_location
from _imp import extension_suffixes

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
        return spec_of(name, one["binary"], _Loader, self.loaded)


def spec_of(name, path, kind=ExtensionFileLoader, told=None):
    """The spec of an extension in a file; ImportError for one of the stable ABI that this Python's import system passes by.

    A file's name decides which Pythons look at it (PEP 3149; Python/C API, 'C API and ABI Stability', Stable ABI).
    """
    suffix = os.path.basename(path)[len(name):]
    if suffix.startswith(".abi3") and suffix not in extension_suffixes():
        raise ImportError("the import system passes by a file that ends with %s, and takes %s" % (
            suffix, ", ".join(extension_suffixes())), name=name, path=path)
    loader = kind(name, path)
    loader.told = told
    return spec_from_file_location(name, path, loader=loader)


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


def import_again(name):
    """Forget a module of the case, and import it by its name: the new module. Who has the old one keeps it."""
    sys.modules.pop(name, None)
    __import__(name)
    return sys.modules[name]


_OPENING = """
import sys
sys.path.insert(0, %r)
import conform_imports
conform_imports.install(%r)
conform_imports.run(%r, %d)
"""


class Subinterpreter:
    """Another interpreter in this process (Python/C API, 'Sub-interpreter support').

    own_gil: whether it has a GIL of its own (PEP 684, CPython 3.12 and later); else it shares that of the first.
    """

    def __init__(self, own_gil=False):
        self._backend, self._number = _new_subinterpreter(own_gil)

    def run(self, code):
        """Run code in its __main__, where the case's modules can be imported; "TYPE: MESSAGE" of what it raises, or None."""
        reader, writer = os.pipe()
        try:
            modules = _finders[0].modules if _finders else {}
            opening = _OPENING % (os.path.dirname(os.path.abspath(__file__)), modules, code, writer)
            self._backend.run_string(self._number, opening)
            os.close(writer)
            writer = None
            text = os.read(reader, 1 << 13)
        finally:
            os.close(reader)
            if writer is not None:
                os.close(writer)
        return text.decode("utf-8") or None

    def end(self):
        """End it, with all that lives in it."""
        self._backend.destroy(self._number)


def _new_subinterpreter(own_gil):
    try:
        import _interpreters as backend  # from 3.13 on
    except ImportError:
        try:
            import _xxsubinterpreters as backend
        except ImportError:
            raise NotImplementedError("this runtime has no sub-interpreters; say so under [[not-applicable]]") from None
        if sys.version_info < (3, 9):
            if own_gil:
                raise NotImplementedError("a GIL of one's own came with CPython 3.12")
            return backend, backend.create()
        return backend, backend.create(isolated=own_gil)
    return backend, backend.create("isolated" if own_gil else "legacy")


def run(code, file):
    try:
        exec(compile(code, "<sub-interpreter>", "exec"), sys.modules["__main__"].__dict__)
    except BaseException as error:
        os.write(file, ("%s: %s" % (type(error).__name__, error)).encode("utf-8", "backslashreplace")[:4000])
