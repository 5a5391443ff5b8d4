import ArgumentParser
import Documents
import Exploring
import Foundation
import Model
import Rendering
import Session
import Storing
import TOMLFile

struct ExploreCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore",
    abstract: "Generate hierarchies of types, and report in which ways heap, static, HPy and Python types differ.",
    discussion: """
      Each hierarchy is made as heap types, static types, HPy types of both ABIs and Python classes, and each kind of \
      type is asked the same. A difference is new unless `Suites/explored/kinds.toml` has its cause. New ones are shown \
      in as few types as show them. A seed gives the same hierarchies on every machine; docs/explore.md has more.

      Exit codes: 0 all differences are known; 1 some are new; 64 bad input; 69 all are known, but some hierarchies \
      could not be tried; 130 interrupted.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case human, json
  }

  @Option(
    name: [.customLong("runtime"), .customShort("r")],
    help: "A runtime of hpy-conform.toml, or the path of an interpreter. Repeatable.")
  var runtimes: [RuntimeArgument] = []

  @Option(help: "Seed of the hierarchies. Default: 1.")
  var seed: UInt64?

  @Option(help: "Seconds to try hierarchies for. Default: 20.")
  var time: Double?

  @Option(help: "Number of hierarchies for each runtime, instead of a time.")
  var count: Int?

  @Option(help: "Try the hierarchy of a file, and tell all that it shows.", completion: .file())
  var replay: String?

  @Option(
    help: ArgumentHelp(
      "Show an exploration of the database, run nothing: `latest`, or the beginning of its UUID.", valueName: "run"))
  var show: String?

  @Flag(
    help: """
      Print the hierarchies of --seed and --count as JSON, one a line, with the names that the worker reads; try none.
      """)
  var list = false

  @Flag(help: "With --replay: also try what the API forbids. Only a crash counts then.")
  var forbidden = false

  @Option(
    help: ArgumentHelp(
      "With --replay: add what the hierarchy shows to the scenarios of explored/hierarchies, and print a ledger entry "
        + "to fill in.", valueName: "scenario"))
  var accept: String?

  @Option(help: "Write the hierarchy of each new kind to a file in this folder.", completion: .directory)
  var write: String?

  @Option(
    help:
      "Write what was found about heap and static types to a file, in Markdown. With --all: with the smallest examples.",
    completion: .file())
  var page: String?

  @Flag(inversion: .prefixedNo, help: "Also let objects live and end, and check what the C API promises of that.")
  var lives = true

  @Flag(help: "Show all new kinds, and make the hierarchies of known ones smaller, too.")
  var all = false

  @Option(help: "Format of the report.")
  var format = Format.human

  @OptionGroup var places: PlaceOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var effort: EffortOptions

  func validate() throws {
    if let time, !(time > 0 && time <= 604_800) {
      throw ValidationError("--time \(time): expected more than 0 seconds, a week at most")
    }
    if let count, !(1...100_000_000).contains(count) {
      throw ValidationError("--count \(count): expected 1 to 100000000")
    }
    if time != nil, count != nil { throw ValidationError("--time and --count: expected one of them") }
    if replay != nil, time != nil || count != nil || seed != nil {
      throw ValidationError("--replay tries one hierarchy: omit --time, --count and --seed")
    }
    if show != nil, replay != nil || time != nil || count != nil || seed != nil || page != nil || !runtimes.isEmpty {
      throw ValidationError("--show shows an exploration as it was: omit what a new one takes")
    }
    if list, count == nil || replay != nil { throw ValidationError("--list needs --count, and no --replay") }
    if replay == nil, accept != nil || forbidden {
      throw ValidationError("--accept and --forbidden need --replay FILE")
    }
  }

  func perform() async throws -> ExitStatus {
    if list {
      let generator = HierarchyGenerator(seed: seed ?? 1)
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      for number in 0..<(count ?? 0) {
        Console.print(String(decoding: try encoder.encode(generator[number]), as: UTF8.self))
      }
      return .asExpected
    }
    if let show {
      let store = try database.reader(places)
      let document = try ExplorationDocument(try store.run(named: show, .explore), in: store)
      try tell(document)
      if let write { try Self.write(document, to: URL(filePath: write, directoryHint: .isDirectory)) }
      return Standing(document).status
    }
    var options = try places.options()
    options.kind = .explore
    options.runtimes = runtimes.map(\.text)
    try await effort.apply(to: &options)
    if let accept { try AcceptedScenario.check(accept) }
    let file = try replay.map { try Self.read($0, forbidden: forbidden) }
    let exploration = try await Exploration(options)
    for problem in exploration.selection.missing { Console.note("omitted: \(problem)") }
    let extent: Exploration.Extent =
      if let file { .these([file.hierarchy]) } else { count.map { .count($0) } ?? .time(time ?? 20) }
    let writer = file == nil ? try database.writer(places) : nil
    let result = try await exploration.recorded(
      seed: seed ?? 1, extent, lives: lives, reducesAll: all || accept != nil, in: writer)
    let document = ExplorationDocument(result, isForbidden: forbidden)
    try tell(document)
    if let write { try Self.write(document, to: URL(filePath: write, directoryHint: .isDirectory)) }
    if let page { try Self.writePage(result, to: page, exploration) }
    if let accept, let file { try Self.accept(accept, file, result, suites: options.suites) }
    return Standing(document).status
  }

  private func tell(_ document: ExplorationDocument) throws {
    switch format {
    case .human: Console.show(document, showsAll: all)
    case .json: try Console.showJSON(document)
    }
  }

  private static func read(_ path: String, forbidden: Bool) throws -> HierarchyFile {
    guard let text = try TextFile.read(path) else {
      throw Problem(at: path, "there is no such file", remedy: "name a file that `explore --write FOLDER` wrote")
    }
    return try HierarchyFile(text, file: path, forbidden: forbidden)
  }

  private static func write(_ document: ExplorationDocument, to folder: URL) throws {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (number, kind) in document.new.enumerated() {
        let file = folder.appending(path: "\(number + 1).toml")
        try Data(kind.hierarchy.utf8).write(to: file)
        Console.print("wrote \(file.path)")
      }
    } catch {
      throw Problem(.environment, at: folder.path, Problem.words(of: error), remedy: "name another folder with --write")
    }
  }

  private static func writePage(_ result: ExploredResult, to path: String, _ exploration: Exploration) throws {
    let file = exploration.options.suites.appending(path: "\(ExploredCase.suite)/heap-and-static.toml").path
    let text = try TextFile.read(file)
    let page = try HeapAndStaticPage(
      result, text: text ?? HeapAndStaticPage.builtIn, file: text == nil ? "(built in)" : file,
      causes: exploration.causes)
    do {
      try Data(page.markdown.utf8).write(to: URL(filePath: path))
    } catch {
      throw Problem(.environment, at: path, Problem.words(of: error), remedy: "name another file with --page")
    }
    Console.print("wrote \(path)")
  }

  private static func accept(_ name: String, _ file: HierarchyFile, _ result: ExploredResult, suites: URL) throws {
    let wanted = result.groups.filter { group in file.shows.isEmpty || file.shows.contains(group.kind.description) }
    guard let group = wanted.first else {
      throw Problem(
        "the hierarchy does not show it on any of these runtimes",
        remedy: "name the runtime that shows it with --runtime")
    }
    let scenario = try AcceptedScenario(name: name, group.kind, group.example, group.told)
    let folder = suites.appending(path: "\(ExploredCase.suite)/\(ExploredCase.name)")
    let path = folder.appending(path: "scenarios.py")
    do {
      try ExploredCase.write(into: folder)
      let before = try TextFile.read(path.path)
      if before?.contains("\ndef \(name)(") ?? false {
        throw Problem(at: path.path, "there is a scenario \(name) already", remedy: "choose another name")
      }
      try Data(scenario.file(after: before).utf8).write(to: path)
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Problem(.environment, at: path.path, Problem.words(of: error), remedy: "make the folder writable")
    }
    Console.print(
      "added \(name) to \(path.path)\n\nfor the ledger, \(suites.path)/\(ExploredCase.suite)/ledger.toml:\n")
    Console.print(scenario.ledgerEntry)
  }
}
