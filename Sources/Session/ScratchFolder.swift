import Foundation
import Model
import Platform

/// The folder of a run for what lives no longer than it does.
final class ScratchFolder {
  let url: URL
  /// Held as long as the run lives: others see by it that it does.
  private let life: FileLock?

  private static let prefix = "hpy-conform-"
  private static let lifeName = "alive"
  /// Seconds behind which a folder that nobody holds is one that was left behind.
  private static let age: Double = 600
  /// The same for one that was never held, as earlier programs made them.
  private static let longAge: Double = 86400

  /// Makes it, for this user alone, and removes those that dead runs left.
  ///
  /// - Throws: `Problem` where it can't be made.
  init() throws {
    url = ProcessGuard.scratch
    do {
      try PrivateFolder.makeNew(url)
    } catch {
      throw Problem(
        .environment, at: url.deletingLastPathComponent().path,
        "the scratch folder for cells can't be created: \(Problem.words(of: error))",
        remedy: "free some space, make it writable, or name another folder with TMPDIR")
    }
    // Without it, the folder only lives as long as its age says.
    life = try? FileLock(path: url.appending(path: Self.lifeName).path)
    Self.removeAbandoned(in: url.deletingLastPathComponent(), but: url.lastPathComponent)
  }

  /// One that somebody else sees to.
  init(given url: URL) {
    self.url = url
    life = nil
  }

  /// Removes it.
  func remove() { try? FileManager.default.removeItem(at: url) }

  /// A guard removes the folder of a run that was killed; nobody does when the machine stopped.
  static func removeAbandoned(in folder: URL, but own: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
      let place = folder.appending(path: name)
      let path = place.appending(path: lifeName).path
      let isHeld = FileFacts(path) != nil
      guard name.hasPrefix(prefix), name != own, UUID(uuidString: String(name.dropFirst(prefix.count))) != nil,
        let facts = FileFacts(place.path), facts.isFolder,
        Date().timeIntervalSince1970 - Double(facts.modified) / 1e9 > (isHeld ? age : longAge)
      else { continue }
      if isHeld {
        do {
          _ = try FileLock(path: path)
        } catch FileLock.Failure.held {
          continue
        } catch {}
      }
      try? FileManager.default.removeItem(at: place)
    }
  }
}
