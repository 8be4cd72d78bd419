/// What the command says when it takes more than a second to stop, which on a busy machine it may.
let stoppingNotice =
    "fullrank: stopping once the computation under way lets it; a second signal ends at once, and harms no file"

extension StringProtocol {
    /// Without the notice, wherever it stands, and the end of its line.
    var withoutStoppingNotice: String {
        var text = String(self)
        while let range = text.ranges(of: stoppingNotice).first {
            let end = text[range.upperBound...].firstIndex { !$0.isNewline } ?? text.endIndex
            text.removeSubrange(range.lowerBound..<end)
        }
        return text
    }
}
