import Foundation
import Model

/// Which `hpy` an environment is to have: a version or specifier for the package index, the path of an sdist or a
/// wheel, or that of a checkout.
public struct HPyRequirement: Hashable, Sendable, CustomStringConvertible {
  public enum Source: Hashable, Sendable {
    /// What stands behind the package's name: `==0.9.0`, `>=0.9,<0.10`.
    case index(String)
    /// Absolute path of an sdist or a wheel.
    case archive(String)
    /// Absolute path of a folder with HPy's sources.
    case checkout(String)
  }

  /// As it was written.
  public let description: String
  public let source: Source

  /// - Parameters:
  ///   - text: `0.9.0`, `>=0.9`, `vendor/hpy-0.9.0.tar.gz`, `../hpy`.
  ///   - project: where relative paths begin.
  /// - Returns: nil for a text that is none of these. That a path is there is not asked here.
  public init?(_ text: String, project: URL) {
    description = text
    if Version(text) != nil {
      source = .index("==\(text)")
    } else if VersionRange(text) != nil {
      source = .index(text)
    } else {
      let path = text.hasPrefix("/") ? text : project.appending(path: text).standardizedFileURL.path
      if [".tar.gz", ".zip", ".whl"].contains(where: text.hasSuffix) {
        source = .archive(path)
      } else if text.contains("/") || text.hasPrefix(".") {
        source = .checkout(path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path)
      } else {
        return nil
      }
    }
  }

  /// Key of what would be installed, as far as the text alone does not say it.
  ///
  /// - Throws: `Problem` when the path is not there.
  func contentKey() throws -> ContentKey {
    switch source {
    case .index(let specifier): return ContentKey(of: specifier)
    case .archive(let path):
      guard let data = FileManager.default.contents(atPath: path) else {
        throw Problem(
          .environment, at: path, "does not exist", remedy: "`hpy` names an sdist or a wheel: fix its path")
      }
      return ContentKey(of: data)
    case .checkout(let path):
      guard ["pyproject.toml", "setup.py"].contains(where: { FileManager.default.fileExists(atPath: "\(path)/\($0)") })
      else {
        throw Problem(
          .environment, at: path, "has neither pyproject.toml nor setup.py",
          remedy: "`hpy` names a checkout of HPy: fix its path")
      }
      return SourceTree.key(of: path)
    }
  }
}
