import ArgumentParser
import Documents
import Foundation
import Model
import Planning
import Rendering
import Session
import Storing

struct PortabilityCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "portability",
    abstract: "Load binaries built elsewhere on every runtime, and report which behave, are refused, or misbehave.",
    discussion: """
      The binaries are the universal binaries of every HPy, also in files with another tag or no tag and with a \
      requirement of ABI 1.0 or 0.1, the hybrid binaries of every CPython, and those for the stable ABI (abi3, abi3t) \
      with the headers of every CPython. The answers of a binary are compared with those of the runtime's own universal \
      binary, or its own binary for the stable ABI. `latest` in other commands never means such a run: use its UUID.

      Exit codes: 0 every pair does what is promised; 1 at least one does not.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case human, json, markdown
  }

  @Argument(
    help: "SUITE, SUITE/CASE, SUITE/CASE/SCENARIO or …@BINARY@RUNTIME, with *, ? and […]. Default: everything.")
  var patterns: [PatternArgument] = []

  @Option(
    name: [.customLong("runtime"), .customShort("r")],
    help: "A runtime of hpy-conform.toml, or the path of an interpreter. Repeatable.")
  var runtimes: [RuntimeArgument] = []

  @Option(
    name: [.customLong("lane"), .customShort("l")],
    help: ArgumentHelp(
      "Only binaries of this kind: \(Plan.travelling.map(\.rawValue).joined(separator: ", ")). Repeatable.",
      valueName: "KIND"))
  var flavours: [FlavourArgument] = []

  @Option(
    help: ArgumentHelp(
      "Keep the binaries for the stable ABI in this folder, and load those that earlier runs kept there.",
      valueName: "FOLDER"))
  var kept: String?

  @OptionGroup var places: PlaceOptions
  @OptionGroup var database: DatabaseOptions

  @OptionGroup var effort: EffortOptions

  @Option(help: "Format of the report.")
  var format = Format.human

  @Option(help: "Show a stored view without running anything: `latest`, or the beginning of its UUID.")
  var show: String?

  func validate() throws {
    if show != nil, !patterns.isEmpty || !runtimes.isEmpty || !flavours.isEmpty || kept != nil {
      throw ValidationError("--show shows a complete view: omit patterns, runtimes, --lane and --kept")
    }
  }

  func perform() async throws -> ExitStatus {
    if let show {
      let store = try database.reader(places)
      return try report(store.run(named: show, .portability), in: store)
    }
    let session = try await Session.planned(options())
    let writer = try database.writer(places)
    let run = try await session.recorded(in: writer)
    let status = try report(run, in: writer.store)
    guard run.state == .interrupted, Interruption.happened else { return status }
    Console.note("to continue: \(ResumeOption.command(for: run, database, places))")
    return .interrupted
  }

  private func options() async throws -> RunOptions {
    var options = try places.options()
    options.kind = .portability
    options.patterns = try patterns.map { try $0.pattern() }
    options.runtimes = runtimes.map(\.text)
    try await effort.apply(to: &options)
    if !flavours.isEmpty { options.flavours = Plan.travelling.filter { flavours.map(\.flavour).contains($0) } }
    if let kept {
      options.kept = URL(filePath: kept).absoluteURL
      if !options.flavours.contains(where: \.isStable) {
        throw Problem(
          "--kept is for binaries of the stable ABI, and --lane names none of them",
          remedy: "add --lane abi3, or omit --kept")
      }
    }
    return options
  }

  private func report(_ run: StoredRun, in store: Store) throws -> ExitStatus {
    let document = try PortabilityDocument(run, in: store)
    switch format {
    case .human: Console.show(document)
    case .json: try Console.showJSON(document)
    case .markdown: Console.print(MarkdownRenderer().text(of: document), terminator: "")
    }
    return document.isAsPromised ? .asExpected : .needsAttention
  }
}
