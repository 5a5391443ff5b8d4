import ArgumentParser
import Dispatch
import Executing
import Foundation
import Model
import Planning
import Platform
import Reporting
import Session
import Storing

extension PortabilityReport.Format: ExpressibleByArgument {}

struct PortabilityCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "portability",
    abstract: "Load binaries built with each HPy on every runtime: which behave, are refused, or misbehave?",
    discussion: """
      Binaries are universal ones of every HPy among the runtimes, the same in files with another tag or none, \
      requiring ABI 1.0 or 0.1, and hybrid ones of every CPython. What one answers on a runtime is compared with what \
      the runtime's own universal binary answers there. Results go to tables of their own, and are no part of any run.

      Exit codes: 0 when every pair does what HPy promises, 1 when not.
      """)

  @Argument(help: "SUITE, SUITE/CASE, SUITE/CASE/SCENARIO or …@BINARY@RUNTIME, with * and ?. Default: everything.")
  var patterns: [String] = []

  @Option(
    name: [.customLong("runtime"), .customShort("r")],
    help: "A runtime of hpy-conform.toml, or the path of any interpreter. May be repeated.")
  var runtimes: [String] = []

  @OptionGroup var places: PlaceOptions
  @OptionGroup var database: DatabaseOptions

  @OptionGroup var effort: EffortOptions

  @Option(
    help: "How the report is written: \(PortabilityReport.Format.allCases.map(\.rawValue).joined(separator: ", ")).")
  var format = PortabilityReport.Format.human

  @Option(help: "Show a stored view, and run nothing: `latest`, or the beginning of its UUID.")
  var show: String?

  func validate() throws {
    if show != nil, !patterns.isEmpty || !runtimes.isEmpty {
      throw ValidationError("--show shows a whole view: leave out patterns and runtimes")
    }
  }

  func perform() async throws -> ExitStatus {
    Console.setUpColours()
    let path = try database.path(places)
    if let show {
      let store = try Store(path: path, .read)
      return try report(try store.portability(named: show), in: store)
    }
    let session = try await PortabilitySession(options())
    for problem in session.selection.missing { Console.note("left out: \(problem)") }
    let store = try Store(path: path, .write)
    let lock = try RunLock(database: path)
    let state = try await Interruption.cancelling {
      try await session.run(observers: [PortabilityStoreObserver(store), PortabilityProgress()])
    }
    withExtendedLifetime(lock) {}
    let status = try report(try store.portability(named: "latest"), in: store)
    return state == "interrupted" && Interruption.happened ? .interrupted : status
  }

  private func options() throws -> RunOptions {
    var options = RunOptions(
      project: try places.project(), suites: try places.suitesFolder(), cache: places.cacheFolder(),
      patterns: try patterns.map { try Pattern($0) }, runtimes: runtimes, jobs: effort.jobs,
      arguments: CommandLine.arguments.dropFirst().map { $0 })
    effort.apply(to: &options)
    options.limits.repeats = .none
    return options
  }

  private func report(_ view: StoredPortability, in store: Store) throws -> ExitStatus {
    let report = try PortabilityReport(view, in: store)
    print(try report.text(format))
    return report.isAsPromised ? .asExpected : .needsAttention
  }
}

/// One line on standard error that tells how far a view is; silent where that is no terminal.
private actor PortabilityProgress: PortabilityObserver {
  private let isShown = Terminal.errorIsTerminal
  private var planned = 0
  private var tried = 0
  private var broken = 0

  func observe(_ event: PortabilityEvent) {
    switch event {
    case .started(let header): planned = header.planned
    case .tried(let results):
      tried += results.count
      broken += results.count { $0.isKept == false }
      if isShown, let last = results.last {
        let text = "\(tried)/\(planned) tried, \(broken) not as promised  \(last.scenario)"
        FileHandle.standardError.write(Data("\r\u{1B}[K\(text.prefix(max(20, Console.width - 1)))".utf8))
      }
    case .finished:
      if isShown { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    }
  }
}
