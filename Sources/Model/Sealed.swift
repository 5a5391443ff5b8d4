import Foundation

/// Records that are kept in files with their own key before them: one that was cut off or altered is none.
public enum Sealed {
  /// What is written.
  public static func text(_ content: Data) -> Data {
    Data("\(ContentKey(of: content))\n".utf8) + content
  }

  /// What was written; nil where the file isn't whole or is another.
  public static func content(of text: Data) -> Data? {
    guard let end = text.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    let content = Data(text[text.index(after: end)...])
    return Data("\(ContentKey(of: content))".utf8) == text[..<end] ? content : nil
  }
}
