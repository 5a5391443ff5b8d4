import Foundation
import Model
import TOMLFile

/// The text of `hpy-conform.toml`, changed with everything else in it kept as it is: comments, order, spacing.
public struct ConfigurationText: Sendable {
  public private(set) var text: String
  private let file: String
  private let project: URL

  /// Reads the file in a project's folder; no file is an empty text.
  ///
  /// - Throws: `Problem` where there is something else than a text.
  public init(project: URL) throws {
    let file = project.appending(path: Configuration.fileName).path
    self.init(try TextFile.read(file) ?? "", file: file, project: project)
  }

  /// - Parameters:
  ///   - text: empty for a file that is not there yet.
  ///   - file: for complaints.
  public init(_ text: String, file: String, project: URL) {
    self.text = text
    self.file = file
    self.project = project
  }

  /// Adds a runtime behind all others.
  ///
  /// - Parameter interpreter: as it shall stand in the file.
  /// - Throws: `Problem` for a name that is no name or is taken, or for a file that can't be read.
  public mutating func add(name: String, interpreter: String, hpy: String?, isOptional: Bool = false) throws {
    let present = try names(of: text)
    guard Configuration.isName(name) else {
      throw Problem("`\(name)` is not a valid name for a runtime", remedy: Configuration.nameRule)
    }
    guard !present.contains(name) else {
      throw Problem(
        at: file, "there is already a runtime `\(name)`",
        remedy: "choose another name, or `hpy-conform runtimes remove \(name)` first")
    }
    if let hpy, HPyRequirement(hpy, project: project) == nil {
      throw Problem("`\(hpy)` is not an HPy requirement", remedy: Configuration.hpyRule)
    }
    var entry = "[[runtime]]\nname = \(Self.quoted(name))\ninterpreter = \(Self.quoted(interpreter))\n"
    if let hpy { entry += "hpy = \(Self.quoted(hpy))\n" }
    if isOptional { entry += "optional = true\n" }
    let gap = text.isEmpty || text.hasSuffix("\n\n") ? "" : text.hasSuffix("\n") ? "\n" : "\n\n"
    try change(to: text + gap + entry, expecting: present + [name])
  }

  /// Removes a runtime with the comment lines that stand right above it.
  ///
  /// - Throws: `Problem` when there is none of this name, or the file is written in a way that can't be edited here.
  public mutating func remove(_ name: String) throws {
    let present = try names(of: text)
    guard let index = present.firstIndex(of: name) else {
      throw Problem(
        at: file, "no runtime is named `\(name)`",
        remedy: "known: \(present.isEmpty ? "none" : present.joined(separator: ", "))")
    }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let headers = lines.indices.filter { Self.bare(lines[$0]).hasPrefix("[[runtime]]") }
    guard headers.count == present.count else { throw uneditable(name) }
    let next = lines.indices.first { $0 > headers[index] && Self.bare(lines[$0]).hasPrefix("[") } ?? lines.endIndex
    // What stands right above the next table belongs to that.
    let end = next == lines.endIndex ? next : Self.startOfComment(above: next, in: lines)
    var start = Self.startOfComment(above: headers[index], in: lines)
    // One blank line goes with it, so that none pile up.
    if end == lines.endIndex || Self.bare(lines[end]).isEmpty {
      while start > 0, Self.bare(lines[start - 1]).isEmpty { start -= 1 }
    }
    lines.removeSubrange(start..<end)
    while let last = lines.last, last.isEmpty { lines.removeLast() }
    try change(
      to: lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n", expecting: present.filter { $0 != name })
  }

  /// Takes a new text over if it means what was asked for: whatever way the file is written in.
  private mutating func change(to new: String, expecting names: [String]) throws {
    guard let found = try? self.names(of: new), found == names else { throw uneditable(names.last ?? "") }
    text = new
  }

  private func names(of text: String) throws -> [String] {
    try Configuration(text: text, file: file, project: project).runtimes.map(\.name)
  }

  private func uneditable(_ name: String) -> Problem {
    Problem(
      at: file, "its runtimes are not `[[runtime]]` tables, so they can't be edited automatically",
      remedy: "edit the entry by hand")
  }

  private static func bare(_ line: String) -> String { line.trimmingCharacters(in: .whitespaces) }

  private static func startOfComment(above line: Int, in lines: [String]) -> Int {
    var start = line
    while start > 0, bare(lines[start - 1]).hasPrefix("#") { start -= 1 }
    return start
  }

  /// A basic string (TOML 1.0, "String").
  static func quoted(_ text: String) -> String {
    "\""
      + text.unicodeScalars.map { scalar in
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\n": "\\n"
        case "\t": "\\t"
        default:
          scalar.value < 0x20 || scalar.value == 0x7F
            ? "\\u" + String(repeating: "0", count: 4 - String(scalar.value, radix: 16).count)
              + String(scalar.value, radix: 16)
            : String(scalar)
        }
      }.joined() + "\""
  }
}
