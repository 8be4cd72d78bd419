import FullrankPlatform
import FullrankTestSupport
import Testing

/// `--format`, `--no-title`, `--no-caption` and `--width` of the commands that write figures.
@Suite struct FigureFormatTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.path }

    private static let hasRenderer = shell("rsvg-convert --version >/dev/null 2>&1") == 0

    /// Each writes its figures into a place of its own; the figure without ending, and the command line.
    private var commands: [(figure: String, line: String)] {
        let grid = "--d0 1 --n 4,8 --d1 4,8 --trials 4 --output \(path)"
        return [
            ("sweep/diagram-d0-1", "sweep --backend cpu \(grid)/sweep"),
            ("sweep/diagram-widths", "sweep --backend cpu \(grid)/sweep"),
            ("threshold/diagram-widths", "threshold --backend cpu --d0 1 --n 6 --trials 4 --output \(path)/threshold"),
            ("minima/diagram-d0-1", "minima --backend cpu \(grid)/minima"),
            ("merged/diagram-d0-1", "merge \(path)/sweep --output \(path)/merged"),
            ("plots/figure-diagram", "plot \(path)/sweep --output \(path)/plots"),
            ("plots/figure-diagram-dark", "plot \(path)/sweep --theme dark --output \(path)/plots"),
            (
                "train/diagram-training",
                "train --backend cpu --d0 1 --n 4 --d1 3 --steps 4 --no-singular-values --output \(path)/train"
            ),
            ("functions/function-space", "function-space --n 4 --output \(path)/functions"),
            ("explained", "explain --d0 1 --n 6 --d1 8 --figure \(path)/explained.svg"),
            ("regions", "regions --d0 1 --n 5 --figure \(path)/regions.svg"),
        ]
    }

    @Test(.enabled(if: hasRenderer, "rsvg-convert is not installed (Debian: librsvg2-bin): no figure is converted"))
    func filesOfTheFormatAskedFor() {
        let beginnings: [(format: String, bytes: [UInt8])] = [
            ("pdf", Array("%PDF-".utf8)), ("png", [0x89] + Array("PNG\r\n".utf8)),
        ]
        for (figure, line) in commands {
            for (format, beginning) in beginnings {
                BuiltCommand.succeed("\(line) --format \(format)")
                #expect((folder.read("\(figure).\(format)") ?? []).starts(with: beginning), "\(line)")
                #expect(folder.text("\(figure).svg").hasPrefix("<svg"), "\(line)")
            }
        }
        // The same figure, the same bytes; its name on standard output where the SVG's is.
        let before = (folder.read("plots/figure-diagram.pdf") ?? [])
        let names = BuiltCommand.succeed("plot \(path)/sweep --output \(path)/plots --format pdf").output
        #expect((folder.read("plots/figure-diagram.pdf") ?? []) == before)
        #expect(
            names.contains("\(path)/plots/figure-diagram.svg\n") && names.contains("\(path)/plots/figure-diagram.pdf\n")
        )
        // Started over, a folder has none of them left.
        BuiltCommand.succeed("sweep --backend cpu --d0 1 --n 4,8 --d1 4,8 --trials 5 --replace --output \(path)/sweep")
        #expect(!folder.contents(of: "sweep").keys.contains { $0.hasSuffix(".pdf") || $0.hasSuffix(".png") })
    }

    @Test(.enabled(if: hasRenderer, "rsvg-convert is not installed (Debian: librsvg2-bin): no figure is converted"))
    func aNameSaysWhichFormat() {
        BuiltCommand.succeed("regions --d0 1 --n 5 --width 700 --figure \(path)/r.png")
        let png = (folder.read("r.png") ?? [])
        #expect(png.count > 24 && png[16..<20].reduce(0) { $0 << 8 | Int($1) } == 700)
        #expect(folder.text("r.svg").hasPrefix("<svg"))
        BuiltCommand.succeed("explain --d0 1 --n 6 --d1 8 --figure \(path)/-e.pdf")
        #expect((folder.read("-e.pdf") ?? []).starts(with: Array("%PDF-".utf8)))
        BuiltCommand.expectFailure(
            ["regions", "--d0", "1", "--n", "5", "--figure", "\(path)/r.png", "--format", "pdf"],
            "regions: --figure: '\(path)/r.png' is not the name of a file in pdf; leave --format out or name it so",
            code: 64)
    }

    /// The SVG is there all the same. What is missing is said in one line, with where to get it.
    @Test(arguments: ["PATH=", "PATH=.:bin", "PATH=/nowhere"])
    func withoutTheProgram(search: String) {
        for (figure, line) in commands {
            let result = BuiltCommand.run(
                (line + " --format png").split(separator: " ").map(String.init), environment: [search])
            #expect(result.status == 69, "\(line)")
            let last = result.messages.split(separator: "\n").last.map(String.init) ?? ""
            #expect(
                last.hasSuffix(
                    ": --format png needs rsvg-convert, which is not in PATH (Debian: librsvg2-bin, Fedora: librsvg2-tools); "
                        + "the figures are there as SVG"), "\(line): \(last)")
            #expect(folder.text("\(figure).svg").hasPrefix("<svg"), "\(line)")
            #expect(access("\(path)/\(figure).png", F_OK) != 0, "\(line)")
        }
    }

    /// A program that fails: its own words, and no file. One that talks without end on standard error does not block.
    @Test func aProgramThatFails() {
        BuiltCommand.succeed("sweep --backend cpu --d0 1 --n 4,8 --d1 4,8 --trials 4 --output \(path)/s")
        mkdir("\(path)/bin", 0o755)
        folder.file(
            "bin/rsvg-convert",
            "#!/bin/sh\ni=0; while [ $i -lt 20000 ]; do echo 'no fonts'; i=$((i+1)); done >&2\nexit 3\n")
        chmod("\(path)/bin/rsvg-convert", 0o755)
        let result = BuiltCommand.run(
            ["plot", "\(path)/s", "--format", "pdf"], environment: ["PATH=\(path)/bin:/usr/bin:/bin"])
        #expect(result.status == 69)
        #expect(
            result.messages == "fullrank: plot: rsvg-convert can't make pdf of \(path)/s/figure-diagram.svg: no fonts\n"
        )
        #expect(
            folder.text("s/figure-diagram.svg").hasPrefix("<svg") && access("\(path)/s/figure-diagram.pdf", F_OK) != 0)
    }

    @Test func wordsAndSize() {
        BuiltCommand.succeed("sweep --backend cpu --d0 1 --n 4,8 --d1 4,8 --trials 4 --output \(path)/s")
        BuiltCommand.succeed("plot \(path)/s --output \(path)/whole")
        BuiltCommand.succeed("plot \(path)/s --output \(path)/bare --no-title --no-caption --width 321")
        let (whole, bare) = (folder.text("whole/figure-diagram.svg"), folder.text("bare/figure-diagram.svg"))
        #expect(whole.contains("font-weight=\"bold\"") && !bare.contains("font-weight=\"bold\""))
        #expect(whole.matches(of: /4 trials/).count == 2 && bare.matches(of: /4 trials/).count == 1)
        #expect(bare.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"321\""))
        BuiltCommand.succeed("report \(path)/s --no-title --width 321")
        #expect(
            folder.text("s/report.html").matches(of: /<svg xmlns="http:..www.w3.org.2000.svg" width="321"/).count >= 2)
        for (arguments, words) in [
            (["--width", "49"], "--width: '49' is too small; at least 50 pixels are needed to read a figure"),
            (["--width", "20001"], "--width: '20001' is too large; at most 20000 is taken"),
            (["--format", "gif"], "--format: 'gif' is not one of svg, pdf, png"),
        ] {
            BuiltCommand.expectFailure(["plot", "\(path)/s"] + arguments, "plot: " + words, code: 64)
        }
        BuiltCommand.expectFailure(
            ["explain", "--d0", "1", "--n", "3", "--d1", "3", "--no-title"],
            "explain: --no-title goes with --figure only", code: 64)
    }
}
