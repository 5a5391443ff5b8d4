import Model
import Storing

/// What is new in a run: what `show --new` shows where several cells are.
public struct NewFindingsDocument: Codable, Sendable, Hashable {
  /// A new finding, wherever a scenario shows it.
  public struct Entry: Codable, Sendable, Hashable {
    /// `SUITE/CASE/SCENARIO`.
    public var scenario: String
    /// `LANE@RUNTIME` of each cell.
    public var cells: [String]
    public var finding: FindingInfo
    /// What the first cell's end said: an exception's text, the compiler's first error; nil at a label.
    public var message: String?
    /// What is known of where a process died, hung or raised: traceback and backtrace of the first cell.
    public var frames: [String]
    /// The command that shows all there is about the first cell.
    public var show: String
  }

  /// UUID of the run, and when it started.
  public var run: String
  public var started: String
  public var cells: Int
  public var entries: [Entry]
}

extension NewFindingsDocument {
  /// - Parameters:
  ///   - cells: those of the run that are new, by name.
  ///   - database: as somebody named it; nil where it need not be named.
  /// - Throws: `Problem` when the database can't be read.
  public init(_ cells: [CellID], of run: StoredRun, in store: Store, database: String? = nil) throws {
    self.init(run: run.uuid, started: run.started, cells: cells.count, entries: [])
    var places: [[String?]: Int] = [:]
    for cell in cells {
      guard let result = try store.result(of: cell, in: run) else { continue }
      let new = result.findings.filter { $0.verdict == .new }
      var attempts: [Attempt]?
      for finding in new {
        let divergence = finding.divergence
        let key = [cell.scenario.description, divergence.label, divergence.facet.rawValue, divergence.observed]
        if let place = places[key] {
          entries[place].cells.append(cell.load.description)
          continue
        }
        let tried = try attempts ?? store.attempts(of: cell, in: run)
        attempts = tried
        places[key] = entries.count
        entries.append(
          Entry(
            scenario: cell.scenario.description, cells: [cell.load.description],
            finding: try FindingInfo.placed([finding], of: cell.scenario, tried, in: run, store)[0],
            message: divergence.label == nil ? result.message : nil,
            frames: divergence.label == nil
              ? tried.frames + (try CellDocument.Borrowed(for: result, tried, in: run, store)?.lines ?? []) : [],
            show: ShellCommand.show(cell.description, run: run.uuid, database: database)))
      }
    }
  }
}

extension CellDocument.Borrowed {
  fileprivate var lines: [String] {
    AttachmentName.shown(AttachmentName.backtrace.rawValue, backtrace).split(separator: "\n").map(String.init)
  }
}

extension [Attempt] {
  /// Where the first attempt that died, hung or raised did so, the frames of this harness folded away.
  fileprivate var frames: [String] {
    let meant = [AttachmentName.traceback, .backtrace].map(\.rawValue)
    let texts = attachments.filter { meant.contains($0.name) }.map { AttachmentName.shown($0.name, $0.text) }
    return texts.flatMap { $0.split(separator: "\n").map(String.init) }
  }
}
