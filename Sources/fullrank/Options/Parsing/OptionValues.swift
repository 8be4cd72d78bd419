import FullrankModel

/// Typed reading of option values. Every message names the flag, the value and what would be right.
extension ParsedArguments {
    func has(_ name: String) -> Bool { values[name] != nil }

    func required(_ name: String) throws(CommandFailure) -> String {
        guard let text = values[name] else {
            throw .usage("\(name) is missing; see 'fullrank \(command.name) --help'")
        }
        return text
    }

    /// A file or folder name.
    func requiredPath(_ name: String) throws(CommandFailure) -> String {
        let path = try required(name)
        guard !path.isEmpty else { throw .usage("\(name): '' is not a folder's name") }
        return path
    }

    /// At least 1; nil if the option is not given.
    func positive(_ name: String, maximum: Int = IntegerList.largestValue) throws(CommandFailure) -> Int? {
        guard let text = values[name] else { return nil }
        guard isDigits(text), !text.utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) else {
            throw .usage("\(name): \(text.quoted) is not a positive whole number")
        }
        guard let value = Int(text), value <= maximum else {
            throw .usage("\(name): \(text.quoted) is too large; at most \(maximum) is taken")
        }
        return value
    }

    /// From 0 to `maximum`; nil if the option is not given.
    func natural(_ name: String, maximum: UInt64 = .max) throws(CommandFailure) -> UInt64? {
        guard let text = values[name] else { return nil }
        guard isDigits(text) else { throw .usage("\(name): \(text.quoted) is not a whole number from 0 on") }
        guard let value = UInt64(text), value <= maximum else {
            throw .usage("\(name): \(text.quoted) is too large; at most \(maximum) is taken")
        }
        return value
    }

    /// Whole numbers from `minimum` on, ascending; nil if the option is not given.
    func integers(_ name: String, minimum: Int = 1) throws(CommandFailure) -> [Int]? {
        guard let text = values[name] else { return nil }
        do throws(ListError) {
            return try IntegerList(text, minimum: minimum).values
        } catch {
            throw .usage("\(name): \(error)")
        }
    }

    /// Ratios, ascending; nil if the option is not given.
    func ratios(_ name: String) throws(CommandFailure) -> [Ratio]? {
        guard let text = values[name] else { return nil }
        do throws(ListError) {
            return try RatioList(text).values
        } catch {
            throw .usage("\(name): \(error)")
        }
    }

    /// One of a few words; nil if the option is not given.
    func choice<Choice>(_ name: String, _: Choice.Type = Choice.self) throws(CommandFailure) -> Choice?
    where Choice: CaseIterable & RawRepresentable<String> {
        guard let text = values[name] else { return nil }
        guard let choice = Choice(rawValue: text) else {
            throw notOneOf(Choice.allCases.map(\.rawValue), text, name)
        }
        return choice
    }

    func notOneOf(_ words: [String], _ text: String, _ name: String) -> CommandFailure {
        let suggestion = nearest(to: text, among: words).map { "; did you mean '\($0)'?" } ?? ""
        return .usage("\(name): \(text.quoted) is not one of \(words.joined(separator: ", "))\(suggestion)")
    }

    private func isDigits(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }
}
