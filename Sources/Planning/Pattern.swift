import Foundation
import Model

/// What a person types to choose cells: `SUITE`, `SUITE/CASE`, `SUITE/CASE/SCENARIO`, each part as fnmatch(3) takes it,
/// and `@LANE` or `@LANE@RUNTIME` behind it.
public struct Pattern: Hashable, Sendable, Codable, CustomStringConvertible {
  public let description: String
  private let path: [String]
  private let lane: String
  private let runtime: String

  /// - Throws: `Problem` for a text of another form.
  public init(_ text: String) throws {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    path = parts[0].split(separator: "/").map(String.init)
    guard (1...3).contains(path.count), (1...3).contains(parts.count), parts.dropFirst().allSatisfy({ !$0.isEmpty })
    else {
      throw Problem(
        "`\(text)` is not a pattern",
        remedy: "write SUITE, SUITE/CASE, SUITE/CASE/SCENARIO, or SUITE/CASE/SCENARIO@LANE@RUNTIME")
    }
    lane = parts.count > 1 ? parts[1] : "*"
    runtime = parts.count > 2 ? parts[2] : "*"
    description = text
  }

  /// The binaries away from home that it names: `…@universal:cpython-3.11`. They are tried only where somebody asks.
  public var away: LaneChoice? {
    LoadID.read(lane).flatMap { what in what.home.map { LaneChoice(what.lane, home: $0) } }
  }

  /// Whether a cell is meant. A case that could not be read (`*`) is meant by every pattern for its scenarios.
  ///
  /// A binary at home goes by its lane alone, and by `LANE:RUNTIME` as those do that are away from it.
  public func matches(_ cell: CellID) -> Bool {
    matches(cell.scenario) && Self.glob(runtime, cell.runtime)
      && (Self.glob(lane, cell.load.what)
        || (cell.load.home == nil && Self.glob(lane, "\(cell.lane):\(cell.runtime)")))
  }

  /// Whether it may mean scenarios of a case.
  public func means(suite: String, testCase: String) -> Bool {
    zip(path, [suite, testCase]).allSatisfy { Self.glob($0, $1) }
  }

  public func matches(_ scenario: ScenarioID) -> Bool {
    let names = [scenario.suite, scenario.testCase, scenario.name]
    return zip(path, names).enumerated().allSatisfy { index, pair in
      Self.glob(pair.0, pair.1) || (index == 2 && pair.1 == ScenarioID.wholeCase)
    }
  }

  static func glob(_ pattern: String, _ text: String) -> Bool { fnmatch(pattern, text, 0) == 0 }
}
