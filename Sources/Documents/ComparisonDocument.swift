import Comparing
import History
import Model

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
    public var state: RunState
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
  ///   - sides: with the run and database of each.
  ///   - database: what commands need not name, because it is the default; nil to name it always.
  /// - Throws: `Problem` when a database can't be read.
  public init(_ comparison: SideComparison, of compared: ComparedSides, defaultDatabase database: String?) throws {
    let sides = try compared.sources().map { SideInfo($0) }
    let names = Names(sides: sides, defaultDatabase: database)
    kind = comparison.sides.first?.kind ?? .run
    restrictedTo = compared.filter.words
    self.sides = sides
    notes = try compared.notes()
    let counts = comparison.counts
    cells = Counts(
      compared: counts.compared, same: counts.same, wordingOnly: counts.wordingOnly, unsteadyOnly: counts.wavering,
      different: counts.different, notCompared: counts.incomparable, notBuiltOnSomeSide: counts.notBuilt,
      places: counts.places, agreedAgainstPromise: counts.agreedAgainst)
    notCompared = comparison.sortedObstacles.map { one, rows in
      Obstacle(sides: names.of(one.sides), outcome: one.outcome?.rawValue, reason: one.reason, cells: rows)
    }
    differences = comparison.differences.map { Entry($0, names) }
    unsteady = comparison.unsteady.map { Entry($0, names) }
    agreements = comparison.agreements.map { Entry($0, names) }
    guard sides.count > 2 else { return }
    alone = zip(sides, comparison.alone).map { side, counts in
      Alone(side: side.name, cells: counts.values.reduce(0, +), bySeverity: counts.named)
    }
    pairs = sides.indices.flatMap { one in
      ((one + 1)..<sides.count).map { other in
        let numbers = comparison.disagreements(one, other)
        return Pair(sides: names.of([one, other]), different: numbers.apart, compared: numbers.together)
      }
    }
  }

  /// Something differs that is neither wording nor unsteady, or is built for one side only.
  public var needsAttention: Bool { cells.different > 0 || cells.notBuiltOnSomeSide > 0 }

  /// Sides by their positions.
  fileprivate struct Names {
    var sides: [SideInfo]
    var defaultDatabase: String?

    func of(_ positions: [Int]) -> [String] { positions.map { sides[$0].name } }

    /// How to look at the side that is to blame, as far as anyone is, and at one that answers otherwise.
    func commands(_ one: SideDifference) -> [String] {
      let blamed =
        one.causes.first?.side ?? one.new.first ?? one.promise?.broken.first ?? one.classes.last?.sides.first ?? 0
      let other = one.classes.first { !$0.sides.contains(blamed) }?.sides.first
      // `show` puts a cell beside its reference: of two runs, the other one has to be asked for.
      let needsBoth = Set(sides.map(\.run)).count > 1
      return ([blamed] + (needsBoth ? [other].compactMap { $0 } : [])).compactMap { side in
        one.cells[side].map { cell in
          let database = sides[side].database
          return ShellCommand.show(
            cell.description, run: sides[side].run, database: database == defaultDatabase ? nil : database)
        }
      }
    }
  }
}

extension [Severity: Int] {
  fileprivate var named: [String: Int] { reduce(into: [:]) { $0[$1.key.rawValue] = $1.value } }
}

extension ComparisonDocument.SideInfo {
  fileprivate init(_ source: SideSource) {
    let (side, run) = (source.side, source.run)
    self.init(
      name: side.name, lane: side.lane, runtime: side.runtime, run: run.uuid, started: run.started, state: run.state,
      database: source.store.path,
      runtimes: run.runtimes.filter { side.runtime == nil || side.runtime == $0.name }
        .reduce(into: [:]) { $0[$1.name] = $1.title })
  }
}

extension ComparisonDocument.Entry {
  fileprivate init(_ group: DifferenceGroup, _ names: ComparisonDocument.Names) {
    let worst = group.worst
    let explained = Set(group.causes.map(\.cause.side))
    let new = worst.new.filter { !explained.contains($0) }
    self.init(
      severity: worst.severity, meaning: group.meaning,
      ledger: new.isEmpty ? explained.isEmpty ? nil : "known" : "new", label: worst.label, facet: worst.facet.rawValue,
      cells: group.rows, scenarios: group.scenarios, places: group.places.named,
      answers: worst.classes.map { .init(sides: names.of($0.sides), texts: $0.texts) },
      unrecorded: group.unrecorded, wavering: names.of(worst.wavering),
      promise: worst.promise.map {
        .init(source: $0.source, expected: $0.expected, keptBy: names.of($0.kept), brokenBy: names.of($0.broken))
      },
      sources: group.sources, causes: Self.merged(group.causes, names), new: names.of(new),
      examples: group.examples.map {
        .init(scenario: $0.scenario.description, places: $0.places.filter { !$0.isEmpty })
      },
      show: names.commands(worst), alone: names.sides.count > 2 ? worst.loner.map { names.sides[$0].name } : nil)
  }

  /// Causes of the same words as one, with all sides that have it.
  private static func merged(
    _ causes: [(cause: Cause, places: Int)], _ names: ComparisonDocument.Names
  ) -> [ComparisonDocument.CauseInfo] {
    causes.grouped { [$0.cause.reason, $0.cause.link] }.map { words, causes in
      ComparisonDocument.CauseInfo(
        sides: names.of(causes.map(\.cause.side).unique.sorted()), reason: words[0], link: words[1],
        places: causes.map(\.places).max() ?? 0)
    }
  }
}
