import Foundation
import GRDB
import Model

extension Store {
  /// Runs of a kind, newest first.
  ///
  /// - Parameter kind: nil for every kind.
  public func runs(_ kind: RunKind? = .run) throws -> [StoredRun] {
    try read { try StoredRun.fetch($0, where: Self.isOfKind, ["kind": kind]) }
  }

  /// The runs of one history, the oldest first. Portability views are none of them.
  ///
  /// - Parameter series: nil for the runs on their own.
  public func runs(inSeries series: String?) throws -> [StoredRun] {
    try read { db in
      try StoredRun.fetch(db, where: "kind = ? AND series IS ?", [RunKind.run, series]).reversed()
    }
  }

  private static let isOfKind = "(:kind IS NULL OR kind = :kind)"

  /// The run that a text names: `latest`, or the beginning of a UUID.
  ///
  /// - Parameter kind: of which it is; nil for any.
  /// - Throws: `Problem` when it names none, or several.
  public func run(named text: String, _ kind: RunKind? = .run) throws -> StoredRun {
    let isLatest = text == "latest"
    let found = try read { db in
      isLatest
        ? try StoredRun.fetch(db, where: Self.isOfKind, ["kind": kind], limit: 1)
        : try StoredRun.fetch(
          db, where: "substr(uuid, 1, length(:name)) = :name AND \(Self.isOfKind)",
          ["name": text.lowercased(), "kind": kind])
    }
    let isView = kind == .portability
    guard found.count < 2 else {
      throw Problem(
        "\(found.count) \(isView ? "portability views" : "runs") begin with `\(text)`", remedy: "write more of the UUID"
      )
    }
    if let run = found.first { return run }
    if isView {
      throw Problem(
        isLatest ? "this database has no portability view" : "no portability view is named `\(text)`",
        remedy: "make one with `hpy-conform portability`; `latest` is the last one")
    }
    if kind == .explore {
      throw Problem(
        "no exploration is named `\(text)`", remedy: "make one with `hpy-conform explore`; `latest` is the last one")
    }
    if !isLatest, let view = try? run(named: text, .explore) {
      let name = view.uuid.prefix(8)
      throw Problem(
        "run \(name) is an exploration",
        remedy: "`hpy-conform explore --show \(name)` shows it; `hpy-conform runs` lists runs")
    }
    if !isLatest, let view = try? run(named: text, .portability) {
      let name = view.uuid.prefix(8)
      throw Problem(
        "run \(name) is a portability view",
        remedy: "`hpy-conform portability --show \(name)` shows it; `hpy-conform runs` lists runs")
    }
    throw Self.unknownRun(text)
  }

  /// The run of a UUID, of whatever kind.
  ///
  /// - Throws: `Problem` when there is none.
  public func run(_ uuid: String) throws -> StoredRun {
    guard let run = try read({ try StoredRun.fetch($0, where: "uuid = ?", [uuid.lowercased()]) }).first else {
      throw Self.unknownRun(uuid)
    }
    return run
  }

  static func unknownRun(_ name: String) -> Problem {
    name == "latest"
      ? Problem("this database has no runs", remedy: "make one with `hpy-conform run`, or name another with --db")
      : Problem("no run is named `\(name)`", remedy: "`hpy-conform runs` lists them; `latest` is the last one")
  }

  // MARK: Baselines

  /// The run that was chosen as the baseline of a series; nil for none.
  public func baseline(ofSeries series: String) throws -> StoredRun? {
    try read { db in
      try StoredRun.fetch(db, where: "id = (SELECT run_id FROM baseline WHERE series = ?)", [series]).first
    }
  }

  /// What a run is compared with where nobody says otherwise: the baseline that was chosen for its series, else the
  /// last whole run of it before this one, else the last one before. A run of no series is an experiment: it has no
  /// baseline, and is none.
  public func usualBaseline(of run: StoredRun) throws -> StoredRun? {
    guard let series = run.series else { return nil }
    if let chosen = try baseline(ofSeries: series), chosen.id != run.id { return chosen }
    return try read { db in
      func last(_ condition: String) throws -> StoredRun? {
        try StoredRun.fetch(
          db, where: "kind = ? AND series IS ? AND (clock, uuid) < (?, ?) AND \(condition)",
          [run.kind, run.series, run.clock, run.uuid], limit: 1
        ).first
      }
      return try last("state = 'finished'" + (run.scope.isEmpty ? " AND scope = ''" : "")) ?? last("1")
    }
  }
}
