"""What the two targets share: something built once, its commands recorded, of which copies with a fault are made."""
import os

from common import Trouble, call, read, write


class Target:
    """A subclass says what it is called, how it is built, and how a copy with a fault is made."""

    name = version = their_tests = equivalents = lanes = None
    # By the word of a NotSeeded: why faults are passed over.
    passed_over = {}
    # Themes of the suites, by function.
    areas = {}
    # Whether `explore` is part of a run.
    explores = False

    def __init__(self, work, interpreter):
        self.work, self.interpreter = work, os.path.abspath(interpreter)

    def __str__(self):
        return "%s %s" % (self.name, self.version)

    def prepare(self):
        """Builds it, unless that was done with the same identity, and reads its commands."""
        if not os.path.exists(self.interpreter):
            raise Trouble("no interpreter %s: `make runtimes` makes it" % self.interpreter)
        self.identity = "%s\n%s" % (self.identify(), call(["gcc", "--version"]).decode().splitlines()[0])
        prepared = os.path.join(self.work, "prepared")
        if not os.path.exists(prepared) or read(prepared).decode() != self.identity:
            self.build()
            write(prepared, self.identity.encode())
        self.read_commands()

    def beside(self):
        """An interpreter without a fault that runs are compared with; None for none."""
        return None

    def seedable(self, function, file):
        """Whether faults are drawn from a function."""
        return True
