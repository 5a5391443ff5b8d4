import Foundation
import Subprocess
import SystemPackage

/// Runs a short-lived helper program, a compiler or an interpreter, and keeps what it printed.
public enum Tool {
  public struct Result: Sendable {
    /// nil when the program was killed by a signal or for taking too long.
    public var exitCode: Int32?
    public var output: String
    public var errors: String
    public var seconds: Double
    /// How it ended otherwise: `killed by SIGSEGV`, `no answer within 20 s`, `more than 65536 KiB of output`.
    public var trouble: String?
    /// The signal that killed it, this program's own among them.
    public var signal: Int32?
    /// Whether it was killed here: for taking too long, or for printing without end.
    public var wasEnded = false

    public var succeeded: Bool { exitCode == 0 }
  }

  /// - Parameters:
  ///   - input: text for standard input.
  ///   - environment: nil inherits this process's. The mark of this program's run goes with it in any case.
  ///   - limit: seconds until the program's session is killed.
  ///   - outputLimit: bytes; what a program prints beyond is left out, and one that prints 16 times as much is killed.
  /// - Throws: what the system says when the program can't be started.
  public static func run(
    _ path: String, _ arguments: [String], input: String = "", environment: [String: String]? = nil,
    directory: String? = nil, limit: Double = 60, outputLimit: Int = 4 << 20
  ) async throws -> Result {
    let platform = newSession
    // A program that ends before it has read its input must not end this one.
    if !input.isEmpty { BrokenPipes.becomeErrors() }
    let started = ContinuousClock.now
    let end = End()
    let result = try await ProcessWatch.run { check in
      try await Subprocess.run(
        path.contains("/") ? .path(FilePath(path)) : .name(path),
        arguments: Arguments(arguments),
        environment: environment.map { .only(marked($0)) } ?? .inherit,
        workingDirectory: directory.map { FilePath($0) },
        platformOptions: platform,
        input: .inputWriter,
        output: .sequence,
        error: .sequence
      ) { execution in
        try check(execution.processIdentifier)
        return try await withThrowingTaskGroup(of: (Int, String).self) { group in
          let session = execution.processIdentifier.value
          let watch = Task {
            try await Task.sleep(for: .seconds(limit))
            await end.come(for: "no answer within \(Int(limit)) s")
            ProcessSession.kill(session)
          }
          let flood = 16 * outputLimit
          @Sendable func read(_ output: SubprocessOutputSequence) async -> String {
            await text(output, limit: outputLimit, flood: flood) {
              await end.come(for: "more than \(flood >> 10) KiB of output")
              ProcessSession.kill(session)
            }
          }
          defer { watch.cancel() }
          return try await withTaskCancellationHandler {
            group.addTask { (0, await read(execution.standardOutput)) }
            group.addTask { (1, await read(execution.standardError)) }
            _ = try? await execution.standardInputWriter.write(input)
            try? await execution.standardInputWriter.finish()
            var texts = ["", ""]
            for try await (index, text) in group { texts[index] = text }
            return texts
          } onCancel: {
            ProcessSession.kill(session)
          }
        }
      }
    }
    let elapsed = ContinuousClock.now - started
    var finished = Result(
      exitCode: nil, output: result.closureResult[0], errors: result.closureResult[1],
      seconds: Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18, trouble: nil)
    switch result.terminationStatus {
    case .exited(let code): finished.exitCode = code
    case .signaled(let number):
      finished.signal = number
      let reason = await end.reason
      finished.wasEnded = reason != nil
      finished.trouble = reason ?? "killed by \(WaitStatus.name(number))"
    }
    return finished
  }

  private static var newSession: PlatformOptions {
    var options = PlatformOptions()
    options.createSession = true
    return options
  }

  /// By this variable whoever cleans up after a run knows what the run has started.
  public static let runMark = "HPY_CONFORM_RUN"

  private static func marked(_ environment: [String: String]) -> [String: String] {
    guard let mark = getenv(runMark) else { return environment }
    return environment.merging([runMark: String(cString: mark)]) { own, _ in own }
  }

  /// The number of the system's error that kept a program from being started; nil for another error.
  public static func errorNumber(of error: any Error) -> Int32? {
    error is ProcessWatch.NoDescriptor ? EMFILE : (error as? SubprocessError)?.underlyingError?.rawValue
  }

  private actor End {
    private(set) var reason: String?
    func come(for reason: String) { self.reason = self.reason ?? reason }
  }

  private static func text(
    _ sequence: SubprocessOutputSequence, limit: Int, flood: Int, drowned: () async -> Void
  ) async -> String {
    var bytes: [UInt8] = []
    var count = 0
    do {
      for try await chunk in sequence {
        if bytes.count < limit { chunk.withUnsafeBytes { bytes.append(contentsOf: $0) } }
        let before = count
        count += chunk.count
        if before <= flood, count > flood { await drowned() }
      }
    } catch {
      // The descriptor went away with its process: what was read so far is all there is.
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
