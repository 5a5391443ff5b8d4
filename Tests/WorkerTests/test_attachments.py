"""What a cell leaves beside its observations: named texts, of which only their maker knows the names."""

import json
import os
import re
import shutil
import tempfile
import unittest

from support import HERE, WORKER_FOLDER, WorkerTest, compiled

import conform_cell
import conform_server

SCENARIOS = '''
import os

from hpy_conform import record, scenario


@scenario
def silent(ext):
    record("x", 1)


@scenario
def prints(ext):
    print("printed")
    record("x", 1)


@scenario
def raises(ext):
    print("printed")
    raise ValueError("why")


@scenario
def raises_an_odd_text(ext):
    raise ValueError("\\udc80\\0why")


@scenario
def crashes(ext):
    print("x" * 1000 + "printed", flush=True)
    ext.segfault()


@scenario
def kill_parent(ext):
    print("printed", flush=True)
    ext.kill_parent()


@scenario
def kill_worker(ext):
    print("printed", flush=True)
    with open("/proc/%d/stat" % os.getppid()) as file:
        os.kill(int(file.read().rpartition(")")[2].split()[1]), 9)
    ext.spin()
'''

# The third attachment of these tests is added to conform_cell.py alone, as anyone would who makes one.
THIRD = '''
def _record_calls_to(file):
    hpy_conform.scenario = lambda function: _called(function, file)


def _called(function, file):
    def call(ext):
        os.write(file, b"called %s\\n" % function.__name__.encode("ascii"))
        function(ext)

    call.conform_scenario = True
    return call


ATTACHMENTS["recorded-calls"] = _record_calls_to


'''
END = 'if __name__ == "__main__":\n'


class AnswerTest(unittest.TestCase):
    """An answer as bytes: conform_server documents it."""

    def answer(self, *contents, **options):
        """The answer of a cell that left this in its files."""
        with tempfile.TemporaryDirectory() as folder:
            files = [conform_cell.open_new(os.path.join(folder, str(number))) for number in range(len(contents))]
            for file, content in zip(files, contents):
                os.write(file, content)
            answer = conform_server.answer("token", {"number": 7}, conform_server.taken(files, options.get("tail", 100)))
            self.assertEqual([os.fstat(file).st_size for file in files], [0] * len(files))
            for file in files:
                os.close(file)
        return answer

    def parts(self, *contents, **options):
        """The parts that its head names, and what follows the head."""
        head, _, blobs = self.answer(*contents, **options).partition(b"\n")
        token, size, head = head.split(b" ", 2)
        self.assertEqual((token, int(size)), (b"token", len(blobs)))
        self.assertEqual(json.loads(head.decode("ascii"))["number"], 7)
        return json.loads(head.decode("ascii"))["parts"], blobs

    def test_attachments_follow_the_result_by_name(self):
        """In the list's order, and without those that are empty."""
        result, out, trace = ["result", 6], ["output", 3], ["traceback", 5]
        self.assertEqual(self.parts(b"result", b"out", b"trace"), ([result, out, trace], b"resultouttrace"))
        self.assertEqual(self.parts(b"result", b"", b"trace"), ([result, trace], b"resulttrace"))
        self.assertEqual(self.parts(b"result", b"out", b""), ([result, out], b"resultout"))
        self.assertEqual(self.parts(b"", b"", b""), ([["result", 0]], b""))

    def test_a_head_is_json(self):
        """Whatever its values are."""
        head = {"a": None, "b": True, "c": False, "d": 0, "e": 1, "f": -2.5, "g": 0.000001, "h": 'no "space"\n\u00e9\u2028'}
        line = conform_server.answer("t", head, conform_server.taken([conform_cell.new_file("result")], 1))
        self.assertEqual(repr(json.loads(line.decode("ascii").split(" ", 2)[2])), repr(dict(head, parts=[["result", 0]])))

    def test_the_last_bytes_of_each_attachment_are_kept(self):
        """The result is kept as a whole."""
        self.assertEqual(self.parts(b"result", b"out", b"trace", tail=4)[1], b"resultoutrace")

    def test_an_answer_is_taken_when_the_whole_of_it_is_there(self):
        """And no sooner."""
        answers = self.answer(b"result\n", b"out", b"tr=ce"), self.answer(b"", b"", b"")
        for answer in answers:
            for end in range(len(answer)):
                self.assertIsNone(conform_server.whole_answer(answer[:end], "token"))
            for more in (b"",) + answers:
                self.assertEqual(conform_server.whole_answer(answer + more, "token"),
                                 (answer.index(b"{"), len(answer)))

    def test_what_has_another_token_is_no_answer(self):
        """Nor what has none, or a head that says nothing; it is refused as soon as that can be seen."""
        for data in [b"tokem", b"x", b"\n", self.answer(b"result")[1:], b"token {}\n", b"token [1]\n", b"token -1 {}\n"]:
            with self.assertRaises(conform_server.Malformed):
                conform_server.whole_answer(data, "token")

    def test_names_are_fit_for_an_answer_and_for_a_file(self):
        """None is the result's, which has a file of its own."""
        for name in conform_cell.ATTACHMENTS:
            self.assertTrue(re.match(r"[a-z][a-z0-9-]*\Z", name), name)
            self.assertNotEqual(name, "result")


class AttachmentsTest(WorkerTest):
    scenarios = SCENARIOS

    def test_nothing_is_attached_where_nothing_was_said(self):
        """Be the process forked or started."""
        for fresh in (False, True):
            self.assertEqual(self.run_cell("silent", fresh=fresh).attachments, {})
            self.assertEqual(self.run_cell("prints", fresh=fresh).attachments, {"output": "printed\n"})

    def test_the_end_mark_attaches_by_the_same_name(self):
        """A traceback of Python's comes that way, since it is known at the end."""
        for fresh in (False, True):
            reply = self.run_cell("raises", fresh=fresh)
            self.assertEqual(sorted(reply.attachments), ["output", "traceback"])
            self.assertEqual(reply.end["attachments"]["traceback"], reply.attachment("traceback"))
            self.assertIn("ValueError: why", reply.attachment("traceback"))

    def test_a_traceback_is_fit_for_json_and_sql(self):
        """A lone surrogate, which decoders refuse, and NUL, at which SQLite ends a text, are escaped."""
        for fresh in (False, True):
            reply = self.run_cell("raises_an_odd_text", fresh=fresh)
            self.assertEqual(reply.outcome, "raised")
            self.assertIn("ValueError: \\udc80\\x00why", reply.attachment("traceback"))

    def test_a_broken_scenario_file_attaches_its_traceback(self):
        """So its author sees where it broke."""
        reply = self.run_cell("silent", scenarios=self.write("broken.py", "def broken():\n    1 / 0\nbroken()\n"))
        self.assertEqual((reply.outcome, list(reply.end["attachments"])), ("invalid case", ["traceback"]))
        self.assertIn("in broken", reply.attachment("traceback"))

    def test_the_request_says_how_much_is_kept_of_each(self):
        """The last bytes of it."""
        for fresh in (False, True):
            reply = self.run_cell("crashes", fresh=fresh, tail=10)
            self.assertEqual(reply.outcome, "crashed SIGSEGV")
            self.assertEqual(reply.attachment("output"), "xxprinted\n")
            self.assertEqual(len(reply.attachment("traceback")), 10)

    def test_what_a_lost_cell_attached_still_comes(self):
        """From its files, since nobody is left to say how it ended."""
        lost, after = self.run_cells(["kill_parent", "silent"], tail=5)
        self.assertEqual((lost.outcome, lost.attachments), ("lost", {"output": "nted\n"}))
        self.assertEqual((after.outcome, after.attachments), ("completed", {}))

    def test_a_lost_worker_leaves_a_file_for_each(self):
        """The greeting says which they are; the result's is there as well, and no other."""
        worker = self.start_worker()
        worker.send(self.request("kill_worker", fresh=True))
        self.assertIsNone(worker.read(None))
        self.assertEqual(sorted(worker.greeting["files"]), ["output", "result", "traceback"])
        self.assertEqual(worker.left("output"), "printed\n")


class ThirdAttachmentTest(WorkerTest):
    """An attachment of which nobody but conform_cell.py knows."""

    scenarios = SCENARIOS

    @classmethod
    def start_worker(cls, **options):
        files = os.path.join(cls.folder, "Python")
        if not os.path.exists(files):
            shutil.copytree(WORKER_FOLDER, files)
            path = os.path.join(files, "conform_cell.py")
            with open(path) as file:
                before, end, after = file.read().rpartition(END)
            with open(path, "w") as file:
                file.write(before + THIRD + end + after)
        return super().start_worker(files=files, **options)

    def test_it_arrives(self):
        """Of a cell that shares what is loaded, of one that loads for itself, and of a process of its own."""
        loads_itself = compiled(os.path.join(HERE, "loading.c"), self.folder, "print", ["LOADING=print"])
        for changes, others in [({}, {}), ({"fresh": True}, {}), ({"binary": loads_itself}, {"output": "loaded\n"})]:
            reply = self.run_cell("silent", **changes)
            self.assertEqual(reply.outcome, "completed")
            self.assertEqual(reply.attachments, dict(others, **{"recorded-calls": "called silent\n"}))

    def test_each_cell_has_its_own(self):
        """Nothing is left of the cell before."""
        replies = self.run_cells(["silent", "prints", "silent"])
        self.assertEqual([one.attachments for one in replies], [
            {"recorded-calls": "called silent\n"}, {"output": "printed\n", "recorded-calls": "called prints\n"},
            {"recorded-calls": "called silent\n"}])

    def test_it_arrives_of_a_crash(self):
        """Beside what the fault handler wrote."""
        reply = self.run_cell("crashes", tail=8)
        self.assertEqual(reply.outcome, "crashed SIGSEGV")
        self.assertEqual(sorted(reply.attachments), ["output", "recorded-calls", "traceback"])
        self.assertEqual(reply.attachment("recorded-calls"), "crashes\n")

    def test_it_arrives_of_a_lost_cell(self):
        """By the worker's answer, or by the file of its name."""
        reply = self.run_cell("kill_parent")
        self.assertEqual((reply.outcome, reply.attachment("recorded-calls")), ("lost", "called kill_parent\n"))
        worker = self.start_worker()
        worker.send(self.request("kill_worker", fresh=True))
        self.assertIsNone(worker.read(None))
        self.assertEqual(worker.left("recorded-calls"), "called kill_worker\n")


if __name__ == "__main__":
    unittest.main()
