import Foundation
import Model

/// What a cell may use.
public struct Limits: Hashable, Sendable {
  /// Wall time in seconds.
  public var seconds: Double
  /// Address space in bytes.
  public var memory: Int
  /// Size of each file it writes, its output among them, in bytes.
  public var fileSize: Int

  public init(seconds: Double = 10, memory: Int = 4 << 30, fileSize: Int = 8 << 20) {
    self.seconds = seconds
    self.memory = memory
    self.fileSize = fileSize
  }
}

/// A cell as the executor takes it.
public struct CellOrder: Sendable {
  public var cell: CellID
  public var runtime: Runtime
  public var lane: Lane
  /// Path of the built extension.
  public var binary: String
  public var module: String
  /// Path of the scenario file, and key of its content.
  public var scenarioFile: String
  public var scenarioKey: ContentKey
  /// Folder of the case: its path in messages is replaced.
  public var directory: String

  public init(
    cell: CellID, runtime: Runtime, lane: Lane, binary: String, module: String, scenarioFile: String,
    scenarioKey: ContentKey, directory: String
  ) {
    self.cell = cell
    self.runtime = runtime
    self.lane = lane
    self.binary = binary
    self.module = module
    self.scenarioFile = scenarioFile
    self.scenarioKey = scenarioKey
    self.directory = directory
  }
}

/// One line of the control channel; conform_worker.py documents it.
struct WorkerRequest: Encodable {
  var id: Int
  var binary, module, loader, mode, scenarios, code, scenario, secret: String
  var result, output, fault: String
  var seconds: Double
  var memory, file: Int
  /// Start a process of its own instead of forking.
  var fresh: Bool
  /// How to start it: sys.executable is not enough where a script starts the interpreter.
  var interpreter: String
  /// Further variables for a process of its own.
  var environment: [String: String]
}

/// The answer to it.
struct WorkerAnswer: Decodable {
  var id: Int
  var status: Int32
  var seconds: Double
  var timedOut: Bool
  var strays: Int

  enum CodingKeys: String, CodingKey {
    case id, status, seconds, strays
    case timedOut = "timed_out"
  }
}

/// The first line that a worker sends.
struct WorkerGreeting: Decodable {
  var ready: Bool
  var error: String?
}
