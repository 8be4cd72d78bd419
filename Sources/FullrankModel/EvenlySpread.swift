/// At most `most` of the places 0..<count, evenly spread, the first and the last among them; the first alone if only one
/// may be.
public func evenlySpread(_ count: Int, atMost most: Int) -> [Int] {
    guard count > most else { return Array(0..<count) }
    return (0..<most).map { most == 1 ? 0 : $0 * (count - 1) / (most - 1) }
}
