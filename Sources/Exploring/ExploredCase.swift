import Foundation
import Model
import Planning
import Worker

/// The extension that makes the types of any hierarchy: a case of the suites that this program carries.
public enum ExploredCase {
  private static let files: [(name: String, bytes: [UInt8])] = [
    ("capi.c", PackageResources.capi_c), ("case.toml", PackageResources.case_toml), ("hpy.c", PackageResources.hpy_c),
    ("slots.h", PackageResources.slots_h),
  ]

  /// Where its scenarios are in the suites.
  public static let suite = "explored"
  public static let name = "hierarchies"

  /// The case, laid out below a folder.
  ///
  /// - Throws: `Problem` where that can't be written.
  public static func laid(below cache: URL) throws -> Case {
    let key = ContentKey(ofParts: files.flatMap { [$0.name, String(decoding: $0.bytes, as: UTF8.self)] })
    let folder = cache.appending(path: "explored/\(key.short)")
    do {
      try EmbeddedFiles.lay(files, in: folder)
    } catch {
      throw Problem.unusableCache(error, at: cache)
    }
    var testCase = Case.read(suite: suite, directory: folder)
    testCase.name = name
    testCase.problems = []
    return testCase
  }

  /// Writes what is missing of it into the folder of a suite, for scenarios to use.
  ///
  /// - Throws: what the file system says.
  public static func write(into folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, bytes) in files where !FileManager.default.fileExists(atPath: folder.appending(path: name).path) {
      try Data(bytes).write(to: folder.appending(path: name))
    }
  }

  /// The file of known kinds, in the suite's folder.
  public static let kindsName = "kinds.toml"

  /// The kinds that the suites of this program know.
  public static let builtInKinds = String(decoding: PackageResources.kinds_toml, as: UTF8.self)
}
