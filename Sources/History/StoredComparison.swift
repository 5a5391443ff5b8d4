import Comparing
import Model
import Planning
import Storing

/// Where the answers of a side come from.
public struct SideSource: Sendable {
  public var side: Side
  public var run: StoredRun
  public var store: Store
}

/// Puts the stored answers of several sides beside each other, a few scenarios at a time.
enum StoredComparison {
  /// How many scenarios are read at a time.
  private static let pieceSize = 200

  /// Compares all cells of the sides.
  ///
  /// - Parameters:
  ///   - what: by which name of what they load cells stand beside each other.
  ///   - isMeant: which cells; a row is compared when one of its cells is meant.
  /// - Throws: `Problem` for a database or a stored ledger that can't be read.
  static func compare(
    _ sources: [SideSource], what: (LoadID) -> String, where isMeant: (CellID) -> Bool
  ) throws -> SideComparison {
    var comparison = SideComparison(sources.map(\.side))
    var readers: [RunReader] = []
    let readerOfSide = try sources.map { source in
      if let known = readers.firstIndex(where: { $0.run.uuid == source.run.uuid && $0.path == source.store.path }) {
        return known
      }
      readers.append(try RunReader(source))
      return readers.count - 1
    }
    let scenarios = try readers.reduce(into: Set()) { $0.formUnion(try $1.cells.scenarios()) }.sorted(by: inStoredOrder)
    for start in stride(from: 0, to: scenarios.count, by: pieceSize) {
      let piece = scenarios[start..<min(start + pieceSize, scenarios.count)]
      var rows: [RowID: [SideCell?]] = [:]
      for (number, reader) in readers.enumerated() {
        for cell in try reader.cells.cells(from: piece.first!, through: piece.last!) {
          for (side, source) in sources.enumerated() where readerOfSide[side] == number && source.side.contains(cell.id)
          {
            var row = source.side.row(of: cell.id)
            if row.lane != nil { row.lane = what(cell.id.load) }
            rows[row, default: Array(repeating: nil, count: sources.count)][side] = reader.sideCell(cell)
          }
        }
      }
      for (id, cells) in rows.sorted(by: { $0.key < $1.key })
      where cells.contains(where: { $0.map { isMeant($0.id) } ?? false }) {
        comparison.add(Row(id: id, cells: cells))
      }
    }
    return comparison
  }

  /// As SQLite sorts: by the bytes of UTF-8.
  private static func inStoredOrder(_ left: ScenarioID, _ right: ScenarioID) -> Bool {
    for (one, other) in [(left.suite, right.suite), (left.testCase, right.testCase)] where one != other {
      return one.utf8.lexicographicallyPrecedes(other.utf8)
    }
    return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
  }
}

/// Reads the cells of one run, with what the ledger that it used says of them.
private struct RunReader {
  let cells: StoredCells
  let path: String
  /// Those that hold for a runtime, by its name: worked out once, because versions are read each time.
  private let entries: [String: LedgerIndex]

  var run: StoredRun { cells.run }

  init(_ source: SideSource) throws {
    cells = StoredCells(source.run, in: source.store)
    path = source.store.path
    let ledger = try Ledger(
      stored: try source.store.ledgers(of: source.run),
      place: "run \(source.run.uuid.prefix(8)) in \(source.store.path): ")
    entries = source.run.runtimes.reduce(into: [:]) { byName, runtime in
      byName[runtime.name] = LedgerIndex(
        ledger.entries.filter { entry in entry.runtimes.contains { $0.contains(runtime) } })
    }
  }

  func sideCell(_ cell: StoredCell) -> SideCell {
    SideCell(
      id: cell.id, answer: cell.answer, others: cell.others, findings: cell.findings,
      entries: (entries[cell.id.runtime]?.entries(for: cell.id.scenario) ?? []).filter {
        $0.lanes.contains(cell.id.lane)
      })
  }
}
