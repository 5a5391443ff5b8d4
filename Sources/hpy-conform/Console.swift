import Documents
import Foundation
import Model
import Platform
@preconcurrency import Rainbow
import Rendering
import Session

/// What goes to the terminal.
enum Console {
  /// Colours only for a terminal, and never where NO_COLOR is set (https://no-color.org).
  static func setUpColours() {
    let noColour = ProcessInfo.processInfo.environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    Rainbow.enabled = Terminal.outputIsTerminal && !noColour
  }

  /// What is quoted of files and of the command line is shown, never obeyed.
  static func error(_ text: String) {
    FileHandle.standardError.write(Data("hpy-conform: \(Printable.text(text))\n".utf8))
  }

  static func note(_ text: String) {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
  }

  /// Columns of the terminal; 100 where there is none.
  static var width: Int { Terminal.columns ?? 100 }

  /// Prints a document for a person.
  ///
  /// - Parameters:
  ///   - showsAll: everything, however much that is.
  ///   - base: a folder that paths are shown relative to.
  static func show(_ document: some TerminalDocument, showsAll: Bool = false, base: String = "/") {
    let layout = TerminalLayout(width: width, showsAll: showsAll, base: base)
    print(TerminalRenderer(layout).text(of: document), terminator: "")
  }

  /// Prints a document as JSON.
  ///
  /// - Throws: `EncodingError`, which would be a defect.
  static func showJSON(_ document: some Encodable, snakeCase: Bool = false) throws {
    print(try JSONRenderer(encodesSnakeCase: snakeCase).text(of: document), terminator: "")
  }

  /// Writes a line on standard error over the one before; nothing where that is no terminal.
  static func progress(_ text: String) {
    guard Terminal.errorIsTerminal else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text.prefix(max(20, width - 1)))".utf8))
  }
}

/// One line on standard error that tells how far a run is; silent where that is no terminal.
actor ProgressLine: RunObserver {
  private var planned = 0
  private var tried = 0
  private var judged = 0
  private var attention = 0
  private var current = ""
  private var last = ContinuousClock.now

  func observe(_ event: RunEvent) {
    switch event {
    case .started(let header):
      planned = header.planned
      judged = header.resumption?.kept ?? 0
    case .tried(let cell, _):
      tried += 1
      current = cell.description
    case .judged(let result, _):
      judged += 1
      if result.judgement.verdict.needsAttention { attention += 1 }
    case .finished:
      Console.progress("")
      return
    }
    if ContinuousClock.now - last > .milliseconds(80) {
      last = .now
      Console.progress("\(judged)/\(planned) judged, \(tried) tried, \(attention) to look at  \(current)")
    }
  }
}
