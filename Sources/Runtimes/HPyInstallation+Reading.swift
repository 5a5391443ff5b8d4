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
        .environment, at: folder, "this hpy does not define HPY_ABI_VERSION, so its ABI is older than HPy 0.9",
        remedy: "its extensions are not compatible with those of HPy 0.9")
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

  /// Major and minor number; without a minor one it is 0.
  private static func abiVersion(below include: String) -> HPyABIVersion? {
    let texts = ["/hpy/version.h", "/hpy.h", "/hpy/macros.h"].compactMap {
      try? String(contentsOfFile: include + $0, encoding: .utf8)
    }
    func number(_ pattern: Regex<(Substring, Substring)>) -> Int? {
      texts.lazy.compactMap { $0.firstMatch(of: pattern).flatMap { Int($0.1) } }.first
    }
    return number(#/#define\s+HPY_ABI_VERSION\s+(\d+)/#).map {
      HPyABIVersion($0, number(#/#define\s+HPY_ABI_VERSION_MINOR\s+(\d+)/#) ?? 0)
    }
  }
}
