import Model
import Rainbow
import Storing

/// The runs of a database, a line each, newest first.
public struct RunList: Sendable {
  private let lines: [String]

  /// - Throws: `Problem` when the database can't be read.
  public init(_ store: Store) throws {
    let header = ["run", "started", "state", "cells", "verdicts", "runtimes"].map { Piece($0, \.bold) }
    lines = Piece.columns(
      try [header]
        + store.runs().map { run in
          let counts = try store.verdictCounts(of: run)
          let reused = try store.reusedCount(of: run)
          let verdicts = Verdict.allCases.compactMap { verdict in
            counts[verdict].map { "\($0) \(verdict.rawValue)" }
          }
          return [
            Piece(String(run.uuid.prefix(8))), Piece(run.started), Piece(run.state),
            Piece("\(run.planned)\(reused == 0 ? "" : ", \(reused) taken over")"),
            Piece(verdicts.joined(separator: ", ")), Piece(run.runtimes.map(\.name).joined(separator: ", ")),
          ]
        })
  }

  public var text: String { lines.joined(separator: "\n") }
}
