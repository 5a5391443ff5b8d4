import Foundation
import Model
import Platform

/// What there is to know of a cell that was tried: how its process ended, and what it wrote.
struct Evidence: Sendable {
  private enum End {
    case seen(status: Int32, timedOut: Bool)
    /// Nobody saw it; the text says why.
    case unseen(String)
  }

  private let end: End
  private let seconds: Double
  private let strays: Int
  private let result: [UInt8]
  private let attachments: [String: [UInt8]]

  /// What a worker answered.
  init(_ answer: WorkerAnswer) {
    switch answer.end {
    case .ended(let status): end = .seen(status: status, timedOut: answer.timedOut)
    case .serverLost(let status):
      end = .unseen("the fork server ended while the cell ran: \(WaitStatus(raw: status).description)")
    }
    seconds = answer.seconds
    strays = answer.strays
    (result, attachments) = (answer.result, answer.attachments)
  }

  /// What a cell left in the folder of a worker that was lost.
  ///
  /// - Parameter how: how the worker was lost.
  init(leftIn folder: URL, how: String) {
    func content(_ name: String) -> Data {
      FileManager.default.contents(atPath: folder.appending(path: name).path) ?? Data()
    }
    end = .unseen("the worker \(how)")
    seconds = 0
    strays = 0
    result = Array(content(Self.resultFile))
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    attachments = names.filter { $0.hasPrefix(Self.prefix) && $0 != Self.resultFile }.reduce(into: [:]) {
      $0[String($1.dropFirst(Self.prefix.count))] = Array(content($1).suffix(Self.attachmentLimit))
    }
  }

  /// Cells write to `cell.result`, and to `cell.NAME` for each of their attachments (conform_worker.py).
  private static let prefix = "cell."
  private static let resultFile = "cell.result"

  /// Bytes kept of each attachment.
  static let attachmentLimit = 16 << 10

  /// What is made of it.
  ///
  /// - Parameters:
  ///   - secret: opens the lines of the result file that the harness wrote.
  ///   - sizeLimit: bytes that the result file could have.
  func attempt(
    _ circumstances: Circumstances, secret: String, sizeLimit: Int, normalise: Normaliser
  ) -> Attempt {
    let file = ResultFile(result, secret: secret)
    let outcome: Outcome
    var message = file.end?.message
    switch end {
    case .seen(let status, let timedOut):
      let ending = Ending(status: status, timedOut: timedOut, resultSize: result.count, sizeLimit: sizeLimit)
      outcome = ending.outcome(file)
    case .unseen(let why):
      outcome = .workerLost
      message = why
    }
    let texts = attachments.mapValues { Self.text($0) }
      .merging(file.end?.attachments ?? [:]) { $0 + $1 }
    var attempt = Attempt(
      circumstances: circumstances,
      answer: Answer(
        outcome: outcome, message: message.map { normalise($0) }, observations: file.observations.map { normalise($0) }),
      seconds: seconds, attachments: texts.mapValues { normalise($0) })
    if file.forgedLines > 0 {
      attempt.notes.append("\(file.forgedLines) lines in the result file were not written by the harness")
    }
    if strays > 0 { attempt.notes.append("\(strays) processes left behind were killed") }
    return attempt
  }

  /// What a process wrote, as text that a database keeps whole: SQLite's functions take a NUL for the end of a text
  /// (SQLite documentation, 'NUL Characters In Strings').
  private static func text(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self).replacing("\0", with: "\\x00")
  }
}
