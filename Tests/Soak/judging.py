"""What a database says after a disturbance, and whether that is as it has to be."""
import os
import shutil
import sqlite3
import tempfile

HARNESS_FAILED, NOT_JUDGED = "harness failed", "not judged"
AS_EXPECTED, ATTENTION, UNAVAILABLE = 0, 1, 69

_CELLS = """
SELECT suite || '/' || test_case || '/' || scenario || '@' || lane || '@' || cell_result.runtime, outcome, verdict,
  (SELECT group_concat(one, char(10)) FROM (SELECT coalesce(label, '') || ' | ' || facet || ' | ' || observed || ' | ' ||
     coalesce(finding.expected, '') || ' | ' || finding.verdict || ' | ' || coalesce(finding.reason, '') AS one
   FROM finding WHERE finding.conclusion_id = cell_result.conclusion_id ORDER BY position))
FROM cell_result WHERE run_id = ?"""

_ROWS = """
SELECT cell.key, test_case || '/' || name, conclusion_id, answer_id, build_id, input_id, microseconds,
  (SELECT group_concat(trace_id || ' ' || microseconds) FROM further_attempt AS further
   WHERE further.run_id = result.run_id AND further.cell_id = result.cell_id)
FROM result JOIN cell ON cell.id = cell_id JOIN scenario ON scenario.id = scenario_id WHERE run_id = ?"""

# A second opinion that the machine prevented is asked for again, with the whole scenario.
_UNCONFIRMED = """
SELECT DISTINCT test_case || '/' || name FROM attempt JOIN cell ON cell.id = cell_id
JOIN scenario ON scenario.id = scenario_id JOIN answer ON answer.id = answer_id WHERE run_id = ? AND outcome = ?"""


class Recorded:
    """The last run of a database.

    .run: its UUID, None where there is none.   .state.   .planned: how many cells.
    .cells: name -> (outcome, verdict, findings as text).   .rows: scenario -> all that is stored of its cells.
    .unconfirmed: scenarios of which the machine prevented an attempt.   .damage: what the database's own check finds.
    """

    def __init__(self, path):
        """Reads a copy: what a killed runner has left is to be mended by the next one, not by whoever looks."""
        self.run, self.state, self.planned, self.cells, self.rows = None, None, 0, {}, {}
        self.damage, self.unconfirmed = None, set()
        if not os.path.exists(path) or not os.path.getsize(path) and not os.path.exists(path + "-wal"):
            return
        folder = tempfile.mkdtemp(prefix="soak-database-")
        try:
            for end in ("", "-wal"):
                if os.path.exists(path + end):
                    shutil.copy(path + end, os.path.join(folder, "copy" + end))
            self._read(os.path.join(folder, "copy"))
        except sqlite3.Error as error:
            self.damage = str(error)
        finally:
            shutil.rmtree(folder)

    def _read(self, path):
        connection = sqlite3.connect(path)
        try:
            check = [row[0] for row in connection.execute("PRAGMA integrity_check")]
            if check != ["ok"]:
                self.damage = "; ".join(check)
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
            if broken:
                self.damage = "foreign keys: %s" % broken[:3]
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'run'").fetchall():
                return  # killed before its tables were made
            row = connection.execute(
                "SELECT id, uuid, state, planned FROM run ORDER BY clock DESC LIMIT 1").fetchone()
            if row is None:
                return
            number, self.run, self.state, self.planned = row
            for name, outcome, verdict, findings in connection.execute(_CELLS, (number,)):
                self.cells[name] = (outcome, verdict, findings or "")
            for row in connection.execute(_ROWS, (number,)):
                self.rows.setdefault(row[1], []).append(row)
            self.unconfirmed = {row[0] for row in connection.execute(_UNCONFIRMED, (number, HARNESS_FAILED))}
            for rows in self.rows.values():
                rows.sort(key=str)
        finally:
            connection.close()

    def final(self, expected):
        """What is stored of scenarios that are done: all of their cells have a result, and no attempt is unknown."""
        sizes = {}
        for name in expected:
            scenario = name.split("/", 1)[1].partition("@")[0]
            sizes[scenario] = sizes.get(scenario, 0) + 1
        unknown = {name.split("/", 1)[1].partition("@")[0]
                   for name, (outcome, verdict, _) in self.cells.items()
                   if outcome == HARNESS_FAILED or verdict == NOT_JUDGED and outcome not in _SKIPS}
        unknown |= self.unconfirmed
        return {scenario: rows for scenario, rows in self.rows.items()
                if len(rows) == sizes.get(scenario) and scenario not in unknown}


_SKIPS = ("unsupported", "not applicable", "not run")


def is_unknown(cell):
    """Whether nothing is said of a cell: the machine kept it from being tried, or it wasn't judged."""
    outcome, verdict, findings = cell
    return verdict == NOT_JUDGED and not findings


def wrong_verdicts(cells, expected):
    """What no disturbance may lead to: sentences, none where all is well."""
    problems = []
    for name, found in sorted(cells.items()):
        if name not in expected:
            problems.append("%s is no cell of this run" % name)
        elif found != expected[name] and not is_unknown(found):
            problems.append("%s is %r, undisturbed it is %r" % (name, found, expected[name]))
    return problems


def whole(cells, expected):
    """What keeps a run from being the undisturbed one."""
    problems = wrong_verdicts(cells, expected)
    for name in sorted(set(expected) - set(cells)):
        problems.append("%s has no result" % name)
    for name, found in sorted(cells.items()):
        if name in expected and found != expected[name] and is_unknown(found):
            problems.append("%s is still %r" % (name, found))
    return problems


def lost(before, after):
    """What was final and is no longer the same."""
    return ["%s was final, and is changed: %r, before %r" % (scenario, after.get(scenario), rows)
            for scenario, rows in sorted(before.items()) if after.get(scenario) != rows]


def wrong_code(code, recorded, expected):
    """What is wrong with the exit code of a run that ended by itself."""
    verdicts = [verdict for _, verdict, _ in recorded.cells.values()]
    if code == AS_EXPECTED:
        if whole(recorded.cells, expected):
            return ["exit code 0, but not all is known"]
        if any(one in ("new", "fixed", "flaky") for one in verdicts):
            return ["exit code 0, but something is new"]
    elif code == ATTENTION:
        if not any(one in ("new", "fixed", "flaky") for one in verdicts):
            return ["exit code 1, and nothing is new"]
    elif code != UNAVAILABLE:
        return ["exit code %s" % code]
    return []
