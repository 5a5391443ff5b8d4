import Documents
import Model
import Planning
import Storing

/// What a run of the miniature suite came to, held against what it has to come to.
struct Checked {
  /// By name of the runtime.
  var faults: [String: [SelfTestDocument.Fault]] = [:]
  var innocent: [String: Int] = [:]
  var failures: [SelfTestDocument.Failure] = []
  var lacking: [String] = []
  /// Cells with nothing wrong whose time was over.
  var isOutOfTime = false

  private let part: Part
  private let run: StoredRun
  private let isSandboxed: Bool
  private let results: [CellID: StoredResult]

  /// - Parameters:
  ///   - plan: of the run.
  ///   - stored: the run in the database.
  /// - Throws: `Problem` when the database can't be read.
  init(_ part: Part, _ plan: Plan, _ run: StoredRun, in store: Store, isSandboxed: Bool) throws {
    self.part = part
    self.run = run
    self.isSandboxed = isSandboxed
    results = Dictionary(uniqueKeysWithValues: try store.results(of: run).map { ($0.cell, $0) })
    let cells = plan.batches.flatMap { _, batch in batch.cells.map { Planned(batch.id(of: $0), batch.load, $0.action) }
    }
    for runtime in plan.runtimes {
      var rest = cells.filter { $0.load.runtime.name == runtime.name }
      for fault in Fault.all where fault.part == part {
        let hasFault: (Planned) -> Bool = { $0.id.scenario == fault.scenario && fault.lanes.contains($0.id.lane) }
        let obstacle = fault.obstacle(on: runtime, isSandboxed: isSandboxed)
        faults[runtime.name, default: []].append(check(fault, rest.filter(hasFault), obstacle))
        if obstacle == nil { rest.removeAll(where: hasFault) }
      }
      for cell in rest where obstacle(to: cell) == nil {
        // On a machine that can't do its work there is nobody to be innocent.
        if part != .machine { checkInnocent(cell) }
      }
    }
  }

  private struct Planned {
    var id: CellID
    var load: Load
    var action: Plan.Action

    init(_ id: CellID, _ load: Load, _ action: Plan.Action) {
      self.id = id
      self.load = load
      self.action = action
    }
  }

  /// Why nothing can be expected of a cell; nil where something can.
  private func obstacle(to cell: Planned) -> String? {
    if let answer = cell.action.answer?.answer { return answer.message ?? answer.outcome.description }
    let runtime = cell.load.runtime
    guard cell.load.lane.flavour.api == .hpy, case .broken = runtime.hpy else { return nil }
    return "the HPy of \(runtime.name) does not import"
  }

  private mutating func check(_ fault: Fault, _ cells: [Planned], _ obstacle: String?) -> SelfTestDocument.Fault {
    let asked = obstacle == nil ? cells.filter { self.obstacle(to: $0) == nil } : []
    let lanes = asked.map { $0.id.lane.description }
    func came(_ state: SelfTestDocument.State, _ detail: String) -> SelfTestDocument.Fault {
      SelfTestDocument.Fault(title: fault.title, state: state, lanes: lanes, detail: detail)
    }
    if asked.isEmpty {
      return came(.notAsked, obstacle ?? cells.lazy.compactMap(self.obstacle(to:)).first ?? "no lane is built for it")
    }
    var told: [String] = []
    var isLacking = false
    var isNoticed = true
    for cell in asked {
      let answer = answer(of: cell)
      if let answer, fault.expectation.isMet(by: answer) {
        if !told.contains(answer.description) { told.append(answer.description) }
      } else if noteLack(of: cell) {
        isLacking = true
      } else {
        isNoticed = false
        fail(cell.id, fault.title, fault.expectation.description, answer)
      }
    }
    if !isNoticed { return came(.unnoticed, "expected \(fault.expectation.description)") }
    return isLacking
      ? came(.notAsked, "the machine lacks something")
      : came(.noticed, "\(told.joined(separator: "; ")), on \(lanes.joined(separator: ", "))")
  }

  private mutating func checkInnocent(_ cell: Planned) {
    let answer = answer(of: cell)
    if let answer, Expectation.conforming.isMet(by: answer) {
      innocent[cell.id.runtime, default: 0] += 1
    } else if !noteLack(of: cell) {
      isOutOfTime = isOutOfTime || answer?.outcome == .timedOut
      fail(cell.id, "a healthy cell", Expectation.conforming.description, answer)
    }
  }

  private func answer(of cell: Planned) -> StoredAnswer? {
    results[cell.id].map {
      StoredAnswer(outcome: $0.outcome, verdict: $0.verdict, facets: Set($0.findings.map(\.divergence.facet)))
    }
  }

  private mutating func fail(_ cell: CellID, _ title: String, _ expected: String, _ got: StoredAnswer?) {
    failures.append(
      SelfTestDocument.Failure(
        cell: cell.description, title: title, expected: expected, got: got?.description ?? "no result", run: run.uuid))
  }

  /// Notes what the machine lacked for a cell, by the harness's own account or because nothing could be built.
  ///
  /// - Returns: whether it lacked something.
  private mutating func noteLack(of cell: Planned) -> Bool {
    guard let result = results[cell.id] else { return false }
    switch result.outcome {
    case .harnessFailed: lacking.append("\(cell.id.runtime): \(result.message ?? "the harness failed")")
    case .notBuilt:
      lacking.append("\(cell.id.load): the miniature suite is not built: \(result.message ?? "the compiler failed")")
    default: return false
    }
    return true
  }

  /// Whether nothing was taken over of what the machine kept from being tried.
  mutating func checkReuse() {
    for result in results.values.sorted(by: { $0.cell.description < $1.cell.description }) {
      guard let earlier = result.reusedFrom else { continue }
      failures.append(
        SelfTestDocument.Failure(
          cell: result.cell.description, title: "a cell without an earlier result", expected: "a new result",
          got: "the result of run \(earlier.prefix(8))", run: run.uuid))
    }
  }

  /// Holds the exit code that a run would have against the one that it has to have.
  mutating func checkExitCode(_ code: Int32, expected: Int32) {
    if code == expected { return }
    failures.append(
      SelfTestDocument.Failure(
        cell: nil, title: "the exit code of `hpy-conform run \(part.pattern)`", expected: "\(expected)",
        got: "\(code)", run: run.uuid))
  }
}
