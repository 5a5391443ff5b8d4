import ArgumentParser
import Documents
import Foundation
import Model
import Platform
import Runtimes
import Session
import Synchronization
import Worker

struct RuntimesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runtimes", abstract: "Find interpreters, describe them, and create environments for them.",
    subcommands: [Find.self, Add.self, Remove.self, Sync.self], defaultSubcommand: Find.self)

  /// What they have in common.
  static func finder(_ places: PlaceOptions, limit: Double = 30) throws -> (InterpreterFinder, InterpreterSearch) {
    let project = try places.project()
    let search = InterpreterSearch(project: project)
    let files = try WorkerFiles(below: places.cacheFolder())
    return (InterpreterFinder(project: project, files: files, search: search, limit: limit), search)
  }

  /// - Throws: `Problem` where the file can't be written; what was there before stays.
  static func write(_ text: ConfigurationText, to file: URL) throws {
    do {
      try FileWriting.replace(file.path, with: Array(text.text.utf8))
    } catch {
      throw Problem(
        .environment, at: file.path, "can't be written: \(Problem.words(of: error))",
        remedy: "free some space, or make it writable")
    }
  }

  struct Find: ConformCommand {
    static let configuration = CommandConfiguration(
      commandName: "find",
      abstract: "List the interpreters of this machine, with the lanes that each can run (the default).",
      discussion: """
        Searches hpy-conform.toml, the active virtual environment and the project's .venv, the project's .runtimes, \
        PATH, pyenv and uv. An interpreter with several names is listed once. With names, shows all details of those.
        """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
      case text
      case json
    }

    @Argument(help: "Names or patterns of hpy-conform.toml, commands, or paths. Default: all that are found.")
    var wanted: [RuntimeArgument] = []

    @Option(help: "text, or json (documented in Sources/Setup/runtimes.md).")
    var format = Format.text

    @Option(help: "Time limit for asking an interpreter, in seconds.")
    var timeout: Double = 30

    @OptionGroup var places: PlaceOptions

    func validate() throws {
      if timeout <= 0 { throw ValidationError("--timeout \(timeout): expected more than 0 seconds") }
    }

    func perform() async throws -> ExitStatus {
      let configuration = try Configuration(project: places.project())
      let (finder, search) = try RuntimesCommand.finder(places, limit: timeout)
      var found: [FoundRuntime]
      if wanted.isEmpty {
        found = await finder.findAll(configuration)
      } else {
        let names = wanted.map(\.text)
        found = await finder.describe(try RuntimeSelection.choose(names, from: configuration, search: search))
      }
      switch format {
      case .json: try Console.showJSON(RuntimeDocument(found), snakeCase: true)
      case .text: Console.show(RuntimeDocument(found), showsAll: !wanted.isEmpty, base: configuration.project.path)
      }
      // What was asked for by name has to be there; what was come across need not be fit for use.
      return wanted.isEmpty || found.allSatisfy { $0.runtime != nil } ? .asExpected : .unavailable
    }
  }

  struct Add: ConformCommand {
    static let configuration = CommandConfiguration(
      commandName: "add", abstract: "Add an interpreter to hpy-conform.toml, without other changes to the file.")

    @Argument(help: "Name of the runtime. Results are stored under this name.")
    var name: String

    @Argument(help: "Path of the interpreter, or a command to find on PATH, in pyenv or uv, such as python3.12.")
    var interpreter: String

    @Option(
      help: "HPy for its environment: a version or specifier, the path of an sdist, or the path of a checkout.")
    var hpy: String?

    @Flag(help: "Run without this runtime if it is missing.")
    var optional = false

    @OptionGroup var places: PlaceOptions

    func perform() async throws -> ExitStatus {
      let project = try places.project()
      let file = project.appending(path: Configuration.fileName)
      let isCommand = !interpreter.contains("/")
      let path = isCommand ? interpreter : URL(filePath: interpreter).standardizedFileURL.path
      let inside = path.hasPrefix(project.path + "/") ? String(path.dropFirst(project.path.count + 1)) : path
      var text = try ConfigurationText(project: project)
      try text.add(name: name, interpreter: inside, hpy: hpy, isOptional: optional)
      let (finder, _) = try RuntimesCommand.finder(places)
      let base = Configuration.Wanted(name: name, interpreter: path)
      let runtime = try await finder.describe([base])[0].answer.get()
      try RuntimesCommand.write(text, to: file)
      Console.print("added \(name): \(runtime.title)")
      if hpy != nil { Console.print("create its environment: hpy-conform runtimes sync \(name)") }
      return .asExpected
    }
  }

  struct Remove: ConformCommand {
    static let configuration = CommandConfiguration(
      commandName: "remove",
      abstract: "Remove a runtime from hpy-conform.toml, together with the environment that sync created for it.")

    @Argument(help: "Name of the runtime in hpy-conform.toml.")
    var name: String

    @OptionGroup var places: PlaceOptions

    func perform() async throws -> ExitStatus {
      let project = try places.project()
      let file = project.appending(path: Configuration.fileName)
      var text = try ConfigurationText(project: project)
      let hasEnvironment = try Configuration(project: project).runtimes.first { $0.name == name }?.hpy != nil
      try text.remove(name)
      try RuntimesCommand.write(text, to: file)
      let isRemoved = try hasEnvironment && Environments(project: project).remove(name)
      Console.print("removed \(name)" + (isRemoved ? " and its environment" : ""))
      return .asExpected
    }
  }

  struct Sync: ConformCommand {
    static let configuration = CommandConfiguration(
      commandName: "sync",
      abstract: "Create the environments of hpy-conform.toml that are missing, incomplete or out of date.")

    @Argument(help: "Names or patterns. Default: all runtimes with `hpy`.")
    var names: [RuntimeArgument] = []

    @Option(name: .shortAndLong, help: "Number of environments to create at a time. Default: the number of cores.")
    var jobs: Int = ProcessInfo.processInfo.activeProcessorCount

    @OptionGroup var places: PlaceOptions

    func validate() throws {
      if jobs < 1 { throw ValidationError("--jobs \(jobs): expected 1 or more") }
    }

    func perform() async throws -> ExitStatus {
      let wanted = try chosen()
      let line = SyncLine(count: wanted.count)
      let synchroniser = Synchroniser(
        project: try places.project(), files: try WorkerFiles(below: places.cacheFolder()), jobs: jobs,
        observe: { line.observe($0) })
      let outcomes = try await Interruption.cancelling { try await synchroniser.make(wanted) }
      line.finish()
      if Interruption.happened { return .interrupted }
      let isMissing = zip(wanted, outcomes).contains { one, outcome in
        switch outcome {
        case .upToDate, .made: false
        case .unavailable: !one.isOptional
        case .failed: true
        }
      }
      return isMissing ? .unavailable : .asExpected
    }

    private func chosen() throws -> [Configuration.Wanted] {
      let project = try places.project()
      let configuration = try Configuration(project: project)
      let search = InterpreterSearch(environment: [:], project: project)
      let asked =
        names.isEmpty
        ? configuration.runtimes
        : try RuntimeSelection.choose(names.map(\.text), from: configuration, search: search)
      for one in asked where one.hpy == nil && names.contains(where: { $0.text == one.name }) {
        throw Problem(
          at: one.place, "`\(one.name)` has no `hpy`, so it is used directly and needs no environment",
          remedy: "to give it an environment, add `hpy = \"0.9.0\"`")
      }
      return asked.filter { $0.hpy != nil }
    }
  }
}

/// How far a synchronisation is: a line for each environment that is done, and on a terminal one that tells what is
/// being done now.
final class SyncLine: Sendable {
  private struct State {
    var done = 0
    var current: [String: String] = [:]
  }

  private let count: Int
  private let state = Mutex(State())

  init(count: Int) { self.count = count }

  func observe(_ event: Synchroniser.Event) {
    state.withLock { state in
      switch event {
      case .step(let step, let name): state.current[name] = step
      case .finished(let outcome, let name):
        state.done += 1
        state.current[name] = nil
        clear()
        tell(outcome, name)
      }
      draw(state)
    }
  }

  func finish() { clear() }

  private func tell(_ outcome: Synchroniser.Outcome, _ name: String) {
    switch outcome {
    case .upToDate(let runtime): Console.print("\(name): up to date: \(runtime.title)")
    case .made(let runtime, let seconds):
      Console.print("\(name): created in \(String(format: "%.1f", seconds)) s: \(runtime.title)")
    case .unavailable(let problem): Console.note("not available: \(problem)")
    case .failed(let problem): Console.error(problem.description)
    }
  }

  private func draw(_ state: State) {
    if state.current.isEmpty { return }
    let current = state.current.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    Console.progress("\(state.done)/\(count) done; \(current.joined(separator: "; "))")
  }

  private func clear() { Console.progress("") }
}
