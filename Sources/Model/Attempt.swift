/// Under which circumstances a cell was tried.
public enum Circumstances: String, Hashable, Sendable, Codable {
  /// A child forked off a warm interpreter.
  case warm
  /// A process of its own.
  case fresh
  /// A process of its own, under `PYTHONMALLOC=debug`, which fills freed memory and guards its edges.
  case memoryDebug = "PYTHONMALLOC=debug"
}

/// What a cell answers: its outcome and its facts, without how long it took or what it printed.
///
/// Two attempts agree when their answers are equal. Stored once per content.
public struct Answer: Hashable, Sendable, Codable {
  public var outcome: Outcome
  /// The exception's text, the compiler's first error, why the binary didn't load, or why nothing was tried.
  public var message: String?
  public var observations: [Observation]

  public init(outcome: Outcome, message: String? = nil, observations: [Observation] = []) {
    self.outcome = outcome
    self.message = message
    self.observations = observations
  }

  /// The observation of a label.
  public subscript(label: String) -> Observation? { observations.first { $0.label == label } }
}

/// One try of a cell, with everything that is kept of it.
public struct Attempt: Hashable, Sendable, Codable {
  public var circumstances: Circumstances
  public var answer: Answer
  /// Wall time in seconds.
  public var seconds: Double
  /// What the cell left beside its observations, by name; none of them is empty. Who makes one and who shows it know
  /// its name (`AttachmentName`), and nobody between.
  public var attachments: [String: String]
  /// What the runner noticed: forged lines dropped, processes left behind and killed.
  public var notes: [String]

  public init(
    circumstances: Circumstances, answer: Answer, seconds: Double = 0, attachments: [String: String] = [:],
    notes: [String] = []
  ) {
    self.circumstances = circumstances
    self.answer = answer
    self.seconds = seconds
    self.attachments = attachments.filter { !$0.value.isEmpty }
    self.notes = notes
  }

  /// The answer of a cell for which no process was started.
  public init(untried outcome: Outcome, _ message: String) {
    self.init(circumstances: .warm, answer: Answer(outcome: outcome, message: message))
  }

  /// The text of an attachment; empty where there is none.
  public subscript(attachment: AttachmentName) -> String { attachments[attachment.rawValue] ?? "" }
}

/// The attachments that this program shows. The worker's files may bring others: they are kept, and shown by name.
public enum AttachmentName: String, Sendable, CaseIterable {
  /// The last that the cell printed.
  case output
  /// The frames of C where the cell died or hung, as a debugger says.
  case backtrace
  /// What each call of a scenario leaves behind, and the frames of C that made it.
  case allocations
  /// The fault handler's traceback, or the Python traceback of an exception that got out.
  case traceback
}
