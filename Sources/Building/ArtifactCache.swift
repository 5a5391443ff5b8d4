import Foundation
import Model
import Platform
import Synchronization

/// Products of build steps, each in a folder named by the key of what is known to go in.
///
/// Several processes may use one cache at a time: a product appears whole or not at all, and `trim` takes nothing
/// that a living run has used. A product that isn't what its record says is none.
public final class ArtifactCache: Sendable {
  /// How many bytes the products may take when nobody says otherwise: 1 GiB.
  public static let usualLimit = 1 << 30

  let directory: URL
  /// Where this run makes things: nobody else's, and gone with it.
  let workshop: URL
  /// Held while this run lives: others see by it that it does.
  private let life: FileLock
  /// Held by many while they take entries, by one alone while it removes some.
  private let gate: FileGate
  private let counter = Atomic<Int>(0)
  private let hasGrown = Atomic<Bool>(false)
  private let lists = Mutex<[ContentKey: Readings]>([:])
  /// What is wrong with a product.
  private let flaw: @Sendable (Data, BuildStep.Kind) -> String?

  private static let workshopPrefix = "making-"
  private static let listPrefix = "read-"
  private static let trashPrefix = "trash-"
  private static let lifeName = "alive"
  private static let recordName = "step.json"

  /// Opens the cache below a folder.
  ///
  /// - Throws: `Problem` when it can't be written.
  public convenience init(below cache: URL) throws { try self.init(below: cache, flaw: ObjectFile.flaw) }

  /// - Parameter flaw: what is wrong with a product; nil for a whole one.
  init(below cache: URL, flaw: @escaping @Sendable (Data, BuildStep.Kind) -> String?) throws {
    self.flaw = flaw
    directory = cache.appending(path: "artifacts")
    workshop = directory.appending(path: Self.workshopPrefix + UUID().uuidString)
    gate = FileGate(path: directory.appending(path: "gate").path)
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      life = try gate.shared { [workshop] in
        try FileManager.default.createDirectory(at: workshop, withIntermediateDirectories: true)
        return try FileLock(path: workshop.appending(path: Self.lifeName).path)
      }
    } catch {
      try? FileManager.default.removeItem(at: workshop)
      throw Problem.unusableCache(error, at: cache)
    }
  }

  deinit { try? FileManager.default.removeItem(at: workshop) }

  // MARK: Taking and keeping

  struct Product: Sendable {
    var step: BuildStep
    var path: String
    /// Of the product's bytes.
    var content: ContentKey
    /// What was read to make it.
    var readings: ContentKey
    /// For a link: the compiles behind it.
    var inputs: [Input]
  }

  /// A compile behind a link, and what it read.
  struct Input: Codable, Sendable {
    var step: BuildStep
    var readings: ContentKey
  }

  private struct Record: Codable {
    var step: BuildStep
    /// Of the product's bytes, so that a damaged product is noticed.
    var product: ContentKey
    var readings: ContentKey
    var inputs: [Input]
  }

  /// What a compiler left is not what it was asked for.
  struct NoProduct: Error {
    var kind: BuildStep.Kind
    var why: String
  }

  private func folder(_ key: ContentKey) -> URL { directory.appending(path: key.hex) }

  /// The product of an order; nil when there is none, it is damaged, or what was read for it says something else
  /// now.
  func product(for order: Order, _ keys: FileKeys) -> Product? {
    try? gate.shared {
      let folder = folder(order.key)
      let file = folder.appending(path: order.product).path
      guard let text = FileManager.default.contents(atPath: folder.appending(path: Self.recordName).path),
        let record = Sealed.content(of: text).flatMap({ try? JSONDecoder().decode(Record.self, from: $0) }),
        FileFacts(file)?.isFile == true,
        ([record.readings] + record.inputs.map(\.readings)).allSatisfy({ holds($0, in: order.directory, keys) }),
        let content = FileManager.default.contents(atPath: file), ContentKey(of: content) == record.product,
        flaw(content, order.kind) == nil
      else { return nil }
      FileFacts.touch(folder.path)
      var product = Product(
        step: record.step, path: file, content: record.product, readings: record.readings, inputs: record.inputs)
      product.step.isReused = true
      for index in product.inputs.indices { product.inputs[index].step.isReused = true }
      return product
    }
  }

  private func holds(_ list: ContentKey, in directory: String, _ keys: FileKeys) -> Bool {
    readings(list).map { $0.hold(in: directory, keys) } ?? false
  }

  private func readings(_ key: ContentKey) -> Readings? {
    if let known = lists.withLock({ $0[key] }) { return known }
    let file = directory.appending(path: Self.listPrefix + key.hex).path
    guard let data = FileManager.default.contents(atPath: file), ContentKey(of: data) == key else { return nil }
    FileFacts.touch(file)
    let readings = Readings(text: String(decoding: data, as: UTF8.self))
    lists.withLock { $0[key] = readings }
    return readings
  }

  /// A folder to make a product in; hand it to `keep`, or remove it.
  func bench() throws -> URL {
    let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
    let place = workshop.appending(path: "\(number)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)
    return place
  }

  /// Takes a finished product over.
  ///
  /// - Parameter bench: the folder where it was made.
  /// - Returns: the product at its place; another run's, when that was faster.
  /// - Throws: `NoProduct` where the compiler made none; what the system says where it can't be kept. Then nothing of
  ///   it is in the cache.
  func keep(
    _ order: Order, _ step: BuildStep, on bench: URL, readings: Readings, inputs: [Input], _ keys: FileKeys
  ) throws -> Product {
    let text = readings.text
    let list = ContentKey(of: text)
    let made = FileManager.default.contents(atPath: bench.appending(path: order.product).path)
    if let why = made.map({ flaw($0, order.kind) }) ?? "there is no file \(order.product)" {
      throw NoProduct(kind: order.kind, why: why)
    }
    let record = Record(step: step, product: ContentKey(of: made ?? Data()), readings: list, inputs: inputs)
    try Sealed.text(JSONEncoder().encode(record)).write(to: bench.appending(path: Self.recordName))
    let place = folder(order.key)
    let kept = Product(
      step: step, path: place.appending(path: order.product).path, content: record.product, readings: list,
      inputs: inputs)
    hasGrown.store(true, ordering: .relaxed)
    let isPlaced = try gate.shared {
      // Remembered when it is there: a product whose list was never written is none for anybody.
      if lists.withLock({ $0[list] }) == nil {
        try Data(text.utf8).write(to: directory.appending(path: Self.listPrefix + list.hex), options: .atomic)
        lists.withLock { $0[list] = readings }
      }
      return rename(bench.path, place.path) == 0
    }
    if isPlaced { return kept }
    // Another run made it at the same time, or one that is no good any more is in the way.
    if let theirs = product(for: order, keys) {
      try FileManager.default.removeItem(at: bench)
      return theirs
    }
    try gate.alone {
      try discard(place)
      if rename(bench.path, place.path) != 0 { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }
    return kept
  }

  /// Removes something so that nobody sees it half removed.
  private func discard(_ place: URL) throws {
    let trash = directory.appending(path: Self.trashPrefix + UUID().uuidString)
    if rename(place.path, trash.path) != 0, errno != ENOENT {
      throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
    }
    chmod(trash.path, 0o700)
    try? FileManager.default.removeItem(at: trash)
  }

  // MARK: Ending

  /// Removes what this run was making, what dead runs left half made, and the least recently used products until
  /// all of them take no more than so many bytes. What a living run has used stays.
  public func close(limit: Int) {
    try? FileManager.default.removeItem(at: workshop)
    if hasGrown.load(ordering: .relaxed) { trim(to: limit) }
  }

  func trim(to limit: Int) {
    var entries: [(place: URL, size: Int, used: Int64)] = []
    for name in names() where !name.hasPrefix(Self.workshopPrefix) && name != "gate" {
      let place = directory.appending(path: name)
      if name.hasPrefix(Self.trashPrefix) {
        try? discard(place)
      } else if let facts = FileFacts(place.path) {
        entries.append((place, facts.size + (facts.isFolder ? Self.size(of: place) : 0), facts.modified))
      }
    }
    _ = try? gate.alone { startOfOldestRun() }  // removes what dead runs left, though nothing is in excess
    var excess = entries.reduce(-limit) { $0 + $1.size }
    entries.sort { $0.used < $1.used }
    while excess > 0, !entries.isEmpty {
      let some = entries.prefix(Self.removedTogether)
      entries.removeFirst(some.count)
      // While we are alone nobody begins, and nobody takes: what a run that began meanwhile has taken has a new time, or
      // one that is not before that run's start.
      try? gate.alone {
        let oldestRun = startOfOldestRun()
        for entry in some where excess > 0 && entry.used < oldestRun {
          guard FileFacts(entry.place.path)?.modified == entry.used else { continue }
          try discard(entry.place)
          excess -= entry.size
        }
      }
    }
  }

  /// How many products are removed before others get a turn.
  private static let removedTogether = 64

  private func names() -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
  }

  /// When the oldest living run began; for who holds the gate alone.
  private func startOfOldestRun() -> Int64 {
    names().filter { $0.hasPrefix(Self.workshopPrefix) }
      .compactMap { startOfLivingRun(in: directory.appending(path: $0)) }.min() ?? .max
  }

  private static func size(of folder: URL) -> Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.reduce(0) { $0 + (FileFacts(folder.appending(path: $1).path)?.size ?? 0) }
  }

  /// When the run of a workshop began; nil when it is dead, and then its workshop is removed. For who holds the gate alone.
  private func startOfLivingRun(in workshop: URL) -> Int64? {
    let path = workshop.appending(path: Self.lifeName).path
    if let start = FileFacts(path)?.modified {
      do {
        _ = try FileLock(path: path)
      } catch FileLock.Failure.held {
        return start
      } catch {
        // Nobody holds it, though the disk is too full to write that we do.
      }
    }
    try? discard(workshop)
    return nil
  }
}
