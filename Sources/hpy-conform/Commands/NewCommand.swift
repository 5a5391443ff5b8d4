import ArgumentParser
import Foundation
import Model
import Packages
import Planning

struct NewCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Create a case that builds and passes, as a starting point for your own.")

  @Argument(help: "SUITE/CASE, in lower case with hyphens.")
  var name: String

  @Option(help: "A package that pip installs, in place of C: `ujson`, `ujson==5.4.0`, the path of a wheel or sdist.")
  var package: String?

  @OptionGroup var places: PlaceOptions

  func perform() async throws -> ExitStatus {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, parts.allSatisfy({ $0.wholeMatch(of: #/[a-z0-9][a-z0-9-]*/#) != nil }) else {
      throw Problem(
        "`\(name)` is not a valid name for a case", remedy: "write SUITE/CASE in a–z, 0–9 and hyphens")
    }
    let folder = try suites().appending(path: name)
    if FileManager.default.fileExists(atPath: folder.path) {
      throw Problem(at: folder.path, "already exists", remedy: "choose another name; nothing was changed")
    }
    let files = try package.map { try Self.template(of: $0) } ?? Self.template
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (file, bytes) in files {
      try Data(bytes).write(to: folder.appending(path: file))
    }
    Console.print("made \(folder.path)")
    Console.print("run it with: hpy-conform run \(name)")
    return .asExpected
  }

  /// Where there are no suites yet, the first case makes the folder.
  private func suites() throws -> URL {
    if let path = places.suites { return URL(filePath: path, directoryHint: .isDirectory) }
    return try places.suitesFolder()
  }

  /// - Throws: `Problem` for a text that is no requirement.
  private static func template(of package: String) throws -> [(String, [UInt8])] {
    let here = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
    guard let requirement = PackageRequirement(package, relativeTo: here) else {
      throw Problem(
        "--package: `\(package)` is not a requirement",
        remedy: "write NAME, NAME==VERSION, or the path of a wheel, sdist or checkout")
    }
    // A relative path is meant from here, and read from the case's folder later.
    let text =
      switch requirement.source {
      case .index: requirement.description
      case .archive(let path), .checkout(let path): path
      }
    let module = requirement.name.replacing("-", with: "_")
    let files = [
      (Case.scenarioFileName, PackageResources.package_scenarios_py),
      (Case.manifestName, PackageResources.package_toml),
    ]
    return files.map { file, bytes in
      let filled = String(decoding: bytes, as: UTF8.self).replacing("{{package}}", with: text)
        .replacing("{{module}}", with: module)
      return (file, Array(filled.utf8))
    }
  }

  private static let template: [(String, [UInt8])] = [
    ("hpy.c", PackageResources.hpy_c),
    ("capi.c", PackageResources.capi_c),
    (Case.scenarioFileName, PackageResources.scenarios_py),
    (Case.manifestName, PackageResources.case_toml),
  ]
}
