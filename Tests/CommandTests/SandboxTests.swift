import Foundation
import Model
import Platform
import Storing
import Testing

/// What a cell and a compiler can't do in a sandbox, tried in earnest; and that a run without one is refused where
/// there can be none.
@Suite("In the sandbox")
struct SandboxTests {
  static func isAvailable() async -> Bool { (try? await Sandbox()) != nil }

  /// Attacks; each returns how many of its tries went well.
  private static func functions(_ project: String, _ secret: String) -> [String: String] {
    [
      "fine": "",
      "read_secrets": """
          const char *paths[] = {"\(secret)", "\(project)/hpy-conform.toml", "\(project)/Results/results.sqlite",
                                 "\(project)/Suites/s/other/capi-heap.c", "/etc/shadow"};
          long found = 0;
          for (int i = 0; i < 5; i++) {
              int file = open(paths[i], O_RDONLY);
              found += file >= 0;
          }
          DIR *home = opendir(getenv("HOME"));
          for (struct dirent *one; home && (one = readdir(home)) != NULL;)
              found += one->d_name[0] != '.';
          return PyLong_FromLong(found);
      """,
      "write_outside": """
          const char *paths[] = {"/usr/written", "/etc/written", "/written", "/dev/written", "/proc/sys/vm/swappiness",
                                 "\(Project.checkout.path)/.runtimes/written"};
          long found = 0;
          for (int i = 0; i < 6; i++) {
              int file = open(paths[i], O_WRONLY | O_CREAT, 0600);
              // Below its own /tmp, a name is not what it is outside.
              found += file >= 0 && strncmp(paths[i], "/tmp/", 5) != 0;
          }
          int file = open("\(project)/written", O_WRONLY | O_CREAT, 0600);
          file = open("\(secret)", O_WRONLY | O_CREAT | O_TRUNC, 0600);
          (void)file;
          return PyLong_FromLong(found);
      """,
      "signal_others": """
          long found = 0;
          for (int other = 2; other < 70000; other++) {
              if (other == getpid()) continue;
              found += kill(other, SIGSTOP) == 0;
          }
          kill(1, SIGKILL);
          kill(1, SIGSTOP);
          kill(getppid(), SIGTERM);
          found += ptrace(PTRACE_ATTACH, 1, NULL, NULL) == 0;
          found += ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0;
          return PyLong_FromLong(found);
      """,
      "use_network": """
          struct ifaddrs *all, *one;
          long found = 0;
          if (getifaddrs(&all) == 0)
              for (one = all; one != NULL; one = one->ifa_next)
                  found += strcmp(one->ifa_name, "lo") != 0;
          return PyLong_FromLong(found);
      """,
      "get_rights": """
          long found = 0;
          found += mount("none", "/tmp", "tmpfs", 0, NULL) == 0;
          found += unshare(CLONE_NEWUSER) == 0;
          found += umount2("/proc", MNT_DETACH) == 0;
          found += setuid(0) == 0 && open("/etc/shadow", O_RDONLY) >= 0;
          return PyLong_FromLong(found);
      """,
      "fill": """
          static char block[1 << 16];
          for (int i = 0; i < 4000; i++) {
              char name[64];
              snprintf(name, sizeof name, "%s/fill-%d", i % 2 ? "/tmp" : "/dev/shm", i);
              int file = open(name, O_WRONLY | O_CREAT, 0600);
              if (file < 0 || write(file, block, sizeof block) != sizeof block) break;
              close(file);
          }
      """,
      "look_for_files": """
          DIR *folder = opendir("/tmp");
          long found = 0;
          for (struct dirent *one; folder && (one = readdir(folder)) != NULL;)
              found += strncmp(one->d_name, "fill-", 5) == 0;
          return PyLong_FromLong(found);
      """,
    ]
  }

  private static let includes = """
    #define _GNU_SOURCE
    #include <dirent.h>
    #include <fcntl.h>
    #include <ifaddrs.h>
    #include <sched.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <sys/mount.h>
    #include <sys/ptrace.h>
    #include <unistd.h>
    """

  @Test(
    "a cell sees no secret, writes nowhere else, signals and traces nobody, has no network and gets no rights",
    .enabled("needs bubblewrap and namespaces") { await isAvailable() })
  func attacks() async throws {
    let project = try Project()
    let secret = project.root.appending(path: "secret").path
    try Data("secret".utf8).write(to: URL(filePath: secret))
    let attacks = ["read_secrets", "write_outside", "signal_others", "use_network", "get_rights"]
    try project.write("s/c/capi-heap.c", Self.includes + "\n" + Sources.capi(Self.functions(project.root.path, secret)))
    try project.write("s/other/capi-heap.c", Sources.capi(["fine": ""]))
    try project.write("s/other/scenarios.py", Sources.scenarios([("x", "record('x', ext.fine())")]))
    try project.write(
      "s/c/scenarios.py",
      Sources.scenarios(
        attacks.flatMap { name in
          [
            (name, "expect('went well', ext.\(name)(), 0, source='docs/trust.md')"),
            ("after_\(name)", "expect('fine', ext.fine(), None, source='document')"),
          ]
        } + [("fill", "ext.fill(); record('x', 1)"), ("then", "expect('x', ext.look_for_files(), 0, source='d')")]))
    try await project.run("run", "s/other")
    let run = try await project.run("run", "s/c", "--sandbox", "--jobs", "1", "--hunt-leaks", "0:0")
    let results = try project.results()
    for name in attacks {
      let result = try #require(results["\(name)@capi-heap"])
      #expect(result.verdict == .conforming, "\(name): \(result.outcome) \(result.findings)")
      #expect(results["after_\(name)@capi-heap"]?.verdict == .conforming, "after \(name)")
    }
    #expect(results["fill@capi-heap"]?.outcome == .limitExceeded(.scratch) || run.exitCode == 0, "\(run)")
    #expect(results["then@capi-heap"]?.verdict == .conforming)
    #expect(try String(contentsOfFile: secret, encoding: .utf8) == "secret")
    for folder in [project.root, Project.checkout.appending(path: ".runtimes")] {
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "written").path))
    }
  }

  @Test("a compiler reads nothing but its case and headers", .enabled("needs bubblewrap") { await isAvailable() })
  func compiler() async throws {
    let project = try Project()
    let secret = project.root.appending(path: "secret.h")
    try Data("int secret;\n".utf8).write(to: secret)
    for (name, line) in [
      ("includes", "#include \"\(secret.path)\""), ("climbs", "#include \"../../../secret.h\""),
      ("takes_in", "__asm__(\".section .rodata\\n.incbin \\\"\(secret.path)\\\"\\n.text\");"),
    ] {
      try project.write("s/\(name)/capi-heap.c", line + "\n" + Sources.capi(["fine": ""]))
      try project.write("s/\(name)/scenarios.py", Sources.scenarios([("x_\(name)", "record('x', ext.fine())")]))
    }
    let run = try await project.run("run", "--sandbox", "--cache", project.root.appending(path: "cache").path)
    let results = try project.results()
    for name in ["includes", "climbs", "takes_in"] {
      let result = try #require(results["x_\(name)@capi-heap"], "\(name): \(run)")
      // The compiler says where it stands; of what the assembler refuses, the first line is kept.
      let (outcome, says): (Outcome, String) =
        name == "takes_in" ? (.notBuilt, "Assembler messages") : (.invalid, "No such file")
      #expect(result.outcome == outcome, "\(name): \(run)")
      #expect(result.message?.contains(says) == true, "\(name): \(result.message ?? "")")
    }
  }

  @Test("where there can be no sandbox, a run that asks for one is refused, and a night says that it has none")
  func unavailable() async throws {
    let project = try Project([
      "s/c/capi-heap.c": Sources.capi(["fine": ""]),
      "s/c/scenarios.py": Sources.scenarios([("x", "expect('x', 1, 1, source='d')")]),
    ])
    try project.program("bin/bwrap", "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    let path = project.root.appending(path: "bin").path + ":/usr/bin:/bin"
    let run = try await project.run("run", "--sandbox", environment: ["PATH": path])
    #expect(run.exitCode == 69)
    #expect(
      run.errors == "hpy-conform: no sandbox: bwrap: No permissions to create new namespace; install bubblewrap and "
        + "permit user namespaces, or run foreign code with your rights: --no-sandbox\n")
    #expect(!FileManager.default.fileExists(atPath: project.database))
    let night = try await project.run("nightly", environment: ["PATH": path])
    #expect(night.exitCode == 0, "\(night)")
    #expect(night.errors.contains("no sandbox: bwrap: No permissions"))
  }

  @Test("whether it was on is part of what a cell's result depends on", .enabled("needs it") { await isAvailable() })
  func reuse() async throws {
    let project = try Project([
      "s/c/capi-heap.c": Sources.capi(["fine": ""]),
      "s/c/scenarios.py": Sources.scenarios([("x", "expect('x', 1, 1, source='d')")]),
    ])
    for option in ["--no-sandbox", "--sandbox"] { #expect(try await project.run("run", option).exitCode == 0) }
    try await project.run("run", "--reuse", "--sandbox")
    #expect(try project.summary().reused.count == 1)
    try await project.run("run", "--reuse", "--timeout", "9", "--no-sandbox")
    #expect(try project.summary().reused.isEmpty)
    let (run, store) = try project.latest()
    #expect(try store.results(of: run).allSatisfy { $0.verdict == .conforming })
  }
}
