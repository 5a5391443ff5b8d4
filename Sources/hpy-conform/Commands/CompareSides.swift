import Comparing
import Foundation
import Model
import Planning
import Reporting
import Runtimes
import Session
import Storing

/// The sides of a comparison with the runs that answer for them, as far as there are any.
struct CompareSides {
  private struct Entry {
    /// As the person wrote it.
    var text: String
    var side: Side
    var run: StoredRun?
    var store: Store?
  }

  private var entries: [Entry]
  private let kind: Side.Kind
  private let filter: CompareFilter
  /// Names of the runtimes of hpy-conform.toml.
  private let configured: [String]
  private let store: Store?
  private let runs: [StoredRun]
  private var hints: [String] = []
  /// Where results are unless someone says otherwise; nil outside of a project.
  let defaultDatabase: String?

  /// Finds out what texts mean, by what is stored and configured.
  ///
  /// - Throws: `Problem` for texts that mean nothing or are of different kinds, and options that don't go with them.
  init(_ texts: [String], places: PlaceOptions, database: DatabaseOptions, filter: CompareFilter) throws {
    self.filter = filter
    // Databases can be compared anywhere; all else needs a project, or --db.
    let project = try? places.project()
    let path = try? database.path(places)
    defaultDatabase = project?.appending(path: "Results/results.sqlite").path
    configured = try project.map { try Configuration(project: $0).runtimes.map(\.name) } ?? []
    let isThere = path.map { FileManager.default.fileExists(atPath: $0) } ?? false
    let store = try isThere ? Self.open(path!) : nil
    self.store = store
    runs = try store?.runs() ?? []
    let stored = runs.flatMap(\.runtimes).map(\.name)
    let names = SideNames(
      lanes: Lane.all.map(\.name), runtimes: Self.unique(configured + stored),
      runs: runs.map(\.uuid), file: Self.kind(ofFile:))
    let meant = try names.resolve(texts)
    kind = meant[0].kind
    for name in filter.runtimes where !names.runtimes.contains(name) && !name.contains("/") {
      throw Problem("unknown runtime `\(name)`", remedy: "known: \(names.runtimes.joined(separator: ", "))")
    }
    try Self.refuse(filter, for: kind)
    let found = runs
    entries = try zip(texts, meant).map { text, one in
      switch one {
      case .lane(let name): Entry(text: text, side: Side(name: name, kind: .lane, lane: name))
      case .runtime(let name):
        Self.runtimeEntry(text, name, found) { Side(name: $0, kind: .runtime, runtime: $0) }
      case .column(let lane, let name):
        Self.runtimeEntry(text, name, found) { Side(name: "\(lane)@\($0)", kind: .column, lane: lane, runtime: $0) }
      case .run(let uuid):
        Entry(
          text: text, side: Side(name: "run \(uuid.prefix(8))", kind: .run), run: found.first { $0.uuid == uuid },
          store: store)
      case .database(let path): try Self.databaseEntry(path)
      }
    }
  }

  /// Opens a database, and says so where that changes it.
  private static func open(_ path: String) throws -> Store {
    let isOlder = try Store.isOlder(path)
    let store = try Store(path: path, .read)
    if isOlder { Console.note("\(path) was written by an older hpy-conform; its tables are brought up in place") }
    return store
  }

  private static func unique(_ names: [String]) -> [String] {
    names.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private static func refuse(_ filter: CompareFilter, for kind: Side.Kind) throws {
    let (lanes, runtimes) = (!filter.lanes.isEmpty, !filter.runtimes.isEmpty)
    if lanes, kind == .lane || kind == .column {
      throw Problem("--lane does not go with sides that are lanes", remedy: "leave it out; --only chooses scenarios")
    }
    if runtimes, kind == .runtime || kind == .column {
      throw Problem(
        "--runtime does not go with sides that are runtimes", remedy: "leave it out; --only chooses scenarios")
    }
  }

  /// SQLite's files begin so (https://sqlite.org/fileformat.html, 'Magic Header String').
  @Sendable private static func kind(ofFile path: String) -> SideNames.File? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else { return nil }
    let head = (try? FileHandle(forReadingFrom: URL(filePath: path)).read(upToCount: 16)) ?? Data()
    if head == Data("SQLite format 3\0".utf8) { return .database }
    return FileManager.default.isExecutableFile(atPath: path) ? .interpreter : nil
  }

  /// A path means the runtime that has it in the newest run that has one.
  private static func runtimeEntry(
    _ text: String, _ name: String, _ runs: [StoredRun], _ make: (String) -> Side
  ) -> Entry {
    guard name.contains("/") else { return Entry(text: text, side: make(name)) }
    let path = URL(filePath: name).path
    let known = runs.lazy.flatMap(\.runtimes).first { $0.interpreter == path }?.name
    return Entry(text: text, side: make(known ?? name))
  }

  private static func databaseEntry(_ path: String) throws -> Entry {
    let store = try Self.open(path)
    guard let run = try store.runs().first else {
      throw Problem(at: path, "has no run", remedy: "name another database, or `hpy-conform run --db` this one")
    }
    return Entry(text: path, side: Side(name: path, kind: .run), run: run, store: store)
  }

  // MARK: Which runs

  /// Chooses the runs that answer for runtimes and lanes; without one that has answers, sides stay unanswered.
  ///
  /// - Parameter text: the run that someone asked for; nil for the newest that has answers for all sides, else the
  ///   newest for each.
  /// - Throws: `Problem` when the run that was asked for lacks a side.
  mutating func choose(run text: String?) throws {
    if kind == .run {
      if text != nil {
        throw Problem("--run does not go with sides that are runs or databases", remedy: "name the run as a side")
      }
      return
    }
    guard let store else {
      if let text { throw Problem("no run is named `\(text)`", remedy: "there is no database yet") }
      return
    }
    if let text {
      let run = try store.run(named: text)
      for entry in entries where try !answers(entry.side, in: run, store) {
        throw Problem(
          "run \(run.uuid.prefix(8)) has no answer of `\(entry.side.name)`",
          remedy: "it has \(run.runtimes.map(\.name).joined(separator: ", ")); leave out --run, or name another")
      }
      for index in entries.indices { (entries[index].run, entries[index].store) = (run, store) }
      return
    }
    let full = try runs.filter { run in try entries.allSatisfy { try answers($0.side, in: run, store) } }
    for index in entries.indices {
      let run = try full.first ?? runs.first { try answers(entries[index].side, in: $0, store) }
      if let run { (entries[index].run, entries[index].store) = (run, store) }
    }
    // Sides that no run tried, because they can't be: a run more would not help, and the reasons are stored.
    if !isAnswered,
      let run = try runs.first(where: { run in
        try entries.allSatisfy { try answers($0.side, in: run, store, skipped: true) }
      })
    {
      for index in entries.indices { (entries[index].run, entries[index].store) = (run, store) }
    }
    if let newest = full.first, let larger = full.first(where: { $0.planned > newest.planned }) {
      hints.append(
        "run \(newest.uuid.prefix(8)) is the newest, of \(newest.planned) cells; "
          + "--run \(larger.uuid.prefix(8)) of \(larger.started) has \(larger.planned)")
    }
  }

  private func answers(_ side: Side, in run: StoredRun, _ store: Store, skipped: Bool = false) throws -> Bool {
    if let name = side.runtime, !run.runtimes.contains(where: { $0.name == name }) { return false }
    // What a pattern says of lane and runtime concerns one side; here the scenarios count.
    return try store.answeredCells(of: run, lane: side.lane, runtime: side.runtime, skipped: skipped, limit: 1) {
      cell in
      (filter.patterns.isEmpty || filter.patterns.contains { $0.matches(cell.scenario) })
        && (filter.lanes.isEmpty || filter.lanes.contains { $0.name == cell.lane })
        && (filter.runtimes.isEmpty || filter.runtimes.contains(cell.runtime))
    } > 0
  }

  var isAnswered: Bool { entries.allSatisfy { $0.run != nil } }

  /// Sides for which there is no run.
  var unanswered: [String] { entries.filter { $0.run == nil }.map(\.side.name) }

  // MARK: Running

  /// What to run for all sides, so that they come from one run.
  func runOptions(_ places: PlaceOptions) throws -> RunOptions {
    var lanes = filter.lanes
    for name in entries.compactMap(\.side.lane) {
      if let lane = Lane.named(name), !lanes.contains(lane) { lanes.append(lane) }
    }
    let wanted = runtimesToRun
    return RunOptions(
      project: try places.project(), suites: try places.suitesFolder(), cache: places.cacheFolder(),
      patterns: filter.patterns, lanes: lanes, runtimes: wanted.isEmpty ? filter.runtimes : wanted,
      arguments: CommandLine.arguments.dropFirst().map { $0 })
  }

  /// Configured names as they are; others by the interpreter that a stored run had.
  private var runtimesToRun: [String] {
    Self.unique(
      entries.compactMap(\.side.runtime).map { name in
        if name.contains("/") || configured.contains(name) { return name }
        return runs.lazy.flatMap(\.runtimes).first { $0.name == name }?.interpreter ?? name
      })
  }

  /// Takes all sides from one run.
  ///
  /// - Parameter runtimes: what was run, in the order of `runOptions`; says what a path is called.
  mutating func use(_ run: StoredRun, in store: Store, runtimes: [Runtime]) throws {
    let wanted = Self.unique(entries.compactMap(\.side.runtime))
    let names = Dictionary(zip(wanted, runtimes.map(\.name))) { first, _ in first }
    for index in entries.indices {
      (entries[index].run, entries[index].store) = (run, store)
      guard let old = entries[index].side.runtime, let new = names[old] else { continue }
      entries[index].side.runtime = new
      entries[index].side.name = entries[index].side.lane.map { "\($0)@\(new)" } ?? new
    }
  }

  // MARK: What to say

  func sources() throws -> [SideSource] {
    try entries.map { entry in
      guard let run = entry.run, let store = entry.store else {
        throw Problem("no run has answers of `\(entry.side.name)`", remedy: "make one with `hpy-conform run`")
      }
      return SideSource(side: entry.side, run: run, store: store)
    }
  }

  /// What a reader should know first: runs that are not whole, sides of different runs, changed suites.
  func notes(_ sources: [SideSource]) throws -> [String] {
    var notes = hints
    var seen: Set<String> = []
    for one in sources where one.run.state != "finished" && seen.insert(one.run.uuid).inserted {
      let done = try one.store.answeredCells(of: one.run, lane: nil, runtime: nil) { _ in true }
      notes.append(
        "run \(one.run.uuid.prefix(8)) is not whole (\(one.run.state)): \(done) answers, "
          + "\(one.run.planned) cells were planned; what is there is compared")
    }
    guard let first = sources.first else { return notes }
    let others = sources.filter { $0.run.uuid != first.run.uuid }
    if kind != .run, !others.isEmpty {
      notes.append("no run has answers for all sides: each side's are from the newest run that has some")
    }
    var changed: Set<String> = []
    for other in others {
      changed.formUnion(try first.store.changedFiles(from: first.run, to: other.run, in: other.store))
    }
    if !changed.isEmpty {
      let names = changed.sorted()
      notes.append(
        "the suites changed between the runs, so a difference may come from them: "
          + names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more files" : ""))
    }
    return notes
  }

  /// Why nothing can be compared: which side lacks what.
  func nothingInCommon(_ comparison: SideComparison) -> Problem {
    let reasons = comparison.sortedObstacles.prefix(6).map { one, cells in
      "\(cells) cells of \(one.sides.map { "`\(comparison.sides[$0].name)`" }.joined(separator: " and ")): "
        + [one.outcome?.rawValue, one.reason].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ", ")
    }
    let why = reasons.isEmpty ? "none of their cells is meant by \(filter.words.joined(separator: " "))" : ""
    return Problem(
      "these sides have no cell that could be compared: \(why)\(reasons.joined(separator: "; "))",
      remedy: "`hpy-conform runtimes` shows which lanes a runtime takes; `hpy-conform run` makes more answers")
  }
}
