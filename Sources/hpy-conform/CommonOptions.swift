import ArgumentParser
import Foundation
import Model
import Platform
import Session
import Storing

/// Where things are.
struct PlaceOptions: ParsableArguments {
  @Option(help: "Folder of the suites. Default: the nearest `Suites`, here or in a parent.", completion: .directory)
  var suites: String?

  @Option(help: "Folder for build products. Default: $XDG_CACHE_HOME/hpy-conform.", completion: .directory)
  var cache: String?

  /// The suites' folder.
  ///
  /// - Throws: `Problem` when there is none.
  func suitesFolder() throws -> URL {
    if let suites {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: suites, isDirectory: &isFolder), isFolder.boolValue else {
        throw Problem(at: suites, "is not a folder", remedy: "name the folder of the suites with --suites")
      }
      return URL(filePath: suites, directoryHint: .isDirectory).standardizedFileURL
    }
    return try Self.nearestSuites()
  }

  /// The folder `Suites` here or above.
  ///
  /// - Throws: `Problem` when there is none.
  static func nearestSuites() throws -> URL {
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

  /// Those of a run of everything.
  func options() throws -> RunOptions {
    RunOptions(
      project: try project(), suites: try suitesFolder(), cache: try cacheFolder(),
      arguments: CommandLine.arguments.dropFirst().map { $0 })
  }

  /// The folder for build products, made where it is missing, and this user's alone: what lies there is run.
  ///
  /// - Throws: `Problem` where none is named, or others can write to it.
  func cacheFolder() throws -> URL {
    let folder: URL
    if let cache {
      folder = URL(filePath: cache, directoryHint: .isDirectory)
    } else if let base = Self.cacheBase(ProcessInfo.processInfo.environment) {
      folder = URL(filePath: base, directoryHint: .isDirectory).appending(path: "hpy-conform")
    } else {
      throw Problem(
        .environment, "no folder for build products: neither XDG_CACHE_HOME nor HOME is an absolute path",
        remedy: "name one with --cache, or set HOME or XDG_CACHE_HOME")
    }
    do {
      try PrivateFolder.make(folder)
    } catch let stranger as PrivateFolder.Stranger {
      throw Problem(
        .environment, at: folder.path, "\(stranger.description), expected a folder to which nobody else can write",
        remedy: stranger.remedy + "name another folder with --cache")
    } catch {
      throw Problem.unusableCache(error, at: folder)
    }
    return folder
  }

  /// Where caches are, by the XDG Base Directory Specification: a relative path in XDG_CACHE_HOME is to be ignored.
  static func cacheBase(_ environment: [String: String]) -> String? {
    if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") { return base }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return "\(home)/.cache"
  }
}

/// Which database.
struct DatabaseOptions: ParsableArguments {
  @Option(help: "The results database. Default: Results/results.sqlite next to the suites.", completion: .file())
  var db: String?

  func path(_ places: PlaceOptions) throws -> String {
    try db ?? places.project().appending(path: "Results/results.sqlite").path
  }

  /// Opens it to read.
  ///
  /// - Throws: `Problem` when there is none, or it can't be read.
  func reader(_ places: PlaceOptions) throws -> Store { try Store(path: path(places)) }

  /// Opens it to write, alone as long as the writer lives.
  ///
  /// - Throws: `Problem` when it can't be written, or another run is writing to it.
  func writer(_ places: PlaceOptions, mustExist: Bool = false) throws -> StoreWriter {
    try StoreWriter(path: path(places), mustExist: mustExist)
  }
}

/// A run of a database.
struct RunArgument: ParsableArguments {
  @Argument(help: "The run: `latest`, or the beginning of its UUID.")
  var run: String = "latest"
}

/// Whether a summary tells why cells were not tried.
struct ReasonsOption: ParsableArguments {
  @Flag(help: "List the reasons why cells are not applicable, with the number of cells.")
  var why = false
}

/// Which cells.
struct SelectionOptions: ParsableArguments {
  @Argument(
    help: "SUITE, SUITE/CASE, SUITE/CASE/SCENARIO or …@LANE@RUNTIME, with *, ? and […]. Default: everything.")
  var patterns: [PatternArgument] = []

  @Option(
    name: [.customLong("lane"), .customShort("l")],
    help: "A lane, or LANE:RUNTIME for binaries built for another runtime. Repeatable. Default: all lanes.")
  var lanes: [LaneArgument] = []

  @Option(
    name: [.customLong("runtime"), .customShort("r")],
    help: ArgumentHelp(
      "A runtime of hpy-conform.toml, or the path of an interpreter, with or without a name. The first is the reference. "
        + "Repeatable.", valueName: "name or [name=]path"))
  var runtimes: [RuntimeArgument] = []

  /// - Throws: `Problem` for a text that is no pattern or no lane.
  func options(_ places: PlaceOptions) throws -> RunOptions {
    var options = try places.options()
    options.patterns = try patterns.map { try $0.pattern() }
    options.lanes = try lanes.map { try $0.choice() }
    options.runtimes = runtimes.map(\.text)
    return options
  }

  /// What was given of it.
  var given: [String] {
    patterns.map { "the pattern `\($0.text)`" } + lanes.map { _ in "--lane" } + runtimes.map { _ in "--runtime" }
  }
}
