import ArgumentParser
import Session
import Storing

/// Whether a run that ended early goes on, and which.
struct ResumeOption: ParsableArguments {
  private static let latest = "latest"

  @Option(
    name: .customLong("resume"), defaultAsFlag: Self.latest,
    help: ArgumentHelp(
      "Continue a run that ended early: the beginning of its UUID. Default: the last unfinished run.",
      valueName: "run"))
  var run: String?

  /// - Parameter given: options that choose cells or how they are tried.
  /// - Throws: `ValidationError` where one of them was given beside this.
  func check(against given: [String]) throws {
    if run != nil, let other = given.first {
      throw ValidationError(
        "--resume and \(other): a resumed run keeps its options; omit \(other), or start a new run without --resume")
    }
  }

  /// Plans the rest of the run that was named, and says how much of it is done.
  ///
  /// - Parameters:
  ///   - ofSeries: whether it has to belong to a history.
  ///   - places: where things are, and how many jobs there are.
  /// - Throws: `Problem` or `Problems` for a run that can't go on.
  func session(in store: Store, ofSeries: Bool = false, _ places: RunOptions) async throws -> Session {
    let found = try store.run(toResume: run ?? Self.latest, ofSeries: ofSeries)
    let session = try await Session(resuming: found, in: store, places)
    for problem in session.selection.missing { Console.note("omitted: \(problem)") }
    let done = session.resumption?.keptCells ?? 0
    Console.note(
      "resuming run \(found.uuid.prefix(8)) of \(found.started): \(done) of \(session.plan.cellCount) cells are done")
    return session
  }

  /// The command that goes on with a run, for people.
  static func command(
    _ name: String = "run", for run: StoredRun, _ database: DatabaseOptions, _ places: PlaceOptions
  ) -> String {
    let others = [("--suites", places.suites), ("--cache", places.cache), ("--db", database.db)]
    return
      (["hpy-conform \(name) --resume \(run.uuid.prefix(8))"]
      + others.compactMap { option, value in value.map { "\(option) \($0)" } }).joined(separator: " ")
  }
}
