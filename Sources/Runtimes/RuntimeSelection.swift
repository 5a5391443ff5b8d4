import Foundation
import Model
import Platform
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
  /// - Parameter wanted: names of the configuration, patterns of such names, commands such as `python3.12`, or paths;
  ///   empty for what the configuration has as its default.
  /// - Throws: `Problem` for an unknown name, or for one that was asked for and can't be had.
  public static func make(_ wanted: [String], configuration: Configuration, files: WorkerFiles) async throws
    -> RuntimeSelection
  {
    let search = InterpreterSearch(project: configuration.project)
    return try await make(
      try choose(wanted, from: configuration, search: search), configuration: configuration, files: files)
  }

  /// Asks these interpreters what they are, all at once.
  ///
  /// - Throws: `Problem` for one that is not optional and can't be had.
  public static func make(_ asked: [Configuration.Wanted], configuration: Configuration, files: WorkerFiles)
    async throws
    -> RuntimeSelection
  {
    if let shortage = Resources.shortage() { throw Problem(.environment, shortage.found, remedy: shortage.remedy) }
    let search = InterpreterSearch(project: configuration.project)
    let finder = InterpreterFinder(project: configuration.project, files: files, search: search)
    var selection = RuntimeSelection(runtimes: [], missing: [], spareHelpers: nil)
    for (one, found) in zip(asked, await finder.describe(asked)) {
      switch found.answer {
      case .success(var runtime):
        runtime.name = InterpreterFinder.unused(
          one.name.isEmpty ? runtime.shortName : one.name, Set(selection.runtimes.map(\.name)))
        selection.runtimes.append(runtime)
      case .failure(var problem):
        if !one.isOptional {
          // Where it is named comes first: that is the line to mend.
          if !one.place.isEmpty, !problem.place.hasPrefix(one.place) {
            problem.place = [one.place, problem.place].filter { !$0.isEmpty }.joined(separator: ": ")
          }
          throw problem
        }
        selection.missing.append(problem)
      }
    }
    guard !selection.runtimes.isEmpty else {
      throw Problems(selection.missing)
    }
    selection.spareHelpers = await findSpareHelpers(for: selection.runtimes, configuration, finder)
    return selection
  }

  /// What the words of a command line mean, in their order, each runtime once.
  ///
  /// - Throws: `Problem` for a word that means nothing.
  public static func choose(
    _ wanted: [String], from configuration: Configuration, search: InterpreterSearch
  ) throws -> [Configuration.Wanted] {
    if wanted.isEmpty {
      let standard = configuration.runtimes.filter(\.isDefault)
      return standard.isEmpty ? [Configuration.Wanted(name: "", interpreter: "python3")] : standard
    }
    var chosen: [Configuration.Wanted] = []
    for text in wanted {
      for one in try meant(by: text, configuration, search) where !chosen.contains(one) { chosen.append(one) }
    }
    return chosen
  }

  private static func meant(
    by text: String, _ configuration: Configuration, _ search: InterpreterSearch
  ) throws -> [Configuration.Wanted] {
    if var known = configuration.runtimes.first(where: { $0.name == text }) {
      known.isOptional = false
      return [known]
    }
    // Not resolved: a virtual environment's python is a link whose own place decides what it imports.
    if text.contains("/") { return [Configuration.Wanted(name: "", interpreter: URL(filePath: text).path)] }
    let names = configuration.runtimes.map(\.name).joined(separator: ", ")
    if text.contains(where: { "*?[".contains($0) }) {
      let matching = configuration.runtimes.filter { fnmatch(text, $0.name, 0) == 0 }
      if !matching.isEmpty { return matching }
    } else if !search.candidates(forCommand: text).isEmpty {
      return [Configuration.Wanted(name: "", interpreter: text)]
    }
    throw Problem(
      "unknown runtime `\(text)`",
      remedy: "known from \(Configuration.fileName): \(names.isEmpty ? "none" : names); "
        + "or give the path of an interpreter")
  }

  /// Of the first runtime that has them; asks those that are not part of the run only where none of the run does.
  private static func findSpareHelpers(
    for runtimes: [Runtime], _ configuration: Configuration, _ finder: InterpreterFinder
  ) async -> String? {
    if let own = runtimes.compactMap({ $0.installation?.sources }).first { return own }
    for other in configuration.runtimes where !runtimes.contains(where: { $0.name == other.name }) {
      if let sources = await finder.describe([other])[0].runtime?.installation?.sources { return sources }
    }
    return nil
  }
}
