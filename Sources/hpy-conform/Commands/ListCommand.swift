import ArgumentParser
import Model
import Planning
import Rainbow
import Session

struct ListCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List suites, cases and scenarios, with the lanes that each case brings.")

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var places: PlaceOptions

  @Flag(help: "List the lanes and what they are, nothing else.")
  var lanesOnly = false

  func perform() async throws -> ExitStatus {
    Console.setUpColours()
    if lanesOnly {
      for lane in Lane.all { print(Self.describe(lane)) }
      return .asExpected
    }
    let session = try await Session(try selection.options(places))
    let shown = Set(session.plan.cells.map(\.id.scenario))
    for one in session.plan.cases {
      let lanes = session.plan.lanes.filter { one.sources(for: $0) != nil }.map(\.name)
      print("\("\(one.suite)/\(one.name)".bold)  \(one.summary)")
      print("  lanes: \(lanes.joined(separator: ", "))".dim)
      for problem in one.problems { print("  \(problem)".red) }
      for scenario in one.scenarios
      where shown.contains(ScenarioID(suite: one.suite, testCase: one.name, name: scenario.name)) {
        print("  \(scenario.name)\(scenario.summary.isEmpty ? "" : "  \(scenario.summary.dim)")")
      }
    }
    return .asExpected
  }

  private static func describe(_ lane: Lane) -> String {
    let source = lane.api == .hpy ? "HPy source" : "raw C API source"
    let loader =
      switch lane.loader {
      case .importSystem: "import"
      case .hpyUniversal(let mode): "hpy.universal.load, mode \(mode)"
      }
    let references = lane.references.isEmpty ? "" : "; compared with \(lane.references.joined(separator: ", "))"
    return "\(lane.name): \(source), ABI \(lane.abi.rawValue), loaded by \(loader)\(references)"
  }
}
