import Model

/// Short names that the parts of a page know each other by: whatever a scenario or a file is called, its anchor is a
/// letter and a number.
struct PageNames {
  private(set) var lanes: [String: Int] = [:]
  private(set) var runtimes: [String: Int] = [:]
  private(set) var suites: [String: Int] = [:]
  private(set) var sources: [String: Int] = [:]
  /// Of `SUITE/CASE/SCENARIO`.
  private(set) var rows: [String: Int] = [:]
  private(set) var laneNames: [String] = []
  private(set) var runtimeNames: [String] = []
  private let lineCounts: [String: Int]

  static let changes = Dictionary(uniqueKeysWithValues: zip(CellChange.allCases, CellChange.allCases.indices))

  init(_ document: ReportDocument) {
    lineCounts = document.sources.mapValues { PageSources.lines(of: $0).count }
    for runtime in document.matrix.runtimes + document.run.runtimes.map(\.name) { add(runtime: runtime) }
    for suite in document.matrix.rows.map(\.suite) + document.suites.map(\.name) where suites[suite] == nil {
      suites[suite] = suites.count
    }
    for (index, path) in document.sources.keys.sorted().enumerated() { sources[path] = index }
    for suite in document.suites {
      for one in suite.cases {
        for scenario in one.scenarios {
          rows["\(suite.name)/\(one.name)/\(scenario.name)"] = rows.count
          for cell in scenario.cells { add(lane: cell.lane, runtime: cell.runtime) }
        }
      }
    }
    for entry in document.entries {
      for cell in entry.cells {
        let (lane, runtime) = Whereabouts.column(cell)
        add(lane: lane, runtime: runtime)
      }
    }
  }

  private mutating func add(runtime: String) {
    if runtimes[runtime] != nil { return }
    runtimes[runtime] = runtimes.count
    runtimeNames.append(runtime)
  }

  private mutating func add(lane: String, runtime: String) {
    add(runtime: runtime)
    if lanes[lane] != nil { return }
    lanes[lane] = lanes.count
    laneNames.append(lane)
  }

  /// Numbers of cells' lanes and runtimes, as the filters read them: `0.1 2.1`.
  func pairs(_ cells: [(lane: String, runtime: String)]) -> String {
    cells.map { "\(lanes[$0.lane] ?? 0).\(runtimes[$0.runtime] ?? 0)" }.joined(separator: " ")
  }

  /// Cells in words, runtimes with the same lanes together: `cpython, universal on cpython-3.11, cpython-3.12`.
  func words(_ cells: [(lane: String, runtime: String)]) -> String {
    var lanesOf: [String: [String]] = [:]
    for cell in cells { lanesOf[cell.runtime, default: []].append(cell.lane) }
    var runtimesOf: [[String]: [String]] = [:]
    for (runtime, lanes) in lanesOf {
      runtimesOf[lanes.sorted { self.lanes[$0] ?? 0 < self.lanes[$1] ?? 0 }, default: []].append(runtime)
    }
    let parts = runtimesOf.map { lanes, runtimes in
      (runtimes.map { self.runtimes[$0] ?? 0 }.sorted(), lanes)
    }
    return parts.sorted { $0.0.lexicographicallyPrecedes($1.0) }.map { runtimes, lanes in
      "\(lanes.joined(separator: ", ")) on \(runtimes.map { runtimeNames[$0] }.joined(separator: ", "))"
    }.joined(separator: "; ")
  }

  /// The anchor of a file, or of a line that it has.
  func source(_ path: String, line: Int? = nil) -> String? {
    guard let index = sources[path] else { return nil }
    guard let line, line > 0, line <= lineCounts[path] ?? 0 else { return "src\(index)" }
    return "src\(index)l\(line)"
  }

  /// The anchor of a scenario's row; that of all cells where there is no such row.
  func row(_ scenario: String) -> String { rows[scenario].map { "row\($0)" } ?? "cells" }

  func suite(_ name: String, in document: ReportDocument) -> String {
    document.suites.contains { $0.name == name } ? "suite\(suites[name] ?? 0)" : "cells"
  }
}
