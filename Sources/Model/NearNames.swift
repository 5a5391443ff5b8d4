/// Names that someone may have meant who wrote another one.
public enum NearNames {
  /// At most three, the nearest first.
  public static func among(_ names: [String], to text: String) -> [String] {
    let wanted = text.lowercased()
    return names.map { (name: $0, distance: distance(wanted, $0.lowercased())) }
      .filter { name, distance in
        distance <= max(1, text.count / 3) || (text.count > 1 && name.lowercased().contains(wanted))
      }
      .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
  }

  /// For the beginning of a remedy: ``perhaps `a` or `b`; ``; empty for no names.
  public static func hint(_ names: [String]) -> String {
    names.isEmpty ? "" : "perhaps \(names.map { "`\($0)`" }.joined(separator: " or ")); "
  }

  /// Levenshtein's: how many characters to insert, remove or replace.
  private static func distance(_ one: String, _ other: String) -> Int {
    let (one, other) = (Array(one), Array(other))
    var row = Array(0...other.count)
    for (i, a) in one.enumerated() {
      var previous = row[0]
      row[0] = i + 1
      for (j, b) in other.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, previous + (a == b ? 0 : 1))
        previous = above
      }
    }
    return row[other.count]
  }
}
