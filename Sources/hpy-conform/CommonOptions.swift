import ArgumentParser
import Executing
import Foundation
import Model
import Planning
import Runtimes
import Session

/// Where things are.
struct PlaceOptions: ParsableArguments {
  @Option(help: "Folder of the suites. Default: the nearest folder `Suites` here or above.")
  var suites: String?

  @Option(help: "Folder for build products. Default: $XDG_CACHE_HOME/hpy-conform.")
  var cache: String?

  /// The suites' folder.
  ///
  /// - Throws: `Problem` when there is none.
  func suitesFolder() throws -> URL {
    if let suites {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: suites, isDirectory: &isFolder), isFolder.boolValue else {
        throw Problem(at: suites, "is no folder", remedy: "name the folder of the suites with --suites")
      }
      return URL(filePath: suites, directoryHint: .isDirectory).standardizedFileURL
    }
    var folder = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
    while true {
      let candidate = folder.appending(path: "Suites", directoryHint: .isDirectory)
      if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
      if folder.path == "/" {
        throw Problem(
          "no folder `Suites` here or above", remedy: "change to the project, or name the folder with --suites")
      }
      folder = folder.deletingLastPathComponent()
    }
  }

  /// The project: the folder that holds the suites, with `hpy-conform.toml` beside them.
  func project() throws -> URL { try suitesFolder().deletingLastPathComponent() }

  func cacheFolder() -> URL {
    if let cache { return URL(filePath: cache, directoryHint: .isDirectory) }
    let environment = ProcessInfo.processInfo.environment
    let base = environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "/tmp")/.cache"
    return URL(filePath: base, directoryHint: .isDirectory).appending(path: "hpy-conform")
  }
}

/// Which database.
struct DatabaseOptions: ParsableArguments {
  @Option(help: "The results database. Default: Results/results.sqlite beside the suites.")
  var db: String?

  func path(_ places: PlaceOptions) throws -> String {
    try db ?? places.project().appending(path: "Results/results.sqlite").path
  }
}

/// Which cells.
struct SelectionOptions: ParsableArguments {
  @Argument(help: "SUITE, SUITE/CASE, SUITE/CASE/SCENARIO or …@LANE@RUNTIME, with * and ?. Default: everything.")
  var patterns: [String] = []

  @Option(
    name: [.customLong("lane"), .customShort("l")],
    help: "A lane: \(Lane.all.map(\.name).joined(separator: ", ")). May be repeated. Default: all.")
  var lanes: [String] = []

  @Option(
    name: [.customLong("runtime"), .customShort("r")],
    help: "A runtime of hpy-conform.toml, or the path of any interpreter; the first is the reference. May be repeated.")
  var runtimes: [String] = []

  /// - Throws: `Problem` for an unknown lane.
  func chosenLanes() throws -> [Lane] {
    try lanes.map { name in
      guard let lane = Lane.named(name) else {
        throw Problem(
          "unknown lane `\(name)`", remedy: "known lanes: \(Lane.all.map(\.name).joined(separator: ", "))")
      }
      return lane
    }
  }

  func options(_ places: PlaceOptions) throws -> RunOptions {
    RunOptions(
      project: try places.project(), suites: try places.suitesFolder(), cache: places.cacheFolder(),
      patterns: try patterns.map { try Pattern($0) }, lanes: try chosenLanes(), runtimes: runtimes,
      arguments: CommandLine.arguments.dropFirst().map { $0 })
  }
}
