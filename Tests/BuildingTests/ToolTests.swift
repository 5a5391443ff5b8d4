import Foundation
import Platform
import Testing

@Suite("Programs that help")
struct ToolTests {
  @Test("a program that reads nothing of its input costs nobody anything")
  func unread() async throws {
    let result = try await Tool.run("sh", ["-c", "exit 3"], input: String(repeating: "x", count: 1 << 20))
    #expect(result.exitCode == 3)
  }

  @Test("the mark of the run goes with a program, whatever its environment is")
  func mark() async throws {
    setenv(Tool.runMark, "mark of a test", 1)
    defer { unsetenv(Tool.runMark) }
    for environment in [nil, ["PATH": "/usr/bin:/bin"]] {
      let result = try await Tool.run("sh", ["-c", "echo $HPY_CONFORM_RUN"], environment: environment)
      #expect(result.output == "mark of a test\n")
    }
    let own = try await Tool.run(
      "sh", ["-c", "echo $HPY_CONFORM_RUN"], environment: ["PATH": "/usr/bin:/bin", "HPY_CONFORM_RUN": "own"])
    #expect(own.output == "own\n")
  }

  @Test("how a program ended is told apart: late, by a signal, by itself")
  func ends() async throws {
    let late = try await Tool.run("sh", ["-c", "trap '' TERM; (setsid sleep 30 &) ; sleep 30"], limit: 0.5)
    #expect(late.wasEnded && late.signal == SIGKILL && late.exitCode == nil)
    let killed = try await Tool.run("sh", ["-c", "echo said; kill -9 $$"])
    #expect(!killed.wasEnded && killed.signal == SIGKILL && killed.output == "said\n")
    let ended = try await Tool.run("sh", ["-c", "exit 1"])
    #expect(ended.signal == nil && ended.exitCode == 1 && !ended.wasEnded)
  }

  @Test("one that prints without end is ended long before its time is over")
  func flood() async throws {
    let result = try await Tool.run("yes", [], limit: 100, outputLimit: 1 << 10)
    #expect(result.wasEnded && result.trouble == "more than 16 KiB of output" && result.seconds < 50)
    #expect(result.output.utf8.count < 1 << 20)
  }
}
