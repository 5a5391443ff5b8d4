import Foundation
import Model

/// What pip would install for a requirement on a runtime: each project with its version and where it comes from.
public struct Resolution: Hashable, Sendable, Codable, CustomStringConvertible {
  public struct Item: Hashable, Sendable, Codable {
    /// As the project writes it.
    public var name: String
    public var version: String
    /// Address of the wheel or sdist; empty for the path that was asked for.
    public var address: String
    /// SHA-256 of that file in hexadecimal digits; empty where pip tells none.
    public var hash: String

    public init(name: String, version: String, address: String, hash: String) {
      self.name = name
      self.version = version
      self.address = address
      self.hash = hash
    }

    /// `ujson==5.4.0`.
    public var title: String { "\(name)==\(version)" }
  }

  /// By name; the one that was asked for is among them.
  public var items: [Item]

  public init(items: [Item]) { self.items = items.sorted { $0.name.lowercased() < $1.name.lowercased() } }

  /// `ujson==5.4.0 sha256:1234…`, separated by commas.
  public var description: String {
    items.map { $0.hash.isEmpty ? $0.title : "\($0.title) sha256:\($0.hash.prefix(16))" }.joined(separator: ", ")
  }

  /// Reads pip's installation report, version 1 (pip documentation, 'Installation Report').
  ///
  /// - Returns: nil for what is none.
  public init?(report: Data) {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let report = try? decoder.decode(Report.self, from: report) else { return nil }
    self.init(
      items: report.install.map { one in
        let info = one.downloadInfo
        let hash =
          info.archiveInfo?.hashes?["sha256"] ?? info.archiveInfo?.hash?.split(separator: "=").last.map(String.init)
        return Item(
          name: one.metadata.name, version: one.metadata.version, address: info.url, hash: hash ?? "")
      })
  }

  private struct Report: Decodable {
    struct Item: Decodable {
      struct Metadata: Decodable {
        var name: String
        var version: String
      }

      struct Download: Decodable {
        struct Archive: Decodable {
          var hash: String?
          var hashes: [String: String]?
        }

        var url: String
        var archiveInfo: Archive?
      }

      var metadata: Metadata
      var downloadInfo: Download
    }

    var install: [Item]
  }
}
