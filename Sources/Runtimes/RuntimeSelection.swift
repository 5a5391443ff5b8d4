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
  /// - Parameter wanted: names of the configuration, patterns of such names, commands such as `python3.12`, paths, or
  ///   `NAME=PATH`; empty for what the configuration has as its default.
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
      for one in try meant(by: text, configuration, search) where !chosen.contains(one) {
        if one.place.isEmpty, !one.name.isEmpty, let other = chosen.first(where: { $0.name == one.name }) {
          throw Problem(
            "a second runtime is named `\(one.name)`: \(other.interpreter) and \(one.interpreter)",
            remedy: "results are stored under this name: give each runtime its own")
        }
        chosen.append(one)
      }
    }
    return chosen
  }

  /// A text of a command line with its path made absolute, so that it means the same in every folder.
  public static func absolute(_ text: String) -> String {
    guard text.contains("/") else { return text }
    guard let (name, path) = parts(text) else { return URL(filePath: text).path }
    return path.contains("/") ? "\(name)=\(URL(filePath: path).path)" : text
  }

  /// The parts of `NAME=PATH`; nil for other texts. What is no name before `=` is part of a path, and so is what lies
  /// there under the whole text.
  private static func parts(_ text: String) -> (name: String, path: String)? {
    guard let sign = text.firstIndex(of: "="), sign != text.startIndex else { return nil }
    let (name, path) = (String(text[..<sign]), String(text[text.index(after: sign)...]))
    guard !name.contains("/"), !FileManager.default.fileExists(atPath: text) else { return nil }
    return (name, path)
  }

  /// What `NAME=PATH` or `NAME=COMMAND` means; nil for other texts.
  ///
  /// - Throws: `Problem` for a name that can't be given, or a command that there is not.
  private static func named(
    _ text: String, _ configuration: Configuration, _ search: InterpreterSearch
  ) throws -> Configuration.Wanted? {
    guard let (name, path) = parts(text) else { return nil }
    guard Configuration.isName(name) else {
      throw Problem("`\(name)` in `\(text)` is not a valid name for a runtime", remedy: Configuration.nameRule)
    }
    if let known = configuration.runtimes.first(where: { $0.name == name }) {
      throw Problem(
        "`\(name)` in `\(text)` is already the name of another interpreter, at \(known.place)",
        remedy: "results are stored under this name: choose another")
    }
    guard path.contains("/") || !search.candidates(forCommand: path).isEmpty else {
      throw Problem(
        "`\(text)` names no interpreter: expected a path or a command after `=`, got `\(path)`",
        remedy: "write NAME=PATH, for example changed=../build/python")
    }
    return Configuration.Wanted(name: name, interpreter: path.contains("/") ? URL(filePath: path).path : path)
  }

  private static func meant(
    by text: String, _ configuration: Configuration, _ search: InterpreterSearch
  ) throws -> [Configuration.Wanted] {
    if var known = configuration.runtimes.first(where: { $0.name == text }) {
      known.isOptional = false
      return [known]
    }
    if let named = try named(text, configuration, search) { return [named] }
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
