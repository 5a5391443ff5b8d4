import ArgumentParser
import Documents
import Foundation
import Model
import SelfTest
import Session

struct SelfTestCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "selftest",
    abstract: "Check that crashes, hangs, forgeries, leaks and divergences are detected on this machine.",
    discussion: """
      Runs cases that are known to be faulty, together with healthy cases, like any other cases, on each runtime that \
      `run` would use, and checks the stored results. The cases use a separate folder and database, which are removed \
      afterwards. Your results are not changed.

      Exit codes: 0 all faults were detected; 70 a fault was not detected, or a healthy cell was reported as faulty; \
      69 the machine lacks something; 64 bad input.
      """)

  @Option(
    name: [.customLong("runtime"), .customShort("r")],
    help: "A runtime of hpy-conform.toml, or the path of an interpreter. Repeatable.")
  var runtimes: [RuntimeArgument] = []

  @OptionGroup var places: PlaceOptions
  @OptionGroup var jobs: JobOptions

  @Flag(name: .shortAndLong, help: "List each fault and how it was reported.")
  var verbose = false

  @Option(help: "Keep the cases and their database in this folder, which must be new.", completion: .directory)
  var keep: String?

  func perform() async throws -> ExitStatus {
    var options = try places.options()
    options.runtimes = runtimes.map(\.text)
    try await jobs.apply(to: &options)
    let test = try await SelfTest(options, keptIn: keep.map { URL(filePath: $0, directoryHint: .isDirectory) }) {
      try Standing(SummaryDocument($0, in: $1)).status.rawValue
    }
    for problem in test.missing { Console.note("omitted: \(problem)") }
    let document: SelfTestDocument
    do {
      document = try await Interruption.cancelling { try await test.run(observers: [ProgressLine()]) }
    } catch  where Interruption.happened {
      return Standing(isInterrupted: true).status
    }
    Console.show(document, showsAll: verbose)
    return Standing(document).status
  }
}
