/// The files of a ledger among those that a run keeps.
public enum LedgerFile {
  /// In a suite's folder.
  public static let name = "ledger.toml"
  /// Beside the suites' folders: causes that any of them may ask for.
  public static let common = "causes.toml"
  /// Causes that the program brought along, where a run used some.
  public static let builtIn = "built-in causes.toml"

  /// Whether a file, by its path below the suites' folder, is of the ledger: it decides no answers.
  public static func contains(_ path: String) -> Bool {
    path.hasSuffix("/\(name)") || path == common || path == builtIn
  }
}
