import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep
import Testing

@Suite struct SweepRecordTests {
    @Test(arguments: plans) func recordsRoundTrip(plan: SweepPlan) throws {
        var record = SweepRecord(plan: plan, provenance: provenance)
        record.resumedOn = [RunProvenance(fullrank: "0.2", backend: "cuda", device: "H100", library: "CUDA 13")]
        let read = try SweepRecord(parsing: record.bytes, path: "plan.json")
        #expect(read == record)
        #expect(read.differences(from: plan).isEmpty)
        #expect((read.prime != nil) == (plan.method == .exact))
    }

    @Test func keysReadAsPromised() throws {
        let json = try JSONValue(parsing: SweepRecord(plan: plans[0], provenance: provenance).bytes)
        #expect(json["format"] == .string("fullrank-sweep") && json["version"] == .number("1"))
        #expect(json["d0"] == .integers([1, 3]) && json["n"] == .integers([4, 9]))
        #expect(json["seed"] == .number("18446744073709551615"))
        #expect(json["inputs"] == .string("normal") && json["init"] == .string("uniform"))
        #expect(json["method"] == .string("exact") && json["bias"] == .bool(true))
        #expect(json["prime"] == .integer(plans[0].prime))
        #expect(json["error_bound"] == JSONValue.double(Prime.shortfallBound(pivots: 9, prime: plans[0].prime)))
        #expect(json["backend"] == .string("fake") && json["library"] == .string("BLAS\n1"))
        let ratios = try JSONValue(parsing: SweepRecord(plan: plans[1], provenance: provenance).bytes)
        #expect(ratios["ratio"] == .array([.string("0.25"), .string("2")]) && ratios["d0"] == nil)
        #expect(json["hidden"] == nil)
        let deep = try JSONValue(parsing: SweepRecord(plan: plans[3], provenance: provenance).bytes)
        #expect(deep["hidden"] == .array([.integers([]), .integers([3, 2])]))
    }

    /// Each change must be seen, and named.
    @Test func everyDecidingFieldIsCompared() {
        let record = SweepRecord(plan: plans[0], provenance: provenance)
        let changes: [(String, (inout SweepPlan) -> Void)] = [
            ("d0", { $0.inputDimensions = .fixed([1, 2]) }),
            ("ratio", { $0.inputDimensions = .proportional([Ratio("1")!]) }),
            ("n", { $0.points = [4] }), ("d1", { $0.units = [2] }),
            ("trials", { $0.trials = 8 }), ("seed", { $0.seed = 1 }),
            ("inputs", { $0.inputs = .drawn(.cube) }),
            ("inputs", { $0.inputs = .file(path: "x.npy", fingerprint: "f") }),
            ("init", { $0.initialization = .normal }), ("bias", { $0.bias = false }),
            ("method", { $0.method = .svd(.float64) }), ("hidden", { $0.hidden = [HiddenLayers([2])] }),
        ]
        for (field, change) in changes {
            var plan = plans[0]
            change(&plan)
            let names = record.differences(from: plan).map(\.field)
            #expect(names.contains(field), "\(field): \(names)")
        }
        var plan = plans[0]
        plan.trials = 8
        #expect(record.differences(from: plan) == [PlanDifference(field: "trials", recorded: "7", asked: "8")])
    }

    @Test func theSameDataUnderAnotherNameIsTheSame() {
        var (first, second) = (plans[0], plans[0])
        first.inputs = .file(path: "a.npy", fingerprint: "0123")
        second.inputs = .file(path: "../b.npy", fingerprint: "0123")
        let record = SweepRecord(plan: first, provenance: provenance)
        #expect(record.differences(from: second).isEmpty)
        second.inputs = .file(path: "a.npy", fingerprint: "0124")
        #expect(record.differences(from: second).map(\.field) == ["inputs"])
    }

    /// By every reader, `status` and `plot` as much as `merge`.
    @Test func whatTheSeedDecidesIsCompared() throws {
        var plan = plans[0]
        plan.primeCount = 2
        let text = String(decoding: SweepRecord(plan: plan, provenance: provenance).bytes, as: UTF8.self)
        func reason(_ old: String, _ new: String) -> String? {
            let changed = text.replacing(old, with: new)
            #expect(changed != text)
            guard
                case .damaged("plan.json", nil, let reason)? = folderError({
                    _ = try SweepRecord(parsing: Array(changed.utf8), path: "plan.json")
                })
            else { return nil }
            return reason
        }
        let (prime, second) = (plan.prime, plan.primes[1])
        #expect(reason("\"prime\": \(prime)", "\"prime\": 7") == "\"prime\" cannot be 7: of this plan it is \(prime)")
        #expect(reason("\"prime\": \(prime),", "") == "\"prime\" cannot be none: of this plan it is \(prime)")
        #expect(reason("[\(prime), \(second)]", "[\(second), \(prime)]") == "\"primes\" are not those of the seed")
        #expect(reason("[\(prime), \(second)]", "[\(prime)]") == "\"primes\" cannot be 1 of them")
        let many = Array(repeating: "7", count: 300_000).joined(separator: ", ")
        #expect(reason("[\(prime), \(second)]", "[\(many)]") == "\"primes\" cannot be 300000 of them")
        #expect(reason("\"seed\": \(plan.seed)", "\"seed\": 8") == "\"primes\" are not those of the seed")
        #expect(reason("\"seed\": \(plan.seed)", "\"seed\": 18446744073709551616")?.contains("seed") == true)
        let long = (1...4000).map(String.init).joined(separator: ", ")
        #expect(
            reason("[4, 9]", "[\(long)]", "[2, 5, 6]", "[\(long)]") == "the lists make more than 10000000 cells")
        func reason(_ old: String, _ new: String, _ other: String, _ otherNew: String) -> String? {
            guard
                case .damaged(_, _, let reason)? = folderError({
                    _ = try SweepRecord(
                        parsing: Array(text.replacing(old, with: new).replacing(other, with: otherNew).utf8),
                        path: "plan.json")
                })
            else { return nil }
            return reason
        }
    }

    @Test func otherVersionsAndDamageAreRefused() throws {
        let text = String(decoding: SweepRecord(plan: plans[0], provenance: provenance).bytes, as: UTF8.self)
        func error(_ old: String, _ new: String) -> SweepFolderError? {
            let changed = text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
            #expect(changed != text)
            return folderError { _ = try SweepRecord(parsing: Array(changed.utf8), path: "plan.json") }
        }
        #expect(error("\"version\": 1", "\"version\": 2") == .unknownVersion(path: "plan.json", version: "2", known: 1))
        #expect(error("fullrank-sweep", "other")?.description.contains("format") == true)
        #expect(error("\"trials\": 7", "\"trials\": -7")?.description.contains("trials") == true)
        #expect(error("\"trials\": 7,", "")?.description.contains("\"trials\" is missing") == true)
        #expect(error("\"exact\"", "\"guess\"")?.description.contains("\"method\" cannot be \"guess\"") == true)
        #expect(error("[4, 9]", "[4, true]")?.description.contains("\"n\"") == true)
        #expect(error("\"seed\"", "seed")?.description.contains("damaged") == true)
        // What the command line would not take either: nothing after this overflows or counts twice.
        for list in ["[]", "[0, 4]", "[9, 4]", "[4, 4]", "[4, 2147483648]", "[-4, 9]", "[4.0]", "9"] {
            #expect(error("[4, 9]", list)?.description.contains("\"n\"") == true, "n = \(list)")
            #expect(error("[2, 5, 6]", list)?.description.contains("\"d1\"") == true, "d1 = \(list)")
            #expect(error("[1, 3]", list)?.description.contains("\"d0\"") == true, "d0 = \(list)")
        }
        for trials in ["0", "2147483648", "9223372036854775807", "1e2"] {
            #expect(
                error("\"trials\": 7", "\"trials\": \(trials)")?.description.contains("\"trials\" cannot be") == true)
        }
        let target = "\"trials\": 7, \"half_width\": 0.1, \"max_trials\": "
        #expect(error("\"trials\": 7", target + "7") == nil)
        for most in ["6", "2147483648"] {
            #expect(error("\"trials\": 7", target + most)?.description.contains("\"max_trials\" cannot be") == true)
        }
        for layers in [
            "[]", "[[2], []]", "[[2], [2]]", "[[0]]", "[[-1]]", "[2]", "[[2147483647, 2147483647]]", "[[1.5]]",
        ] {
            #expect(
                error("\"n\":", "\"hidden\": \(layers), \"n\":")?.description.contains("\"hidden\"") == true,
                "\(layers)")
        }
        for ratios in ["[\"2\", \"1\"]", "[]", "[\"999999999\"]"] {
            #expect(
                error("\"d0\": [1, 3]", "\"ratio\": \(ratios)")?.description.contains("\"ratio\"") == true, "\(ratios)")
        }
    }
}
