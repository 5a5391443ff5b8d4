/// The page; a stand-in.
public struct ReportPage: Sendable {
  private let document: ReportDocument
  public init(_ document: ReportDocument) throws { self.document = document }
  public var html: String { "" }
}
