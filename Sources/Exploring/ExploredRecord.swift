import Foundation

/// What a recorded exploration says beside the kinds that it found: the JSON of a run's options.
public struct ExploredRecord: Codable, Sendable, Hashable {
  public var seed: UInt64
  /// Hierarchies tried on each runtime, by its name.
  public var hierarchies: [String: Int]
  /// Runtimes on which something could not be tried, with the reason.
  public var failures: [String: String]

  public init(_ result: ExploredResult) {
    seed = result.seed
    hierarchies = result.tried
    failures = result.failures
  }

  /// - Parameter text: nil, or what is no such record, where a run was recorded by a version that wrote none.
  public init?(json text: String?) {
    guard let text, let record = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else { return nil }
    self = record
  }

  public var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
