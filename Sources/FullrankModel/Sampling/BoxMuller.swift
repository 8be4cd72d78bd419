/// Normal numbers by a fixed sequence of IEEE operations, no C library's functions: docs/sampling.md, "Normal".
enum BoxMuller {
    static func pair(_ first: Double, _ second: Double) -> (Double, Double) {
        let radius = (-2 * log(2 - first)).squareRoot()
        let (cosine, sine) = cosineSine(turns: second - 1)
        return (radius * cosine, radius * sine)
    }

    /// u in [2^-52, 1]; coefficients of fdlibm's e_log.c.
    static func log(_ u: Double) -> Double {
        let shifted = u.bitPattern + (0x3FF0_0000_0000_0000 - 0x3FE6_A09E_667F_3BCD)
        let e = Double(Int(shifted >> 52) - 1023)
        let m = Double(bitPattern: (shifted & 0x000F_FFFF_FFFF_FFFF) + 0x3FE6_A09E_667F_3BCD)
        let f = m - 1
        let s = f / (2 + f)
        let z = s * s
        let w = z * z
        let even: Double = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
        let odd5: Double = w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)
        let odd: Double = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01 + odd5))
        let halfSquare = 0.5 * f * f
        let series = s * (halfSquare + (even + odd))
        return e * 6.93147180369123816490e-01 - ((halfSquare - (series + e * 1.90821492927058770002e-10)) - f)
    }

    /// Of 2π turns, turns in [0, 1); coefficients of fdlibm's k_cos.c and k_sin.c.
    static func cosineSine(turns: Double) -> (Double, Double) {
        let quarters = 4 * turns
        let j = quarters.rounded(.toNearestOrEven)
        let y = (quarters - j) * 1.57079632679489661923
        let z = y * y
        let sine5: Double = -2.50507602534068634195e-08 + z * 1.58969099521155010221e-10
        let sine3: Double = -1.98412698298579493134e-04 + z * (2.75573137070700676789e-06 + z * sine5)
        let sine = y + y * z * (-1.66666666666666324348e-01 + z * (8.33333333332248946124e-03 + z * sine3))
        let tail5: Double = 2.08757232129817482790e-09 + z * -1.13596475577881948265e-11
        let tail3: Double = 2.48015872894767294178e-05 + z * (-2.75573143513906633035e-07 + z * tail5)
        let tail = z * (4.16666666666666019037e-02 + z * (-1.38888888888741095749e-03 + z * tail3))
        let cosine = 1 - (0.5 * z - z * tail)
        let quadrant = Int(j)
        let (c, s) = quadrant & 1 == 1 ? (sine, cosine) : (cosine, sine)
        return ((quadrant + 1) & 2 == 2 ? -c : c, quadrant & 2 == 2 ? -s : s)
    }
}
