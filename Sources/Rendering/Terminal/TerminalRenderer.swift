/// Documents for people at a terminal. Colours are Rainbow's, which is told elsewhere whether there are any.
public struct TerminalRenderer<Document: TerminalDocument>: Renderer {
  private let layout: TerminalLayout

  public init(_ layout: TerminalLayout = TerminalLayout()) { self.layout = layout }

  public func text(of document: Document) -> String {
    document.blocks(layout).filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }
}

/// A document that has a form for terminals.
public protocol TerminalDocument {
  /// Its lines in blocks, which blank lines part.
  func blocks(_ layout: TerminalLayout) -> [[String]]
}

/// How much a terminal takes, and how much of a document is shown.
public struct TerminalLayout: Sendable {
  /// Columns.
  public var width: Int
  /// Everything, however much that is.
  public var showsAll: Bool
  /// Why cells were not tried, reason by reason.
  public var showsReasons: Bool
  /// A folder that paths are shown relative to.
  public var base: String

  public init(width: Int = 100, showsAll: Bool = false, showsReasons: Bool = false, base: String = "/") {
    self.width = max(width, 60)
    self.showsAll = showsAll
    self.showsReasons = showsReasons
    self.base = base
  }
}
