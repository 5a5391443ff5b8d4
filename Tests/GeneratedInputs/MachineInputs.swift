import Foundation
import Model
import Platform
import TestBuilders
import Testing

@testable import Building
@testable import Executing
@testable import Runtimes

/// The files and streams that this program and its workers write: damaged ones are noticed, and nothing else happens.
@Suite("Results, answers and caches: whatever their bytes are")
struct MachineInputs {
  private static let words = [
    "secret ", "{\"end\":{}}", "\"label\":", "\"expected\":null", "\"facet\":\"order\"", "\"outcome\":\"completed\"",
    " 0", "=9",
    "ended:0", "lost:11", "9223372036854775807", "-9223372036854775808",
  ]

  @Test("result files of cells: observations, an end or none, and the rest counted")
  func results() {
    let sample = """
      secret {"label": "x", "facet": "value", "value": "1", "expected": ["1"], "source": "d", "holds": true}
      secret {"label": "call", "facet": "value", "value": "raised E", "exception": "E", "message": "m"}
      secret {"end": {"outcome": "completed", "observations": 2, "attachments": {"traceback": "t"}}}

      """
    generated(0..<3000) { random, seed in
      let bytes = Mutation.of(Array(sample.utf8), words: Self.words, using: &random)
      let file = ResultFile(bytes, secret: "secret")
      let lines = bytes.split(separator: UInt8(ascii: "\n")).count
      let read = file.observations.count + (file.end == nil ? 0 : 1)
      #expect(read + file.forgedLines + file.unreadableLines == lines, "seed \(seed)")
      let isWhole = file.end?.observations == file.observations.count && file.unreadableLines == 0
      #expect(file.end == nil || (file.damage == nil) == isWhole, "seed \(seed)")
    }
  }

  @Test("answers of a worker: one, none yet, or none at all, and what is taken is never more than there is")
  func answers() {
    let head = #""seconds": 0.25, "timed_out": false, "exceeded": null, "machine": null, "strays": 1, "parts": "#
    let sample = Array(
      (#"{"number": 3, "status": 0, \#(head)[["result", 5], ["output", 3], ["traceback", 2]]}"# + "\nabcdeoutxy"
        + #"{"number": 4, "lost": 11, "how": "ended", \#(head)[]}"# + "\n").utf8)
    generated(0..<3000) { random, seed in
      let bytes = Mutation.of(sample, words: Self.words, using: &random)
      var rest = bytes[...]
      for _ in 0...bytes.count {
        let before = rest.count
        guard let answer = try? WorkerAnswer.next(in: &rest) else { break }
        #expect(rest.count < before, "seed \(seed)")
        #expect(answer.result.count + answer.attachments.values.reduce(0) { $0 + $1.count } < before, "seed \(seed)")
      }
    }
  }

  @Test("a cached product with a damaged record, list or content is none, or the very product")
  func products() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cache-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let cache = try ArtifactCache(below: folder, flaw: { _, _ in nil })
    let order = Order(key: ContentKey(of: "a"), kind: .compile, product: "object.o", arguments: [])
    let bench = try cache.bench()
    try Data("product".utf8).write(to: bench.appending(path: order.product))
    let readings = Readings(files: ["/nowhere/a.h": ContentKey(of: "gone")])
    let kept = try cache.keep(order, .sample(), on: bench, readings: Readings(), inputs: [], FileKeys())
    let place = URL(filePath: kept.path).deletingLastPathComponent()
    let names = try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
    try #require(names.count == 2)
    generated(0..<600) { random, seed in
      let file = place.appending(path: random.pick(names))
      let sound = [UInt8](try Data(contentsOf: file))
      let bytes = Mutation.of(sound, words: Self.words + ["\"readings\":\"../../..\""], using: &random)
      try Data(bytes).write(to: file)
      if let product = cache.product(for: order, FileKeys()) {
        #expect(product.content == kept.content, "seed \(seed)")
        #expect(try Data(contentsOf: URL(filePath: product.path)) == Data("product".utf8), "seed \(seed)")
      }
      try Data(sound).write(to: file)
    }
    #expect(cache.product(for: order, FileKeys()) != nil)
    generated(0..<2000) { random, seed in
      let text = String(decoding: Mutation.of(Array(readings.text.utf8), using: &random), as: UTF8.self)
      let read = Readings(text: text)
      #expect(read == readings || !read.hold(in: "/nowhere", FileKeys()) || read.files.isEmpty, "seed \(seed)")
      _ = Readings.prerequisites(of: text)
    }
  }

  @Test("remembered contents that are damaged are read anew")
  func contents() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "contents-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (library, memory) = (folder.appending(path: "libpython.so"), folder.appending(path: "known.json"))
    try Data("library".utf8).write(to: library)
    // Long enough ago to be remembered.
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1000)], ofItemAtPath: library.path)
    var known = KnownContents(memory)
    let key = known.key(files: [library.path], folders: [])
    let sample = Array(
      """
      {"\(library.path)": {"stamps": "\(ContentKey(of: "other"))", "content": "\(ContentKey(of: "wrong"))"}}
      """.utf8)
    generated(0..<500) { random, seed in
      try Data(Mutation.of(sample, words: Self.words, using: &random)).write(to: memory)
      var again = KnownContents(memory)
      #expect(again.key(files: [library.path], folders: []) == key, "seed \(seed)")
    }
  }
}
