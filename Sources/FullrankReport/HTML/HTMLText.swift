/// Pieces of an HTML page that is XML as well, so that it can be checked as such.
enum HTMLText {
    static func element(_ name: String, _ text: String, _ attributes: String = "") -> String {
        "<\(name)\(attributes.isEmpty ? "" : " " + attributes)>\(XMLText.escaped(text))</\(name)>"
    }

    static func paragraph(_ text: String) -> String { element("p", text) + "\n" }

    /// Numbers are right-aligned; the first row is the head.
    static func table(_ rows: [[String]], caption: String) -> String {
        var text = "<table>\n" + element("caption", caption) + "\n"
        for (index, row) in rows.enumerated() {
            text += "<tr>" + row.map { element(index == 0 ? "th" : "td", $0) }.joined() + "</tr>\n"
        }
        return text + "</table>\n"
    }

    /// A link that holds the file itself.
    static func download(_ contents: String, name: String) -> String {
        let data = "data:text/csv;base64," + Raster.base64(Array(contents.utf8))
        return element("a", name, "download=\"\(XMLText.escaped(name))\" href=\"\(data)\"")
    }

    /// For screens and for paper.
    static let style = """
        body { font-family: Helvetica, Arial, sans-serif; line-height: 1.45; color: #1a1a1a; background: #fff;
          max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
        h1, h2, caption { break-after: avoid; }
        p { max-width: 46rem; }
        figure { margin: 1.5rem 0; break-inside: avoid; }
        svg { max-width: 100%; height: auto; }
        table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; break-inside: avoid; }
        .tables { display: flex; flex-wrap: wrap; gap: 0 3rem; align-items: flex-start; }
        caption { text-align: left; font-weight: bold; padding: 0.3rem 0; }
        th, td { padding: 0.1rem 0.6rem; border-bottom: 1px solid #ddd; text-align: right; }
        .facts td, .facts th { text-align: left; vertical-align: top; }
        pre { background: #f4f4f4; padding: 0.6rem; white-space: pre-wrap; overflow-wrap: anywhere; }
        figcaption, .small { color: #4d4d4d; font-size: 0.85rem; }
        @media print { body { margin: 0; max-width: none; font-size: 0.8rem; }
          .tables { display: block; columns: 2; } figure svg { max-height: 11cm; width: auto; } a { color: inherit; text-decoration: none; } }
        """
}
