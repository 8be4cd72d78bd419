/// "1 trial", "3 trials".
///
/// - Parameters:
///   - noun: of one.
///   - plural: of several; nil: the noun with an s.
public func counted(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(count) " + (count == 1 ? noun : plural ?? noun + "s")
}
