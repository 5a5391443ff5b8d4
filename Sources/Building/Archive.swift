import Foundation
import Model

/// A static library in the `ar` format, by its members: two archives of the same objects are the same library,
/// whenever and by whomever they were made.
public enum Archive {
  /// Name and content key of each member, in the archive's order, without symbol and name tables.
  ///
  /// - Throws: `Problem` when the file is no archive.
  public static func members(of path: String) throws -> [(name: String, key: ContentKey)] {
    if let lack = FileKeys.lack(at: path) { throw lack }
    guard let data = FileManager.default.contents(atPath: path), data.starts(with: Data("!<arch>\n".utf8)) else {
      throw Problem(.environment, at: path, "is not a static library", remedy: "reinstall this hpy")
    }
    var members: [(String, ContentKey)] = []
    var offset = 8
    while offset + 60 <= data.count {
      let header = data[offset..<offset + 60]
      let name = text(header.prefix(16))
      guard let size = Int(text(header.dropFirst(48).prefix(10))), offset + 60 + size <= data.count else {
        throw Problem(.environment, at: path, "is a damaged static library", remedy: "reinstall this hpy")
      }
      if name != "/", name != "//", name != "/SYM64/", !name.hasPrefix("__.SYMDEF") {
        members.append((name, ContentKey(of: data[offset + 60..<offset + 60 + size])))
      }
      offset += 60 + size + size % 2
    }
    return members
  }

  private static func text(_ field: Data) -> String {
    String(decoding: field, as: UTF8.self).trimmingCharacters(in: .whitespaces)
  }

  /// Key of the members' content.
  public static func key(of path: String) throws -> ContentKey {
    ContentKey(ofParts: try members(of: path).flatMap { [$0.name, $0.key.hex] })
  }
}
