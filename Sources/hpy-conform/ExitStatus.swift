import ArgumentParser
import Foundation
import Model
import Platform

/// Every exit code of this program. 64, 69 and 70 are those of sysexits.h, as swift-argument-parser uses them.
enum ExitStatus: Int32, CaseIterable {
  case asExpected = 0
  case needsAttention = 1
  case undecided = 2
  case badInput = 64
  case unavailable = 69
  case internalError = 70
  case interrupted = 130

  var meaning: String {
    switch self {
    case .asExpected: "as expected: every cell conforms or is known"
    case .needsAttention: "something is new, fixed or flaky"
    case .undecided: "bisect: both ends give the same answer, or too few candidates can be tried"
    case .badInput: "wrong usage or bad input, such as a case that can't be read"
    case .unavailable: "the machine lacks something"
    case .internalError: "a defect of this program; selftest: a fault was not detected"
    case .interrupted: "interrupted; finished results are stored"
    }
  }
}

/// A subcommand that ends with an exit status. The one place where errors become text and codes.
protocol ConformCommand: AsyncParsableCommand {
  func perform() async throws -> ExitStatus
}

extension ConformCommand {
  func run() async throws {
    ProcessGuard.start()
    Resources.raiseDescriptors()
    Console.setUpColours()
    let status: ExitStatus
    do {
      if let (found, remedy) = Resources.shortageAtStart() {
        throw Problem(.environment, found, remedy: remedy)
      }
      // Commands wait for locks, read databases and hash files.
      status = try await withTaskExecutorPreference(.blocking) { try await perform() }
    } catch let problem as Problem {
      status = Self.tell([problem])
    } catch let problems as Problems {
      status = Self.tell(problems.all)
    } catch let error as ValidationError {
      throw error
    } catch let error as ArgumentParser.ExitCode {
      throw error
    } catch  where Problem.isOfTheSystem(error) {
      status = Self.tell([
        Problem(
          .environment, at: Problem.place(of: error), Problem.words(of: error),
          remedy: "remove the cause and try again")
      ])
    } catch {
      Console.error("internal error: \(Problem.words(of: error))")
      status = Standing(hasDefect: true).status
    }
    ProcessGuard.end()
    if status != .asExpected { throw ArgumentParser.ExitCode(status.rawValue) }
  }

  private static func tell(_ problems: [Problem]) -> ExitStatus {
    for problem in problems { Console.error(problem.description) }
    return Standing(
      hasBrokenInput: problems.contains { $0.kind == .input },
      machineLacked: problems.contains { $0.kind == .environment }
    ).status
  }
}
