import FullrankFiles
import FullrankModel
import FullrankTestSupport
import Testing

@Suite struct NPYFileTests {
    private func read(_ bytes: [UInt8]) throws -> NPYFile { try NPYFile(bytes: bytes, path: "data.npy") }

    @Test(arguments: [UInt8(1), 2, 3], [false, true])
    func versionsAndByteOrders(version: UInt8, big: Bool) throws {
        let values = [1.5, -2, 3e300, -0.0, .leastNonzeroMagnitude, 7]
        let file = try read(
            NPYBuilder.file(
                descriptor: big ? ">f8" : "<f8", shape: "(2, 3)",
                data: NPYBuilder.doubles(values, bigEndian: big), version: version))
        #expect(file.shape == [2, 3])
        #expect(file.values.map(\.bitPattern) == values.map(\.bitPattern))
        #expect(!file.isFloat32)
    }

    @Test(arguments: [false, true])
    func everyElementType(big: Bool) throws {
        let order = big ? ">" : "<"
        func values(_ type: String, _ data: [UInt8], count: Int) throws -> [Double] {
            try read(NPYBuilder.file(descriptor: type, shape: "(\(count),)", data: data)).values
        }
        #expect(try values("|i1", NPYBuilder.bytes([Int8.min, -1, 127]), count: 3) == [-128, -1, 127])
        #expect(try values("|u1", [0, 255], count: 2) == [0, 255])
        #expect(try values("|b1", [0, 1, 1], count: 3) == [0, 1, 1])
        let i2 = NPYBuilder.bytes([Int16.min, 258], bigEndian: big)
        #expect(try values(order + "i2", i2, count: 2) == [-32768, 258])
        #expect(
            try values(order + "u2", NPYBuilder.bytes([UInt16(65535), 258], bigEndian: big), count: 2) == [65535, 258])
        let i4 = NPYBuilder.bytes([Int32.min, 66051], bigEndian: big)
        #expect(try values(order + "i4", i4, count: 2) == [-2_147_483_648, 66051])
        #expect(try values(order + "u4", NPYBuilder.bytes([UInt32.max], bigEndian: big), count: 1) == [4_294_967_295])
        let i8 = NPYBuilder.bytes([Int64.min, -9_007_199_254_740_992, 1 << 60], bigEndian: big)
        #expect(try values(order + "i8", i8, count: 3) == [-0x1p63, -0x1p53, 0x1p60])
        #expect(try values(order + "u8", NPYBuilder.bytes([UInt64(1) << 63], bigEndian: big), count: 1) == [0x1p63])
        let f4 = NPYBuilder.bytes([Float(0.1), -3].map(\.bitPattern), bigEndian: big)
        #expect(try values(order + "f4", f4, count: 2) == [Double(Float(0.1)), -3])
        #expect(try read(NPYBuilder.file(descriptor: order + "f4", shape: "(2,)", data: f4)).isFloat32)
    }

    /// Every binary16 there is, against the definition.
    @Test func halfPrecision() throws {
        let bits = (UInt16.min...UInt16.max).map { $0 }
        for big in [false, true] {
            let values = try read(
                NPYBuilder.file(
                    descriptor: big ? ">f2" : "<f2", shape: "(65536,)", data: NPYBuilder.bytes(bits, bigEndian: big))
            ).values
            for (bits, value) in zip(bits, values) {
                let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023) / 1024)
                let size =
                    exponent == 31
                    ? (fraction == 0 ? Double.infinity : .nan)
                    : exponent == 0
                        ? fraction * 0x1p-14
                        : (1 + fraction) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
                #expect(value.isNaN ? size.isNaN : value == (bits >> 15 == 1 ? -size : size), "\(bits)")
            }
            #expect(values[0x8000].sign == .minus && values[1] == 0x1p-24 && values[0x7bff] == 65504)
        }
    }

    /// What `numpy.dtype` takes for float64 and others on a machine like this one.
    @Test(arguments: [
        ("'f8'", 8), ("'=f8'", 8), ("'|f8'", 8), ("u'<f8'", 8), ("u\"<f8\"", 8), ("'d'", 8), ("'<d'", 8),
        ("'float64'", 8),
        ("'double'", 8), ("'float'", 8), ("'f'", 4), ("'=f4'", 4), ("'float32'", 4), ("'e'", 2), ("'f2'", 2),
        ("'half'", 2),
    ])
    func descriptorsOfFloats(descriptor: String, size: Int) throws {
        let data =
            switch size {
            case 8: NPYBuilder.doubles([1.5, -2])
            case 4: NPYBuilder.bytes([Float(1.5), -2].map(\.bitPattern))
            default: NPYBuilder.bytes([UInt16(0x3e00), 0xc000])
            }
        let dict = "{u'descr': \(descriptor), 'fortran_order': False, 'shape': (2L,), }"
        #expect(try read(NPYBuilder.file(dict: dict, data: data)).values == [1.5, -2])
    }

    @Test(arguments: ["?", "|b1", "bool", "B", "u1", "uint8", "=u1", "i1", "b", "int8"])
    func descriptorsOfBytes(descriptor: String) throws {
        #expect(try read(NPYBuilder.file(descriptor: descriptor, shape: "(2,)", data: [0, 1])).values == [0, 1])
    }

    /// Integers that no float64 equals are kept whole if requested.
    @Test(arguments: [false, true])
    func wholeNumbers(fortran: Bool) throws {
        let numbers: [UInt64] = [1, 1 << 53 + 1, .max, 7, 0, 9]
        let stored = fortran ? [0, 3, 1, 4, 2, 5].map { numbers[$0] } : numbers
        let bytes = NPYBuilder.file(
            descriptor: ">u8", shape: "(2, 3)", fortran: fortran, data: NPYBuilder.bytes(stored, bigEndian: true))
        let file = try NPYFile(bytes: bytes, path: "x", keepingWholeNumbers: true)
        #expect(file.wholeNumbers == .unsigned(numbers) && file.values == numbers.map { Double($0) })
        #expect(file.wholeNumbers?.residues(modulo: 5_567_207) == numbers.map { Double($0 % 5_567_207) })
        #expect(
            WholeNumbers.signed([-1, .min, 3]).residues(modulo: 7) == [
                6, Double((UInt64(1) << 63) % 7 == 0 ? 0 : 7 - (UInt64(1) << 63) % 7), 3,
            ])
        let small = NPYBuilder.file(descriptor: "<i8", shape: "(1,)", data: NPYBuilder.bytes([Int64(1) << 60]))
        #expect(try NPYFile(bytes: small, path: "x", keepingWholeNumbers: true).wholeNumbers == nil)
    }

    @Test func fortranOrderBecomesRowMajor() throws {
        // a[i][j][k] = 100 i + 10 j + k, the first index fastest in the file.
        var stored = [UInt8]()
        for k in 0..<4 { for j in 0..<3 { for i in 0..<2 { stored.append(UInt8(100 * i + 10 * j + k)) } } }
        let file = try read(NPYBuilder.file(descriptor: "|u1", shape: "(2, 3, 4)", fortran: true, data: stored))
        var wanted = [Double]()
        for i in 0..<2 { for j in 0..<3 { for k in 0..<4 { wanted.append(Double(100 * i + 10 * j + k)) } } }
        #expect(file.values == wanted)
    }

    @Test func oddButValidHeaders() throws {
        let five = NPYBuilder.doubles([5.0])
        for dict in [
            "{'descr': '<f8', 'fortran_order': False, 'shape': (), }",
            "{'shape':(1,),'fortran_order':True,'descr':\"<f8\"}",
            "  { 'fortran_order' : False , 'shape' : ( 1 , 1 ) , 'descr' : '<f8' }   ",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (1L, 1L), }",
        ] {
            #expect(try read(NPYBuilder.file(dict: dict, data: five)).values == [5], "\(dict)")
        }
        let empty = try read(NPYBuilder.file(descriptor: "<f8", shape: "(0, 7)", data: []))
        #expect(empty.shape == [0, 7] && empty.values.isEmpty)
    }

    @Test func namesTheFirstThatIsNotFinite() throws {
        let file = try read(
            NPYBuilder.file(descriptor: "<f8", shape: "(2, 2)", data: NPYBuilder.doubles([1, 2, -.infinity, .nan])))
        let error = #expect(throws: FileError.self) { try file.requireFinite() }
        #expect(error?.description == "data.npy: element (1, 0) is -inf; every number must be finite")
        let payload = try read(
            NPYBuilder.file(descriptor: "<f8", shape: "(1,)", data: [UInt8](repeating: 255, count: 8)))
        let other = #expect(throws: FileError.self) { try payload.requireFinite() }
        #expect(other?.description == "data.npy: element (0,) is nan; every number must be finite")
    }

    /// NumPy itself writes every type, order and version.
    @Test(.enabled(if: numpyIsHere, "SKIPPED: python3 with numpy is not here"))
    func readsWhatNumPyWrites() throws {
        let folder = TemporaryFolder()
        try #require(
            folder.python(
                """
                import numpy as np
                base = np.arange(24).reshape(2, 3, 4) * 5 - 7
                for kind in 'f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1'.split():
                    for order in '<>':
                        for layout in 'CF':
                            for version in 1, 2, 3:
                                array = np.array(abs(base) if kind[0] == "u" else base, dtype=order + kind, order=layout)
                                name = f"{kind}-{'big' if order == '>' else 'little'}-{layout}-{version}"
                                with open(name + '.npy', 'wb') as file:
                                    np.lib.format.write_array(file, array, version=(version, 0))
                                array.astype('<f8').tofile(name + '.raw')
                """))
        var seen = 0
        for kind in ["f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"] {
            for order in ["big", "little"] {
                for layout in ["C", "F"] {
                    for version in 1...3 {
                        let name = "\(kind)-\(order)-\(layout)-\(version)"
                        let file = try NPYFile(path: folder.path + "/" + name + ".npy")
                        #expect(file.shape == [2, 3, 4])
                        #expect(NPYBuilder.doubles(file.values) == folder.read(name + ".raw"), "\(name)")
                        seen += 1
                    }
                }
            }
        }
        #expect(seen == 132)
    }
}
