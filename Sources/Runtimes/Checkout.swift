import Foundation
import Model
import Platform

/// A git repository that somebody works in. It is only read: neither its files nor its refs are touched.
public struct Checkout: Sendable {
  public struct Commit: Hashable, Sendable {
    public var hash: String
    public var parents: [String]
    /// The first line of its message, as it was written.
    public var subject: String

    public init(hash: String, parents: [String] = [], subject: String) {
      self.hash = hash
      self.parents = parents
      self.subject = subject
    }
  }

  /// The topmost folder of its files.
  public let folder: String

  /// - Parameter place: a folder in it.
  /// - Throws: `Problem` when there is no git, or no repository.
  public init(_ place: String) async throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder), isFolder.boolValue else {
      throw Problem(at: place, "is not a folder", remedy: "--checkout takes a git checkout of HPy")
    }
    let result = try await Self.git(["-C", place, "rev-parse", "--show-toplevel"])
    guard result.succeeded else {
      throw Problem(
        at: place, "is not a git checkout: \(Self.cause(result))",
        remedy: "--checkout takes a git checkout of HPy")
    }
    folder = result.output.trimmingCharacters(in: .newlines)
  }

  /// The commits from a good one to a bad one, both among them, the oldest first; of merges, the first parents: what
  /// the branch itself was, one state after the other.
  ///
  /// - Throws: `Problem` for a name of no commit, or when the bad one does not come after the good one.
  public func history(from good: String, to bad: String) async throws -> [Commit] {
    let (first, last) = (try await hash(of: good, option: "--good"), try await hash(of: bad, option: "--bad"))
    if first == last {
      throw Problem("--good \(good) and --bad \(bad) are the same commit", remedy: "name two different commits")
    }
    guard try await run(["merge-base", "--is-ancestor", first, last]).succeeded else {
      throw Problem(
        at: folder, "--good \(good) is not an ancestor of --bad \(bad)",
        remedy: "name an ancestor of the bad commit: `git merge-base \(good) \(bad)` prints one")
    }
    let log = ["-c", "log.showSignature=false", "log", "--no-color", "--first-parent", "--format=%H%x09%P%x09%s"]
    let start = try await run(log + ["--max-count=1", first, "--"])
    let rest = try await run(log + ["--reverse", "\(first)..\(last)", "--"])
    return try [start, rest].flatMap { result in
      guard result.succeeded else {
        throw Problem(.environment, at: folder, "git log: \(Self.cause(result))", remedy: "check it with `git fsck`")
      }
      return result.output.split(separator: "\n").compactMap(Self.commit)
    }
  }

  private static func commit(_ line: Substring) -> Commit? {
    let parts = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    return Commit(
      hash: String(parts[0]), parents: parts[1].split(separator: " ").map(String.init), subject: String(parts[2]))
  }

  private func hash(of name: String, option: String) async throws -> String {
    let result = try await run(["rev-parse", "--verify", "--quiet", "--end-of-options", "\(name)^{commit}"])
    guard result.succeeded else {
      throw Problem(at: folder, "has no commit `\(name)`", remedy: "\(option) takes a commit, a tag or a branch")
    }
    return result.output.trimmingCharacters(in: .newlines)
  }

  /// Where two commits part.
  public func mergeBase(_ one: String, _ other: String) async throws -> String? {
    let result = try await run(["merge-base", one, other])
    return result.succeeded ? result.output.trimmingCharacters(in: .newlines) : nil
  }

  /// Puts the files of a commit into a folder of ours, as a repository of its own: HPy's build asks git for its
  /// version.
  ///
  /// - Throws: `Problem` with what git says.
  public func export(_ commit: Commit, to target: URL) async throws {
    try? FileManager.default.removeItem(at: target)
    try FileManager.default.createDirectory(
      at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    for arguments in [
      ["clone", "--quiet", "--shared", "--no-checkout", "--", folder, target.path],
      ["-C", target.path, "-c", "advice.detachedHead=false", "checkout", "--quiet", "--detach", commit.hash],
    ] {
      let result = try await Self.git(arguments)
      try Task.checkCancellation()
      guard result.succeeded else {
        throw Problem(
          .environment, at: folder, "commit \(commit.hash.prefix(12)) can't be checked out: \(Self.cause(result))",
          remedy: "check the repository with `git fsck`")
      }
    }
  }

  private func run(_ arguments: [String]) async throws -> Tool.Result {
    try await Self.git(["-C", folder] + arguments)
  }

  private static func git(_ arguments: [String]) async throws -> Tool.Result {
    // What would lead git to another repository than the one that is named.
    var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("GIT_") }
    environment["LC_ALL"] = "C.UTF-8"
    environment["GIT_OPTIONAL_LOCKS"] = "0"
    do {
      return try await Tool.run("git", arguments, environment: environment, limit: 600, outputLimit: 64 << 20)
    } catch {
      throw Problem(
        .environment, at: "git", "does not start: \(Problem.words(of: error))", remedy: "--checkout needs git on PATH")
    }
  }

  private static func cause(_ result: Tool.Result) -> String {
    result.trouble ?? result.errors.split(separator: "\n").first.map(String.init)
      ?? "exit code \(result.exitCode ?? -1)"
  }
}
