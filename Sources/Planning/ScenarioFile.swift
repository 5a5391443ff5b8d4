import Foundation
import Model
import Platform
import Runtimes
import Worker

/// What a scenario file contains, read without running it.
public struct ScenarioFile: Hashable, Sendable, Decodable {
  public struct Scenario: Hashable, Sendable, Codable {
    public var name: String
    /// At which its function begins, counted from 1.
    public var line: Int
    /// First line of the docstring.
    public var summary: String
    /// Key of the part of the file that decides what the scenario says: all but the other scenarios' functions.
    public var content: ContentKey

    public init(name: String, line: Int, summary: String = "", content: ContentKey) {
      self.name = name
      self.line = line
      self.summary = summary
      self.content = content
    }
  }

  public struct Complaint: Hashable, Sendable, Decodable {
    public var line: Int
    public var message: String
  }

  public var scenarios: [Scenario]
  /// Key of the whole file; nil where it could not be read.
  public var content: ContentKey?
  public var problems: [Complaint]
  /// Modules that it imports and that are neither ours nor the standard library's.
  public var foreign: [String]

  /// Reads several files with one start of an interpreter.
  ///
  /// - Returns: a description per path.
  /// - Throws: `Problem` when the interpreter can't do it.
  public static func read(_ paths: [String], with interpreter: String, files: WorkerFiles) async throws
    -> [String: ScenarioFile]
  {
    if paths.isEmpty { return [:] }
    let input = String(decoding: try JSONEncoder().encode(paths), as: UTF8.self)
    let result: Tool.Result
    do {
      result = try await Tool.run(
        interpreter, [files.reader], input: input, environment: Interpreter.environment(files, of: interpreter),
        limit: 60, outputLimit: 1 << 30)
    } catch {
      throw Problem(
        .environment, at: interpreter, "does not start, to read the scenario files: \(Problem.words(of: error))",
        remedy: "name another interpreter first")
    }
    guard result.succeeded else {
      throw Problem(
        .environment, at: interpreter,
        "could not read the scenario files: \(result.trouble ?? String(result.errors.suffix(300)))",
        remedy: "name another interpreter first")
    }
    do {
      return try JSONDecoder().decode([String: ScenarioFile].self, from: Data(result.output.utf8))
    } catch {
      throw Problem(
        .environment, at: interpreter,
        "answers `\(result.output.prefix(80))` when asked to read the scenario files: \(Problem.words(of: error))",
        remedy: "check its sitecustomize.py, .pth files and start script, or name another interpreter first")
    }
  }
}
