import FullrankTestSupport
import Testing

@Suite struct ReportTests {
    private let folder = TemporaryFolder()

    private func sweep(_ name: String, _ line: String) {
        BuiltCommand.succeed("sweep --backend cpu \(line)", ["--output", folder.path + "/" + name])
    }

    /// What stands between two marks.
    private func between(_ text: String, _ start: String, _ end: String) -> String {
        guard let from = text.firstRange(of: start), let to = text[from.upperBound...].firstRange(of: end) else {
            return ""
        }
        return String(text[from.upperBound..<to.lowerBound])
    }

    @Test(arguments: [
        "--d0 1,2 --n 5..20:5,33 --d1 3..15:3 --trials 12 --seed 3 --inputs cube --no-bias",
        "--ratio 0.5,1 --n 4,9 --d1 1..8 --trials 9 --init he-uniform --half-width 0.2 --max-trials 60",
        "--d0 1,2 --n 4,8 --d1 2..30:4 --trials 8 --patterns regions",
        "--d0 2 --n 4..12:4 --d1 2..6 --trials 5 --method svd --precision float32",
    ])
    func theCommandInItRepeatsTheSweep(line: String) {
        sweep("s", line)
        let result = BuiltCommand.succeed("report", [folder.path + "/s"])
        #expect(result.output == folder.path + "/s/report.html\n")
        let page = folder.text("s/report.html")
        let command = between(page, "<pre>", "</pre>")
        #expect(command.hasPrefix("fullrank sweep ") && command.hasSuffix(" --output again"), "\(command)")
        var words = command.split(separator: " ").dropFirst().map(String.init)
        words[words.count - 1] = folder.path + "/again"
        #expect(BuiltCommand.run(words + ["--backend", "cpu"]).status == 0, "\(words)")
        #expect(folder.text("again/cells.csv") == folder.text("s/cells.csv"))
    }

    /// Nothing in it is fetched or run: addresses are data, the rest are names of XML's vocabularies.
    @Test func onePageThatNeedsNothingElse() {
        sweep("s", "--d0 1,2 --n 5..20:5 --d1 3..15:3 --trials 12")
        BuiltCommand.succeed("report --overlay all --output \(folder.path)/new/page.html", [folder.path + "/s"])
        let page = folder.text("new/page.html")
        for word in ["<script", "<link", "<img", "@import", "onload", "src=", "url(http"] {
            #expect(!page.contains(word), "\(word)")
        }
        for match in page.matches(of: /href="([^"]{0,20})/) {
            #expect(match.output.1.hasPrefix("data:"), "\(match.output.1)")
        }
        for match in page.matches(of: /https?:\/\/[^" <]*/) {
            #expect(match.output.hasPrefix("http://www.w3.org/"), "\(match.output)")
        }
        for heading in ["Question", "Figures", "Numbers", "Method", "How sure", "The same again"] {
            #expect(page.contains("<h2>\(heading)</h2>"), "\(heading)")
        }
        for table in ["diagram", "diagram-curves", "widths", "scaled", "distribution"] {
            #expect(page.contains("download=\"\(table).csv\""), "\(table)")
        }
        // The tables are the sweep's.
        for row in folder.text("s/cells.csv").split(separator: "\n").dropFirst() {
            let fields = row.split(separator: ",")
            let heading = "<caption>d0 = \(fields[0]): fraction of full rank</caption>"
            let line = between(between(page, heading, "</table>"), "<tr><td>\(fields[2])</td>", "</tr>")
            let index = (Int(fields[1]) ?? 0) / 5 - 1
            let shown = line.matches(of: /<td>([0-9.]+)<\/td>/).map { Double($0.output.1) ?? -1 }
            #expect(abs(shown[index] - (Double(fields[5]) ?? -2)) <= 0.005 + 1e-9, "\(row)")
        }
        #expect(
            page
                == {
                    BuiltCommand.succeed("report --overlay all", [folder.path + "/s"]);
                    return folder.text("s/report.html")
                }())
    }

    @Test func aSweepOfWidthsAlone() {
        BuiltCommand.succeed("threshold --backend cpu --d0 2,3 --n 20 --trials 10", ["--output", folder.path + "/t"])
        BuiltCommand.succeed("report", [folder.path + "/t"])
        let page = folder.text("t/report.html")
        #expect(page.contains("--n 1..20 --d1 ") && page.contains("<caption>d0 = 3: width d1 of full rank</caption>"))
        BuiltCommand.expectFailure(
            ["report", folder.path + "/none"], "report: \(folder.path)/none is no sweep's folder: it has no plan.json",
            code: 65)
    }
}
