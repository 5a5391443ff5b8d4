import Model

extension PageFields {
  /// The matrix of runtimes and suites.
  var matrix: [String: Any] {
    let matrix = document.matrix
    let infos = Dictionary(document.run.runtimes.map { ($0.name, $0) }) { first, _ in first }
    return [
      "hasMatrix": !matrix.rows.isEmpty,
      "columns": matrix.runtimes.map { name -> [String: Any] in
        ["name": name, "title": infos[name]?.title ?? "", "changed": infos[name]?.changed ?? []]
      },
      "rows": matrix.rows.map { row -> [String: Any] in
        [
          "suite": row.suite, "target": names.suite(row.suite, in: document),
          "places": zip(matrix.runtimes, row.places).map { runtime, place -> [String: Any] in
            [
              "runtime": runtime, "suiteIndex": names.suites[row.suite] ?? -1,
              "runtimeIndex": names.runtimes[runtime] ?? -1,
              "class": place.attention > 0 ? "alarm" : "", "parts": Self.parts(place),
            ]
          },
        ]
      },
    ]
  }

  /// A place in words, what is bad first, without zeroes.
  private static func parts(_ place: ReportDocument.Matrix.Place) -> [[String: Any]] {
    // What was there yesterday, too, is said as quietly as the rest.
    let (bad, warn) = place.attention > 0 ? ("bad", "warn") : ("none", "none")
    let parts = [
      (place.new, "✗", "new", bad), (place.fixed, "△", "fixed", warn), (place.flaky, "△", "flaky", warn),
      (place.conforming, "✓", "ok", "good"), (place.known, "●", "known", "known"),
      (place.notRun, "○", "not run", "none"),
    ].filter { $0.0 > 0 }.map { ["text": "\($0.0)\u{A0}\($0.1)\u{A0}\($0.2)", "class": $0.3] as [String: Any] }
    let changed =
      place.changed > 0 ? [["text": "\(place.changed)\u{A0}changed", "class": "delta"] as [String: Any]] : []
    return parts.isEmpty && changed.isEmpty ? [["text": "–", "class": "none"]] : parts + changed
  }

  var suites: [[String: Any]] {
    document.suites.map { suite in
      let index = names.suites[suite.name] ?? 0
      return [
        "id": "suite\(index)", "name": suite.name,
        "cases": suite.cases.enumerated().map { number, one -> [String: Any] in
          [
            "id": "case\(index)-\(number)", "suite": index, "name": "\(suite.name)/\(one.name)",
            "tally": Self.tally(one.scenarios.flatMap(\.cells)),
            "files": one.files.compactMap { path in
              names.source(path).map { ["path": path, "target": $0] as [String: Any] }
            },
            "scenarios": one.scenarios.map { scenario(of: one, in: suite, $0) },
          ]
        },
      ]
    }
  }

  /// Verdicts, the one to look at first.
  private static let order = ["new", "fixed", "flaky", "conforming", "known", "not judged"]

  private static func tally(_ cells: [ReportDocument.Cell]) -> String {
    let counts = Dictionary(grouping: cells, by: \.verdict).mapValues(\.count)
    let names = order.filter { counts[$0] != nil } + counts.keys.filter { !order.contains($0) }.sorted()
    return names.map { "\(counts[$0] ?? 0) \(tone(of: $0).symbol) \($0)" }.joined(separator: "  ")
  }

  private func scenario(
    of one: ReportDocument.Case, in suite: ReportDocument.Suite, _ scenario: ReportDocument.Scenario
  ) -> [String: Any] {
    let path = "\(suite.name)/\(one.name)/\(scenario.name)"
    let target = one.files.first.flatMap { names.source($0, line: scenario.line) }
    return [
      "id": names.row(path), "name": scenario.name, "target": Self.optional(target),
      "groups": groups(of: scenario),
    ]
  }

  /// What cells of a scenario have in common.
  private struct Alike: Hashable {
    var outcome: String
    var verdict: String
    var change: CellChange
    var findings: Int?
    var message: String?
    var needsAttention: Bool
  }

  private func groups(of scenario: ReportDocument.Scenario) -> [[String: Any]] {
    var order: [Alike] = []
    var cells: [Alike: [(lane: String, runtime: String)]] = [:]
    for cell in scenario.cells {
      let alike = Alike(
        outcome: cell.outcome, verdict: cell.verdict, change: cell.change, findings: cell.findings,
        message: cell.message, needsAttention: cell.needsAttention)
      if cells[alike] == nil { order.append(alike) }
      cells[alike, default: []].append((cell.lane, cell.runtime))
    }
    let rank = { (alike: Alike) in Self.order.firstIndex(of: alike.verdict) ?? Self.order.count }
    let sorted = order.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
    return sorted.map(\.element).map { alike in
      let these = cells[alike] ?? []
      let tone = Self.tone(of: alike.verdict)
      let number = alike.findings.flatMap { document.findings.indices.contains($0) ? $0 : nil }
      let list = number.map { document.findings[$0] } ?? []
      let all = these.count == scenario.cells.count && these.count > 1
      return [
        "tone": tone.name, "verdict": "\(tone.symbol) \(alike.verdict)", "outcome": alike.outcome,
        "change": alike.change.rawValue, "v": Self.verdictIndex(alike.verdict),
        "c": PageNames.changes[alike.change] ?? 0, "pairs": names.pairs(these),
        "where": all ? "all \(these.count) cells" : names.words(these), "needs": alike.needsAttention,
        "message": Self.optional(alike.message.map { PageText.shortened($0, to: 300) }),
        "finding": list.isEmpty ? false : "finding\(number ?? 0)" as Any, "findingText": Self.title(list),
      ]
    }
  }
}
