import Foundation
import Model
import Platform

/// Keys of files and folders by content, remembered from run to run: what has its stamp still is not read again.
///
/// An interpreter's libraries have a hundred megabytes; their stamps are looked at in a few milliseconds.
public struct KnownContents {
  private struct Entry: Codable {
    /// Of the stamps of the file, or of all files in the folder.
    var stamps: ContentKey
    var content: ContentKey
  }

  private let file: URL?
  private var entries: [String: Entry]
  private var isChanged = false

  /// - Parameter file: where it is remembered; nil: nowhere. A file that can't be read, was cut off or altered is begun
  ///   anew.
  public init(_ file: URL?) {
    self.file = file
    let text = file.flatMap { try? Data(contentsOf: $0) }
    entries =
      text.flatMap { Sealed.content(of: $0) }.flatMap { try? JSONDecoder().decode([String: Entry].self, from: $0) }
      ?? [:]
  }

  /// What is remembered of one program below a cache.
  public init(of program: String, below cache: URL?) {
    self.init(cache?.appending(path: "contents/\(ContentKey(of: program).short).json"))
  }

  /// The key of some files and of all files below some folders: names and contents, no places, so that a copy
  /// elsewhere has the same. Compiled Python does not count, nor what is installed beside the standard library.
  public mutating func key(files: [String], folders: [String]) -> ContentKey {
    var parts = files.map { path in
      [(path as NSString).lastPathComponent, key(of: path, [path]).hex].joined(separator: "\0")
    }
    parts += folders.map { key(of: $0, Self.files(below: $0)).hex }
    return ContentKey(ofParts: parts.sorted())
  }

  /// Remembers for the next time; where that can't be, all is read again then.
  public func save() {
    guard isChanged, let file, let data = try? JSONEncoder().encode(entries) else { return }
    try? FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try? Sealed.text(data).write(to: file, options: .atomic)
  }

  private mutating func key(of place: String, _ files: [String]) -> ContentKey {
    let stamps = files.map { FileStamp(path: $0) }
    let stampKey = ContentKey(ofParts: zip(files, stamps).flatMap { [$0, $1.map { "\($0)" } ?? ""] })
    if let known = entries[place], known.stamps == stampKey { return known.content }
    let content = ContentKey(
      ofParts: files.flatMap { [String($0.dropFirst(place.count)), ContentKey(ofFile: $0)?.hex ?? ""] })
    if !stamps.contains(where: { $0?.isFresh ?? true }) {
      entries[place] = Entry(stamps: stampKey, content: content)
      isChanged = true
    }
    return content
  }

  private static let leftOut: Set = ["__pycache__", "site-packages", "dist-packages"]

  private static func files(below folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().flatMap { name -> [String] in
      let path = folder + "/" + name
      guard !leftOut.contains(name), let stamp = FileStamp(path: path) else { return [] }
      // A link to a folder above would never end; the library has none that matter.
      let isLink = (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
      return stamp.isFolder ? (isLink ? [] : files(below: path)) : stamp.isFile ? [path] : []
    }
  }
}
