import Building
import Foundation
import Judging
import Model
import Planning
import Storing

/// A run that ended early, what of it stays, and what is left to do.
public struct Resumption: Sendable {
  /// As it was stored when it ended early.
  public var run: StoredRun
  /// The scenarios that are not done, with all of their cells.
  public var left: Plan
  /// How many of the cells that stay have which verdict.
  public var kept: [Verdict: Int]
  /// Cells whose results go, because their scenarios are tried again.
  var dropped: [CellID]

  /// How many results stay.
  public var keptCells: Int { kept.values.reduce(0, +) }

  init(of run: StoredRun, plan: Plan, recorded: [RecordedCell]) {
    self.run = run
    left = plan.left(after: recorded)
    let unfinished = Set(left.units.flatMap(\.scenarios))
    let (again, done) = (
      recorded.filter { unfinished.contains($0.cell.scenario) },
      recorded.filter { !unfinished.contains($0.cell.scenario) }
    )
    kept = Dictionary(grouping: done, by: \.verdict).mapValues(\.count)
    dropped = again.map(\.cell)
  }

  func stored(_ session: Session) -> StoredResumption {
    StoredResumption(
      dropped: dropped, kept: keptCells, ledger: LedgerText.joined(session.suites.ledger.files))
  }
}

extension Session {
  /// What is to be built and run: all that is planned, or what a run that ended early has left.
  public var left: Plan { resumption?.left ?? plan }

  /// Plans the rest of a run that ended early. Nothing is written.
  ///
  /// - Parameter places: where things are, and how many jobs there are; all else is as the run was asked for.
  /// - Throws: `Problem` for a run that is finished or can't be planned again, and where anything that decides results is
  ///   not what it was when the run began.
  public init(resuming run: StoredRun, in store: Store, _ places: RunOptions) async throws {
    let name = String(run.uuid.prefix(8))
    guard let text = run.options, let uuid = UUID(uuidString: run.uuid) else {
      throw Problem(
        "run \(name) has no recorded options: it is a step of `bisect`, or was made by an older hpy-conform",
        remedy: "to continue `bisect`, run it again; otherwise start a new run, with --reuse to keep its results")
    }
    let recorded = try store.recordedCells(of: run)
    if run.state == .finished, recorded.allSatisfy(\.isFinal) {
      throw Problem(
        "run \(name) is finished, so there is nothing to resume",
        remedy: "start a new run with `hpy-conform run`, or name another; `hpy-conform runs` lists them")
    }
    var options = try await places.asked(by: RecordedOptions(text, run: name))
    (options.kind, options.series) = (run.kind, run.series)
    if let limit = options.newLimit, run.state != .running, recorded.count(where: { $0.verdict == .new }) >= limit {
      throw Problem(
        "run \(name) stopped after \(limit) cells with a new divergence, as requested with --max-new",
        remedy: "start a new run with a greater --max-new, or without it")
    }
    try await self.init(options)
    self.uuid = uuid
    let reuse = Reuse(store: nil, ledger: [], limits: options.limits, files: files, isSandboxed: options.sandbox != nil)
    let changes = RunInputs.changes(
      from: run, files: try store.fileKeys(of: run),
      to: try await header(try await Toolchain(), harness: reuse.program))
    guard changes.isEmpty else {
      throw Problem(
        "run \(name) can't be resumed, because something changed since it began: "
          + RunInputs.told(changes),
        remedy: "undo the change, or start a new run; the results of the run are unchanged")
    }
    let ledger = ContentKey(of: LedgerText.joined(suites.ledger.files))
    if let judged = try store.ledgerInForce(of: run), judged != ledger {
      throw Problem(
        "run \(name) was judged again with another ledger than its own",
        remedy: "`hpy-conform judge \(name) --stored` judges it with its own ledger; then resume it")
    }
    resumption = Resumption(of: run, plan: plan, recorded: recorded)
  }
}

/// Compares what decides the results of a run with what is there today.
enum RunInputs {
  /// What is not as it was, a text each.
  ///
  /// - Parameters:
  ///   - files: key of every file that the run recorded, by path below the suites' folder.
  ///   - now: what a run of the same options would record today.
  static func changes(from run: StoredRun, files: [String: String], to now: RunHeader) -> [String] {
    let today = now.files.mapValues { ContentKey(of: $0).hex }
    var texts = Set(files.keys).union(today.keys).sorted().compactMap { path -> String? in
      if files[path] == today[path] { return nil }
      return "file \(path): " + (files[path] == nil ? "was added" : today[path] == nil ? "was removed" : "changed")
    }
    let names = run.runtimes.map(\.name)
    for (before, name) in zip(run.runtimes, names) {
      let later = now.runtimes.first { $0.name == name }
      texts += later.map { changes(from: before, to: $0) } ?? ["runtime \(name): was removed"]
    }
    texts += now.runtimes.map(\.name).filter { !names.contains($0) }.map { "runtime \($0): was added" }
    if texts.isEmpty, now.runtimes.map(\.name) != names {
      texts.append(
        "runtimes: \(now.runtimes.map(\.name).joined(separator: ", ")) instead of "
          + names.joined(separator: ", "))
    }
    if run.compiler != now.compiler {
      texts.append("compiler: \(firstLine(run.compiler)) → \(firstLine(now.compiler))")
    }
    if run.program != Program.version {
      texts.append("program: hpy-conform \(run.program) → \(Program.version)")
    } else if run.harness != now.harness?.hex {
      texts.append("program: another build of hpy-conform \(Program.version)")
    }
    if texts.isEmpty, run.planned != now.planned || run.binaries != now.binaries {
      texts.append("the plan: \(run.planned) cells → \(now.planned)")
    }
    return texts
  }

  private static func changes(from before: Runtime, to later: Runtime) -> [String] {
    let isSame =
      before.key == later.key && before.content == later.content && before.backend == later.backend
      && before.canFork == later.canFork && before.hpy.standing == later.hpy.standing
    if isSame { return [] }
    let texts = before.differences(to: later)
    return (texts.isEmpty ? ["is another interpreter"] : texts).map { "runtime \(later.name): \($0)" }
  }

  private static func firstLine(_ text: String) -> String {
    text.split(separator: "\n").first.map(String.init) ?? text
  }

  /// The first few, and how many more there are.
  static func told(_ changes: [String]) -> String {
    let more = changes.count - 6
    return changes.prefix(6).joined(separator: ", ") + (more > 0 ? ", and \(more) more" : "")
  }
}

extension Runtime.HPy {
  /// Whether there is one, and whether it can be used.
  fileprivate var standing: String {
    switch self {
    case .absent: "absent"
    case .foreign: "foreign"
    case .present: "present"
    case .broken: "broken"
    }
  }
}
