import Foundation
import Model
import Platform

/// What there is to know of a cell that was tried: how its process ended, and what it wrote.
struct Evidence: Sendable {
  private enum End {
    case seen(status: Int32, timedOut: Bool)
    /// Nobody saw it; the text says why.
    case unseen(String)
    /// The cell had too much of something.
    case exceeded(Outcome.Limit)
    /// Nothing is known of the cell; the text says what the machine lacked.
    case machine(String)
  }

  private let end: End
  /// Its time was over while it, or a process that it started, was stopped by a signal.
  let wasStopped: Bool
  private let seconds: Double
  private let strays: Int
  private let spent: WorkerAnswer.Spent
  private let result: [UInt8]
  private let attachments: [String: [UInt8]]

  /// The exit code of a process of the harness that couldn't do its work (conform_cell.py, HARNESS_FAILED).
  private static let harnessFailed: Int32 = 70

  /// What a worker answered.
  init(_ answer: WorkerAnswer) {
    end =
      if let limit = answer.exceeded {
        .exceeded(limit)
      } else if let lack = answer.machine {
        .machine(lack)
      } else {
        switch answer.end {
        case .ended(let status): .seen(status: status, timedOut: answer.timedOut)
        case .serverLost(let status, _) where WaitStatus(raw: status) == .exited(code: Self.harnessFailed):
          .machine("the fork server failed; its log has the reason")
        case .serverLost(let status, let how):
          .unseen("the fork server \(how) while the cell ran: \(WaitStatus(raw: status).description)")
        }
      }
    wasStopped = answer.wasStopped
    seconds = answer.seconds
    strays = answer.strays
    spent = answer.spent
    (result, attachments) = (answer.result, answer.attachments)
  }

  /// What a cell left in the files of a worker that was lost.
  ///
  /// - Parameters:
  ///   - files: by name, the result's among them.
  ///   - how: how the worker was lost.
  init(left files: [String: [UInt8]], how: String) {
    end = .unseen("the worker \(how)")
    wasStopped = false
    seconds = 0
    strays = 0
    spent = WorkerAnswer.Spent()
    result = files[Self.resultName] ?? []
    attachments = files.filter { $0.key != Self.resultName }.mapValues { $0.suffix(Self.attachmentLimit) }
  }

  /// The name of the file that is no attachment (conform_worker.py).
  static let resultName = "result"

  /// Bytes kept of each attachment.
  static let attachmentLimit = 16 << 10

  /// What is made of it.
  ///
  /// - Parameters:
  ///   - secret: opens the lines of the result file that the harness wrote.
  ///   - sizeLimit: bytes that the result file could have.
  ///   - timings: told what the cell took.
  func attempt(
    _ circumstances: Circumstances, secret: String, sizeLimit: Int, normalise: Normaliser, timings: Timings
  ) -> Attempt {
    let file = ResultFile(result, secret: secret)
    count(circumstances, file.end?.spent, in: timings)
    let (outcome, message) = outcome(of: file, sizeLimit: sizeLimit)
    var texts = attachments.mapValues { Self.text($0) }
      .merging(file.end?.attachments ?? [:]) { $0 + $1 }
    let traceback = AttachmentName.traceback.rawValue
    if outcome == .timedOut { texts[traceback] = texts[traceback].map(Self.told(late:)) }
    // What was recorded while the machine lacked something says nothing.
    let observations = outcome == .harnessFailed ? [] : file.observations
    var attempt = Attempt(
      circumstances: circumstances,
      answer: Answer(
        outcome: outcome, message: message.map { normalise($0) }, observations: observations.map { normalise($0) }),
      seconds: seconds, attachments: texts.mapValues { normalise($0) })
    if file.forgedLines > 0 {
      attempt.notes.append("\(file.forgedLines) lines in the result file were not written by the harness")
    }
    if strays > 0 { attempt.notes.append("\(strays) remaining processes were killed") }
    return attempt
  }

  private func count(_ circumstances: Circumstances, _ own: ResultFile.Spent?, in timings: Timings) {
    timings.add(.loading, spent.loading)
    timings.add(.forking, spent.forking)
    timings.add(faults: spent.faults)
    switch circumstances {
    case .warm:
      let (calling, repeating) = (own?.calling ?? 0, own?.repeating ?? 0)
      let collecting = own?.collecting ?? 0
      timings.add(.calling, calling - collecting)
      timings.add(.collecting, collecting)
      if repeating > 0 { timings.add(.repeating, repeating) }
      timings.add(.cells, spent.cell - calling - repeating)
    case .fresh: timings.add(.confirming, spent.cell)
    case .memoryDebug: timings.add(.debugging, spent.cell)
    }
  }

  private func outcome(of file: ResultFile, sizeLimit: Int) -> (Outcome, message: String?) {
    switch end {
    case .exceeded(let limit): return (.limitExceeded(limit), nil)
    case .machine(let lack): return (.harnessFailed, lack)
    case .unseen(let why): return (.workerLost, why)
    case .seen(let status, let timedOut):
      if let lack = file.lack { return (.harnessFailed, lack) }
      let ending = Ending(status: status, timedOut: timedOut, resultSize: result.count, sizeLimit: sizeLimit)
      let outcome = ending.outcome(file)
      return (outcome, outcome == .damagedResult ? file.damage : file.end?.message)
    }
  }

  /// The traceback of a cell that was late: it was killed to get one, and did not abort of itself.
  private static func told(late traceback: String) -> String {
    let killed = "killed by hpy-conform at the time limit, here:\n"
    guard let header = traceback.range(of: "Fatal Python error: Aborted\n") else {
      return traceback.isEmpty ? "" : killed + traceback
    }
    return traceback.replacingCharacters(in: header, with: killed)
  }

  /// What a process wrote, as text that a database keeps whole: SQLite's functions take a NUL for the end of a text
  /// (SQLite documentation, 'NUL Characters In Strings').
  private static func text(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self).replacing("\0", with: "\\x00")
  }
}
