import Foundation
import Model

/// Products of build steps, each in a folder named by its step's key. Safe for several runs at once: a product
/// appears whole or not at all.
public struct ArtifactCache: Sendable {
  private let directory: URL

  /// - Throws: what the file system says.
  public init(below cache: URL) throws {
    directory = cache.appending(path: "artifacts")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  private struct Record: Codable {
    var step: BuildStep
    /// Of the product's content, so that a damaged product is noticed.
    var product: ContentKey
  }

  struct Product: Sendable {
    var step: BuildStep
    var path: String
    /// Of the product's bytes.
    var content: ContentKey
  }

  private func folder(_ key: ContentKey) -> URL { directory.appending(path: key.hex) }

  /// The product of a step and how it was made; nil when there is none, or it is damaged.
  func product(of key: ContentKey, name: String) -> Product? {
    let file = folder(key).appending(path: name)
    guard let text = try? Data(contentsOf: folder(key).appending(path: "step.json")),
      var record = try? JSONDecoder().decode(Record.self, from: text),
      let content = try? Data(contentsOf: file), ContentKey(of: content) == record.product
    else { return nil }
    record.step.isReused = true
    return Product(step: record.step, path: file.path, content: record.product)
  }

  /// A folder to make a product in; hand it to `keep`, or remove it.
  func workshop() throws -> URL {
    let place = directory.appending(path: "making-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    return place
  }

  /// Takes a finished product over.
  ///
  /// - Returns: the product at its place in the cache.
  func keep(_ step: BuildStep, in workshop: URL, name: String) throws -> Product {
    let record = Record(
      step: step, product: ContentKey(of: try Data(contentsOf: workshop.appending(path: name))))
    try JSONEncoder().encode(record).write(to: workshop.appending(path: "step.json"))
    let place = folder(step.key)
    do {
      try FileManager.default.moveItem(at: workshop, to: place)
    } catch {
      // Another run made it at the same time, or a damaged one is in the way.
      if self.product(of: step.key, name: name) == nil {
        try FileManager.default.removeItem(at: place)
        try FileManager.default.moveItem(at: workshop, to: place)
      } else {
        try FileManager.default.removeItem(at: workshop)
      }
    }
    return Product(step: step, path: place.appending(path: name).path, content: record.product)
  }
}
