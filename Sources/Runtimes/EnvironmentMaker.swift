import Foundation
import Model
import Platform
import Worker

/// Makes environments as `runtimes sync` does, in the cache, and uses those that are there.
public struct EnvironmentMaker: Sendable {
  private let folder: URL
  private let files: WorkerFiles
  /// Held as long as there are candidates: an environment that another bisection makes is none that can't be made.
  private let lock: FileLock

  /// - Throws: `Problem` when another bisection is at work, or the folder can't be written.
  public init(cache: URL, files: WorkerFiles) throws {
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
        .environment, at: path, "another `bisect` is creating environments there (process \(process))",
        remedy: "wait for it, or name another folder with --cache")
    } catch .unusable(let why) {
      throw Problem(.environment, at: path, "can't be locked: \(why)", remedy: "make it writable")
    }
  }

  /// - Throws: `Problem` with what failed.
  public func interpreter(with requirement: HPyRequirement, base: String) async throws -> String {
    let source =
      switch requirement.source {
      case .index(let text), .archive(let text), .checkout(let text): text
      }
    return try await make(requirement, name: "hpy-\(ContentKey(ofParts: [base, source]).short)", base: base)
  }

  /// - Throws: `Problem` with what failed.
  public func interpreter(with commit: Checkout.Commit, of checkout: Checkout, base: String) async throws -> String {
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
