import Foundation
import Model
import TOMLFile

/// How heap and static types differ, as a page: what was measured, with what people know of its causes.
public struct HeapAndStaticPage: Sendable {
  private struct Difference: Sendable {
    var cause: LedgerCause
    var title, since, decided, documented, advice: String
    var example: String?
  }

  private let differences: [Difference]
  private let result: ExploredResult

  /// - Parameter causes: those that the file may name.
  /// - Throws: `Problem` with file and line.
  public init(_ result: ExploredResult, text: String, file: String, causes: [LedgerCause]) throws {
    self.result = result
    let document = try TOMLDocument(text, file: file)
    try document.refuseUnknownKeys(["difference"])
    differences = try document.tables("difference").map { table in
      try table.refuseUnknownKeys(["cause", "title", "since", "decided", "documented", "advice", "example"])
      let name = try table.text("cause")
      guard let cause = causes.first(where: { $0.name == name }) else {
        throw Problem(at: table.place(of: "cause"), "no cause is named `\(name)`", remedy: "define it in causes.toml")
      }
      return Difference(
        cause: cause, title: try table.text("title"), since: try table.text("since"),
        decided: try table.text("decided"),
        documented: try table.text("documented"), advice: try table.text("advice"),
        example: try table.optionalText("example"))
    }
  }

  /// The data that this program carries.
  public static let builtIn = String(decoding: PackageResources.heap_and_static_toml, as: UTF8.self)

  /// The page, as Markdown.
  public var markdown: String {
    let tried = result.tried.values.max() ?? 0
    var lines = [
      "# Heap types and static types",
      "",
      "In which ways does a type that is made by `PyType_FromSpecWithBases` differ from a static `PyTypeObject` with the same slots,",
      "bases and flags? `hpy-conform explore` makes the same hierarchies as both, and asks them the same. This page is written",
      "from what it found, by `hpy-conform explore --all --page docs/heap-and-static.md` (seed \(result.seed), \(tried) hierarchies of one",
      "to eight types on each of \(result.tried.count) runtimes), and from the causes in `Suites/causes.toml`.",
      "",
    ]
    lines += summary
    for (number, one) in differences.enumerated() { lines += section(number + 1, one) }
    let others = unexplained
    lines += ["", "## Not explained", ""]
    lines +=
      others.isEmpty
      ? ["Nothing: each difference that was found belongs to one of the above."] : others.map { "- `\($0)`" }
    lines += [
      "", "## The same in both, and still a surprise", "",
      "These are differences between a C type, heap or static, and a class statement with the same methods.", "",
    ]
    lines += common.map { "- \($0.reason) ([\($0.name)](../Suites/\($0.link)))" }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What can be said at once, as far as it was so.
  private var summary: [String] {
    let operators = between.filter { $0.kind.sides[0] == "heap" && $0.kind.operation != "making" }
    var sentences: [String] = []
    let ofOne = operators.filter { !$0.kind.operation.hasSuffix("of two") }
    if !ofOne.contains(where: { "\($0.kind.left) \($0.kind.right)".contains("ancestor") }) {
      sentences.append("Where no class of the MRO has two bases, no operator on one object and no method differed.")
    }
    let hasPyPy = result.tried.keys.contains { $0.hasPrefix("pypy") }
    if hasPyPy, !operators.contains(where: { $0.runtime.implementation == "pypy" }) {
      sentences.append("On PyPy, no operator and no method differed at all.")
    }
    return sentences.isEmpty ? [] : [sentences.joined(separator: " ")]
  }

  private var between: [ExploredGroup] {
    result.groups.filter { $0.kind.sides == ["heap", "static"] || $0.kind.sides == ["rules", "static"] }
  }

  private var unexplained: [String] { Set(between.filter { $0.cause == nil }.map(\.kind.description)).sorted() }

  /// Causes of differences between the C API's types and Python's classes.
  private var common: [LedgerCause] {
    let found = result.groups.filter { $0.kind.sides[0] == "python" && $0.kind.sides[1] == "heap" }.compactMap(\.cause)
    return Dictionary(
      grouping: found.filter { $0.name.hasPrefix("cpython") && $0.link.hasPrefix("findings/") }, by: \.name
    )
    .sorted { $0.key < $1.key }.map { $0.value[0] }
  }

  private func section(_ number: Int, _ one: Difference) -> [String] {
    let groups = between.filter { $0.cause?.name == one.cause.name }
    let link = one.cause.link.hasPrefix("findings/") ? "../Suites/\(one.cause.link)" : one.cause.link
    var lines = ["", "## \(number). \(one.title)", "", sentence(one.cause.reason), ""]
    if let smallest = groups.min(by: { weight($0) < weight($1) }) {
      let names = smallest.example.types.map(\.name)
      let types = smallest.example.types.map { type in
        let bases = type.bases.isEmpty ? "" : "(\(type.bases.map { names[$0] }.joined(separator: ", ")))"
        let has = type.slots + (type.fields ? ["a struct"] : []) + (type.gc ? ["HAVE_GC"] : [])
        return "`\(type.name)\(bases)`" + (has.isEmpty ? "" : " with \(has.joined(separator: ", "))")
      }
      let families = Set(groups.map(\.kind.operation)).sorted().joined(separator: ", ")
      lines += [
        "- **Smallest example**: \(types.joined(separator: "; ")). \(smallest.told.type), \(smallest.told.operation)"
          + (smallest.told.left.isEmpty
            ? "." : ": heap type \(smallest.told.left); static type \(smallest.told.right)."),
        "- **Found at**: \(families), on \(Set(groups.map(\.runtime.name)).sorted().joined(separator: ", ")).",
      ]
    } else if let example = one.example {
      lines.append("- **Example**: \(example)")
    }
    lines += [
      "- **Since**: \(one.since).", "- **Where it is decided**: \(one.decided)", "- **Documented**: \(one.documented)",
      "- **What to do**: \(one.advice)", "- **Upstream**: \(one.cause.state). [More](\(link)).",
    ]
    return lines
  }

  private func weight(_ group: ExploredGroup) -> Int {
    group.example.types.reduce(0) { $0 + 1 + $1.slots.count + ($1.fields ? 1 : 0) }
  }

  private func sentence(_ text: String) -> String {
    let told = text.hasPrefix("no defect: ") ? String(text.dropFirst("no defect: ".count)) : text
    return told.prefix(1).uppercased() + told.dropFirst() + "."
  }
}
