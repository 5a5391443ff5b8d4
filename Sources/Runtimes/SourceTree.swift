import Foundation
import Model

/// A folder of sources, without what version control and builds put there.
public enum SourceTree {
  /// Key of its files.
  public static func key(of folder: String) -> ContentKey {
    let parts = files(of: folder).map { path in
      "\(path)\u{0}\(ContentKey(ofFile: "\(folder)/\(path)")?.hex ?? "")"
    }
    return ContentKey(ofParts: parts.sorted())
  }

  /// A copy: a build writes into its sources, and several at a time write over one another.
  ///
  /// - Throws: what the system says.
  public static func copy(_ folder: String, to place: URL) throws {
    for path in files(of: folder) {
      let target = place.appending(path: path)
      try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: "\(folder)/\(path)", toPath: target.path)
    }
  }

  private static func files(of folder: String) -> [String] {
    guard let all = FileManager.default.enumerator(atPath: folder) else { return [] }
    var found: [String] = []
    while let path = all.nextObject() as? String {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      if products.contains(name) || name.hasSuffix(".egg-info") {
        all.skipDescendants()
      } else if ![".so", ".pyc", ".o", ".a"].contains(where: name.hasSuffix) {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: "\(folder)/\(path)", isDirectory: &isFolder), !isFolder.boolValue {
          found.append(path)
        }
      }
    }
    return found
  }

  private static let products: Set<String> = [
    ".git", ".hg", "build", "dist", "__pycache__", ".venv", ".tox", ".runtimes",
  ]
}
