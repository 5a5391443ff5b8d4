import ArgumentParser
import Documents
import Foundation
import Model
import Planning
import Platform

struct CausesCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "causes",
    abstract: "List what is wrong with which runtimes, by the ledger; or one cause with its places.",
    discussion: """
      Causes are defined in `causes.toml` in the folder of the suites, and in the `ledger.toml` of a suite. Those that \
      this program brings along can be asked for by any suite: `use = "NAME"`.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case human, json
  }

  @Argument(help: "A cause, which is shown with its places. Default: all, without.")
  var name: String?

  @Option(help: "human or json.")
  var format: Format = .human

  @Flag(help: "Also those that this program brings along and no suite here asks for.")
  var all = false

  @Flag(help: "Write ledgers of the former form (`[[divergence]]`) as causes and places, in place.")
  var convert = false

  @OptionGroup var places: PlaceOptions

  func validate() throws {
    if convert, name != nil || all { throw ValidationError("--convert goes with no cause and not with --all") }
  }

  func perform() async throws -> ExitStatus {
    let folder = try places.suitesFolder()
    let suites = try SuiteFolder.folders(in: folder).map(\.lastPathComponent)
    if convert { return try write(LedgerConversion(suites: folder, names: suites), in: folder) }
    let ledger = try Ledger(suites: folder, names: suites)
    let unused = all || name != nil ? Ledger.builtInCauses : []
    let document = CausesDocument(ledger, only: name, unused: unused)
    if let name, document.runtimes.isEmpty {
      let near = NearNames.among((ledger.causes + unused).map(\.name).unique, to: name)
      throw Problem(
        "no cause is named `\(name)`", remedy: NearNames.hint(near) + "`hpy-conform causes --all` lists them")
    }
    switch format {
    case .human: Console.show(document)
    case .json: try Console.showJSON(document)
    }
    return .asExpected
  }

  private func write(_ conversion: LedgerConversion, in folder: URL) throws -> ExitStatus {
    if conversion.files.isEmpty {
      Console.print("no ledger has the former form; nothing was changed")
      return .asExpected
    }
    // The common causes first: what is interrupted behind them can be done again.
    for (path, text) in conversion.files.sorted(by: { ($0.key.count, $0.key) < ($1.key.count, $1.key) }) {
      let file = folder.appending(path: path)
      try FileWriting.replace(file.path, with: Array(text.utf8))
      Console.print("wrote \(Printable.line(file.path, .max))")
    }
    let counts = conversion.counts
    Console.print(
      "\(Words.number(counts.entries, "entry")) of \(Words.number(counts.causes, "cause")) at "
        + "\(Words.number(counts.places, "place")); comments were not carried over")
    return .asExpected
  }
}
