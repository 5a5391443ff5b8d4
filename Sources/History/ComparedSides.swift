import Comparing
import Foundation
import Model
import Packages
import Planning
import Storing

/// The sides of a comparison with the runs that answer for them, as far as there are any.
public struct ComparedSides: Sendable {
  private typealias Source = (run: StoredRun, store: Store)

  private var sides: [(side: Side, source: Source?)]
  private let kind: Side.Kind
  public let filter: CellFilter
  private let configured: [String]
  private let store: Store?
  private let runs: [StoredRun]
  private var hints: [String] = []

  /// Finds out what texts mean, by what is stored and configured.
  ///
  /// - Parameters:
  ///   - database: path of the results; nil, or a path at which there is nothing, where only databases are compared.
  ///   - configured: names of the runtimes that the project is configured with.
  /// - Throws: `Problem` for texts that mean nothing or are of different kinds, and a filter that doesn't go with them.
  public init(_ texts: [String], filter: CellFilter, database: String?, configured: [String]) throws {
    let store = try database.flatMap { FileManager.default.fileExists(atPath: $0) ? try Store(path: $0) : nil }
    let runs = try store?.runs() ?? []
    (self.filter, self.configured, self.store, self.runs) = (filter, configured, store, runs)
    let names = SideNames(
      lanes: Lane.all.map(\.description), runtimes: (configured + runs.flatMap(\.runtimes).map(\.name)).unique,
      runs: runs.map(\.uuid), file: Self.kind(ofFile:))
    let meant = try names.resolve(texts.map(Self.named))
    kind = meant[0].kind
    if let name = filter.runtimes.first(where: { !names.runtimes.contains($0) && !$0.contains("/") }) {
      throw Problem(
        "unknown runtime `\(name)`",
        remedy: NearNames.hint(NearNames.among(names.runtimes, to: name))
          + "known: \(names.runtimes.joined(separator: ", "))")
    }
    for (option, what, isGiven, kind) in [
      ("--lane", "lanes", !filter.lanes.isEmpty, Side.Kind.lane),
      ("--runtime", "runtimes", !filter.runtimes.isEmpty, .runtime),
    ] where isGiven && (self.kind == kind || self.kind == .column) {
      throw Problem(
        "\(option) can't be used with sides that are \(what)", remedy: "omit it; --only selects scenarios")
    }
    /// A path means the runtime that has it in the newest run that has one.
    func runtime(_ name: String) -> String {
      guard name.contains("/") else { return name }
      let path = URL(filePath: name).path
      return runs.lazy.flatMap(\.runtimes).first { $0.interpreter == path }?.name ?? name
    }
    sides = try meant.map { one in
      switch one {
      case .lane(let name): return (Side(name: name, kind: .lane, lane: name), nil)
      case .runtime(let text):
        return (Side(name: runtime(text), kind: .runtime, runtime: runtime(text)), nil)
      case .column(let lane, let text):
        return (Side(name: "\(lane)@\(runtime(text))", kind: .column, lane: lane, runtime: runtime(text)), nil)
      case .run(let uuid):
        let run = runs.first { $0.uuid == uuid }
        return (Side(name: "run \(uuid.prefix(8))", kind: .run), store.flatMap { store in run.map { ($0, store) } })
      case .database(let path):
        let store = try Store(path: path)
        guard let run = try store.runs().first else {
          throw Problem(at: path, "has no run", remedy: "name another database, or use `hpy-conform run --db`")
        }
        return (Side(name: path, kind: .run), (run, store))
      }
    }
  }

  /// A version of a package stands for its lane: `ujson==5.4.0`, `dist/ujson-5.4.0.tar.gz`, also with `@RUNTIME`.
  private static func named(_ text: String) -> String {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let what = parts.first, LoadID.read(what) == nil,
      let requirement = PackageRequirement(
        what, relativeTo: URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory))
    else { return text }
    let rest = parts.dropFirst().map { "@\($0)" }.joined()
    switch requirement.source {
    case .index: return what.contains("==") ? "\(Lane.installed):\(what)\(rest)" : text
    case .archive(let path): return "\(Lane.installed):\(path)\(rest)"
    // A folder is as likely a mistake; a lane before it says what is meant.
    case .checkout: return text
    }
  }

  /// SQLite's files begin so (https://sqlite.org/fileformat.html, 'Magic Header String').
  @Sendable private static func kind(ofFile path: String) -> SideNames.File? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else { return nil }
    // Opening a pipe would wait for its writer.
    guard !Store.isNoFile(path) else { return nil }
    let head = (try? FileHandle(forReadingFrom: URL(filePath: path)).read(upToCount: 16)) ?? Data()
    if head == Data("SQLite format 3\0".utf8) { return .database }
    return FileManager.default.isExecutableFile(atPath: path) ? .interpreter : nil
  }

  // MARK: Which runs

  /// Chooses the runs that answer for runtimes and lanes; without one that has answers, sides stay unanswered.
  ///
  /// - Parameter text: the run that someone asked for; nil for the newest that has answers for all sides, else the
  ///   newest for each.
  /// - Throws: `Problem` when the run that was asked for lacks a side.
  public mutating func choose(run text: String?) throws {
    if kind == .run {
      if text == nil { return }
      throw Problem("--run can't be used with sides that are runs or databases", remedy: "name the run as a side")
    }
    guard let store else {
      if let text { throw Problem("no run is named `\(text)`", remedy: "make one with `hpy-conform run`") }
      return
    }
    if let text {
      let run = try store.run(named: text)
      for (side, _) in sides where try !answers(side, in: run, store) {
        throw Problem(
          "run \(run.uuid.prefix(8)) has no answer of `\(side.name)`",
          remedy: "it has \(run.runtimes.map(\.name).joined(separator: ", ")); omit --run, or name another run")
      }
      return take(run, in: store)
    }
    func answersAll(_ run: StoredRun, skipped: Bool) throws -> Bool {
      try sides.allSatisfy { try answers($0.side, in: run, store, skipped: skipped) }
    }
    let full = try runs.filter { try answersAll($0, skipped: false) }
    for index in sides.indices {
      let run = try full.first ?? runs.first { try answers(sides[index].side, in: $0, store) }
      sides[index].source = run.map { ($0, store) }
    }
    // Sides that no run tried, because they can't be: a run more would not help, and the reasons are stored.
    if !isAnswered, let run = try runs.first(where: { try answersAll($0, skipped: true) }) { take(run, in: store) }
    if let newest = full.first, let larger = full.first(where: { $0.planned > newest.planned }) {
      hints.append(
        "run \(newest.uuid.prefix(8)) is the newest, of \(newest.planned) cells; "
          + "--run \(larger.uuid.prefix(8)) of \(larger.started) has \(larger.planned)")
    }
  }

  private mutating func take(_ run: StoredRun, in store: Store) {
    for index in sides.indices { sides[index].source = (run, store) }
  }

  private func answers(_ side: Side, in run: StoredRun, _ store: Store, skipped: Bool = false) throws -> Bool {
    if let name = side.runtime, !run.runtimes.contains(where: { $0.name == name }) { return false }
    // What a pattern says of lane and runtime concerns one side; here the scenarios count.
    let lane = side.lane.flatMap { LoadID.read($0)?.lane }
    return try store.answeredCells(of: run, lane: lane, runtime: side.runtime, skipped: skipped, limit: 1) { cell in
      side.contains(cell) && filter.takes(cell.load)
        && (filter.patterns.isEmpty || filter.patterns.contains { $0.matches(cell.scenario) })
    } > 0
  }

  public var isAnswered: Bool { unanswered.isEmpty }

  /// Names of the sides for which there is no run.
  public var unanswered: [String] { sides.filter { $0.source == nil }.map(\.side.name) }

  // MARK: Running

  /// What to run for all sides, so that they come from one run: lanes and runtimes, empty for what is usual. Runtimes
  /// go by their configured names, others by the interpreter that a stored run had.
  ///
  /// - Throws: `Problem` for a side that is no lane.
  public func wanted() throws -> (lanes: [LaneChoice], runtimes: [String]) {
    let lanes = try filter.lanes + sides.compactMap(\.side.lane).unique.map { try LaneChoice(named: $0) }
    let named = sides.compactMap(\.side.runtime)
    let runtimes = named.isEmpty ? filter.runtimes : named
    // The reference runtime stands first, so homes of binaries come last.
    let all = (runtimes + (runtimes.isEmpty ? [] : lanes.filter { $0.lane != .installed }.compactMap(\.home))).unique
    return (
      lanes,
      all.map { name in
        if name.contains("/") || configured.contains(name) { return name }
        return runs.lazy.flatMap(\.runtimes).first { $0.name == name }?.interpreter ?? name
      }
    )
  }

  /// Takes all sides from one run.
  ///
  /// - Parameter runtimes: what was run, in the order of `wanted`; says what a path is called.
  public mutating func use(_ run: StoredRun, in store: Store, runtimes: [Runtime]) {
    let names = Dictionary(
      zip(sides.compactMap(\.side.runtime).unique, runtimes.map(\.name))
    ) { first, _ in first }
    take(run, in: store)
    for index in sides.indices {
      guard let name = sides[index].side.runtime.flatMap({ names[$0] }) else { continue }
      sides[index].side.runtime = name
      sides[index].side.name = sides[index].side.lane.map { "\($0)@\(name)" } ?? name
    }
  }

  // MARK: Comparing

  /// Where each side's answers come from.
  ///
  /// - Throws: `Problem` for a side without a run.
  public func sources() throws -> [SideSource] {
    try sides.map { side, source in
      guard let source else {
        throw Problem("no run has answers of `\(side.name)`", remedy: "make one with `hpy-conform run`")
      }
      return SideSource(side: side, run: source.run, store: source.store)
    }
  }

  /// Compares all cells that are meant.
  ///
  /// - Throws: `Problem` for a pattern that means none, sides that have none in common, and what can't be read.
  public func compare() throws -> SideComparison {
    var idle = Set(filter.patterns)
    let comparison = try StoredComparison.compare(sources(), what: filter.what) { cell in
      let hits = filter.patterns.filter { $0.matches(cell) }
      idle.subtract(hits)
      return filter.takes(cell.load) && (filter.patterns.isEmpty || !hits.isEmpty)
    }
    if let pattern = filter.patterns.first(where: idle.contains) {
      throw Problem("no cell of these sides matches `\(pattern)`", remedy: "`hpy-conform show` lists a run's cells")
    }
    if comparison.counts.compared > 0 { return comparison }
    // Which side lacks what.
    let reasons = comparison.sortedObstacles.prefix(6).map { one, cells in
      "\(cells) cells of \(one.sides.map { "`\(comparison.sides[$0].name)`" }.joined(separator: " and ")): "
        + [one.outcome?.rawValue ?? "", one.reason].filter { !$0.isEmpty }.joined(separator: ", ")
    }
    let why = reasons.isEmpty ? ["none of their cells matches \(filter.words.joined(separator: " "))"] : reasons
    throw Problem(
      "these sides have no cells to compare: \(why.joined(separator: "; "))",
      remedy: "`hpy-conform runtimes` lists the lanes that a runtime can run; `hpy-conform run` makes more answers")
  }

  /// What a reader should know first: runs that are not whole, sides of different runs, changed suites.
  ///
  /// - Throws: `Problem` when a database can't be read.
  public func notes() throws -> [String] {
    let sources = try sources()
    var notes = hints
    var seen: Set<String> = []
    for one in sources where one.run.state != .finished && seen.insert(one.run.uuid).inserted {
      let done = try one.store.answeredCells(of: one.run, lane: nil, runtime: nil) { _ in true }
      notes.append(
        "run \(one.run.uuid.prefix(8)) is incomplete (\(one.run.state.rawValue)): \(done) answers, "
          + "\(one.run.planned) cells were planned; the existing answers are compared")
    }
    let others = sources.filter { $0.run.uuid != sources[0].run.uuid }
    if kind != .run, !others.isEmpty {
      notes.append("no run has answers for all sides: the answers of each side are from its newest run")
    }
    let changed = try others.reduce(into: Set<String>()) { all, other in
      all.formUnion(try sources[0].store.changedFiles(from: sources[0].run, to: other.run, in: other.store))
    }.sorted()
    if changed.isEmpty { return notes }
    let more = changed.count > 3 ? " and \(changed.count - 3) more files" : ""
    return notes + [
      "the suites changed between the runs, which may be the cause of differences: "
        + changed.prefix(3).joined(separator: ", ") + more
    ]
  }
}

extension [String] {
  /// Each of them once.
  fileprivate var unique: [String] { reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }
}
