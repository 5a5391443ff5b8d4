/// What became of a cell between two runs.
public enum CellChange: String, Hashable, Sendable, Codable, CaseIterable {
  /// Conforming, before and now.
  case unchanged
  /// Not tried before nor now, for a reason that a document or the runtime gives.
  case stillSkipped = "still not applicable"
  /// Diverges as before, and the ledger knows it.
  case stillKnown = "still known"
  /// Diverges as before, and the ledger still lacks it.
  case stillNew = "still new"
  /// Conforms as before, and the ledger still says otherwise.
  case stillFixed = "still fixed"
  /// Diverges, and the ledger lacks it; it conformed before, or the ledger knew it.
  case newDivergence = "new divergence"
  /// Ended by itself before, and dies, hangs or breaks a limit now, and the ledger lacks it.
  case newlyCrashing = "newly crashing"
  /// Diverged before, and diverges now in a way that the ledger lacks.
  case worse
  /// Diverges less than before, in no new way.
  case better
  /// Diverged before, conforms now.
  case fixed
  /// Diverges in a way that is not the one before, and the ledger knows it.
  case newlyKnown = "newly known"
  /// Could be tried before; the runtime no longer can.
  case newlyUnsupported = "newly unsupported"
  /// Could not be tried on this runtime before, and can now.
  case newlySupported = "newly supported"
  /// Was built and loaded before, and is not now.
  case noLongerBuilt = "no longer built"
  /// Was not built or loaded before, and is now.
  case newlyBuilt = "newly built"
  /// The scenario, or the cell's lane or runtime, was not there before.
  case added
  /// The scenario is no longer there.
  case removed
  /// The scenario's text, C or expectations changed, and the answer too: no regression of a runtime.
  case changed
  /// Compiler, disk or network kept it from being tried.
  case environmentBroken = "environment broken"
  /// Answers come and go.
  case flaky
  /// Nothing is known of it, because it was not run.
  case notRun = "not run"
}
