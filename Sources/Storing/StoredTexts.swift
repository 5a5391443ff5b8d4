import Foundation
import GRDB
import Model

// Values that stand in the database as one of the texts that this program knows; decoding any other is an error.

extension RunKind: DatabaseValueConvertible {}
extension RunState: DatabaseValueConvertible {}
extension Verdict: DatabaseValueConvertible {}
extension Facet: DatabaseValueConvertible {}
extension Circumstances: DatabaseValueConvertible {}
extension Flavour: DatabaseValueConvertible {}
extension BuildStep.Kind: DatabaseValueConvertible {}
extension PortabilityPromise: DatabaseValueConvertible {}
extension PortabilityBehaviour: DatabaseValueConvertible {}

extension Outcome: StoredByName {}
extension Lane: StoredByName {}
extension CellID: StoredByName {}

/// A value whose text is its description.
protocol StoredByName: DatabaseValueConvertible, LosslessStringConvertible {}

extension StoredByName {
  public var databaseValue: DatabaseValue { description.databaseValue }
  public static func fromDatabaseValue(_ value: DatabaseValue) -> Self? {
    String.fromDatabaseValue(value).flatMap { Self($0) }
  }
}

extension ContentKey: DatabaseValueConvertible {
  public var databaseValue: DatabaseValue { hex.databaseValue }
  public static func fromDatabaseValue(_ value: DatabaseValue) -> ContentKey? {
    String.fromDatabaseValue(value).map { ContentKey(hex: $0) }
  }

  /// The first 16 bytes: enough that no two contents share them, where a key of 64 characters is too long.
  var bytes: Data {
    let digits = Array(hex.utf8).prefix(32)
    return Data(
      stride(from: 0, to: digits.count - 1, by: 2).map {
        UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16) ?? 0
      })
  }
}

/// Several circumstances in one text: `warm, fresh`.
struct CircumstancesList: DatabaseValueConvertible {
  var all: [Circumstances]

  var databaseValue: DatabaseValue { all.map(\.rawValue).joined(separator: ", ").databaseValue }

  static func fromDatabaseValue(_ value: DatabaseValue) -> CircumstancesList? {
    guard let texts = String.fromDatabaseValue(value)?.split(separator: ", ") else { return nil }
    let all = texts.compactMap { Circumstances(rawValue: String($0)) }
    return all.count == texts.count ? CircumstancesList(all: all) : nil
  }
}

/// Numbers of cells by verdict, as JSON.
struct VerdictCounts: DatabaseValueConvertible {
  var counts: [Verdict: Int]

  var databaseValue: DatabaseValue {
    let texts = Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) })
    return ((try? Rows.json(texts)) ?? "{}").databaseValue
  }

  static func fromDatabaseValue(_ value: DatabaseValue) -> VerdictCounts? {
    guard let text = String.fromDatabaseValue(value),
      let texts = try? JSONDecoder().decode([String: Int].self, from: Data(text.utf8))
    else { return nil }
    let counts = texts.compactMap { text, count in Verdict(rawValue: text).map { ($0, count) } }
    return counts.count == texts.count ? VerdictCounts(counts: Dictionary(uniqueKeysWithValues: counts)) : nil
  }
}

/// Values by their text. In a column of many rows few texts stand, and each is decoded once.
struct DecodedTexts<Value: DatabaseValueConvertible> {
  private var known: [String: Value] = [:]

  /// - Throws: what decoding says of a text that means nothing.
  mutating func value(of row: Row, at index: Int) throws -> Value {
    let text: String = try row.decode(atIndex: index)
    if let value = known[text] { return value }
    let value = try row.decode(Value.self, atIndex: index)
    known[text] = value
    return value
  }
}

/// A dictionary of a bounded size: when it is full it begins anew, and what is asked for again is looked up in the
/// database.
struct BoundedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private var values: [Key: Value] = [:]
  private let capacity: Int

  init(capacity: Int) { self.capacity = capacity }

  var count: Int { values.count }

  /// The value of a key, looked up where it is not remembered.
  mutating func value(_ key: Key, lookUp: () throws -> Value) rethrows -> Value {
    if let value = values[key] { return value }
    let value = try lookUp()
    if values.count >= capacity { values.removeAll(keepingCapacity: true) }
    values[key] = value
    return value
  }
}
