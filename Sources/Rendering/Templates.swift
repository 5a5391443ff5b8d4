import Documents
import Mustache

/// The templates of pages and XML: markup in what they are given is shown and never interpreted.
enum Templates {
  /// - Throws: where a template can't be read, which is a defect of this program.
  static func render(_ name: String, _ view: Any) throws -> String {
    MustacheContentTypes.register(Markup(), named: "MARKUP")
    var library = MustacheLibrary()
    for (name, bytes) in all {
      try library.register("{{% CONTENT_TYPE: MARKUP}}\n" + String(decoding: bytes, as: UTF8.self), named: name)
    }
    return library.render(view, withTemplate: name) ?? ""
  }

  private static let all: [(String, [UInt8])] = [
    ("page", PackageResources.page_mustache), ("filters", PackageResources.filters_mustache),
    ("pattern", PackageResources.pattern_mustache), ("entry", PackageResources.entry_mustache),
    ("brief", PackageResources.brief_mustache),
    ("answers", PackageResources.answers_mustache), ("closer", PackageResources.closer_mustache),
    ("matrix", PackageResources.matrix_mustache), ("history", PackageResources.history_mustache),
    ("causes", PackageResources.causes_mustache), ("exploration", PackageResources.exploration_mustache),
    ("cells", PackageResources.cells_mustache),
    ("findings", PackageResources.findings_mustache),
    ("sources", PackageResources.sources_mustache), ("about", PackageResources.about_mustache),
    ("plot", PackageResources.plot_mustache), ("junit", PackageResources.junit_mustache),
  ]
}

/// Text in HTML and XML.
///
/// The library's own escaping goes by characters, and takes a quotation mark with a combining accent for another
/// character than the quotation mark that a browser sees; this one goes by scalars.
struct Markup: MustacheContentType {
  func escapeText(_ text: String) -> String { Self.escaped(text) }

  static func escaped(_ text: String) -> String {
    Printable.text(text).unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}
