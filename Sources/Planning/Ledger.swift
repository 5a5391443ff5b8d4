import Foundation
import Model
import TOMLFile

/// The reviewed list of known divergences: a file `ledger.toml` in each suite's folder.
public struct Ledger: Sendable {
  public var entries: [LedgerEntry]
  /// Path and text of each file, as they are stored with a run.
  public var files: [String: String]

  public static let fileName = "ledger.toml"

  public init(entries: [LedgerEntry] = [], files: [String: String] = [:]) {
    self.entries = entries
    self.files = files
  }

  /// Reads the ledgers of some suites.
  ///
  /// - Throws: `Problems`, one for each file that can't be used: without a ledger nothing can be judged.
  public init(suites: URL, names: [String]) throws {
    self.init()
    var problems: [Problem] = []
    for name in names {
      let file = suites.appending(path: "\(name)/\(Self.fileName)").path
      do {
        guard let text = try TextFile.read(file) else { continue }
        entries += try Self.entries(of: text, suite: name, file: file)
        files["\(name)/\(Self.fileName)"] = text
      } catch let problem as Problem {
        problems.append(problem)
      }
    }
    if !problems.isEmpty { throw Problems(problems) }
  }

  /// Reads ledgers that were stored with a run.
  ///
  /// - Parameters:
  ///   - files: texts by path: `SUITE/ledger.toml`.
  ///   - place: what stands before a path in messages.
  /// - Throws: `Problem` with file and line.
  public init(stored files: [String: String], place: String = "") throws {
    self.init(
      entries: try files.flatMap { path, text in
        try Self.entries(of: text, suite: String(path.split(separator: "/")[0]), file: place + path)
      }, files: files)
  }

  /// The entries of one ledger's text.
  ///
  /// - Throws: `Problem` with file and line.
  public static func entries(of text: String, suite: String, file: String) throws -> [LedgerEntry] {
    let document = try TOMLDocument(text, file: file)
    try document.refuseUnknownKeys(["divergence"])
    return try document.tables("divergence").flatMap { try entries(of: $0, suite: suite) }
  }

  /// One table: an entry for each of its scenarios, where one cause shows in several.
  private static func entries(of table: TOMLDocument, suite: String) throws -> [LedgerEntry] {
    try table.refuseUnknownKeys([
      "scenario", "label", "facet", "observed", "flickers", "lanes", "runtimes", "reason", "link",
    ])
    let facet = try facet(of: table)
    let label = try table.optionalText("label")
    if (facet == .outcome) != (label == nil) {
      throw Problem(
        at: table.place(of: "facet"),
        facet == .outcome ? "the facet outcome has no label" : "the facet \(facet.rawValue) needs a label",
        remedy: "an outcome is the whole cell's; every other facet stands at a label")
    }
    let scenarios = try scenarios(of: table, suite: suite)
    guard let observed = try table.texts("observed"), !observed.isEmpty else {
      throw Problem(
        at: table.place(of: "observed"), "`observed` is missing",
        remedy: "write the value that was seen: anything else there is new")
    }
    let lanes = try table.lanes()
    let runtimes = try table.runtimes("runtimes")
    guard !lanes.isEmpty, !runtimes.isEmpty else {
      throw Problem(
        at: table.place(), "an entry names lanes and runtimes",
        remedy:
          "add `lanes = [\"universal\"]` and `runtimes = [{ implementation = \"cpython\", version = \">=3.11\" }]`")
    }
    let flickers = try table.flag("flickers") ?? false
    let reason = try table.text("reason")
    let link = try table.text("link")
    return scenarios.map { scenario in
      LedgerEntry(
        scenario: scenario, label: label, facet: facet, observed: observed, flickers: flickers, lanes: lanes,
        runtimes: runtimes, reason: reason, link: link, origin: table.place())
    }
  }

  private static func scenarios(of table: TOMLDocument, suite: String) throws -> [ScenarioID] {
    guard let texts = try table.texts("scenario"), !texts.isEmpty else {
      throw Problem(
        at: table.place(of: "scenario"), "`scenario` is missing",
        remedy: "write it as \"CASE/SCENARIO\", or a list of such")
    }
    return try texts.map { text in
      let path = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard path.count == 2, path.allSatisfy({ !$0.isEmpty }) else {
        throw Problem(
          at: table.place(of: "scenario"), "`scenario` is \"\(text)\"",
          remedy: "write it as \"CASE/SCENARIO\", or a list of such")
      }
      return ScenarioID(suite: suite, testCase: path[0], name: path[1])
    }
  }

  private static func facet(of table: TOMLDocument) throws -> Facet {
    let text = try table.text("facet")
    guard let facet = Facet(rawValue: text) else {
      throw Problem(
        at: table.place(of: "facet"), "unknown facet `\(text)`",
        remedy: "known facets: \(Facet.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return facet
  }

  /// Complaints about entries that can't ever apply: a scenario or case that isn't there any more.
  public func strays(among cases: [Case]) -> [Problem] {
    let known = Set(
      cases.flatMap { one in one.scenarios.map { ScenarioID(suite: one.suite, testCase: one.name, name: $0.name) } })
    let broken = Set(cases.filter { !$0.problems.isEmpty }.map { "\($0.suite)/\($0.name)" })
    return entries.filter { entry in
      !known.contains(entry.scenario) && !broken.contains("\(entry.scenario.suite)/\(entry.scenario.testCase)")
        && entry.scenario.name != ScenarioID.wholeCase
    }.map { entry in
      Problem(
        at: entry.origin, "no scenario is named \(entry.scenario)", remedy: "mend or remove this entry")
    }
  }
}
