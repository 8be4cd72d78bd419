import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankProof

/// Checks each certificate and prints what is proved or what is wrong. Ends with the first failure's exit code.
func runCheck(_ options: CheckOptions, _ context: CommandContext) throws(CommandFailure) {
    let verdicts = try context.withBackend(options.backend) { (backend) throws(BackendError) in
        var verdicts = [Result<String, CommandFailure>]()
        for path in options.paths { verdicts.append(try verdict(path, on: backend)) }
        return verdicts
    }
    var failures = [CommandFailure]()
    var rows = JSONRows()
    for (path, verdict) in zip(options.paths, verdicts) {
        let isTrue: Bool, said: String
        switch verdict {
        case .success(let words): (isTrue, said) = (true, words)
        case .failure(let failure):
            (isTrue, said) = (false, failure.message)
            failures.append(failure)
        }
        if options.json {
            try rows.append([("file", .string(path)), ("true", .boolean(isTrue)), ("words", .string(said))])
        } else if isTrue {
            try writeOutput("\(path.printable()): \(said)\n")
        }
    }
    if options.json { try rows.end() }
    guard let first = failures.first else { return }
    for failure in failures.dropLast() { writeError("check: \(failure.message)") }
    throw CommandFailure(first.code, failures[failures.count - 1].message)
}

private func verdict(
    _ path: String, on backend: any RankBackend
) throws(BackendError) -> Result<String, CommandFailure> {
    func wrong(_ words: String) -> CommandFailure {
        CommandFailure(.badData, "\(path.printable()): the certificate is not true: \(words)")
    }
    let certificate: Certificate
    do { certificate = try Certificate(parsing: WholeFile.read(path, limit: Certificate.mostBytes)) } catch let error
        as FileError
    {
        return .failure(CommandFailure(error))
    } catch {
        return .failure(CommandFailure(.badData, "\(path.printable()): not a certificate: \(error)"))
    }
    do throws(CertificateFault) { try certificate.requireCheckable() } catch {
        return .failure(wrong(error.description))
    }
    let check: CertificateCheck
    do throws(BackendError) {
        check = try CertificateCheck(certificate, on: backend)
    } catch {
        // The certificate's trial can't be drawn: it is beyond 2^56, say.
        if case .invalidArgument(let words) = error { return .failure(wrong(words.printable())) }
        throw error
    }
    do throws(CertificateFault) {
        return .success(try check.run())
    } catch {
        return .failure(wrong(error.description))
    }
}
