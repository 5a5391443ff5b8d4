import Exploring
import Model

/// What an exploration found: kinds that nobody has looked at, and the causes of the others.
public struct ExplorationDocument: Codable, Sendable, Hashable {
  /// A kind on the runtimes that show it.
  public struct Kind: Codable, Sendable, Hashable {
    public var kind: String
    public var runtimes: [String]
    public var type: String
    public var operation: String
    public var left: String
    public var right: String
    /// A replay file.
    public var hierarchy: String
    /// When an exploration of this database first found it, ISO 8601, UTC; nil where none before this one did.
    public var since: String?
  }

  /// A cause, with how many kinds and runtimes show it.
  public struct Cause: Codable, Sendable, Hashable {
    public var name: String
    public var reason: String
    public var kinds: Int
    public var runtimes: [String]
  }

  public var seed: UInt64
  /// Hierarchies on each runtime, by its name.
  public var hierarchies: [String: Int]
  public var new: [Kind]
  public var known: [Cause]
  /// By runtime, why something could not be tried.
  public var failures: [String: String]
  public var interrupted: Bool

  public init(
    seed: UInt64, hierarchies: [String: Int], new: [Kind], known: [Cause], failures: [String: String] = [:],
    interrupted: Bool = false
  ) {
    self.seed = seed
    self.hierarchies = hierarchies
    // Those that were never seen come first.
    self.new = new.filter { $0.since == nil } + new.filter { $0.since != nil }
    self.known = known
    self.failures = failures
    self.interrupted = interrupted
  }

  /// - Parameter isForbidden: whether only ends of processes count, as nothing else is promised of what was tried.
  public init(_ result: ExploredResult, isForbidden: Bool = false) {
    var result = result
    if isForbidden { result.groups.removeAll { $0.attempt == nil } }
    let kinds = Dictionary(grouping: result.groups.filter { $0.cause == nil }, by: \.kind)
    let new = kinds.sorted { $0.key.description < $1.key.description }.map { kind, groups in
      // The smallest example is as good as any.
      let smallest = groups.min { $0.example.types.count < $1.example.types.count } ?? groups[0]
      return Kind(
        kind: kind.description, runtimes: groups.map(\.runtime.name).unique, type: smallest.told.type,
        operation: smallest.told.operation, left: smallest.told.left, right: smallest.told.right,
        hierarchy: HierarchyFile(smallest.example, shows: [kind.description]).text)
    }
    let causes = Dictionary(grouping: result.groups.filter { $0.cause != nil }, by: { $0.cause?.name ?? "" })
    let known = causes.sorted { $0.key < $1.key }.map { name, groups in
      Cause(
        name: name, reason: groups[0].cause?.reason ?? "", kinds: Set(groups.map(\.kind)).count,
        runtimes: groups.map(\.runtime.name).unique)
    }
    self.init(
      seed: result.seed, hierarchies: result.tried, new: new, known: known, failures: result.failures,
      interrupted: result.isInterrupted)
  }

  /// Whether somebody has to look at something.
  public var needsAttention: Bool { !new.isEmpty }

  /// New kinds that no exploration before this one found.
  public var neverSeen: [Kind] { new.filter { $0.since == nil } }

  /// `seed 7: 4000 hierarchies on 14 runtimes: 2 new kinds, 12 known causes`.
  public var headline: String {
    let counts = Set(hierarchies.values).sorted().map(String.init).joined(separator: " to ")
    let never = neverSeen.count
    let found =
      new.isEmpty
      ? "nothing new"
      : never == new.count
        ? Words.number(never, "new kind")
        : "\(Words.number(new.count, "kind")) without a cause, \(never == 0 ? "none" : String(never)) of them new"
    return "seed \(seed): \(counts) hierarchies on \(Words.number(hierarchies.count, "runtime")): \(found), "
      + Words.number(known.count, "known cause")
  }
}
