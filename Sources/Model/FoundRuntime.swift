/// An interpreter that was found on a machine, with what it says of itself or why it can't be used.
public struct FoundRuntime: Sendable {
  /// How it was come by.
  public enum Origin: String, Hashable, Sendable, Codable, CaseIterable {
    /// Named on the command line.
    case asked
    /// Of `hpy-conform.toml`.
    case configured
    /// Of the virtual environment that is active, or the project's `.venv`.
    case environment
    /// Below the project's folder `.runtimes`.
    case project
    case path = "PATH"
    case pyenv
    case uv
  }

  /// From the configuration, or what `--runtime` would call it.
  public var name: String
  public var interpreter: String
  /// In the order of their cases, without repetition.
  public var origins: [Origin]
  /// Other paths that start the same interpreter.
  public var aliases: [String]
  public var answer: Result<Runtime, Problem>

  public init(
    name: String, interpreter: String, origins: [Origin], aliases: [String] = [], answer: Result<Runtime, Problem>
  ) {
    self.name = name
    self.interpreter = interpreter
    self.origins = origins
    self.aliases = aliases
    self.answer = answer
  }

  public var runtime: Runtime? { try? answer.get() }
}
