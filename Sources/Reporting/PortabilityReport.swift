import Foundation
import Model
import Storing

/// Which binaries load and behave on which runtimes; made from the store alone.
public struct PortabilityReport: Sendable, Encodable {
  /// A runtime, and why nothing can be loaded there.
  public struct Place: Sendable, Encodable {
    public var name: String
    /// What it is, for people.
    public var title: String
    public var obstacle: String?
  }

  public struct Binary: Sendable, Encodable {
    public var name: String
    /// What it is, for people.
    public var title: String
    public var kind: String
    public var abi: String
    public var builtFor: String
    public var hpyVersion: String
    /// Key of the layout of the context that it is built for.
    public var layout: String
  }

  /// A binary on a runtime: number of scenarios by behaviour, and of those where a promise is broken.
  public struct Pair: Sendable, Encodable {
    public var binary: String
    public var runtime: String
    public var isReference: Bool
    public var behaves: Int
    public var refused: Int
    public var misbehaves: Int
    public var notBuilt: Int
    public var notTried: Int
    public var broken: Int
    public var unsteady: Int
  }

  /// Scenarios in which a binary does the same on a runtime, for the same reason.
  public struct Group: Sendable, Encodable {
    /// Several where none of them could be built; empty where none was tried.
    public var binary: String
    /// Empty where none could be built.
    public var runtime: String
    public var behaviour: String
    /// What has to happen: `behave`, `be refused`, or `nothing` where no document says.
    public var demand: String
    /// The document that says so.
    public var source: String
    public var isKept: Bool?
    /// Attempts disagree.
    public var isUnsteady: Bool
    /// The worst difference; nil for the outcome as a whole.
    public var label: String?
    public var facet: String?
    public var observed: String
    public var expected: String?
    /// What says what is expected: a cell, its lane being a binary; or a document.
    public var reference: String?
    public var scenarios: [Scenario]
  }

  public struct Scenario: Sendable, Encodable, Hashable {
    public var name: String
    /// Line of the scenario file where it ended, the last label before, and an exception's message; nil where it
    /// ran to its end.
    public var place: String?
  }

  public let id: String
  public let started: String
  public let finished: String?
  public let state: String
  public let planned: Int
  public let tried: Int
  public let runtimes: [Place]
  public let binaries: [Binary]
  public let pairs: [Pair]
  /// Worst first: broken promises, then what goes wrong without a promise, then what was not built or tried.
  public let groups: [Group]

  /// - Throws: `Problem` when the database can't be read.
  public init(_ view: StoredPortability, in store: Store) throws {
    id = view.uuid
    started = view.started
    finished = view.finished
    state = view.state
    planned = view.planned
    runtimes = view.runtimes.map { Place(name: $0.name, title: $0.title, obstacle: view.obstacles[$0.name]) }
    binaries = view.binaries.map { one in
      Binary(
        name: one.name, title: "\(one.kind.description), HPy \(one.hpyVersion)\(Self.others(one))",
        kind: one.kind.rawValue, abi: one.kind.lane.abi.rawValue, builtFor: one.builtFor, hpyVersion: one.hpyVersion,
        layout: one.layout.hex)
    }
    let counts = try store.counts(of: view)
    tried = counts.reduce(0) { $0 + $1.scenarios }
    pairs = view.binaries.flatMap { binary in
      view.runtimes.map { runtime in
        Self.pair(counts.filter { $0.binary == binary.name && $0.runtime == runtime.name }, binary.name, runtime.name)
      }
    }
    groups = Self.groups(try store.remarkable(of: view))
  }

  /// Whether every pair does what is promised.
  public var isAsPromised: Bool { pairs.allSatisfy { $0.broken == 0 } }

  /// The other runtimes that have the same binary.
  private static func others(_ binary: PortableBinary) -> String {
    let others = binary.homes.filter { $0 != binary.builtFor }
    return others.isEmpty ? "" : ", also that of \(others.joined(separator: ", "))"
  }

  private static func pair(_ counts: [PortabilityCount], _ binary: String, _ runtime: String) -> Pair {
    func number(_ condition: (PortabilityCount) -> Bool) -> Int {
      counts.filter(condition).reduce(0) { $0 + $1.scenarios }
    }
    return Pair(
      binary: binary, runtime: runtime, isReference: counts.contains { $0.isReference },
      behaves: number { $0.behaviour == .behaves }, refused: number { $0.behaviour == .refused },
      misbehaves: number { $0.behaviour == .misbehaves }, notBuilt: number { $0.behaviour == .notBuilt },
      notTried: number { $0.behaviour == .notTried }, broken: number { $0.isKept == false },
      unsteady: number { $0.isUnsteady })
  }

  // MARK: Groups

  private struct Rank: Comparable {
    var values: [Int]

    static func < (left: Rank, right: Rank) -> Bool { left.values.lexicographicallyPrecedes(right.values) }
  }

  private static func groups(_ results: [StoredPortabilityResult]) -> [Group] {
    var found: [(rank: Rank, group: Group)] = []
    var places: [[String?]: Int] = [:]
    for result in results {
      var group = group(of: result)
      // Why something was not built has nothing to do with runtimes, and why it was not tried nothing with binaries.
      let isPairless = result.behaviour <= .notBuilt
      if result.behaviour == .notBuilt { group.runtime = "" }
      if result.behaviour == .notTried { group.binary = "" }
      let key: [String?] = [
        isPairless ? nil : group.binary, group.runtime, group.behaviour, isPairless ? nil : group.demand, group.label,
        group.facet, group.observed, group.expected, "\(group.isUnsteady)",
      ]
      if let index = places[key] {
        if isPairless, !found[index].group.binary.components(separatedBy: ", ").contains(group.binary) {
          found[index].group.binary += ", \(group.binary)"
        }
        if !found[index].group.scenarios.contains(group.scenarios[0]) {
          found[index].group.scenarios += group.scenarios
        }
      } else {
        places[key] = found.count
        found.append((rank(of: result), group))
      }
    }
    return found.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
      .map(\.element.group)
  }

  private static func rank(of result: StoredPortabilityResult) -> Rank {
    let outcome = result.differences.first?.label == nil ? worst(result).answer.outcome.severity : 4
    let behaviours = PortabilityBehaviour.allCases.reversed()
    return Rank(values: [
      result.isKept == false ? 0 : result.behaviour == .misbehaves ? 1 : 2,
      behaviours.firstIndex(of: result.behaviour).map { behaviours.distance(from: behaviours.startIndex, to: $0) } ?? 0,
      outcome,
    ])
  }

  private static func group(of result: StoredPortabilityResult) -> Group {
    let attempt = worst(result)
    let difference = result.behaviour == .misbehaves ? result.differences.first : nil
    var observed = difference?.observed ?? result.behaviour.rawValue
    if difference == nil, result.behaviour != .behaves, let message = attempt.answer.message {
      // The path of the case is the machine's own.
      let folder = "\(result.scenario.suite)/\(result.scenario.testCase)/"
      observed = message.range(of: folder).map { String(message[$0.lowerBound...]) } ?? message
    }
    let reference = difference?.oracle.reference?.column ?? difference?.oracle.source
    let hasCrashed = difference.map { $0.label == nil } ?? false
    return Group(
      binary: result.binary, runtime: result.runtime, behaviour: result.behaviour.rawValue,
      demand: result.promise.demand.rawValue, source: result.promise.source, isKept: result.isKept,
      isUnsteady: result.isUnsteady, label: difference?.label, facet: difference?.facet.rawValue, observed: observed,
      expected: difference?.expected, reference: reference,
      scenarios: [
        Scenario(name: result.scenario.description, place: hasCrashed ? place(of: attempt) : nil)
      ])
  }

  /// The attempt that the differences are of: the first one whose end is what they say.
  private static func worst(_ result: StoredPortabilityResult) -> Attempt {
    let observed = result.differences.first { $0.label == nil }?.observed
    return result.attempts.first { $0.answer.outcome.description == observed } ?? result.attempts[0]
  }

  /// `scenarios.py:12, behind "the label": the message`: from the fault handler's traceback, or that of an exception.
  static func place(of attempt: Attempt) -> String? {
    let frames = attempt.traceback.matches(of: #/File "[^"]*scenarios\.py", line (\d+)/#)
    // The fault handler says the most recent call first, an exception's traceback last.
    let frame = attempt.traceback.contains("most recent call first") ? frames.first : frames.last
    let line = frame.map { "scenarios.py:\($0.1)" }
    let label = attempt.answer.observations.last.map { "behind \"\($0.label)\"" }
    let place = [line, label].compactMap(\.self).joined(separator: ", ")
    let message = attempt.answer.message.map { RunSummary.oneLine($0, limit: 80) }
    let parts = [place, message ?? ""].filter { !$0.isEmpty }
    return parts.isEmpty ? nil : parts.joined(separator: ": ")
  }
}
