import Foundation
import Model
import XMLCoder

/// A report as JUnit's XML, which CI servers read: the common ground of the schemas of Ant, Surefire and Jenkins. A
/// runtime's cells of a suite are a `testsuite`.
///
/// What the ledger lacks fails, what the machine broke is an error, what was not run or comes and goes is skipped with
/// its reason, never passed.
public struct ReportJUnit: Sendable {
  private let document: ReportDocument

  public init(_ document: ReportDocument) { self.document = document }

  /// - Throws: `EncodingError`, which would be a defect.
  public func xml() throws -> String {
    let encoder = XMLEncoder()
    encoder.outputFormatting = [.prettyPrinted]
    let data = try encoder.encode(
      suites, withRootKey: "testsuites", header: XMLHeader(version: 1.0, encoding: "UTF-8"))
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  // MARK: Elements

  struct Suites: Encodable, Attributed {
    var name: String
    var tests: Int
    var failures: Int
    var errors: Int
    var testsuite: [Suite]
    static var elements: Set<String> { ["testsuite"] }
  }

  struct Suite: Encodable, Attributed {
    var name: String
    var timestamp: String
    var hostname: String
    var tests: Int
    var failures: Int
    var errors: Int
    var skipped: Int
    var time: String
    var testcase: [TestCase]
    static var elements: Set<String> { ["testcase"] }
  }

  struct TestCase: Encodable, Attributed {
    var name: String
    var classname: String
    var time: String
    var skipped: Reason?
    var error: Reason?
    var failure: Reason?
    var output: String?

    enum CodingKeys: String, CodingKey {
      case name, classname, time, skipped, error, failure
      case output = "system-out"
    }

    static var elements: Set<String> { ["skipped", "error", "failure", "system-out"] }
  }

  struct Reason: Encodable, Attributed {
    var message: String
    var type: String
    var text: String

    enum CodingKeys: String, CodingKey {
      case message, type
      case text = ""
    }

    static var elements: Set<String> { [""] }
  }

  // MARK: From the document

  private var suites: Suites {
    let suites = document.run.runtimes.flatMap { runtime in
      document.suites.compactMap { suite(of: $0, on: runtime.name) }
    }
    return Suites(
      name: "hpy-conform \(document.run.run)", tests: suites.reduce(0) { $0 + $1.tests },
      failures: suites.reduce(0) { $0 + $1.failures }, errors: suites.reduce(0) { $0 + $1.errors }, testsuite: suites)
  }

  private func suite(of suite: ReportDocument.Suite, on runtime: String) -> Suite? {
    var cases: [TestCase] = []
    var seconds = 0.0
    for one in suite.cases {
      for scenario in one.scenarios {
        for cell in scenario.cells where cell.runtime == runtime && cell.change != .removed {
          seconds += cell.seconds ?? 0
          cases.append(testCase(cell, "\(suite.name)/\(one.name)/\(scenario.name)", in: "\(suite.name).\(one.name)"))
        }
      }
    }
    if cases.isEmpty { return nil }
    return Suite(
      name: Self.text("\(runtime).\(suite.name)"), timestamp: String(document.run.started.prefix(19)),
      hostname: "localhost", tests: cases.count, failures: cases.count { $0.failure != nil },
      errors: cases.count { $0.error != nil }, skipped: cases.count { $0.skipped != nil }, time: Self.time(seconds),
      testcase: cases)
  }

  private func testCase(_ cell: ReportDocument.Cell, _ scenario: String, in group: String) -> TestCase {
    let name = scenario.split(separator: "/").last.map(String.init) ?? scenario
    var one = TestCase(
      name: Self.text("\(name) [\(cell.lane)]"), classname: Self.text("\(cell.runtime).\(group)"),
      time: Self.time(cell.seconds ?? 0))
    let findings = cell.findings.map { document.findings[$0] } ?? []
    let told = Self.text(findings.map(Self.line).joined(separator: "\n"))
    let id = "\(scenario)@\(cell.lane)@\(cell.runtime)"
    let show = "hpy-conform show '\(id)' --run \(document.run.run.prefix(8))"
    func reason(_ message: String) -> Reason {
      Reason(
        message: Self.text(message.split(separator: "\n").first.map(String.init) ?? message),
        type: cell.change.rawValue, text: Self.text("\(message)\n\(told)\n\(show)"))
    }
    switch (cell.change, Verdict(rawValue: cell.verdict) ?? .notJudged) {
    case (.environmentBroken, _): one.error = reason(cell.message ?? cell.outcome)
    case (.flaky, _), (_, .flaky): one.skipped = reason("answers come and go")
    case (_, .new), (.newlyUnsupported, _): one.failure = reason("\(cell.change.rawValue): \(cell.outcome)")
    case (_, .fixed): one.failure = reason("the ledger no longer holds")
    case (_, .notJudged): one.skipped = reason(cell.message ?? cell.outcome)
    case (_, .known): one.output = told
    case (_, .conforming): break
    }
    return one
  }

  private static func line(_ finding: ReportDocument.FindingInfo) -> String {
    let place = finding.label ?? "the scenario's end"
    let oracle = finding.source ?? finding.reference.map { "reference \($0)" } ?? ""
    let reason = finding.reason.map { "; \(finding.verdict): \($0)" } ?? ""
    return "\(place): \(finding.observed); expected \(finding.expected) (\(oracle))\(reason)"
  }

  private static func time(_ seconds: Double) -> String { String(format: "%.3f", seconds) }

  /// XML 1.0 has no place for most control characters, nor for U+FFFE and U+FFFF.
  private static func text(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        Printable.text(text).unicodeScalars.map { $0.value == 0xFFFE || $0.value == 0xFFFF ? "\u{FFFD}" : $0 }))
  }
}

/// An element whose values are attributes but for some.
private protocol Attributed: DynamicNodeEncoding {
  static var elements: Set<String> { get }
}

extension Attributed {
  static func nodeEncoding(for key: any CodingKey) -> XMLEncoder.NodeEncoding {
    elements.contains(key.stringValue) ? .element : .attribute
  }
}
