import Foundation
import Model
import Runtimes
import Worker

/// The interpreters of a run, described by themselves.
public struct RuntimeSelection: Sendable {
  /// In the order asked for; the first is the reference.
  public var runtimes: [Runtime]
  /// Optional ones that can't be had, and why.
  public var missing: [Problem]
  /// HPy's helper sources, for runtimes whose own HPy ships none.
  public var spareHelpers: String?

  /// Asks every interpreter what it is, all at once.
  ///
  /// - Throws: `Problem` for an unknown name, or for one that was asked for and can't be had.
  public static func make(_ wanted: [String], configuration: Configuration, files: WorkerFiles) async throws
    -> RuntimeSelection
  {
    let asked = try choose(wanted, from: configuration)
    let answers = await describe(asked, files: files)
    var selection = RuntimeSelection(runtimes: [], missing: [], spareHelpers: nil)
    for (one, answer) in zip(asked, answers) {
      switch answer {
      case .success(var runtime):
        runtime.name = selection.unusedName(
          one.name.isEmpty ? "\(runtime.implementation)-\(runtime.version)" : one.name)
        selection.runtimes.append(runtime)
      case .failure(let problem):
        guard one.isOptional else { throw problem }
        selection.missing.append(problem)
      }
    }
    guard !selection.runtimes.isEmpty else {
      throw Problems(selection.missing)
    }
    selection.spareHelpers = await findSpareHelpers(for: selection.runtimes, configuration, files)
    return selection
  }

  private static func choose(_ wanted: [String], from configuration: Configuration) throws -> [Configuration.Wanted] {
    if wanted.isEmpty {
      if !configuration.runtimes.isEmpty { return configuration.runtimes }
      return [Configuration.Wanted(name: "", interpreter: onPath("python3") ?? "/usr/bin/python3")]
    }
    return try wanted.map { text in
      if let known = configuration.runtimes.first(where: { $0.name == text }) {
        return Configuration.Wanted(name: known.name, interpreter: known.interpreter)
      }
      guard text.contains("/") else {
        let names = configuration.runtimes.map(\.name).joined(separator: ", ")
        throw Problem(
          "unknown runtime `\(text)`",
          remedy:
            "known from \(Configuration.fileName): \(names.isEmpty ? "none" : names); or give the path of an interpreter"
        )
      }
      // Not resolved: a virtual environment's python is a link whose own place decides what it imports.
      let path = URL(filePath: text).path
      return Configuration.Wanted(name: "", interpreter: path)
    }
  }

  private static func onPath(_ name: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  private static func describe(_ wanted: [Configuration.Wanted], files: WorkerFiles) async -> [Result<Runtime, Problem>]
  {
    await withTaskGroup(of: (Int, Result<Runtime, Problem>).self) { group in
      for (index, one) in wanted.enumerated() {
        group.addTask {
          do {
            return (index, .success(try await Interpreter(one, files: files).describe()))
          } catch let problem as Problem {
            return (index, .failure(problem))
          } catch {
            return (index, .failure(Problem(.environment, at: one.interpreter, "\(error)", remedy: "name another")))
          }
        }
      }
      var answers: [(Int, Result<Runtime, Problem>)] = []
      for await answer in group { answers.append(answer) }
      return answers.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private static func findSpareHelpers(
    for runtimes: [Runtime], _ configuration: Configuration, _ files: WorkerFiles
  ) async -> String? {
    if let own = runtimes.compactMap({ $0.installation?.sources }).first { return own }
    let others = configuration.runtimes.filter { one in !runtimes.contains { $0.interpreter == one.interpreter } }
    return await describe(others, files: files).compactMap { try? $0.get().installation?.sources }.first
  }

  private func unusedName(_ name: String) -> String {
    let taken = Set(runtimes.map(\.name))
    if !taken.contains(name) { return name }
    return (2...).lazy.map { "\(name)-\($0)" }.first { !taken.contains($0) }!
  }
}
