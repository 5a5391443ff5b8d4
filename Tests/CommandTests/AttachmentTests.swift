import Documents
import Foundation
import Model
import Platform
import Storing
import TestBuilders
import Testing

/// What a cell leaves beside its observations, under a name that no code between its maker and its reader knows.
@Suite("Attachments, the whole way through")
struct AttachmentTests {
  private static let name = "recorded-calls"

  /// Adds an attachment to the worker's list, as anyone would who makes one (conform_cell.py).
  private static let site = """
    import importlib.util
    import os
    import sys


    class Adding:
        def find_spec(self, name, path=None, target=None):
            if name != "conform_cell":
                return None
            sys.meta_path.remove(self)
            spec = importlib.util.find_spec(name)
            load = spec.loader.exec_module

            def load_and_add(module):
                load(module)
                module.ATTACHMENTS["\(name)"] = lambda file: os.write(file, b"called \\x1b[31mHPyLong_FromLong\\n")

            spec.loader.exec_module = load_and_add
            return spec


    sys.meta_path.insert(0, Adding())
    """

  @Test("one that the worker makes is stored, merged and shown by its name")
  func fromWorker() async throws {
    let project = try Project([
      "s/one/capi-heap.c": Sources.capi(["fine": "", "crash": "    abort();"]),
      "s/one/scenarios.py": Sources.scenarios([("fine", "record('x', 1)"), ("crashes", "ext.crash()")]),
    ])
    try project.write("../site/sitecustomize.py", Self.site)
    let site = project.root.appending(path: "site").path
    try project.program("python", "#!/bin/sh\nPYTHONPATH='\(site)' exec '\(Project.cpython)' \"$@\"\n")
    let run = try await project.run("run", "-r", project.root.appending(path: "python").path)
    #expect(run.exitCode == 1, "\(run.errors)")
    for (scenario, names) in [("fine", [Self.name]), ("crashes", [Self.name, "traceback"])] {
      let cell = try #require(try project.results()["\(scenario)@capi-heap"]?.cell.description)
      let document = try project.shown(cell)
      // Where a debugger is installed, the crash has its frames, too.
      let left = document.attempts[0].attachments.keys.filter { $0 != AttachmentName.backtrace.rawValue }
      #expect(left.sorted() == names)
      #expect(document.attempts[0].attachments[Self.name] == "called \u{1B}[31mHPyLong_FromLong\n")
      let shown = try await project.run("show", cell)
      #expect(shown.output == Printed.text(document))
      #expect(!shown.output.contains("\u{1B}"))
    }
    #expect(try await project.run("merge", "other.sqlite", project.database).exitCode == 0)
    let copy = try await project.run("show", "s/one/fine@capi-heap", "--db", "other.sqlite")
    #expect(copy.output == (try await project.run("show", "s/one/fine@capi-heap")).output)
  }

  @Test("one that only a database has is merged, outlives pruning with its run, and is shown beside the others")
  func fromDatabase() async throws {
    let project = try Project()
    let attachments = ["output": "printed\n", "traceback": "Fatal Python error\n", Self.name: "called f\ncalled g\n"]
    let attempts: [Attempt] = [
      .sample([.fact("1")]), .sample([.fact("2")], .crashed(signal: "SIGSEGV"), .fresh, attachments: attachments),
    ]
    var uuids: [String] = []
    do {
      let writer = try StoreWriter(path: project.database)
      for day in 1...2 {
        let header = RunHeader(
          started: Date(timeIntervalSince1970: Double(day) * 86_400), arguments: ["run"], compiler: "gcc",
          runtimes: [.sample()], files: [:], planned: 1)
        let recorder = try await RunRecorder(writer, header: header)
        await recorder.record(.sample(attempts: day == 1 ? [.sample()] : attempts), steps: [])
        try await recorder.finish(state: .finished, ledger: "", verdicts: [.conforming: 1])
        uuids.append(header.uuid.uuidString.lowercased())
      }
    }
    func check(_ path: String) async throws {
      let store = try Store(path: path)
      let run = try store.run(uuids[1])
      let result = try #require(try store.result(of: .sample(), in: run))
      let document = try CellDocument(result, of: run, in: store)
      #expect(document.attempts == attempts)
      let shown = try await project.run("show", "s/c/n", "--db", path)
      #expect(shown.output == Printed.text(document), "\(shown.errors)")
      for line in ["called f", "called g"] { #expect(shown.output.split(separator: "\n").contains("  \(line)")) }
    }
    try await check(project.database)
    let other = project.root.appending(path: "other.sqlite").path
    #expect(try await project.run("merge", other, project.database).exitCode == 0)
    try await check(other)
    #expect(try await project.run("prune", "--keep-runs", "1", "--db", other).exitCode == 0)
    #expect(try Store(path: other).runs().map(\.uuid) == [uuids[1]])
    try await check(other)
  }
}
