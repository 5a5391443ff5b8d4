/// Python files that run one scenario outside a run, and need nothing of it: what `repro` puts beside a case, and a
/// debugger starts.
public enum AloneFiles {
  /// Starts the scenario: its file name.
  public static let driver = "run_scenario.py"

  /// C that watches Python's allocators, for `--allocations` of the driver.
  public static let allocations = PackageResources.allocations_c

  /// By their names beside a scenario file.
  public static let all: [(name: String, bytes: [UInt8])] = [
    ("hpy_conform.py", PackageResources.alone_py), (driver, PackageResources.run_scenario_py),
    ("conform_imports.py", PackageResources.conform_imports_py),
    // A value is the same text here and in a run.
    ("conform_render.py", PackageResources.conform_render_py),
  ]
}
