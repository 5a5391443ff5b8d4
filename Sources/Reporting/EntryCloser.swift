import Judging
import Model
import Storing

/// Adds to an entry what is read of its first cell alone: facts side by side, output, sources; and what a since-when
/// names.
final class EntryCloser {
  private let store: Store
  private let run: StoredRun
  private let baseline: StoredRun?
  private let sources: [String: String]
  private var keys: [Int64: [String: String]] = [:]
  private var shown = 0

  /// Entries that get everything; a report with more of them is read from the top anyway.
  static let limit = 300

  init(_ changes: RunChanges, in store: Store, sources: [String: String]) {
    self.store = store
    run = changes.run
    baseline = changes.baseline
    self.sources = sources
    keys[run.id] = changes.files.after
    if let baseline { keys[baseline.id] = changes.files.before }
  }

  /// - Throws: `Problem` when the database can't be read.
  func closer(_ entry: ReportDocument.Entry, _ cell: CellID) throws -> ReportDocument.Entry {
    var entry = entry
    let folder = "\(cell.scenario.suite)/\(cell.scenario.testCase)/"
    entry.files = Self.files(sources, in: folder)
    entry.line = entry.files.first.flatMap { ScenarioText.line(of: cell.scenario.name, in: sources[$0] ?? "") }
    shown += 1
    guard shown <= Self.limit, entry.needsAttention || entry.since != nil else { return entry }
    let attempts = try store.attempts(of: cell, in: run)
    let now = attempts.first?.answer
    let before = try baseline.flatMap { try store.attempts(of: cell, in: $0).first?.answer }
    let reference = try CellReport.reference(for: cell, run, store)?.1
    entry.facts = Self.facts(now, before, reference)
    if entry.change == .flaky { entry.frequency = Self.frequency(attempts, entry.label) + entry.frequency }
    let telling = attempts.first { !$0.output.isEmpty || !$0.traceback.isEmpty }
    entry.output = telling.flatMap { $0.output.isEmpty ? nil : $0.output }
    entry.traceback = telling.flatMap { $0.traceback.isEmpty ? nil : $0.traceback }
    return entry
  }

  /// A case's files in a fixed order: scenarios, C, the rest.
  static func files(_ sources: [String: String], in folder: String) -> [String] {
    func rank(_ path: String) -> Int { path.hasSuffix(".py") ? 0 : path.hasSuffix(".c") ? 1 : 2 }
    return sources.keys.filter { $0.hasPrefix(folder) }.sorted { (rank($0), $0) < (rank($1), $1) }
  }

  private static func facts(_ now: Answer?, _ before: Answer?, _ reference: Answer?) -> [ReportDocument.Fact] {
    var labels: [String] = []
    for answer in [now, before, reference].compactMap({ $0 }) {
      for one in answer.observations where !labels.contains(one.label) { labels.append(one.label) }
    }
    func text(_ one: Observation?) -> String? { one.map { $0.value + ($0.message.map { " “\($0)”" } ?? "") } }
    let ends = [now, before, reference].map { $0?.outcome.description }
    var facts = labels.map { label in
      let own = now?[label]
      return ReportDocument.Fact(
        label: label, now: text(own), before: text(before?[label]), reference: text(reference?[label]),
        expected: own?.expected?.joined(separator: " or "), source: own?.source, holds: own?.holds)
    }
    facts.append(
      ReportDocument.Fact(
        label: "", now: ends[0], before: ends[1], reference: ends[2], expected: nil, source: nil, holds: nil))
    return facts
  }

  /// What comparable attempts say at a label, or of their end, and how many say so; nothing where all agree.
  static func frequency(_ attempts: [Attempt], _ label: String?) -> [String] {
    let answers = attempts.filter { $0.circumstances != .memoryDebug }.map(\.answer)
    let texts = answers.map { answer in
      label.map { answer[$0]?.value ?? Divergence.absent } ?? answer.outcome.description
    }
    let counts = texts.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
    if counts.count < 2 { return [] }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.value) of \(answers.count) attempts: \($0.key)" }
  }

  // MARK: Since when

  func since(_ streak: Streak, _ history: [StoredRun], _ cell: CellID) throws -> ReportDocument.Since {
    let first = history[streak.first]
    let without = streak.lastWithout.map { history[$0] }
    return ReportDocument.Since(
      run: first.uuid, started: first.started, lastWithout: without?.uuid, lastWithoutStarted: without?.started,
      unknownBetween: streak.unknownBetween,
      changed: try without.map { earlier in
        RunDifferences.between(
          earlier, first, files: (try files(of: earlier), try files(of: first)), runtime: cell.runtime,
          testCase: "\(cell.scenario.suite)/\(cell.scenario.testCase)")
      } ?? [],
      runs: streak.runs)
  }

  func files(of run: StoredRun) throws -> [String: String] {
    if let known = keys[run.id] { return known }
    let found = try store.fileKeys(of: run)
    keys[run.id] = found
    return found
  }
}
