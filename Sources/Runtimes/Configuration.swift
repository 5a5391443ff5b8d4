import Foundation
import Model
import TOMLFile

/// What `hpy-conform.toml` says: the runtimes that a project always wants. The first is the reference.
public struct Configuration: Sendable {
  /// One runtime as it is asked for; what it is, only the interpreter itself can say.
  public struct Wanted: Hashable, Sendable {
    public var name: String
    /// Absolute path.
    public var interpreter: String
    /// Where it is missing, the run says so and goes on.
    public var isOptional: Bool

    public init(name: String, interpreter: String, isOptional: Bool = false) {
      self.name = name
      self.interpreter = interpreter
      self.isOptional = isOptional
    }
  }

  public var runtimes: [Wanted]

  public init(runtimes: [Wanted]) { self.runtimes = runtimes }

  public static let fileName = "hpy-conform.toml"

  /// Reads the file in a project's folder; no file is no runtimes.
  ///
  /// - Throws: `Problem` with file and line.
  public init(project: URL) throws {
    let file = project.appending(path: Self.fileName)
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      runtimes = []
      return
    }
    let document = try TOMLDocument(text, file: file.path)
    try document.refuseUnknownKeys(["runtime"])
    runtimes = try document.tables("runtime").map { entry in
      try entry.refuseUnknownKeys(["name", "interpreter", "optional"])
      let path = try entry.text("interpreter")
      let interpreter = path.hasPrefix("/") ? path : project.appending(path: path).standardizedFileURL.path
      return Wanted(
        name: try entry.text("name"), interpreter: interpreter,
        isOptional: try entry.flag("optional") ?? false)
    }
  }
}
