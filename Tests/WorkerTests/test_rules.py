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
            if any(getattr(getattr(one, "func", one), "id", None) == "scenario" for one in node.decorator_list):
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
    """(suite, title of the table, rule, section, scenarios) of each row."""
    for path in sorted(glob.glob(os.path.join(SUITES, "*", "README.md"))):
        title = ""
        with open(path, encoding="utf-8") as file:
            for line in file:
                if line.startswith("## "):
                    title = line[3:].strip()
                cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
                if line.startswith("| ") and len(cells) == 3 and cells[0] != "Rule":
                    yield (os.path.basename(os.path.dirname(path)), title) + tuple(cells[:2]) + (
                        re.findall(r"`([^`]+)`", cells[2]),)


def names(title, section):
    """What a citation has to say: the header or the quoted chapter of the section, else the chapter of the title."""
    return re.findall(r"\w+\.h\b|'[^']+'", section) or re.findall(r'"[^"]+"|PEP \d+', title)


class Rules(unittest.TestCase):
    def test_each_rule_is_cited(self):
        rows, known = list(tables()), {}
        self.assertTrue(rows)
        for suite, title, rule, section, scenarios in rows:
            self.assertTrue(scenarios, rule)
            wanted = [name.strip("\"'") for name in names(title, section)]
            self.assertTrue(wanted, "%s: neither title nor section names a chapter or a header" % rule)
            for one in scenarios:
                case, _, scenario = one.partition("/")
                path = os.path.join(SUITES, suite, case, "scenarios.py")
                if path not in known:
                    self.assertTrue(os.path.exists(path), "%s: no case %s" % (rule, case))
                    known[path] = citations(path)
                self.assertTrue(scenario in known[path], "%s: no scenario %s" % (rule, one))
                self.assertTrue(any(name in known[path][scenario] for name in wanted),
                                "%s: %s cites none of %s" % (rule, one, ", ".join(wanted)))


    def test_each_slot_of_two_bases_has_a_row(self):
        """The slots that are made on demand are those of which the suite's table speaks."""
        suite = os.path.join(SUITES, "multiple-inheritance")
        with open(os.path.join(suite, "every-slot-of-two-bases", "slots.h"), encoding="utf-8") as file:
            made = set(re.findall(r"^    [A-Z]+\(MARK, (\w+)\)", file.read(), re.M))
        listed = set()
        for name, _, rule, _, _ in tables():
            if name == "multiple-inheritance":
                listed.update(re.findall(r"`((?:nb|sq|mp|am|bf|tp)_\w+)`", rule))
        self.assertGreater(len(made), 50)
        in_place = {slot for slot in made if slot.startswith("nb_inplace_")}
        self.assertEqual(len(in_place), 13)
        self.assertIn("nb_inplace_add", listed)
        self.assertEqual(made - listed - in_place, set())


if __name__ == "__main__":
    unittest.main()
