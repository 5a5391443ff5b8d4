"""Reports of a small project, as `hpy-conform report --format json` writes them, for the tests of the page."""

import copy

LANES = ("capi-static", "capi-heap", "cpython", "universal", "universal+debug")
CPYTHON, PYPY = "cpython-3.11", "pypy-7.3.19"
NOW, BEFORE, EARLIER = (
    "9bef5909-4c1e-4a53-9d0e-9d6f7a1f2a01", "1a2b3c4d-98f2-4d0c-8a77-0f6b1c3e5d02",
    "7c0ffee1-2f3a-4b5c-8d6e-7f8091a2b303")

SCENARIOS = '''from hpy_conform import expect, raised, record, scenario

MEMBERS = "Python/C API, 'Common Object Structures', PyMemberDef"


@scenario
def the_count_is_read_only(ext):
    counter = ext.Counter()
    expect("write", raised(AttributeError), MEMBERS, setattr, counter, "count", 3)


@scenario
def a_counter_counts(ext):
    counter = ext.Counter()
    record("three", [counter.next() for _ in range(3)])


@scenario
def a_deleted_member_stays_deleted(ext):
    box = ext.Box()
    del box.content
    expect("read", raised(AttributeError), MEMBERS, getattr, box, "content")
'''
HPY_C = '''#include "hpy.h"

typedef struct {
    long count;
} Counter;

HPyType_HELPERS(Counter)

HPyDef_MEMBER(Counter_count, "count", HPyMember_LONG, offsetof(Counter, count), .readonly = 1)

HPyDef_METH(Counter_next, "next", HPyFunc_NOARGS)
static HPy Counter_next_impl(HPyContext *ctx, HPy self)
{
    return HPyLong_FromLong(ctx, ++Counter_AsStruct(ctx, self)->count);
}
'''
CAPI_C = '''#include "conform_capi.h"

static PyMemberDef members[] = {
    {"count", T_LONG, 0, READONLY},
    {NULL},
};
'''
FILES = ["counters/first/scenarios.py", "counters/first/hpy.c", "counters/first/capi.c"]
PROMISE = "Python/C API, 'Common Object Structures', PyMemberDef"


def run(uuid, started, **more):
    return {
        "run": uuid, "started": started, "finished": started[:11] + "03:14:07Z", "state": "finished",
        "series": "nightly", "planned": 30, "arguments": "run --runtime '*'", "compiler": "gcc 12.2.0",
        "program": "0.3.0", "missing": [], "runtimes": [
            {"name": CPYTHON, "title": "CPython 3.11.2, HPy 0.9.0", "changed": []},
            {"name": PYPY, "title": "PyPy 7.3.19, HPy 0.9.1.dev61+g79fb330d", "changed": []}], **more}


def moment(uuid, started, new, known, seconds, build, changed=(), **more):
    return {
        "run": uuid, "started": started, "state": "finished", "seconds": seconds, "cellSeconds": 21.0,
        "buildSeconds": build, "changed": list(changed), "isBaseline": False,
        "verdicts": {"conforming": 28 - new - known, "known": known, "new": new, "not judged": 2}, **more}


def place(**counts):
    return {"conforming": 0, "known": 0, "new": 0, "fixed": 0, "flaky": 0, "notCompared": 0, "notRun": 0, "attention": 0,
            "changed": 0, **counts}


def cell(lane, runtime, outcome="completed", verdict="conforming", change="unchanged", **more):
    return {"lane": lane, "runtime": runtime, "outcome": outcome, "verdict": verdict, "change": change,
            "needsAttention": False, **more}


def scenario(name, line, special=None):
    special = special or {}
    cells = []
    for runtime in (CPYTHON, PYPY):
        for lane in LANES:
            if lane == "cpython" and runtime == PYPY:
                cells.append(cell(lane, runtime, "not applicable", "not judged", "still not applicable",
                                  message="only CPython supports HPy's CPython ABI"))
            else:
                cells.append(cell(lane, runtime, **special.get((lane, runtime), {})))
    return {"name": name, "line": line, "cells": cells}


KNOWN = {
    "label": "read", "facet": "exception type", "observed": "returned None", "expected": "raised AttributeError",
    "source": PROMISE, "verdict": "known", "reason": "a deleted member reads as None",
    "link": "findings/pypy-hpy-object-members-deleted.md"}
NEW = {
    "label": "write", "facet": "exception type", "observed": "returned None", "expected": "raised AttributeError",
    "source": PROMISE, "verdict": "new"}
CRASH = {
    "facet": "outcome", "observed": "crashed SIGSEGV", "expected": "completed", "verdict": "new",
    "reference": "cpython@cpython-3.11"}


def calm():
    """The common case: nothing is new."""
    known = dict(outcome="expectation failed", verdict="known", change="still known", findings=0)
    suites = [{"name": "counters", "cases": [{"name": "first", "files": FILES, "scenarios": [
        scenario("the_count_is_read_only", 6),
        scenario("a_counter_counts", 12),
        scenario("a_deleted_member_stays_deleted", 18, {("universal", PYPY): known, ("universal+debug", PYPY): known}),
    ]}]}]
    return {
        "format": "hpy-conform report", "version": 1,
        "headline": {"level": "calm", "unexplained": 0,
                     "text": "Nothing is unexplained, and nothing is new since run 1a2b3c4d of 2026-11-25",
                     "details": ["2 cells diverge in ways that the ledger knows."]},
        "run": run(NOW, "2026-11-26T03:12:00Z"), "baseline": run(BEFORE, "2026-11-25T03:12:00Z"), "notes": [],
        "verdicts": {"conforming": 26, "known": 2, "not judged": 3}, "changes": {"unchanged": 25, "still known": 2},
        "patterns": [], "entries": [],
        "matrix": {"runtimes": [CPYTHON, PYPY], "rows": [
            {"suite": "counters", "places": [place(conforming=15), place(conforming=10, known=2, notRun=3)]}]},
        "timeline": [
            moment(EARLIER, "2026-11-24T03:12:00Z", 0, 3, 102.4, 31.0),
            moment(BEFORE, "2026-11-25T03:12:00Z", 0, 2, 97.3, 2.1, ["pypy-7.3.19: HPy 0.9.1.dev60 → 0.9.1.dev61"],
                   isBaseline=True),
            moment(NOW, "2026-11-26T03:12:00Z", 0, 2, 98.0, 0.4)],
        "suites": suites, "findings": [[KNOWN]], "causes": [{"runtime": PYPY, "causes": [{
            "name": "pypy-hpy-object-members-deleted", "reason": "a deleted member reads as None",
            "link": "findings/pypy-hpy-object-members-deleted.md", "upstream": "not reported", "cells": 2,
            "scenarios": 1, "smallest": "counters/first/a_deleted_member_stays_deleted@universal@pypy-7.3.19",
            "lines": 7, "show": "hpy-conform show counters --run 9bef5909"}]}],
        "sources": dict(zip(FILES, (SCENARIOS, HPY_C, CAPI_C)))}


def pattern(kind, where, lanes, what, example, entries, **more):
    return {
        "kind": kind, "sentence": f"{where}, {lanes}: {what}: {len(entries)} facts in {len(entries)} scenarios",
        "onRuntimes": where, "inLanes": lanes, "what": what, "runtimes": [PYPY], "lanes": ["universal"],
        "facets": ["outcome"], "labels": [], "cells": len(entries), "facts": len(entries), "scenarios": len(entries),
        "smallest": "counters/first/a_counter_counts", "example": example, "resembles": [], "entries": entries, **more}


CRASHING = {"cell": "counters/first/a_counter_counts@universal@pypy-7.3.19", "facet": "outcome",
            "observed": "crashed SIGSEGV", "expected": "completed"}
RETURNING = {"cell": "counters/first/the_count_is_read_only@universal@cpython-3.11", "label": "write",
             "facet": "exception type", "observed": "returned None", "expected": "raised AttributeError"}


def alarming():
    """One promise newly broken on two runtimes, one crash, and one thing that got better."""
    document = calm()
    document["headline"] = {
        "level": "attention", "unexplained": 2,
        "text": "2 cells are unexplained; since run 1a2b3c4d of 2026-11-25: 1 new crash, 1 new divergence",
        "details": ["1 known divergence got better.", "Everything else is as it was."]}
    document["notes"] = ["cpython-3.12 is missing."]
    document["run"]["runtimes"][0].update(
        title="CPython 3.11.4, HPy 0.9.0", changed=["version: 3.11.2 → 3.11.4"])
    document["run"]["missing"] = ["cpython-3.12: no interpreter of that name on this machine"]
    document["findings"] += [[NEW], [CRASH]]
    rows = document["suites"][0]["cases"][0]["scenarios"]
    new = dict(outcome="expectation failed", verdict="new", change="new divergence", findings=1,
               needsAttention=True)
    crash = dict(outcome="crashed SIGSEGV", verdict="new", change="newly crashing", findings=2,
                 needsAttention=True, message="Fatal Python error: Segmentation fault")
    broken = [(lane, where) for where in (CPYTHON, PYPY) for lane in ("universal", "universal+debug")]
    rows[0] = scenario("the_count_is_read_only", 6, {one: new for one in broken})
    rows[1] = scenario("a_counter_counts", 12, {("universal", PYPY): crash})
    document["matrix"]["rows"][0]["places"] = [
        place(conforming=13, new=2, attention=2, changed=2), place(conforming=7, known=2, new=3, notRun=3, attention=3,
                                                                  changed=3)]
    document["timeline"][-1]["verdicts"].update(new=5, conforming=21)
    document["timeline"][-1]["changed"] = ["cpython-3.11: 3.11.2 → 3.11.4"]
    since = {"run": NOW, "started": "2026-11-26T03:12:00Z", "lastWithout": BEFORE,
             "lastWithoutStarted": "2026-11-25T03:12:00Z", "unknownBetween": 0,
             "changed": ["cpython-3.11: version 3.11.2 → 3.11.4"], "runs": 1}
    document["patterns"] = [
        pattern("crash", "only " + PYPY, "only universal lanes", "crashes with SIGSEGV", CRASHING, [0]),
        pattern("wrong exception", "both runtimes", "only universal lanes", "returned None instead of AttributeError",
                RETURNING, [1], resembles=["findings/pypy-hpy-object-members-deleted.md"])]
    document["entries"] = [
        {"change": "newly crashing", "needsAttention": True, "scenario": "counters/first/a_counter_counts",
         "facet": "outcome", "observed": "crashed SIGSEGV", "expected": "completed", "before": "completed",
         "reference": "cpython@cpython-3.11", "cells": [f"universal@{PYPY}"],
         "message": "Fatal Python error: Segmentation fault", "since": since, "frequency": [],
         "show": "hpy-conform show counters/first/a_counter_counts@universal@pypy-7.3.19",
         "facts": [{"label": "outcome", "now": "crashed SIGSEGV", "before": "completed", "reference": "completed"},
                   {"label": "three", "before": "[1, 2, 3]", "reference": "[1, 2, 3]"}],
         "traceback": 'Fatal Python error: Segmentation fault\n\nCurrent thread 0x00007f3a (most recent call first):\n'
                      '  File "scenarios.py", line 15 in a_counter_counts\n',
         "output": "counting\n", "files": FILES, "line": 12},
        {"change": "new divergence", "needsAttention": True, "scenario": "counters/first/the_count_is_read_only",
         "label": "write", "facet": "exception type", "observed": "returned None",
         "expected": "raised AttributeError", "before": "raised AttributeError", "source": PROMISE,
         "cells": ["@".join(one) for one in broken], "since": dict(since, unknownBetween=2), "frequency": [],
         "show": "hpy-conform show counters/first/the_count_is_read_only@universal@cpython-3.11",
         "facts": [{"label": "write", "now": "returned None", "before": "raised AttributeError",
                    "reference": "raised AttributeError", "expected": "raised AttributeError", "source": PROMISE,
                    "holds": False},
                   {"label": "count", "now": "0", "before": "0", "reference": "0", "expected": "0", "holds": True}],
         "files": FILES, "line": 6},
        {"change": "better", "needsAttention": False,
         "scenario": "counters/first/a_deleted_member_stays_deleted", "label": "message", "facet": "value",
         "observed": "content", "expected": "content", "before": "(not recorded)", "cells": [f"universal@{PYPY}"],
         "frequency": ["3 of 4 attempts: content", "in 7 of the last 30 runs"],
         "show": "hpy-conform show counters/first/a_deleted_member_stays_deleted@universal@pypy-7.3.19",
         "facts": [], "files": FILES, "line": 18}]
    return document


def standing():
    """A night with nothing new: what is unexplained was there yesterday, too, and was reported then."""
    document = alarming()
    document["headline"] = {
        "level": "unexplained", "unexplained": 2,
        "text": "2 cells are unexplained, and none is new since run 1a2b3c4d of 2026-11-25",
        "details": ["2 earlier divergences are still not in the ledger."]}
    document["patterns"] = []
    for entry in document["entries"]:
        entry["needsAttention"] = False
    for row in document["suites"][0]["cases"][0]["scenarios"]:
        for one in row["cells"]:
            one["needsAttention"] = False
    entry = document["entries"][1]
    entry.update(change="still new", before=entry["observed"])
    entry["since"] = {"run": EARLIER, "started": "2026-11-24T03:12:00Z", "unknownBetween": 0, "changed": [], "runs": 3}
    for one in document["matrix"]["rows"][0]["places"]:
        one.update(attention=0, changed=0)
    return document


def lost_runtime():
    """A runtime's HPy went, which one entry says for the whole suite."""
    document = calm()
    document["headline"] = {
        "level": "attention", "unexplained": 0, "text": "15 cells are newly unsupported", "details": []}
    lost = []
    for row in document["suites"][0]["cases"][0]["scenarios"]:
        for one in row["cells"]:
            if one["runtime"] == PYPY and "universal" in one["lane"]:
                one.update(outcome="unsupported", verdict="not judged", change="newly unsupported", needsAttention=True,
                           message="pypy-7.3.19 has no HPy")
                one.pop("findings", None)
                lost.append("@".join((one["lane"], PYPY)))
    document["patterns"] = [
        pattern("no longer supported", "only " + PYPY, "universal lanes", "no longer supported",
                dict(CRASHING, observed="unsupported"), [0])]
    document["entries"] = [
        {"change": "newly unsupported", "needsAttention": True, "scenario": "counters", "facet": "outcome",
         "observed": "unsupported", "expected": "completed", "before": "completed", "cells": sorted(set(lost)),
         "frequency": [], "show": "hpy-conform show counters@universal@pypy-7.3.19", "facts": [], "files": []}]
    return document


def hundred():
    """A hundred new facts of ten kinds."""
    document = large(runtimes=4, suites=3, scenarios=40, entries=100)
    kinds = ["crash", "hang", "wrong exception", "wrong value", "leak", "wrong order", "other message", "flaky",
             "ledger no longer holds", "early end"]
    document["headline"]["text"] = "100 new divergences since run 1a2b3c4d of 2026-11-25"
    document["patterns"] = [
        pattern(kind, "only " + PYPY, "only universal lanes", "something is otherwise", RETURNING,
                list(range(number, 100, 10))) for number, kind in enumerate(kinds)]
    return document


def bare():
    """A first run of one runtime: no baseline, no history, no entries, no sources."""
    document = calm()
    document["headline"] = {
        "level": "calm", "unexplained": 0, "text": "Nothing is unexplained (there is no baseline)", "details": []}
    del document["baseline"]
    document["run"]["runtimes"] = document["run"]["runtimes"][:1]
    document.update(timeline=[], sources={}, findings=[], patterns=[], entries=[])
    del document["causes"]
    document["matrix"] = {"runtimes": [CPYTHON], "rows": []}
    one = document["suites"][0]["cases"][0]
    one["scenarios"] = [scenario("a_counter_counts", 12)]
    one["scenarios"][0]["cells"] = one["scenarios"][0]["cells"][:5]
    return document


def single():
    """A first run that belongs to a series: one point is no line."""
    document = bare()
    document["timeline"] = [moment(NOW, "2026-11-26T03:12:00Z", 0, 2, 98.0, 0.4)]
    return document


def empty():
    document = bare()
    document["suites"] = []
    return document


MARKUP = "</script><script>window.stolen=1</script><img src=x onerror=window.stolen=1>{{headline}}"
HOSTILE = (
    MARKUP, "</style></pre></details><h1>", "quote\"\u0301 onfocus=window.stolen=1 autofocus '\u0301", "<\u0338b>",
    "bell\u0007 escape\u001b[31mred nul\u0000 delete\u007f c1\u009b2J", "\ufffd\ufffd not UTF-8",
    "\u202egnp.exe\u202c \u2066isolate\u2069", "long" * 500)


def hostile():
    """Everything that comes from outside is what nobody wants in a page."""
    document = alarming()
    text = " ".join(HOSTILE)
    document["notes"] = list(HOSTILE)
    document["headline"]["text"] = "2 new divergences " + MARKUP
    first = document["entries"][0]
    first.update(scenario="counters/first/" + text, label=text, observed=text, expected=text, before=text,
                 source=text, reference=text, reason=text, link="javascript:window.stolen=1", message=text,
                 output=text, traceback=text, cells=["universal@" + text], show="hpy-conform show " + text)
    first["facts"] = [{"label": text, "now": text, "before": text, "reference": text, "expected": text, "source": text}]
    rows = document["suites"][0]["cases"][0]["scenarios"]
    rows.append({"name": text, "cells": [cell(text, text, text, text, "added", message=text, findings=0)]})
    document["suites"][0]["cases"].append({"name": text, "files": [text], "scenarios": []})
    document["sources"][text] = "\n".join(HOSTILE) + "\r\nlast"
    document["findings"][0][0] = {key: text for key in KNOWN}
    document["patterns"][0].update(kind=text, sentence=text, example=dict(RETURNING, cell=text, label=text))
    document["causes"][0]["runtime"] = text
    document["causes"][0]["causes"][0].update(
        name=text, reason=text, link="javascript:window.stolen=1", upstream="javascript:window.stolen=1", fixed=text,
        smallest=text, show=text)
    document["matrix"]["runtimes"][1] = text
    document["timeline"][0].update(run=text, started=text, changed=[text])
    document["run"].update(arguments=text, compiler=text, missing=[text])
    return document


def large(runtimes=12, suites=8, cases=1, scenarios=20, entries=400):
    """A night with everything: many runtimes, and a cause that shows in hundreds of places."""
    document = alarming()
    names = [f"cpython-3.{minor}" for minor in range(8, 8 + runtimes - 2)] + [PYPY, "pypy-8.0.1"]
    document["run"]["runtimes"] = [{"name": name, "title": name.replace("-", " ") + ", HPy 0.9.0", "changed": []}
                                   for name in names]
    document["matrix"] = {"runtimes": names, "rows": []}
    document["suites"] = []
    template = document["entries"][1]
    document["entries"] = []
    words = ("calls", "context", "deallocation", "modules", "inheritance", "members", "buffers", "slots")
    for suite in words[:suites]:
        document["matrix"]["rows"].append(
            {"suite": suite, "places": [place(conforming=700, known=90, notRun=10) for _ in names]})
        listed = []
        for number in range(cases):
            files = [f"{suite}/case-{number}/{file}" for file in ("scenarios.py", "hpy.c", "capi.c")]
            document["sources"].update(zip(files, (SCENARIOS * 8, HPY_C * 12, CAPI_C * 20)))
            found = []
            for index in range(scenarios):
                name = f"answer_{index}_is_kept_by_subclasses"
                cells = [cell(lane, runtime, **(dict(outcome="expectation failed", verdict="known",
                                                     change="still known", findings=0)
                                                if runtime == PYPY and index % 4 == 0 else {}))
                         for runtime in names for lane in LANES]
                if len(document["entries"]) < entries and index % 2:
                    document["entries"] += [dict(
                        copy.deepcopy(template), scenario=f"{suite}/case-{number}/{name}", files=files,
                        cells=[f"universal@{where}"]) for where in names[:5]]
                found.append({"name": name, "line": 6 + index, "cells": cells})
            listed.append({"name": f"case-{number}", "files": files, "scenarios": found})
        document["suites"].append({"name": suite, "cases": listed})
    document["patterns"] = [
        pattern("wrong exception", "5 of 12 runtimes", "only universal lanes", "returned None", RETURNING,
                list(range(len(document["entries"]))))]
    document["timeline"] = [
        moment(f"{day:08x}-0000", f"2026-{8 + day // 30:02}-{1 + day % 30:02}T03:12:00Z", int(day % 7 == 3),
               530 + day % 9, 95 + day % 11, None if day % 13 == 5 else 2 + day % 5) for day in range(90)]
    return document
