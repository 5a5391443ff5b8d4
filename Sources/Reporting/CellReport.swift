import Foundation
import Model
import Rainbow
import Storing

/// Everything about one cell: its facts beside its reference's, what the ledger says, output, traceback, commands.
public struct CellReport: Sendable {
  private let result: StoredResult
  private let attempts: [Attempt]
  private let reference: (cell: CellID, answer: Answer)?
  private let steps: [BuildStep]
  private let width: Int

  /// - Parameter width: columns of the terminal.
  /// - Throws: `Problem` when the database can't be read.
  public init(_ result: StoredResult, of run: StoredRun, in store: Store, width: Int) throws {
    self.result = result
    self.width = width
    attempts = try store.attempts(of: result.cell, in: run)
    steps = try store.buildSteps(of: result.cell, in: run)
    reference = try Self.reference(for: result.cell, run, store)
  }

  /// The nearest reference that ran: another lane on the same runtime, or the same lane on the reference runtime.
  static func reference(for cell: CellID, _ run: StoredRun, _ store: Store) throws -> (CellID, Answer)? {
    let lanes = Lane.named(cell.lane)?.references ?? []
    var candidates = lanes.map { CellID(scenario: cell.scenario, lane: $0, runtime: cell.runtime) }
    if let first = run.runtimes.first?.name, first != cell.runtime {
      candidates.append(CellID(scenario: cell.scenario, lane: cell.lane, runtime: first))
    }
    for candidate in candidates {
      if let answer = try store.attempts(of: candidate, in: run).first?.answer, answer.outcome.ran {
        return (candidate, answer)
      }
    }
    return nil
  }

  public var text: String {
    (header + observations + findings + attemptLines + texts + commands).joined(separator: "\n")
  }

  // MARK: Parts

  private var header: [String] {
    let colour: KeyPath<String, String> =
      result.verdict == .conforming ? \.green : result.verdict == .known ? \.yellow : \.red
    var lines = ["\(result.cell)".bold, "\(result.outcome), \(result.verdict.rawValue[keyPath: colour])"]
    if let message = result.message { lines.append(Printable.text(message)) }
    if let source = result.reusedFrom { lines.append("taken over from run \(source.prefix(8)), not run again".dim) }
    return lines + [""]
  }

  private var observations: [String] {
    guard let own = attempts.first?.answer, !own.observations.isEmpty || reference != nil else { return [] }
    var labels = own.observations.map(\.label)
    for one in reference?.answer.observations ?? [] where !labels.contains(one.label) { labels.append(one.label) }
    let columns = Columns(width: width, labels: labels)
    var lines = [columns.row("", "this cell", reference.map { "\($0.cell.lane) on \($0.cell.runtime)" } ?? "").dim]
    for label in labels { lines += compare(label, own[label], reference?.answer[label], columns) }
    return lines + [""]
  }

  private func compare(_ label: String, _ own: Observation?, _ other: Observation?, _ columns: Columns) -> [String] {
    func show(_ one: Observation?) -> String {
      guard let one else { return Divergence.absent }
      return Printable.text(one.value) + (one.message.map { "\n“\(Printable.text($0))”" } ?? "")
    }
    let isBroken = own?.holds == false
    let differs = reference != nil && own?.value != other?.value
    let mark = isBroken ? "✗" : differs ? "≠" : own?.holds == true ? "✓" : " "
    let lines = columns.rows("\(mark) \(label)", show(own), reference == nil ? "" : show(other))
    var shown = lines.map { isBroken ? $0.red : differs ? $0.yellow : $0 }
    if let own, let expected = own.expected, isBroken {
      shown.append("    promised \(expected.joined(separator: " or ")): \(own.source ?? "")".green)
    }
    return shown
  }

  private var findings: [String] {
    if result.findings.isEmpty { return [] }
    var lines = ["findings".bold]
    for finding in result.findings {
      let place = finding.divergence.label ?? "the whole cell"
      lines.append(
        "  \(finding.verdict.rawValue): \(place), \(finding.divergence.facet.rawValue): "
          + RunSummary.oneLine(finding.divergence.observed))
      lines.append(
        "    \(RunSummary.oracle(finding.divergence, finding.verdict)): "
          + RunSummary.oneLine(finding.divergence.expected))
      if let reason = finding.reason { lines.append("    \(reason)") }
      if let link = finding.link { lines.append("    \(link)") }
    }
    return lines + [""]
  }

  private var attemptLines: [String] {
    if attempts.isEmpty { return [] }
    var lines = ["attempts".bold]
    for (number, attempt) in attempts.enumerated() {
      let agrees =
        number == 0 ? "" : attempt.answer == attempts[0].answer ? ", the same answer" : ", another answer".yellow
      let time = String(format: "%.1f ms", attempt.seconds * 1000)
      lines.append("  \(number + 1)  \(attempt.circumstances.rawValue): \(attempt.answer.outcome), \(time)\(agrees)")
      if !agrees.isEmpty, attempt.answer != attempts[0].answer { lines += differences(attempt) }
      lines += attempt.notes.map { "     \($0)" }
    }
    return lines + [""]
  }

  private func differences(_ attempt: Attempt) -> [String] {
    let first = attempts[0].answer
    return attempt.answer.observations.compactMap { one in
      guard first[one.label]?.value != one.value else { return nil }
      return "     \(one.label): \(RunSummary.oneLine(one.value))".yellow
    }
  }

  private var texts: [String] {
    guard let attempt = attempts.first(where: { !$0.output.isEmpty || !$0.traceback.isEmpty }) else { return [] }
    return block("last output", attempt.output) + block("traceback", attempt.traceback)
  }

  private var commands: [String] {
    if steps.isEmpty { return [] }
    var lines = ["built by".bold]
    for step in steps {
      lines.append("  \(step.command.joined(separator: " "))\(step.isReused ? "  (taken over)".dim : "")")
      if !step.messages.isEmpty {
        lines += Printable.text(step.messages).split(separator: "\n").map { "    \($0)" }
      }
    }
    return lines
  }

  private func block(_ title: String, _ text: String) -> [String] {
    if text.isEmpty { return [] }
    let lines = Printable.text(text).split(separator: "\n", omittingEmptySubsequences: false)
    return [title.bold] + lines.map { "  \($0)" } + [""]
  }
}

/// A label and two texts beside it, wrapped to a width.
private struct Columns {
  private let label: Int
  private let value: Int

  init(width: Int, labels: [String]) {
    label = min(36, (labels.map(\.count).max() ?? 0) + 2)
    value = max(16, (max(width, 60) - label - 4) / 2)
  }

  func row(_ first: String, _ second: String, _ third: String) -> String {
    rows(first, second, third).joined(separator: "\n")
  }

  func rows(_ first: String, _ second: String, _ third: String) -> [String] {
    let columns = [wrap(first, label), wrap(second, value), wrap(third, value)]
    return (0..<(columns.map(\.count).max() ?? 0)).map { line in
      zip(columns, [label, value, value]).map { column, width in
        let text = line < column.count ? column[line] : ""
        return text + String(repeating: " ", count: max(0, width - text.count))
      }.joined(separator: "  ").replacing(#/\s+$/#, with: "")
    }
  }

  private func wrap(_ text: String, _ width: Int) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line -> [String] in
      if line.count <= width { return [String(line)] }
      var pieces: [String] = []
      var rest = line[...]
      while rest.count > width {
        let cut = rest.prefix(width).lastIndex(of: " ").map { rest.index(after: $0) }
        let end = cut.flatMap { $0 > rest.startIndex ? $0 : nil } ?? rest.index(rest.startIndex, offsetBy: width)
        pieces.append(String(rest[..<end]))
        rest = rest[end...]
      }
      return pieces + [String(rest)]
    }
  }
}
