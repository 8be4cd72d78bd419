// One unit's cell in one thread: the simplex method of Kernels/cpu/minima/region/cell.c with the inverse in registers,
// so for few dimensions. Loops over K are unrolled. No array is indexed by a number that is known only at run time,
// since it would then be in local memory; to choose an entry, all are examined.
#ifndef FR_CUDA_MINIMA_CELL_CUH
#define FR_CUDA_MINIMA_CELL_CUH

#include "minima/slots.cuh"

#if defined(__CUDACC__) || defined(__CUDA__)
#define MINIMA_UNROLL _Pragma("unroll")
#define MINIMA_UNROLL_1 _Pragma("unroll 1")
#else
#define MINIMA_UNROLL
#define MINIMA_UNROLL_1
#endif

// Points that all units of a region share, in shared memory or not. The threads of a warp read the same point.
struct MinimaPoints {
    const double *x; // n x K
    int n;
};

template <int K> struct MinimaCell {
    double v[K][K];                   // M^-1 by columns: the edges, and last the ray
    int zeros[K > 1 ? K - 1 : 1];
};

template <int K> __device__ inline double cell_dot(const double *x, const double *y) {
    double sum = x[0] * y[0];
    MINIMA_UNROLL
    for (int c = 1; c < K; c++) sum = minima_madd(x[c], y[c], sum);
    return sum;
}

__device__ inline double cell_side(const uint64_t *pattern, int j) { return minima_is_active(pattern, j) ? 1.0 : -1.0; }

template <int K> __device__ inline bool cell_has_zero(const MinimaCell<K> &cell, int count, int j) {
    bool has = false;
    MINIMA_UNROLL
    for (int q = 0; q < K - 1; q++) has |= q < count && cell.zeros[q] == j;
    return has;
}

// The mean of all normals: the last row of M. 2 n K flops.
template <int K>
__device__ inline void cell_centre(const MinimaPoints &points, const uint64_t *pattern, double (&centre)[K]) {
    MINIMA_UNROLL
    for (int c = 0; c < K; c++) centre[c] = 0;
    for (int j = 0; j < points.n; j++) {
        const double side = cell_side(pattern, j);
        MINIMA_UNROLL
        for (int c = 0; c < K; c++) centre[c] = minima_madd(side, points.x[j * K + c], centre[c]);
    }
    MINIMA_UNROLL
    for (int c = 0; c < K; c++) centre[c] /= double(points.n);
}

// M^-1 from the zeros, by Gauss and Jordan on [M | I]: 2 n K flops for the centre, 4 K^3 for the inverse. Exchanges on
// the way down bring the largest entry to the pivot's row.
template <int K>
__device__ inline bool cell_invert(const MinimaPoints &points, const uint64_t *pattern, MinimaCell<K> &cell) {
    double m[K][2 * K];
    double centre[K];
    cell_centre<K>(points, pattern, centre);
    MINIMA_UNROLL
    for (int q = 0; q < K; q++) {
        const double *x = q < K - 1 ? points.x + cell.zeros[q < K - 1 ? q : 0] * K : nullptr;
        const double side = q < K - 1 ? cell_side(pattern, cell.zeros[q < K - 1 ? q : 0]) : 1;
        MINIMA_UNROLL
        for (int c = 0; c < K; c++) {
            m[q][c] = q < K - 1 ? side * x[c] : centre[c];
            m[q][K + c] = q == c ? 1 : 0;
        }
    }
    bool regular = true;
    MINIMA_UNROLL
    for (int c = 0; c < K; c++) {
        MINIMA_UNROLL
        for (int r = c + 1; r < K; r++) {
            const bool larger = fabs(m[r][c]) > fabs(m[c][c]);
            MINIMA_UNROLL
            for (int e = 0; e < 2 * K; e++) {
                const double above = m[c][e], below = m[r][e];
                m[c][e] = larger ? below : above;
                m[r][e] = larger ? above : below;
            }
        }
        const double pivot = m[c][c];
        regular = regular && fabs(pivot) > 1e-300;
        MINIMA_UNROLL
        for (int e = 0; e < 2 * K; e++) m[c][e] /= pivot;
        MINIMA_UNROLL
        for (int r = 0; r < K; r++) {
            const double factor = m[r][c];
            MINIMA_UNROLL
            for (int e = 0; e < 2 * K; e++)
                if (r != c) m[r][e] = minima_madd(-factor, m[c][e], m[r][e]);
        }
    }
    MINIMA_UNROLL
    for (int q = 0; q < K; q++)
        MINIMA_UNROLL
        for (int c = 0; c < K; c++) cell.v[q][c] = m[c][K + q];
    return regular;
}

// Moves to a ray with the largest g.w. Returns false if rounding prevents termination. A pivot takes 4 K^2 flops for
// the edges' gains and the new inverse, and 4 n K for the first point met.
template <int K>
__device__ inline bool cell_maximize(const MinimaPoints &points, const uint64_t *pattern, const double (&g)[K],
                                     MinimaCell<K> &cell, bool *moved) {
    const double size = sqrt(cell_dot<K>(g, g));
    *moved = false;
    for (int pivots = 0; pivots < 50 * K; pivots++) {
        int best = -1;
        double gain = 0, edge[K];
        MINIMA_UNROLL
        for (int c = 0; c < K; c++) edge[c] = 0;
        MINIMA_UNROLL
        for (int q = 0; q < K - 1; q++) {
            const double value = cell_dot<K>(g, cell.v[q]) / sqrt(cell_dot<K>(cell.v[q], cell.v[q]));
            if (value > gain && value > 1e-12 * size) {
                gain = value;
                best = q;
                MINIMA_UNROLL
                for (int c = 0; c < K; c++) edge[c] = cell.v[q][c];
            }
        }
        if (best < 0) return !*moved || cell_invert<K>(points, pattern, cell);
        int met = -1;
        double least = INFINITY;
        for (int j = 0; j < points.n; j++) {
            const double side = cell_side(pattern, j);
            const double height = side * cell_dot<K>(points.x + j * K, cell.v[K - 1]);
            const double fall = -side * cell_dot<K>(points.x + j * K, edge);
            if (!(height < least * fall) || !(fall > 0) || cell_has_zero<K>(cell, K - 1, j)) continue;
            least = (height > 0 ? height : 0) / fall;
            met = j;
        }
        if (met < 0) return false;
        *moved = true;
        const double side = cell_side(pattern, met);
        double row[K];
        MINIMA_UNROLL
        for (int c = 0; c < K; c++) row[c] = side * points.x[met * K + c];
        const double pivot = cell_dot<K>(row, edge);
        if (!(fabs(pivot) > 1e-300)) return false;
        MINIMA_UNROLL
        for (int c = 0; c < K; c++) edge[c] /= pivot;
        MINIMA_UNROLL
        for (int p = 0; p < K; p++) {
            const double share = cell_dot<K>(row, cell.v[p]);
            MINIMA_UNROLL
            for (int c = 0; c < K; c++)
                cell.v[p][c] = p == best ? edge[c] : minima_madd(-share, edge[c], cell.v[p][c]);
        }
        MINIMA_UNROLL
        for (int q = 0; q < K - 1; q++)
            if (q == best) cell.zeros[q] = met;
    }
    return false;
}

// Moves to some ray, from a point inside: k - 1 times along a direction that keeps the zeros so far, to the first point
// met. The direction comes from the axis that is furthest from the zeros' span and from the point itself. This is done
// once per unit: 4 n K (K - 1) flops, and about 4 K^4 for the directions.
template <int K>
__device__ inline bool cell_begin(const MinimaPoints &points, const uint64_t *pattern, double (&w)[K],
                                  MinimaCell<K> &cell) {
    double basis[K > 1 ? K - 1 : 1][K];
    MINIMA_UNROLL
    for (int q = 0; q < K - 1; q++) cell.zeros[q] = -1;
    MINIMA_UNROLL_1
    for (int count = 0; count < K - 1; count++) {
        const double length = cell_dot<K>(w, w);
        if (!(length > 0)) return false;
        double d[K], best = 0;
        MINIMA_UNROLL
        for (int c = 0; c < K; c++) d[c] = 0;
        MINIMA_UNROLL_1
        for (int start = 0; start < K; start++) {
            double trial[K];
            MINIMA_UNROLL
            for (int c = 0; c < K; c++) trial[c] = c == start ? 1 : 0;
            MINIMA_UNROLL_1
            for (int pass = 0; pass < 2; pass++) {
                MINIMA_UNROLL_1
                for (int b = 0; b < count; b++) {
                    const double part = cell_dot<K>(basis[b], trial);
                    MINIMA_UNROLL
                    for (int c = 0; c < K; c++) trial[c] = minima_madd(-part, basis[b][c], trial[c]);
                }
                const double part = cell_dot<K>(w, trial) / length;
                MINIMA_UNROLL
                for (int c = 0; c < K; c++) trial[c] = minima_madd(-part, w[c], trial[c]);
            }
            const double size = sqrt(cell_dot<K>(trial, trial));
            if (size > best) {
                best = size;
                MINIMA_UNROLL
                for (int c = 0; c < K; c++) d[c] = trial[c];
            }
        }
        if (!(best > 1e-8)) return false;
        int met = -1, other = -1; // along d, and against it
        double least = INFINITY, back = INFINITY;
        for (int j = 0; j < points.n; j++) {
            const double side = cell_side(pattern, j);
            const double height = side * cell_dot<K>(points.x + j * K, w);
            const double slope = side * cell_dot<K>(points.x + j * K, d);
            if (slope == 0 || cell_has_zero<K>(cell, count, j)) continue;
            const double distance = (height > 0 ? height : 0) / fabs(slope);
            if (slope < 0 && distance < least) {
                least = distance;
                met = j;
            }
            if (slope > 0 && distance < back) {
                back = distance;
                other = j;
            }
        }
        if (back < least) {
            met = other;
            least = -back;
        }
        if (met < 0) return false;
        MINIMA_UNROLL
        for (int c = 0; c < K; c++) w[c] = minima_madd(least, d[c], w[c]);
        MINIMA_UNROLL
        for (int q = 0; q < K - 1; q++)
            if (q == count) cell.zeros[q] = met;
        double b[K];
        MINIMA_UNROLL
        for (int c = 0; c < K; c++) b[c] = points.x[met * K + c];
        MINIMA_UNROLL_1
        for (int pass = 0; pass < 2; pass++)
            MINIMA_UNROLL_1
            for (int e = 0; e < count; e++) {
                const double part = cell_dot<K>(basis[e], b);
                MINIMA_UNROLL
                for (int c = 0; c < K; c++) b[c] = minima_madd(-part, basis[e][c], b[c]);
            }
        const double size = sqrt(cell_dot<K>(b, b));
        if (!(size > 0)) return false;
        MINIMA_UNROLL
        for (int c = 0; c < K; c++) basis[count][c] = b[c] / size;
    }
    return cell_invert<K>(points, pattern, cell);
}

#endif
