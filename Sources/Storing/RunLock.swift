import Foundation
import Model

/// Held while a run writes to a database, so that two runs never mix. Released by the system when the process ends.
public final class RunLock: Sendable {
  private let descriptor: Int32

  /// - Throws: `Problem` when another run holds it, naming its process.
  public init(database path: String) throws {
    let file = path + ".lock"
    descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    if descriptor < 0 {
      throw Problem(
        .environment, at: file, "can't be written: \(String(cString: strerror(errno)))",
        remedy: "make the folder writable, or name another database with --db")
    }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let holder = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
      close(descriptor)
      throw Problem(
        .environment, at: path,
        "another run is writing to it" + (holder.isEmpty ? "" : " (process \(holder))"),
        remedy: "wait for it, or name another database with --db")
    }
    ftruncate(descriptor, 0)
    let text = Array("\(ProcessInfo.processInfo.processIdentifier)".utf8)
    write(descriptor, text, text.count)
  }

  deinit { close(descriptor) }
}
