/// The name that `text` is most likely a slip for: at most two letters away, and closer than half its own length.
/// nil if nothing is near.
func nearest(to text: String, among names: [String]) -> String? {
    let typed = letters(text)
    // Longer ones are not slips, and the distance takes a table of both lengths.
    guard typed.count <= 40 else { return nil }
    var best: (name: String, distance: Int)?
    for name in names {
        let wanted = letters(name)
        let distance = editDistance(typed, wanted)
        if distance <= 2, 2 * distance <= wanted.count, distance < best?.distance ?? Int.max { best = (name, distance) }
    }
    return best?.name
}

private func letters(_ name: String) -> [Character] { Array(name.drop { $0 == "-" }) }

/// Letters inserted, dropped, replaced or exchanged with their neighbour (optimal string alignment).
private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
    var table = [[Int]](repeating: [Int](repeating: 0, count: right.count + 1), count: left.count + 1)
    for row in 0...left.count { table[row][0] = row }
    for column in 0...right.count { table[0][column] = column }
    for row in 0..<left.count {
        for column in 0..<right.count {
            var distance = table[row][column] + (left[row] == right[column] ? 0 : 1)
            distance = min(distance, table[row][column + 1] + 1, table[row + 1][column] + 1)
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                distance = min(distance, table[row - 1][column - 1] + 1)
            }
            table[row + 1][column + 1] = distance
        }
    }
    return table[left.count][right.count]
}
