import Foundation
import Reporting

let document = try JSONDecoder().decode(ReportDocument.self, from: FileHandle.standardInput.readToEnd() ?? Data())
try FileHandle.standardOutput.write(contentsOf: Data(ReportPage(document).html.utf8))
