"""Reads scenario files without running them: their scenarios, and what they may not do.

Standard input: one JSON list of paths. Standard output: one JSON object, path -> description:
{"scenarios": [{"name", "line", "summary"}], "problems": [{"line", "message"}]}
"""

import ast
import json
import sys

# A scenario that knows its runtime or lane can be shaped around a defect, so these stay out of reach.
_TELLTALE_MODULES = {
    "_hpy_universal", "__pypy__", "_testcapi", "builtins", "cffi", "conform_worker", "cpyext", "ctypes", "gc", "hpy",
    "importlib", "os", "platform", "site", "subprocess", "sys", "sysconfig",
}
_TELLTALE_ATTRIBUTES = {"__cached__", "__file__", "__loader__", "__path__", "__spec__", "f_back", "f_globals", "sys"}
_TELLTALE_NAMES = {"__import__", "__builtins__", "__loader__", "__spec__", "__file__", "eval", "exec", "open"}
_INSTEAD = {"gc": "use collect()", "ctypes": "use events(), or a method of the extension"}


def describe(path):
    """The description of one file."""
    try:
        with open(path, "rb") as file:
            tree = ast.parse(file.read(), path)
    except SyntaxError as error:
        return _refused(error.lineno or 1, "syntax error: %s" % error.msg)
    except (OSError, ValueError) as error:
        return _refused(1, str(error))
    scenarios, problems = [], []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and any(_name(one) == "scenario" for one in node.decorator_list):
            _describe_scenario(node, scenarios, problems)
    for node in ast.walk(tree):
        problems.extend(_telltales(node))
        problems.extend(_unsourced(node))
    if not scenarios and not problems:
        problems.append(_problem(1, "no scenario here: decorate a function of one argument with @scenario"))
    problems.sort(key=lambda one: one["line"])
    return {"scenarios": scenarios, "problems": problems}


def _describe_scenario(node, scenarios, problems):
    if any(one["name"] == node.name for one in scenarios):
        problems.append(_problem(node.lineno, "a second scenario is named %s; rename one" % node.name))
    if len(node.args.args) != 1:
        problems.append(_problem(node.lineno, "scenario %s takes one argument, the extension module" % node.name))
    summary = (ast.get_docstring(node) or "").split("\n")[0]
    scenarios.append({"name": node.name, "line": node.lineno, "summary": summary})


def _telltales(node):
    modules = []
    if isinstance(node, ast.Import):
        modules = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        modules = [node.module or ""]
    for module in modules:
        top = module.split(".")[0]
        if top in _TELLTALE_MODULES:
            advice = _INSTEAD.get(top, "record a fact that the extension shows instead")
            yield _problem(node.lineno, "import of %s: a scenario cannot ask where it runs; %s" % (top, advice))
    if isinstance(node, ast.Attribute) and node.attr in _TELLTALE_ATTRIBUTES:
        yield _problem(node.lineno, "attribute %s: a scenario cannot ask where it runs; remove it" % node.attr)
    if isinstance(node, ast.Name) and node.id in _TELLTALE_NAMES:
        yield _problem(node.lineno, "name %s: a scenario cannot ask where it runs; remove it" % node.id)


def _unsourced(node):
    if isinstance(node, ast.Call) and _name(node.func) == "expect":
        if len(node.args) < 4 and not any(one.arg == "source" for one in node.keywords):
            yield _problem(node.lineno, "expect() without source=: name the document and section that promise it, or use record()")


def _name(node):
    if isinstance(node, ast.Call):
        node = node.func
    return getattr(node, "id", getattr(node, "attr", None))


def _problem(line, message):
    return {"line": line, "message": message}


def _refused(line, message):
    return {"scenarios": [], "problems": [_problem(line, message)]}


if __name__ == "__main__":
    json.dump({path: describe(path) for path in json.load(sys.stdin)}, sys.stdout)
