import FullrankFiles
import FullrankModel
import FullrankTestSupport
import Testing

/// Networks from arrays: which names and shapes tell a chain of layers, and what is said of those that don't.
@Suite struct NetworkFileTests {
    private func array(_ name: String, _ shape: [Int], _ value: Double = 0.5) -> NamedArray {
        NamedArray(name: name, shape: shape, type: "<f8", values: [Double](repeating: value, count: shape.reduce(1, *)))
    }

    private func words(_ arrays: [NamedArray]) -> String {
        do throws(FileError) {
            _ = try NetworkFile.network(of: arrays, path: "m.npz")
            return "taken"
        } catch {
            return error.description
        }
    }

    @Test func namesOrderLayersByNumber() throws {
        let network = try NetworkFile.network(
            of: [
                array("net.10.weight", [1, 3], 3), array("net.2.weight", [3, 4], 2), array("net.0.bias", [4], 7),
                array("net.0.weight", [4, 2], 1),
            ], path: "m")
        #expect(network.shape.widths == [2, 4, 3, 1])
        #expect(network.shape.layers.map(\.bias) == [true, false, false])
        #expect(
            network.parameters
                == [(1.0, 8), (7, 4), (2, 12), (3, 3)].flatMap { (value: Double, count: Int) -> [Double] in
                    Array(repeating: value, count: count)
                })
        let short = try NetworkFile.network(
            of: [array("W2", [1, 3]), array("b2", [1]), array("W1", [3, 2])], path: "m")
        #expect(short.shape.widths == [2, 3, 1] && short.shape.layers.map(\.bias) == [false, true])
        #expect(try NetworkFile.network(of: [array("weight", [2, 5])], path: "m").shape.widths == [5, 2])
    }

    @Test func whatTellsNoChainIsNamed() {
        #expect(
            words([array("W1", [4, 2]), array("b1", [4]), array("W2", [3, 5])])
                == "m.npz: layer 2's W2 (3, 5) does not follow layer 1, which has 4 units: (3, 4) would fit")
        #expect(
            words([array("W1", [4, 2]), array("W2", [4, 1])]).hasSuffix(
                "transposed it would fit: weights are (units, inputs)"))
        #expect(
            words([array("W1", [4, 2]), array("b1", [2])])
                == "m.npz: layer 1's b1 (2,) does not fit its weight W1 (4, 2): (4,) would")
        #expect(
            words([array("0.weight", [4, 2]), array("head.weight", [1, 4])]).contains(
                "its names tell no chain of layers (W1, b1, W2, ... or 0.weight, 0.bias, 2.weight, ...); it holds 0.weight (4, 2), "
                    + "head.weight (1, 4)"))
        #expect(words([array("b1", [4])]).contains("b1 (4,) is a bias without a weight"))
        #expect(words([array("W1", [4, 2]), array("w1", [4, 2])]).contains("both name layer 1"))
        #expect(words([array("1.running_mean", [4]), array("0.weight", [4, 2])]).contains("batch normalisation"))
        #expect(words([array("0.weight", [4, 2, 3, 3])]).contains("0.weight (4, 2, 3, 3) is a convolution's"))
        #expect(
            words([array("0.weight", [4, 2]), array("1.weight", [4])]).contains("1.weight (4,) is a normalisation's"))
        #expect(words([array("W1", [0, 2])]).contains("both at least 1"))
        #expect(words([array("W1", [4, 2], .nan)]) == "m.npz: W1 is nan at (0, 0); every number must be finite")
        #expect(words([array("W1", [4, 2], -.infinity)]).contains("W1 is -inf at (0, 0)"))
        #expect(words([]).contains("tell no chain"))
        #expect(
            words([NamedArray(name: "W1", shape: [1, 1], type: "I64", values: nil)])
                == "m.npz: W1 (1, 1) is of type I64; floating point is read")
    }

    // MARK: .safetensors

    private func safetensors(_ header: String, data: [UInt8] = []) -> [UInt8] {
        NPYBuilder.bytes([UInt64(header.utf8.count)]) + Array(header.utf8) + data
    }

    private func refusal(_ bytes: [UInt8]) -> String {
        do throws(FileError) {
            _ = try SafetensorsFile.arrays(bytes, path: "m.safetensors")
            return "taken"
        } catch {
            return error.description
        }
    }

    @Test func everyFloatingTypeIsRead() throws {
        let header = """
            {"__metadata__": {"format": "pt"}, "a": {"dtype": "F64", "shape": [2], "data_offsets": [0, 16]},
            "b": {"dtype": "F32", "shape": [1, 2], "data_offsets": [16, 24]}, "c": {"dtype": "F16", "shape": [2],
            "data_offsets": [24, 28]}, "d": {"dtype": "BF16", "shape": [2], "data_offsets": [28, 32]},
            "e": {"dtype": "I64", "shape": [1], "data_offsets": [32, 40]}, "f": {"dtype": "F32", "shape": [0, 3],
            "data_offsets": [40, 40]}}
            """
        let data =
            NPYBuilder.doubles([0.1, -3]) + NPYBuilder.bytes([Float(0.1).bitPattern, Float(-1e-40).bitPattern])
            + NPYBuilder.bytes([0x3c00, 0x0001] as [UInt16]) + NPYBuilder.bytes([0xbf80, 0x3dcd] as [UInt16])
            + NPYBuilder.bytes([Int64(5)])
        let arrays = try SafetensorsFile.arrays(safetensors(header, data: data), path: "m")
        #expect(arrays.map(\.name) == ["a", "b", "c", "d", "e", "f"])
        #expect(arrays[0].values == [0.1, -3])
        #expect(arrays[1].values == [Double(Float(0.1)), Double(Float(-1e-40))])
        #expect(arrays[2].values == [1, 0x1p-24])
        #expect(arrays[3].values == [-1, Double(Float(bitPattern: 0x3dcd_0000))])
        #expect(arrays[4].values == nil && arrays[5].values == [])
    }

    @Test func headersThatLieAreRefused() {
        func one(_ entry: String, data: Int = 8) -> String {
            refusal(safetensors("{\"a\": \(entry)}", data: [UInt8](repeating: 0, count: data)))
        }
        #expect(refusal([1, 2]).contains("it has 2 bytes; the header's length alone takes 8"))
        #expect(refusal(NPYBuilder.bytes([UInt64.max])).contains("at most 100000000 are read"))
        #expect(refusal(NPYBuilder.bytes([UInt64(9)]) + [0]).contains("its header would be 9 bytes long, and 1 follow"))
        #expect(refusal(safetensors("[]")).contains("no JSON object"))
        #expect(refusal(safetensors("{\"a\":")).contains("no JSON"))
        #expect(one("{\"dtype\": \"F32\"}").contains("'a' has no dtype, shape and data_offsets of whole numbers"))
        #expect(one("{\"dtype\": \"F99\", \"shape\": [1], \"data_offsets\": [0, 4]}").contains("unknown type 'F99'"))
        #expect(
            one("{\"dtype\": \"F32\", \"shape\": [3], \"data_offsets\": [0, 8]}").contains(
                "'a' of shape (3,) and type F32 takes 12 bytes; its offsets [0, 8] hold 8"))
        #expect(one("{\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [8, 0]}").contains("ends before it begins"))
        #expect(
            one("{\"dtype\": \"F32\", \"shape\": [4], \"data_offsets\": [0, 16]}").contains(
                "ends at byte 16 of 8 bytes"))
        #expect(
            one("{\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [4, 8]}").contains(
                "bytes 0 to 4 of the data belong to no array"))
        #expect(
            one("{\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]}").contains(
                "4 bytes behind the last array"))
        #expect(
            one("{\"dtype\": \"F32\", \"shape\": [4611686018427387904, 4], \"data_offsets\": [0, 8]}").contains(
                "impossible shape"))
        #expect(one("{\"dtype\": \"F32\", \"shape\": [-1], \"data_offsets\": [0, 8]}").contains("whole numbers"))
        let overlapping = """
            {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "b": {"dtype": "F32", "shape": [1],
            "data_offsets": [4, 8]}}
            """
        #expect(
            refusal(safetensors(overlapping, data: [UInt8](repeating: 0, count: 8))).contains(
                "'b' begins at byte 4, inside the array before it"))
    }
}
