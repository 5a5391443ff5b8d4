"""What the targets' own tests say about one interpreter with a fault; kept, so that nothing is measured twice."""
import hashlib
import os
import re
import shutil
import signal
import subprocess
import time

from common import HARNESS_FAILED, Trouble, say, write


class Reference:
    """The tests of a target. A subclass says how they are run, and which of them fail."""

    def __init__(self, options, target, verdicts):
        self.options, self.target, self.verdicts = options, target, verdicts
        self.built = hashlib.sha256(target.identity.encode()).hexdigest()[:8]
        self.folder = os.path.join(options.work, "reference")

    def command(self, python, without=None):
        """How to run all tests but those of `without`; with them, to stop at the first failure."""
        raise NotImplementedError

    def failures(self, output):
        """The sorted names of tests that failed."""
        raise NotImplementedError

    def passed(self, output):
        """How many tests passed."""
        raise NotImplementedError

    def prepare(self):
        """Makes the folder that they are run in."""
        os.makedirs(self.folder, exist_ok=True)

    def confirmed(self, python, output):
        """Whether a failure is one when it is tried again; what fails by chance is no notice of a fault."""
        return True

    def run(self, command, limit):
        """(exit code, output); the exit code is None if they took too long."""
        self.prepare()
        process = subprocess.Popen(
            command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            start_new_session=True, env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1"))
        try:
            output = process.communicate(timeout=limit)[0].decode("utf-8", "replace")
            return process.returncode, output
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if isinstance(error, subprocess.TimeoutExpired):
                return None, "timed out"
            raise

    def failing(self):
        """{tests: those that fail without a fault, passed: how many pass}."""
        key = "failing %s" % self.built
        if key not in self.verdicts.known:
            say("%s without a fault, once" % self.target.their_tests)
            code, output = self.run(self.command(self.target.interpreter_without_fault()), 3600)
            if not self.passed(output):
                raise Trouble("%s don't run without a fault (exit code %s):\n%s" % (
                    self.target.their_tests, code, output[-1500:]))
            self.verdicts.keep(key, {"tests": self.failures(output), "passed": self.passed(output)})
        return self.verdicts.known[key]

    def known_failing(self):
        return self.verdicts.known.get("failing %s" % self.built)

    def measure(self, name, python):
        """{noticed, first, seconds}, or None if they are not to be run and it isn't known."""
        key = "reference %s %s" % (name, self.built)
        if key in self.verdicts.known or self.options.no_reference:
            return self.verdicts.known.get(key)
        without = self.failing()["tests"]
        started = time.time()
        code, output = self.run(self.command(python, without), self.options.reference_timeout)
        if code in (130, -signal.SIGINT, -signal.SIGTERM):
            raise Trouble("%s were stopped with %s: say the same command again" % (self.target.their_tests, name),
                          HARNESS_FAILED)
        write(os.path.join(self.options.work, "reference.log"), output.encode())
        noticed = code != 0 and (code is None or self.confirmed(python, output))
        first = "timed out" if code is None else (self.failures(output) or ["exit code %s" % code])[0]
        return self.verdicts.keep(key, {"noticed": noticed, "first": first if noticed else None,
                                        "seconds": round(time.time() - started, 1)})


class HPyTests(Reference):
    """HPy's own tests. They compile against what is installed: headers and static libraries."""

    def prepare(self):
        if not os.path.exists(os.path.join(self.folder, "complete")):
            # Apart from HPy's sources, which else would be imported instead of the installed HPy.
            shutil.rmtree(self.folder, ignore_errors=True)
            for part in ("test", "docs"):
                shutil.copytree(os.path.join(self.target.source, part), os.path.join(self.folder, part))
            write(os.path.join(self.folder, "complete"), b"")

    def command(self, python, without=None):
        words = [python, "-m", "pytest", "test", "-q", "-p", "no:cacheprovider", "-n", "2"]
        if without is None:
            return words + ["-rfE"]
        return words + ["-x"] + [word for test in without for word in ("--deselect", test)]

    def failures(self, output):
        """Ids of tests; they may have blanks in brackets."""
        return sorted(set(re.findall(r"^(?:FAILED|ERROR) (test/\S+?(?:\[.*?\])?)(?: - .*)?$", output, re.M)))

    def passed(self, output):
        found = re.search(r"\b(\d+) passed", output)
        return int(found.group(1)) if found else 0


class CPythonTests(Reference):
    """CPython's own tests of the areas in which faults are seeded, by its `regrtest`: files in processes of their own."""

    FILES = ["test_" + name for name in """
        descr capi gc finalization weakref class super subclassinit types abc isinstance copy metaclass property call
        richcmp hash""".split()]

    def words(self, python, files, without):
        words = [python, "-m", "test", "-j2", "--timeout", "300", "--verbose"]
        for test in without or ():
            # `name (module.Class.name)` as unittest writes it; regrtest's patterns are of ids.
            words += ["--ignore", re.sub(r"^\S+ \((?:test\.)?(\S+)\)$", r"*\1", test)]
        return words + (["--failfast"] if without is not None else []) + files

    def command(self, python, without=None):
        return self.words(python, self.FILES, without)

    def failures(self, output):
        tests = re.findall(r"^(?:FAIL|ERROR): (\S+ \(\S+\))", output, re.M)
        return sorted(set(tests)) or self.files(output)

    def files(self, output):
        """The files that failed, also where no test is to blame, as when a process crashed."""
        return sorted(set(re.findall(r"^(?:0:\d\d:\d\d .*)?\[ *\d+/\d+(?:/\d+)?\] (test_\w+) (?:failed|crashed|timed out)",
                                     output, re.M)))

    def passed(self, output):
        return sum(int(ran) for ran in re.findall(r"^Ran (\d+) tests? in ", output, re.M)) - len(self.failures(output))

    def confirmed(self, python, output):
        files = self.files(output)
        if not files:
            return True
        return self.run(self.words(python, files, self.failing()["tests"]), self.options.reference_timeout)[0] != 0
