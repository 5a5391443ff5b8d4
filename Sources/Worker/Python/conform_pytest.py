"""A package's own tests as scenarios: finds them, and runs one of them in a cell.

`conform_pytest.py FOLDER ROOT TEST...` lists what pytest collects: FOLDER holds the installed packages, each TEST is a
file, a folder or a node of pytest's below ROOT. The last line of standard output is one JSON object:
{"tests": [{"name", "line"}, ...], "refused": [{"name", "message"}, ...]: files that can't be collected,
 "problem": text or null}

A test's name is pytest's node ID in a form that is a scenario's name: `sub/test_x.py::TestA::test_b[1/2]` is
`sub.test_x::TestA::test_b[1%2F2]`.
"""

import gc
import io
import os
import sys

_OPTIONS = ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov", "-o", "addopts=", "--color=no"]
_CODED = "%/@*?\\"  # what separates a name's parts, or means something in patterns


def main(folder, root, *tests):
    """Print what pytest collects."""
    import conform_json

    _import_from(folder)
    found = {"tests": [], "refused": [], "problem": None}
    try:
        import pytest

        collector = _Collector()
        paths = [os.path.join(root, one) for one in tests]
        status = pytest.main(_options(root) + ["--collect-only", "-q"] + paths, plugins=[collector])
        found["tests"] = [{"name": name_of(item.nodeid), "line": (item.location[1] or 0) + 1} for item in collector.items]
        found["refused"] = [{"name": name_of(node), "message": text} for node, text in collector.refused]
        if not found["refused"] and int(status) not in (0, 5):
            found["problem"] = "pytest ended with status %d" % status
    except BaseException as error:
        found["problem"] = "%s: %s" % (type(error).__name__, error)
    sys.stdout.flush()
    sys.stdout.write("\n" + conform_json.dumps(found) + "\n")
    sys.stdout.flush()
    os._exit(0)  # threads that a package left need no end


def name_of(node):
    """The scenario's name for a node ID."""
    file, rest = (node.split("::", 1) + [""])[:2]
    path = file[:-3] if file.endswith(".py") else file
    return path.replace("/", ".") + "::" + "".join(
        "%%%02X" % ord(one) if one in _CODED or ord(one) < 33 or ord(one) == 127 else one for one in rest)


def node_of(name):
    """The node ID for a scenario's name."""
    file, rest = name.split("::", 1)
    parts = rest.split("%")
    return file.replace(".", "/") + ".py::" + parts[0] + "".join(chr(int(one[:2], 16)) + one[2:] for one in parts[1:])


class Collection:
    """What pytest collects, for cells that run one test each.

    pytest.main() collects and runs in one go. Here a fork lies between, so that many cells share what was collected.
    """

    def __init__(self, root, tests):
        """root: the folder that node IDs are relative to.   tests: files, folders or node IDs."""
        from _pytest.config import _prepareconfig
        from _pytest.main import Session

        self._root, self._report = root, _Report()
        scratch = os.path.join(os.getcwd(), "pytest")
        options = _options(root) + ["-q", "-s", "-p", "no:faulthandler", "--basetemp", scratch]
        out, sys.stdout = sys.stdout, io.StringIO()  # where its reporter writes from now on
        try:
            config = _prepareconfig(options + [os.path.join(root, one) for one in tests], [self._report])
            session = Session.from_config(config)
            config._do_configure()
            config.hook.pytest_sessionstart(session=session)
            try:
                config.hook.pytest_collection(session=session)
            except BaseException as error:  # some files may have been collected all the same
                self._report.text = "%s: %s" % (type(error).__name__, error)
        finally:
            sys.stdout = out
        gc.collect()  # files that nobody holds are closed; those that stay open, cells can't share
        self._session = session
        self._items = {name_of(item.nodeid): item for item in getattr(session, "items", ())}

    def run(self, name):
        """Run one test; None, or why it skips itself here.

        Its end is an observation, and a failure's text is printed.
        """
        import hpy_conform

        report, item = self._report, self._items.get(name)
        scratch = os.getcwd()
        os.chdir(self._root)
        if item is not None:
            self._session.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        os.chdir(scratch)
        if report.text:
            print(report.text)
        if report.end is None:
            report.end = "not collected"
        if report.end == "skipped":
            return report.reason
        hpy_conform.expect(
            "test", report.end, hpy_conform.one_of("passed", "failed as expected"),
            source="the package's own test, " + node_of(name))
        return None


def _options(root):
    return _OPTIONS + ["--rootdir", root, "--confcutdir", root]


def _import_from(folder):
    """As a cell imports (conform_cell)."""
    import conform_cell

    conform_cell.enter_environment(folder)


class _Collector:
    def __init__(self):
        self.items, self.refused = [], []

    def pytest_collection_modifyitems(self, items):
        self.items = list(items)

    def pytest_collectreport(self, report):
        if report.failed:
            lines = [line for line in str(report.longrepr).splitlines() if line.strip()]
            last = lines[-1].strip() if lines else "not collected"
            self.refused.append((report.nodeid or "tests", last[2:].strip() if last.startswith("E ") else last))


class _Report:
    """What becomes of a test: .end, None as long as it has none; .reason of a skip; .text of a failure."""

    def __init__(self):
        self.end = None
        self.reason = self.text = ""
        self._type = None

    def pytest_runtest_makereport(self, call):
        self._type = call.excinfo.type if call.excinfo else None

    def pytest_runtest_logreport(self, report):
        if report.failed:
            import hpy_conform

            kind = hpy_conform.qualified_name(self._type) if self._type else "unexpected success"
            where = "" if report.when == "call" else " in %s" % report.when
            self.end = "failed%s: %s" % (where, kind)
            self.text = getattr(report, "longreprtext", str(report.longrepr))
        elif report.skipped and hasattr(report, "wasxfail"):
            self.end = self.end or "failed as expected"
        elif report.skipped:
            self.end = self.end or "skipped"
            told = report.longrepr
            self.reason = str(told[2] if isinstance(told, tuple) else told)
        elif report.when == "call":
            self.end = self.end or "passed"


if __name__ == "__main__":
    main(*sys.argv[1:])
