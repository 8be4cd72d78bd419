import FullrankFiles
import FullrankModel
import FullrankTestSupport
import Testing

/// What spreadsheets, pandas and R write: read, or named in the message.
@Suite struct CSVFormTests {
    private func read(_ text: String) throws(FileError) -> CSVFile {
        try CSVFile(bytes: Array(text.utf8), path: "data.csv")
    }

    private static let index =
        "line 1 is taken as a header, and column 1, which it gives no name, as an index: left out"

    /// Each holds the points (0.5, 0.25) and (3, 4); the words say what else was seen in it.
    @Test(arguments: [
        ("0.5,0.25\n3,4\n", []),
        // RFC 4180; h2oai/datatable's and papaparse's quoted numbers and separators.
        ("\"0.5\",\" 0.25 \"\n\"3\",4\n", []),
        ("\"x\",\"y\"\n\"0.5\",\"0.25\"\n\"3\",\"4\"\n", ["line 1 is taken as a header"]),
        ("\"Length, cm\";\"Width, cm\"\n0.5;0.25\n3;4\n", ["line 1 is taken as a header"]),
        ("\"two\r\nlines\",\"a \"\"b\"\"\"\r\n0.5,0.25\r\n3,4\r\n", ["line 1 is taken as a header"]),
        ("\"u v\" w\n\"0.5\" 0.25\n3 \"4\"\n", ["line 1 is taken as a header"]),
        // `#` within a header, within quotes, behind numbers, at the beginning of a line.
        ("A,#\n0.5,0.25\n3,4\n", ["line 1 is taken as a header"]),
        ("Item#,\"#\"\n0.5,0.25 # a, \"b\n3,4#c\n  # \"d\n", ["line 1 is taken as a header"]),
        ("0.5 0.25 # a, b\n3 4\n", []),
        // Names that begin with digits, and the chemical element.
        ("1stFlrSF,2ndFlrSF,Area\n0.5,0.25,1\n3,4,1\n", ["line 1 is taken as a header"]),
        ("Na,Mg\n0.5,0.25\n3,4\n", ["line 1 is taken as a header"]),
        ("\n# made\n\nx,y\n0.5,0.25\n3,4\n", ["line 4 is taken as a header"]),
        // pandas' index, R's write.csv and write.table.
        (",a,b\n0,0.5,0.25\n1,3,4\n", [index]),
        (",0,1\n0,0.5,0.25\n1,3,4\n", [index]),
        ("\"\",\"V1\",\"V2\"\n\"1\",0.5,0.25\n\"Mazda RX4\",3,4\n", [index]),
        (
            "\"V1\" \"V2\"\n\"1\" 0.5 0.25\n\"2\" 3 4\n",
            [
                "line 1 is taken as a header of one column fewer, and column 1, which it does not name, as an index: "
                    + "left out"
            ]
        ),
        ("sep=;\n0.5;0.25\n3;4\n", ["line 1 names the separator, and is no point"]),
    ])
    func readsTwoPoints(text: String, notes: [String]) throws {
        let file = try read(text)
        let columns = text.hasPrefix("1st") ? 3 : 2
        #expect(file.rows == 2 && file.columns == columns)
        #expect(file.values == (columns == 2 ? [0.5, 0.25, 3, 4] : [0.5, 0.25, 1, 3, 4, 1]))
        #expect(file.notes == notes)
    }

    @Test func aLineThatCountsUpIsAPointAndSaidToBe() throws {
        let words = ["line 1 counts up from 0 and is taken as a point, not as a header"]
        let file = try read("0,1\n0.5,0.3\n")
        #expect(file.values == [0, 1, 0.5, 0.3] && file.notes == words)
        #expect(try read("0\n0.5\n").notes == words)
        // Points of one whole number each.
        #expect(try read("0\n1\n-1\n").notes == [])
        #expect(try read("1,0\n0,1\n").notes == [])
    }

    @Test(arguments: ["0.5,2.5\n", "x,y\n0.5,2.5\n", "\"ä\u{1F600}\",y\r\n0.5,2.5"])
    func utf16OfEitherOrder(text: String) throws {
        let units = Array(("\u{feff}" + text).utf16)
        for big in [false, true] {
            let bytes = units.flatMap {
                big ? [UInt8($0 >> 8), UInt8($0 & 0xff)] : [UInt8($0 & 0xff), UInt8($0 >> 8)]
            }
            #expect(try CSVFile(bytes: bytes, path: "x").values == [0.5, 2.5])
            let odd = #expect(throws: FileError.self) { try CSVFile(bytes: bytes.dropLast(), path: "x") }
            #expect(odd?.description == "x: is UTF-16, but of an odd number of bytes")
            let bare = #expect(throws: FileError.self) {
                try CSVFile(bytes: Array("0".utf16.flatMap { [UInt8($0), 0] }), path: "x")
            }
            #expect(bare?.description.contains("UTF-16") == true)
        }
        let wide = #expect(throws: FileError.self) { try CSVFile(bytes: [0xff, 0xfe, 0, 0, 0x30, 0, 0, 0], path: "x") }
        #expect(wide?.description == "x: is UTF-32; UTF-8 and UTF-16 are read")
    }

    /// A quote that is never closed costs one pass, however many there are.
    @Test func quotesInCommentsAreFast() throws {
        let text = String(repeating: "1,2 # \"\n", count: 50_000)
        let clock = ContinuousClock()
        var rows = 0
        let time = try clock.measure { rows = try read(text).rows }
        #expect(rows == 50_000)
        #expect(time < allowed(.seconds(3)), "took \(time)")
    }
}
