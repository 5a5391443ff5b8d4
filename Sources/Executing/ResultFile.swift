import Foundation
import Model

/// What a cell wrote of itself: a line each, opened by the cell's secret.
public struct ResultFile: Hashable, Sendable {
  /// How the scenario ended by its own account.
  public struct EndMark: Hashable, Sendable, Decodable {
    public var outcome: String
    public var type: String?
    public var message: String?
    public var traceback: String?
  }

  public var observations: [Observation]
  /// nil when the process did not get that far.
  public var end: EndMark?
  /// Lines that someone else wrote, and lines behind the end mark.
  public var forgedLines: Int

  /// Reads the file's content; whatever it holds, something is made of it.
  public init(_ data: Data, secret: String) {
    observations = []
    forgedLines = 0
    let opening = Data("\(secret) ".utf8)
    let decoder = JSONDecoder()
    for line in data.split(separator: UInt8(ascii: "\n")) {
      guard end == nil, line.starts(with: opening) else {
        forgedLines += 1
        continue
      }
      let body = Data(line.dropFirst(opening.count))
      if let mark = try? decoder.decode([String: EndMark].self, from: body)["end"] {
        end = mark
      } else if let observation = try? decoder.decode(Observation.self, from: body) {
        observations.append(observation)
      } else {
        forgedLines += 1
      }
    }
  }
}
