import Model

extension PageFields {
  /// Past runs, as a table and as plots.
  var history: [String: Any] {
    let moments = document.timeline
    let labels = moments.map { PageText.date($0.started) }
    let plot = {
      (id: String, title: String, unit: String, value: (ReportDocument.Moment) -> Double?) -> [String: Any] in
      let plot = TrendPlot(title: title, unit: unit, values: moments.map(value), labels: labels, id: id)
      return ["svg": plot.svg, "caption": plot.summary]
    }
    let count = { (moment: ReportDocument.Moment, verdicts: [String]) -> Double? in
      moment.verdicts.isEmpty ? nil : Double(verdicts.map { moment.verdicts[$0] ?? 0 }.reduce(0, +))
    }
    return [
      "hasMoments": !moments.isEmpty,
      "plots": [
        plot("plot-new", "Divergences that the ledger lacks", "") { count($0, ["new"]) },
        plot("plot-known", "Known divergences", "") { count($0, ["known"]) },
        plot("plot-time", "Duration of the run", "s", \.seconds),
        plot("plot-build", "Build time", "s", \.buildSeconds),
      ],
      "moments": moments.reversed().map { moment($0) },
    ]
  }

  private func moment(_ moment: ReportDocument.Moment) -> [String: Any] {
    let isThis = moment.run == document.run.run
    let notes = [
      isThis ? "this run" : nil, moment.isBaseline ? "baseline" : nil,
      moment.state == "finished" ? nil : moment.state,
    ].compactMap { $0 }
    let counts = ["new", "fixed", "flaky", "known", "conforming"].map { verdict -> [String: Any] in
      let count = moment.verdicts[verdict] ?? 0
      let tone = count > 0 && verdict != "known" && verdict != "conforming" ? Self.tone(of: verdict).name : ""
      return ["text": String(count), "class": tone]
    }
    return [
      "run": String(moment.run.prefix(8)), "started": PageText.time(moment.started),
      "note": Self.optional(notes.joined(separator: ", ")), "class": isThis ? "this" : "", "counts": counts,
      "seconds": moment.seconds.map(PageText.duration) ?? "–",
      "builds": moment.buildSeconds.map(PageText.duration) ?? "–", "changed": moment.changed,
    ]
  }

  /// The run and its baseline, beside each other.
  var about: [String: Any] {
    let before = document.baseline
    let row = { (name: String, value: (ReportDocument.RunInfo) -> String?) -> [String: Any] in
      ["name": name, "now": value(document.run) ?? "–", "before": before.flatMap(value) ?? "–"]
    }
    var rows = [
      row("run", \.run), row("started") { PageText.time($0.started) },
      row("finished") { $0.finished.map(PageText.time) }, row("state", \.state), row("series", \.series),
      row("cells planned") { String($0.planned) }, row("arguments", \.arguments), row("compiler", \.compiler),
      row("hpy-conform", \.program),
    ]
    let runtimes = document.run.runtimes + (before?.runtimes ?? [])
    var seen: Set<String> = []
    for runtime in runtimes where seen.insert(runtime.name).inserted {
      rows.append(row(runtime.name) { run in run.runtimes.first { $0.name == runtime.name }?.title })
    }
    return [
      "baselined": before != nil, "aboutRows": rows, "hasMissing": !document.run.missing.isEmpty,
      "missing": document.run.missing,
    ]
  }
}
