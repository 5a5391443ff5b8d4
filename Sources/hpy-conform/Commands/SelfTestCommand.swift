import ArgumentParser
import Documents
import Foundation
import Model
import SelfTest
import Session

struct SelfTestCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "selftest",
    abstract: "Prove on this machine that crashes, hangs, forgeries, leaks and divergences are noticed.",
    discussion: """
      Cases that are known to be bad, and healthy neighbours, run as any other cases do, with each runtime that `run` \
      would take, and what is stored of them is checked. They have a folder and a database of their own, which are gone \
      afterwards; no results of yours are touched.

      Exit codes: 0 all noticed; 70 a fault was not noticed, or an innocent cell was blamed; 69 the machine lacks \
      something; 64 bad input.
      """)

  @Option(
    name: [.customLong("runtime"), .customShort("r")],
    help: "A runtime of hpy-conform.toml, or the path of any interpreter. May be repeated.")
  var runtimes: [RuntimeArgument] = []

  @OptionGroup var places: PlaceOptions
  @OptionGroup var jobs: JobOptions

  @Flag(name: .shortAndLong, help: "List each fault and what it was told as.")
  var verbose = false

  @Option(help: "Keep the cases and their database in this folder, a new one.", completion: .directory)
  var keep: String?

  func perform() async throws -> ExitStatus {
    var options = try places.options()
    options.runtimes = runtimes.map(\.text)
    try await jobs.apply(to: &options)
    let test = try await SelfTest(options, keptIn: keep.map { URL(filePath: $0, directoryHint: .isDirectory) }) {
      try Standing(SummaryDocument($0, in: $1)).status.rawValue
    }
    for problem in test.missing { Console.note("left out: \(problem)") }
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
