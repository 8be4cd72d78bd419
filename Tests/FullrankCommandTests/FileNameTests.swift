import FullrankModel
import FullrankPlatform
import FullrankTestSupport
import Testing

private let anyBytes = ConditionTrait.enabled(if: Platform.isLinux, "macOS's disks take names in UTF-8 only")

/// Names of files and folders are bytes, and are used as they were given.
@Suite struct FileNameTests {
    private let folder = TemporaryFolder()

    /// Runs lines of bash in the folder, `$F` being the command; its exit status.
    private func bash(_ lines: String) -> Int32 {
        folder.file("lines", "cd '\(folder.path)'\nF='\(BuiltCommand.path)'\n" + lines)
        return shell("bash \(folder.path)/lines >\(folder.path)/out 2>\(folder.path)/err")
    }

    private func messages() -> String { folder.text("err") }

    @Test(anyBytes) func inputsOutputsAndFolders() {
        folder.file("points.csv", "1,2\n3,5\n8,1\n2,2\n")
        folder.file("m.npy", NPYBuilder.file(descriptor: "|u1", shape: "(2, 2)", data: [1, 2, 2, 4]))
        let sweep = "\"$F\" sweep --n 2,4 --d1 1,2 --trials 2 --backend cpu --no-live"
        #expect(
            bash(
                """
                set -e
                cp points.csv $'p\\xe9.csv'; cp m.npy $'m\\xe9.npy'
                \(sweep) --inputs $'p\\xe9.csv' --output $'r\\xe9s/in\\xff'
                \(sweep) --inputs $'p\\xe9.csv' --output=$'r\\xe8s' --seed 1
                test -d $'r\\xe9s' -a -d $'r\\xe8s'
                \(sweep) --inputs $'p\\xe9.csv' --output $'r\\xe8s' --seed 1
                "$F" status $'r\\xe9s/in\\xff' $'r\\xe8s'
                "$F" plot $'r\\xe8s' --output $'f\\xe9'
                test -f $'f\\xe9/figure-diagram.svg'
                "$F" report $'r\\xe8s' --output $'page\\xe9.html'
                test -f $'page\\xe9.html'
                "$F" rank $'m\\xe9.npy' --json
                "$F" export --n 2 --d1 1 --inputs $'p\\xe9.csv' --output $'e\\xe9/f\\xe8'
                test -f $'e\\xe9/f\\xe8/inputs.npy'
                "$F" explain --n 2 --d1 1 --d0 1 --output $'c\\xe9.json'
                "$F" check $'c\\xe9.json'
                "$F" train --n 4 --d1 2 --steps 2 --inputs $'p\\xe9.csv' --output $'t\\xe9'
                test -f $'t\\xe9/training.csv'
                """) == 0, "\(messages())")
        // As JSON that a strict reader takes, and from which the bytes come back.
        #expect(
            folder.python(
                """
                import json, os
                def name(text):
                    return b"".join(bytes([ord(c) - 0xEF00]) if 0xEF80 <= ord(c) <= 0xEFFF else c.encode() for c in text)
                plan = json.loads(open(b"r\\xe8s/plan.json", "rb").read().decode("utf-8"))
                assert name(plan["inputs"]["file"]) == b"p\\xe9.csv", plan["inputs"]
                shown = [line for line in open("out", "rb").read().decode("utf-8").splitlines() if line.startswith("{")]
                assert name(json.loads(shown[0])["file"]) == b"m\\xe9.npy", shown
                page = open(b"page\\xe9.html", "rb").read().decode("utf-8")
                assert "p\\\\xE9.csv" in page and not any(0xEF80 <= ord(c) <= 0xEFFF for c in page)
                """))
    }

    @Test(anyBytes) func shards() {
        let sweep = "\"$F\" sweep --d0 1 --n 3 --d1 2 --trials 4 --backend cpu --no-live"
        #expect(
            bash(
                """
                set -e
                \(sweep) --shard 1/2 --output $'s\\xe9'
                \(sweep) --shard 2/2 --output $'s\\xe8'
                "$F" merge $'s\\xe9' $'s\\xe8' --output $'s\\xea'
                \(sweep) --output whole
                cmp whole/cells.csv $'s\\xea/cells.csv'
                """) == 0, "\(messages())")
    }

    @Test(anyBytes) func errorsShowTheBytes() {
        #expect(bash("\"$F\" rank $'no\\xe9.npy'") == 74)
        #expect(messages() == "fullrank: rank: no\\xE9.npy: cannot be read: No such file or directory\n")
        #expect(bash("\"$F\" $'r\\xe9nk'") == 64)
        #expect(messages().hasPrefix("fullrank: unknown command 'r\\xE9nk'"))
    }

    /// An accent behind a slash or an equals sign is one character with it, and is still a name's first.
    @Test func accentsBehindSigns() {
        #expect(
            bash(
                "\"$F\" export --d0 1 --n 2 --d1 1 --output=$'\\xcc\\x81a/\\xcc\\x81b' && test -f $'\\xcc\\x81a/\\xcc\\x81b/inputs.npy'"
            ) == 0)
    }

    /// No call takes a path but by its bytes: a string handed to C is its UTF-8, which a name need not be.
    @Test func everyCallTakesBytes() throws {
        let sources = String(#filePath.dropLast("Tests/FullrankCommandTests/FileNameTests.swift".count)) + "Sources"
        #expect(shell("cd '\(sources)' && find . -name '*.swift' >\(folder.path)/list") == 0)
        let calls = [
            #/\b(?:access|mkdir|rename|unlink|folderEntries|dlopen)\((.*)/#,
            #/\bFileStatus\((?:at|ofLinkAt): (.*)/#, #/\bopen\((.*\bO_.*)/#,
        ]
        var found = 0
        // Where it is called, paths are bytes already: FullrankPlatform takes no other.
        for file in folder.text("list").split(separator: "\n") where !file.hasPrefix("./FullrankPlatform/") {
            let text = String(decoding: TemporaryFolder.bytes(ofFile: "\(sources)/\(file)") ?? [], as: UTF8.self)
            for line in text.split(separator: "\n") where !line.contains("func ") {
                for match in calls.compactMap({ line.firstMatch(of: $0) }) {
                    found += 1
                    // A fixed name may stand there as it is.
                    #expect(match.1.contains(".fileName") || match.1.hasPrefix("\"/"), "\(file): \(line)")
                }
            }
        }
        #expect(found > 20)
    }
}
