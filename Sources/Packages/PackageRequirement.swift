import Foundation
import Model
import Runtimes

/// What a case asks to have installed: a requirement as pip has it, or the path of a wheel, an sdist or a checkout.
public struct PackageRequirement: Hashable, Sendable, Codable, CustomStringConvertible {
  public enum Source: Hashable, Sendable, Codable {
    /// For the package index.
    case index
    /// Absolute path of a wheel or an sdist.
    case archive(String)
    /// Absolute path of a folder with sources.
    case checkout(String)
  }

  /// As it was written.
  public let description: String
  public let source: Source
  /// The project's name, normalised (PyPA, 'Names and normalization'): `argon2-cffi-bindings`. For a checkout, that of
  /// its folder.
  public let name: String

  /// - Parameters:
  ///   - text: `ujson`, `ujson==5.4.0`, `numpy>=1.24,<3`, `package[extra]`, `wheels/ujson-5.4.0.tar.gz`, `../ujson`.
  ///   - folder: where relative paths begin.
  /// - Returns: nil for a text that is none of these. That a path is there is not asked here.
  public init?(_ text: String, relativeTo folder: URL) {
    let text = text.trimmingCharacters(in: .whitespaces)
    description = text
    let isArchive = Self.archives.contains { text.hasSuffix($0) }
    if isArchive || text.contains("/") || text.hasPrefix(".") {
      // pip has other things that contain slashes: addresses. What they give nobody can look at beforehand.
      if text.contains("://") || text.contains(" ") { return nil }
      let path = (text.hasPrefix("/") ? URL(filePath: text) : folder.appending(path: text)).standardizedFileURL.path
      source = isArchive ? .archive(path) : .checkout(path)
      let file = path.split(separator: "/").last.map(String.init) ?? ""
      name = Self.normalised(isArchive ? Self.project(ofArchive: file) : file)
      return
    }
    guard let match = text.wholeMatch(of: Self.requirement) else { return nil }
    let range = String(match.2).trimmingCharacters(in: .whitespaces)
    guard range.isEmpty || VersionRange(range) != nil else { return nil }
    source = .index
    name = Self.normalised(String(match.1))
  }

  /// Whether it names one version: nothing has to be looked up to know what it means.
  public var isPinned: Bool {
    switch source {
    case .index: specifier.hasPrefix("==") && !specifier.contains("*") && !specifier.contains(",")
    case .archive, .checkout: true
    }
  }

  /// Whether another requirement is one of the same project.
  public func isSameProject(as other: PackageRequirement) -> Bool { name == other.name }

  /// Whether a version is one that it means; all where it says nothing of versions.
  func takes(_ version: String) -> Bool {
    specifier.isEmpty || VersionRange(specifier)?.contains(version) ?? true
  }

  /// What it says of versions: `==5.4.0`; empty for nothing.
  private var specifier: String {
    guard source == .index, let start = description.firstIndex(where: { "<>=!~".contains($0) }) else { return "" }
    return String(description[start...])
  }

  /// Lower case, with single hyphens (PyPA, 'Names and normalization').
  public static func normalised(_ name: String) -> String {
    name.lowercased().replacing(#/[-_.]+/#, with: "-")
  }

  /// Key of what a path holds; of the text where there is none.
  ///
  /// - Throws: `Problem` when the path is not there.
  func contentKey() throws -> ContentKey {
    switch source {
    case .index: return ContentKey(of: description)
    case .archive(let path):
      guard let key = ContentKey(ofFile: path) else {
        throw Problem(
          .environment, at: path, "does not exist", remedy: "`package` names a wheel or an sdist: fix its path")
      }
      return ContentKey(ofParts: [(path as NSString).lastPathComponent, key.hex])
    case .checkout(let path):
      guard ["pyproject.toml", "setup.py"].contains(where: { FileManager.default.fileExists(atPath: "\(path)/\($0)") })
      else {
        throw Problem(
          .environment, at: path, "has neither pyproject.toml nor setup.py",
          remedy: "`package` names a checkout: fix its path")
      }
      return SourceTree.key(of: path)
    }
  }

  static let archives = [".whl", ".tar.gz", ".zip", ".tar.bz2"]

  /// `ujson-5.4.0.tar.gz`, `ujson-5.4.0-cp311-….whl`: what stands before the version.
  private static func project(ofArchive file: String) -> String {
    String(file.prefixMatch(of: #/(.+?)-\d/#)?.1 ?? file[...])
  }

  /// Name, extras, version specifiers (PyPA, 'Dependency specifiers'); markers and addresses are left out.
  nonisolated(unsafe) private static let requirement =
    #/([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[A-Za-z0-9._,\s-]*\])?\s*((?:[<>=!~].*)?)/#
}

extension PackageRequirement {
  /// What pip is given.
  var argument: String {
    switch source {
    case .index: description
    case .archive(let path), .checkout(let path): path
    }
  }
}
