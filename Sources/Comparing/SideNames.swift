import Model

/// What the sides of a comparison may be called, and what a text for one means. Pure: what there is, is given.
public struct SideNames: Sendable {
  /// What a path leads to.
  public enum File: Sendable {
    case database
    case interpreter
  }

  /// What one text means.
  public enum Meant: Hashable, Sendable {
    case lane(String)
    case runtime(String)
    case column(lane: String, runtime: String)
    /// By UUID.
    case run(String)
    /// By path.
    case database(String)

    public var kind: Side.Kind {
      switch self {
      case .lane: .lane
      case .runtime: .runtime
      case .column: .column
      case .run, .database: .run
      }
    }
  }

  public var lanes: [String]
  /// Of all stored runs and of the project's configuration.
  public var runtimes: [String]
  /// UUIDs, the newest first.
  public var runs: [String]
  /// Says what lies at a path; nil for nothing that can be compared.
  public var file: @Sendable (String) -> File?

  public init(lanes: [String], runtimes: [String], runs: [String], file: @escaping @Sendable (String) -> File?) {
    self.lanes = lanes
    self.runtimes = runtimes
    self.runs = runs
    self.file = file
  }

  /// What several texts mean, all of one kind.
  ///
  /// - Throws: `Problem` for a text that means nothing or several things, for the same side twice, and for sides
  ///   of different kinds.
  public func resolve(_ texts: [String]) throws -> [Meant] {
    guard texts.count > 1 else {
      throw Problem(
        texts.isEmpty ? "nothing to compare" : "`\(texts[0])` alone can't be compared",
        remedy: "name at least two sides: runtimes, lanes, LANE@RUNTIME, runs or databases")
    }
    let candidates = try texts.map { try meanings(of: $0) }
    let shared = candidates.dropFirst().reduce(Set(candidates[0].map(\.kind))) { $0.intersection($1.map(\.kind)) }
    if shared.count > 1 {
      let index = candidates.firstIndex { $0.count > 1 } ?? 0
      throw Self.ambiguity(texts[index], candidates[index])
    }
    guard let kind = shared.first else {
      if let index = candidates.firstIndex(where: { $0.count > 1 }) {
        throw Self.ambiguity(texts[index], candidates[index])
      }
      let kinds = zip(texts, candidates).map { "`\($0)` is \($1[0].kind.phrase)" }
      throw Problem(
        "sides of different kinds: \(kinds.joined(separator: ", "))",
        remedy: "compare runtimes with runtimes, lanes with lanes, LANE@RUNTIME with the same, runs with runs; "
          + "--lane and --runtime select cells")
    }
    let meant = candidates.map { one in one.first { $0.kind == kind }! }
    if let index = meant.indices.first(where: { meant[..<$0].contains(meant[$0]) }) {
      throw Problem("`\(texts[index])` is named twice", remedy: "name each side once")
    }
    return meant
  }

  // MARK: One text

  /// Everything that a text may mean, one of each kind.
  private func meanings(of text: String) throws -> [Meant] {
    for (prefix, kind) in [("lane:", Side.Kind.lane), ("runtime:", .runtime), ("run:", .run)]
    where text.hasPrefix(prefix) {
      let rest = String(text.dropFirst(prefix.count))
      let found = try plain(rest).filter { $0.kind == kind }
      if found.isEmpty { throw unknown(rest, kind.phrase) }
      return found
    }
    if text.contains("@") { return [try column(text)] }
    let found = try plain(text)
    if found.isEmpty { throw unknown(text, "a runtime, a lane, a run or a database") }
    return found
  }

  private func plain(_ text: String) throws -> [Meant] {
    var found: [Meant] = []
    if isLane(text) { found.append(.lane(text)) }
    if runtimes.contains(text) { found.append(.runtime(text)) }
    if let run = try run(text) { found.append(.run(run)) }
    if found.isEmpty {
      switch file(text) {
      case .database: found.append(.database(text))
      case .interpreter: found.append(.runtime(text))
      case nil: break
      }
    }
    return found
  }

  private func run(_ text: String) throws -> String? {
    switch text {
    case "last", "latest":
      guard let first = runs.first else { throw Problem("there is no run yet", remedy: "`hpy-conform run` makes one") }
      return first
    case "previous":
      guard runs.count > 1 else {
        throw Problem("there is no run before the last one", remedy: "`hpy-conform runs` lists them")
      }
      return runs[1]
    default:
      // Shorter ones would be taken for words.
      guard text.count >= 4 else { return nil }
      let found = runs.filter { $0.hasPrefix(text.lowercased()) }
      if found.count > 1 {
        throw Problem("\(found.count) runs begin with `\(text)`", remedy: "write more of the UUID")
      }
      return found.first
    }
  }

  private func column(_ text: String) throws -> Meant {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[0].contains("/") || isPackage(parts[0]) else {
      throw Problem(
        "`\(text)` is not LANE@RUNTIME",
        remedy: "write for example universal@\(runtimes.first ?? "cpython-3.11"); --only SUITE/CASE selects scenarios")
    }
    guard isLane(parts[0]) else { throw unknown(parts[0], "a lane") }
    guard runtimes.contains(parts[1]) || isInterpreter(parts[1]) else { throw unknown(parts[1], "a runtime") }
    return .column(lane: parts[0], runtime: parts[1])
  }

  /// A lane that runs try, any other with a binary that is built for one of the runtimes, or a package.
  private func isLane(_ text: String) -> Bool {
    lanes.contains(text) || isPackage(text) || (LoadID.read(text)?.home).map(runtimes.contains) ?? false
  }

  /// `installed:ujson==5.4.0`.
  private func isPackage(_ text: String) -> Bool {
    LoadID.read(text).map { $0.lane == .installed && $0.home != nil } ?? false
  }

  private func isInterpreter(_ path: String) -> Bool {
    if case .interpreter = file(path) { return true }
    return false
  }

  // MARK: Messages

  private static func ambiguity(_ text: String, _ meanings: [Meant]) -> Problem {
    let kinds = meanings.map(\.kind)
    return Problem(
      "`\(text)` is the name of \(kinds.map(\.phrase).joined(separator: " and of "))",
      remedy: "write \(kinds.map { "\($0.rawValue):\(text)" }.joined(separator: " or "))")
  }

  private func unknown(_ text: String, _ what: String) -> Problem {
    let hint = NearNames.hint(NearNames.among(lanes + runtimes, to: text))
    if text.contains("/") || text.hasSuffix(".sqlite") {
      return Problem(
        at: text, "is not a database or an interpreter", remedy: "give the path of a results database or of a Python")
    }
    return Problem(
      "`\(text)` is not \(what)",
      remedy: "\(hint)lanes: \(lanes.joined(separator: ", ")); "
        + "runtimes: \(runtimes.isEmpty ? "none yet" : runtimes.joined(separator: ", ")); "
        + "`hpy-conform runs` lists runs")
  }
}
