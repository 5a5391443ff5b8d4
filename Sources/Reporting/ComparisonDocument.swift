import Comparing
import Model
import Storing

/// A comparison as a value that can be written as JSON, and that every text is made from. Results/README.md documents
/// its shape; a change of it that breaks a reader gets another `version`.
public struct ComparisonDocument: Codable, Sendable, Hashable {
  public static let currentVersion = 1

  public var format = "hpy-conform compare"
  public var version = Self.currentVersion
  public var kind: Side.Kind
  /// Options that chose the cells; empty for all.
  public var restrictedTo: [String]
  public var sides: [SideInfo]
  /// What a reader should know before believing the rest.
  public var notes: [String]
  public var cells: Counts
  public var notCompared: [Obstacle]
  public var differences: [Entry]
  public var unsteady: [Entry]
  public var agreements: [Entry]
  /// Only for more than two sides.
  public var alone: [Alone]?
  /// Only for more than two sides.
  public var pairs: [Pair]?

  /// What a side is, and where its answers come from.
  public struct SideInfo: Codable, Sendable, Hashable {
    public var name: String
    public var lane: String?
    public var runtime: String?
    /// UUID.
    public var run: String
    /// ISO 8601, UTC.
    public var started: String
    /// `finished`, `interrupted`, or `running`.
    public var state: String
    public var database: String
    /// What the runtimes are whose cells it has, by name.
    public var runtimes: [String: String]
  }

  public struct Counts: Codable, Sendable, Hashable {
    public var compared: Int
    public var same: Int
    public var wordingOnly: Int
    public var unsteadyOnly: Int
    public var different: Int
    public var notCompared: Int
    public var notBuiltOnSomeSide: Int
    /// Labels and endings that two sides at least answered.
    public var places: Int
    public var agreedAgainstPromise: Int
  }

  public struct Obstacle: Codable, Sendable, Hashable {
    public var sides: [String]
    /// An outcome; nil where the side has no such cell.
    public var outcome: String?
    public var reason: String
    public var cells: Int
  }

  /// Differences of one cause.
  public struct Entry: Codable, Sendable, Hashable {
    public var severity: Severity
    public var meaning: Meaning
    /// `known`, `new`, or nil where the judgement found nothing wrong.
    public var ledger: String?
    /// nil for how the scenario ended.
    public var label: String?
    public var facet: String
    public var cells: Int
    public var scenarios: Int
    /// Places by severity.
    public var places: [String: Int]
    /// Of the worst difference.
    public var answers: [AnswerClass]
    /// Further labels that some sides did not record, having taken another way there.
    public var unrecorded: Int
    public var wavering: [String]
    /// Of the worst difference.
    public var promise: Promise?
    /// All documents that promise one of the answers.
    public var sources: [String]
    public var causes: [CauseInfo]
    public var new: [String]
    public var examples: [Example]
    /// Commands to look closer.
    public var show: [String]
    /// The only side that answers otherwise, of more than two.
    public var alone: String?
  }

  public struct AnswerClass: Codable, Sendable, Hashable {
    public var sides: [String]
    /// Several where attempts disagree.
    public var texts: [String]
  }

  public struct Promise: Codable, Sendable, Hashable {
    public var source: String
    public var expected: [String]
    public var keptBy: [String]
    public var brokenBy: [String]
  }

  public struct CauseInfo: Codable, Sendable, Hashable {
    public var sides: [String]
    public var reason: String
    public var link: String
    public var places: Int
  }

  public struct Example: Codable, Sendable, Hashable {
    public var scenario: String
    public var places: [String]
  }

  public struct Alone: Codable, Sendable, Hashable {
    public var side: String
    public var cells: Int
    /// Cells by their worst difference.
    public var bySeverity: [String: Int]
  }

  public struct Pair: Codable, Sendable, Hashable {
    public var sides: [String]
    public var different: Int
    public var compared: Int
  }
}

extension ComparisonDocument {
  /// - Parameters:
  ///   - sources: run and database of each side, in their order.
  ///   - database: what commands need not name, because it is the default; nil to name it always.
  public init(
    _ comparison: SideComparison, sources: [(run: StoredRun, database: String)], restrictedTo: [String],
    notes: [String], defaultDatabase: String?
  ) {
    let sides = zip(comparison.sides, sources).map { Self.info($0, $1.run, $1.database) }
    let builder = EntryBuilder(sides: sides, defaultDatabase: defaultDatabase)
    kind = comparison.sides.first?.kind ?? .run
    self.restrictedTo = restrictedTo
    self.sides = sides
    self.notes = notes
    let counts = comparison.counts
    cells = Counts(
      compared: counts.compared, same: counts.same, wordingOnly: counts.wordingOnly, unsteadyOnly: counts.wavering,
      different: counts.different, notCompared: counts.incomparable, notBuiltOnSomeSide: counts.notBuilt,
      places: counts.places, agreedAgainstPromise: counts.agreedAgainst)
    notCompared = comparison.sortedObstacles.map { one, rows in
      Obstacle(
        sides: one.sides.map { sides[$0].name }, outcome: one.outcome?.rawValue, reason: one.reason, cells: rows)
    }
    differences = comparison.differences.map(builder.entry)
    unsteady = comparison.unsteady.map(builder.entry)
    agreements = comparison.agreements.map(builder.entry)
    guard sides.count > 2 else { return }
    alone = zip(sides, comparison.alone).map { side, counts in
      Alone(
        side: side.name, cells: counts.values.reduce(0, +),
        bySeverity: counts.reduce(into: [:]) { $0[$1.key.rawValue] = $1.value })
    }
    pairs = sides.indices.flatMap { one in
      ((one + 1)..<max(one + 1, sides.count)).map { other in
        let numbers = comparison.disagreements(one, other)
        return Pair(
          sides: [sides[one].name, sides[other].name], different: numbers.apart, compared: numbers.together)
      }
    }
  }

  /// Something differs that is neither wording nor unsteady, or is built for one side only.
  public var needsAttention: Bool { cells.different > 0 || cells.notBuiltOnSomeSide > 0 }

  private static func info(_ side: Side, _ run: StoredRun, _ database: String) -> SideInfo {
    let runtimes = run.runtimes.filter { side.runtime == nil || side.runtime == $0.name }
    return SideInfo(
      name: side.name, lane: side.lane, runtime: side.runtime, run: run.uuid, started: run.started, state: run.state,
      database: database, runtimes: runtimes.reduce(into: [:]) { $0[$1.name] = $1.title })
  }
}

/// Makes entries, with the names of sides for their positions.
private struct EntryBuilder {
  var sides: [ComparisonDocument.SideInfo]
  var defaultDatabase: String?

  func entry(_ group: DifferenceGroup) -> ComparisonDocument.Entry {
    let worst = group.worst
    let causes = Set(group.causes.map(\.cause.side))
    return ComparisonDocument.Entry(
      severity: worst.severity, meaning: group.meaning,
      ledger: worst.new.contains { !causes.contains($0) } ? "new" : causes.isEmpty ? nil : "known",
      label: worst.label, facet: worst.facet.rawValue, cells: group.rows, scenarios: group.scenarios,
      places: group.places.reduce(into: [:]) { $0[$1.key.rawValue] = $1.value },
      answers: worst.classes.map { ComparisonDocument.AnswerClass(sides: names($0.sides), texts: $0.texts) },
      unrecorded: group.unrecorded, wavering: names(worst.wavering),
      promise: worst.promise.map {
        ComparisonDocument.Promise(
          source: $0.source, expected: $0.expected, keptBy: names($0.kept), brokenBy: names($0.broken))
      },
      sources: group.sources, causes: merged(group.causes), new: names(worst.new.filter { !causes.contains($0) }),
      examples: group.examples.map {
        ComparisonDocument.Example(scenario: $0.scenario.description, places: $0.places.filter { !$0.isEmpty })
      },
      show: commands(worst), alone: sides.count > 2 ? worst.loner.map { sides[$0].name } : nil)
  }

  private func names(_ positions: [Int]) -> [String] { positions.map { sides[$0].name } }

  /// Causes of the same words as one, with all sides that have it.
  private func merged(_ causes: [(cause: Cause, places: Int)]) -> [ComparisonDocument.CauseInfo] {
    var merged: [ComparisonDocument.CauseInfo] = []
    for (cause, places) in causes {
      let name = sides[cause.side].name
      if let index = merged.firstIndex(where: { $0.reason == cause.reason && $0.link == cause.link }) {
        if !merged[index].sides.contains(name) { merged[index].sides.append(name) }
        merged[index].places = max(merged[index].places, places)
      } else {
        merged.append(
          ComparisonDocument.CauseInfo(sides: [name], reason: cause.reason, link: cause.link, places: places))
      }
    }
    let order = sides.map(\.name)
    for index in merged.indices {
      merged[index].sides.sort { (order.firstIndex(of: $0) ?? 0) < (order.firstIndex(of: $1) ?? 0) }
    }
    return merged
  }

  /// How to look at the side that is to blame, as far as anyone is, and at one that answers otherwise.
  private func commands(_ one: SideDifference) -> [String] {
    let blamed =
      one.causes.first?.side ?? one.new.first ?? one.promise?.broken.first ?? one.classes.last?.sides.first ?? 0
    let other = one.classes.first { !$0.sides.contains(blamed) }?.sides.first
    // `show` puts a cell beside its reference: of two runs, the other one has to be asked for.
    let needsBoth = Set(sides.map(\.run)).count > 1
    return ([blamed] + (needsBoth ? [other].compactMap { $0 } : [])).compactMap { side in
      one.cells[side].map { cell in
        var words = ["hpy-conform show", Self.quoted(cell.description), "--run", String(sides[side].run.prefix(8))]
        if sides[side].database != defaultDatabase { words += ["--db", Self.quoted(sides[side].database)] }
        return words.joined(separator: " ")
      }
    }
  }

  private static func quoted(_ text: String) -> String {
    text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/@._+-:=,".contains($0)) }
      ? text : "'\(text.replacing("'", with: "'\\''"))'"
  }
}
