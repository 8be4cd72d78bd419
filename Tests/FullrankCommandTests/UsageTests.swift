import Testing

/// Each wrong command line: its message, word for word, and exit code 64.
@Suite struct UsageTests {
    @Test(arguments: [
        ("", "a command is missing; 'fullrank --help' lists them"),
        ("swep", "unknown command 'swep'; did you mean 'sweep'?"),
        ("conquer", "unknown command 'conquer'; see 'fullrank --help'"),
        ("--versoin", "unknown option '--versoin'; did you mean '--version'?"),
        ("--seed 3 sweep", "unknown option '--seed'; see 'fullrank --help'"),
        ("--version sweep", "--version stands alone"),
    ])
    func withoutACommand(line: String, message: String) {
        BuiltCommand.expectFailure(line.split(separator: " ").map(String.init), message, code: 64)
    }

    @Test(arguments: [
        // Unknown, double, missing, without value.
        ("--trails 3", "unknown option '--trails'; did you mean '--trials'?"),
        ("--trails=3", "unknown option '--trails'; did you mean '--trials'?"),
        ("--tirals 3", "unknown option '--tirals'; did you mean '--trials'?"),
        ("-d0 3", "unknown option '-d0'; did you mean '--d0'?"),
        ("--color red", "unknown option '--color'; 'fullrank sweep --help' lists them"),
        ("--n 3 --n 4", "--n is given twice"),
        ("--n=3 --n=3", "--n is given twice"),
        ("--no-bias --no-bias", "--no-bias is given twice"),
        ("--no-bias=yes", "--no-bias takes no value"),
        ("--n", "--n needs a value: --n LIST"),
        ("--n --d1 3", "--n needs a value: --n LIST"),
        ("more", "unexpected argument 'more'; every argument belongs to an option"),
        ("-- --n", "unexpected argument '--n'; every argument belongs to an option"),
        ("--d0 1 --n 3 --d1 3", "--output is missing; see 'fullrank sweep --help'"),
        ("--d0 1 --n 3 --d1 3 --output=", "--output: '' is not a folder's name"),
        ("--output x --d0 1 --d1 3", "--n is missing; see 'fullrank sweep --help'"),
        ("--output x --d0 1 --n 3", "--d1 is missing; see 'fullrank sweep --help'"),
        ("--output x --n 3 --d1 3", "--d0 or --ratio is missing; see 'fullrank sweep --help'"),
        ("--output x --n 3 --d1 3 --d0 1 --ratio 1", "--d0 and --ratio exclude each other; give one of them"),
    ])
    func sweepGrammar(line: String, message: String) {
        BuiltCommand.expectFailure(
            ["sweep"] + line.split(separator: " ").map(String.init), "sweep: " + message, code: 64)
    }

    @Test(arguments: [
        ("--trials 0", "--trials: '0' is not a positive whole number"),
        ("--trials=-1", "--trials: '-1' is not a positive whole number"),
        ("--trials -1", "--trials: '-1' is not a positive whole number"),
        ("--trials 1e3", "--trials: '1e3' is not a positive whole number"),
        ("--trials=", "--trials: '' is not a positive whole number"),
        ("--trials 99999999999999999999", "--trials: '99999999999999999999' is too large; at most 2147483647 is taken"),
        ("--threads 0", "--threads: '0' is not a positive whole number"),
        ("--threads 5000", "--threads: '5000' is too large; at most 4096 is taken"),
        ("--seed -3", "--seed: '-3' is not a whole number from 0 on"),
        (
            "--seed 18446744073709551616",
            "--seed: '18446744073709551616' is too large; at most 18446744073709551615 is taken"
        ),
        ("--method exakt", "--method: 'exakt' is not one of exact, svd; did you mean 'exact'?"),
        ("--method lu", "--method: 'lu' is not one of exact, svd"),
        ("--precision float64", "--precision goes with --method svd only"),
        (
            "--method svd --precision float16",
            "--precision: 'float16' is not one of float64, float32; did you mean 'float64'?"
        ),
        ("--backend gpu", "--backend: 'gpu' is not one of auto, cpu, cuda; did you mean 'cpu'?"),
        ("--init xavier", "--init: 'xavier' is not one of uniform, he-uniform, normal"),
        (
            "--inputs gaussian",
            "--inputs: 'gaussian' is not one of normal, uniform, cube, FILE.npy, FILE.npz, FILE.csv, FILE.idx"
        ),
        (
            "--inputs data.txt",
            "--inputs: 'data.txt' is not one of normal, uniform, cube, FILE.npy, FILE.npz, FILE.csv, FILE.idx"
        ),
    ])
    func values(line: String, message: String) {
        BuiltCommand.expectFailure(
            ["sweep", "--output", "x", "--d0", "1", "--n", "3", "--d1", "3"]
                + line.split(separator: " ").map(String.init), "sweep: " + message, code: 64)
    }

    @Test(arguments: [
        ("--n 0", "--n: '0' is not a positive whole number"),
        ("--n 10..1", "--n: '10..1' runs downwards; write 1..10"),
        ("--n 1..10:0", "--n: the step of '1..10:0' is not a positive whole number"),
        ("--n 1..10:-1", "--n: the step of '1..10:-1' is not a positive whole number"),
        ("--n ten", "--n: 'ten' is neither a whole number nor a range such as 10..100:10"),
        ("--n=", "--n: the list is empty; write for example 1,2,5 or 10..100:10"),
        ("--n 1..2000000", "--n: lists 2000000 numbers; at most 1000000 are taken"),
        ("--n 1..1000000", "the lists make 11000000 cells; at most 10000000 are taken: shorten one of them"),
        ("--n 99999999999", "--n: '99999999999' is too large; at most 2147483647 is taken"),
    ])
    func lists(line: String, message: String) {
        BuiltCommand.expectFailure(
            ["sweep", "--output", "x", "--d0", "1", "--d1", "10..20"] + line.split(separator: " ").map(String.init),
            "sweep: " + message, code: 64)
    }

    @Test(arguments: [
        ("threshold --output x --n 3", "threshold: --d0 or --ratio is missing; see 'fullrank threshold --help'"),
        ("threshold --output x --d0 3", "threshold: --n is missing; see 'fullrank threshold --help'"),
        ("threshold --output x --d0 3 --n 1,2", "threshold: --n: '1,2' is not a positive whole number"),
        ("threshold --output x --d0 3 --n 5 --max-d1 0", "threshold: --max-d1: '0' is not a positive whole number"),
        ("threshold --method svd", "threshold: unknown option '--method'; 'fullrank threshold --help' lists them"),
        (
            "threshold --output x --ratio 0 --n 5",
            "threshold: --ratio: '0' is not a positive decimal such as 0.25, of at most nine decimals"
        ),
        (
            "threshold --output x --ratio 999999999 --n 5",
            "threshold: --ratio: '999999999' makes d0 larger than 2147483647 at n = 5"
        ),
        ("reproduce --output x", "reproduce: FIGURE is missing; see 'fullrank reproduce --help'"),
        ("reproduce all", "reproduce: --output is missing; see 'fullrank reproduce --help'"),
        (
            "reproduce fixed --output x",
            "reproduce: FIGURE: 'fixed' is not one of fixed-input, proportional-input, all, global-minima, mfa, hidden-symmetries"
        ),
        (
            "reproduce fixed-inputs --output x",
            "reproduce: FIGURE: 'fixed-inputs' is not one of fixed-input, proportional-input, all, global-minima, mfa, hidden-symmetries; did you mean 'fixed-input'?"
        ),
        ("reproduce all twice --output x", "reproduce: unexpected argument 'twice'; one FIGURE is taken"),
        ("reproduce all --d0 3", "reproduce: unknown option '--d0'; 'fullrank reproduce --help' lists them"),
        ("rank", "rank: FILE.npy is missing; see 'fullrank rank --help'"),
        ("rank a.npy b.npy", "rank: unexpected argument 'b.npy'; one FILE.npy is taken"),
        ("rank a.npy --precision float32", "rank: --precision goes with --method svd only"),
        ("rank a.npy --method svd --seed 3", "rank: --seed goes with --method exact only"),
        ("export --d0 3 --n 3 --d1 3", "export: --output is missing; see 'fullrank export --help'"),
        ("export --output x --n 3 --d1 3", "export: --d0 is missing; see 'fullrank export --help'"),
        ("export --output x --d0 1,2 --n 3 --d1 3", "export: --d0: '1,2' is not a positive whole number"),
        ("export --output x --d0 2 --n 3 --d1 3 --trial -1", "export: --trial: '-1' is not a whole number from 0 on"),
        ("reproduce global-minima --output x --method svd", "reproduce: --method does not go with global-minima"),
        ("minima --n 3 --d1 3 --d0 1", "minima: --output is missing; see 'fullrank minima --help'"),
        ("minima --output x --n 3 --d1 3", "minima: --d0 is missing; see 'fullrank minima --help'"),
        (
            "minima --output x --n 3 --d1 3 --d0 1 --labels students",
            "minima: --labels: 'students' is not one of polynomial, teacher, random"
        ),
        (
            "minima --output x --n 3 --d1 3 --d0 1 --patterns steps",
            "minima: --patterns: 'steps' is called 'regions' now, as in fullrank sweep"
        ),
        (
            "minima --output x --n 3 --d1 3 --d0 1 --patterns network",
            "minima: --patterns: 'network' is called 'init' now, as in fullrank sweep"
        ),
        (
            "minima --output x --n 3 --d1 3 --d0 1 --patterns bernoulli",
            "minima: --patterns: bernoulli bits are mostly no unit's pattern, their regions empty; give init or regions"
        ),
        (
            "minima --output x --n 3 --d1 3 --d0 1 --backend gpu",
            "minima: --backend: 'gpu' is not one of auto, cpu, cuda; did you mean 'cpu'?"
        ),
        (
            "export --output x --n 3 --d1 3 --d0 1 --labels random",
            "export: --labels goes with --experiment minima only"
        ),
        (
            "export --output x --n 3 --d1 3 --d0 1 --certificate",
            "export: --certificate goes with --experiment minima only"
        ),
        (
            "function-space --output x",
            "function-space: --n or --points is missing; see 'fullrank function-space --help'"
        ),
        ("function-space --output x --n 1", "function-space: --n: at least 2 points span a function"),
        ("function-space --output x --points 1,2,1", "function-space: --points: at least two numbers, no two the same"),
        ("function-space --output x --points 1,two", "function-space: --points: 'two' is not a decimal number"),
        (
            "function-space --output x --points 1,1e-400",
            "function-space: --points: '1e-400' is not 0, but nearer to it than any float64; magnitudes from 5e-324 on are taken"
        ),
        ("function-space --output x --points 1,0x2", "function-space: --points: '0x2' is not a decimal number"),
        (
            "theory --d0 1 --n 3 --epsilon 1e-400",
            "theory: --epsilon: '1e-400' is not 0, but nearer to it than any float64; magnitudes from 5e-324 on are taken"
        ),
        (
            "train --d0 1 --n 3 --d1 2 --output x --rate 1e400",
            "train: --rate: '1e400' is larger than any float64; magnitudes up to 1.7976931348623157e308 are taken"
        ),
        (
            "sweep --d0 1 --n 3 --d1 2 --output x --activation leaky:1e-400",
            "sweep: --activation: 'leaky:1e-400': the slope is not 0, but nearer to it than any float64; magnitudes from "
                + "5e-324 on are taken; 'relu' has slope 0"
        ),
        (
            "sweep --d0 1 --n 3 --d1 2 --output x --activation leaky:-1e400",
            "sweep: --activation: 'leaky:-1e400' has no such slope: it is larger than any float64; magnitudes up to "
                + "1.7976931348623157e308 are taken"
        ),
        (
            "sweep --d0 1 --n 3 --d1 2 --output x --activation leaky:0.99999999999999999",
            "sweep: --activation: 'leaky:0.99999999999999999': the slope rounds to 1, which is 'identity'; float64 tells "
                + "0.9999999999999999 and 1.0000000000000002 from it"
        ),
        (
            "sweep --d0 1 --n 3 --d1 2 --output x --activation power:99999999999999999999",
            "sweep: --activation: 'power:99999999999999999999' has no such exponent; power:R takes R from 1 to 1000"
        ),
        ("plot", "plot: DIR is missing; see 'fullrank plot --help'"),
        ("plot x --theme grey", "plot: --theme: 'grey' is not one of light, dark"),
        (
            "plot x --overlay count,contuors",
            "plot: --overlay: 'contuors' is not one of count, theorem-5, theorem-10, steps, exact, anticoncentration, law, contours, all, none; did you mean 'contours'?"
        ),
        ("plot x --resolution 0", "plot: --resolution: '0' is not a positive whole number"),
        ("plot x --compare=", "plot: --compare: '' is not a folder's name"),
        ("report", "report: DIR is missing; see 'fullrank report --help'"),
        ("report x --output=", "report: --output: '' is not a file's name"),
        ("report x --compare=", "report: --compare: '' is not a folder's name"),
        ("report x --bogus 1", "report: unknown option '--bogus'; 'fullrank report --help' lists them"),
        ("theory --n 3", "theory: --d0 is missing; see 'fullrank theory --help'"),
        ("theory --d0 1", "theory: --n is missing; see 'fullrank theory --help'"),
        ("theory --d0 1 --n 3 --epsilon 1", "theory: --epsilon: '1' is not a number between 0 and 1, such as 0.1"),
        ("theory --d0 1 --n 3 --epsilon nan", "theory: --epsilon: 'nan' is not a number between 0 and 1, such as 0.1"),
        ("theory --d0 1 --n 3 --gamma 0.7", "theory: --gamma: 0.7 is more than 0.5, the chance that a unit is active"),
        ("theory --d0 1 --n 3 --threads 2", "theory: --threads goes with --measure only"),
        (
            "theory --d0 1 --n 3 --init normal",
            "theory: --init goes with --measure, or with --inputs FILE of one column"
        ),
        ("theory --d0 1 --n 3 --measure 0", "theory: --measure: '0' is not a positive whole number"),
        (
            "regions --d0 2 --n 5 --volumes",
            "regions: --volumes: chances are known in closed form for one input with bias only"
        ),
        (
            "regions --d0 1 --n 5 --volumes --no-bias",
            "regions: --volumes: chances are known in closed form for one input with bias only"
        ),
        (
            "regions --d0 1 --n 1001 --volumes",
            "regions: --n: 1001 is too large; at most 1000 points are taken by --volumes"
        ),
        ("regions --d0 1 --n 5 --draws 9", "regions: --draws goes with --volumes only"),
        ("regions --d0 1 --n 5 --init normal", "regions: --init goes with --volumes only"),
        ("regions --d0 1 --n 5 --epsilon 0.2 --list", "regions: --epsilon goes with --volumes only"),
        ("regions --d0 1 --n 5 --theme dark", "regions: --theme goes with --figure only"),
        ("regions --d0 1 --n 5 --figure x.svg --json", "regions: --json does not go with --figure"),
        ("regions --d0 1 --n 5 --figure=", "regions: --figure: '' is not a file's name"),
        (
            "regions --d0 1 --n 5 --figure x.svg --list",
            "regions: --list and --figure exclude each other; give one of them"
        ),
        (
            "regions --d0 1 --n 500 --figure x.svg",
            "regions: --figure: 500 different points are too many; at most 360 are drawn in 2 dimensions"
        ),
        (
            "regions --d0 2 --n 61 --figure x.svg",
            "regions: --figure: 61 different points are too many; at most 60 are drawn in 3 dimensions"
        ),
        ("regions --d0 1 --n 5 --check a.npy --output x", "regions: --output goes with --list or --sample only"),
        (
            "regions --d0 1 --n 5 --seed 3 --list --sample 4",
            "regions: --list and --sample exclude each other; give one of them"
        ),
        (
            "sweep --output x --d0 1 --n 3 --d1 3 --patterns regions --init normal",
            "sweep: --init does not go with --patterns regions, which draws no weights"
        ),
        (
            "sweep --output x --d0 1 --n 3 --d1 3 --patterns steps",
            "sweep: --patterns: 'steps' is not one of init, bernoulli, regions"
        ),
        (
            "threshold --output x --d0 1 --n 3 --patterns bernoulli --init uniform",
            "threshold: --init does not go with --patterns bernoulli, which draws no weights"
        ),
        ("binary", "binary: --d is missing; see 'fullrank binary --help'"),
        ("binary --d 3 --inputs cube", "binary: unknown option '--inputs'; 'fullrank binary --help' lists them"),
        ("plot x --against=", "plot: --against: '' is not a folder's name"),
        ("plot x --terminal --against y", "plot: --against does not go with --terminal, which draws the diagram alone"),
        (
            "plot x --terminal --overlay all",
            "plot: --overlay does not go with --terminal, which draws the diagram alone"
        ),
        ("plot x --terminal --theme dark", "plot: --theme does not go with --terminal, which draws the diagram alone"),
        ("backends --verbose", "backends: unknown option '--verbose'; 'fullrank backends --help' lists them"),
        ("backends cuda", "backends: unexpected argument 'cuda'; every argument belongs to an option"),
    ])
    func otherCommands(line: String, message: String) {
        BuiltCommand.expectFailure(line.split(separator: " ").map(String.init), message, code: 64)
    }

    @Test func oneLineWhateverWasTyped() {
        BuiltCommand.expectFailure(
            ["a\nb\u{1b}[2J"], "unknown command 'a\\nb\\u{1B}[2J'; see 'fullrank --help'", code: 64)
        let long = String(repeating: "x", count: 100_000)
        BuiltCommand.expectFailure(
            ["sweep", "--n", "1", "--" + long],
            "sweep: unknown option '--\(String(repeating: "x", count: 58))...'; 'fullrank sweep --help' lists them",
            code: 64)
    }
}
