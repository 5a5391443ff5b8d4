import Crypto
import Foundation
import Mustache

/// A report as one page that needs no network and can be read without JavaScript.
///
/// Everything in it is HTML when it is made. The script only filters, opens what a link leads to, puts sources beside
/// each other and copies commands; the page's policy lets no other script run.
public struct ReportPage: Sendable {
  /// The page.
  public let html: String

  /// Makes the page.
  ///
  /// - Throws: where a template can't be read, which is a defect of this program.
  public init(_ document: ReportDocument) throws {
    MustacheContentTypes.register(PageText(), named: PageText.name)
    var library = MustacheLibrary()
    for (name, bytes) in Self.templates {
      let text = "{{% CONTENT_TYPE: \(PageText.name)}}\n" + String(decoding: bytes, as: UTF8.self)
      try library.register(text, named: name)
    }
    let style = String(decoding: PackageResources.page_css, as: UTF8.self)
    let script = String(decoding: PackageResources.page_js, as: UTF8.self)
    var fields = PageFields(document).all
    fields["style"] = style
    fields["script"] = script
    fields["policy"] =
      "default-src 'none'; style-src \(Self.hash(style)); script-src \(Self.hash(script)); "
      + "base-uri 'none'; form-action 'none'"
    html = library.render(fields, withTemplate: "page") ?? ""
  }

  private static let templates: [(String, [UInt8])] = [
    ("page", PackageResources.page_mustache), ("filters", PackageResources.filters_mustache),
    ("entry", PackageResources.entry_mustache), ("brief", PackageResources.brief_mustache),
    ("answers", PackageResources.answers_mustache), ("closer", PackageResources.closer_mustache),
    ("matrix", PackageResources.matrix_mustache),
    ("history", PackageResources.history_mustache), ("cells", PackageResources.cells_mustache),
    ("findings", PackageResources.findings_mustache), ("sources", PackageResources.sources_mustache),
    ("about", PackageResources.about_mustache),
  ]

  /// What allows one inline text and no other (CSP Level 3, 'Hash usage for inline style and script').
  private static func hash(_ text: String) -> String {
    "'sha256-\(Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString())'"
  }
}
