import Foundation
import Model
import Platform
import Testing
import Worker

@testable import Executing

@Suite("A worker that is gone")
struct WorkerLossTests {
  @Test("a worker that dies between two cells loses the one that meets it, and ends nothing else")
  func deathBetweenCells() async throws {
    BrokenPipes.becomeErrors()
    let folder = FileManager.default.temporaryDirectory.appending(path: "worker-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try WorkerFiles(below: folder)
    let worker = WarmWorker()
    await worker.start(
      interpreter: "/usr/bin/python3", files: files, family: "import",
      environment: ["PATH": "/usr/bin:/bin", "PYTHONPYCACHEPREFIX": files.bytecode.path],
      log: folder.appending(path: "log").path)
    #expect(await worker.backendError == nil)
    worker.kill()
    let request = WorkerRequest(
      id: 1, binary: "", module: "ext", loader: "import", mode: "universal", scenarios: "", code: "", scenario: "s",
      secret: "x", result: folder.appending(path: "r").path, output: folder.appending(path: "o").path,
      fault: folder.appending(path: "f").path, seconds: 1, memory: 1 << 32, file: 1 << 20, fresh: false,
      interpreter: "", environment: [:])
    for _ in 1...3 {
      guard case .lost = await worker.run(request) else {
        Issue.record("a dead worker answered")
        return
      }
    }
  }

  @Test("an interpreter that is none is told, not waited for")
  func noInterpreter() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "worker-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try WorkerFiles(below: folder)
    for program in ["/bin/true", "/nowhere/python"] {
      let worker = WarmWorker()
      await worker.start(
        interpreter: program, files: files, family: "import", environment: [:],
        log: folder.appending(path: "log").path)
      #expect(await worker.backendError?.hasPrefix("the worker ended at its start") == true)
    }
  }
}
