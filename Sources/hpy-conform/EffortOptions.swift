import ArgumentParser
import Executing
import Foundation
import Model
import Platform
import Session

/// Whether a run may take results over.
struct ReuseOption: ParsableArguments {
  @Flag(help: "Take over the results of cells whose inputs have not changed; run the others.")
  var reuse = false
}

/// How often cells are tried.
struct RepeatOption: ParsableArguments {
  @Option(
    name: .customLong("repeat"),
    help: ArgumentHelp("Try each cell N times; a cell whose attempts disagree is flaky. Default: 1.", valueName: "N"))
  var repetitions: Int?

  func validate() throws {
    if let repetitions, !(1...1000).contains(repetitions) {
      throw ValidationError("--repeat \(repetitions): expected 1 to 1000")
    }
  }
}

/// How often a run repeats scenarios to see what they leave behind.
struct LeakOption: ParsableArguments {
  @Option(
    name: .customLong("hunt-leaks"),
    help: ArgumentHelp(
      "Repeat each scenario N times, then M times while counting what each call leaks. 0:0 turns this off. "
        + "Default: 3:3.",
      valueName: "N:M"))
  var repeats: Repeats?
}

extension Repeats: ExpressibleByArgument {
  /// `N:M`.
  public init?(argument: String) {
    let numbers = argument.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let warmups = numbers[0], let measured = numbers[1] else { return nil }
    guard (0...1000).contains(warmups), (0...1000).contains(measured) else { return nil }
    self.init(warmups: warmups, measured: measured)
  }
}

/// How many processes a run has, and where they run.
struct JobOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "Number of cells to run at the same time. Default: the number of cores.")
  var jobs: Int = ProcessInfo.processInfo.activeProcessorCount

  @Flag(
    inversion: .prefixedNo,
    help: """
      Run compilers and cells in bubblewrap, without access to other files, processes or the network. The run is \
      refused if the system does not permit it. Default: only for `nightly`, if available.
      """)
  var sandbox: Bool?

  func validate() throws {
    if jobs < 1 { throw ValidationError("--jobs \(jobs): expected 1 or more") }
  }

  /// - Parameter prefersSandbox: whether there is one where nobody says otherwise and the system allows it.
  /// - Throws: `Problem` for a sandbox that can't be had.
  func apply(to options: inout RunOptions, prefersSandbox: Bool = false) async throws {
    options.jobs = jobs
    options.sandbox = try await chosenSandbox(prefersSandbox)
  }

  private func chosenSandbox(_ isPreferred: Bool) async throws -> Sandbox? {
    guard sandbox ?? isPreferred else { return nil }
    if sandbox != nil { return try await Sandbox.required() }
    do {
      return try await Sandbox()
    } catch {
      Console.note("no sandbox: \(error); compilers and cells run with your rights")
      return nil
    }
  }
}

/// How much a run may use.
struct EffortOptions: ParsableArguments {
  @OptionGroup var processes: JobOptions

  @Option(help: "Time limit of a cell, in seconds. Default: \(Int(Limits().seconds)).")
  var timeout: Double?

  @Option(
    help: """
      Memory limit of a cell, in MiB: address space of each process, and memory of all together. \
      Default: \(Limits().memory >> 20).
      """)
  var memory: Int?

  @Option(help: "Size limit of the cache, in MiB. The least recently used build products are removed first.")
  var cacheLimit: Int = RunOptions.usualCacheLimit >> 20

  func validate() throws {
    if let timeout, timeout <= 0 { throw ValidationError("--timeout \(timeout): expected more than 0 seconds") }
    if let memory, memory < 64 {
      throw ValidationError("--memory \(memory): expected 64 MiB or more; with less, no interpreter starts")
    }
    if cacheLimit < 0 { throw ValidationError("--cache-limit \(cacheLimit): expected 0 MiB or more") }
  }

  /// - Parameter prefersSandbox: whether there is one where nobody says otherwise and the system allows it.
  /// - Throws: `Problem` for a sandbox that can't be had.
  func apply(to options: inout RunOptions, prefersSandbox: Bool = false) async throws {
    try await processes.apply(to: &options, prefersSandbox: prefersSandbox)
    if let timeout { options.limits.seconds = timeout }
    if let memory { options.limits.memory = memory << 20 }
    options.cacheLimit = cacheLimit << 20
  }

  /// Options that were given and decide results.
  var given: [String] {
    [
      timeout.map { _ in "--timeout" }, memory.map { _ in "--memory" },
      processes.sandbox.map { $0 ? "--sandbox" : "--no-sandbox" },
    ].compactMap { $0 }
  }
}

/// How a run goes about its cells: how much it may use, how often it tries, what it takes over.
struct RunningOptions: ParsableArguments {
  @OptionGroup var effort: EffortOptions
  @OptionGroup var leaks: LeakOption
  @OptionGroup var taking: ReuseOption
  @OptionGroup var trying: RepeatOption

  @Flag(
    help: """
      Also confirm known answers in fresh processes, and count the leaks of every cell again, even if its inputs have \
      not changed since they were counted as zero. Always on in `nightly`.
      """)
  var thorough = false

  @Flag(
    help: """
      Believe each answer that the ledger has, without confirming it: for a first look at a changed runtime. What is \
      new is confirmed as always.
      """)
  var quick = false

  @Option(
    help: ArgumentHelp(
      "Name of a source file that you changed, recorded with the run: scenarios that noticed changes of it before are "
        + "run first. Repeatable.", valueName: "file"))
  var changed: [String] = []

  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Run new crashes and hangs once more under gdb, if it is installed, to record their C frames, and new leaks to "
        + "record the C that allocated the blocks."))
  var debugger = true

  func validate() throws {
    if quick, thorough {
      throw ValidationError("--quick and --thorough contradict each other; leave one out")
    }
    if quick, trying.repetitions != nil {
      throw ValidationError("--quick and --repeat contradict each other; leave one out")
    }
    if changed.contains("") { throw ValidationError("--changed: expected the name of a file, got an empty text") }
  }

  /// - Throws: `Problem` for a sandbox that can't be had.
  func apply(to options: inout RunOptions, prefersSandbox: Bool = false) async throws {
    try await effort.apply(to: &options, prefersSandbox: prefersSandbox)
    options.limits.repeats = leaks.repeats ?? .usual
    options.reuses = taking.reuse
    options.debugs = debugger
    options.repetitions = trying.repetitions ?? 1
    options.believesEarlier = !thorough
    options.believesLedger = quick
    options.changed = changed
  }

  /// Options that were given and decide results.
  var given: [String] {
    effort.given + (leaks.repeats == nil ? [] : ["--hunt-leaks"]) + (taking.reuse ? ["--reuse"] : [])
      + (trying.repetitions == nil ? [] : ["--repeat"]) + (thorough ? ["--thorough"] : [])
      + (quick ? ["--quick"] : [])
      + (changed.isEmpty ? [] : ["--changed"])
  }
}
