import Documents
import Foundation
import Rainbow

extension TimingsDocument: TerminalDocument {
  /// A line for each part, with its share and what it takes each time.
  public func blocks(_ layout: TerminalLayout) -> [[String]] {
    let header = ["CPU seconds", "", "", "times", "ms each"].map { Styled($0, \.bold) }
    let table = Table.lines(
      [header] + lines(processes, "processes") + lines(own, "hpy-conform")
        + [[Styled("all", \.bold), Styled(Self.number(total), \.bold), Styled(share(total)), Styled(""), Styled("")]])
    let new = firstNew.map { ", \(Self.number($0)) s to the first new verdict" } ?? ""
    return [table + ["\(faults) page faults of cells; \(Self.number(wall)) s of wall time\(new)".dim]]
  }

  private func lines(_ rows: [Row], _ who: String) -> [[Styled]] {
    rows.map { row in
      let each = row.count.flatMap { $0 > 0 ? String(format: "%.2f", 1000 * row.seconds / Double($0)) : nil }
      return [
        Styled("\(who): \(row.part)"), Styled(Self.number(row.seconds)), Styled(share(row.seconds)),
        Styled(row.count.map(String.init) ?? ""), Styled(each ?? ""),
      ]
    }
  }

  private func share(_ seconds: Double) -> String {
    total > 0 ? "\(Int((100 * seconds / total).rounded())) %" : ""
  }

  private static func number(_ seconds: Double) -> String { String(format: "%.2f", seconds) }
}
