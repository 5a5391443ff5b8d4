import Foundation
import Model
import Platform
import Testing
import Worker

@testable import Executing

@Suite("A worker that is gone")
struct WorkerLossTests {
  @Test("a worker that dies between two cells loses the cell that meets it, and no other was begun")
  func deathBetweenCells() async throws {
    BrokenPipes.becomeErrors()
    let folder = FileManager.default.temporaryDirectory.appending(path: "worker-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try WorkerFiles(below: folder)
    let worker = WarmWorker()
    await worker.start(
      interpreter: "/usr/bin/python3", files: files, family: "import", folder: folder,
      environment: ["PATH": "/usr/bin:/bin", "PYTHONPYCACHEPREFIX": files.bytecode.path],
      log: folder.appending(path: "log").path)
    #expect(await worker.readiness == .ready)
    worker.kill()
    let request = WorkerRequest(
      binary: "", module: "ext", loader: "import", mode: "universal", scenarios: "", code: "", modules: [], seconds: 1,
      memory: 1 << 32, file: 1 << 20, processes: 64, scratch: 1 << 20, warmups: 0, repeats: 0, tail: 100, fresh: false,
      start: 1, interpreter: "",
      environment: [:],
      cells: (0..<3).map { .init(number: $0, scenario: "s", secret: "x") })
    for attempt in 1...3 {
      var replies: [WarmWorker.Reply] = []
      for await reply in await worker.replies(to: request) { replies.append(reply) }
      #expect(replies.count == 1, "nothing comes after the end")
      switch replies.first {
      case .lost where attempt == 1: break
      case .notBegun where attempt > 1: break
      default: Issue.record("a dead worker answered \(replies)")
      }
    }
  }

  @Test("an interpreter that is none is told, not waited for, and is no finding")
  func noInterpreter() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "worker-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try WorkerFiles(below: folder)
    for program in ["/bin/true", "/nowhere/python"] {
      let worker = WarmWorker()
      await worker.start(
        interpreter: program, files: files, family: "import", folder: folder, environment: [:],
        log: folder.appending(path: "log").path)
      guard case .failed(let why) = await worker.readiness else {
        Issue.record("\(program) is a worker")
        continue
      }
      #expect(why.hasPrefix("the worker ended while it started"))
    }
  }
}
