import Foundation
import Model

extension Runtime.Installation {
  /// Reads what an installed HPy ships for building: headers, static libraries, helper sources.
  ///
  /// - Parameter folder: the package `hpy` as the interpreter finds it.
  /// - Throws: `Problem` when it carries no headers, or those of an HPy before 0.9: that ABI has no version by which a
  ///   loader could refuse a binary.
  public init(folder: String, version: String) throws {
    let devel = folder + "/devel"
    let include = devel + "/include"
    let context = include + "/hpy/universal/autogen_ctx.h"
    guard let text = try? String(contentsOfFile: context, encoding: .utf8) else {
      throw Problem(
        .environment, at: folder, "this hpy has no devel/include/hpy/universal/autogen_ctx.h",
        remedy: "it is too old or incomplete: install hpy 0.9.0 or later for this interpreter")
    }
    guard let abiVersion = Self.abiVersion(below: include) else {
      throw Problem(
        .environment, at: folder, "this hpy defines no HPY_ABI_VERSION, so it is of an ABI before HPy 0.9",
        remedy: "its extensions and those of HPy 0.9 don't go together")
    }
    func existing(_ path: String) -> String? { FileManager.default.fileExists(atPath: path) ? path : nil }
    self.init(
      version: version, include: include, libraries: existing(devel + "/lib"),
      sources: existing(devel + "/src/runtime"), layout: ContentKey(ofParts: Self.layout(of: text)),
      headers: try ContentKey(ofTree: include), content: try ContentKey(ofTree: folder),
      abiVersion: abiVersion)
  }

  /// The context's members in order, one text each: what a universal binary relies on.
  ///
  /// - Parameter header: the text of `autogen_ctx.h`, a struct of handles and function pointers.
  public static func layout(of header: String) -> [String] {
    guard let start = header.range(of: "struct _HPyContext_s {"),
      let end = header.range(of: "\n}", range: start.upperBound..<header.endIndex)
    else { return [] }
    return header[start.upperBound..<end.lowerBound].split(separator: ";").compactMap { member in
      let words = member.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      return words.isEmpty ? nil : words
    }
  }

  private static func abiVersion(below include: String) -> Int? {
    for file in ["/hpy/version.h", "/hpy.h", "/hpy/macros.h"] {
      guard let text = try? String(contentsOfFile: include + file, encoding: .utf8) else { continue }
      if let match = text.firstMatch(of: #/#define\s+HPY_ABI_VERSION\s+(\d+)/#) { return Int(match.1) }
    }
    return nil
  }
}
