"""Says what an interpreter is: one JSON object on standard output.

`conform_probe.py` describes the interpreter and imports nothing of HPy. `conform_probe.py hpy` imports the
backend, in a process of its own because a changed backend may crash. This file has to parse on Python 2.7, so that
an old interpreter can say that it is one.
"""

import json
import os
import sys

OLDEST = (3, 8)


def describe():
    """Implementation, version, build facts, include folders, and where its `hpy` lies, if it has one."""
    import sysconfig
    from importlib.util import find_spec

    implementation = sys.implementation
    paths = sysconfig.get_paths()
    hpy = find_spec("hpy")
    return {
        "implementation": implementation.name,
        "version": _version(implementation.version),
        "python": _version(sys.version_info),
        "build": sys.version.replace("\n", " "),
        "executable": sys.executable or "",
        "path": [os.path.realpath(folder) for folder in sys.path[1:]],
        "debug": bool(hasattr(sys, "gettotalrefcount")),
        "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        "ext_suffix": sysconfig.get_config_var("EXT_SUFFIX") or "",
        "include": _unique([paths.get("include"), paths.get("platinclude"), sysconfig.get_config_var("INCLUDEPY")]),
        "machine": os.uname().machine,
        "can_fork": hasattr(os, "fork"),
        "hpy_path": list(hpy.submodule_search_locations or []) if hpy else [],
        "library": _unique([paths.get("stdlib"), paths.get("platstdlib")]),
        "files": _files(),
        "places": _places(),
        "hpy_backend": _has_backend(implementation.name),
    }


def describe_hpy():
    """Version of the backend, after importing what the HPy lanes load through."""
    import hpy.universal

    version = hpy.universal.get_version()
    try:
        import hpy.debug  # noqa: F401
    except ImportError:
        if _is_current(version):
            raise
    return {"version": version[0] if isinstance(version, tuple) else str(version), "files": _files()}


def _files():
    """What answers of this interpreter come from, beside its library: executable, mapped code, imported modules.

    Empty where the system does not say what a process maps.
    """
    try:
        import conform_worker  # noqa: F401  (what the worker imports is part of it)
    except Exception:
        return []
    found = {sys.executable, os.path.join(sys.prefix, "pyvenv.cfg")}
    try:
        with open("/proc/self/maps") as maps:
            for line in maps:
                parts = line.rstrip("\n").split(None, 5)
                if len(parts) == 6 and "x" in parts[1] and parts[5].startswith("/"):
                    found.add(parts[5])
    except OSError:
        return []
    for module in list(sys.modules.values()):
        path = getattr(module, "__file__", None)
        if isinstance(path, str):
            found.add(os.path.abspath(path))
    return sorted({os.path.realpath(path) for path in found if path and os.path.isfile(path)})


def _places():
    """Folders without which this interpreter can't do its work: prefixes, and those of modules and mapped code."""
    found = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    found |= {folder for folder in sys.path[1:] if os.path.isdir(folder)}
    found |= {os.path.dirname(path) for path in _files()}
    found |= {os.path.realpath(folder) for folder in found}
    return sorted(folder for folder in found if folder != "/")


def _is_current(version):
    """Whether a version is 0.9 or later: the first with an ABI that is versioned."""
    numbers = str(version[0] if isinstance(version, tuple) else version).split(".")
    return [int(number) if number.isdigit() else 0 for number in numbers[:2]] >= [0, 9]


def _has_backend(implementation):
    """False where `hpy` would have to import a module of the interpreter's own that it doesn't have (PyPy 8)."""
    return implementation != "pypy" or "_hpy_universal" in sys.builtin_module_names


def _version(info):
    text = "%d.%d.%d" % (info.major, info.minor, info.micro)
    level = getattr(info, "releaselevel", "final")
    short = {"alpha": "a", "beta": "b", "candidate": "rc"}.get(level)
    return text + "%s%d" % (short, info.serial) if short else text


def _unique(folders):
    kept = []
    for folder in folders:
        if folder and folder not in kept and os.path.isdir(folder):
            kept.append(folder)
    return kept


if __name__ == "__main__":
    if sys.version_info < OLDEST:
        answer = {"too_old": "%d.%d.%d" % sys.version_info[:3]}
    elif sys.argv[1:] == ["hpy"]:
        answer = describe_hpy()
    else:
        answer = describe()
    sys.stdout.write("\n" + json.dumps(answer) + "\n")
