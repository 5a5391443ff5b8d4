import Documents
import Foundation
import Platform
import Storing
import Testing

/// The examples in `Sources/Setup/nightly` do what they say: each is carried out in a project of its own.
@Suite("Starting a nightly")
struct ScheduleTests {
  private static let folder = Project.checkout.appending(path: "Sources/Setup/nightly")

  private static func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }

  /// A checkout at `folder` as the examples expect it: the command where a release build puts it.
  private static func checkout(at folder: URL, promised: Int) throws -> Project {
    let project = try Project([
      "s/c/capi-heap.c": Sources.capi(["answer": "    return PyLong_FromLong(1);"]),
      "s/c/scenarios.py": Sources.scenarios([("answers", "expect('a', ext.answer(), \(promised), source='a document')")]
      ),
    ])
    let release = folder.appending(path: ".build/release")
    try FileManager.default.createDirectory(at: release, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: release.appending(path: "hpy-conform").path, withDestinationPath: Project.command)
    for name in ["Suites", "hpy-conform.toml"] {
      try FileManager.default.createSymbolicLink(
        at: folder.appending(path: name), withDestinationURL: project.root.appending(path: name))
    }
    return project
  }

  private static func home() throws -> URL {
    let home = FileManager.default.temporaryDirectory.appending(path: "home-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    return home
  }

  @Test("cron's line is silent when nothing is new, and prints the report when something is", arguments: [1, 2])
  func cron(promised: Int) async throws {
    let home = try Self.home()
    defer { try? FileManager.default.removeItem(at: home) }
    let folder = home.appending(path: "checkout")
    let project = try Self.checkout(at: folder, promised: promised)
    defer { withExtendedLifetime(project) {} }
    // crontab(5): comments, NAME=value, and five fields with the command behind them.
    let lines = try Self.text("crontab").split(separator: "\n").filter { !$0.hasPrefix("#") }
    let settings = lines.filter { $0.contains(#/^\w+=/#) }.map { $0.split(separator: "=", maxSplits: 1)[0] }
    #expect(settings == ["HPY_CONFORM"])
    let jobs = lines.filter { !$0.contains(#/^\w+=/#) }
    try #require(jobs.count == 1)
    let fields = jobs[0].split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
    #expect(fields.prefix(5) == ["17", "3", "*", "*", "*"])
    #expect(!fields[5].contains("%"), "a line end to cron")
    // What cron gives a job, and no more.
    let environment = [
      "HOME": home.path, "LOGNAME": "tester", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin",
      "HPY_CONFORM": folder.path,
    ]
    let run = try await Tool.run(
      "/bin/sh", ["-c", String(fields[5])], environment: environment, directory: home.path, limit: 240)
    #expect(run.errors == "")
    let store = try Store(path: folder.appending(path: "Results/results.sqlite").path)
    let night = try store.run(named: "latest")
    #expect(night.series == "nightly")
    let report = try ReportDocument(night, baseline: nil, in: store)
    #expect(report.headline.level == (promised == 1 ? .calm : .attention))
    let reports = folder.appending(path: "Results/nightly").path
    #expect(run.output == (promised == 1 ? "" : Printed.text(report) + "reports: \(reports)\n"))
  }

  private static let units = ["hpy-conform-nightly.service", "hpy-conform-nightly.timer"]
  private static let analyze = "/usr/bin/systemd-analyze"

  @Test(
    "systemd takes the unit and its timer without a word",
    .enabled(if: FileManager.default.isExecutableFile(atPath: analyze), "Debian's package systemd has systemd-analyze"))
  func verify() async throws {
    let home = try Self.home()
    defer { try? FileManager.default.removeItem(at: home) }
    let project = try Self.checkout(at: home.appending(path: "hpy-conform"), promised: 1)
    defer { withExtendedLifetime(project) {} }
    for name in Self.units {
      let text = try Self.text(name).replacing("%h", with: home.path)
      try Data(text.utf8).write(to: home.appending(path: name))
    }
    let verify = try await Tool.run(
      Self.analyze, ["verify", "--man=no"] + Self.units.map { home.appending(path: $0).path }, environment: [:],
      directory: home.path, limit: 60)
    #expect(verify.exitCode == 0)
    #expect(verify.errors == "")
  }

  @Test("systemd's unit names what is there, and leaves a failed unit when something is new", arguments: [1, 2])
  func systemd(promised: Int) async throws {
    let home = try Self.home()
    defer { try? FileManager.default.removeItem(at: home) }
    let project = try Self.checkout(at: home.appending(path: "hpy-conform"), promised: promised)
    defer { withExtendedLifetime(project) {} }
    // The manager puts the user's home folder for %h (systemd.unit(5), 'Specifiers').
    let unit = try Self.text(Self.units[0]).replacing("%h", with: home.path)
    func value(_ key: String) throws -> String {
      let line = unit.split(separator: "\n").first { $0.hasPrefix("\(key)=") }
      return String(try #require(line).dropFirst(key.count + 1))
    }
    let command = try value("ExecStart").split(separator: " ").map(String.init)
    let run = try await Tool.run(
      command[0], Array(command.dropFirst()), environment: ["HOME": home.path, "PATH": "/usr/local/bin:/usr/bin:/bin"],
      directory: try value("WorkingDirectory"), limit: 240)
    #expect(run.exitCode == (promised == 1 ? 0 : 1), "\(run.errors)")
    let reports = home.appending(path: "hpy-conform/Results/nightly")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: reports.path).sorted()
        == ["index.html", "junit.xml", "report.json", "summary.md"])
  }
}
