/// Which values an axis labels.
enum Ticks {
    /// 1, 2, 5, 10, 20, 50, ...
    static func niceSteps(upTo limit: Int) -> [Int] {
        var steps = [Int]()
        var decade = 1
        while decade <= limit {
            steps += [decade, 2 * decade, 5 * decade]
            decade *= 10
        }
        return steps
    }

    /// Labels for cells at `values` (ascending). All values are labelled if they fit. Of an even list, the multiples of
    /// a round number, or every second, third, ... value are labelled; of an uneven one as many as fit, the largest
    /// first. Labels are always listed values, so that a label is at the centre of a cell.
    ///
    /// - Parameter areApart: whether the labels of two values, the smaller first, keep their distance.
    static func labelled(_ values: [Int], atMost limit: Int, areApart: (Int, Int) -> Bool) -> [Int] {
        func fits(_ chosen: [Int]) -> Bool {
            chosen.count <= limit && zip(chosen, chosen.dropFirst()).allSatisfy(areApart)
        }
        guard let last = values.last, !fits(values) else { return values }
        let isEven = zip(values.dropFirst(), values).allSatisfy { $0 - $1 == values[1] - values[0] }
        if isEven {
            for step in niceSteps(upTo: last) {
                let multiples = values.filter { $0 % step == 0 }
                if multiples.count >= 3, fits(multiples) { return multiples }
            }
            for step in 2..<max(3, values.count) {
                let chosen = stride(from: 0, to: values.count, by: step).map { values[$0] }
                if fits(chosen) { return chosen }
            }
        }
        var chosen = [last]
        for value in values.reversed() where value < chosen[chosen.count - 1] && chosen.count < limit {
            if areApart(value, chosen[chosen.count - 1]) { chosen.append(value) }
        }
        return chosen.reversed()
    }

    /// Round values covering [0, `upper`], about `count` of them; the last may lie above `upper`.
    static func covering(upTo upper: Int, about count: Int) -> [Int] {
        let upper = max(upper, 1)
        let step = niceSteps(upTo: upper).first { $0 * count >= upper } ?? upper
        return Array(stride(from: 0, through: (upper + step - 1) / step * step, by: step))
    }
}
