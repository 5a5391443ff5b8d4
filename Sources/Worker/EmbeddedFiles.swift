import Foundation
import Model

/// Files that the program carries within itself.
public enum EmbeddedFiles {
  private static let prefix = "laying-"
  /// Seconds after which a folder that was never put into its place is nobody's any more.
  private static let abandoned: Double = 3600

  /// Sees to it that a folder holds these files and nothing else; safe while another process does the same.
  ///
  /// Interpreters and compilers look into these folders first, so a file too many counts as much as a damaged one. A
  /// folder that isn't as it should be is replaced as a whole.
  ///
  /// - Throws: what the file system says.
  public static func lay(_ files: [(name: String, bytes: [UInt8])], in directory: URL) throws {
    if holds(directory, files) { return }
    let parent = directory.deletingLastPathComponent()
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    removeAbandoned(in: parent)
    let made = parent.appending(path: prefix + UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: made) }
    try FileManager.default.createDirectory(at: made, withIntermediateDirectories: false)
    for (name, bytes) in files { try Data(bytes).write(to: made.appending(path: name)) }
    // Several processes may find the same damage at a time.
    for _ in 0..<10 {
      if rename(made.path, directory.path) == 0 || holds(directory, files) { return }
      let aside = parent.appending(path: prefix + UUID().uuidString)
      if rename(directory.path, aside.path) == 0 { try? FileManager.default.removeItem(at: aside) }
    }
    throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
  }

  /// Whether a folder itself, and no link to one, holds these files themselves and nothing else.
  private static func holds(_ directory: URL, _ files: [(name: String, bytes: [UInt8])]) -> Bool {
    guard type(of: directory) == .typeDirectory,
      let names = try? FileManager.default.contentsOfDirectory(atPath: directory.path),
      Set(names) == Set(files.map(\.name))
    else { return false }
    return files.allSatisfy { name, bytes in
      let place = directory.appending(path: name)
      guard type(of: place) == .typeRegular, let present = try? Data(contentsOf: place) else { return false }
      return present.elementsEqual(bytes)
    }
  }

  private static func type(of place: URL) -> FileAttributeType? {
    (try? FileManager.default.attributesOfItem(atPath: place.path))?[.type] as? FileAttributeType
  }

  private static func removeAbandoned(in parent: URL) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? [] where name.hasPrefix(prefix) {
      let place = parent.appending(path: name)
      let facts = try? FileManager.default.attributesOfItem(atPath: place.path)
      if let date = facts?[.modificationDate] as? Date, -date.timeIntervalSinceNow > abandoned {
        try? FileManager.default.removeItem(at: place)
      }
    }
  }
}
