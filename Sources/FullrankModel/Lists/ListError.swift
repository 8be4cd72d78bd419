/// Why a list such as `5,10..100:10` or `0.25,0.5` could not be read. One line; whoever read it puts the flag's
/// name in front.
public enum ListError: Error, Hashable, Sendable, CustomStringConvertible {
    case empty(example: String)
    case emptyItem(list: String)
    case notANumber(item: String)
    case belowMinimum(item: String, minimum: Int)
    case tooLarge(item: String, maximum: Int)
    case step(range: String)
    case descending(range: String, lower: Int, upper: Int)
    case tooLong(count: Int, limit: Int)
    case notARatio(item: String)

    public var description: String {
        switch self {
        case .empty(let example): "the list is empty; write for example \(example)"
        case .emptyItem(let list): "\(list.quoted) has an empty item between its commas"
        case .notANumber(let item): "\(item.quoted) is neither a whole number nor a range such as 10..100:10"
        case .belowMinimum(let item, minimum: 1): "\(item.quoted) is not a positive whole number"
        case .belowMinimum(let item, let minimum): "\(item.quoted) is less than \(minimum)"
        case .tooLarge(let item, let maximum): "\(item.quoted) is too large; at most \(maximum) is taken"
        case .step(let range): "the step of \(range.quoted) is not a positive whole number"
        case .descending(let range, let lower, let upper): "\(range.quoted) runs downwards; write \(upper)..\(lower)"
        case .tooLong(Int.max, let limit): "lists more numbers than can be counted; at most \(limit) are taken"
        case .tooLong(let count, let limit): "lists \(count) numbers; at most \(limit) are taken"
        case .notARatio(let item): "\(item.quoted) is not a positive decimal such as 0.25, of at most nine decimals"
        }
    }
}
