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
  /// The last that the cell printed, at most `Attempt.outputLimit` bytes of it.
  public var output: String
  /// The fault handler's traceback, or the Python traceback of an exception that got out.
  public var traceback: String
  /// What the runner noticed: forged lines dropped, processes left behind and killed.
  public var notes: [String]

  public init(
    circumstances: Circumstances, answer: Answer, seconds: Double = 0, output: String = "", traceback: String = "",
    notes: [String] = []
  ) {
    self.circumstances = circumstances
    self.answer = answer
    self.seconds = seconds
    self.output = output
    self.traceback = traceback
    self.notes = notes
  }

  /// Bytes kept of what a cell printed.
  public static let outputLimit = 16 << 10
}
