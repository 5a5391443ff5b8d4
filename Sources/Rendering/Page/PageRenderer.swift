import Documents
import Foundation
import Model

/// A report as one page that needs no network and can be read without JavaScript.
///
/// Everything in it is HTML when it is made. The script only filters, opens what a link leads to, puts sources beside
/// each other and copies commands; the page's policy lets no other script run.
public struct PageRenderer: Renderer {
  public init() {}

  public func text(of document: ReportDocument) throws -> String {
    let style = String(decoding: PackageResources.page_css, as: UTF8.self)
    let script = String(decoding: PackageResources.page_js, as: UTF8.self)
    let policy =
      "default-src 'none'; style-src \(Self.hash(style)); script-src \(Self.hash(script)); "
      + "base-uri 'none'; form-action 'none'"
    return try Templates.render("page", PageView(document, style: style, script: script, policy: policy))
  }

  /// What allows one inline text and no other (CSP Level 3, 'Hash usage for inline style and script').
  private static func hash(_ text: String) -> String {
    "'sha256-\(Data(ContentKey.digest(of: text)).base64EncodedString())'"
  }
}
