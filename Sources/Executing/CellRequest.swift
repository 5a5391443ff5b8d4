import Foundation
import Model

/// What a cell may use.
public struct Limits: Hashable, Sendable, Codable {
  /// Wall time in seconds.
  public var seconds: Double
  /// Wall time in seconds that a process of its own may take to start, before its cell's time begins.
  public var start: Double
  /// Address space in bytes.
  public var memory: Int
  /// Size of each file it writes, its output among them, in bytes.
  public var fileSize: Int
  /// How often its scenario is called again.
  public var repeats: Repeats

  public init(
    seconds: Double = 10, start: Double = 60, memory: Int = 4 << 30, fileSize: Int = 8 << 20,
    repeats: Repeats = .usual
  ) {
    self.seconds = seconds
    self.start = start
    self.memory = memory
    self.fileSize = fileSize
    self.repeats = repeats
  }
}

/// How often a scenario that has completed is called again, to see what each call leaves behind in references and
/// memory blocks (conform_repeats.py). The same numbers as those of regrtest's `-R`.
public struct Repeats: Hashable, Sendable, Codable {
  /// Calls that fill caches, and aren't measured.
  public var warmups: Int
  /// Calls that are measured; none: nothing is called again.
  public var measured: Int

  public init(warmups: Int, measured: Int) {
    self.warmups = warmups
    self.measured = measured
  }

  /// Nothing is called again.
  public static let none = Repeats(warmups: 0, measured: 0)
  /// What a run does unless it is told otherwise.
  public static let usual = Repeats(warmups: 3, measured: 3)
}

/// Cells of one binary as the executor takes them.
public struct BatchOrder: Sendable {
  public var cells: [CellID]
  public var load: Load
  /// Path of the built extension.
  public var binary: String
  public var module: String
  /// Path of the scenario file, and key of its content.
  public var scenarioFile: String
  public var scenarioKey: ContentKey
  /// Folder of the case: its path in messages is replaced.
  public var directory: String

  public init(
    cells: [CellID], load: Load, binary: String, module: String, scenarioFile: String, scenarioKey: ContentKey,
    directory: String
  ) {
    self.cells = cells
    self.load = load
    self.binary = binary
    self.module = module
    self.scenarioFile = scenarioFile
    self.scenarioKey = scenarioKey
    self.directory = directory
  }
}

/// One line of the control channel; conform_worker.py documents it.
struct WorkerRequest: Encodable {
  /// A cell: its number within the request, its scenario, and what opens each line that it writes.
  struct Cell: Encodable {
    var number: Int
    var scenario, secret: String

    func encode(to encoder: any Encoder) throws {
      var fields = encoder.unkeyedContainer()
      try fields.encode(number)
      try fields.encode(scenario)
      try fields.encode(secret)
    }
  }

  var binary, module, loader, mode, scenarios, code: String
  var seconds: Double
  var memory, file: Int
  /// Calls of a completed scenario again: unmeasured ones, and measured ones.
  var warmups, repeats: Int
  /// The last bytes of each attachment that come back.
  var tail: Int
  /// Start a process for each cell instead of forking it.
  var fresh: Bool
  /// Seconds that it may take to start, before its cell's time begins.
  var start: Double
  /// How to start it: sys.executable is not enough where a script starts the interpreter.
  var interpreter: String
  /// Further variables for such a process.
  var environment: [String: String]
  var cells: [Cell]
}

/// The answer to one cell of it; conform_server.py documents how it is written.
struct WorkerAnswer: Hashable, Sendable {
  /// How the process ended, or that nobody knows.
  enum End: Hashable, Sendable {
    /// Raw wait status of the cell's own process.
    case ended(Int32)
    /// Raw wait status of the fork server that ended while the cell ran.
    case serverLost(Int32)
  }

  var number: Int
  var end: End
  /// Wall time.
  var seconds: Double
  var timedOut: Bool
  /// Processes that the cell left behind.
  var strays: Int
  /// What the cell wrote: its result file, and the last of each of its attachments, by name.
  var result: [UInt8]
  var attachments: [String: [UInt8]]
}

extension WorkerAnswer {
  /// Takes the first answer out of what was read.
  ///
  /// - Parameter bytes: loses the answer's bytes; stays as it is as long as there is no whole one.
  /// - Returns: nil as long as there is no whole answer.
  /// - Throws: `Malformed` when this can't be an answer.
  static func next(in bytes: inout ArraySlice<UInt8>) throws -> WorkerAnswer? {
    guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    let fields = bytes[..<end].split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
    guard fields.count >= 6, let number = Int(fields[0]), let how = Self.end(fields[1]),
      let seconds = Double(fields[2]), let strays = Int(fields[4]), let size = Self.size(fields[5])
    else { throw Malformed() }
    let parts = try fields[6...].map { field in
      let parts = field.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let size = Self.size(parts[1]) else { throw Malformed() }
      return (name: parts[0], size: size)
    }
    var rest = bytes[(end + 1)...]
    guard rest.count >= parts.reduce(size, { $0 + $1.size }) else { return nil }
    func take(_ size: Int) -> [UInt8] {
      defer { rest = rest.dropFirst(size) }
      return Array(rest.prefix(size))
    }
    var answer = WorkerAnswer(
      number: number, end: how, seconds: seconds, timedOut: fields[3] == "1", strays: strays, result: take(size),
      attachments: [:])
    for part in parts { answer.attachments[part.name, default: []] += take(part.size) }
    bytes = rest
    return answer
  }

  private static func size(_ field: String) -> Int? { UInt32(field).map(Int.init) }

  /// What came is no answer: something else wrote to the control channel.
  struct Malformed: Error {}

  private static func end(_ field: String) -> End? {
    if let status = Int32(field) { return .ended(status) }
    let parts = field.split(separator: ":")
    guard parts.count == 2, parts[0] == "lost", let status = Int32(parts[1]) else { return nil }
    return .serverLost(status)
  }
}

/// The first line that a worker sends.
struct WorkerGreeting: Decodable {
  var ready: Bool
  var error: String?
}
