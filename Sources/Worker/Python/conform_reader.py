"""Reads scenario files without running them: their scenarios, and what they may not do.

Standard input: one JSON list of paths. Standard output: one JSON object, path -> description:
{"scenarios": [{"name", "line", "summary"}], "problems": [{"line", "message"}]}
"""

import ast
import json
import os
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


def describe(path):
    """The description of one file."""
    try:
        with open(path, "rb") as file:
            tree = ast.parse(file.read(), path)
    except SyntaxError as error:
        return _refused(error.lineno or 1, "syntax error: %s" % error.msg)
    except Exception as error:  # not readable, not UTF-8, nested too deeply, ...
        return _refused(1, "%s: %s" % (type(error).__name__, error))
    scenarios, problems, foreign = [], [], set()
    top, names = {id(node) for node in tree.body}, set()
    for node in ast.walk(tree):
        if any(_name(one) == "scenario" for one in getattr(node, "decorator_list", ())):
            if id(node) in top and isinstance(node, ast.FunctionDef):
                _describe_scenario(node, names, scenarios, problems)
            else:
                problems.append(_problem(node.lineno, "scenario %s is not a plain function at top level" % node.name))
        problems.extend(_telltales(node))
        problems.extend(_unsourced(node))
        foreign.update(_foreign(node))
    if not scenarios and not problems:
        problems.append(_problem(1, "no scenario here: decorate a function of one argument with @scenario"))
    problems.sort(key=lambda one: one["line"])
    return {"scenarios": scenarios, "problems": problems, "foreign": sorted(foreign)}


def _describe_scenario(node, names, scenarios, problems):
    if node.name in names:
        problems.append(_problem(node.lineno, "a second scenario is named %s; rename one" % node.name))
    names.add(node.name)
    arguments = node.args
    others = arguments.kwonlyargs or arguments.vararg or arguments.kwarg
    if len(arguments.posonlyargs + arguments.args) != 1 or others:
        problems.append(_problem(node.lineno, "scenario %s takes one argument, the extension module" % node.name))
    summary = (ast.get_docstring(node) or "").split("\n")[0]
    scenarios.append({"name": node.name, "line": node.lineno, "summary": summary})


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
            advice = _INSTEAD.get(top, "record a fact that the extension shows instead")
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
    return name in sys.builtin_module_names or any(
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


def _refused(line, message):
    return {"scenarios": [], "problems": [_problem(line, message)], "foreign": []}


if __name__ == "__main__":
    json.dump({path: describe(path) for path in json.load(sys.stdin.buffer)}, sys.stdout)
