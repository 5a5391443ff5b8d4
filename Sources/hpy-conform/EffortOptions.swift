import ArgumentParser
import Executing
import Foundation
import Model
import Platform
import Session

/// Whether a run may take results over.
struct ReuseOption: ParsableArguments {
  @Flag(help: "Take over earlier results of cells of which nothing has changed; run the others.")
  var reuse = false
}

/// How often cells are tried.
struct RepeatOption: ParsableArguments {
  @Option(
    name: .customLong("repeat"),
    help: ArgumentHelp("Try each cell N times; where attempts disagree it is flaky.", valueName: "N"))
  var repetitions = 1

  func validate() throws {
    if !(1...1000).contains(repetitions) { throw ValidationError("--repeat \(repetitions): 1 to 1000") }
  }
}

/// How often a run repeats scenarios to see what they leave behind.
struct LeakOption: ParsableArguments {
  @Option(
    name: .customLong("hunt-leaks"),
    help: ArgumentHelp(
      "Call each scenario N times more, then M times more counting what each call leaves behind; 0:0 for never.",
      valueName: "N:M"))
  var repeats = Repeats.usual
}

extension Repeats: ExpressibleByArgument {
  /// `N:M`.
  public init?(argument: String) {
    let numbers = argument.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let warmups = numbers[0], let measured = numbers[1] else { return nil }
    guard (0...1000).contains(warmups), (0...1000).contains(measured) else { return nil }
    self.init(warmups: warmups, measured: measured)
  }

  public var defaultValueDescription: String { "\(warmups):\(measured)" }
}

/// How much a run may use.
struct EffortOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "How many cells at a time. Default: the number of cores.")
  var jobs: Int = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "Seconds that a cell may take.")
  var timeout: Double = Limits().seconds

  @Option(help: "Mebibytes of memory that a cell may have: address space of each process, and of all together.")
  var memory: Int = Limits().memory >> 20

  @Option(help: "Mebibytes that build products may take in the cache; the least recently used go first.")
  var cacheLimit: Int = RunOptions.usualCacheLimit >> 20

  @Flag(
    inversion: .prefixedNo,
    help: """
      Run compilers and cells where they see no other files, processes or network, with bubblewrap; refused where the \
      system forbids it. Default: only for `nightly`, where it is available.
      """)
  var sandbox: Bool?

  func validate() throws {
    if jobs < 1 { throw ValidationError("--jobs \(jobs): at least 1") }
    if timeout <= 0 { throw ValidationError("--timeout \(timeout): more than 0 seconds") }
    if memory < 64 { throw ValidationError("--memory \(memory): at least 64 MiB, or no interpreter starts") }
    if cacheLimit < 0 { throw ValidationError("--cache-limit \(cacheLimit): at least 0 MiB") }
  }

  /// - Parameter prefersSandbox: whether there is one where nobody says otherwise and the system allows it.
  /// - Throws: `Problem` for a sandbox that can't be had.
  func apply(to options: inout RunOptions, prefersSandbox: Bool = false) async throws {
    options.sandbox = try await chosenSandbox(prefersSandbox)
    options.jobs = jobs
    options.limits.seconds = timeout
    options.limits.memory = memory << 20
    options.cacheLimit = cacheLimit << 20
  }

  private func chosenSandbox(_ isPreferred: Bool) async throws -> Sandbox? {
    guard sandbox ?? isPreferred else { return nil }
    do {
      return try await Sandbox()
    } catch {
      if sandbox == nil {
        Console.note("without a sandbox: \(error); compilers and cells run as you")
        return nil
      }
      throw Problem(
        .environment, "--sandbox: \(error)",
        remedy: "install bubblewrap and allow user namespaces, or leave --sandbox out and let foreign code run as you")
    }
  }
}

/// How a run goes about its cells: how much it may use, how often it tries, what it takes over.
struct RunningOptions: ParsableArguments {
  @OptionGroup var effort: EffortOptions
  @OptionGroup var leaks: LeakOption
  @OptionGroup var taking: ReuseOption
  @OptionGroup var trying: RepeatOption

  /// - Throws: `Problem` for a sandbox that can't be had.
  func apply(to options: inout RunOptions, prefersSandbox: Bool = false) async throws {
    try await effort.apply(to: &options, prefersSandbox: prefersSandbox)
    options.limits.repeats = leaks.repeats
    options.reuses = taking.reuse
    options.repetitions = trying.repetitions
  }
}
