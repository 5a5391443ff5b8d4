import ArgumentParser
import Documents
import Model
import Session

struct JudgeCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "judge",
    abstract: "Judge a stored run again, without running anything.",
    discussion:
      "Uses today's ledgers, so a new entry takes effect at once. --stored uses the ledgers of the run.")

  @OptionGroup var chosen: RunArgument

  @Flag(help: "Use the ledgers that were stored with the run.")
  var stored = false

  @OptionGroup var reasons: ReasonsOption

  @OptionGroup var places: PlaceOptions
  @OptionGroup var database: DatabaseOptions

  func perform() async throws -> ExitStatus {
    let writer = try database.writer(places, mustExist: true)
    let run = try writer.store.run(named: chosen.run, chosen.run == "latest" ? .run : nil)
    let outcome = try Rejudging.judge(run, in: writer, suites: stored ? nil : try places.suitesFolder())
    for (cell, before, after) in outcome.changed {
      Console.print(Printable.line("\(cell)  \(before.rawValue) → \(after.rawValue)", .max))
    }
    let summary = try SummaryDocument(run, in: writer.store)
    Console.show(summary, showsReasons: reasons.why)
    return Standing(summary).status
  }
}
