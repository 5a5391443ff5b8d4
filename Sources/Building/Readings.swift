import Foundation
import Model

/// What a compile read beyond all that its key was made of before it: the system's headers, and whatever a source
/// reaches by a path of its own. A product is taken over only while these files say the same.
struct Readings: Hashable, Sendable {
  /// Content by path; a path through the source's folder begins with `./`.
  var files: [String: ContentKey]

  init(files: [String: ContentKey] = [:]) { self.files = files }

  /// A line for each file: its content's key, a space, its path.
  var text: String { files.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)\n" }.joined() }

  /// Reads what `text` gave.
  init(text: String) {
    files = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      if parts.count == 2 { files[String(parts[1])] = ContentKey(hex: String(parts[0])) }
    }
  }

  /// Whether all files still say the same.
  ///
  /// - Parameter directory: the source's folder.
  func hold(in directory: String, _ keys: FileKeys) -> Bool {
    files.allSatisfy { path, content in
      keys.key(ofFile: path.hasPrefix("./") ? "\(directory)/\(path.dropFirst(2))" : path) == content
    }
  }

  /// The files of a rule for `make`, as `-MD` writes it, that lie nowhere where the key has everything already.
  ///
  /// - Parameters:
  ///   - directory: the source's folder; empty where no path goes through it.
  ///   - covered: folders whose whole content is in the key.
  ///   - coveredFiles: files beside these.
  init(rule: String, directory: String, covered: [String], coveredFiles: Set<String>, _ keys: FileKeys) {
    files = [:]
    let folders = covered.map { keys.place(of: $0) + "/" }
    for path in Self.prerequisites(of: rule) {
      let place = keys.place(of: path)
      if folders.contains(where: { place.hasPrefix($0) }) || coveredFiles.contains(place) { continue }
      let isLocal = !directory.isEmpty && path.hasPrefix(directory + "/")
      let name = isLocal ? "./" + path.dropFirst(directory.count + 1) : path
      // What can't be read holds for nobody: the product is made again.
      files[name] = keys.key(ofFile: path) ?? ContentKey(hex: "unread")
    }
  }

  /// Paths after the colon of a rule. Spaces and `#` stand behind a backslash, `$` is doubled.
  static func prerequisites(of rule: String) -> [String] {
    guard let colon = rule.range(of: ": ") ?? rule.range(of: ":\n") else { return [] }
    var paths: [String] = []
    var path = ""
    var rest = rule[colon.upperBound...]
    func end() {
      if !path.isEmpty { paths.append(path) }
      path = ""
    }
    while let character = rest.popFirst() {
      switch (character, rest.first) {
      case ("\\", "\n"):
        rest.removeFirst()
        end()
      case ("\\", " "), ("\\", "#"), ("$", "$"): path.append(rest.removeFirst())
      case (" ", _), ("\n", _): end()
      default: path.append(character)
      }
    }
    end()
    return paths
  }
}
