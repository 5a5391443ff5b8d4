import Foundation
import Model
import Platform
import Reporting
import Runtimes
import Session
import Storing
import Worker

/// What a bisection searches among: one kind of candidates, each with the way to its interpreter.
struct BisectCandidates {
  let kind: BisectionDocument.Kind
  let described: [BisectionDocument.Candidate]
  let all: [Bisector.Candidate]
  /// The project's reference runtime; nil where the cell's runtime is that.
  let reference: Configuration.Wanted?
  private let checkout: Checkout?
  private let commits: [Checkout.Commit]

  /// - Throws: `Problem` for options that don't go together, and for what is not there.
  init(_ command: BisectCommand, cell: CellID, configuration: Configuration, database: String) async throws {
    let given = [!command.hpy.isEmpty, !command.interpreter.isEmpty, command.checkout != nil]
    guard given.count(where: { $0 }) == 1 else {
      throw Problem(
        given.contains(true) ? "candidates of several kinds" : "no candidates",
        remedy: "give one of --hpy, --interpreter and --checkout")
    }
    reference = configuration.runtimes.filter(\.isDefault).first.flatMap { $0.name == cell.runtime ? nil : $0 }
    let files = try WorkerFiles(below: command.places.cacheFolder())
    func maker() throws -> EnvironmentMaker {
      try EnvironmentMaker(cache: command.places.cacheFolder(), files: files)
    }
    var checkout: Checkout?
    var commits: [Checkout.Commit] = []
    if let folder = command.checkout {
      guard let good = command.good else {
        throw Problem(
          "--checkout without --good", remedy: "say --good COMMIT: one on which the cell is as it should be")
      }
      kind = .commit
      let repository = try await Checkout(folder)
      commits = try await repository.history(from: good, to: command.bad)
      checkout = repository
      let base = try await Self.base(cell.runtime, configuration, files, database)
      let maker = try maker()
      described = commits.map { .init(name: String($0.hash.prefix(12)), commit: $0.hash, subject: $0.subject) }
      all = commits.map { commit in
        Bisector.Candidate(name: String(commit.hash.prefix(12))) {
          try await maker.interpreter(with: commit, of: repository, base: base)
        }
      }
    } else if !command.hpy.isEmpty {
      kind = .hpy
      let requirements = try Self.requirements(command.hpy)
      let base = try await Self.base(cell.runtime, configuration, files, database)
      let maker = try maker()
      described = requirements.map { .init(name: $0.description) }
      all = requirements.map { requirement in
        Bisector.Candidate(name: requirement.description) {
          try await maker.interpreter(with: requirement, base: base)
        }
      }
    } else {
      kind = .interpreter
      let search = InterpreterSearch(project: configuration.project)
      let finder = InterpreterFinder(project: configuration.project, files: files, search: search)
      let wanted = try command.interpreter.map { text in
        (text, try RuntimeSelection.choose([text], from: configuration, search: search))
      }.flatMap { text, meant in meant.count == 1 ? [(text, meant[0])] : meant.map { ($0.name, $0) } }
      described = wanted.map { .init(name: $0.0) }
      all = wanted.map { name, one in
        Bisector.Candidate(name: name) { try await finder.path(of: one) }
      }
    }
    if command.checkout == nil, command.good != nil || command.bad != "HEAD" {
      throw Problem(
        "--good and --bad name commits of --checkout, which is missing",
        remedy: "--hpy and --interpreter are given in order, the oldest first")
    }
    if described.count < 2 {
      throw Problem("one candidate alone", remedy: "give two or more, the oldest first")
    }
    self.checkout = checkout
    self.commits = commits
  }

  /// Where the first bad commit is a merge: how to search in what it merged.
  func sideOfMerge(_ document: BisectionDocument) async throws -> String? {
    guard document.conclusion == .firstBad, let checkout, let index = document.firstBad,
      commits[index].parents.count > 1,
      let base = try await checkout.mergeBase(commits[index].parents[0], commits[index].parents[1])
    else { return nil }
    return "the first bad commit is a merge; search in what it merged: "
      + "--good \(base.prefix(12)) --bad \(commits[index].parents[1].prefix(12))"
  }

  /// What HPys are installed for: the interpreter of the cell's runtime, as the project names it or a stored run
  /// knows it.
  private static func base(
    _ name: String, _ configuration: Configuration, _ files: WorkerFiles, _ database: String
  ) async throws -> String {
    let finder = InterpreterFinder(project: configuration.project, files: files)
    if let wanted = configuration.runtimes.first(where: { $0.name == name }) {
      return try await finder.base(of: wanted)
    }
    if FileManager.default.fileExists(atPath: database) {
      let runtimes = try Store(path: database, .read).runs().lazy.flatMap(\.runtimes)
      if let known = runtimes.first(where: { $0.name == name }) { return known.interpreter }
    }
    let names = configuration.runtimes.map(\.name).joined(separator: ", ")
    throw Problem(
      "unknown runtime `\(name)`",
      remedy: "the cell's runtime says which interpreter gets each HPy: known from \(Configuration.fileName): "
        + (names.isEmpty ? "none" : names))
  }

  private static func requirements(_ texts: [String]) throws -> [HPyRequirement] {
    let here = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
    let single = texts.flatMap { text in
      FileManager.default.fileExists(atPath: text) ? [text] : text.split(separator: ",").map(String.init)
    }
    return try single.map { text in
      guard let requirement = HPyRequirement(text, project: here) else {
        throw Problem("--hpy: `\(text)` is no HPy requirement", remedy: Configuration.hpyRule)
      }
      switch requirement.source {
      case .index: break
      case .archive(let path), .checkout(let path):
        guard FileManager.default.fileExists(atPath: path) else {
          throw Problem(at: path, "there is no such file or folder", remedy: "--hpy takes \(Configuration.hpyRule)")
        }
      }
      return requirement
    }
  }
}

/// Makes environments as `runtimes sync` does, in the cache, and uses those that are there.
struct EnvironmentMaker: Sendable {
  private let folder: URL
  private let files: WorkerFiles
  /// Held as long as there are candidates: an environment that another bisection makes is none that can't be made.
  private let lock: FileLock

  /// - Throws: `Problem` when another bisection is at work, or the folder can't be written.
  init(cache: URL, files: WorkerFiles) throws {
    folder = cache.appending(path: "bisect", directoryHint: .isDirectory)
    self.files = files
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw Problem.unusableCache(error, at: folder)
    }
    let path = folder.appending(path: "bisect.lock").path
    do {
      lock = try FileLock(path: path)
    } catch .held(let process) {
      throw Problem(
        .environment, at: path, "another `bisect` makes environments there (process \(process))",
        remedy: "wait for its end, or name another folder with --cache")
    } catch .unusable(let why) {
      throw Problem(.environment, at: path, "can't be locked: \(why)", remedy: "environments are kept there")
    }
  }

  /// - Throws: `Problem` with what failed.
  func interpreter(with requirement: HPyRequirement, base: String) async throws -> String {
    let source =
      switch requirement.source {
      case .index(let text), .archive(let text), .checkout(let text): text
      }
    return try await make(requirement, name: "hpy-\(ContentKey(ofParts: [base, source]).short)", base: base)
  }

  /// - Throws: `Problem` with what failed.
  func interpreter(with commit: Checkout.Commit, of checkout: Checkout, base: String) async throws -> String {
    let name = "commit-\(commit.hash.prefix(12))-\(ContentKey(of: base).short)"
    let sources = folder.appending(path: "sources/\(name)")
    defer { try? FileManager.default.removeItem(at: sources) }
    try await checkout.export(commit, to: sources)
    guard let requirement = HPyRequirement(sources.path, project: folder) else { throw CancellationError() }
    return try await make(requirement, name: name, base: base)
  }

  private func make(_ requirement: HPyRequirement, name: String, base: String) async throws -> String {
    let wanted = Configuration.Wanted(name: name, interpreter: base, hpy: requirement)
    let synchroniser = Synchroniser(project: folder, files: files, jobs: 1) { _ in }
    switch try await synchroniser.make([wanted]).first {
    case .upToDate(let runtime)?, .made(let runtime, _)?: return runtime.interpreter
    case .unavailable(let problem)?, .failed(let problem)?:
      var problem = problem
      problem.kind = .environment
      throw problem
    case nil: throw CancellationError()
    }
  }
}
