import FullrankBackends
import FullrankDimension
import FullrankFiles
import FullrankModel
import FullrankProof

/// Checks each certificate and prints what is proved or what is wrong. Ends with the first failure's exit code.
func runCheck(_ options: CheckOptions, _ context: CommandContext) throws(CommandFailure) {
    let verdicts = try context.withBackend(options.backend) { (backend) throws(BackendError) in
        var verdicts = [Result<String, CommandFailure>]()
        for path in options.paths {
            verdicts.append(try verdict(path, on: backend) { context.interruption.signal != nil })
        }
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
    _ path: String, on backend: any RankBackend, isCancelled: () -> Bool
) throws(BackendError) -> Result<String, CommandFailure> {
    func wrong(_ words: String) -> CommandFailure {
        CommandFailure(.badData, "\(path.printable()): the certificate is not true: \(words)")
    }
    func unread(_ fault: CertificateFault) -> CommandFailure {
        CommandFailure(.badData, "\(path.printable()): not a certificate: \(fault)")
    }
    let bytes: [UInt8]
    do throws(FileError) {
        bytes = try WholeFile.read(path, limit: max(Certificate.mostBytes, DimensionCertificate.mostBytes))
    } catch {
        return .failure(CommandFailure(error))
    }
    if DimensionCertificate.isNamed(in: bytes) {
        let dimension: DimensionCertificate
        do throws(CertificateFault) { dimension = try DimensionCertificate(parsing: bytes) } catch {
            return .failure(unread(error))
        }
        let words: String?
        do throws(CertificateFault) {
            words = try DimensionCertificateCheck(dimension).run(isCancelled: isCancelled)
        } catch {
            return .failure(wrong(error.description))
        }
        guard let words else { throw .cancelled }
        return .success(words)
    }
    let certificate: Certificate
    do throws(CertificateFault) { certificate = try Certificate(parsing: bytes) } catch {
        return .failure(unread(error))
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
