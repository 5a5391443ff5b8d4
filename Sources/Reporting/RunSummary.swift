import Foundation
import Model
import Rainbow
import Storing

/// What a person reads after a run, in ten seconds; made from the store alone.
public struct RunSummary: Sendable {
  private let run: StoredRun
  private let results: [StoredResult]
  private let steps: (done: Int, reused: Int)
  private let path: String

  /// - Throws: `Problem` when the database can't be read.
  public init(_ run: StoredRun, in store: Store) throws {
    self.run = run
    results = try store.results(of: run)
    steps = try store.buildCounts(of: run)
    path = store.path
  }

  /// Number of cells of a verdict.
  public func count(_ verdict: Verdict) -> Int { results.count { $0.verdict == verdict } }

  /// Whether anything is new, fixed or flaky.
  public var needsAttention: Bool { results.contains { $0.verdict.needsAttention } }

  public var text: String {
    var lines = [headline, ""] + matrix + [""]
    for (verdict, title) in [
      (Verdict.new, "NEW: not in the ledger"),
      (.flaky, "FLAKY: attempts disagree, and the ledger has no set of answers"),
      (.fixed, "FIXED: the ledger says otherwise; remove or narrow these entries"),
    ] {
      lines += section(verdict, title)
    }
    lines += skips + footer
    return lines.joined(separator: "\n")
  }

  // MARK: Parts

  private var headline: String {
    let scenarios = Set(results.map(\.cell.scenario)).count
    let cases = Set(results.map { "\($0.cell.scenario.suite)/\($0.cell.scenario.testCase)" }).count
    let size = "\(cases) cases, \(scenarios) scenarios, \(results.count) cells"
    var state = ""
    if run.state != "finished" {
      state = "  \(run.state == "interrupted" ? "stopped early" : run.state): \(run.planned) cells were planned".yellow
    }
    return "\("run \(run.uuid.prefix(8))".bold)  \(size)\(state)"
  }

  private var matrix: [String] {
    let suites = Set(results.map(\.cell.scenario.suite)).sorted()
    var rows: [[Piece]] = [[Piece("")] + run.runtimes.map { Piece($0.name, \.bold) }]
    rows.append([Piece("")] + run.runtimes.map { Piece($0.title, \.dim) })
    for suite in suites {
      rows.append(
        [Piece(suite)]
          + run.runtimes.map { runtime in
            Self.tally(results.filter { $0.cell.scenario.suite == suite && $0.cell.runtime == runtime.name })
          })
    }
    return Piece.columns(rows)
  }

  private static func tally(_ results: [StoredResult]) -> Piece {
    let words: [(Verdict, String)] = [
      (.conforming, "ok"), (.known, "known"), (.new, "NEW"), (.fixed, "FIXED"), (.flaky, "FLAKY"),
      (.notJudged, "not run"),
    ]
    let parts = words.compactMap { verdict, word in
      let number = results.count { $0.verdict == verdict }
      return number == 0 ? nil : "\(number) \(word)"
    }
    let style: KeyPath<String, String> =
      results.contains { $0.verdict.needsAttention }
      ? \.red : results.contains { $0.verdict == .known } ? \.yellow : \.green
    return Piece(parts.isEmpty ? "–" : parts.joined(separator: "  "), style)
  }

  private func section(_ verdict: Verdict, _ title: String) -> [String] {
    let groups = FindingGroup.groups(results, verdict)
    if groups.isEmpty { return [] }
    var lines = ["\(title) (\(groups.count))".bold.red]
    for group in groups.prefix(40) {
      let divergence = group.finding.divergence
      lines.append("  \(group.scenario)  \(group.whereabouts.dim)")
      let place = divergence.label.map { "\($0), \(divergence.facet.rawValue)" } ?? divergence.facet.rawValue
      lines.append("    \(place): \(Self.oneLine(divergence.observed).red)")
      lines.append("    \(Self.oracle(divergence, verdict)): \(Self.oneLine(divergence.expected).green)")
      if verdict == .new, divergence.label == nil, let message = message(of: group) {
        lines.append("    \(message)")
      }
    }
    if groups.count > 40 { lines.append("  … and \(groups.count - 40) more; `hpy-conform show` has them all") }
    return lines + [""]
  }

  /// The first line of what the cell's end said, for a finding that concerns the whole cell.
  private func message(of group: FindingGroup) -> String? {
    let message = results.first { $0.cell == group.cells.first }?.message
    return message?.split(separator: "\n").first.map { Self.oneLine(String($0)) }
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

  private var skips: [String] {
    var reasons: [(String, Int)] = []
    for result in results where result.outcome.isSkip {
      let reason = "\(result.outcome.kind.rawValue): \(result.message ?? "")"
      if let index = reasons.firstIndex(where: { $0.0 == reason }) {
        reasons[index].1 += 1
      } else {
        reasons.append((reason, 1))
      }
    }
    return reasons.map { reason, number in "\(number) \(reason)".dim }
  }

  private var footer: [String] {
    let verdicts = Verdict.allCases.filter { $0 != .notJudged }.map { "\(count($0)) \($0.rawValue)" }
    return [
      "\(verdicts.joined(separator: ", ")); \(steps.done) build steps done, \(steps.reused) taken over".dim,
      "results: \(path); look closer: hpy-conform show SUITE/CASE/SCENARIO@LANE@RUNTIME".dim,
    ]
  }
}
