import ArgumentParser
import Exploring
import Foundation
import Model
import Session

struct ExploreCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore",
    abstract: "Generate hierarchies of types, and report in which ways heap, static, HPy and Python types differ.",
    discussion: """
      A seed gives the same hierarchies on every machine. Each is made as heap types, static types, HPy types of both \
      ABIs and Python classes, and each kind of type is asked the same.

      Exit codes: 0 all differences are known; 1 some are new.
      """)

  @Option(
    name: [.customLong("runtime"), .customShort("r")],
    help: "A runtime of hpy-conform.toml, or the path of an interpreter. Repeatable.")
  var runtimes: [RuntimeArgument] = []

  @Option(help: "Seed of the hierarchies. Default: 1.")
  var seed: UInt64 = 1

  @Option(help: "Seconds to try hierarchies for. Default: 20.")
  var time: Double?

  @Option(help: "Number of hierarchies, instead of a time.")
  var count: Int?

  @Flag(inversion: .prefixedNo, help: "Also let objects live and end, and check what the C API promises of that.")
  var lives = true

  @OptionGroup var places: PlaceOptions
  @OptionGroup var effort: EffortOptions

  func perform() async throws -> ExitStatus {
    var options = try places.options()
    options.runtimes = runtimes.map(\.text)
    try await effort.apply(to: &options)
    let exploration = try await Exploration(options)
    let extent: Exploration.Extent = count.map { .count($0) } ?? .time(time ?? 20)
    let began = ContinuousClock.now
    let result = try await Interruption.cancelling { try await exploration.run(seed: seed, extent, lives: lives) }
    Console.print("\(result.tried) in \(ContinuousClock.now - began)")
    for group in result.groups {
      Console.print("\(group.runtime.name) \(group.count) \(group.kind)  \(group.cause?.name ?? "NEW")")
      Console.print("    \(group.told.type): \(group.told.operation): \(group.told.left) / \(group.told.right)")
      Console.print(HierarchyFile(group.example).text.split(separator: "\n").dropFirst(2).joined(separator: "; "))
    }
    for (name, why) in result.failures { Console.print("\(name): \(why)") }
    return .asExpected
  }
}
