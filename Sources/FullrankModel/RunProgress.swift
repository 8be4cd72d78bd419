/// How far a run of trials has come, and how that reads on one line of a terminal.
public struct RunProgress: Hashable, Sendable {
    public var done: Int
    public var total: Int
    /// Seconds since the run began.
    public var seconds: Double

    /// Share of the work, where trials differ in size or are half done; nil: trials are counted.
    public var workShare: Double?
    /// Trials earlier runs did: not this run's rate.
    public var resumed: Int
    /// Whether `total` may turn out to be more.
    public var mayGrow: Bool
    /// What is counted.
    public var noun = "trials"

    public init(
        done: Int, total: Int, seconds: Double, workShare: Double? = nil, resumed: Int = 0, mayGrow: Bool = false
    ) {
        self.done = done
        self.total = total
        self.seconds = seconds
        self.workShare = workShare
        self.resumed = resumed
        self.mayGrow = mayGrow
    }

    /// 0 to 1; an empty run is done.
    public var share: Double {
        if let workShare { return min(1, max(0, workShare)) }
        return total > 0 ? min(1, max(0, Double(done) / Double(total))) : 1
    }

    /// Trials a second so far; 0 before the first.
    public var rate: Double { seconds > 0 && done > resumed ? Double(done - resumed) / seconds : 0 }

    /// At the rate so far; nil before there is one.
    public var secondsLeft: Double? {
        if let workShare {
            let begun = total > 0 ? Double(resumed) / Double(total) : 0
            return workShare > begun && seconds > 0 ? seconds * (1 - share) / (workShare - begun) : nil
        }
        return rate > 0 ? Double(max(0, total - done)) / rate : nil
    }

    /// `[=====>    ]  42%  42/100 trials  12.3/s  5s left`, with `42/100+` where the total may grow; never wider than `width` columns, all ASCII.
    ///
    /// The bar takes what room is left; in a narrow terminal it goes first, then the words from the right.
    public func line(width: Int) -> String {
        let percent = "\(Int(share * 100))%"
        var words = [
            String(repeating: " ", count: max(0, 4 - percent.count)) + percent,
            "\(done)/\(total)\(mayGrow ? "+" : "") \(noun)",
            "\(Self.brief(rate))/s",
        ]
        if let secondsLeft { words.append("\(Self.duration(secondsLeft)) left") }
        var text = words.joined(separator: "  ")
        while text.count > width, !words.isEmpty {
            words.removeLast()
            text = words.joined(separator: "  ")
        }
        let room = min(40, width - text.count - 3)
        guard room >= 5, !words.isEmpty else { return text }
        let filled = Int(share * Double(room))
        let head =
            filled > 0 && filled < room
            ? String(repeating: "=", count: filled - 1) + ">" : String(repeating: "=", count: filled)
        return "[" + head + String(repeating: " ", count: room - filled) + "] " + text
    }

    /// Three digits: "0.123", "12.3", "4567".
    private static func brief(_ value: Double) -> String {
        guard value < 1e15 else { return "?" }
        if value >= 100 { return "\(Int(value.rounded()))" }
        let (scale, places) = value >= 10 ? (10, 1) : (100, 2)
        let scaled = Int((value * Double(scale)).rounded())
        let fraction = "\(scaled % scale)"
        return "\(scaled / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
    }

    /// "12s", "3m05s", "1h02m", "5d03h".
    private static func duration(_ seconds: Double) -> String {
        guard seconds < 1e9 else { return "years" }
        func pair(_ large: Int, _ small: Int, _ units: (String, String)) -> String {
            "\(large)\(units.0)\(small < 10 ? "0" : "")\(small)\(units.1)"
        }
        let whole = Int(seconds.rounded(.up))
        if whole < 60 { return "\(whole)s" }
        if whole < 3_600 { return pair(whole / 60, whole % 60, ("m", "s")) }
        if whole < 86_400 { return pair(whole / 3_600, whole % 3_600 / 60, ("h", "m")) }
        return pair(whole / 86_400, whole % 86_400 / 3_600, ("d", "h"))
    }
}
