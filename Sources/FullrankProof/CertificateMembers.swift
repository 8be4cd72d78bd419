import FullrankFiles
import FullrankModel

/// An object's members. Each is requested, and none may remain.
package struct CertificateMembers {
    private let json: JSONValue
    private let owner: String
    private var asked = Set<String>()

    package init(_ json: JSONValue, of owner: String) throws(CertificateFault) {
        guard case .object = json else { throw CertificateFault("\(owner) is no JSON object") }
        (self.json, self.owner) = (json, owner)
    }

    package func peek(_ name: String) -> JSONValue? { json[name] }

    package mutating func value<Value>(_ name: String, _ convert: (JSONValue) -> Value?) throws(CertificateFault)
        -> Value
    {
        asked.insert(name)
        guard let value = json[name] else { throw CertificateFault("\"\(name)\" is missing in \(owner)") }
        guard let converted = convert(value) else {
            throw CertificateFault("\"\(name)\" cannot be \(value.text.printable(limit: 60))")
        }
        return converted
    }

    package mutating func text(_ name: String) throws(CertificateFault) -> String { try value(name) { $0.string } }
    package mutating func unsigned(_ name: String) throws(CertificateFault) -> UInt64 {
        try value(name) { $0.integer() }
    }
    package mutating func flag(_ name: String) throws(CertificateFault) -> Bool {
        try value(name) { if case .bool(let flag) = $0 { flag } else { nil } }
    }

    /// At least 0.
    package mutating func integer(_ name: String) throws(CertificateFault) -> Int {
        try value(name) { value -> Int? in value.integer().flatMap { $0 >= 0 ? $0 : nil } }
    }

    package mutating func list<Item>(_ name: String, _ convert: (JSONValue) -> Item?) throws(CertificateFault) -> [Item]
    {
        try value(name) { value in
            guard case .array(let items) = value else { return nil }
            let converted = items.compactMap(convert)
            return converted.count == items.count ? converted : nil
        }
    }

    package func finish() throws(CertificateFault) {
        guard case .object(let members) = json, let more = members.first(where: { !asked.contains($0.name) }) else {
            return
        }
        throw CertificateFault("\(owner) has no \"\(more.name.printable(limit: 60))\"")
    }
}
