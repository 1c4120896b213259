// Symbolic algebra in Embedded Swift: a parser over UTF-8, expressions as an indirect enum, simplification, derivatives,
// evaluation, printing; and a rational type behind a generic polynomial.

indirect enum Expression: Equatable {
    case number(Int64)
    case variable(UInt8)
    case sum(Expression, Expression)
    case product(Expression, Expression)
    case power(Expression, Int64)
    case negation(Expression)
}

struct ParseError: Error {
    var offset: Int
}

struct Parser {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    private var current: UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func skipSpaces() {
        while current == UInt8(ascii: " ") { position += 1 }
    }

    private mutating func accept(_ c: Unicode.Scalar) -> Bool {
        skipSpaces()
        guard current == UInt8(ascii: c) else { return false }
        position += 1
        return true
    }

    mutating func parse() throws(ParseError) -> Expression {
        let result = try sum()
        skipSpaces()
        guard position == bytes.count else { throw ParseError(offset: position) }
        return result
    }

    private mutating func sum() throws(ParseError) -> Expression {
        var result = try product()
        while true {
            if accept("+") { result = .sum(result, try product()) }
            else if accept("-") { result = .sum(result, .negation(try product())) }
            else { return result }
        }
    }

    private mutating func product() throws(ParseError) -> Expression {
        var result = try power()
        while accept("*") { result = .product(result, try power()) }
        return result
    }

    private mutating func power() throws(ParseError) -> Expression {
        let base = try atom()
        guard accept("^") else { return base }
        skipSpaces()
        return .power(base, try integer())
    }

    private mutating func integer() throws(ParseError) -> Int64 {
        var value: Int64 = 0
        guard current >= 48, current < 58 else { throw ParseError(offset: position) }
        while current >= 48, current < 58 {
            value = value &* 10 &+ Int64(current - 48)
            position += 1
        }
        return value
    }

    private mutating func atom() throws(ParseError) -> Expression {
        skipSpaces()
        if accept("(") {
            let inner = try sum()
            guard accept(")") else { throw ParseError(offset: position) }
            return inner
        }
        if accept("-") { return .negation(try atom()) }
        if current >= UInt8(ascii: "a"), current <= UInt8(ascii: "z") {
            position += 1
            return .variable(bytes[position - 1])
        }
        return .number(try integer())
    }
}

extension Expression {
    var size: Int {
        switch self {
        case .number, .variable: 1
        case .sum(let a, let b), .product(let a, let b): 1 + a.size + b.size
        case .power(let a, _), .negation(let a): 1 + a.size
        }
    }

    func derivative(_ x: UInt8) -> Expression {
        switch self {
        case .number: .number(0)
        case .variable(let v): .number(v == x ? 1 : 0)
        case .sum(let a, let b): .sum(a.derivative(x), b.derivative(x))
        case .product(let a, let b): .sum(.product(a.derivative(x), b), .product(a, b.derivative(x)))
        case .power(let a, let n): .product(.product(.number(n), .power(a, n - 1)), a.derivative(x))
        case .negation(let a): .negation(a.derivative(x))
        }
    }

    func simplified() -> Expression {
        switch self {
        case .number, .variable: return self
        case .negation(let a):
            switch a.simplified() {
            case .number(let n): return .number(0 &- n)
            case .negation(let b): return b
            case let b: return .negation(b)
            }
        case .power(let a, let n):
            let b = a.simplified()
            if n == 0 { return .number(1) }
            if n == 1 { return b }
            if case .number(let v) = b, n < 16 { return .number((0..<n).reduce(1) { p, _ in p &* v }) }
            return .power(b, n)
        case .sum(let a, let b):
            let c = a.simplified(), d = b.simplified()
            switch (c, d) {
            case (.number(0), _): return d
            case (_, .number(0)): return c
            case (.number(let p), .number(let q)): return .number(p &+ q)
            case (_, .negation(let e)) where c == e: return .number(0)
            default: return c == d ? Expression.product(.number(2), c).simplified() : .sum(c, d)
            }
        case .product(let a, let b):
            let c = a.simplified(), d = b.simplified()
            switch (c, d) {
            case (.number(0), _), (_, .number(0)): return .number(0)
            case (.number(1), _): return d
            case (_, .number(1)): return c
            case (.number(let p), .number(let q)): return .number(p &* q)
            case (.number(let p), .product(.number(let q), let e)): return .product(.number(p &* q), e)
            case (_, .number): return .product(d, c)
            default: return c == d ? .power(c, 2) : .product(c, d)
            }
        }
    }

    func value(_ variables: [Int64]) -> Int64 {
        switch self {
        case .number(let n): return n
        case .variable(let v): return variables[Int(v) - 97]
        case .sum(let a, let b): return a.value(variables) &+ b.value(variables)
        case .product(let a, let b): return a.value(variables) &* b.value(variables)
        case .negation(let a): return 0 &- a.value(variables)
        case .power(let a, let n):
            let base = a.value(variables)
            var result: Int64 = 1
            for _ in 0..<n { result = result &* base }
            return result
        }
    }

    func write(to text: inout String) {
        switch self {
        case .number(let n): text += "\(n)"
        case .variable(let v): text.unicodeScalars.append(Unicode.Scalar(v))
        case .sum(let a, let b):
            text += "("
            a.write(to: &text)
            text += " + "
            b.write(to: &text)
            text += ")"
        case .product(let a, let b):
            a.write(to: &text)
            text += " * "
            b.write(to: &text)
        case .power(let a, let n):
            text += "("
            a.write(to: &text)
            text += ")^\(n)"
        case .negation(let a):
            text += "-("
            a.write(to: &text)
            text += ")"
        }
    }
}

// --- Polynomials over any ring ---

protocol Ring: Equatable {
    static var zero: Self { get }
    static var one: Self { get }
    static func + (a: Self, b: Self) -> Self
    static func * (a: Self, b: Self) -> Self
}

struct Modular: Ring {
    static let modulus: UInt64 = 998_244_353
    var value: UInt64

    static var zero: Modular { Modular(value: 0) }
    static var one: Modular { Modular(value: 1) }
    static func + (a: Modular, b: Modular) -> Modular { Modular(value: (a.value + b.value) % modulus) }
    static func * (a: Modular, b: Modular) -> Modular { Modular(value: a.value * b.value % modulus) }
}

struct Gaussian: Ring {
    var re, im: Int64

    static var zero: Gaussian { Gaussian(re: 0, im: 0) }
    static var one: Gaussian { Gaussian(re: 1, im: 0) }
    static func + (a: Gaussian, b: Gaussian) -> Gaussian { Gaussian(re: a.re &+ b.re, im: a.im &+ b.im) }
    static func * (a: Gaussian, b: Gaussian) -> Gaussian {
        Gaussian(re: a.re &* b.re &- a.im &* b.im, im: a.re &* b.im &+ a.im &* b.re)
    }
}

struct Polynomial<R: Ring>: Ring {
    var coefficients: [R]

    static var zero: Polynomial { Polynomial(coefficients: []) }
    static var one: Polynomial { Polynomial(coefficients: [R.one]) }

    static func + (a: Polynomial, b: Polynomial) -> Polynomial {
        let n = max(a.coefficients.count, b.coefficients.count)
        return Polynomial(coefficients: (0..<n).map { i in
            (i < a.coefficients.count ? a.coefficients[i] : R.zero) + (i < b.coefficients.count ? b.coefficients[i] : R.zero)
        })
    }

    static func * (a: Polynomial, b: Polynomial) -> Polynomial {
        guard !a.coefficients.isEmpty, !b.coefficients.isEmpty else { return zero }
        var result = [R](repeating: R.zero, count: a.coefficients.count + b.coefficients.count - 1)
        for (i, x) in a.coefficients.enumerated() {
            for (j, y) in b.coefficients.enumerated() { result[i + j] = result[i + j] + x * y }
        }
        return Polynomial(coefficients: result)
    }

    func value(at x: R) -> R { coefficients.reversed().reduce(R.zero) { $0 * x + $1 } }
}

func raised<R: Ring>(_ base: R, _ exponent: Int) -> R {
    var result = R.one, square = base, n = exponent
    while n > 0 {
        if n & 1 == 1 { result = result * square }
        square = square * square
        n >>= 1
    }
    return result
}

func fold(_ hash: UInt64, _ text: String) -> UInt64 {
    text.utf8.reduce(hash) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}

@_cdecl("program")
public func program(_ scale: UInt32) {
    let sources = [
        "x^3 + 2*x*y - 7", "(x + 1)^5 * (y - x)^3", "-(a*b + b*c + c*a)^4 + a*b*c", "((x))*((x)) - x*x", "3 * (2 + ", "x + $", "0*x + 1*y",
        "(x + y + z)^3 * (x - y)^2 * (z + 1)^4",
    ]
    for source in sources {
        var parser = Parser(source)
        do throws(ParseError) {
            let expression = try parser.parse()
            var text = ""
            expression.derivative(UInt8(ascii: "x")).simplified().write(to: &text)
            print("\(source): size \(expression.size), derivative \(text)")
        } catch {
            print("\(source): error at \(error.offset)")
        }
    }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    let values: [Int64] = (0..<26).map { $0 * 3 - 20 }
    for round in 0..<scale * 20 {
        var parser = Parser(sources[Int(round % 2) * 6 + 1])
        guard var expression = try? parser.parse() else { continue }
        for variable in [UInt8(ascii: "x"), UInt8(ascii: "y"), UInt8(ascii: "x")] {
            expression = expression.derivative(variable).simplified()
        }
        var text = ""
        expression.write(to: &text)
        hash = fold(hash, text) ^ UInt64(bitPattern: expression.value(values))
        if round < 2 { print("third derivative: size \(expression.size), value \(expression.value(values))") }
    }
    print("texts: \(hash)")
    let modular = raised(Polynomial(coefficients: (1...4).map { Modular(value: $0 * 12345) }), Int(scale) * 40)
    print("modular: degree \(modular.coefficients.count - 1), \(modular.value(at: Modular(value: 77)).value)")
    let gaussian = raised(Polynomial(coefficients: [Gaussian(re: 1, im: 2), Gaussian(re: -3, im: 1)]), Int(scale) * 40)
    let g = gaussian.value(at: Gaussian(re: 2, im: -1))
    print("gaussian: degree \(gaussian.coefficients.count - 1), \(g.re) \(g.im)")
    let nested = raised(Polynomial(coefficients: [Polynomial(coefficients: [Modular.one, Modular(value: 5)]), Polynomial.one]), 20)
    let inner = nested.coefficients.reduce(UInt64(0)) { $0 &* 31 &+ $1.value(at: Modular(value: 9)).value }
    print("nested: \(inner)")
}
