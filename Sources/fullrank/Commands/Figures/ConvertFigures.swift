import FullrankFiles
import FullrankModel
import FullrankSweep

extension FigureOptions {
    /// Makes files of the format asked for beside SVG files, which stay.
    ///
    /// - Returns: the files' names; none if SVG is asked for.
    /// - Throws: `unavailable` if rsvg-convert is not there or can't read a figure.
    @discardableResult
    func convert(_ paths: [String]) throws(CommandFailure) -> [String] {
        guard format != .svg, !paths.isEmpty else { return [] }
        guard let program = ChildProcess.find("rsvg-convert") else {
            throw CommandFailure(
                .unavailable,
                "--format \(format.rawValue) needs rsvg-convert, which is not in PATH (Debian: librsvg2-bin, Fedora: librsvg2-tools); "
                    + "the figures are there as SVG")
        }
        var names = [String](), failure: String?
        for path in paths {
            let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            let name = parts[parts.count - 1]
            let stem = name.hasSuffix(".svg") ? String(name.dropLast(4)) : name
            let folder = parts.count == 1 ? "." : parts.dropLast().joined(separator: "/")
            do throws(SweepFolderError) {
                // Figures come in on standard input and go out on standard output: no file's name is an argument.
                let result = try ChildProcess.run(program, ["--format", format.rawValue], input: path)
                if result.status == 0, !result.output.isEmpty {
                    try Files.writeWhole(
                        result.output, folder: folder.isEmpty ? "/" : folder, name: "\(stem).\(format.rawValue)")
                } else {
                    failure =
                        "rsvg-convert can't make \(format.rawValue) of \(path.printable()): \(result.words.printable())"
                }
            } catch {
                throw CommandFailure(error)
            }
            if let failure { throw CommandFailure(.unavailable, failure) }
            names.append(parts.count == 1 ? "\(stem).\(format.rawValue)" : "\(folder)/\(stem).\(format.rawValue)")
        }
        return names
    }

    /// All diagrams of a folder that a command has written.
    func convertDiagrams(in folder: String) throws(CommandFailure) {
        guard format != .svg else { return }
        let names: [String]
        do throws(SweepFolderError) { names = try Files.names(in: folder) } catch { throw CommandFailure(error) }
        try convert(names.filter { $0.hasPrefix("diagram-") && $0.hasSuffix(".svg") }.map { "\(folder)/\($0)" })
    }
}
