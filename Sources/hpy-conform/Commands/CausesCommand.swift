import ArgumentParser
import Documents
import Foundation
import Model
import Planning
import Platform

struct CausesCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "causes",
    abstract: "List the causes of known divergences by runtime, or show one cause with its places.",
    discussion: """
      Causes are defined in `causes.toml` in the folder of the suites, and in the `ledger.toml` of a suite. The \
      causes that are part of this program can be used in any suite: `use = "NAME"`.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case human, json
  }

  @Argument(help: "The cause to show with its places. Default: list all causes.")
  var name: String?

  @Option(help: "human or json.")
  var format: Format = .human

  @Flag(help: "Also list the causes of this program that no suite here uses.")
  var all = false

  @Flag(help: "Rewrite ledgers of the previous format (`[[divergence]]`) as causes and places. The files are replaced.")
  var convert = false

  @OptionGroup var places: PlaceOptions

  func validate() throws {
    if convert, name != nil || all { throw ValidationError("--convert takes neither a cause nor --all") }
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
      Console.print("no ledger has the previous format; nothing was changed")
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
        + "\(Words.number(counts.places, "place")); comments were not kept")
    return .asExpected
  }
}
