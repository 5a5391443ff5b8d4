import Documents
import Model
import Platform
import Session

/// How far a run is, as a value: events go in, a line comes out.
struct Progress: Sendable {
  private var planned = 0
  /// Cells that were done before the run was gone on with.
  private var kept = 0
  private var judged = 0
  private var new = 0
  /// Fixed or flaky.
  private var others = 0
  private var current = ""
  private var slowest: (cell: String, seconds: Double)?
  private(set) var isFinished = false

  /// From so many seconds on a cell is called slow.
  private static let slow = 5.0

  mutating func note(_ event: RunEvent) {
    switch event {
    case .started(let header):
      self = Progress()
      planned = header.planned
      kept = header.resumption?.kept ?? 0
      judged = kept
    case .tried(let cell, _):
      current = cell.description
    case .judged(let result, _):
      judged += 1
      switch result.judgement.verdict {
      case .new: new += 1
      case .fixed, .flaky: others += 1
      case .conforming, .known, .notCompared, .notJudged: break
      }
      if result.reusedFrom == nil { weigh(result) }
    case .finished: isFinished = true
    }
  }

  private mutating func weigh(_ result: CellResult) {
    guard let seconds = result.attempts.map(\.seconds).max(), seconds >= Self.slow, seconds > slowest?.seconds ?? 0
    else { return }
    slowest = (result.cell.description, seconds)
  }

  /// `1200 of 7168 cells, 3 new, about 40 s left; slowest: 12 s, s/c/n@universal@pypy-7.3.19`.
  ///
  /// - Parameter seconds: since the run began.
  func line(after seconds: Double) -> String {
    let found = [(new, "new"), (others, "fixed or flaky")].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    let words = ["\(judged) of \(Words.number(planned, "cell"))"] + (found.isEmpty ? ["nothing new"] : found)
    let left = timeLeft(seconds).map { ["about \(Self.duration($0)) left"] } ?? []
    let slow = slowest.map { "; slowest: \(Self.duration($0.seconds)), \($0.cell)" } ?? ""
    return (words + left).joined(separator: ", ") + slow
  }

  /// The same, and the cell that was tried last.
  func liveLine(after seconds: Double) -> String { "\(line(after: seconds))  \(current)" }

  /// nil where too little is done to tell. Cells that are not tried take no time, and most of them come first.
  private func timeLeft(_ seconds: Double) -> Double? {
    let done = judged - kept
    guard seconds >= 3, done > 0, done * 20 >= planned - kept, judged < planned else { return nil }
    return seconds / Double(done) * Double(planned - judged)
  }

  private static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    return whole < 120 ? "\(whole) s" : "\((whole + 30) / 60) min"
  }
}

/// Tells on standard error how far a run is: on a terminal a line that is written over, elsewhere a plain line now and
/// then, so that whoever reads a log sees that the run lives.
actor ProgressLine: RunObserver {
  private var progress = Progress()
  private var began = ContinuousClock.now
  private var last = ContinuousClock.now
  private var hasToldNew = false
  private var heart: Task<Void, Never>?

  private static let beat = Duration.seconds(30)

  func observe(_ event: RunEvent) {
    progress.note(event)
    if case .judged(let result, _) = event, result.judgement.verdict == .new, !hasToldNew { tell(result) }
    if progress.isFinished {
      heart?.cancel()
      Console.progress("")
    } else if case .started = event {
      began = .now
      heart?.cancel()
      if !Terminal.errorIsTerminal { heart = beating() }
    } else if ContinuousClock.now - last > .milliseconds(80) {
      last = .now
      Console.progress(progress.liveLine(after: seconds))
    }
  }

  private func beating() -> Task<Void, Never> {
    Task { [weak self] in
      while (try? await Task.sleep(for: Self.beat)) != nil {
        guard let self else { return }
        await tell()
      }
    }
  }

  private var seconds: Double { (ContinuousClock.now - began) / .seconds(1) }

  /// The first that is new, at once, to somebody who waits for it.
  private func tell(_ result: CellResult) {
    guard Terminal.errorIsTerminal, let finding = result.judgement.findings.first(where: { $0.verdict == .new })
    else { return }
    hasToldNew = true
    Console.progress("")
    let label = finding.divergence.label.map { "\($0): " } ?? ""
    Console.note(
      "new after \(seconds.formatted(.number.precision(.fractionLength(1)))) s: \(result.cell): \(label)"
        + "expected \(finding.divergence.expected), got \(finding.divergence.observed)")
  }

  private func tell() {
    if !progress.isFinished { Console.note(progress.line(after: seconds)) }
  }
}
