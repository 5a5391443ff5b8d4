import Model

/// What the templates of a page read, made from a report.
///
/// A field that has nothing to say is `false`, never missing: a missing one would be looked up further outside.
struct PageFields {
  let document: ReportDocument
  let names: PageNames

  init(_ document: ReportDocument) {
    self.document = document
    names = PageNames(document)
  }

  var all: [String: Any] {
    var fields = frame
    fields["filter"] = filter
    fields["attention"] = entries(document.entries.filter(\.needsAttention), id: "a", full: 20)
    fields["otherwise"] = entries(document.entries.filter { !$0.needsAttention }, id: "o", full: 0)
    fields.merge(matrix) { $1 }
    fields.merge(history) { $1 }
    fields["suites"] = suites
    fields["findings"] = findings
    fields["sources"] = PageSources.fields(document, names)
    fields.merge(about) { $1 }
    return fields
  }

  /// A text, or false for none.
  static func optional(_ text: String?) -> Any {
    guard let text, !text.isEmpty else { return false }
    return text
  }

  private var frame: [String: Any] {
    let run = document.run
    return [
      "level": Self.level(document.headline.level), "headline": document.headline.text,
      "hasDetails": !document.headline.details.isEmpty, "details": document.headline.details,
      "hasNotes": !document.notes.isEmpty, "notes": document.notes,
      "run": [
        "short": String(run.run.prefix(8)), "started": PageText.time(run.started),
        "series": Self.optional(run.series), "program": run.program,
      ],
      "cellCount": document.suites.flatMap(\.cases).flatMap(\.scenarios).map(\.cells.count).reduce(0, +),
    ]
  }

  private static func level(_ level: ReportDocument.Level) -> [String: Any] {
    switch level {
    case .calm: ["class": "good", "word": "Calm", "symbol": "✓"]
    case .attention: ["class": "bad", "word": "Needs attention", "symbol": "✗"]
    case .environment: ["class": "warn", "word": "Environment", "symbol": "△"]
    }
  }

  private var filter: [String: Any] {
    let options = { (names: [String]) -> [[String: Any]] in
      names.enumerated().map { ["index": $0.offset, "name": $0.element] }
    }
    let cells = document.suites.flatMap(\.cases).flatMap(\.scenarios).flatMap(\.cells)
    let changes = Dictionary(grouping: cells, by: \.change).mapValues(\.count)
    let verdicts = Dictionary(grouping: cells, by: \.verdict).mapValues(\.count)
    return [
      "changes": CellChange.allCases.filter { changes[$0] != nil }.map {
        ["index": PageNames.changes[$0] ?? 0, "name": $0.rawValue, "count": changes[$0] ?? 0] as [String: Any]
      },
      "verdicts": verdicts.keys.sorted().map {
        ["index": Self.verdictIndex($0), "name": $0, "count": verdicts[$0] ?? 0] as [String: Any]
      },
      "runtimes": options(names.runtimeNames), "lanes": options(names.laneNames),
      "suites": options(names.suites.sorted { $0.value < $1.value }.map(\.key)),
    ]
  }

  /// What the filters know a verdict by.
  static func verdictIndex(_ verdict: String) -> Int {
    Verdict(rawValue: verdict).flatMap { Verdict.allCases.firstIndex(of: $0) } ?? Verdict.allCases.count
  }

  private var findings: [[String: Any]] {
    document.findings.enumerated().filter { !$0.element.isEmpty }.map { index, list in
      [
        "id": "finding\(index)", "title": Self.title(list),
        "list": list.map { finding in
          [
            "place": Self.place(finding.label), "facet": finding.facet, "observed": finding.observed,
            "expected": finding.expected, "expectedBy": finding.reference ?? "promised",
            "source": Self.optional(finding.source), "verdict": finding.verdict,
            "reason": Self.optional(finding.reason), "link": Self.optional(finding.link),
          ] as [String: Any]
        },
      ]
    }
  }

  static func place(_ label: String?) -> String { label.map { "“\($0)”" } ?? "the scenario’s end" }

  /// A difference in a line.
  static func gist(_ label: String?, _ observed: String, _ expected: String) -> String {
    PageText.shortened("\(place(label)): \(observed), not \(expected)".replacing("\n", with: " "), to: 110)
  }

  /// A list of findings in a line.
  static func title(_ list: [ReportDocument.FindingInfo]) -> String {
    guard let first = list.first else { return "" }
    return gist(first.label, first.observed, first.expected) + (list.count > 1 ? " and \(list.count - 1) more" : "")
  }
}
