"""What was measured, as Markdown or JSON; and which faults are held to be equivalent."""
import json
import os

import mutation
from common import USAGE, Trouble, read


def equivalents(path, known, target):
    """id -> why, of the `[[fault]]` tables of a TOML file; `known` are the ids that the target, HPy 0.9.0, has."""
    if not os.path.exists(path):
        return {}
    try:
        import tomllib
    except ImportError:
        import tomli as tomllib
    name = os.path.basename(path)
    try:
        table = tomllib.loads(read(path).decode())
    except (ValueError, UnicodeDecodeError) as error:
        raise Trouble("%s is no TOML: %s; correct it, or remove it for none" % (name, error), USAGE)
    unknown = sorted(set(table) - {"fault"})
    entries = table.get("fault", [])
    if unknown or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Trouble("%s: expected [[fault]] tables with id and why, found %s" % (
            name, ", ".join(unknown) or "a fault that is no table"), USAGE)
    reasons = {}
    for number, entry in enumerate(entries, 1):
        place = "%s, fault %d" % (name, number)
        for key in sorted(set(entry) - {"id", "why"}):
            raise Trouble("%s: unknown key %s; a fault has id and why" % (place, key), USAGE)
        for key in ("id", "why"):
            if not isinstance(entry.get(key), str) or not entry[key].strip():
                raise Trouble("%s: expected a text as %s, found %r" % (place, key, entry.get(key)), USAGE)
        if entry["id"] not in known:
            raise Trouble("%s: no fault %s in %s; --list shows the ids" % (place, entry["id"], target), USAGE)
        if entry["id"] in reasons:
            raise Trouble("%s: fault %s stands there twice; keep one" % (place, entry["id"]), USAGE)
        reasons[entry["id"]] = entry["why"].strip()
    return reasons


def ratio(part, whole):
    return "%d of %d%s" % (part, whole, " (%d %%)" % round(100.0 * part / whole) if whole else "")


def word(verdict):
    return "-" if verdict is None else {True: "detected", False: "no", None: "harness failed"}[verdict["noticed"]]


def is_noticed(row, by):
    return bool(row[by] and row[by]["noticed"])


def as_json(measured):
    faults = [{"id": r["fault"].id, "group": r["group"], "file": r["fault"].file, "line": r["fault"].line,
               "function": r["fault"].function, "operator": r["fault"].operator, "ours": r["ours"],
               "reference": r["reference"], "equivalent": measured.reasons.get(r["fault"].id),
               "diff": mutation.diff(measured.texts[r["fault"].file][1], r["fault"], 1)} for r in measured.rows]
    return json.dumps({"target": str(measured.target), "seed": measured.seed, "runs": measured.runs, "controls": measured.controls,
                       "passed_over": measured.passed, "reference_without_fault": measured.failing,
                       "faults": faults}, indent=1)


class Measured:
    """All that a report is made of. Rows are {fault, group, ours, reference}."""

    def __init__(self, target, seed, runs, texts, reasons):
        self.target, self.seed, self.runs, self.texts, self.reasons = target, seed, runs, texts, reasons
        self.rows, self.controls, self.passed, self.failing = [], {}, dict.fromkeys(target.passed_over, 0), None

    def counted(self):
        """The rows of which shares are made."""
        return [r for r in self.rows if r["fault"].id not in self.reasons and r["ours"]["noticed"] is not None]


def row_text(row, reasons):
    fault, mine = row["fault"], row["ours"]
    detail = mine["scenarios"][0] if mine["noticed"] else mine.get("detail", "")
    if mine["noticed"] is False and mine["flaky"]:
        detail = "flaky: " + mine["flaky"][0]
    if mine["noticed"] is False and mine["runs"] > 1:
        detail = ("missed in run %d " % mine["runs"]) + detail
    return "| %s | %s:%d %s | %s | %s | %s | %s |" % (
        fault.id, os.path.basename(fault.file), fault.line, fault.function, fault.operator,
        word(mine) + (" (%d cells)" % mine["cells"] if mine["noticed"] else ""), detail,
        word(row["reference"]) + (" (equivalent)" if fault.id in reasons else ""))


def shares(counted, their_tests):
    lines = ["| group | hpy-conform | %s |" % their_tests, "|---|---|---|"]
    for group in sorted(set(r["group"] for r in counted)) + ["all"]:
        some = [r for r in counted if group in ("all", r["group"])]
        tried = [r for r in some if r["reference"]]
        lines.append("| %s | %s | %s |" % (
            group, ratio(sum(is_noticed(r, "ours") for r in some), len(some)),
            ratio(sum(is_noticed(r, "reference") for r in tried), len(tried)) if tried else "not run"))
    return lines


def as_markdown(measured):
    rows, counted, reasons = measured.rows, measured.counted(), measured.reasons
    target, theirs_of = measured.target, measured.target.their_tests
    lines = ["Seed %s, %d faults in %s; a fault is detected if %d of %d runs detect it. Controls: %s." % (
        measured.seed, len(rows), target, measured.runs, measured.runs, ", ".join(
            "%s not detected in %d runs" % (name[len("control-"):], runs) for name, runs in measured.controls.items())),
        "", "| fault | place | operator | hpy-conform | first scenario | %s |" % theirs_of,
        "|---|---|---|---|---|---|"]
    lines += [row_text(row, reasons) for row in rows] + [""] + shares(counted, theirs_of)
    both = [r for r in counted if r["reference"]]
    if both:
        either = [r for r in both if is_noticed(r, "ours") or is_noticed(r, "reference")]
        theirs = [r for r in both if is_noticed(r, "reference")]
        lines += ["", "Of the faults that either detects, hpy-conform detects %s; of the faults that %s detect, %s." % (
            ratio(sum(is_noticed(r, "ours") for r in either), len(either)), theirs_of,
            ratio(sum(is_noticed(r, "ours") for r in theirs), len(theirs)))]
    failing = measured.failing
    lines += ["", "Harness failed: %d. Equivalent: %d. Skipped, because they %s." % (
        sum(r["ours"]["noticed"] is None for r in rows), sum(r["fault"].id in reasons for r in rows),
        ", ".join("%s: %d" % (why, measured.passed[key]) for key, why in target.passed_over.items())),
        "%s without a fault: %s" % (theirs_of[:1].upper() + theirs_of[1:],
            "not run." if failing is None else "%d pass, %d fail%s" % (
                failing["passed"], len(failing["tests"]), "".join("\n- " + test for test in failing["tests"])))]
    for title, chosen in (("Not detected by hpy-conform", [r for r in counted if not r["ours"]["noticed"]]),
                          ("Equivalent", [r for r in rows if r["fault"].id in reasons])):
        for r in chosen:
            lines += ["", "%s: %s in %s. %s" % (title, r["fault"].id, r["fault"].function,
                                               reasons.get(r["fault"].id, "")), "", "```diff",
                      mutation.diff(measured.texts[r["fault"].file][1], r["fault"], 1) + "```"]
    return "\n".join(lines)
