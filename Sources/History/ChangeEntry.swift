import Judging
import Model
import Storing

/// A difference between a run and its baseline, wherever it shows.
public struct ChangeEntry {
  public var change: CellChange
  public var needsAttention: Bool
  /// `SUITE/CASE/SCENARIO`, or only its beginning where one entry stands for many.
  public var scenario: String
  /// nil for how the scenario ended.
  public var label: String?
  public var facet: Facet
  public var observed: String
  public var expected: String
  /// What the baseline answered at this place.
  public var before: String?
  /// What the judgement found there; nil where it found nothing.
  public var finding: Finding?
  /// At least one.
  public var cells: [CellID]
  /// What the first cell's end said.
  public var message: String?
  public var since: Since?
  /// Of what comes and goes: in how many of the last runs that say something it shows.
  public var frequency: (shown: Int, of: Int)?
  /// nil where nobody asks for them.
  public var details: EntryDetails?

  /// The first run of the unbroken line of runs that show something.
  public struct Since {
    public var run: StoredRun
    /// The last run before it that did not show it; nil where none is known.
    public var lastWithout: StoredRun?
    /// How many runs lie between these two in which the cell was not run.
    public var unknownBetween: Int
    /// What changed between these two.
    public var changed: [String]
    /// How many runs have shown it, the last one included.
    public var runs: Int
  }
}

/// What is read of an entry's first cell alone.
public struct EntryDetails {
  public var attempts: [Attempt]
  /// Its first answer in the baseline.
  public var before: Answer?
  /// What the nearest reference answered.
  public var reference: Answer?

  /// Entries that get them; a report with more of them is read from the top anyway.
  static let limit = 300

  init(of cell: CellID, in changes: RunChanges) throws {
    attempts = try changes.store.attempts(of: cell, in: changes.run)
    before = try changes.baseline.flatMap { try changes.store.attempts(of: cell, in: $0).first?.answer }
    reference = try NearestReference.of(cell, in: changes.run, changes.store)?.answer
  }
}

extension RunChanges {
  /// Changed cells as entries, those of a scenario that show the same difference as one: what needs attention first,
  /// then by kind of change, the worst first, then by name.
  ///
  /// - Throws: `Problem` when the database can't be read.
  public func entries() throws -> [ChangeEntry] {
    let groups = CellDifferences.grouped(cells.filter { baseline != nil || !$0.isQuiet })
    let timelines = try timelines(of: groups.filter(\.entry.change.hasBeginning).map(\.first))
    return try groups.enumerated().map { number, group in
      var entry = group.entry
      let states = entry.change.hasBeginning ? timelines[group.first.row] ?? [] : []
      let shows = states.map { $0.flatMap { $0.saysSomething ? group.shows($0) : nil } }
      entry.since = try Streak(shows).map { try since($0, of: group.first.id) }
      if entry.change == .flaky {
        let known = shows.suffix(Self.window).compactMap { $0 }
        entry.frequency = (known.count { $0 }, known.count)
      }
      if number < EntryDetails.limit, entry.needsAttention || entry.since != nil {
        entry.details = try EntryDetails(of: group.first.id, in: self)
      }
      return entry
    }
  }

  private func since(_ streak: Streak, of cell: CellID) throws -> ChangeEntry.Since {
    let first = history[streak.first]
    let without = streak.lastWithout.map { history[$0] }
    return ChangeEntry.Since(
      run: first, lastWithout: without, unknownBetween: streak.unknownBetween,
      changed: try without.map { earlier in
        RunDifferences.between(
          earlier, first, files: (try files(of: earlier), try files(of: first)), of: cell)
      } ?? [], runs: streak.runs)
  }
}

extension CellChange {
  /// Whether there was a first run that showed it.
  fileprivate var hasBeginning: Bool {
    switch self {
    case .added, .removed, .changed, .newlySupported, .newlyBuilt, .notRun, .environmentBroken: false
    default: true
    }
  }
}
