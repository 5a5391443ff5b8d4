import Foundation
import Testing

@testable import Packages

@Suite("What a case asks to have installed")
struct RequirementTests {
  private static let here = URL(filePath: "/suites/s/case", directoryHint: .isDirectory)

  private func read(_ text: String) -> PackageRequirement? { PackageRequirement(text, relativeTo: Self.here) }

  @Test(
    "requirements of the index",
    arguments: [
      ("ujson", "ujson", false), ("ujson==5.4.0", "ujson", true), ("numpy>=1.24,<3", "numpy", false),
      ("Foo.Bar_baz ~= 1.2", "foo-bar-baz", false), ("package[extra,other]==1.0", "package", true),
      ("x==1.*", "x", false),
    ])
  func index(text: String, name: String, isPinned: Bool) throws {
    let requirement = try #require(read(text))
    #expect(requirement.source == .index && requirement.name == name && requirement.isPinned == isPinned)
    #expect(requirement.argument == text)
  }

  @Test("paths begin at the case's folder")
  func paths() throws {
    let wheel = try #require(read("../wheels/ujson-5.4.0-cp311-cp311-linux_x86_64.whl"))
    #expect(wheel.source == .archive("/suites/s/wheels/ujson-5.4.0-cp311-cp311-linux_x86_64.whl"))
    #expect(wheel.name == "ujson" && wheel.isPinned)
    #expect(read("/tmp/my-package-1.0.tar.gz")?.name == "my-package")
    #expect(read("../../ujson")?.source == .checkout("/suites/ujson"))
    #expect(read(".")?.source == .checkout("/suites/s/case"))
  }

  @Test(
    "what is none",
    arguments: ["", "a b", "==1.0", "x==", "git+https://host/x", "x @ file:///x", "x; python_version < '3'", "-e ."])
  func others(text: String) { #expect(read(text) == nil) }

  @Test("versions that a requirement means")
  func versions() throws {
    let requirement = try #require(read("ujson>=5.4,<6"))
    #expect(["5.3.0", "5.4.0", "5.10.0", "6.0.0"].filter(requirement.takes) == ["5.4.0", "5.10.0"])
    #expect(try #require(read("ujson")).takes("1.0"))
    let output = "ujson (6.1.0)\nAvailable versions: 6.1.0, 5.10.0, 5.4.0\n  INSTALLED: 5.4.0\n"
    #expect(PackageEnvironments.versions(in: output) == ["5.4.0", "5.10.0", "6.1.0"])
    #expect(PackageEnvironments.versions(in: "nothing").isEmpty)
  }
}

@Suite("What pip says")
struct PipTests {
  @Test("an installation report becomes projects with versions and hashes")
  func report() throws {
    let text = """
      {"version": "1", "install": [
        {"metadata": {"name": "zeta", "version": "2"}, "download_info": {"url": "file:///somewhere/zeta"}},
        {"metadata": {"name": "Alpha", "version": "1.5"}, "download_info": {"url": "https://host/alpha.whl",
          "archive_info": {"hash": "sha256=12ab", "hashes": {"sha256": "12ab"}}}}]}
      """
    let resolution = try #require(Resolution(report: Data(text.utf8)))
    #expect(resolution.items.map(\.title) == ["Alpha==1.5", "zeta==2"])
    #expect(resolution.description == "Alpha==1.5 sha256:12ab, zeta==2")
    #expect(Resolution(report: Data("[]".utf8)) == nil)
  }

  @Test("what the network or the machine lacked is told from what pip refused")
  func lack() {
    let network = """
      WARNING: Retrying (Retry(total=1, connect=None, read=None, redirect=None, status=None)) after connection broken by \
      'NewConnectionError('Connection refused')': /simple/x/
      ERROR: No matching distribution found for x
      """
    #expect(Pip.lack(in: network)?.hasPrefix("the package index does not answer") == true)
    #expect(Pip.lack(in: "ERROR: No matching distribution found for x") == nil)
    #expect(Pip.lack(in: "OSError: [Errno 28] No space left on device")?.contains("No space left") == true)
    #expect(Pip.lack(in: "bwrap: setting up uid map: Permission denied")?.hasPrefix("no sandbox for pip") == true)
  }
}
