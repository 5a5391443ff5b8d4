import Judging
import Model

/// Differences that most likely have one cause, in a sentence; the differences themselves stand below.
public struct PatternInfo: Codable, Sendable, Hashable {
  /// `crash`, `leak`, `wrong value` …
  public var kind: String
  /// Where, what, how much, and where to look first.
  public var sentence: String
  /// Where it shows, in words: `only cpython-3.11`, `only universal lanes`.
  public var onRuntimes: String
  public var inLanes: String
  /// What is wrong, in words.
  public var what: String
  /// Names.
  public var runtimes: [String]
  public var lanes: [String]
  public var facets: [String]
  public var labels: [String]
  /// Number of cells, of facts (places of scenarios, wherever they show) and of scenarios.
  public var cells: Int
  public var facts: Int
  public var scenarios: Int
  /// `SUITE/CASE/SCENARIO` of the smallest scenario.
  public var smallest: String
  /// A fact of that scenario.
  public var example: Example
  /// Links of known causes that look the same.
  public var resembles: [String]
  /// Positions of its differences in the document's list, the worst first; empty where the document has no such list.
  public var entries: [Int]

  public struct Example: Codable, Sendable, Hashable {
    /// `SUITE/CASE/SCENARIO@LANE@RUNTIME`.
    public var cell: String
    /// nil for how the scenario ended.
    public var label: String?
    public var facet: String
    public var observed: String
    public var expected: String
    /// The line of the scenario file that records it; nil where it was not found.
    public var place: SourcePlace?
  }
}

extension PatternInfo {
  init(_ pattern: FindingPattern, entries: [Int] = []) {
    let example = pattern.example
    self.init(
      kind: pattern.kind.rawValue, sentence: pattern.sentence, onRuntimes: pattern.onRuntimes,
      inLanes: pattern.inLanes, what: pattern.what, runtimes: pattern.runtimes, lanes: pattern.lanes,
      facets: pattern.facets.map(\.rawValue), labels: pattern.labels, cells: pattern.cells, facts: pattern.facts,
      scenarios: pattern.scenarios, smallest: pattern.smallest,
      example: Example(
        cell: "\(example.scenario)@\(example.places[0].lane)@\(example.places[0].runtime)", label: example.label,
        facet: example.facet.rawValue, observed: example.observed, expected: example.expected),
      resembles: pattern.resembles, entries: entries)
  }

  /// `“write”: expected raised AttributeError, got returned None`; an end has no label.
  package var exampleWords: String {
    let got = Documents.sentence(expected: example.expected, got: example.observed, 60)
    return example.label.map { "\(Words.place($0)): \(got)" } ?? got
  }

  /// The example with its line in the scenario file, if that was found.
  package var exampleSentence: String { (example.place.map { "\($0.name): " } ?? "") + exampleWords }

  /// The same with the example's line in the scenario file.
  func placed(in texts: ScenarioTexts) -> PatternInfo {
    guard let cell = CellID(example.cell) else { return self }
    var placed = self
    placed.example.place = texts.place(
      of: Divergence(
        label: example.label, facet: Facet(rawValue: example.facet) ?? .value, observed: example.observed,
        expected: example.expected, oracle: .expectation(source: "")), in: cell.scenario)
    return placed
  }

  /// `similar to findings/x.md`; nil where nothing is known that does.
  package var likeness: String? {
    resembles.isEmpty ? nil : "similar to \(resembles.joined(separator: ", "))"
  }
}

extension PatternInfo {
  /// No runtime is to blame for it: answers waver, or the ledger is behind.
  package var isMild: Bool { [FindingPattern.Kind.flaky, .fixed].map(\.rawValue).contains(kind) }

  /// The process died or hung.
  package var isCrash: Bool { [FindingPattern.Kind.crash, .hang, .ending].map(\.rawValue).contains(kind) }
}
