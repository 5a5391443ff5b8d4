import Foundation

/// A scenario file's text, as it lies on disk or as a run stored it: at which lines its scenarios record their labels.
///
/// The text is looked at, never run, and whatever it is, an answer is found or there is none: the line is for people.
public struct ScenarioText: Sendable {
  /// A line of the file.
  public struct Line: Hashable, Sendable {
    /// Counted from 1.
    public var number: Int
    /// Without the spaces around it.
    public var text: String
  }

  private let lines: [[Unicode.Scalar]]

  public init(_ text: String) {
    lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
  }

  /// The line of a number; nil where the file has no such line.
  public func line(_ number: Int) -> Line? {
    guard lines.indices.contains(number - 1) else { return nil }
    let text = String(String.UnicodeScalarView(lines[number - 1]))
    return Line(number: number, text: text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  /// The line at which a scenario's function begins.
  public func function(_ scenario: String) -> Line? { body(of: scenario).flatMap { line($0.lowerBound + 1) } }

  /// The line at which a scenario records a label: the call of `record` or `expect` with that label. Of labels that are
  /// put together, the call that says most of it; else the call of a function that is handed the beginning of it; else a
  /// call of which nothing is known, or the line that has a part of the label; else the scenario's first line.
  public func line(of label: String, in scenario: String) -> Line? {
    guard let body = body(of: scenario) else { return nil }
    let found = LabelCalls(Array(lines[body].joined(separator: ["\n"])), first: body.lowerBound + 1)
    let calls = found.calls.filter { $0.label.matches(label) }
    let best = calls.max { ($0.label.known, -$0.line) < ($1.label.known, -$1.line) }
    if let best, best.label.known > 0 { return line(best.line) }
    func longest(_ texts: [LabelCalls.Text], _ isMeant: (String) -> Bool) -> Int? {
      texts.filter { $0.text.count > 2 && isMeant($0.text) }
        .max { ($0.text.count, -$0.line) < ($1.text.count, -$1.line) }?.line
    }
    let number =
      longest(found.handedOn) { label.hasPrefix($0) } ?? best?.line ?? longest(found.texts) { label.contains($0) }
    return line(number ?? body.lowerBound + 1)
  }

  /// Indices of the lines of a scenario's function, from `def` to the next statement of the file.
  private func body(of scenario: String) -> Range<Int>? {
    let opening = Array("def \(scenario)(".unicodeScalars)
    guard let first = lines.firstIndex(where: { $0.starts(with: opening) }) else { return nil }
    let rest = lines[(first + 1)...]
    return first..<(rest.firstIndex { $0.first.map(Self.beginsStatement) ?? false } ?? lines.count)
  }

  /// Whether a line that begins so is no part of the function above: brackets and comments may be.
  private static func beginsStatement(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "@" || scalar == "_" || scalar.properties.isAlphabetic
  }
}

/// The calls in a piece of Python that record something, with what can be told of their labels, and all its literals.
private struct LabelCalls {
  struct Call {
    var line: Int
    var label: LabelPattern
  }

  struct Text {
    var line: Int
    var text: String
  }

  private(set) var calls: [Call] = []
  /// What other functions get as their first argument: they may record it.
  private(set) var handedOn: [Text] = []
  private(set) var texts: [Text] = []

  private static let keywords: Set = [
    "and", "assert", "elif", "else", "for", "if", "in", "is", "lambda", "not", "or", "return", "while", "yield",
  ]

  private let text: [Unicode.Scalar]
  private var place = 0
  private var line: Int

  /// - Parameter first: number of the first line.
  init(_ text: [Unicode.Scalar], first: Int) {
    self.text = text
    line = first
    while let scalar = next {
      if let literal = takeLiteral() {
        texts.append(Text(line: literal.line, text: literal.pattern.text))
      } else if scalar == "#" {
        skipComment()
      } else if Self.isWord(scalar) {
        let (start, isMember) = (line, place > 0 && text[place - 1] == ".")
        let name = takeWord()
        if !isMember, ["expect", "expect_released", "record"].contains(name), opens() {
          var label = takeLabel()
          // It records two facts, whose labels begin so.
          if name == "expect_released" { label.append(nil) }
          calls.append(Call(line: start, label: label))
        } else if !isMember, !Self.keywords.contains(name), opens() {
          skipSpace()
          guard let literal = takeLiteral() else { continue }
          handedOn.append(Text(line: start, text: literal.pattern.text))
          texts.append(Text(line: literal.line, text: literal.pattern.text))
        }
      } else {
        step()
      }
    }
  }

  // MARK: Reading on

  private var next: Unicode.Scalar? { place < text.count ? text[place] : nil }

  private mutating func step() {
    if next == "\n" { line += 1 }
    place += 1
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }

  private mutating func takeWord() -> String {
    let start = place
    while let scalar = next, Self.isWord(scalar) { step() }
    return String(String.UnicodeScalarView(text[start..<place]))
  }

  private mutating func skipComment() { while let scalar = next, scalar != "\n" { step() } }

  private mutating func skipSpace() {
    while let scalar = next, scalar.properties.isWhitespace || scalar == "\\" || scalar == "#" {
      scalar == "#" ? skipComment() : step()
    }
  }

  /// Takes an opening bracket; false where there is none.
  private mutating func opens() -> Bool {
    skipSpace()
    guard next == "(" else { return false }
    step()
    return true
  }

  /// Takes a literal, where one begins here.
  private mutating func takeLiteral() -> (line: Int, pattern: LabelPattern)? {
    var end = place
    while end < text.count, end - place < 3, "rRbBfFuU".unicodeScalars.contains(text[end]) { end += 1 }
    guard end < text.count, text[end] == "\"" || text[end] == "'", place == 0 || !Self.isWord(text[place - 1]) else {
      return nil
    }
    let prefix = text[place..<end].map { $0.properties.lowercaseMapping }
    let (start, quote) = (line, text[end])
    place = end
    let isLong = text[place...].starts(with: [quote, quote, quote])
    for _ in 0..<(isLong ? 3 : 1) { step() }
    var content: [Unicode.Scalar] = []
    while let scalar = next {
      if scalar == quote, !isLong || text[place...].starts(with: [quote, quote, quote]) {
        for _ in 0..<(isLong ? 3 : 1) { step() }
        break
      }
      if scalar == "\n", !isLong { break }
      if scalar == "\\", !prefix.contains("r") {
        step()
        if let escaped = next { content.append(escaped == "n" ? "\n" : escaped == "t" ? "\t" : escaped) }
      } else {
        content.append(scalar)
      }
      step()
    }
    let text = String(String.UnicodeScalarView(content))
    return (start, prefix.contains("f") ? LabelPattern(format: text) : LabelPattern(text))
  }

  /// What can be told of a call's first argument.
  private mutating func takeLabel() -> LabelPattern {
    var label = LabelPattern()
    while true {
      skipSpace()
      guard let scalar = next, scalar != ",", scalar != ")" else { return label }
      if scalar == "+" {
        step()
      } else if var literal = takeLiteral() {
        texts.append(Text(line: literal.line, text: literal.pattern.text))
        skipSpace()
        switch next {
        case "%":
          literal.pattern = LabelPattern(percent: literal.pattern.text)
          skipOperand()
        case ".":
          literal.pattern = LabelPattern(format: literal.pattern.text)
          skipOperand()
        default: break
        }
        label.append(literal.pattern)
      } else if Self.isWord(scalar), ["if", "else", "or", "and"].contains(word(at: place)) {
        // Which of several texts it is, only running tells.
        while let scalar = next, scalar != ",", scalar != ")" { skipOperand() }
        return LabelPattern([nil])
      } else {
        skipOperand()
        label.append(nil)
      }
    }
  }

  private func word(at start: Int) -> String {
    String(String.UnicodeScalarView(text[start...].prefix(while: Self.isWord)))
  }

  /// Goes to the next `+`, `,` or `)` outside brackets and literals, or a word that chooses.
  private mutating func skipOperand() {
    var depth = 0
    var isFirst = true
    while let scalar = next {
      if depth == 0, scalar == "+" || scalar == "," || scalar == ")" { return }
      if depth == 0, !isFirst, Self.isWord(scalar), ["if", "else"].contains(word(at: place)) { return }
      isFirst = false
      if takeLiteral() != nil { continue }
      if Self.isWord(scalar) {
        _ = takeWord()
        continue
      }
      if "([{".unicodeScalars.contains(scalar) { depth += 1 }
      if ")]}".unicodeScalars.contains(scalar) { depth -= 1 }
      step()
    }
  }
}

/// What can be told of a text that is put together: pieces that are known, and nil for any text.
private struct LabelPattern {
  private var pieces: [String?] = []

  init(_ pieces: [String?] = []) { self.pieces = pieces }

  init(_ text: String) { pieces = [text] }

  /// `{…}` stands for any text, `{{` for a brace.
  init(format text: String) {
    let parts = text.replacing("{{", with: "\u{1}").replacing("}}", with: "\u{2}").split(
      separator: #/\{[^{}]*\}/#, omittingEmptySubsequences: false)
    self.init(betweenAny: parts.map { String($0).replacing("\u{1}", with: "{").replacing("\u{2}", with: "}") })
  }

  /// `%s` and its like stand for any text.
  init(percent text: String) {
    let parts = text.split(separator: #/%[-#0 +]*\d*(\.\d+)?[a-zA-Z]/#, omittingEmptySubsequences: false)
    self.init(betweenAny: parts.map { String($0) })
  }

  private init(betweenAny parts: [String]) {
    pieces = Array(parts.map { [$0] }.joined(separator: [nil]))
  }

  /// What is known of it, without what is not.
  var text: String { pieces.compactMap { $0 }.joined() }

  /// How much of it is known; a text of which all is known comes first.
  var known: Int { text.count + (pieces.contains(nil) ? 0 : 1) }

  mutating func append(_ other: LabelPattern) { pieces += other.pieces }

  mutating func append(_ piece: String?) { pieces.append(piece) }

  func matches(_ label: String) -> Bool {
    if pieces.isEmpty { return false }
    var rest = label[...]
    var isAnchored = true
    for (index, piece) in pieces.enumerated() {
      guard let piece else {
        isAnchored = false
        continue
      }
      if isAnchored {
        guard rest.hasPrefix(piece) else { return false }
        rest = rest.dropFirst(piece.count)
      } else if index == pieces.count - 1 {
        guard rest.hasSuffix(piece) else { return false }
        rest = ""
      } else if !piece.isEmpty {
        guard let found = rest.range(of: piece) else { return false }
        rest = rest[found.upperBound...]
        isAnchored = true
      }
      if !piece.isEmpty { isAnchored = true }
    }
    return rest.isEmpty || pieces.last! == nil
  }
}
