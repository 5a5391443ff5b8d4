"""Tables of rules (Suites/SUITE/README.md): each scenario named there exists, and cites what its row and title say."""
import ast
import glob
import os
import re
import unittest

SUITES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Suites")


def texts(node, constants):
    """All texts of an expression, with the values of constants in it."""
    found = []
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            found.append(one.value)
        elif isinstance(one, ast.Name) and one.id in constants:
            found.append(constants[one.id])
    return " ".join(found)


def citations(path):
    """scenario -> all that is said as the source of something it expects, or that a function it uses expects."""
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read(), path)
    constants, functions, scenarios = {}, {}, set()
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            constants[node.targets[0].id] = texts(node.value, constants)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            functions[node.name] = node
            if any(getattr(one, "id", None) == "scenario" for one in node.decorator_list):
                scenarios.add(node.name)

    def cited(name, seen):
        if name in seen or name not in functions:
            return ""
        seen.add(name)
        # A source may be handed on as a plain argument, so every text of a function that expects something counts.
        return texts(functions[name], constants) + " " + " ".join(
            cited(one.id, seen) for one in ast.walk(functions[name]) if isinstance(one, ast.Name))

    return {name: cited(name, set()) for name in scenarios}


def tables():
    """(suite, title of the table, rule, scenarios) of each row."""
    for path in sorted(glob.glob(os.path.join(SUITES, "*", "README.md"))):
        title = ""
        with open(path, encoding="utf-8") as file:
            for line in file:
                if line.startswith("## "):
                    title = line[3:].strip()
                cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
                if line.startswith("| ") and len(cells) == 2 and cells[0] != "Rule":
                    yield os.path.basename(os.path.dirname(path)), title, cells[0], re.findall(r"`([^`]+)`", cells[1])


def documents(title):
    """What a title asks of a citation: any of its names in quotation marks, or of the headers it names."""
    return re.findall(r"'[^']+'|\w+\.h\b", title)


class Rules(unittest.TestCase):
    def test_each_rule_is_cited(self):
        rows, known = list(tables()), {}
        self.assertTrue(rows)
        for suite, title, rule, scenarios in rows:
            self.assertTrue(scenarios, rule)
            names = documents(title) + re.findall(r"'[^']+'", rule) + ["HPy api.rst", "public_api.h"] * ("HPy" in title)
            self.assertTrue(documents(title), title)
            for one in scenarios:
                case, _, scenario = one.partition("/")
                path = os.path.join(SUITES, suite, case, "scenarios.py")
                if path not in known:
                    self.assertTrue(os.path.exists(path), "%s: no case %s" % (rule, case))
                    known[path] = citations(path)
                self.assertTrue(scenario in known[path], "%s: no scenario %s" % (rule, one))
                said = known[path][scenario]
                self.assertTrue(any(name.strip("'") in said for name in names),
                                "%s: %s cites none of %s" % (rule, one, ", ".join(names)))


if __name__ == "__main__":
    unittest.main()
