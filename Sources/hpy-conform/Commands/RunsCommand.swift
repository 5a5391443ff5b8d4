import ArgumentParser
import Documents
import Model

struct RunsCommand: ConformCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List the runs of a database, including portability views.")

  @OptionGroup var places: PlaceOptions
  @OptionGroup var database: DatabaseOptions

  func perform() async throws -> ExitStatus {
    Console.show(try RunListDocument(database.reader(places), kind: nil))
    return .asExpected
  }
}
