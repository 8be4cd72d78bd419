import FullrankFiles
import FullrankModel
import FullrankPlatform
import FullrankReport
import FullrankRuns
import FullrankSweep

/// The files of `fullrank network --output` (docs/file-formats.md, "Networks").
struct NetworkFolder {
    static let format = "fullrank-networks", formatVersion = 1
    private static let journal = "ranks.jsonl", tableName = "ranks.csv", figure = "diagram-ranks.svg"
    private static let conversions = ["diagram-ranks.pdf", "diagram-ranks.png"]

    private let folder: RunFolder
    var path: String { folder.path }

    /// - Parameter deciding: what of plan.json decides the numbers.
    init(_ path: String, deciding: [JSONValue.Member], provenance: [JSONValue.Member], replacing: Bool)
        throws(SweepFolderError)
    {
        folder = try RunFolder(
            path, format: Self.format, version: Self.formatVersion, deciding: deciding, provenance: provenance,
            outputs: [Self.journal, Self.tableName, Self.figure] + Self.conversions, replacing: replacing)
    }

    /// What earlier runs ranked.
    func ranked() throws(SweepFolderError) -> [RankedNetwork] { try Self.ranked(in: path) }

    /// What is ranked in a folder.
    static func ranked(in path: String) throws(SweepFolderError) -> [RankedNetwork] {
        guard let bytes = try Files.read("\(path)/\(journal)") else { return [] }
        var ranked = [RankedNetwork]()
        for (number, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
            do throws(LineDamage) {
                let body = try (line + [UInt8(ascii: "\n")]).withBuffer { line throws(LineDamage) in
                    Array(try LineSeal.open(line)) + [UInt8(ascii: "}")]
                }
                guard let value = try? JSONValue(parsing: body), let network = RankedNetwork(value) else {
                    throw LineDamage("it is no rank of a network")
                }
                ranked.append(network)
            } catch {
                throw .damaged(path: "\(path)/\(journal)", line: number + 1, reason: error.words)
            }
        }
        return ranked
    }

    /// The journal first: all else follows from it.
    func write(_ ranked: [RankedNetwork]) throws(SweepFolderError) {
        var lines = [UInt8]()
        for network in ranked {
            let start = lines.count
            lines += network.json.text.utf8.dropLast()
            LineSeal.close(&lines, from: start)
        }
        try folder.write(lines, to: Self.journal)
        try folder.write(Array(Self.table(ranked).utf8), to: Self.tableName)
    }

    func writeFigure(_ ranked: [RankedNetwork], caption: String, theme: FigureTheme) throws(SweepFolderError) {
        try folder.write(Array(Self.svg(ranked, caption: caption, theme: theme).utf8), to: Self.figure)
    }
}

extension NetworkFolder {
    static let figureTitle = "Exact rank of the Jacobian, file by file"

    static func svg(_ ranked: [RankedNetwork], caption: String, theme: FigureTheme) -> String {
        NetworkFigure.svg(ranked.map { ($0.file, $0.rank) }, title: figureTitle, caption: caption, theme: theme)
    }

    /// ranks.csv
    static func table(_ ranked: [RankedNetwork]) -> String {
        RankedNetwork.tableHeader + ranked.map(\.tableRow).joined()
    }

    /// - Parameter inputs: "inputs from data.npy".
    static func caption(
        networks: Int, points: Int, inputs: String, activation: String, trained: String, primes: String
    ) -> String {
        "network: \(counted(networks, "network")), \(counted(points, "point")), \(inputs), \(activation), "
            + "parameters trained: \(trained). Exact rank modulo \(primes); a rank at its bound is proved. "
            + "fullrank \(version)."
    }
}
