import Documents
import Foundation
import Model

/// A report as JUnit's XML, which CI servers read: the common ground of the schemas of Ant, Surefire and Jenkins. A
/// runtime's cells of a suite are a `testsuite`.
///
/// What the ledger lacks fails, what the machine broke is an error, what was not run or comes and goes is skipped with
/// its reason, never passed. A failure's message is the sentence of the pattern that the cell belongs to.
public struct JUnitRenderer: Renderer {
  public init() {}

  public func text(of document: ReportDocument) throws -> String {
    let sentences = Self.sentences(document)
    let suites =
      document.run.runtimes.map(\.name).flatMap { runtime in
        document.suites.compactMap { JUnitSuite($0, on: runtime, in: document, sentences) }
      } + (document.exploration.map { [JUnitSuite($0, started: document.run.started)] } ?? [])
    return try Templates.render(
      "junit",
      (name: "hpy-conform \(document.run.run)", counts: JUnitSuite.counts(suites.flatMap(\.cases)), suites: suites))
  }

  /// The sentence of each cell's worst pattern, by `SUITE/CASE/SCENARIO@LANE@RUNTIME`; one that stands for a suite has
  /// no more than that before its lane.
  private static func sentences(_ document: ReportDocument) -> [String: String] {
    document.byPattern.reduce(into: [:]) { sentences, group in
      guard let pattern = group.pattern else { return }
      for cell in group.entries.flatMap({ entry in entry.cells.map { "\(entry.scenario)@\($0)" } })
      where sentences[cell] == nil { sentences[cell] = "\(pattern.kind): \(pattern.sentence)" }
    }
  }
}

/// What the template reads of a suite on a runtime.
private struct JUnitSuite {
  typealias Counts = (tests: Int, failures: Int, errors: Int, skipped: Int)
  /// `element` is `failure`, `error`, `skipped`, `system-out`, or empty for what passed; only the first three have a
  /// type.
  typealias TestCase = (
    name: String, classname: String, time: String, element: String, message: String, type: String, text: String
  )

  let name: String
  let timestamp: String
  let counts: Counts
  let time: String
  let cases: [TestCase]

  /// nil where the runtime has no cell of the suite.
  init?(
    _ suite: ReportDocument.Suite, on runtime: String, in document: ReportDocument, _ sentences: [String: String]
  ) {
    var seconds = 0.0
    cases = suite.cases.flatMap { one in
      one.scenarios.flatMap { scenario in
        scenario.cells.filter { $0.runtime == runtime && $0.change != .removed }.map { cell in
          seconds += cell.seconds ?? 0
          let path = "\(suite.name)/\(one.name)/\(scenario.name)"
          let load = "\(cell.lane)@\(cell.runtime)"
          let pattern = sentences["\(path)@\(load)"] ?? sentences["\(suite.name)@\(load)"]
          let (element, message, type, text) = Self.ending(cell, of: path, in: document, pattern)
          return (
            "\(scenario.name) [\(cell.lane)]", "\(runtime).\(suite.name).\(one.name)", Self.text(cell.seconds ?? 0),
            element, message, type, text
          )
        }
      }
    }
    if cases.isEmpty { return nil }
    name = "\(runtime).\(suite.name)"
    timestamp = String(document.run.started.prefix(19))
    counts = Self.counts(cases)
    time = Self.text(seconds)
  }

  /// Generated hierarchies: each kind of difference without a cause fails.
  init(_ exploration: ExplorationDocument, started: String) {
    let name = "explored.hierarchies"
    let failures: [TestCase] = exploration.new.map { kind in
      let state = kind.since.map { "still new, first on \(Words.day($0))" } ?? "new"
      let text =
        "\(kind.type): \(kind.operation): \(kind.left); \(kind.right)\non \(kind.runtimes.joined(separator: ", "))\n"
      return (kind.kind, name, "0.000", "failure", "\(state): \(kind.kind)", "exploration", text + kind.hierarchy)
    }
    let errors: [TestCase] = exploration.failures.sorted { $0.key < $1.key }.map { runtime, why in
      (runtime, name, "0.000", "error", "some hierarchies could not be tried: \(why)", "exploration", why)
    }
    cases = [("known causes", name, "0.000", "", "", "", "")] + failures + errors
    self.name = name
    timestamp = String(started.prefix(19))
    counts = Self.counts(cases)
    time = "0.000"
  }

  static func counts(_ cases: [TestCase]) -> Counts {
    func count(_ element: String) -> Int { cases.count { $0.element == element } }
    return (cases.count, count("failure"), count("error"), count("skipped"))
  }

  /// The element that says how a cell ended, its message, type and text.
  private static func ending(
    _ cell: ReportDocument.Cell, of scenario: String, in document: ReportDocument, _ pattern: String?
  ) -> (String, String, String, String) {
    let told = document.findings(of: cell).map { finding in
      "\(Words.place(finding.label)): expected \(finding.expected), got \(finding.observed)"
        + (finding.oracle == "expected" ? "" : " (\(finding.oracle))")
        + (finding.reason.map { "; \(finding.verdict): \($0)" } ?? "")
    }.joined(separator: "\n")
    let said = [cell.message ?? "", cell.outcome].first { !$0.isEmpty } ?? cell.change.rawValue
    func because(_ element: String, _ reason: String) -> (String, String, String, String) {
      let show = ShellCommand.show("\(scenario)@\(cell.lane)@\(cell.runtime)", run: document.run.run)
      let sentence = element == "failure" && cell.needsAttention ? pattern.map { Printable.line($0, .max) } : nil
      let message = sentence ?? reason.split(separator: "\n").first.map(String.init) ?? reason
      let head = sentence.map { "\($0)\n" } ?? ""
      return (element, message, cell.change.rawValue, "\(head)\(reason)\n\(told)\n\(show)")
    }
    switch (cell.change, Verdict(rawValue: cell.verdict) ?? .notJudged) {
    case (.environmentBroken, _): return because("error", said)
    case (.flaky, _), (_, .flaky): return because("failure", "flaky: the answer varies")
    case (_, .new), (.newlyUnsupported, _): return because("failure", "\(cell.change.rawValue): \(cell.outcome)")
    case (_, .fixed): return because("failure", "the ledger entry no longer holds")
    case (_, .notJudged): return because("skipped", said)
    case (_, .notCompared): return because("skipped", "not compared: no expectation, and no value of another cell")
    case (_, .known): return ("system-out", "", "", told)
    case (_, .conforming): return ("", "", "", "")
    }
  }

  private static func text(_ seconds: Double) -> String { String(format: "%.3f", seconds) }
}
