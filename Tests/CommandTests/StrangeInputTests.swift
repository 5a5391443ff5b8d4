import Foundation
import Model
import Platform
import Testing

/// What stands where a file of a person's is expected: told with its place, in the exit code of whose fault it is, and
/// never waited for.
@Suite("Strange files, on the command line")
struct StrangeInputTests {
  private static func project(_ more: [String: String] = [:]) throws -> Project {
    try Project(
      [
        "s/good/capi-heap.c": Sources.capi(["fine": ""]),
        "s/good/scenarios.py": Sources.scenarios([("works", "expect('fine', ext.fine(), None, source='document')")]),
      ].merging(more) { $1 })
  }

  /// Puts something else than a file at a path below the project.
  private static func put(_ kind: String, at path: String, in project: Project) throws {
    let place = project.root.appending(path: path).path
    try? FileManager.default.removeItem(atPath: place)
    switch kind {
    case "link": try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: "gone/away")
    case "loop": try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: place)
    case "pipe": try #require(mkfifo(place, 0o644) == 0)
    default: try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    }
  }

  @Test(
    "a configuration or a ledger that is no file ends the command",
    arguments: [
      ("hpy-conform.toml", "link", 64, "is a link to gone/away, which does not exist"),
      ("hpy-conform.toml", "pipe", 64, "is a named pipe, expected a file"),
      ("hpy-conform.toml", "folder", 64, "is a folder, expected a file"),
      ("hpy-conform.toml", "loop", 69, "can't be read: Too many levels of symbolic links"),
      ("Suites/s/ledger.toml", "link", 64, "is a link to gone/away, which does not exist"),
      ("Suites/s/ledger.toml", "pipe", 64, "is a named pipe, expected a file"),
      ("Suites/t", "link", 64, "is a link to gone/away, which does not exist"),
    ] as [(String, String, Int32, String)])
  func ended(path: String, kind: String, code: Int32, message: String) async throws {
    let project = try Self.project()
    try Self.put(kind, at: path, in: project)
    let run = try await project.run("list", limit: 60)
    #expect(run.exitCode == code, "\(run.errors)")
    #expect(run.errors.contains("\(path): \(message)"), "\(run.errors)")
  }

  @Test(
    "a file of a case that is none is that case's problem alone",
    arguments: [
      ("case.toml", "link", "is a link to gone/away"), ("case.toml", "pipe", "is a named pipe"),
      ("scenarios.py", "link", "is a link to gone/away"), ("scenarios.py", "pipe", "is a named pipe"),
      ("capi.c", "link", "is a link to gone/away"), ("hpy.c", "pipe", "is a named pipe"),
      ("extra.h", "link", "is a link"),
    ])
  func recorded(file: String, kind: String, message: String) async throws {
    let project = try Self.project([
      "s/strange/capi-heap.c": Sources.capi(["fine": ""]),
      "s/strange/scenarios.py": Sources.scenarios([("other", "expect('fine', ext.fine(), None, source='document')")]),
    ])
    try Self.put(kind, at: "Suites/s/strange/\(file)", in: project)
    let run = try await project.run("list", limit: 60)
    #expect(run.exitCode == 64, "\(run.errors)")
    #expect(run.output.contains("s/strange/\(file): \(message)"), "\(run.output)")
    #expect(run.output.contains("works"))
  }

  @Test(
    "a text that is no TOML, or no text, is told with its line",
    arguments: [
      ("[[cause]]\n[=]\n", "ledger.toml:2: not valid TOML: expected a key"),
      ("[", "ledger.toml:1: not valid TOML: expected a key"), ("[é]", "got `é`"),
      ("a = 1979-05-27T:00", "got `1979-05-27T:00`"), ("a = [\u{2028}]", "the character U+2028"),
      ("\n\na = \"\u{1B}[31m\"", "ledger.toml:3: not valid TOML"),
      ("a = " + String(repeating: "[", count: 100_000), "levels of nesting"),
    ])
  func malformed(text: String, message: String) async throws {
    let project = try Self.project(["s/ledger.toml": text])
    let run = try await project.run("list", limit: 60)
    #expect(run.exitCode == 64, "\(run.errors)")
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(!run.errors.contains("\u{1B}"))
  }

  @Test("an interpreter of the configuration that does not start is told with the line that names it")
  func interpreter() async throws {
    let project = try Self.project()
    try project.write(
      "../hpy-conform.toml", "# ours\n[[runtime]]\nname = \"mine\"\ninterpreter = \"/nowhere/python\"\n")
    let run = try await project.run("list", limit: 60)
    #expect(run.exitCode == 69, "\(run.errors)")
    #expect(run.errors.contains("hpy-conform.toml:3: mine (/nowhere/python): does not start"), "\(run.errors)")
  }

  @Test("an interpreter that answers nonsense about scenario files is the machine's fault, and told as that")
  func nonsense() async throws {
    let project = try Self.project()
    try project.program(
      "python", "#!/bin/sh\ncase \"$1\" in *conform_reader.py) echo nonsense;; *) exec /usr/bin/python3 \"$@\";; esac\n"
    )
    let run = try await project.run("list", "-r", project.root.appending(path: "python").path, limit: 60)
    #expect(run.exitCode == 69, "\(run.errors)")
    #expect(run.errors.contains("answers `nonsense"), "\(run.errors)")
    #expect(
      run.errors.contains("debugDescription") == false && !run.errors.contains("internal error"), "\(run.errors)")
  }

  @Test("what is in a database's place and is none is told by every command, and never waited for")
  func database() async throws {
    let project = try Self.project()
    try Self.put("pipe", at: "pipe", in: project)
    for arguments in [["runs", "--db", "pipe"], ["run", "--db", "pipe"], ["merge", "out.sqlite", "pipe"]] {
      let run = try await project.run(arguments, limit: 60)
      #expect(run.exitCode == 64, "\(run.errors)")
      #expect(run.errors.contains("pipe: is a named pipe, expected a database"), "\(run.errors)")
    }
    #expect(try await project.run("compare", "pipe", "latest", limit: 60).exitCode == 64)
  }
}
