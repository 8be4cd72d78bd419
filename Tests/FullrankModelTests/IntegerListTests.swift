import FullrankModel
import Testing

@Suite struct IntegerListTests {
    @Test(arguments: [
        ("7", [7]), ("1,2,5", [1, 2, 5]), ("10..50:10", [10, 20, 30, 40, 50]), ("3..6", [3, 4, 5, 6]),
        // The end is included where the steps reach it.
        ("1..10:4", [1, 5, 9]), ("1..9:4", [1, 5, 9]), ("4..4:3", [4]), ("1..3:99999999999999999999999", [1]),
        // Mixed, in any order, overlapping.
        ("5,10..30:10", [5, 10, 20, 30]), ("9,1..5,3,9,2", [1, 2, 3, 4, 5, 9]), ("0", [0]), ("007", [7]),
        ("2147483647", [2_147_483_647]),
    ])
    func reads(text: String, values: [Int]) throws {
        #expect(try IntegerList(text).values == values)
    }

    @Test(arguments: [
        ("", "the list is empty; write for example 1,2,5 or 10..100:10"),
        (",", "',' has an empty item between its commas"),
        ("1,,2", "'1,,2' has an empty item between its commas"),
        ("1,2,", "'1,2,' has an empty item between its commas"),
        ("x", "'x' is neither a whole number nor a range such as 10..100:10"),
        ("1.5", "'1.5' is neither a whole number nor a range such as 10..100:10"),
        ("1 ,2", "'1 ' is neither a whole number nor a range such as 10..100:10"),
        ("1..", "'1..' is neither a whole number nor a range such as 10..100:10"),
        ("..5", "'..5' is neither a whole number nor a range such as 10..100:10"),
        ("1...5", "'1...5' is neither a whole number nor a range such as 10..100:10"),
        ("1..5..9", "'1..5..9' is neither a whole number nor a range such as 10..100:10"),
        ("10:5", "'10:5' is neither a whole number nor a range such as 10..100:10"),
        ("+3", "'+3' is neither a whole number nor a range such as 10..100:10"),
        ("-", "'-' is neither a whole number nor a range such as 10..100:10"),
        ("٣", "'٣' is neither a whole number nor a range such as 10..100:10"),
        ("a\nb", "'a\\nb' is neither a whole number nor a range such as 10..100:10"),
        ("1..9:0", "the step of '1..9:0' is not a positive whole number"),
        ("1..9:-2", "the step of '1..9:-2' is not a positive whole number"),
        ("1..9:", "the step of '1..9:' is not a positive whole number"),
        ("1..9:2:3", "the step of '1..9:2:3' is not a positive whole number"),
        ("9..1", "'9..1' runs downwards; write 1..9"),
        ("-5", "'-5' is less than 0"),
        ("1,-5..2", "'-5' is less than 0"),
        ("2147483648", "'2147483648' is too large; at most 2147483647 is taken"),
        ("99999999999999999999", "'99999999999999999999' is too large; at most 2147483647 is taken"),
        ("1..99999999999999999999", "'99999999999999999999' is too large; at most 2147483647 is taken"),
        ("1..1000001", "lists 1000001 numbers; at most 1000000 are taken"),
        ("1..1000000,5", "lists 1000001 numbers; at most 1000000 are taken"),
        ("0..2147483647", "lists 2147483648 numbers; at most 1000000 are taken"),
    ])
    func refuses(text: String, message: String) {
        let error = #expect(throws: ListError.self) { try IntegerList(text) }
        #expect(error?.description == message)
    }

    @Test func minimumOfOneSpeaksOfPositiveNumbers() {
        let error = #expect(throws: ListError.self) { try IntegerList("0..5", minimum: 1) }
        #expect(error?.description == "'0' is not a positive whole number")
    }

    @Test func takesAsManyAsTheLimit() throws {
        #expect(try IntegerList("1..1000000").values.count == 1_000_000)
        #expect(throws: ListError.tooLong(count: 4, limit: 3)) { try IntegerList("1..4", limit: 3) }
    }

    /// Counts and bounds at the ends of Int must not overflow.
    @Test func holdsAtTheEndsOfInt() throws {
        #expect(throws: ListError.tooLong(count: Int.max, limit: 1_000_000)) {
            try IntegerList("0..\(Int.max),0..\(Int.max),1", maximum: Int.max)
        }
        #expect(try IntegerList("\(Int.max - 3)..\(Int.max):2", maximum: Int.max).values == [Int.max - 3, Int.max - 1])
        #expect(try IntegerList("5..\(Int.max):\(Int.max)", maximum: Int.max).values == [5])
    }
}

@Suite struct RatioListTests {
    @Test func readsAscendingWithoutRepetition() throws {
        #expect(try RatioList("2,0.5,1,0.25,0.50,1.0").values.map(\.description) == ["0.25", "0.5", "1", "2"])
    }

    @Test(arguments: [
        ("", "the list is empty; write for example 0.25,0.5,1,2"),
        ("1,,2", "'1,,2' has an empty item between its commas"),
        ("0", "'0' is not a positive decimal such as 0.25, of at most nine decimals"),
        ("-1", "'-1' is not a positive decimal such as 0.25, of at most nine decimals"),
        ("1e3", "'1e3' is not a positive decimal such as 0.25, of at most nine decimals"),
        ("0.1234567890", "'0.1234567890' is not a positive decimal such as 0.25, of at most nine decimals"),
        ("0.1..1:0.1", "'0.1..1:0.1' is not a positive decimal such as 0.25, of at most nine decimals"),
    ])
    func refuses(text: String, message: String) {
        let error = #expect(throws: ListError.self) { try RatioList(text) }
        #expect(error?.description == message)
    }

    /// Nine digits on either side of the point overflowed when two were compared or one was applied.
    @Test func ratiosOfManyDigitsDoNotOverflow() throws {
        let large = try #require(Ratio("999999999.999999999"))
        let small = try #require(Ratio("0.000000001"))
        #expect(small < large && !(large < small))
        #expect(large.inputDimension(points: 1_000) == 1_000_000_000_000)
        #expect(large.inputDimension(points: Int.max) == Int.max)
        #expect(small.inputDimension(points: 1_000_000_001) == 2)
        #expect(try #require(Ratio("0.1")).inputDimension(points: 30) == 3)
        #expect(try #require(Ratio("0.25")).inputDimension(points: 0) == 0)
    }

    @Test func publishedGridsHaveTheirPublishedSizes() {
        let fixed = PublishedFigure.fixedInput.plan(trials: 7, seed: 3)
        #expect(fixed.problems.map(\.inputDimension) == [1, 2, 3, 5])
        #expect(fixed.points.count == 10 && fixed.units.count == 10 && fixed.trials == 7 && fixed.seed == 3)
        let proportional = PublishedFigure.proportionalInput.plan()
        #expect(proportional.problems.count == 40 && proportional.units == Array(1...15))
        #expect(proportional.problems.last?.inputDimension == 380)
    }

    @Test(arguments: [
        ("7", [7]), ("1,2", [1, 2]), ("1..3", [1, 2, 3]), ("1,2,10..40:10", [1, 2, 10, 20, 30, 40]),
        ("5..20:5,33", [5, 10, 15, 20, 33]), ("0..2,4,9", [0, 1, 2, 4, 9]),
    ])
    func textIsWhatIsRead(text: String, values: [Int]) throws {
        #expect(IntegerList.text(values) == text)
        #expect(try IntegerList(text).values == values)
    }
}
