import Model
import Platform

/// Held while a run writes to a database, so that two runs never mix.
final class RunLock: Sendable {
  private let lock: FileLock

  /// - Throws: `Problem` when another run holds it, naming its process.
  init(database path: String) throws {
    do {
      lock = try FileLock(path: path + ".lock")
    } catch .held(let process) {
      throw Problem(
        .environment, at: path,
        "another run is writing to it" + (process.isEmpty ? "" : " (process \(process))"),
        remedy: "wait for it, or name another database with --db")
    } catch .unusable(let reason) {
      throw Problem(
        .environment, at: path + ".lock", "can't be written: \(reason)",
        remedy: "make the folder writable, or name another database with --db")
    }
  }
}
