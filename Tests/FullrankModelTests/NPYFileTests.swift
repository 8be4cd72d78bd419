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
        #expect(try values(order + "u2", NPYBuilder.bytes([UInt16(65535), 258], bigEndian: big), count: 2) == [65535, 258])
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
            "{'descr': '<f8', 'fortran_order': False, 'shape': (), }", "{'shape':(1,),'fortran_order':True,'descr':\"<f8\"}",
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
        let payload = try read(NPYBuilder.file(descriptor: "<f8", shape: "(1,)", data: [UInt8](repeating: 255, count: 8)))
        let other = #expect(throws: FileError.self) { try payload.requireFinite() }
        #expect(other?.description == "data.npy: element (0,) is nan; every number must be finite")
    }

    /// NumPy itself writes every type, order and version.
    @Test(.enabled(if: numpyIsHere, "SKIPPED: python3 with numpy is not here"))
    func readsWhatNumPyWrites() throws {
        let folder = TemporaryFolder()
        try #require(folder.python("""
            import numpy as np
            base = np.arange(24).reshape(2, 3, 4) * 5 - 7
            for kind in 'f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1'.split():
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
