import Documents
import Foundation
import Model
import Rainbow

extension CellDocument: TerminalDocument {
  public func blocks(_ layout: TerminalLayout) -> [[String]] {
    [header, facts(layout), findings.flatMap(lines), attemptLines] + attempts.attachments.map { lines($0) }
      + [borrowed.map { lines((AttachmentName.backtrace.rawValue, $0.backtrace, 1), of: $0.cell) } ?? []]
      + [steps.flatMap(lines)].map { $0.isEmpty ? [] : ["built by".bold] + $0 }
  }

  private var header: [String] {
    let colour: Styled.Style = verdict == .conforming ? \.green : verdict == .known ? \.yellow : \.red
    return [
      Printable.line(cell, .max).bold, "\(Printable.line(outcome.description)), \(verdict.rawValue[keyPath: colour])",
      (started.map { "run \(Words.run(run, $0))" } ?? "run \(Words.short(run))").dim,
    ] + (message.map { Self.lines($0) } ?? [])
      + (reusedFrom.map { ["taken over from run \(Words.short($0)), not run again".dim] } ?? [])
  }

  /// A text of several lines, which are set off from the program's own.
  private static func lines(_ text: String) -> [String] {
    let lines = Printable.text(text).split(separator: "\n", omittingEmptySubsequences: false)
    return lines.prefix(1).map(String.init) + lines.dropFirst().map { $0.isEmpty ? "" : "  \($0)" }
  }

  // MARK: Facts

  /// What it says at each label, beside what its reference says.
  private func facts(_ layout: TerminalLayout) -> [String] {
    guard let own = attempts.first?.answer else { return [] }
    let labels = (own.observations + (referenceAnswer?.observations ?? [])).map(\.label).unique
    if labels.isEmpty { return [] }
    let first = min(36, (labels.map { Printable.line($0, .max).columns }.max() ?? 0) + 2)
    let rest = max(16, (layout.width - first - 4) / 2)
    let other = reference.map { Words.load($0) }.map { "\($0.what) on \($0.runtime)" } ?? ""
    return Self.row(["", "this cell", other], [first, rest, rest]).map(\.dim)
      + labels.flatMap { label in
        let (one, two) = (own[label], referenceAnswer?[label])
        let isBroken = one?.holds == false
        let isUncounted = Words.isUncounted(label, in: own, beside: referenceAnswer)
        let differs = reference != nil && one?.value != two?.value && !isUncounted
        let mark = isBroken ? "✗" : differs ? "≠" : one?.holds == true ? "✓" : " "
        let texts = [
          "\(mark) \(Printable.line(label, .max))", Self.text(one, isUncounted),
          reference == nil ? "" : Self.text(two, isUncounted),
        ]
        let promise = "    promised \(one?.expected?.joined(separator: " or ") ?? ""): \(one?.source ?? "")"
        return Self.row(texts, [first, rest, rest]).map { isBroken ? $0.red : differs ? $0.yellow : $0 }
          + (isBroken ? [Printable.line(promise, .max).green] : [])
      }
  }

  private static func text(_ one: Observation?, _ isUncounted: Bool) -> String {
    one.map { $0.value + ($0.message.map { "\n“\($0)”" } ?? "") }
      ?? (isUncounted ? Words.uncounted : Divergence.absent)
  }

  /// Texts beside each other, each wrapped to its width.
  private static func row(_ texts: [String], _ widths: [Int]) -> [String] {
    let columns = zip(texts, widths).enumerated().map { index, column in
      let text = Printable.text(column.0).replacing("\t", with: "    ")
      // What goes on at the margin is set off from the program's own lines.
      return text.wrapped(column.1, rest: index == 0 ? "  " : "")
    }
    return (0..<(columns.map(\.count).max() ?? 0)).map { line in
      zip(columns, widths).map { ($0.indices.contains(line) ? $0[line] : "").padded(to: $1) }
        .joined(separator: "  ").replacing(#/\s+$/#, with: "")
    }
  }

  // MARK: The rest

  private func lines(_ finding: FindingInfo) -> [String] {
    (finding == findings.first ? ["findings".bold] : [])
      + finding.lines("\(Printable.line(finding.verdict)): ").map { "  \($0)" }
  }

  private var attemptLines: [String] {
    guard let first = attempts.first?.answer else { return [] }
    return ["attempts".bold]
      + attempts.enumerated().flatMap { number, attempt -> [String] in
        let (answer, time) = (attempt.answer, String(format: "%.1f ms", attempt.seconds * 1000))
        let agrees = number == 0 ? "" : answer == first ? ", the same answer" : ", another answer".yellow
        let outcome = Printable.line(answer.outcome.description)
        return ["  \(number + 1)  \(attempt.circumstances.rawValue): \(outcome), \(time)\(agrees)"]
          + answer.observations.filter { first[$0.label]?.value != $0.value }
          .map { "     \(Printable.line("\($0.label): \($0.value)"))".yellow }
          + attempt.notes.map { "     \(Printable.line($0, .max))" }
      }
  }

  /// - Parameter other: `LANE@RUNTIME` of the cell that it is of; nil for this one.
  private func lines(_ attachment: (name: String, text: String, attempt: Int), of other: String? = nil) -> [String] {
    let content = AttachmentName.shown(attachment.name, attachment.text)
    let text = Printable.text(content).split(separator: "\n", omittingEmptySubsequences: false)
    let title = Printable.line(Words.attachment(attachment.name).title, .max).bold
    let whose = other.map { ", of \(Printable.line($0, .max)), which ended in the same way" } ?? ""
    return [title + whose + (attachment.attempt > 1 ? ", of attempt \(attachment.attempt)" : "")]
      + text[...(text.lastIndex { !$0.isEmpty } ?? 0)].map { $0.isEmpty ? "" : "  \($0)" }
  }

  private func lines(_ step: BuildStep) -> [String] {
    ["  \(Printable.line(step.command.joined(separator: " "), .max))\(step.isReused ? "  (taken over)".dim : "")"]
      + Printable.text(step.messages).split(separator: "\n").map { "    \($0)" }
  }
}

extension FindingInfo {
  /// What was expected and what came instead, where the scenario records it, and who says so.
  ///
  /// - Parameter opening: what the first line begins with.
  func lines(_ opening: String = "") -> [String] {
    let label = Printable.line(Words.place(label, facet), .max)
    // That a scenario ends by itself needs no one to say so.
    let speaker = verdict == Verdict.fixed.rawValue ? "from the ledger" : oracle == "expected" ? nil : oracle
    return ["\(opening)\(label): \(sentence)"]
      + [
        place.map { "\($0.file):\($0.line): \(Printable.shortened($0.text, 160))" }, speaker, reason, link,
      ].compactMap { $0.map { "  \(Printable.line($0, .max))" } }
  }
}
