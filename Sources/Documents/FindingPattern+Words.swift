import Judging
import Model

extension FindingPattern {
  /// `only cpython-3.11, only universal lanes: crashes with SIGSEGV: 3 facts in 2 scenarios, smallest a_counter_counts`.
  var sentence: String {
    let name = smallest.split(separator: "/").last.map(String.init) ?? smallest
    let size = scenarios > 1 ? "\(Words.number(scenarios, "scenario")), smallest \(name)" : name
    let likeness = resembles.isEmpty ? "" : "; similar to \(resembles.joined(separator: ", "))"
    return "\(onRuntimes), \(inLanes): \(what): \(Words.number(facts, "fact")) in \(size)\(likeness)"
  }

  /// Which runtimes show it, of those that tried.
  var onRuntimes: String {
    if runtimes.count == triedRuntimes.count {
      switch runtimes.count {
      case 1: return runtimes[0]
      case 2: return "both \(runtimes.joined(separator: " and "))"
      default: return "all \(runtimes.count) runtimes"
      }
    }
    if runtimes.count <= 3 { return "only \(runtimes.joined(separator: " and "))" }
    return "only \(runtimes.count) of \(triedRuntimes.count) runtimes (\(runtimes.joined(separator: ", ")))"
  }

  /// Which lanes show it, of those that were tried there.
  var inLanes: String {
    if triedLanes.count == 1, lanes.count == 1 { return "\(lanes[0]), the only lane tried" }
    if lanes.allSatisfy({ $0.contains("+") }), triedLanes.contains(where: { !$0.contains("+") }) {
      return lanes.count == 1 ? "only \(lanes[0])" : "only \(Self.listed(lanes))"
    }
    if lanes.count == 1, families == [.capi] || families == triedFamilies { return "only \(lanes[0])" }
    if families == triedFamilies, families.count > 1 { return "every lane" }
    if triedFamilies.contains(.capi), families == triedFamilies.subtracting([.capi]), families.count > 1 {
      return "all HPy lanes"
    }
    if triedFamilies.subtracting(families) == [.cpython], families.count > 2 { return "every lane but cpython" }
    let only = families == triedFamilies ? "" : "only "
    let order: [(Family, String)] = [
      (.capi, "C API"), (.cpython, "cpython"), (.universal, "universal"), (.hybrid, "hybrid"),
    ]
    let names = order.filter { families.contains($0.0) }.map(\.1)
    if names.count < families.count { return "\(only)\(Self.listed(lanes))" }
    return names == ["cpython"] ? "\(only)cpython" : "\(only)\(Self.listed(names)) lanes"
  }

  /// What is wrong, as far as all facts say the same.
  var what: String {
    let main = mainWords
    if consequences.isEmpty { return main }
    let rest = consequences.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key.words($0.value))" }
    return "\(main) (also \(rest.joined(separator: ", ")))"
  }

  private var mainWords: String {
    switch kind {
    case .crash:
      let signal = observed.flatMap { Outcome($0) }
      if case .crashed(let signal)? = signal { return "crashes with \(signal)" }
      return signal == .workerLost ? "crashes together with its worker" : "crashes"
    case .hang: return "hangs"
    case .ending: return observed.map { "ends early, \($0)" } ?? "ends early"
    case .build: return observed ?? "not built or not loaded"
    case .unsupported: return "no longer supported"
    case .exception: return exceptionWords
    case .value:
      if let observed, let expected, observed.count + expected.count <= 40 {
        return "\(observed) instead of \(expected)\(at)"
      }
      return "\(facts - consequences.values.reduce(0, +) == 1 ? "wrong value" : "wrong values")\(at)"
    case .leak: return leakWords
    case .order: return "wrong order\(at)"
    case .message: return "other messages\(at)"
    case .flaky: return "attempts disagree\(at)"
    case .fixed: return "the known divergence does not occur\(example.link.map { " (\($0))" } ?? "")"
    }
  }

  private var exceptionWords: String {
    if facets == [.outcome] {
      if case .raised(let type)? = observed.flatMap({ Outcome($0) }) { return "ends with \(type)" }
      return "scenarios end with exceptions"
    }
    let expectedType = expected.flatMap { $0.hasPrefix("raised ") ? String($0.dropFirst("raised ".count)) : nil }
    if let observed, observed.hasPrefix("raised ") {
      let type = observed.dropFirst("raised ".count)
      return "\(type)\(expectedType.map { " instead of \($0)" } ?? " instead of no exception")\(at)"
    }
    if let observed, let expectedType {
      return "\(Printable.line(observed, 40)) instead of \(expectedType)\(at)"
    }
    return "wrong exceptions\(at)"
  }

  private var leakWords: String {
    if facets != [.leak] { return "too little is released\(at)" }
    let prefix = Observation.repeatsPrefix
    let things = labels.map { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : "“\($0)”" }
    let words = things.map { $0.hasPrefix("references") ? "references" : $0 }.unique
    return "each call leaves \(words.count < 4 ? Self.listed(words) : "objects") behind"
  }

  /// The label, where there is one, or what all begin with.
  private var at: String {
    guard let first = labels.first else { return "" }
    if labels.count == 1 { return " at “\(Printable.line(first, 40))”" }
    let stem = labels.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
    let end = stem.lastIndex { !$0.isLetter && !$0.isNumber }
    let words = end.map { stem[..<$0] }?.trimmingWhitespace ?? ""
    return words.count > 3 ? " at “\(Printable.line(words, 40))…”" : ""
  }

  private static func listed(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return "\(names.dropLast().joined(separator: ", ")) and \(last)"
  }
}

extension Substring {
  fileprivate var trimmingWhitespace: String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace || $0 == "," || $0 == ":" }.reversed())
  }
}

extension FindingPattern.Kind {
  fileprivate func words(_ count: Int) -> String {
    if count == 1 { return rawValue }
    switch self {
    case .crash: return "crashes"
    case .ending: return "early ends"
    case .build, .unsupported, .flaky, .fixed: return rawValue
    default: return "\(rawValue)s"
    }
  }
}
