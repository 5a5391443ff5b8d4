import Foundation
import Model
import Packages
import Runtimes
import Storing
import Worker

/// What a bisection searches among: one kind of candidates, each with the way to its interpreter.
public struct BisectCandidates: Sendable {
  /// What the candidates differ in.
  public enum Source: Sendable, Hashable {
    /// Versions, sdists or checkouts of HPy, the oldest first.
    case hpys([String])
    /// Requirements of one package, the oldest first; or one that means several versions.
    case packages([String])
    /// Interpreters as `--runtime` takes them, the oldest first.
    case interpreters([String])
    /// The first-parent commits of a checkout from one to another.
    case commits(of: String, from: String, to: String)
  }

  /// A candidate as people know it.
  public struct Description: Sendable, Hashable {
    public var name: String
    /// A commit's hash, and the first line of its message.
    public var commit: String?
    public var subject: String?
  }

  public let described: [Description]
  public let all: [Bisector.Candidate]
  /// The project's reference runtime, unless the cell's runtime is that, and the home of a binary that is built
  /// elsewhere.
  public let others: [Configuration.Wanted]
  private let checkout: Checkout?
  private let commits: [Checkout.Commit]

  /// - Throws: `Problem` for what is not there, and for fewer than two candidates.
  public init(
    _ source: Source, cell: CellID, configuration: Configuration, cache: URL, database: String
  ) async throws {
    others = try Self.others(for: cell, configuration)
    let files = try WorkerFiles(below: cache)
    let base = { try await Self.base(cell.runtime, configuration, files, database) }
    switch source {
    case .commits(let folder, let good, let bad):
      let repository = try await Checkout(folder)
      let commits = try await repository.history(from: good, to: bad)
      let (base, maker) = (try await base(), try EnvironmentMaker(cache: cache, files: files))
      described = commits.map { Description(name: String($0.hash.prefix(12)), commit: $0.hash, subject: $0.subject) }
      all = commits.map { commit in
        Bisector.Candidate(name: String(commit.hash.prefix(12))) {
          try await maker.interpreter(with: commit, of: repository, base: base)
        }
      }
      (checkout, self.commits) = (repository, commits)
    case .hpys(let texts):
      let requirements = try Self.requirements(texts)
      let (base, maker) = (try await base(), try EnvironmentMaker(cache: cache, files: files))
      described = requirements.map { Description(name: $0.description) }
      all = requirements.map { requirement in
        Bisector.Candidate(name: requirement.description) {
          try await maker.interpreter(with: requirement, base: base)
        }
      }
      (checkout, commits) = (nil, [])
    case .packages(let texts):
      guard cell.lane == .installed else {
        throw Problem(
          "`\(cell)` is a cell of an extension that is compiled here, and has no package",
          remedy: "name a cell of the lane \(Lane.installed)")
      }
      let path = try await Self.interpreter(cell.runtime, configuration, files, database)
      let requirements = try await Self.versions(texts, interpreter: path, cache: cache, files)
      described = requirements.map { Description(name: $0) }
      all = requirements.map { one in Bisector.Candidate(name: one, requirement: one) { path } }
      (checkout, commits) = (nil, [])
    case .interpreters(let texts):
      let search = InterpreterSearch(project: configuration.project)
      let finder = InterpreterFinder(project: configuration.project, files: files, search: search)
      let wanted = try texts.map { text in
        (text, try RuntimeSelection.choose([text], from: configuration, search: search))
      }.flatMap { text, meant in meant.count == 1 ? [(text, meant[0])] : meant.map { ($0.name, $0) } }
      described = wanted.map { Description(name: $0.0) }
      all = wanted.map { name, one in
        Bisector.Candidate(name: name) { try await finder.path(of: one) }
      }
      (checkout, commits) = (nil, [])
    }
    if described.count < 2 {
      throw Problem("only one candidate", remedy: "give two or more, the oldest first")
    }
  }

  private static func others(for cell: CellID, _ configuration: Configuration) throws -> [Configuration.Wanted] {
    var others = configuration.runtimes.filter(\.isDefault).prefix(1).filter { $0.name != cell.runtime }.map {
      var wanted = $0
      wanted.isOptional = true
      return wanted
    }
    if let home = cell.load.home, cell.lane != .installed {
      guard let wanted = configuration.runtimes.first(where: { $0.name == home }) else {
        throw Problem(
          "the cell's binary is built for `\(home)`, which is not a runtime of \(Configuration.fileName)",
          remedy: "add it with `hpy-conform runtimes add`")
      }
      others.removeAll { $0.name == home }
      others.append(wanted)
    }
    return others
  }

  /// Where a commit is a merge: how to search in what it merged.
  ///
  /// - Parameter index: of the candidate.
  public func sideOfMerge(_ index: Int) async throws -> String? {
    guard let checkout, commits[index].parents.count > 1,
      let base = try await checkout.mergeBase(commits[index].parents[0], commits[index].parents[1])
    else { return nil }
    return "the first bad commit is a merge; to search the merged branch: "
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
      let runtimes = try Store(path: database).runs().lazy.flatMap(\.runtimes)
      if let known = runtimes.first(where: { $0.name == name }) { return known.interpreter }
    }
    let names = configuration.runtimes.map(\.name).joined(separator: ", ")
    throw Problem(
      "unknown runtime `\(name)`",
      remedy: "each HPy is installed for the interpreter of the cell's runtime; \(Configuration.fileName) has: "
        + (names.isEmpty ? "none" : names))
  }

  /// The interpreter of a runtime with all that is installed for it.
  private static func interpreter(
    _ name: String, _ configuration: Configuration, _ files: WorkerFiles, _ database: String
  ) async throws -> String {
    guard let wanted = configuration.runtimes.first(where: { $0.name == name }) else {
      return try await base(name, configuration, files, database)
    }
    return try await InterpreterFinder(project: configuration.project, files: files).path(of: wanted)
  }

  /// Requirements as they are, or the versions that the package index has of one that is not pinned.
  private static func versions(
    _ texts: [String], interpreter: String, cache: URL, _ files: WorkerFiles
  ) async throws -> [String] {
    let here = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
    let requirements = try texts.map { text in
      guard let requirement = PackageRequirement(text, relativeTo: here) else {
        throw Problem(
          "--package: `\(text)` is not a requirement",
          remedy: "write NAME==VERSION, several of them, or one like \"NAME>=1.0,<2\"")
      }
      return requirement
    }
    if requirements.count > 1 || requirements[0].isPinned {
      return requirements.map { one in
        switch one.source {
        case .index: one.description
        case .archive(let path), .checkout(let path): path
        }
      }
    }
    let runtime = try await Interpreter(interpreter, files: files).describe()
    let packages = PackageEnvironments(below: cache, files: files, interpreters: [interpreter])
    return try await packages.versions(of: requirements[0], for: runtime).map { "\(requirements[0].name)==\($0)" }
  }

  private static func requirements(_ texts: [String]) throws -> [HPyRequirement] {
    let here = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
    let single = texts.flatMap { text in
      FileManager.default.fileExists(atPath: text) ? [text] : text.split(separator: ",").map(String.init)
    }
    return try single.map { text in
      guard let requirement = HPyRequirement(text, project: here) else {
        throw Problem("--hpy: `\(text)` is not an HPy requirement", remedy: Configuration.hpyRule)
      }
      switch requirement.source {
      case .index: break
      case .archive(let path), .checkout(let path):
        guard FileManager.default.fileExists(atPath: path) else {
          throw Problem(at: path, "does not exist", remedy: "for --hpy, \(Configuration.hpyRule)")
        }
      }
      return requirement
    }
  }
}
