import Foundation
import Model
import Planning

/// A line of a file that a run used.
public struct SourcePlace: Codable, Sendable, Hashable {
  /// Path below the suites' folder.
  public var file: String
  /// Counted from 1.
  public var line: Int
  /// What stands there, without the spaces around it.
  public var text: String
}

extension SourcePlace {
  /// Where a finding stands in the scenario's file: at the call that records its label; how a scenario ended, at the line
  /// that the traceback names.
  ///
  /// - Parameters:
  ///   - text: of the file, as the run used it; nil where it is not known.
  ///   - attempts: of the cell; their tracebacks are looked at.
  init?(of divergence: Divergence, in scenario: ScenarioID, _ text: ScenarioText?, attempts: [Attempt] = []) {
    let ended = attempts.first { divergence.label == nil && $0.answer.outcome.description == divergence.observed }
    let traceback = ended.flatMap { Traceback($0[.traceback]).line(in: Case.scenarioFileName) }
    let found =
      if let label = divergence.label {
        text?.line(of: label, in: scenario.name)
      } else {
        traceback.flatMap { text?.line($0) } ?? text?.function(scenario.name)
      }
    guard let found else { return nil }
    self.init(
      file: "\(scenario.suite)/\(scenario.testCase)/\(Case.scenarioFileName)", line: found.number, text: found.text)
  }
}

/// The scenario files of a run, each read once, for the lines of what was found.
final class ScenarioTexts {
  private let text: (String) -> String?
  private var known: [String: ScenarioText?] = [:]

  /// - Parameter text: of a file, by its path below the suites' folder; nil where the run has none.
  init(_ text: @escaping (String) -> String?) { self.text = text }

  /// Where a finding stands in the scenario's file; nil where that is not known.
  func place(of divergence: Divergence, in scenario: ScenarioID, attempts: [Attempt] = []) -> SourcePlace? {
    let path = "\(scenario.suite)/\(scenario.testCase)/\(Case.scenarioFileName)"
    let one = known[path] ?? text(path).map { ScenarioText($0) }
    known[path] = .some(one)
    return SourcePlace(of: divergence, in: scenario, one, attempts: attempts)
  }
}

extension SourcePlace {
  /// `scenarios.py:12`.
  package var name: String { "\((file as NSString).lastPathComponent):\(line)" }
}

/// `expected X, got Y`; where nothing is expected, what there is.
package func sentence(expected: String, got: String, _ limit: Int = 160) -> String {
  let texts = Printable.lines([got, expected], limit)
  return expected.isEmpty ? texts[0] : "expected \(texts[1]), got \(texts[0])"
}

extension FindingInfo {
  /// `expected X, got Y`.
  package var sentence: String { "expected \(Printable.line(expected)), got \(Printable.line(observed))" }
}

extension AttachmentName {
  /// What is shown of an attachment: of tracebacks and backtraces, what helps.
  ///
  /// - Parameter name: as a worker gave it.
  package static func shown(_ name: String, _ text: String) -> String {
    switch AttachmentName(rawValue: name) {
    case .traceback: Traceback(text).folded
    case .backtrace: Backtrace.folded(text)
    case .allocations, .output, nil: text
    }
  }
}

/// What a debugger says of a process that died or hung.
package enum Backtrace {
  /// The frames that have a line in a source; the others folded away, as many at a time as stand together.
  package static func folded(_ text: String) -> String {
    var kept: [String] = []
    var count = 0
    func fold() {
      if count > 0 { kept.append("(\(Words.number(count, "frame")) without a line)") }
      count = 0
    }
    for line in text.split(separator: "\n") {
      if line.hasPrefix("#"), !line.contains(#/ at \S+:\d+$/#) {
        count += 1
      } else {
        fold()
        kept.append(String(line))
      }
    }
    fold()
    return kept.joined(separator: "\n")
  }
}

/// What Python's fault handler says of a crash or a hang, or an interpreter of an exception that got out.
package struct Traceback {
  private let lines: [Substring]

  package init(_ text: String) { lines = text.split(separator: "\n", omittingEmptySubsequences: false) }

  /// The innermost line of a file that it names; nil where it names none.
  func line(in file: String) -> Int? {
    let numbers = lines.compactMap { line -> Int? in
      guard let frame = Self.frame(line), frame.file == file else { return nil }
      return frame.line
    }
    return lines.contains { $0.contains("(most recent call first)") } ? numbers.first : numbers.last
  }

  /// The same with the frames of this harness folded away, as many at a time as stand together.
  package var folded: String {
    var kept: [String] = []
    var count = 0
    var indent = 0
    func fold() {
      if count > 0 {
        kept.append(String(repeating: " ", count: indent) + "(\(Words.number(count, "frame")) of the harness)")
      }
      count = 0
    }
    var isInside = false
    for line in lines {
      let own = line.prefix { $0 == " " }.count
      if let frame = Self.frame(line) {
        isInside = Self.isHarness(frame.file)
        if isInside {
          count += 1
          indent = own
          continue
        }
      } else if isInside, own > indent {
        // The source line of a frame, and the marks below it.
        continue
      }
      isInside = false
      fold()
      kept.append(String(line))
    }
    fold()
    return kept.joined(separator: "\n")
  }

  private static func frame(_ line: Substring) -> (file: String, line: Int)? {
    guard let match = line.firstMatch(of: #/^\s*File "(?:[^"]*\/)?([^"\/]*)", line (\d+),? in /#),
      let number = Int(match.2)
    else { return nil }
    return (String(match.1), number)
  }

  private static func isHarness(_ file: String) -> Bool {
    file == "hpy_conform.py" || (file.hasPrefix("conform_") && file.hasSuffix(".py"))
  }
}
