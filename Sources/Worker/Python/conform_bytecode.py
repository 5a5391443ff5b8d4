"""Compiles what interpreters of a run import, once for all of them, into a folder like PYTHONPYCACHEPREFIX's.

`conform_bytecode.py FOLDER [hpy]` takes a JSON list of modules on standard input, beside which it compiles what a worker,
a cell, the reader and the probe import, and with `hpy` what the backend does. It prints one JSON object: for each file
"path" below the folder, "size" and "sha256" of what was to be written, and "source", "source_size", "source_time" (in
nanoseconds) of what it was compiled from. Python's own writer takes a write that the disk cut short for a whole one;
this one fails then, and the folder is nobody's.
"""

import hashlib
import importlib
import importlib.machinery
import importlib.util
import json
import marshal
import os
import struct
import sys

# What is imported at the start, and by name later on: the server's `subprocess`, the probe's and the reader's modules.
_OURS = ("conform_worker", "conform_reader", "conform_probe", "subprocess", "sysconfig", "traceback")
_BACKEND = ("hpy.universal", "hpy.debug")


def main(folder, backend=""):
    """Compile, write, and say what was written."""
    modules = list(_OURS) + json.loads(sys.stdin.read()) + (list(_BACKEND) if backend == "hpy" else [])
    for name in modules:
        try:
            importlib.import_module(name)
        except Exception:
            pass  # where it can't be imported here, it is compiled by nobody
    files = {}  # by path: os.path is a module of two names
    for name, module in sorted(sys.modules.items()):
        spec = getattr(module, "__spec__", None)
        if name != "__main__" and type(getattr(spec, "loader", None)) is importlib.machinery.SourceFileLoader:
            file = _compile(spec, folder)
            if file:
                files[file["path"]] = file
    sys.stdout.write("\n" + json.dumps(list(files.values())) + "\n")


def _compile(spec, folder):
    """Write the compiled form of a module's source; None where the source can't be compiled or has gone."""
    source = os.path.abspath(spec.origin)
    try:
        facts = os.stat(source)
        with open(source, "rb") as file:
            text = file.read()
        code = spec.loader.source_to_code(text, source)
    except (OSError, SyntaxError, ValueError):
        return None
    # PEP 552: the magic number, no flags, and by what a change of the source is noticed.
    head = importlib.util.MAGIC_NUMBER + struct.pack(
        "<III", 0, int(facts.st_mtime) & 0xFFFFFFFF, facts.st_size & 0xFFFFFFFF)
    data = head + marshal.dumps(code)
    sys.pycache_prefix = folder
    path = importlib.util.cache_from_source(source)
    sys.pycache_prefix = None
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
    return {
        "path": os.path.relpath(path, folder), "size": len(data), "sha256": hashlib.sha256(data).hexdigest(),
        "source": source, "source_size": facts.st_size, "source_time": facts.st_mtime_ns,
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
