import Documents
import Foundation
import Model
import Platform
@preconcurrency import Rainbow
import Rendering
import Synchronization

/// What goes to the terminal.
enum Console {
  /// Colours only for a terminal, and never where NO_COLOR is set (https://no-color.org).
  static func setUpColours() {
    let noColour = ProcessInfo.processInfo.environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    Rainbow.enabled = Terminal.outputIsTerminal && !noColour
  }

  /// What is quoted of files and of the command line is shown, never obeyed.
  static func error(_ text: String) { warn("hpy-conform: \(Printable.text(text))\n") }

  static func note(_ text: String) { warn("\(Printable.text(text))\n") }

  /// What is wrong with the command line, in the parser's words.
  static func complain(_ text: String) { warn("\(Printable.text(text))\n") }

  /// Writes to standard error as it is; where that can't be, there is nobody to tell.
  private static func warn(_ text: String) { try? StandardStreams.write(text, to: STDERR_FILENO) }

  /// Why a part of what was printed did not arrive.
  private static let lost = Mutex<StandardStreams.Failure?>(nil)

  /// Writes to standard output as it is. What fails is kept for the end of the command, and nothing is printed after it.
  static func print(_ text: String, terminator: String = "\n") {
    lost.withLock { lost in
      if lost != nil { return }
      do throws(StandardStreams.Failure) {
        try StandardStreams.write(text + terminator, to: STDOUT_FILENO)
      } catch {
        lost = error
      }
    }
  }

  /// What is to be said when something that was printed did not arrive; nil where all did, or where its reader had enough.
  static func lossOfOutput() -> Problem? {
    guard case .failed(let reason)? = lost.withLock({ $0 }) else { return nil }
    return Problem(
      .environment, at: "standard output", reason,
      remedy: "write somewhere else; recorded results are kept, and `hpy-conform report` shows them again")
  }

  /// Columns of the terminal; 100 where there is none.
  static var width: Int { Terminal.columns ?? 100 }

  /// Prints a document for a person.
  ///
  /// - Parameters:
  ///   - showsAll: everything, however much that is.
  ///   - showsReasons: why cells were not tried, reason by reason.
  ///   - base: a folder that paths are shown relative to.
  static func show(
    _ document: some TerminalDocument, showsAll: Bool = false, showsReasons: Bool = false, base: String = "/"
  ) {
    let layout = TerminalLayout(width: width, showsAll: showsAll, showsReasons: showsReasons, base: base)
    Console.print(TerminalRenderer(layout).text(of: document), terminator: "")
  }

  /// Prints a document as JSON.
  ///
  /// - Throws: `EncodingError`, which would be a defect.
  static func showJSON(_ document: some Encodable, snakeCase: Bool = false) throws {
    Console.print(try JSONRenderer(encodesSnakeCase: snakeCase).text(of: document), terminator: "")
  }

  /// Writes a line on standard error over the one before; nothing where that is no terminal.
  static func progress(_ text: String) {
    guard Terminal.errorIsTerminal else { return }
    warn("\r\u{1B}[K\(Printable.line(text, .max).prefix(max(20, width - 1)))")
  }
}
