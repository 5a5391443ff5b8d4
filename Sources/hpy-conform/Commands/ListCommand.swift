import ArgumentParser
import Documents
import Model
import Session

struct ListCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List suites, cases and scenarios, with the lanes of each case.")

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var places: PlaceOptions

  @Flag(help: "List only the lanes, with a description of each.")
  var lanesOnly = false

  func perform() async throws -> ExitStatus {
    if lanesOnly {
      for lane in Lane.all { Console.print(Self.describe(lane)) }
      return .asExpected
    }
    let plan = try await Session(try selection.options(places)).plan
    Console.show(CaseListDocument(plan))
    return Standing(hasBrokenInput: plan.units.contains { !$0.testCase.problems.isEmpty }).status
  }

  private static func describe(_ lane: Lane) -> String {
    let flavour = lane.flavour
    if flavour.api == .package { return "\(lane): a package that pip installs, imported by the scenarios" }
    let source = flavour.api == .hpy ? "HPy source" : "raw C API source"
    let loader = lane.family == "import" ? "import" : "hpy.universal.load, mode \(lane.mode.hpyName)"
    let references = lane.references.map(\.description).joined(separator: ", ")
    return "\(lane): \(source), ABI \(flavour.abi.rawValue), loaded by \(loader)"
      + (references.isEmpty ? "" : "; compared with \(references)")
  }
}
