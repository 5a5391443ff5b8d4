/// What a self-test came to: what `selftest` shows.
public struct SelfTestDocument: Codable, Sendable, Hashable {
  public var runtimes: [Tested]
  /// What was not as expected: a fault that nobody noticed, or an innocent that was blamed.
  public var failures: [Failure]
  /// What the machine lacked, so that not everything could be asked.
  public var lacking: [String]
  /// Folder in which the miniature suite and its database were kept; nil where they are gone.
  public var kept: String?

  /// One runtime.
  public struct Tested: Codable, Sendable, Hashable {
    public var name: String
    /// `CPython 3.11.2, HPy 0.9.0`.
    public var title: String
    public var faults: [Fault]
    /// Cells with which nothing was wrong, and that conformed.
    public var innocent: Int

    public init(name: String, title: String, faults: [Fault], innocent: Int) {
      self.name = name
      self.title = title
      self.faults = faults
      self.innocent = innocent
    }

    /// How many of its faults came to what.
    public func count(_ state: State) -> Int { faults.count { $0.state == state } }
  }

  /// What became of a fault.
  public enum State: String, Codable, Sendable, Hashable {
    case noticed = "detected"
    case unnoticed = "not detected"
    case notAsked = "not run"
  }

  /// Something that is wrong in the miniature suite.
  public struct Fault: Codable, Sendable, Hashable {
    /// `a crash`.
    public var title: String
    public var state: State
    /// Lanes in which it was to show.
    public var lanes: [String]
    /// What it was told as, or why it was not asked.
    public var detail: String

    public init(title: String, state: State, lanes: [String], detail: String) {
      self.title = title
      self.state = state
      self.lanes = lanes
      self.detail = detail
    }
  }

  /// Something that was not as expected.
  public struct Failure: Codable, Sendable, Hashable {
    /// `SUITE/CASE/SCENARIO@LANE@RUNTIME`; nil for what a run as a whole came to.
    public var cell: String?
    /// What is wrong there, or that nothing is.
    public var title: String
    public var expected: String
    public var got: String
    /// UUID of the run.
    public var run: String

    public init(cell: String?, title: String, expected: String, got: String, run: String) {
      self.cell = cell
      self.title = title
      self.expected = expected
      self.got = got
      self.run = run
    }
  }

  public init(runtimes: [Tested], failures: [Failure], lacking: [String], kept: String?) {
    self.runtimes = runtimes
    self.failures = failures
    self.lacking = lacking
    self.kept = kept
  }

  /// The way to the facts of a failure.
  package func lookCloser(_ failure: Failure) -> String {
    guard let kept else {
      return "look closer: hpy-conform selftest --keep FOLDER keeps the cells for hpy-conform show"
    }
    let database = kept + "/Results/results.sqlite"
    guard let cell = failure.cell else { return "hpy-conform runs --db \(ShellCommand.quoted(database))" }
    return ShellCommand.show(cell, run: failure.run, database: database)
  }
}
