import FullrankFiles
import FullrankModel
import FullrankPlatform
import FullrankTestSupport
import Testing

@Suite struct CSVFileTests {
    private func read(_ text: String) throws(FileError) -> CSVFile {
        try CSVFile(bytes: Array(text.utf8), path: "data.csv")
    }

    @Test(arguments: [
        "1,2,3\n4,5,6\n", "1,2,3\r\n4,5,6\r\n", "1,2,3\r4,5,6\r", "1,2,3\n4,5,6", "\u{feff}1,2,3\n4,5,6\n",
        "a,b,c\n1,2,3\n4,5,6\n", "# made by hand\n\n1,2,3 # first\n  \n#\n4 , 5,\t6\n\n", "1;2;3\n4;5;6\n",
        "1\t2\t3\n4\t5\t6\n", "first name\tb\tc\n1\t2\t3\n4\t5\t6\n", "1 2  3\n 4\t 5 6 \n",
        "\tx\ty\tz\n7\t1\t2\t3\n8\t4\t5\t6",
        "+1,2.,3e0\n.4E1,50e-1,0006\n", "# x,y\n\"u\",v,\n1,2,3\n4,5,6\n",
    ])
    func readsTwoRowsOfThree(text: String) throws {
        let file = try read(text)
        #expect(file.rows == 2 && file.columns == 3)
        #expect(file.values == [1, 2, 3, 4, 5, 6])
    }

    @Test func decimalsAreReadExactly() throws {
        let text = "0.1,1e-320,9007199254740993,17976931348623157e292,-0,2.2250738585072011e-308,0.3000000000000000166"
        // The runtime's own parser; the compiler warns of literals as small as these.
        let wanted = text.split(separator: ",").compactMap { Double($0) }
        #expect(wanted[2] == 0x1p53 && wanted[3] == .greatestFiniteMagnitude && wanted[6] == 0.3)
        #expect(try read(text).values.map(\.bitPattern) == wanted.map(\.bitPattern))
    }

    @Test(arguments: [
        ("", "holds no numbers"), ("\n\n", "holds no numbers"), ("# nothing\n", "holds no numbers"),
        ("x,y\n", "holds no numbers"),
        ("1,2\n3\n", "line 2 has 1 columns where line 1 has 2; fields are separated by commas"),
        ("x,y\n\n1,2,3\n", "line 3 has 3 columns where line 1 has 2; fields are separated by commas"),
        ("1,2,\n", "line 1, column 3 is empty; a number must stand there"),
        ("1,2\n3,\n", "line 2, column 2 is empty; a number must stand there"),
        ("1,2\n,\n", "line 2, column 1 is empty; a number must stand there"),
        ("1,2\n3,x\n", "line 2, column 2: 'x' is not a number"),
        ("1,y\n", "line 1, column 2: 'y' is not a number"),
        ("a,b\nc,d\n", "line 2, column 1: 'c' is not a number"),
        ("1,0x10\n", "line 1, column 2: '0x10' is not a number"),
        ("1,1e\n", "line 1, column 2: '1e' is not a number"),
        ("1,--1\n", "line 1, column 2: '--1' is not a number"),
        ("1,1.2.3\n", "line 1, column 2: '1.2.3' is not a number"),
        ("1,5;2,5\n", "line 1, column 2: '5;2' is not a number; fields are separated by commas"),
        ("1,\"2\"3\n", "line 1, column 2: '\"2\"3' is not a number"),
        ("1,\"2\n", "line 1: a quote is opened and not closed"),
        ("\n1,2\n3,\"4", "line 3: a quote is opened and not closed"),
        ("1,\"\"\n", "line 1, column 2 is empty; a number must stand there"),
        ("NA\n0.5\n", "line 1, column 1: 'NA' is not a number"),
        ("?,NA\n0.5,1\n", "line 1, column 1: '?' is not a number"),
        ("1_000,2_000\n3,4\n", "line 1, column 1: '1_000' is not a number"),
        (",0.5,0.3\n1,2,3\n", "line 1, column 1 is empty; a number must stand there"),
        (
            "x y # metres\n1 2\n",
            "line 2 has 2 columns where line 1 has 4; fields are separated by blanks, and '#' begins a comment only where a "
                + "line begins or behind numbers"
        ),
        ("1\u{0},2\n", "holds zero bytes, as UTF-16 and UTF-32 without a byte order mark do; UTF-8 is read"),
        ("1,a\u{1b}[2J\n", "line 1, column 2: 'a\\u{1B}[2J' is not a number"),
        ("1,nan\n", "line 1, column 2: 'nan' is not finite; every number must be"),
        ("NaN\n", "line 1, column 1: 'NaN' is not finite; every number must be"),
        ("1\n-Infinity\n", "line 2, column 1: '-Infinity' is not finite; every number must be"),
        ("1\n+inf\n", "line 2, column 1: '+inf' is not finite; every number must be"),
        ("1e999,2\n", "line 1, column 1: '1e999' is not finite; every number must be"),
    ])
    func refuses(text: String, words: String) {
        let error = #expect(throws: FileError.self) { try read(text) }
        #expect(error?.description == "data.csv: \(words)")
        #expect(error?.isSystemFailure == false)
    }

    @Test func damagedFilesNeverTrap() {
        var random = SeededGenerator(seed: 21)
        let alphabet = Array("0123456789.,;\t \r\n#eE+-naif\"\u{0}é".utf8)
        for _ in 0..<20_000 {
            let bytes = (0..<random.below(40)).map { _ in alphabet[random.below(alphabet.count)] }
            guard let file = try? CSVFile(bytes: bytes, path: "x") else { continue }
            #expect(file.values.count == file.rows * file.columns && file.rows > 0)
        }
    }

    /// A million numbers: about a second is what a user waits for; ten would be a mistake in the reader.
    @Test func aMillionNumbersInSeconds() throws {
        var text = ""
        for row in 0..<100_000 {
            text += "\(Double(row) / 7)"
            for column in 1..<10 { text += ",\(Double(row * column) / 3)" }
            text += "\n"
        }
        let bytes = Array(text.utf8)
        let clock = ContinuousClock()
        var file: CSVFile?
        let time = try clock.measure { file = try CSVFile(bytes: bytes, path: "x") }
        #expect(file?.values.count == 1_000_000)
        #expect(file?.values.last == Double(99_999 * 9) / 3)
        #expect(time < allowed(.seconds(3)), "took \(time)")
    }
}

@Suite struct DataSetFileTests {
    @Test func readsByExtension() throws {
        let folder = TemporaryFolder()
        let csv = try DataSet.load(path: folder.file("a.csv", Array("x,y\n1,2\n3,4\n5,6\n".utf8)))
        #expect(csv == DataSet(points: 3, inputDimension: 2, values: [1, 2, 3, 4, 5, 6]))
        let npy = NPYBuilder.file(descriptor: "<f8", shape: "(3, 2)", data: NPYBuilder.doubles([1, 2, 3, 4, 5, 6]))
        #expect(try DataSet.load(path: folder.file("a.NPY", npy)) == csv)
        let line = NPYBuilder.file(descriptor: "|u1", shape: "(3,)", data: [7, 8, 9])
        #expect(
            try DataSet.load(path: folder.file("b.npy", line))
                == DataSet(points: 3, inputDimension: 1, values: [7, 8, 9]))
    }

    /// Gzip is known by its first bytes: named .gz or not, and what is named so need not be.
    @Test func gzipIsKnownByItsBytes() throws {
        let folder = TemporaryFolder()
        #expect(
            folder.python(
                """
                import gzip
                open("a.csv", "wb").write(gzip.compress(b"1,2\\n3,4\\n"))
                open("a.idx", "wb").write(gzip.compress(bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4])))
                open("b.csv.gz", "w").write("1,2\\n3,4\\n")
                """))
        let points = DataSet(points: 2, inputDimension: 2, values: [1, 2, 3, 4])
        for name in ["a.csv", "a.idx", "b.csv.gz"] {
            #expect(try DataSet.load(path: folder.path + "/" + name) == points, "\(name)")
        }
    }

    @Test func notesReachTheCaller() throws {
        let folder = TemporaryFolder()
        var notes = [String]()
        _ = try DataSet.load(path: folder.file("a.csv", "x\n1\n")) { notes += $0 }
        #expect(notes == ["line 1 is taken as a header"])
    }

    @Test func refusesWhatIsNoDataSet() {
        let folder = TemporaryFolder()
        func message(_ name: String, _ bytes: [UInt8]) -> String? {
            let path = folder.file(name, bytes)
            let error = #expect(throws: FileError.self) { try DataSet.load(path: path) }
            return error.map { String($0.description.dropFirst(folder.path.count + 1)) }
        }
        func shaped(_ shape: String, _ values: [Double]) -> [UInt8] {
            NPYBuilder.file(descriptor: "<f8", shape: shape, data: NPYBuilder.doubles(values))
        }
        #expect(message("a.npy", shaped("()", [1])) == "a.npy: shape () is not (points, inputs)")
        #expect(message("b.npy", shaped("(1, 1, 1)", [1])) == "b.npy: shape (1, 1, 1) is not (points, inputs)")
        #expect(message("c.npy", shaped("(0, 3)", [])) == "c.npy: shape (0, 3) holds no data")
        #expect(message("d.npy", shaped("(2, 0)", [])) == "d.npy: shape (2, 0) holds no data")
        #expect(
            message("e.npy", shaped("(2, 1)", [1, .nan])) == "e.npy: element (1, 0) is nan; every number must be finite"
        )
        #expect(message("f.txt", []) == "f.txt: is neither a .npy, .npz or .csv nor an IDX file, by its name")
        #expect(message("g.csv", []) == "g.csv: holds no numbers")
    }
}
