import Foundation
import Model
import Platform
import Testing

@testable import Building

@Suite("The cache of build products")
struct ArtifactCacheTests {
  private static func order(_ name: String) -> Order {
    Order(key: ContentKey(of: name), kind: .compile, product: "object.o", arguments: [])
  }

  /// Makes a product with a content.
  @discardableResult
  private static func keep(_ order: Order, _ text: String, in cache: ArtifactCache) throws -> ArtifactCache.Product {
    let bench = try cache.bench()
    try Data(text.utf8).write(to: bench.appending(path: order.product))
    let step = BuildStep(
      key: order.key, kind: .compile, command: [], succeeded: true, messages: "", seconds: 0, isReused: false)
    return try cache.keep(order, step, on: bench, readings: Readings(), inputs: [], FileKeys())
  }

  private static func has(_ name: String, _ cache: ArtifactCache) -> Bool {
    cache.product(for: order(name), FileKeys()) != nil
  }

  /// As if it had been used at this time last.
  private static func date(_ name: String, _ seconds: Double, in place: Folder) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: seconds)],
      ofItemAtPath: place.path("artifacts/\(order(name).key.hex)"))
  }

  @Test("the least recently used go first, and only as many as have to")
  func oldest() throws {
    let place = try Folder()
    let cache = try ArtifactCache(below: place.url, flaw: { _, _ in nil })
    let text = String(repeating: "x", count: 100_000)
    for name in ["a", "b", "c"] { try Self.keep(Self.order(name), text, in: cache) }
    try Self.date("a", 2000, in: place)
    try Self.date("b", 1000, in: place)
    try Self.date("c", 3000, in: place)
    cache.close(limit: 250_000)
    #expect(!Self.has("b", cache))
    #expect(Self.has("a", cache))
    #expect(Self.has("c", cache))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: place.path("artifacts")).allSatisfy {
        !$0.contains("-") || $0.hasPrefix("read-")
      })
  }

  @Test("what a living run made or took stays, whatever the limit; what it didn't goes")
  func living() throws {
    let place = try Folder()
    let earlier = try ArtifactCache(below: place.url, flaw: { _, _ in nil })
    for name in ["taken", "idle"] { try Self.keep(Self.order(name), name, in: earlier) }
    earlier.close(limit: .max)
    for name in ["taken", "idle"] { try Self.date(name, 1000, in: place) }
    var running: ArtifactCache? = try ArtifactCache(below: place.url, flaw: { _, _ in nil })
    try Self.keep(Self.order("made"), "made", in: running!)
    #expect(Self.has("taken", running!))
    let other = try ArtifactCache(below: place.url, flaw: { _, _ in nil })
    other.trim(to: 0)
    #expect(Self.has("made", other))
    #expect(Self.has("taken", other))
    #expect(!Self.has("idle", other))
    running = nil
    let last = try ArtifactCache(below: place.url, flaw: { _, _ in nil })
    try? FileManager.default.removeItem(at: other.workshop)
    try Self.date("made", 1000, in: place)
    try Self.date("taken", 1000, in: place)
    last.trim(to: 0)
    #expect(!Self.has("made", last))
    #expect(!Self.has("taken", last))
  }

  @Test("what a dead run left half made is removed, a living run's is not")
  func halfMade() throws {
    let place = try Folder()
    let living = try ArtifactCache(below: place.url, flaw: { _, _ in nil })
    let bench = try living.bench()
    try place.write("artifacts/making-dead/alive", "1")
    try place.write("artifacts/making-dead/1/object.o", "half")
    try place.write("artifacts/making-older/1/object.o", "half")
    try place.write("artifacts/trash-x/object.o", "")
    living.trim(to: .max)
    let names = try FileManager.default.contentsOfDirectory(atPath: place.path("artifacts"))
    #expect(names.sorted() == ["gate", living.workshop.lastPathComponent].sorted())
    #expect(FileManager.default.fileExists(atPath: bench.path))
    living.close(limit: .max)
    #expect(!FileManager.default.fileExists(atPath: bench.path))
  }

  @Test("a product that isn't what its record says is none, and is replaced")
  func damage() throws {
    let place = try Folder()
    let cache = try ArtifactCache(below: place.url, flaw: { _, _ in nil })
    let folder = place.path("artifacts/\(Self.order("a").key.hex)")
    func isMadeAgain(_ damage: () throws -> Void) throws {
      try Self.keep(Self.order("a"), "content", in: cache)
      #expect(Self.has("a", cache))
      try damage()
      #expect(!Self.has("a", cache))
      let again = try Self.keep(Self.order("a"), "content", in: cache)
      #expect(try Data(contentsOf: URL(filePath: again.path)) == Data("content".utf8))
      #expect(Self.has("a", cache))
    }
    try isMadeAgain { try Data("cont".utf8).write(to: URL(filePath: folder + "/object.o")) }
    try isMadeAgain { try FileManager.default.removeItem(atPath: folder + "/object.o") }
    try isMadeAgain { try Data("{".utf8).write(to: URL(filePath: folder + "/step.json")) }
    try isMadeAgain { try FileManager.default.removeItem(atPath: folder + "/step.json") }
    try isMadeAgain { #expect(truncate(folder + "/step.json", 100) == 0) }
    try isMadeAgain {
      try FileManager.default.moveItem(atPath: folder + "/object.o", toPath: place.path("elsewhere"))
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/object.o", withDestinationPath: place.path("elsewhere"))
    }
    try isMadeAgain {
      try FileManager.default.removeItem(atPath: folder + "/object.o")
      #expect(mkfifo(folder + "/object.o", 0o600) == 0)
    }
    try isMadeAgain {
      try FileManager.default.removeItem(atPath: folder)
      try Data().write(to: URL(filePath: folder))
    }
  }

  @Test("what an earlier program kept of a compiler that made nothing is none")
  func unverified() throws {
    let place = try Folder()
    try Self.keep(Self.order("a"), "", in: try ArtifactCache(below: place.url, flaw: { _, _ in nil }))
    #expect(!Self.has("a", try ArtifactCache(below: place.url)))
  }

  @Test("a list of what was read that can't be written keeps its product out, and is written the next time")
  func list() throws {
    let place = try Folder()
    let cache = try ArtifactCache(below: place.url, flaw: { _, _ in nil })
    let list = place.path("artifacts/read-\(ContentKey(of: Readings().text).hex)")
    try FileManager.default.createDirectory(atPath: list + "/in the way", withIntermediateDirectories: true)
    #expect(throws: (any Error).self) { try Self.keep(Self.order("a"), "text", in: cache) }
    #expect(!Self.has("a", cache))
    try FileManager.default.removeItem(atPath: list)
    try Self.keep(Self.order("a"), "text", in: cache)
    #expect(Self.has("a", try ArtifactCache(below: place.url, flaw: { _, _ in nil })))
  }

  @Test("several caches in one folder make, take and remove at a time: what is handed out is whole")
  func together() async throws {
    let place = try Folder()
    let names = (0..<40).map { "product \($0)" }
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<3 {
        group.addTask {
          do {
            let cache = try ArtifactCache(below: place.url, flaw: { _, _ in nil })
            for name in names.shuffled() {
              let product =
                try cache.product(for: Self.order(name), FileKeys()) ?? Self.keep(Self.order(name), name, in: cache)
              #expect(try Data(contentsOf: URL(filePath: product.path)) == Data(name.utf8))
            }
            for name in names { #expect(Self.has(name, cache)) }
            cache.close(limit: 0)
          } catch {
            Issue.record(error)
          }
        }
      }
      group.addTask {
        guard let cache = try? ArtifactCache(below: place.url, flaw: { _, _ in nil }) else { return }
        for _ in 0..<20 { cache.trim(to: 0) }
      }
    }
  }

  @Test("a place that can't be written is one message with the way out")
  func unwritable() throws {
    let place = try Folder()
    try place.write("file", "")
    let problem = #expect(throws: Problem.self) {
      try ArtifactCache(below: place.url.appending(path: "file"))
    }
    #expect(problem?.kind == .environment)
    #expect(problem?.place == place.path("file"))
    #expect(problem?.description.contains("--cache") == true)
  }

  @Test("who holds the gate alone is alone")
  func gate() throws {
    let place = try Folder()
    let gate = FileGate(path: place.path("gate"))
    let log = Log()
    let done = DispatchSemaphore(value: 0)
    try gate.shared {
      try gate.shared { log.add("two share") }
      Thread.detachNewThread {
        try? gate.alone { log.add("alone") }
        done.signal()
      }
      Thread.sleep(forTimeInterval: 0.1)
      log.add("shared ends")
    }
    done.wait()
    #expect(log.lines == ["two share", "shared ends", "alone"])
  }

  private final class Log: @unchecked Sendable {
    private let lock = NSLock()
    private var all: [String] = []
    var lines: [String] { lock.withLock { all } }
    func add(_ line: String) { lock.withLock { all.append(line) } }
  }

  @Test("compilers get their turns in the order of the plan")
  func turns() async {
    let slots = CompilerSlots(1)
    await slots.take(at: 0)
    let log = Log()
    await withTaskGroup(of: Void.self) { group in
      for position in [3, 1, 2] {
        group.addTask {
          await slots.take(at: position)
          log.add("\(position)")
          await slots.giveBack()
        }
      }
      while await slots.waitingCount < 3 { await Task.yield() }
      await slots.giveBack()
    }
    #expect(log.lines == ["1", "2", "3"])
  }
}
