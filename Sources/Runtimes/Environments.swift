import Foundation
import Model

/// Where a project keeps the environments that `runtimes sync` makes: `.runtimes/NAME`.
public struct Environments: Sendable {
  public let project: URL

  public init(project: URL) { self.project = project }

  public var folder: URL { project.appending(path: ".runtimes") }

  /// Whole logs of builds.
  public var logs: URL { folder.appending(path: "logs") }

  public func place(of name: String) -> URL { folder.appending(path: name) }

  /// The interpreter of an environment that is complete.
  ///
  /// - Throws: `Problem` when it is not made yet, or half-made.
  public func interpreter(of wanted: Configuration.Wanted) throws -> String {
    guard let stamp = stamp(of: wanted.name), stamp.isComplete else {
      throw Problem(
        .environment, at: wanted.name,
        stamp(of: wanted.name) == nil ? "its environment is missing" : "its environment is incomplete",
        remedy: "create it: hpy-conform runtimes sync")
    }
    return place(of: wanted.name).appending(path: "bin/python").path
  }

  /// What an environment was made from; kept in it, so that a folder of somebody else's is never taken for one.
  struct Stamp: Hashable, Codable {
    /// Raised when environments of this kind are made in another way.
    var recipe: Int
    /// False from the first file on until everything is in place.
    var isComplete: Bool
    /// The interpreter that it was made from, and key of what that is.
    var base: String
    var baseKey: ContentKey
    /// The requirement as written, and key of what it meant.
    var hpy: String
    var hpyKey: ContentKey
  }

  func stamp(of name: String) -> Stamp? {
    guard let data = FileManager.default.contents(atPath: stampFile(name).path) else { return nil }
    return try? JSONDecoder().decode(Stamp.self, from: data)
  }

  func write(_ stamp: Stamp, for name: String) throws {
    try FileManager.default.createDirectory(at: place(of: name), withIntermediateDirectories: true)
    try JSONEncoder().encode(stamp).write(to: stampFile(name), options: .atomic)
  }

  private func stampFile(_ name: String) -> URL { place(of: name).appending(path: Self.stampName) }

  static let stampName = "hpy-conform-environment.json"

  /// Removes an environment of ours.
  ///
  /// - Returns: whether there was one.
  /// - Throws: `Problem` for a folder that `sync` did not make.
  @discardableResult
  public func remove(_ name: String) throws -> Bool {
    let place = place(of: name)
    // A link counts as something there, wherever it leads.
    guard (try? FileManager.default.attributesOfItem(atPath: place.path)) != nil else { return false }
    let isOurs = FileManager.default.fileExists(atPath: stampFile(name).path)
    let isEmpty = (try? FileManager.default.contentsOfDirectory(atPath: place.path))?.isEmpty ?? false
    guard isOurs || isEmpty else {
      throw Problem(
        .environment, at: place.path, "was not made by `runtimes sync`, so it was not changed",
        remedy: "move it away, or choose another name for the runtime")
    }
    do {
      try FileManager.default.removeItem(at: place)
    } catch {
      throw Problem(
        .environment, at: place.path, "can't be removed: \(Problem.words(of: error))", remedy: "remove it")
    }
    return true
  }
}
