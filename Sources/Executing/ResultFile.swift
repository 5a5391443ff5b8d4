import Foundation
import Model

/// What a cell wrote of itself: a line each, opened by the cell's secret.
public struct ResultFile: Hashable, Sendable {
  /// How the scenario ended by its own account.
  public struct EndMark: Hashable, Sendable, Decodable {
    public var outcome: String
    public var type: String?
    public var message: String?
    /// What the harness leaves beside the observations, by name.
    public var attachments: [String: String]?
  }

  public var observations: [Observation]
  /// nil when the process did not get that far.
  public var end: EndMark?
  /// Lines that someone else wrote, and lines behind the end mark.
  public var forgedLines: Int

  private enum Line: Decodable {
    case observation(Observation)
    case end(EndMark)

    private enum Key: CodingKey { case end }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: Key.self)
      self =
        fields.contains(.end)
        ? .end(try fields.decode(EndMark.self, forKey: .end)) : .observation(try Observation(from: decoder))
    }
  }

  /// Reads the file's content; whatever it holds, something is made of it.
  public init(_ content: some Collection<UInt8>, secret: String) {
    observations = []
    forgedLines = 0
    let opening = Array("\(secret) ".utf8)
    var bodies: [Data] = []
    for line in Array(content).split(separator: UInt8(ascii: "\n")) {
      if line.starts(with: opening) {
        bodies.append(Data(line.dropFirst(opening.count)))
      } else {
        forgedLines += 1
      }
    }
    for line in Self.decoded(bodies) {
      switch line {
      case _ where end != nil: forgedLines += 1
      case .observation(let one): observations.append(one)
      case .end(let mark): end = mark
      case nil: forgedLines += 1
      }
    }
  }

  /// The lines; all at once, which is faster, or one by one where one of them is not as it should be.
  private static func decoded(_ bodies: [Data]) -> [Line?] {
    let decoder = JSONDecoder()
    let all = Data("[".utf8) + bodies.joined(separator: Data(",".utf8)) + Data("]".utf8)
    if let lines = try? decoder.decode([Line].self, from: all), lines.count == bodies.count { return lines }
    return bodies.map { try? decoder.decode(Line.self, from: $0) }
  }
}
