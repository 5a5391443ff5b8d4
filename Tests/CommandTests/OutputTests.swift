import Foundation
import Model
import Platform
import Testing

/// What is printed arrives, or the exit code says that it did not.
@Suite("Output that does not arrive")
struct OutputTests {
  private static func project() async throws -> Project {
    let project = try Project([
      "s/good/capi.c": Sources.capi(["fine": ""]),
      "s/good/scenarios.py": Sources.scenarios([("works", "expect('fine', ext.fine(), None, source='document')")]),
    ])
    let run = try await project.run("run")
    try #require(run.exitCode == 0, "\(run.errors)")
    return project
  }

  /// The command in a shell, which sends its output where a test wants it; `$0` is the command.
  private static func shell(_ script: String, in project: Project) async throws -> Tool.Result {
    try await Tool.run("/bin/bash", ["-c", script, Project.command], directory: project.root.path)
  }

  @Test("a full standard output is told, whatever the command is, and the exit code is that of a lack of the machine")
  func full() async throws {
    let project = try await Self.project()
    let commands = [
      "run", "run --dry-run", "list", "list --lanes-only", "runs", "show", "show s/good/works@capi-heap",
      "judge latest", "report", "report --format json", "report --format html", "report --format junit",
      "report --format markdown", "compare capi-heap capi-static", "runtimes cpython-3.11",
      "runtimes cpython-3.11 --format json", "baseline", "prune --keep-runs 1 --dry-run", "--help", "--version",
      "run --help", "--generate-completion-script bash",
    ]
    for command in commands {
      let run = try await Self.shell("\"$0\" \(command) >/dev/full", in: project)
      #expect(run.exitCode == 69, "\(command): \(run.errors)")
      #expect(
        run.errors.hasSuffix(
          "hpy-conform: standard output: No space left on device; write somewhere else; recorded results are kept, and "
            + "`hpy-conform report` shows them again\n"), "\(command): \(run.errors)")
      #expect(run.errors.ranges(of: "standard output").count == 1, "\(command): \(run.errors)")
    }
    #expect(try project.latest().run.state == .finished)
    let closed = try await Self.shell("\"$0\" runs >&-", in: project)
    #expect(closed.exitCode == 69)
    #expect(closed.errors.contains("standard output: Bad file descriptor"), "\(closed.errors)")
  }

  @Test("a reader that has had enough is no trouble: nothing is said, and the exit code is the command's own")
  func closedPipe() async throws {
    let project = try await Self.project()
    for command in ["report --format html", "list", "--help", "show"] {
      let run = try await Self.shell("\"$0\" \(command) | true; exit ${PIPESTATUS[0]}", in: project)
      #expect(run.exitCode == 0, "\(command)")
      #expect(run.errors.isEmpty, "\(command): \(run.errors)")
    }
  }

  @Test("a standard error that takes nothing leaves the exit code as it is")
  func fullErrors() async throws {
    let project = try await Self.project()
    #expect(try await Self.shell("\"$0\" run nowhere 2>/dev/full", in: project).exitCode == 64)
    #expect(try await Self.shell("\"$0\" run nowhere 2>&-", in: project).exitCode == 64)
  }

  @Test("a report that can't be written whole is told with its path; the one before stays, and no half one is left")
  func reportFile() async throws {
    let project = try await Self.project()
    // A hundred findings, so that the page has more than the limit below.
    let findings = (0..<100).map { "expect('fine \($0)', ext.fine(), \($0), source='document')" }
    try project.write("s/good/scenarios.py", Sources.scenarios([("fails", findings.joined(separator: "; "))]))
    #expect(try await project.run("run").exitCode == 1)
    let file = project.root.appending(path: "old.html")
    try Data("old".utf8).write(to: file)
    let before = try FileManager.default.contentsOfDirectory(atPath: project.root.path).sorted()
    // Files of 33 KiB at most, which is enough for the database.
    let tooBig = try await Self.shell(
      "trap '' XFSZ; ulimit -f 33; \"$0\" report --format html -o old.html", in: project)
    #expect(tooBig.exitCode == 69)
    #expect(tooBig.errors.contains("/old.html: can't be written: File too large; free some space"), "\(tooBig.errors)")
    #expect(try String(contentsOf: file, encoding: .utf8) == "old")
    #expect(try FileManager.default.contentsOfDirectory(atPath: project.root.path).sorted() == before)
    for (place, reason) in [
      ("/dev/full", "No space left on device"), ("Suites", "Is a directory"), ("/proc/report", "No such file"),
      (String(repeating: "x", count: 300), "File name too long"),
    ] {
      let run = try await project.run("report", "-o", place)
      #expect(run.exitCode == 69, "\(run.errors)")
      #expect(run.errors.contains("can't be written: \(reason)"), "\(run.errors)")
    }
    // A link stays one, and what it leads to is written.
    try FileManager.default.createSymbolicLink(
      atPath: project.root.appending(path: "link.html").path, withDestinationPath: "old.html")
    #expect(try await project.run("report", "--format", "html", "-o", "link.html").exitCode == 1)
    #expect(try String(contentsOf: file, encoding: .utf8).contains("<html"))
  }
}
