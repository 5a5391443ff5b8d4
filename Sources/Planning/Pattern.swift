import Model

/// What a person types to choose cells: `SUITE`, `SUITE/CASE`, `SUITE/CASE/SCENARIO`, each part with `*` and `?`,
/// and `@LANE` or `@LANE@RUNTIME` behind it.
public struct Pattern: Hashable, Sendable, CustomStringConvertible {
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
        "`\(text)` is no pattern",
        remedy: "write SUITE, SUITE/CASE, SUITE/CASE/SCENARIO, or SUITE/CASE/SCENARIO@LANE@RUNTIME")
    }
    lane = parts.count > 1 ? parts[1] : "*"
    runtime = parts.count > 2 ? parts[2] : "*"
    description = text
  }

  /// Whether a cell is meant. A case that could not be read (`*`) is meant by every pattern for its scenarios.
  public func matches(_ cell: CellID) -> Bool {
    matches(cell.scenario) && Self.glob(lane, cell.lane) && Self.glob(runtime, cell.runtime)
  }

  public func matches(_ scenario: ScenarioID) -> Bool {
    let names = [scenario.suite, scenario.testCase, scenario.name]
    return zip(path, names).enumerated().allSatisfy { index, pair in
      Self.glob(pair.0, pair.1) || (index == 2 && pair.1 == ScenarioID.wholeCase)
    }
  }

  /// Shell-like matching with `*` and `?`.
  static func glob(_ pattern: String, _ text: String) -> Bool {
    var rest = Array(text.unicodeScalars)[...]
    var wanted = Array(pattern.unicodeScalars)[...]
    var star: (wanted: ArraySlice<Unicode.Scalar>, rest: ArraySlice<Unicode.Scalar>)?
    while let next = rest.first {
      if wanted.first == "*" {
        wanted = wanted.dropFirst()
        star = (wanted, rest)
      } else if let one = wanted.first, one == "?" || one == next {
        wanted = wanted.dropFirst()
        rest = rest.dropFirst()
      } else if let last = star {
        wanted = last.wanted
        rest = last.rest.dropFirst()
        star = (wanted, rest)
      } else {
        return false
      }
    }
    return wanted.allSatisfy { $0 == "*" }
  }
}
