import FullrankTestSupport
import Testing

/// A sweep of about two seconds on two cores, what it ends with, and ways to see how far it is.
enum LongSweep {
    /// Of both problems together.
    static let trials = 24_000
    private static let line =
        "sweep --backend cpu --d0 1,2 --n 20..60:20 --d1 100..1000:300 --seed 7 --trials \(trials / 2) --output"

    static func arguments(_ folder: String) -> [String] { line.split(separator: " ").map(String.init) + [folder] }

    /// The folder of an undisturbed run.
    static let undisturbed: [String: [UInt8]] = {
        let folder = TemporaryFolder()
        let result = BuiltCommand.run(arguments(folder.path + "/sweep"), timeout: 60)
        precondition(result.status == 0, result.messages)
        return folder.contents(of: "sweep")
    }()

    /// Whole lines of a folder's journal after its header; 0 if there is no journal.
    static func journalled(_ folder: TemporaryFolder, _ name: String) -> Int {
        max(0, (folder.read(name + "/trials.jsonl") ?? []).count { $0 == UInt8(ascii: "\n") } - 1)
    }

    /// Expects every file of the folder to equal the undisturbed run's, to the byte.
    static func expectUndisturbed(
        _ folder: TemporaryFolder, _ name: String, _ location: SourceLocation = #_sourceLocation
    ) {
        expectSame(folder.contents(of: name), undisturbed, location)
    }
}

/// Expects two folders to hold the same files, to the byte; names those that differ.
func expectSame(
    _ one: [String: [UInt8]], _ other: [String: [UInt8]], _ location: SourceLocation = #_sourceLocation
) {
    #expect(one.keys.sorted() == other.keys.sorted(), sourceLocation: location)
    let different = one.keys.filter { one[$0] != other[$0] }.sorted()
    #expect(different == [], sourceLocation: location)
}
