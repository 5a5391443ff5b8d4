import Foundation
import Model
import Runtimes
import TOMLFile
import Worker

/// The folder `Suites`: a folder per suite, in it a folder per case.
public struct SuiteFolder: Sendable {
  public let url: URL
  public var cases: [Case]
  public var ledger: Ledger

  /// Reads everything, with one start of an interpreter for all scenario files.
  ///
  /// - Throws: `Problem` when there is no such folder; `Problems` for ledgers that can't be used.
  public init(_ url: URL, reader interpreter: String, files: WorkerFiles) async throws {
    self.url = url
    var found: [Case] = []
    let suites = try Self.folders(in: url)
    for suite in suites {
      for directory in try Self.folders(in: suite) where Self.isCase(directory) {
        found.append(Case.read(suite: suite.lastPathComponent, directory: directory))
      }
    }
    // A case that the machine could not open is not a broken one: a plan without it would be of other suites.
    if let lack = found.flatMap(\.problems).first(where: \.isLack) {
      throw Problem(lack: lack.found, at: lack.place)
    }
    ledger = try Ledger(suites: url, names: suites.map(\.lastPathComponent))
    let readable = found.map(\.scenarioFile).filter {
      TextFile.problem(with: $0) == nil && FileManager.default.fileExists(atPath: $0)
    }
    let descriptions = try await ScenarioFile.read(readable, with: interpreter, files: files)
    for index in found.indices where found[index].problems.isEmpty {
      let place = found[index].directory.appending(path: Case.manifestName).path
      do {
        try await found[index].compileOptions.ask(for: place)
      } catch let problem as Problem {
        found[index].problems.append(problem)
      }
    }
    cases = found.map { one in
      var one = one
      one.apply(descriptions[one.scenarioFile])
      return one
    }
    if cases.isEmpty {
      throw Problem(at: url.path, "contains no case", remedy: "make one with `hpy-conform new SUITE/CASE`")
    }
    let strays = ledger.strays(among: cases)
    if !strays.isEmpty { throw Problems(strays) }
  }

  /// Whether there is something of a case; one that can't be looked into is one, which says why.
  private static func isCase(_ directory: URL) -> Bool {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory.path) else { return true }
    return names.contains { $0 == Case.scenarioFileName || $0 == Case.manifestName || $0.hasSuffix(".c") }
  }

  /// The folders in a folder, by name; those of a suites' folder are the suites.
  ///
  /// - Throws: `Problem` where it can't be read.
  public static func folders(in url: URL) throws -> [URL] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: url.path)
    } catch {
      throw Problem(
        .environment, at: url.path, "can't be read: \(Problem.words(of: error))",
        remedy: "make it readable, or name the folder of the suites with --suites")
    }
    return try names.sorted().filter { !$0.hasPrefix(".") }.map { url.appending(path: $0) }.filter { child in
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: child.path, isDirectory: &isFolder) { return isFolder.boolValue }
      // A link that leads nowhere may have led to a folder of cases.
      if let problem = TextFile.problem(with: child.path) { throw problem }
      return false
    }
  }
}

extension Case {
  mutating func apply(_ description: ScenarioFile?) {
    guard let description else {
      if !problems.isEmpty || tests != nil { return }
      problems.append(
        Problem(at: directory.path, "there is no \(Self.scenarioFileName)", remedy: "add one, or remove the folder"))
      return
    }
    scenarios = description.scenarios
    scenarioKey = description.content
    foreignImports = description.foreign.filter { $0 != module && !modules.map(\.name).contains($0) }
    problems += description.problems.map { Problem(at: "\(scenarioFile):\($0.line)", $0.message, remedy: "") }
  }
}
