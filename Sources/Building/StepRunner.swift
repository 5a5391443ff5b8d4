import Foundation
import Model
import Platform

/// Starts the compiler for a step, and tells what the C is to blame for from what the machine is.
struct StepRunner: Sendable {
  /// What became of a step.
  enum Ending: Sendable {
    case made(ArtifactCache.Product)
    /// The compiler refused the C, or made no end of it: why.
    case refused(BuildStep, String)
    /// The machine kept the compiler from its work, so that nothing is known of the C: what it lacked.
    case machineFailed(BuildStep, String)
    /// Nothing can be kept in the cache, and trying again would not help.
    case unusableCache(BuildStep, Problem)
  }

  /// Seconds that one compile or link may take.
  static let limit: Double = 120
  /// Seconds to wait before a step is tried again that the machine kept from its end.
  static let pauses: [Double] = [0.5, 2]

  let toolchain: Toolchain
  let cache: ArtifactCache
  let cacheFolder: URL
  let keys: FileKeys
  /// Where the compiler runs: it reads whatever the C tells it to.
  let sandbox: Sandbox?
  let limit: Double
  let pauses: [Double]

  /// Does a step; what the machine kept from its end is tried again after a while, unless the last step had to be given
  /// up for that.
  func run(
    _ order: Order, _ inputs: [ArtifactCache.Input], _ header: PrecompiledHeader.Ready?, _ step: BuildStep,
    isPatient: Bool
  ) async -> Ending {
    var ending = await attempt(order, inputs, header, step)
    for pause in isPatient ? pauses : [] {
      guard case .machineFailed = ending, !Task.isCancelled else { break }
      try? await Task.sleep(for: .seconds(pause))
      if Task.isCancelled { break }
      ending = await attempt(order, inputs, nil, step)
    }
    return ending
  }

  private func attempt(
    _ order: Order, _ inputs: [ArtifactCache.Input], _ header: PrecompiledHeader.Ready?, _ step: BuildStep
  ) async -> Ending {
    let ending = await once(order, inputs, header, step)
    guard header != nil, !Task.isCancelled else { return ending }
    switch ending {
    case .made, .unusableCache: return ending
    // A header that was compiled beforehand saves time and decides nothing.
    case .refused, .machineFailed: return await once(order, inputs, nil, step)
    }
  }

  private func once(
    _ order: Order, _ inputs: [ArtifactCache.Input], _ header: PrecompiledHeader.Ready?, _ given: BuildStep
  ) async -> Ending {
    var step = given
    do {
      let bench = try cache.bench()
      defer { try? FileManager.default.removeItem(at: bench) }
      let rule = bench.appending(path: "rule").path
      let arguments = Self.arguments(order, header, rule: rule) + ["-o", bench.appending(path: order.product).path]
      let result: Tool.Result
      do {
        let command = command(order, header, arguments, on: bench)
        result = try await Tool.run(
          command[0], Array(command.dropFirst()), directory: Toolchain.directory, limit: limit)
      } catch {
        let why = Tool.errorNumber(of: error).map { String(cString: strerror($0)) } ?? Problem.words(of: error)
        step.messages = "\(toolchain.compiler) does not start: \(why)"
        return .machineFailed(step, step.messages)
      }
      let trouble = result.trouble.map { "\(toolchain.compiler): \($0)" }
      step.messages = result.errors + (trouble.map { "\($0)\n" } ?? "")
      step.seconds = result.seconds
      if let lack = lack(result) { return .machineFailed(step, lack) }
      guard result.succeeded else {
        return .refused(step, trouble ?? Self.firstError(in: result.errors) ?? silence(order, result))
      }
      step.succeeded = true
      return .made(try take(order, inputs, header, step, on: bench))
    } catch let nothing as ArtifactCache.NoProduct {
      let text =
        "\(toolchain.compiler): the compiler ended with exit code 0 but made no \(ObjectFile.name(of: nothing.kind)): "
        + nothing.why
      step.succeeded = false
      step.messages += "\(text)\n"
      return .machineFailed(step, text)
    } catch {
      let problem = Problem.unusableCache(error, at: cacheFolder)
      step.succeeded = false
      step.messages += "\(problem)\n"
      return MachineFault.lack(in: error) == nil
        ? .unusableCache(step, problem) : .machineFailed(step, problem.description)
    }
  }

  /// Takes over what the compiler made, with what it says it read.
  ///
  /// - Throws: `ArtifactCache.NoProduct`, or what keeps the cache from taking it.
  private func take(
    _ order: Order, _ inputs: [ArtifactCache.Input], _ header: PrecompiledHeader.Ready?, _ made: BuildStep,
    on bench: URL
  ) throws -> ArtifactCache.Product {
    var step = made
    var readings = header?.readings ?? Readings()
    let rule = bench.appending(path: "rule").path
    if let text = FileManager.default.contents(atPath: rule) {
      let own = Readings(
        rule: String(decoding: text, as: UTF8.self), directory: order.directory, covered: order.covered,
        coveredFiles: order.coveredFiles, keys)
      readings.files.merge(own.files) { $1 }
      try FileManager.default.removeItem(atPath: rule)
    }
    step.key = ContentKey(
      ofParts: [order.key.hex, ContentKey(of: readings.text).hex] + inputs.map(\.step.key.hex))
    return try cache.keep(order, step, on: bench, readings: readings, inputs: inputs, keys)
  }

  /// What the machine lacked, where that ended the compiler or one of the programs that it starts.
  private func lack(_ result: Tool.Result) -> String? {
    if result.succeeded || result.wasEnded { return nil }
    if sandbox != nil, let words = result.errors.split(separator: "\n").first, words.hasPrefix("bwrap: ") {
      return "no sandbox for the compiler: \(words)"
    }
    if let lack = MachineFault.lack(inMessagesOfCompiler: result.errors) { return "\(toolchain.compiler): \(lack)" }
    // A shell that starts the compiler says 128 and the signal's number.
    let signal = result.signal ?? result.exitCode.flatMap { $0 > 128 ? $0 - 128 : nil } ?? 0
    if signal == SIGKILL {
      return "\(toolchain.compiler): killed by SIGKILL, probably because memory was exhausted"
    }
    let isFromOutside = [SIGTERM, SIGINT, SIGHUP, SIGXCPU, SIGXFSZ].contains(signal)
    return isFromOutside ? "\(toolchain.compiler): killed by \(WaitStatus.name(signal))" : nil
  }

  private func silence(_ order: Order, _ result: Tool.Result) -> String {
    "\(toolchain.compiler): the \(order.kind.rawValue) ended with exit code \(result.exitCode ?? -1) and said nothing"
  }

  /// What the compiler is said to have said: its first error.
  private static func firstError(in messages: String) -> String? {
    let lines = messages.split(separator: "\n")
    return (lines.first { $0.contains("error") || $0.contains("undefined") } ?? lines.first).map(String.init)
  }

  /// The compiler's command; in a sandbox, it sees the files that the arguments name, and writes to the bench.
  private func command(
    _ order: Order, _ header: PrecompiledHeader.Ready?, _ arguments: [String], on bench: URL
  ) -> [String] {
    let command = [toolchain.compiler] + arguments
    guard let sandbox else { return command }
    let named = arguments.map { $0.hasPrefix("-I") ? String($0.dropFirst(2)) : $0 }.filter { $0.hasPrefix("/") }
    return sandbox.command(
      reading: named.filter { !$0.hasPrefix(bench.path) } + [order.directory] + toolchain.places,
      writing: [bench.path], scratch: Self.scratch) + command
  }

  /// Bytes of temporary files that a compiler may write in a sandbox.
  private static let scratch = 1 << 30

  /// What is really run. The record leaves out what changes nothing in the product: the rule of what was read, and
  /// the folder of the precompiled header, which gcc takes in place of the header's text where it fits.
  static func arguments(_ order: Order, _ header: PrecompiledHeader.Ready?, rule: String) -> [String] {
    guard order.kind == .compile else { return order.arguments }
    var arguments = order.arguments
    if let header, let own = arguments.firstIndex(where: { $0.hasPrefix("-I") }) {
      arguments.insert("-I\(header.folder)", at: own + 1)
    }
    return ["-MD", "-MF", rule] + arguments
  }
}
