import ArgumentParser
import Foundation
import Model
import Planning
import Runtimes

/// A lane: `universal`, or `universal:RUNTIME` for binaries that are built for another runtime.
struct LaneArgument: ExpressibleByArgument {
  private let text: String

  init?(argument: String) { text = argument }

  static let allValueStrings = Lane.all.map(\.description)
  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }

  /// - Throws: `Problem` for a text that is no lane.
  func choice() throws -> LaneChoice { try LaneChoice(named: text) }

  /// - Throws: `Problem` for a text that is no lane of binaries at home.
  func lane() throws -> Lane {
    let choice = try choice()
    guard choice.home == nil else {
      throw Problem("`\(text)` is a binary for another runtime, expected a lane", remedy: "write `\(choice.lane)`")
    }
    return choice.lane
  }
}

/// A kind of binary that travels: `universal`, `abi3`.
struct FlavourArgument: ExpressibleByArgument {
  let flavour: Flavour

  init?(argument: String) {
    guard let flavour = Flavour(rawValue: argument), Plan.travelling.contains(flavour) else { return nil }
    self.flavour = flavour
  }

  static let allValueStrings = Plan.travelling.map(\.rawValue)
  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

/// A runtime of hpy-conform.toml by its name or a pattern, a command, the path of an interpreter, or NAME=PATH.
struct RuntimeArgument: ExpressibleByArgument {
  let text: String

  init?(argument: String) { text = argument }

  static var defaultCompletionKind: CompletionKind {
    .custom { _, _, _ in
      let project = try? PlaceOptions.nearestSuites().deletingLastPathComponent()
      return project.flatMap { try? Configuration(project: $0).runtimes.map(\.name) } ?? []
    }
  }
}

/// SUITE, SUITE/CASE, SUITE/CASE/SCENARIO or …@LANE@RUNTIME, each part as fnmatch(3) takes it.
struct PatternArgument: ExpressibleByArgument {
  let text: String

  init?(argument: String) { text = argument }

  /// - Throws: `Problem` for a text of another form.
  func pattern() throws -> Pattern { try Pattern(text) }

  static var defaultCompletionKind: CompletionKind {
    .custom { _, _, _ in
      guard let suites = try? PlaceOptions.nearestSuites() else { return [] }
      let folders = { (folder: URL) in
        (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted().filter { name in
          FileManager.default.fileExists(atPath: folder.appending(path: name).path + "/.")
        } ?? []
      }
      return folders(suites).flatMap { suite in
        [suite] + folders(suites.appending(path: suite)).map { "\(suite)/\($0)" }
      }
    }
  }
}
