import ArgumentParser
import Documents
import Foundation
import Model
import Platform
import Rendering

/// The forms of a report.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
  case human, html, json, junit, markdown

  /// Name of its file in a folder of reports; nil for what goes to a terminal.
  var fileName: String? {
    switch self {
    case .human: nil
    case .html: "index.html"
    case .json: "report.json"
    case .junit: "junit.xml"
    case .markdown: "summary.md"
    }
  }

  func text(of document: ReportDocument) throws -> String {
    switch self {
    case .human: TerminalRenderer(TerminalLayout(width: Console.width)).text(of: document)
    case .html: try PageRenderer().text(of: document)
    case .junit: try JUnitRenderer().text(of: document)
    case .markdown: MarkdownRenderer().text(of: document)
    case .json: try JSONRenderer().text(of: document)
    }
  }
}

/// Files that are there as a whole, or as they were.
enum ReportFiles {
  /// Writes every form of a report to a folder.
  ///
  /// - Throws: `Problem` where that can't be written.
  static func write(_ document: ReportDocument, to folder: URL) throws {
    for format in ReportFormat.allCases {
      guard let name = format.fileName else { continue }
      try write(try format.text(of: document), to: folder.appending(path: name))
    }
  }

  /// - Throws: `Problem` where the file can't be written; what was there before stays.
  static func write(_ text: String, to file: URL) throws {
    do {
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileWriting.replace(file.path, with: Array(text.utf8))
    } catch {
      throw Problem(
        .environment, at: file.path, "can't be written: \(Problem.words(of: error))",
        remedy: "free some space or name another folder; `hpy-conform report` writes it again from the database")
    }
  }
}
