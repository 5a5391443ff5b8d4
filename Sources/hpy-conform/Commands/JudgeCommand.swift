import ArgumentParser
import Model
import Reporting
import Session
import Storing

struct JudgeCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "judge",
    abstract: "Judge a stored run again, without running anything.",
    discussion:
      "Uses today's ledgers, so that a new entry takes effect at once; with --stored, those that the run used.")

  @Argument(help: "The run: `latest`, or the beginning of its UUID.")
  var run: String = "latest"

  @Flag(help: "Use the ledgers that were stored with the run.")
  var stored = false

  @OptionGroup var places: PlaceOptions
  @OptionGroup var database: DatabaseOptions

  func perform() async throws -> ExitStatus {
    Console.setUpColours()
    let path = try database.path(places)
    let store = try Store(path: path, .read)
    let lock = try RunLock(database: path)
    let run = try store.run(named: run)
    let outcome = try Rejudging.judge(run, in: store, suites: stored ? nil : try places.suitesFolder())
    withExtendedLifetime(lock) {}
    for (cell, before, after) in outcome.changed { print("\(cell)  \(before.rawValue) → \(after.rawValue)") }
    let summary = try RunSummary(run, in: store)
    print(summary.text)
    return summary.needsAttention ? .needsAttention : .asExpected
  }
}
