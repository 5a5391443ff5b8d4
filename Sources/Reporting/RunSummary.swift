import Foundation
import Model
import Rainbow
import Storing

/// What a person reads after a run, in ten seconds; made from the store alone.
public struct RunSummary: Sendable {
  private let run: StoredRun
  private let counts: ResultCounts
  private let sections: [Section]
  private let steps: (done: Int, reused: Int)
  private let path: String

  /// What someone has to look at, under one heading.
  private struct Section {
    var verdict: Verdict
    var title: String
    var groups: [FindingGroup]
    var count: Int
  }

  /// How many differences a section shows.
  private static let shown = 40

  /// - Throws: `Problem` when the database can't be read.
  public init(_ run: StoredRun, in store: Store) throws {
    self.run = run
    counts = try store.counts(of: run)
    steps = try store.buildCounts(of: run)
    path = store.path
    sections = try [
      (Verdict.new, "NEW: not in the ledger"),
      (.flaky, "FLAKY: attempts disagree, and the ledger has no set of answers"),
      (.fixed, "FIXED: the ledger says otherwise; remove or narrow these entries"),
    ].map { verdict, title in
      let found = try store.findings(of: run, verdict, limit: Self.shown)
      return Section(verdict: verdict, title: title, groups: found.groups, count: found.count)
    }
  }

  /// Number of cells of a verdict.
  public func count(_ verdict: Verdict) -> Int { counts[verdict] }

  /// Whether anything is new, fixed or flaky.
  public var needsAttention: Bool { counts.groups.contains { $0.verdict.needsAttention } }

  public var text: String {
    var lines = [headline, ""] + matrix + [""]
    for section in sections { lines += Self.lines(section) }
    lines += reused + skips + footer
    return lines.joined(separator: "\n")
  }

  // MARK: Parts

  private var headline: String {
    let size = "\(counts.cases) cases, \(counts.scenarios) scenarios, \(counts.cells) cells"
    var state = ""
    if run.state != "finished" {
      state = "  \(run.state == "interrupted" ? "stopped early" : run.state): \(run.planned) cells were planned".yellow
    }
    return "\("run \(run.uuid.prefix(8))".bold)  \(size)\(state)"
  }

  private var matrix: [String] {
    var rows: [[Piece]] = [[Piece("")] + run.runtimes.map { Piece($0.name, \.bold) }]
    rows.append([Piece("")] + run.runtimes.map { Piece($0.title, \.dim) })
    var suites: [String] = []
    for group in counts.groups where suites.last != group.suite { suites.append(group.suite) }
    for suite in suites {
      rows.append(
        [Piece(suite)]
          + run.runtimes.map { runtime in
            Self.tally(counts.groups.filter { $0.suite == suite && $0.runtime == runtime.name })
          })
    }
    return Piece.columns(rows)
  }

  private static func tally(_ groups: [ResultCounts.Group]) -> Piece {
    let words: [(Verdict, String)] = [
      (.conforming, "ok"), (.known, "known"), (.new, "NEW"), (.fixed, "FIXED"), (.flaky, "FLAKY"),
      (.notJudged, "not run"),
    ]
    let parts = words.compactMap { verdict, word in
      groups.first { $0.verdict == verdict }.map { "\($0.cells) \(word)" }
    }
    let style: KeyPath<String, String> =
      groups.contains { $0.verdict.needsAttention }
      ? \.red : groups.contains { $0.verdict == .known } ? \.yellow : \.green
    return Piece(parts.isEmpty ? "–" : parts.joined(separator: "  "), style)
  }

  private static func lines(_ section: Section) -> [String] {
    if section.count == 0 { return [] }
    var lines = ["\(section.title) (\(section.count))".bold.red]
    for group in section.groups {
      let divergence = group.finding.divergence
      lines.append("  \(group.scenario)  \(group.whereabouts.dim)")
      let place = divergence.label.map { "\($0), \(divergence.facet.rawValue)" } ?? divergence.facet.rawValue
      lines.append("    \(place): \(oneLine(divergence.observed).red)")
      lines.append("    \(oracle(divergence, section.verdict)): \(oneLine(divergence.expected).green)")
      // For a finding that concerns the whole cell: the first line of what its end said.
      if section.verdict == .new, divergence.label == nil,
        let message = group.message?.split(separator: "\n").first
      {
        lines.append("    \(oneLine(String(message)))")
      }
    }
    let rest = section.count - section.groups.count
    if rest > 0 { lines.append("  … and \(rest) more; `hpy-conform show` has them all") }
    return lines + [""]
  }

  static func oracle(_ divergence: Divergence, _ verdict: Verdict) -> String {
    switch divergence.oracle {
    case _ where verdict == .fixed: "the ledger says"
    case .expectation where divergence.label == nil: "expected"
    case .expectation(let source): "promised by \(source)"
    case .reference(let cell): "reference \(cell.lane) on \(cell.runtime)"
    }
  }

  static func oneLine(_ text: String, limit: Int = 160) -> String {
    let flat = Printable.text(text.replacing("\n", with: " "))
    return flat.count > limit ? flat.prefix(limit) + "…" : flat
  }

  private var reused: [String] {
    if counts.reused.isEmpty { return [] }
    let cells = counts.reused.reduce(0) { $0 + $1.cells }
    let runs = counts.reused.prefix(3).map { "\($0.cells) from run \($0.run.prefix(8))" }
    let rest = counts.reused.dropFirst(3)
    let more = rest.isEmpty ? [] : ["\(rest.reduce(0) { $0 + $1.cells }) from \(rest.count) earlier runs"]
    return ["\(cells) cells taken over, not run again: \((runs + more).joined(separator: ", "))".dim]
  }

  private var skips: [String] {
    counts.skips.map { "\($0.cells) \($0.outcome.kind.rawValue): \($0.reason)".dim }
  }

  private var footer: [String] {
    let verdicts = Verdict.allCases.filter { $0 != .notJudged }.map { "\(count($0)) \($0.rawValue)" }
    return [
      "\(verdicts.joined(separator: ", ")); \(steps.done) build steps done, \(steps.reused) taken over".dim,
      "results: \(path); look closer: hpy-conform show SUITE/CASE/SCENARIO@LANE@RUNTIME".dim,
    ]
  }
}
