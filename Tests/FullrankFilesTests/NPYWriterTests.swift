import FullrankFiles
import FullrankModel
import FullrankTestSupport
import Testing

@Suite struct NPYWriterTests {
    private let shapes: [[Int]] = [
        [], [1], [3], [0], [2, 3], [0, 5], [5, 0], [2, 3, 4], [1_000_00, 1],
        [1, 2, 1, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    ]

    @Test func readsBackWhatItWrote() throws {
        let folder = TemporaryFolder()
        for (number, shape) in shapes.enumerated() {
            let values = (0..<shape.reduce(1, *)).map { 0.1 * Double($0) - 1 }
            let path = "\(folder.path)/\(number).npy"
            try NPYWriter.write(values, shape: shape, to: path)
            let file = try NPYFile(path: path)
            #expect(file.shape == shape && file.values == values)
            let bytes = try #require(folder.read("\(number).npy"))
            #expect((bytes.count - 8 * values.count) % 64 == 0)
        }
    }

    @Test(.enabled(if: numpyIsHere, "SKIPPED: python3 with numpy is not here"))
    func writesWhatNumPyWrites() throws {
        let folder = TemporaryFolder()
        for (number, shape) in shapes.enumerated() {
            let count = shape.reduce(1, *)
            try NPYWriter.write((0..<count).map { Double($0) / 8 }, shape: shape, to: "\(folder.path)/f\(number).npy")
            try NPYWriter.write((0..<count).map { UInt8($0 % 251) }, shape: shape, to: "\(folder.path)/u\(number).npy")
        }
        let sizes = shapes.map { "(" + $0.map { "\($0)," }.joined() + ")" }.joined(separator: ",")
        try #require(
            folder.python(
                """
                import numpy as np
                for i, shape in enumerate([\(sizes)]):
                    count = int(np.prod(shape))
                    np.save(f'numpy-f{i}.npy', (np.arange(count) / 8).reshape(shape))
                    np.save(f'numpy-u{i}.npy', (np.arange(count) % 251).astype(np.uint8).reshape(shape))
                """))
        for number in shapes.indices {
            for kind in ["f", "u"] {
                let name = "\(kind)\(number).npy"
                #expect(folder.read(name) == folder.read("numpy-" + name), "shape \(shapes[number])")
            }
        }
    }

    @Test func leavesAFileThatIsThereAlone() throws {
        let folder = TemporaryFolder()
        let path = folder.file("there.npy", [1, 2, 3])
        let error = #expect(throws: FileError.self) { try NPYWriter.write([1.0], shape: [1], to: path) }
        #expect(error?.description == "\(path): cannot be written: File exists")
        #expect(error?.isSystemFailure == true)
        #expect(folder.read("there.npy") == [1, 2, 3])
    }
}
