/// What a run is made for, and so what judges its cells and who reads it.
public enum RunKind: String, Hashable, Sendable, Codable, CaseIterable {
  /// Scenarios through lanes, judged by promises, references and the ledger: `run`, `nightly`, `bisect`, `compare`.
  case run
  /// Binaries on runtimes that are not their home, judged by what HPy promises of them.
  case portability
  /// Generated hierarchies, whose kinds of disagreement are its cells: `explore`.
  case explore
}

/// What restricts a run where nobody restricted it.
public enum RunScope {
  /// Cases that say `nightly = true` are left to thorough and nightly runs, and to runs that name them.
  public static let withoutNightly = "all cases but nightly ones"
}

/// How far a run got.
public enum RunState: String, Hashable, Sendable, Codable, CaseIterable {
  /// It goes on, or it was killed.
  case running
  case finished
  case interrupted
}
