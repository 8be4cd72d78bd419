import FullrankFiles
import FullrankModel
import FullrankTestSupport
import Testing

@Suite struct NPYErrorTests {
    private func message(_ bytes: [UInt8]) -> String? {
        do throws(FileError) {
            let file = try NPYFile(bytes: bytes, path: "data.npy")
            return "read \(file.shape)"
        } catch {
            #expect(!error.isSystemFailure)
            return error.description
        }
    }

    @Test func notANumPyFile() {
        let wanted = "data.npy: is not a .npy file: it does not begin with \\x93NUMPY; write one with numpy.save"
        #expect(message([]) == wanted)
        #expect(message(Array("1,2,3\n4,5,6\n".utf8)) == wanted)
        #expect(message([0x93] + Array("NUMPZ".utf8)) == wanted)
    }

    @Test func unknownVersions() {
        for (major, minor) in [(0, 0), (4, 0), (1, 1), (255, 255)] as [(UInt8, UInt8)] {
            #expect(
                message(NPYBuilder.file(dict: "{}", version: major, minor: minor))
                    == "data.npy: .npy version \(major).\(minor) is unknown; versions 1.0, 2.0 and 3.0 can be read")
        }
    }

    @Test func everyTruncationIsSeen() {
        let whole = NPYBuilder.file(descriptor: "<f8", shape: "(2,)", data: NPYBuilder.doubles([1.0, 2.0]))
        let header = whole.count - 16
        for length in 1..<whole.count {
            let found = message(Array(whole[..<length]))
            let wanted =
                switch length {
                case ..<6: "data.npy: the .npy header is cut short: \(length) bytes of 6"
                case ..<8: "data.npy: the .npy header is cut short: \(length) bytes of 8"
                case ..<10: "data.npy: the .npy header is cut short: \(length) bytes of 10"
                case ..<header: "data.npy: the .npy header is cut short: \(length) bytes of \(header)"
                default:
                    "data.npy: holds \(length - header) bytes of data where shape (2,) of type '<f8' takes 16"
                }
            #expect(found == wanted)
        }
        #expect(message(whole) == "read [2]")
        #expect(
            message(whole + [0]) == "data.npy: holds 17 bytes of data where shape (2,) of type '<f8' takes 16")
    }

    @Test(arguments: [
        (
            "",
            "its end at byte 1 where a dict such as {'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), } should stand"
        ),
        ("{}", "the key 'descr' is missing"),
        ("{'descr': '<f8', 'shape': (1,)}", "the key 'fortran_order' is missing"),
        ("{'descr': '<f8', 'fortran_order': False}", "the key 'shape' is missing"),
        ("{'descr': '<f8', 'descr': '<f8'}", "the key 'descr' stands there twice"),
        ("{'size': 3}", "the key 'size' is none of 'descr', 'fortran_order', 'shape'"),
        ("{descr: 3}", "'descr: 3}\\n' at byte 1 where a key in quotes should stand"),
        ("{'descr' '<f8'}", "''<f8'}\\n' at byte 9 where ':' after 'descr' should stand"),
        ("{'descr': 8}", "'8}\\n' at byte 10 where a type such as '<f8' should stand"),
        ("{'fortran_order': 0}", "'0}\\n' at byte 18 where True or False should stand"),
        ("{'shape': 3}", "'3}\\n' at byte 10 where a shape such as (3, 2) should stand"),
        ("{'shape': (3)}", "'(3)' is a number; a shape of one is '(3,)'"),
        ("{'shape': (-3,)}", "'-3,)}\\n' at byte 11 where a whole number should stand"),
        ("{'shape': (2**40,)}", "'**40,)}\\n' at byte 12 where ',' or ')' should stand"),
        ("{'shape': (3, 2", "its end at byte 16 where ',' or ')' should stand"),
        ("{'descr': '<f8' 'shape'", "''shape'\\n' at byte 16 where ',' or '}' should stand"),
        (
            "{'descr': '<f8', 'fortran_order': False, 'shape': (), } + exit()",
            "'+ exit()\\n' at byte 56 where nothing should stand"
        ),
        ("{'descr': '<f", "''<f\\n' at byte 10 where a type such as '<f8' should stand"),
    ])
    func headersThatAreNotTheDict(dict: String, words: String) {
        #expect(message(NPYBuilder.file(dict: dict)) == "data.npy: the .npy header is wrong: \(words)")
    }

    @Test(arguments: [
        ("<c16", "complex numbers"), ("|O", "Python objects"), ("<U5", "strings"), ("|S3", "strings"),
        ("|V16", "structured or raw"), ("<M8[ns]", "dates"), ("<m8[s]", "time differences"),
        ("<V2", "raw; bfloat16 is saved so, and float32 holds the same numbers"),
        ("<f16", "extended precision"), ("<float64", "not a byte order, a kind and a size such as <f8"),
        ("<f+8", "not a byte order, a kind and a size such as <f8"),
        ("<i3", "unknown"), ("<f-8", "unknown"), ("", "not a byte order, a kind and a size such as <f8"),
        ("é8", "not a byte order, a kind and a size such as <f8"),
    ])
    func unsupportedTypes(descriptor: String, meaning: String) {
        #expect(
            message(NPYBuilder.file(descriptor: descriptor, shape: "(1,)", data: [UInt8](repeating: 0, count: 8)))
                == "data.npy: holds elements of type '\(descriptor)' (\(meaning)); float16, float32, float64, integers "
                + "and booleans can be read")
    }

    @Test func structuredTypes() {
        #expect(
            message(NPYBuilder.file(dict: "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}"))
                == "data.npy: holds elements of type '[...]' (structured); float16, float32, float64, integers and "
                + "booleans can be read")
    }

    @Test func shapesThatLie() {
        func shaped(_ shape: String) -> String? {
            message(NPYBuilder.file(descriptor: "<f8", shape: shape, data: NPYBuilder.doubles([1.0])))
        }
        #expect(
            shaped("(1000000000000,)")
                == "data.npy: holds 8 bytes of data where shape (1000000000000,) of type '<f8' takes 8000000000000")
        #expect(shaped("(0,)") == "data.npy: holds 8 bytes of data where shape (0,) of type '<f8' takes 0")
        let huge = "(4294967296, 4294967296)"
        #expect(shaped(huge) == "data.npy: shape \(huge) holds more elements than can be counted")
        let hidden = "(0, 4294967296, 4294967296)"
        #expect(shaped(hidden) == "data.npy: shape \(hidden) holds more elements than can be counted")
        #expect(
            shaped("(99999999999999999999,)")
                == "data.npy: shape (99999999999999999999, ...) holds more elements than can be counted")
        let ones = "(" + String(repeating: "1, ", count: 65) + ")"
        #expect(shaped(ones) == "data.npy: has more than 64 dimensions")
        #expect(shaped("(" + String(repeating: "1, ", count: 64) + ")") == "read \([Int](repeating: 1, count: 64))")
    }

    @Test func integersThatNoDoubleEquals() {
        let words: [Int64] = [0, 1 << 53, (1 << 53) + 2, -(1 << 53) - 1, 3, 4]
        func wrong(_ type: String, fortran: Bool, big: Bool = false) -> String? {
            message(
                NPYBuilder.file(
                    descriptor: type, shape: "(2, 3)", fortran: fortran,
                    data: NPYBuilder.bytes(words, bigEndian: big)))
        }
        let value = "-9007199254740993"
        #expect(
            wrong("<i8", fortran: false)
                == "data.npy: element (1, 0) is \(value), which no float64 equals; points and patterns are float64")
        #expect(
            wrong(">i8", fortran: true, big: true)
                == "data.npy: element (1, 1) is \(value), which no float64 equals; points and patterns are float64")
        #expect(
            wrong("<u8", fortran: false)
                == "data.npy: element (1, 0) is 18437736874454810623, which no float64 equals; points and patterns are float64"
        )
    }

    @Test func filesThatCannotBeRead() {
        let folder = TemporaryFolder()
        func error(_ path: String) -> FileError? {
            #expect(throws: FileError.self) { try NPYFile(path: path) }
        }
        #expect(error("/nowhere/x.npy")?.description == "/nowhere/x.npy: cannot be read: No such file or directory")
        #expect(error("/nowhere/x.npy")?.isSystemFailure == true)
        #expect(error(folder.path)?.description == "\(folder.path): cannot be read: Is a directory")
        #expect(error("/dev/zero")?.description == "/dev/zero: cannot be read: not a regular file")
        #expect(error("/no\nwhere")?.description == "/no\\nwhere: cannot be read: No such file or directory")
    }

    /// Bytes changed, dropped and doubled at random: whatever is read has the shape it claims, and nothing traps.
    @Test func damagedFilesNeverTrap() {
        var random = SeededGenerator(seed: 20)
        let whole = NPYBuilder.file(
            descriptor: "<f4", shape: "(2, 3)", fortran: true, data: [UInt8](repeating: 1, count: 24))
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0..<random.below(4) + 1 where !bytes.isEmpty {
                let place = random.below(bytes.count)
                switch random.below(4) {
                case 0: bytes[place] = UInt8(random.below(256))
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(bytes[random.below(bytes.count)], at: place)
                default: bytes[place] = Array("(){}[]'\",:<>|0123456789LTrueFalse\\ ".utf8)[random.below(35)]
                }
            }
            guard let file = try? NPYFile(bytes: bytes, path: "x") else { continue }
            #expect(file.values.count == file.shape.reduce(1, *))
        }
    }
}
