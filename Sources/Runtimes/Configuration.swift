import Foundation
import Model
import TOMLFile

/// What `hpy-conform.toml` says: the runtimes that a project always wants. The first is the reference.
public struct Configuration: Sendable {
  /// One runtime as it is asked for; what it is, only the interpreter itself can say.
  public struct Wanted: Hashable, Sendable {
    public var name: String
    /// Absolute path; or, without a slash, a command such as `python3.12` that is looked for. With `hpy`, what its
    /// environment is made from.
    public var interpreter: String
    /// `sync` makes an environment with this HPy; without it the interpreter is used as it is.
    public var hpy: HPyRequirement?
    /// Where it is missing, the run says so and goes on.
    public var isOptional: Bool
    /// Whether it is part of a run for which no runtime is named.
    public var isDefault: Bool
    /// `file:line`; empty when it stands in no file.
    public var place: String

    public init(
      name: String, interpreter: String, hpy: HPyRequirement? = nil, isOptional: Bool = false, isDefault: Bool = true,
      place: String = ""
    ) {
      self.name = name
      self.interpreter = interpreter
      self.hpy = hpy
      self.isOptional = isOptional
      self.isDefault = isDefault
      self.place = place
    }
  }

  /// The folder of the file: environments and the project's own interpreters lie below it.
  public var project: URL
  public var runtimes: [Wanted]

  public static let fileName = "hpy-conform.toml"

  /// Reads the file in a project's folder; no file is no runtimes.
  ///
  /// - Throws: `Problem` with file and line.
  public init(project: URL) throws {
    let file = project.appending(path: Self.fileName).path
    try self.init(text: try TextFile.read(file) ?? "", file: file, project: project)
  }

  /// - Throws: `Problem` with file and line.
  init(text: String, file: String, project: URL) throws {
    self.project = project
    let document = try TOMLDocument(text, file: file)
    try document.refuseUnknownKeys(["runtime"])
    runtimes = try document.tables("runtime").map { try Self.wanted($0, project: project) }
    var places: [String: String] = [:]
    for runtime in runtimes {
      if let other = places.updateValue(runtime.place, forKey: runtime.name) {
        throw Problem(
          at: runtime.place, "a second runtime is named `\(runtime.name)`, the first at \(other)",
          remedy: "results are stored under this name: give each runtime its own")
      }
    }
  }

  private static func wanted(_ entry: TOMLDocument, project: URL) throws -> Wanted {
    try entry.refuseUnknownKeys(["name", "interpreter", "hpy", "optional", "default"])
    let name = try entry.text("name")
    guard isName(name) else {
      throw Problem(at: entry.place(of: "name"), "`\(name)` is not a valid name for a runtime", remedy: nameRule)
    }
    let hpy = try entry.optionalText("hpy").map { text in
      guard let requirement = HPyRequirement(text, project: project) else {
        throw Problem(at: entry.place(of: "hpy"), "`\(text)` is not an HPy requirement", remedy: hpyRule)
      }
      return requirement
    }
    return Wanted(
      name: name, interpreter: absolute(try entry.text("interpreter"), in: project), hpy: hpy,
      isOptional: try entry.flag("optional") ?? false, isDefault: try entry.flag("default") ?? true,
      place: entry.place(of: "name"))
  }

  static let nameRule = "use letters, digits, `.`, `-`, `_` and `+`; begin with a letter or digit"
  /// What an HPy requirement may be.
  public static let hpyRule =
    "write a version (0.9.0), a specifier (>=0.9), or the path of an sdist or a checkout (../hpy)"

  /// Names become parts of cells and of paths.
  static func isName(_ text: String) -> Bool {
    text.wholeMatch(of: #/[A-Za-z0-9][A-Za-z0-9._+-]*/#) != nil
  }

  /// A command stays as it is; a relative path begins at the project. Links are not resolved: a virtual environment's
  /// python is one whose own place decides what it imports.
  static func absolute(_ interpreter: String, in project: URL) -> String {
    if interpreter.hasPrefix("/") || !interpreter.contains("/") { return interpreter }
    return project.appending(path: interpreter).standardizedFileURL.path
  }
}
