/// How a figure looks apart from its data: colours, "#rrggbb", what words stand in it, and its size. A figure always
/// paints its own background, so that a light one reads in a dark viewer.
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
    /// Whether the title is drawn; if not, the file still has it for screen readers. So with the caption.
    public var hasTitle = true
    public var hasCaption = true
    /// Width of the whole drawing in pixels, to which it is scaled, letters included; nil: as laid out.
    public var width: Int?

    func drawn(title: String) -> String { hasTitle ? title : "" }
    func drawn(caption: String) -> String { hasCaption ? caption : "" }

    public static let light = FigureTheme(
        background: "#ffffff", ink: "#1a1a1a", muted: "#4d4d4d", grid: "#e3e3e3", missing: "#dcdcdc")
    public static let dark = FigureTheme(
        background: "#16181c", ink: "#f0f0f0", muted: "#b8b8b8", grid: "#33363c", missing: "#4a4d54")
}
