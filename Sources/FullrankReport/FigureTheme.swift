/// The colours of a figure apart from its data, "#rrggbb". A figure always paints its own background, so that a
/// light one reads in a dark viewer.
public struct FigureTheme: Hashable, Sendable {
    public var background: String
    /// Titles, axis titles, frames.
    public var ink: String
    /// Tick labels and captions.
    public var muted: String
    /// Grid lines.
    public var grid: String
    /// Cells without trials.
    public var missing: String

    public static let light = FigureTheme(
        background: "#ffffff", ink: "#1a1a1a", muted: "#4d4d4d", grid: "#e3e3e3", missing: "#dcdcdc")
    public static let dark = FigureTheme(
        background: "#16181c", ink: "#f0f0f0", muted: "#b8b8b8", grid: "#33363c", missing: "#4a4d54")
}
