import ArgumentParser
import Foundation
import Model
import Planning

struct NewCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Create a case that builds and passes, as a starting point for your own.")

  @Argument(help: "SUITE/CASE, in lower case with hyphens.")
  var name: String

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
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (file, bytes) in Self.template {
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

  private static let template: [(String, [UInt8])] = [
    ("hpy.c", PackageResources.hpy_c),
    ("capi.c", PackageResources.capi_c),
    (Case.scenarioFileName, PackageResources.scenarios_py),
    (Case.manifestName, PackageResources.case_toml),
  ]
}
