import Foundation
import Model

/// What a cell may use.
public struct Limits: Hashable, Sendable, Codable {
  /// Wall time in seconds.
  public var seconds: Double
  /// Wall time in seconds that a process of its own may take to start, before its cell's time begins.
  public var start: Double
  /// Bytes: address space of each of its processes, and memory of all together.
  public var memory: Int
  /// Size of each file it writes, its output among them, in bytes.
  public var fileSize: Int
  /// Processes at a time.
  public var processes: Int
  /// Bytes in its scratch folder; a file for each 4096 of them.
  public var scratch: Int
  /// How often its scenario is called again.
  public var repeats: Repeats

  public init(
    seconds: Double = 10, start: Double = 60, memory: Int = 4 << 30, fileSize: Int = 8 << 20,
    processes: Int = 256, scratch: Int = 64 << 20, repeats: Repeats = .usual
  ) {
    self.seconds = seconds
    self.start = start
    self.memory = memory
    self.fileSize = fileSize
    self.processes = processes
    self.scratch = scratch
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
  /// What pytest collects below `scenarioFile`, which is a folder then, each scenario one of its tests; nil for scenarios.
  public var tests: [String]?
  /// Whether scenarios that complete are called again, where the lane counts what that leaves behind.
  public var repeats: Bool
  /// Paths of further files that its cells read, for a sandbox to show.
  public var reads: [String]
  /// The case's modules beside the extension.
  public var modules: [BuiltModule]

  public init(
    cells: [CellID], load: Load, binary: String, module: String, scenarioFile: String, scenarioKey: ContentKey,
    directory: String, tests: [String]? = nil, repeats: Bool = true, reads: [String] = [],
    modules: [BuiltModule] = []
  ) {
    self.modules = modules
    self.tests = tests
    self.reads = reads
    self.cells = cells
    self.load = load
    self.binary = binary
    self.module = module
    self.scenarioFile = scenarioFile
    self.scenarioKey = scenarioKey
    self.directory = directory
    self.repeats = repeats
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

  /// A module of the case beside the extension.
  struct Module: Encodable {
    var module, binary, loader, mode: String

    init(_ built: BuiltModule) {
      (module, binary) = (built.name, built.path)
      (loader, mode) = (built.lane.loading, built.lane.mode.hpyName)
    }
  }

  var binary, module, loader, mode, scenarios, code: String
  var modules: [Module]
  var seconds: Double
  var memory, file, processes, scratch: Int
  var tests: [String]?
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
  /// What starts a program in a sandbox, up to the program; nil for no sandbox.
  var sandbox: [String]?
  var cells: [Cell]
}

/// The answer to one cell of it; conform_server.py documents how it is written.
struct WorkerAnswer: Hashable, Sendable {
  /// How the process ended, or that nobody knows.
  enum End: Hashable, Sendable {
    /// Raw wait status of the cell's own process.
    case ended(Int32)
    /// Raw wait status of the fork server that was lost while the cell ran, and how it was.
    case serverLost(Int32, String)
  }

  var number: Int
  var end: End
  /// Wall time.
  var seconds: Double
  var timedOut: Bool
  /// Whether something of the cell was stopped by a signal when its time was over.
  var wasStopped = false
  /// What the cell had too much of, and was ended for.
  var exceeded: Outcome.Limit?
  /// What the machine lacked, where nothing is known of the cell for that.
  var machine: String?
  /// Processes that the cell left behind.
  var strays: Int
  var spent = Spent()
  /// What the cell wrote: its result file, and the last of each of its attachments, by name.
  var result: [UInt8]
  var attachments: [String: [UInt8]]
}

extension WorkerAnswer {
  /// What the cell, and the fork server for it, took: CPU seconds, and page faults.
  struct Spent: Hashable, Sendable {
    var cell = 0.0
    var loading = 0.0
    var forking = 0.0
    var faults = 0
  }

  private struct Head: Decodable {
    var number: Int
    var status, lost: Int32?
    var how: String?
    var seconds: Double
    var timedOut: Bool
    var stopped: Bool?
    var exceeded: Outcome.Limit?
    var machine: String?
    var strays: Int
    var user, system, loading, forking: Double?
    var faults: Int?
    var parts: [Part]

    enum CodingKeys: String, CodingKey {
      case number, status, lost, how, seconds, stopped, exceeded, machine, strays, parts
      case user, system, loading, forking, faults
      case timedOut = "timed_out"
    }

    var spent: Spent {
      Spent(cell: (user ?? 0) + (system ?? 0), loading: loading ?? 0, forking: forking ?? 0, faults: faults ?? 0)
    }
  }

  private struct Part: Decodable {
    var name: String
    var size: Int

    init(from decoder: any Decoder) throws {
      var fields = try decoder.unkeyedContainer()
      name = try fields.decode(String.self)
      size = Int(try fields.decode(UInt32.self))
    }
  }

  /// Takes the first answer out of what was read.
  ///
  /// - Parameter bytes: loses the answer's bytes; stays as it is as long as there is no whole one.
  /// - Returns: nil as long as there is no whole answer.
  /// - Throws: `Malformed` when this can't be an answer.
  static func next(in bytes: inout ArraySlice<UInt8>) throws -> WorkerAnswer? {
    guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    guard let head = try? JSONDecoder().decode(Head.self, from: Data(bytes[..<end])), head.strays >= 0 else {
      throw Malformed()
    }
    var rest = bytes[(end + 1)...]
    guard rest.count >= head.parts.reduce(0, { $0 + $1.size }) else { return nil }
    var answer = WorkerAnswer(
      number: head.number, end: try Self.end(head), seconds: head.seconds, timedOut: head.timedOut,
      wasStopped: head.stopped ?? false, exceeded: head.exceeded, machine: head.machine, strays: head.strays,
      spent: head.spent, result: [], attachments: [:])
    for part in head.parts {
      let content = rest.prefix(part.size)
      rest = rest.dropFirst(part.size)
      if part.name == Evidence.resultName {
        answer.result += content
      } else {
        answer.attachments[part.name, default: []] += content
      }
    }
    bytes = rest
    return answer
  }

  private static func end(_ head: Head) throws -> End {
    switch (head.status, head.lost) {
    case (let status?, nil): .ended(status)
    case (nil, let status?): .serverLost(status, head.how ?? "ended")
    default: throw Malformed()
    }
  }

  /// What came is no answer: something else wrote to the control channel.
  struct Malformed: Error {}
}

/// The first line that a worker sends.
struct WorkerGreeting: Decodable {
  var ready: Bool
  /// Its descriptors of what cells write to, by name.
  var files: [String: Int32]?
  /// Why it can't load anything.
  var error: String?
  /// What the machine lacked, where that is the reason.
  var machine: String?
  /// CPU seconds that it took to start.
  var cpu: Double?
}
