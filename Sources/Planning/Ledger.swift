import Foundation
import Model
import TOMLFile

/// The reviewed list of known divergences: a file `ledger.toml` in each suite's folder, which names causes and the
/// places where they show, and `causes.toml` beside these folders, with causes that any of them may ask for.
public struct Ledger: Sendable {
  public var entries: [LedgerEntry]
  /// Those that are defined here, and those of the program that a suite asks for.
  public var causes: [LedgerCause]
  /// Path and text of each file, as they are stored with a run.
  public var files: [String: String]

  public init(entries: [LedgerEntry] = [], causes: [LedgerCause] = [], files: [String: String] = [:]) {
    self.entries = entries
    self.causes = causes
    self.files = files
  }

  /// Reads the ledgers of some suites.
  ///
  /// - Throws: `Problems`, one for each file that can't be used: without a ledger nothing can be judged.
  public init(suites: URL, names: [String]) throws {
    self.init()
    var reader = LedgerReader(builtIn: Self.builtIn, takesFormerForm: false)
    var problems: [Problem] = []
    let common = suites.appending(path: LedgerFile.common).path
    do {
      if let text = try TextFile.read(common) {
        try reader.define(text, file: common)
        files[LedgerFile.common] = text
      }
    } catch let problem as Problem {
      // Every suite that asks for one of its causes would have something to complain of.
      throw Problems([problem])
    }
    for name in names {
      let file = suites.appending(path: "\(name)/\(LedgerFile.name)").path
      do {
        guard let text = try TextFile.read(file) else { continue }
        entries += try reader.entries(of: text, suite: name, file: file)
        files["\(name)/\(LedgerFile.name)"] = text
      } catch let problem as Problem {
        problems.append(problem)
      }
    }
    if !problems.isEmpty { throw Problems(problems) }
    causes = reader.causes
    if reader.usesBuiltIn { files[LedgerFile.builtIn] = Self.builtIn }
  }

  /// Reads ledgers that were stored with a run, whichever form they had then.
  ///
  /// - Parameters:
  ///   - files: texts by path: `SUITE/ledger.toml`, `causes.toml`.
  ///   - place: what stands before a path in messages.
  /// - Throws: `Problem` with file and line.
  public init(stored files: [String: String], place: String = "") throws {
    self.init(files: files)
    var reader = LedgerReader(builtIn: files[LedgerFile.builtIn] ?? "", takesFormerForm: true)
    if let text = files[LedgerFile.common] { try reader.define(text, file: place + LedgerFile.common) }
    for (path, text) in files.sorted(by: { $0.key < $1.key }) where path.hasSuffix("/\(LedgerFile.name)") {
      entries += try reader.entries(of: text, suite: String(path.split(separator: "/")[0]), file: place + path)
    }
    causes = reader.causes
  }

  /// The causes that the program brings along: those of the suites that it was built with.
  public static let builtIn = String(decoding: PackageResources.causes_toml, as: UTF8.self)

  /// The same, read.
  public static var builtInCauses: [LedgerCause] {
    var reader = LedgerReader(builtIn: "", takesFormerForm: false)
    try? reader.define(builtIn, file: LedgerFile.builtIn)
    return reader.causes
  }

  /// Its causes, and those of the folder or the program that no suite asked for.
  public var allCauses: [LedgerCause] {
    var reader = LedgerReader(builtIn: "", takesFormerForm: false)
    try? reader.define(files[LedgerFile.common] ?? Self.builtIn, file: LedgerFile.common)
    let names = Set(causes.map(\.name))
    return causes + reader.causes.filter { !names.contains($0.name) }
  }

  /// Complaints about entries that can't ever apply: a scenario or case that isn't there any more.
  public func strays(among cases: [Case]) -> [Problem] {
    let known = cases.flatMap { one in
      one.scenarios.map { ScenarioID(suite: one.suite, testCase: one.name, name: $0.name) }
    }
    let names = Set(known)
    let broken = Set(cases.filter { !$0.problems.isEmpty }.map { "\($0.suite)/\($0.name)" })
    let suitesOfBroken = Set(cases.filter { !$0.problems.isEmpty }.map(\.suite))
    return entries.filter { entry in
      if entry.isPattern {
        return !suitesOfBroken.contains(entry.scenario.suite) && !known.contains(where: entry.means)
      }
      return !names.contains(entry.scenario) && !broken.contains("\(entry.scenario.suite)/\(entry.scenario.testCase)")
    }.map { entry in
      Problem(
        at: entry.origin, "no scenario is named \(entry.scenario)", remedy: "fix or remove this entry")
    }
  }
}
