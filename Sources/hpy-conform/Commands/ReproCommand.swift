import ArgumentParser
import Building
import Documents
import Foundation
import History
import Model
import Planning
import Storing
import Worker

struct ReproCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "repro",
    abstract: "Write a folder that shows the difference of a cell without this program: C, Python and a script.",
    discussion: """
      The script builds with the commands of the run, loads the binary as in its lane, and runs the scenario. It does \
      the same for the cell that the result is compared with. `./repro.sh --gdb` stops at the crash or hang.
      """)

  @Argument(help: "SUITE/CASE/SCENARIO@LANE@RUNTIME.")
  var cell: String

  @Option(help: "The run: `latest`, or the beginning of its UUID. Default: the newest run that has the cell.")
  var run: String?

  @Option(help: "The folder. Default: a new folder here, named after the cell.", completion: .directory)
  var output: String?

  @OptionGroup var places: PlaceOptions
  @OptionGroup var database: DatabaseOptions

  func perform() async throws -> ExitStatus {
    guard let id = CellID(cell) else {
      throw Problem(
        "`\(cell)` is not a cell, expected SUITE/CASE/SCENARIO@LANE@RUNTIME",
        remedy: "`hpy-conform show` lists the cells of a run")
    }
    let store = try database.reader(places)
    let run = try run.map { try store.run(named: $0, $0 == "latest" ? .run : nil) } ?? store.newestRun(with: id)
    guard let run, let result = try store.result(of: id, in: run) else {
      let found = run.map { "run \($0.uuid.prefix(8)) has no" } ?? "no run has a"
      throw Problem(
        "\(found) cell `\(cell)`",
        remedy: "`hpy-conform show` lists cells")
    }
    guard !result.outcome.isSkip, let side = try side(id, in: run, store) else {
      throw Problem(
        "nothing was built for `\(cell)` in run \(run.uuid.prefix(8)): \(result.outcome)"
          + (result.message.map { ", \(Printable.line($0))" } ?? ""),
        remedy: "name a cell that was built and run")
    }
    if id.lane == .installed, id.scenario.name.contains("::") {
      throw Problem(
        "`\(id.scenario)` is a test of the package's own, which pytest runs",
        remedy: "install what `hpy-conform show` says it was built by, and run pytest")
    }
    let folder = URL(filePath: output ?? Self.name(of: id), directoryHint: .isDirectory)
    if FileManager.default.fileExists(atPath: folder.path) {
      throw Problem(at: folder.path, "already exists", remedy: "remove it, or name another folder with --output")
    }
    let document = try CellDocument(result, of: run, in: store)
    var repro = Repro(
      cell: side, reference: try reference(of: result, in: run, store), notes: Self.notes(document))
    let findings = result.findings.filter { $0.verdict == .new }
    let shown = findings.isEmpty ? result.findings : findings
    repro.countsLeaks = shown.contains { $0.divergence.label?.hasPrefix("repeats") ?? false }
    repro.debugsMemory = !shown.isEmpty && shown.allSatisfy { $0.circumstances == [.memoryDebug] }
    try write(repro, to: folder, try files(of: id.scenario, in: run, store))
    Console.print("made \(folder.relativePath)")
    Console.print("show the difference with: \(ShellCommand.quoted("\(folder.relativePath)/\(Repro.scriptName)"))")
    return .asExpected
  }

  /// `repro-SCENARIO-LANE-RUNTIME`.
  private static func name(of cell: CellID) -> String {
    "repro-\(cell.scenario.name)-\(cell.load)".map {
      $0.isLetter || $0.isNumber || "._-".contains($0) ? String($0) : "-"
    }
    .joined()
  }

  /// What a person who gets the folder has to know.
  private static func notes(_ document: CellDocument) -> [String] {
    [document.cell, "\(document.outcome), in a run of \(document.started ?? "")"]
      + document.findings.map { finding in
        let place = finding.place.map { " (\(Case.scenarioFileName):\($0.line))" } ?? ""
        return "\(Words.place(finding.label, finding.facet)): \(finding.sentence)\(place)"
      }
  }

  /// - Returns: nil where nothing was built.
  private func side(_ cell: CellID, in run: StoredRun, _ store: Store) throws -> Repro.Side? {
    let steps = try store.buildSteps(of: cell, in: run)
    guard let runtime = run.runtimes.first(where: { $0.name == cell.runtime }), !steps.isEmpty else { return nil }
    return Repro.Side(
      cell: cell, interpreter: runtime.interpreter, steps: steps, module: try module(of: cell.scenario, in: run, store))
  }

  /// What the extension or package is imported as.
  private func module(of scenario: ScenarioID, in run: StoredRun, _ store: Store) throws -> String {
    let manifest = "\(scenario.suite)/\(scenario.testCase)/\(Case.manifestName)"
    guard let key = try store.fileKeys(of: run)[manifest] else { return Case.usualModule }
    return Case.module(ofManifest: try store.content(key))
  }

  /// The cell that a finding names, or the one that `show` puts beside it.
  private func reference(of result: StoredResult, in run: StoredRun, _ store: Store) throws -> Repro.Side? {
    let named = result.findings.compactMap(\.divergence.oracle.reference).first
    guard let cell = try named ?? NearestReference.of(result.cell, in: run, store)?.cell else { return nil }
    return try side(cell, in: run, store)
  }

  /// The case's files as the run used them, by name.
  private func files(of scenario: ScenarioID, in run: StoredRun, _ store: Store) throws -> [String: String] {
    let folder = "\(scenario.suite)/\(scenario.testCase)/"
    return try store.fileKeys(of: run).reduce(into: [:]) { files, file in
      guard file.key.hasPrefix(folder), !file.key.hasSuffix("/\(Case.manifestName)") else { return }
      files[String(file.key.dropFirst(folder.count))] = try store.content(file.value)
    }
  }

  private func write(_ repro: Repro, to folder: URL, _ files: [String: String]) throws {
    let support = folder.appending(path: Repro.support)
    try FileManager.default.createDirectory(at: support, withIntermediateDirectories: true)
    for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
    for (name, bytes) in Builder.supportFiles { try Data(bytes).write(to: support.appending(path: name)) }
    for (name, bytes) in AloneFiles.all { try Data(bytes).write(to: folder.appending(path: name)) }
    let script = folder.appending(path: Repro.scriptName)
    try Data(repro.script.utf8).write(to: script)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
  }
}
