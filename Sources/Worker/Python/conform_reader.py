"""Reads scenario files without running them: their scenarios, and what they may not do.

Standard input: one JSON list of paths. Standard output: one JSON object, path -> description:
{"content": SHA-256 of the file, null where it can't be read,
 "scenarios": [{"name", "line", "summary": first line of the docstring,
                "content": SHA-256 of the part of the file that decides what this scenario says}],
 "problems": [{"line", "message"}],
 "foreign": [names of modules that are neither ours nor the standard library's]}

What decides what a scenario says is the file without the functions of the other scenarios, and without blank lines.
It is taken from the lines, not from the syntax tree, so that it is the same on every version of Python.
"""

import ast
import bisect
import hashlib
import json
import os
import re
import sys

# A scenario that knows its runtime or lane can be shaped around a defect, so these stay out of reach.
_TELLTALE_MODULES = {
    "_ctypes", "_hpy_universal", "_imp", "__pypy__", "_testcapi", "builtins", "cffi", "conform_worker", "cpyext",
    "ctypes", "gc", "hpy", "imp", "importlib", "os", "pathlib", "pkgutil", "platform", "posix", "runpy", "site",
    "subprocess", "sys", "sysconfig",
}
_TELLTALE_ATTRIBUTES = {
    "__builtins__", "__cached__", "__file__", "__globals__", "__loader__", "__path__", "__spec__", "_os", "_sys",
    "f_back", "f_globals", "os", "sys",
}
_TELLTALE_NAMES = {
    "__builtins__", "__file__", "__import__", "__loader__", "__spec__", "compile", "eval", "exec", "globals", "open",
}
_INSTEAD = {"gc": "use collect()", "ctypes": "use events(), or a method of the extension"}

_AT = re.compile(rb"\s*@")
_BLANK_OR_INDENTED_COMMENT = re.compile(rb"\s*$|[ \t]+#")


def describe(path):
    """The description of one file."""
    content = None
    try:
        with open(path, "rb") as file:
            text = file.read()
        content = _key(text)
        tree = ast.parse(text, path)
    except SyntaxError as error:
        return _refused(content, error.lineno or 1, "syntax error: %s" % error.msg)
    except Exception as error:  # not readable, not UTF-8, nested too deeply, ...
        return _refused(content, 1, "%s: %s" % (type(error).__name__, error))
    scenarios, problems, foreign, names = [], [], set(), set()
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and _is_scenario(node)]
    for node, part in zip(functions, _contents(text, functions)):
        if node.name in names:
            problems.append(_problem(node.lineno, "two scenarios are named %s; rename one" % node.name))
        names.add(node.name)
        _describe_scenario(node, part, scenarios, problems)
    plain = set(functions)
    for node in ast.walk(tree):
        if _is_scenario(node) and node not in plain:
            problems.append(_problem(node.lineno, "scenario %s is not a plain function at top level" % node.name))
        problems.extend(_telltales(node))
        problems.extend(_unsourced(node))
        foreign.update(_foreign(node))
    if not scenarios and not problems:
        problems.append(_problem(1, "there is no scenario: decorate a function of one argument with @scenario"))
    problems.sort(key=lambda one: one["line"])
    return {"content": content, "scenarios": scenarios, "problems": problems, "foreign": sorted(foreign)}


def _is_scenario(node):
    return any(_name(one) == "scenario" for one in getattr(node, "decorator_list", ()))


def _describe_scenario(node, content, scenarios, problems):
    arguments = node.args
    others = arguments.kwonlyargs or arguments.vararg or arguments.kwarg
    if len(arguments.posonlyargs + arguments.args) != 1 or others:
        problems.append(_problem(node.lineno, "scenario %s takes one argument, the extension module" % node.name))
    summary = (ast.get_docstring(node) or "").split("\n")[0]
    scenarios.append({"name": node.name, "line": node.lineno, "summary": summary, "content": content})


def _contents(text, functions):
    """For each scenario's function, the key of what is left of the file without the others."""
    lines = text.splitlines()  # bytes: they end where Python's lines do, not at a form feed
    spans = [_span(node, lines) for node in functions]
    taken = {number for span in spans for number in span}
    shared = [number for number, line in enumerate(lines) if number not in taken and line.strip()]
    common = [lines[number] for number in shared]
    for own in spans:
        place = bisect.bisect(shared, own.start)
        yield _key(b"\n".join(
            common[:place] + [lines[number] for number in own if lines[number].strip()] + common[place:]))


def _span(node, lines):
    """Indices of a function's lines, from its first @ to the last comment that is indented as its body is."""
    named = node.decorator_list[0].lineno  # the @ can be on a line before, as in `@(` or `@\`
    above = range(min(named, len(lines)) - 1, 0, -1)
    first = next((i for i in above if _AT.match(lines[i])), 0)  # 0: also after a byte order mark
    end = node.end_lineno
    while end < len(lines) and _BLANK_OR_INDENTED_COMMENT.match(lines[end]):
        end += 1
    return range(first, min(end, len(lines)))


def _key(data):
    return hashlib.sha256(data).hexdigest()


def _telltales(node):
    if isinstance(node, ast.Import):
        yield from _imports(node, [alias.name for alias in node.names])
    elif isinstance(node, ast.ImportFrom):
        yield from _imports(node, [node.module or ""] + [alias.name for alias in node.names])
    elif isinstance(node, ast.Attribute) and node.attr in _TELLTALE_ATTRIBUTES:
        yield _problem(node.lineno, "attribute %s: a scenario cannot ask where it runs; remove it" % node.attr)
    elif isinstance(node, ast.Constant) and _is_hidden_attribute(node.value):
        yield _problem(node.lineno, "text '%s': a scenario cannot ask where it runs; remove it" % node.value)
    elif isinstance(node, ast.Name) and node.id in _TELLTALE_NAMES:
        yield _problem(node.lineno, "name %s: a scenario cannot ask where it runs; remove it" % node.id)


def _imports(node, names):
    for top in [name.split(".")[0] for name in names]:
        if top in _TELLTALE_MODULES:
            advice = _INSTEAD.get(top, "record a value of the extension instead")
            yield _problem(node.lineno, "import of %s: a scenario cannot ask where it runs; %s" % (top, advice))
    if "hpy_conform" in names:
        hidden = [one for one in node.names if one.asname or one.name.startswith("_")]
        if hidden or isinstance(node, ast.Import):
            yield _problem(node.lineno, "write `from hpy_conform import ...` with public names, and without `as`")


def _foreign(node):
    """Names of modules that are neither ours nor the standard library's: what they hold is nobody's to know here."""
    if isinstance(node, ast.Import):
        modules = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        modules = [node.module or ""]
    else:
        return []
    tops = [module.split(".")[0] for module in modules]
    return [top for top in tops if top != "hpy_conform" and not _is_standard(top)]


def _is_standard(name):
    known = getattr(sys, "stdlib_module_names", None)  # since Python 3.10
    if known is not None:
        return name in known
    library = os.path.dirname(os.__file__)
    shared = os.path.join(library, "lib-dynload")  # where CPython keeps modules that are shared libraries
    modules = os.listdir(shared) if os.path.isdir(shared) else []
    return name in sys.builtin_module_names or any(one.split(".")[0] == name for one in modules) or any(
        os.path.exists(os.path.join(library, name + end)) for end in (".py", os.sep + "__init__.py"))


def _is_hidden_attribute(value):
    return isinstance(value, str) and value.startswith("__") and value in _TELLTALE_ATTRIBUTES


def _unsourced(node):
    if isinstance(node, ast.Call) and _name(node.func) == "expect":
        if len(node.args) < 4 and not any(one.arg == "source" for one in node.keywords):
            advice = "name the document and section that promise it, or use record()"
            yield _problem(node.lineno, "expect() without source=: %s" % advice)


def _name(node):
    if isinstance(node, ast.Call):
        node = node.func
    return getattr(node, "id", getattr(node, "attr", None))


def _problem(line, message):
    return {"line": line, "message": message}


def _refused(content, line, message):
    return {"content": content, "scenarios": [], "problems": [_problem(line, message)], "foreign": []}


if __name__ == "__main__":
    json.dump({path: describe(path) for path in json.load(sys.stdin.buffer)}, sys.stdout)
