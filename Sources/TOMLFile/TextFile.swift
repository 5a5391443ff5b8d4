import Model
import Platform

/// Files that people write.
public enum TextFile {
  /// The text of a file; nil where there is none of this name.
  ///
  /// - Throws: `Problem` where there is something that can't be read as a text, with the line of what is no UTF-8.
  public static func read(_ path: String) throws -> String? {
    let bytes: [UInt8]
    do {
      bytes = try PlainFile.read(path)
    } catch PlainFile.Failure.absent {
      return nil
    } catch {
      throw problem(error, at: path)
    }
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    let (line, byte) = firstStranger(in: bytes)
    throw Problem(
      at: "\(path):\(line)",
      "expected a text in UTF-8, got the byte 0x\(String(bytes[byte], radix: 16, uppercase: true)), byte \(byte + 1) of "
        + "the file",
      remedy: "save it as UTF-8")
  }

  /// What is wrong with a file of this name, without reading it; nil where there is none, or it can be read.
  public static func problem(with path: String) -> Problem? {
    guard let failure = PlainFile.failure(of: path), failure != .absent else { return nil }
    return problem(failure, at: path)
  }

  private static func problem(_ failure: PlainFile.Failure, at path: String) -> Problem {
    switch failure {
    case .absent: Problem(at: path, "does not exist", remedy: "create it")
    case .dangling(let target):
      Problem(
        at: path, "is a link to \(target), which does not exist", remedy: "fix or remove the link")
    case .notAFile(let kind): Problem(at: path, "is \(kind), expected a file", remedy: "put a file in its place")
    case .tooLarge(let size):
      Problem(
        at: path, "has \(size) bytes, expected \(PlainFile.sizeLimit) at most",
        remedy: "put a smaller file in its place")
    case .unreadable(let reason):
      Problem(.environment, at: path, "can't be read: \(reason)", remedy: "make it readable")
    }
  }

  /// Where a text stops being UTF-8: the line, from 1, and the index of the byte.
  private static func firstStranger(in bytes: [UInt8]) -> (line: Int, byte: Int) {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var (line, position) = (1, 0)
    while case .valid(let scalar) = parser.parseScalar(from: &iterator) {
      position += scalar.count
      if scalar.first == UInt8(ascii: "\n") { line += 1 }
    }
    return (line, min(position, bytes.count - 1))
  }
}
