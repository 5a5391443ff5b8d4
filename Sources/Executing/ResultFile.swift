import Foundation
import Model

/// What a cell wrote of itself: a line each, opened by the cell's secret.
public struct ResultFile: Hashable, Sendable {
  /// How the scenario ended by its own account.
  public struct EndMark: Hashable, Sendable, Decodable {
    public var outcome: String
    public var type: String?
    public var message: String?
    /// How many observations were written before it; nil says nothing, and that is damage.
    public var observations: Int?
    /// What the harness leaves beside the observations, by name.
    public var attachments: [String: String]?
    public var spent: Spent?
  }

  /// CPU seconds of the scenario's first call, of the collections in it, and of its repeats.
  public struct Spent: Hashable, Sendable, Decodable {
    public var calling, collecting, repeating: Double
  }

  public var observations: [Observation]
  /// nil when the process did not get that far.
  public var end: EndMark?
  /// Lines that someone else wrote, and lines behind the end mark.
  public var forgedLines: Int
  /// Lines of the harness's that can't be read.
  public var unreadableLines: Int
  /// The first label that a process recorded which the scenario had forked: it counts for nothing.
  public var strayLabel: String?
  /// What the machine lacked while the scenario ran, by the harness's own account.
  public var lack: String?

  /// What is wrong with a file that has an end mark; nil where it is what the harness wrote.
  public var damage: String? {
    guard let end else { return nil }
    if let strayLabel {
      return "a process that the scenario forked recorded `\(strayLabel)`; record in the scenario's own process"
    }
    if unreadableLines > 0 { return "\(unreadableLines) lines in the result file can't be read" }
    guard let written = end.observations else { return "the end mark doesn't say how many observations there are" }
    return written == observations.count
      ? nil : "expected \(written) observations in the result file, got \(observations.count)"
  }

  private enum Line: Decodable {
    case observation(Observation)
    case end(EndMark)
    case lack(String)
    case stray(String)
    /// The mark of a cell before its interpreter ends, where nobody was left to complete the result.
    case exiting

    private enum Key: CodingKey { case end, exiting, machine, stray }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: Key.self)
      if fields.contains(.end) {
        self = .end(try fields.decode(EndMark.self, forKey: .end))
      } else if fields.contains(.exiting) {
        self = .exiting
      } else if fields.contains(.machine) {
        self = .lack(try fields.decode(String.self, forKey: .machine))
      } else if fields.contains(.stray) {
        self = .stray(try fields.decode(String.self, forKey: .stray))
      } else {
        self = .observation(try Observation(from: decoder))
      }
    }
  }

  /// Reads the file's content; whatever it holds, something is made of it.
  public init(_ content: some Collection<UInt8>, secret: String) {
    observations = []
    forgedLines = 0
    unreadableLines = 0
    let opening = Array("\(secret) ".utf8)
    var bodies: [Data] = []
    for line in Array(content).split(separator: UInt8(ascii: "\n")) {
      if line.starts(with: opening) {
        bodies.append(Data(line.dropFirst(opening.count)))
      } else {
        forgedLines += 1
      }
    }
    for line in Self.decoded(bodies[...]) {
      switch line {
      case _ where end != nil: forgedLines += 1
      case .observation(let one): observations.append(one)
      case .lack(let what): lack = lack ?? what
      case .stray(let label): strayLabel = strayLabel ?? label
      case .end(let mark): end = mark
      case .exiting: break
      case nil: unreadableLines += 1
      }
    }
  }

  /// The lines: many at once, which is faster, and by halves where one of them is not as it should be.
  private static func decoded(_ bodies: ArraySlice<Data>) -> [Line?] {
    if bodies.isEmpty { return [] }
    let all = Data("[".utf8) + bodies.joined(separator: Data(",".utf8)) + Data("]".utf8)
    if let lines = try? JSONDecoder().decode([Line].self, from: all), lines.count == bodies.count { return lines }
    if bodies.count == 1 { return [nil] }
    let middle = bodies.startIndex + bodies.count / 2
    return decoded(bodies[..<middle]) + decoded(bodies[middle...])
  }
}
