import FullrankFiles
import FullrankModel
import FullrankTestSupport
import Testing

@Suite struct IDXFileTests {
    private func file(_ type: UInt8, _ shape: [UInt32], _ data: [UInt8]) -> [UInt8] {
        [0, 0, type, UInt8(shape.count)] + NPYBuilder.bytes(shape, bigEndian: true) + data
    }

    @Test func everyType() throws {
        func values(_ type: UInt8, _ count: UInt32, _ data: [UInt8]) throws -> [Double] {
            try IDXFile(bytes: file(type, [count], data), path: "x").values
        }
        #expect(try values(0x08, 3, [0, 7, 255]) == [0, 7, 255])
        #expect(try values(0x09, 3, [0, 127, 128]) == [0, 127, -128])
        #expect(try values(0x0b, 2, [0x01, 0x02, 0xff, 0xff]) == [258, -1])
        #expect(try values(0x0c, 2, [0x80, 0, 0, 0, 0, 0, 1, 0]) == [-2_147_483_648, 256])
        #expect(try values(0x0d, 1, NPYBuilder.bytes([Float(0.1).bitPattern], bigEndian: true)) == [Double(Float(0.1))])
        #expect(try values(0x0e, 2, NPYBuilder.doubles([0.1, -1e300], bigEndian: true)) == [0.1, -1e300])
    }

    @Test func shapes() throws {
        let images = try IDXFile(bytes: file(8, [2, 2, 3], Array(0..<12)), path: "x")
        #expect(images.shape == [2, 2, 3] && images.values == (0..<12).map(Double.init))
        #expect(try IDXFile(bytes: file(8, [0, 28], []), path: "x").values.isEmpty)
    }

    @Test func whatIsWrongIsSaid() {
        func problem(_ bytes: [UInt8]) -> String {
            do throws(FileError) {
                _ = try IDXFile(bytes: bytes, path: "x")
                return ""
            } catch {
                return error.description
            }
        }
        #expect(problem([1, 0, 8, 1]) == "x: is not an IDX file: it does not begin with two zero bytes")
        #expect(problem([0x93, 0x4e]) == "x: is not an IDX file: it does not begin with two zero bytes")
        #expect(problem([]) == "x: the IDX header is cut short: 0 bytes of 4")
        #expect(problem([0, 0, 8]) == "x: the IDX header is cut short: 3 bytes of 4")
        #expect(problem([0, 0, 8, 2, 0, 0, 0, 1]) == "x: the IDX header is cut short: 8 bytes of 12")
        #expect(problem([0, 0, 8, 0]) == "x: has no dimensions; (points, ...) is needed")
        #expect(problem([0, 0, 0x0a, 1]).hasPrefix("x: holds elements of unknown type 0x0a; 0x08 and 0x09"))
        #expect(problem(file(8, [2, 3], Array(0..<5))) == "x: holds 5 bytes of data where shape (2, 3) takes 6")
        #expect(problem(file(0x0e, [2], Array(0..<17))) == "x: holds 17 bytes of data where shape (2,) takes 16")
        let huge = [UInt32](repeating: .max, count: 255)
        #expect(problem(file(8, huge, [])).hasSuffix("holds more elements than can be counted"))
        #expect(problem(file(8, [.max, .max, .max, 0], [])).hasSuffix("holds more elements than can be counted"))
        #expect(problem(file(8, [.max, 1000], [1])).hasPrefix("x: holds 1 bytes of data where"))
    }
}
