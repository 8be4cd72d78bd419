import FullrankDimension
import FullrankModel
import FullrankNumbers
import Testing

@Suite struct ArchitectureTests {
    @Test(arguments: ["2,3,4,1", "2-3-4-1", "[2, 3, 4, 1]", "[2,3,4,1]"])
    func formsOfWidths(text: String) throws { #expect(try Architecture(parsing: text).widths == [2, 3, 4, 1]) }

    @Test(arguments: [
        ("2,0,1", "width 2 is 0"), ("2,-3,1", "width 2 is -3"), ("3,1", "one layer"), ("3", "1 width makes no network"),
        ("", "not a list of widths"), ("a,b,c", "not a list of widths"), ("2,70000,70000,1", "2^31 parameters"),
        ("2,99999999999999999999,1", "2^31 parameters"),
    ])
    func refusals(text: String, words: String) {
        let error = #expect(throws: ArchitectureError.self) { try Architecture(parsing: text) }
        #expect(error?.description.contains(words) == true)
        #expect(error?.description.contains("\n") == false)
    }

    @Test func gridsAreProducts() throws {
        let grid = try ArchitectureGrid(parsing: "2,1..3,2+5,1")
        let all = try grid.architectures(biases: false)
        #expect(all.map(\.description) == ["2-1-2-1", "2-1-5-1", "2-2-2-1", "2-2-5-1", "2-3-2-1", "2-3-5-1"])
        #expect(grid.free == [1, 2])
        #expect(ArchitectureGrid(all)?.choices == grid.choices)
        #expect(ArchitectureGrid(Array(all.dropLast())) == nil)
    }

    /// C(D + d0 − 1, d0 − 1) by Pascal's rule, small ones; a large one by its product.
    @Test func ambientDimensions() throws {
        for inputs in 1...5 {
            for exponent in 1...4 {
                let problem = try DimensionProblem(
                    Architecture([inputs, 2, 2, 3]), activation: .power(exponent), biases: false)
                #expect(problem.ambient == BigInteger(3 * Self.pascal(exponent * exponent + inputs - 1, inputs - 1)))
            }
        }
        let large = try DimensionProblem(Architecture([30, 2, 2, 2, 1]), activation: .power(1000), biases: false)
        #expect(large.ambient?.int == nil && large.expected == large.parameters - 6)
        #expect(throws: DimensionError.self) {
            try DimensionProblem(Architecture([900, 3, 3, 3, 3, 3, 1]), activation: .power(1000), biases: false)
        }
    }

    private static func pascal(_ n: Int, _ k: Int) -> Int {
        var row = [1]
        for _ in 0..<n { row = zip([0] + row, row + [0]).map(+) }
        return row[k]
    }

    @Test func unimodality() throws {
        #expect(try Architecture([2, 3, 4, 4, 1]).isUnimodal)
        #expect(try !Architecture([2, 3, 4, 5, 4, 6, 4, 1]).isUnimodal)
    }

    @Test func tablesAreRead() throws {
        let table = try ArchitectureTable(parsing: Array("x,architecture\r\n1,\"[2, 3, 1]\"\r\n2,2-4-1\n".utf8))
        #expect(table.rows.map(\.architecture.widths) == [[2, 3, 1], [2, 4, 1]])
        #expect(table.rows.map(\.line) == [2, 3])
        for (text, words) in [
            ("", "empty"), ("a,b\n1,2\n", "no column"), ("architecture\n2-0-1\n", "width 2 is 0"),
            ("architecture\n2,3,1\n", "3 fields"), ("architecture\n\"2-3-1\n", "closing quote"),
            ("architecture\n", "no row"),
        ] {
            let damage = #expect(throws: ArchitectureTable.Damage.self) {
                try ArchitectureTable(parsing: Array(text.utf8))
            }
            #expect(damage?.description.contains(words) == true, "\(text)")
        }
    }
}
