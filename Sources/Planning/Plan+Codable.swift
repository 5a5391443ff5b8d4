import Model

/// On the wire each runtime stands once, and a load names its runtimes by their places.
extension Plan: Codable {
  private struct Wire: Codable {
    /// Those of the plan, and behind them homes of binaries that are none of these.
    var runtimes: [Runtime]
    var planned: Int
    var units: [Unit]
    var binaries: [PortableBinary]

    struct Unit: Codable {
      var testCase: Case
      var batches: [Batch]
    }

    struct Batch: Codable {
      var flavour: Flavour
      var mode: Lane.Mode
      var home: Int
      var requirement: String?
      var kept: String?
      var declared: LimitedAPIVersion?
      var runtime: Int
      var cells: [Cell]
    }

    struct Cell: Codable {
      var scenario: String
      var action: Action
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var all = runtimes
    func place(_ runtime: Runtime) -> Int {
      if let place = all.firstIndex(where: { $0.name == runtime.name }) { return place }
      all.append(runtime)
      return all.count - 1
    }
    let units = units.map { unit in
      Wire.Unit(
        testCase: unit.testCase,
        batches: unit.batches.map { batch in
          Wire.Batch(
            flavour: batch.load.binary.flavour, mode: batch.load.mode, home: place(batch.load.binary.home),
            requirement: batch.load.binary.requirement, kept: batch.load.binary.kept,
            declared: batch.load.binary.declared, runtime: place(batch.load.runtime),
            cells: batch.cells.map { Wire.Cell(scenario: $0.scenario.name, action: $0.action) })
        })
    }
    try Wire(runtimes: all, planned: runtimes.count, units: units, binaries: binaries).encode(to: encoder)
  }

  public init(from decoder: any Decoder) throws {
    let wire = try Wire(from: decoder)
    func runtime(_ place: Int) throws -> Runtime {
      guard wire.runtimes.indices.contains(place) else {
        throw DecodingError.dataCorrupted(
          .init(codingPath: decoder.codingPath, debugDescription: "there is no runtime \(place)"))
      }
      return wire.runtimes[place]
    }
    self.init(
      runtimes: Array(wire.runtimes.prefix(wire.planned)),
      units: try wire.units.map { unit in
        Unit(
          testCase: unit.testCase,
          batches: try unit.batches.map { batch in
            var binary = Binary(batch.flavour, home: try runtime(batch.home), requirement: batch.requirement)
            (binary.kept, binary.declared) = (batch.kept, batch.declared)
            return Batch(
              load: Load(binary, on: try runtime(batch.runtime), mode: batch.mode),
              cells: batch.cells.map { cell in
                let (suite, testCase) = (unit.testCase.suite, unit.testCase.name)
                return Cell(ScenarioID(suite: suite, testCase: testCase, name: cell.scenario), cell.action)
              })
          })
      }, binaries: wire.binaries)
  }
}
