// Floating-point loops over vectors: spectral norm, Jacobi relaxation, a fast Fourier transform, LU decomposition.
// spectral [N]
#include <math.h>

#include "support.h"

static double cell(uint32_t i, uint32_t j) { return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); }

static void multiply(uint32_t n, const double *v, double *out) {
    for (uint32_t i = 0; i < n; i++) {
        double sum = 0;
        for (uint32_t j = 0; j < n; j++) sum += cell(i, j) * v[j];
        out[i] = sum;
    }
}

static void multiply_transposed(uint32_t n, const double *v, double *out) {
    for (uint32_t i = 0; i < n; i++) {
        double sum = 0;
        for (uint32_t j = 0; j < n; j++) sum += cell(j, i) * v[j];
        out[i] = sum;
    }
}

static double spectral_norm(uint32_t n) {
    double *u = allocate(n * sizeof(double)), *v = allocate(n * sizeof(double)), *t = allocate(n * sizeof(double));
    for (uint32_t i = 0; i < n; i++) u[i] = 1;
    for (int k = 0; k < 10; k++) {
        multiply(n, u, t);
        multiply_transposed(n, t, v);
        multiply(n, v, t);
        multiply_transposed(n, t, u);
    }
    double uv = 0, vv = 0;
    for (uint32_t i = 0; i < n; i++) {
        uv += u[i] * v[i];
        vv += v[i] * v[i];
    }
    free(u);
    free(v);
    free(t);
    return sqrt(uv / vv);
}

static double jacobi(uint32_t n, uint32_t sweeps, double *residual) {
    uint32_t w = n + 2;
    double *a = calloc((size_t)w * w, sizeof(double)), *b = calloc((size_t)w * w, sizeof(double));
    if (!a || !b) die("out of memory");
    for (uint32_t i = 0; i < w; i++) a[i] = b[i] = 100;
    for (uint32_t k = 0; k < sweeps; k++) {
        double change = 0;
        for (uint32_t y = 1; y <= n; y++)
            for (uint32_t x = 1; x <= n; x++) {
                uint32_t i = y * w + x;
                b[i] = 0.25 * (a[i - 1] + a[i + 1] + a[i - w] + a[i + w]);
                change = fmax(change, fabs(b[i] - a[i]));
            }
        double *swap = a;
        a = b;
        b = swap;
        *residual = change;
    }
    double sum = 0;
    for (uint32_t i = 0; i < w * w; i++) sum += a[i];
    free(a);
    free(b);
    return sum;
}

// The unit roots by repeated halving of the angle: sqrt alone, so that every library gives the same.
static void unit_roots(uint32_t n, double *re, double *im) {
    re[0] = 1;
    im[0] = 0;
    double c = -1, s = 0;
    for (uint32_t half = n / 2; half >= 1; half /= 2) {
        for (uint32_t k = half; k < n; k += 2 * half) {
            uint32_t from = k - half;
            re[k] = re[from] * c - im[from] * s;
            im[k] = re[from] * s + im[from] * c;
        }
        double next = sqrt((1 + c) / 2);
        s = half == n / 2 ? 1 : s / (2 * next);
        c = half == n / 2 ? 0 : next;
    }
}

static void fourier(uint32_t n, double *re, double *im, const double *root_re, const double *root_im) {
    for (uint32_t i = 1, j = 0; i < n; i++) {
        uint32_t bit = n >> 1;
        for (; j & bit; bit >>= 1) j ^= bit;
        j ^= bit;
        if (i < j) {
            double t = re[i];
            re[i] = re[j];
            re[j] = t;
            t = im[i];
            im[i] = im[j];
            im[j] = t;
        }
    }
    for (uint32_t length = 2; length <= n; length *= 2) {
        uint32_t half = length / 2, step = n / length;
        for (uint32_t i = 0; i < n; i += length)
            for (uint32_t k = 0; k < half; k++) {
                uint32_t p = i + k, q = p + half;
                double c = root_re[k * step], s = root_im[k * step];
                double x = re[q] * c - im[q] * s, y = re[q] * s + im[q] * c;
                re[q] = re[p] - x;
                im[q] = im[p] - y;
                re[p] += x;
                im[p] += y;
            }
    }
}

static void fourier_test(uint32_t n, uint32_t rounds) {
    double *re = allocate(n * sizeof(double)), *im = allocate(n * sizeof(double));
    double *c = allocate(n * sizeof(double)), *s = allocate(n * sizeof(double));
    Random r = {11};
    for (uint32_t i = 0; i < n; i++) {
        re[i] = (double)random_below(&r, 2001) - 1000;
        im[i] = 0;
    }
    unit_roots(n, c, s);
    for (uint32_t k = 0; k < rounds; k++) {
        fourier(n, re, im, c, s);
        double power = 0;
        for (uint32_t i = 0; i < n; i++) {
            power += re[i] * re[i] + im[i] * im[i];
            double t = re[i] / n;  // exchanging the parts makes the next transform the inverse
            re[i] = im[i];
            im[i] = t;
        }
        if (k < 2) printf("fourier %u: power %.6e, first %.6f %.6f\n", (unsigned)n, power, re[1], im[1]);
    }
    free(re);
    free(im);
    free(c);
    free(s);
}

static void lu_test(uint32_t n) {
    double *a = allocate((size_t)n * n * sizeof(double));
    Random r = {12};
    for (uint32_t i = 0; i < n * n; i++) a[i] = (double)random_below(&r, 1000) / 100 - 5;
    double log2_determinant = 0;
    int sign = 1;
    for (uint32_t k = 0; k < n; k++) {
        uint32_t pivot = k;
        for (uint32_t i = k + 1; i < n; i++)
            if (fabs(a[i * n + k]) > fabs(a[pivot * n + k])) pivot = i;
        if (pivot != k) {
            sign = -sign;
            for (uint32_t j = 0; j < n; j++) {
                double t = a[k * n + j];
                a[k * n + j] = a[pivot * n + j];
                a[pivot * n + j] = t;
            }
        }
        double p = a[k * n + k];
        int exponent;
        if (p < 0) sign = -sign;
        log2_determinant += frexp(fabs(p), &exponent);
        log2_determinant += exponent;
        for (uint32_t i = k + 1; i < n; i++) {
            double f = a[i * n + k] /= p;
            for (uint32_t j = k + 1; j < n; j++) a[i * n + j] -= f * a[k * n + j];
        }
    }
    printf("lu %u: sign %d, size %.9f, last %.9f\n", (unsigned)n, sign, log2_determinant, a[n * n - 1]);
    free(a);
}

// Conversions and roundings in every direction.
static void conversions(uint32_t n) {
    Random r = {13};
    int64_t sum = 0;
    uint64_t unsigned_sum = 0;
    double fraction = 0;
    float single = 0;
    for (uint32_t i = 0; i < n; i++) {
        double x = ((double)(int64_t)random_next(&r)) / 1099511627776.0;
        sum += (int64_t)floor(x) + (int64_t)ceil(x) - (int64_t)trunc(x) + (int32_t)nearbyint(x);
        unsigned_sum += (uint64_t)fabs(x) + (uint32_t)(fabs(x) * 0.5);
        fraction += x - trunc(x);
        single += (float)x * 0.001f;
        fraction = copysign(fraction, x) + (double)(float)i;
    }
    printf("conversions: %lld %llu %.9g %.9g\n", (long long)sum, (unsigned long long)unsigned_sum, fraction, (double)single);
}

int main(int argc, char **argv) {
    uint32_t n = size_argument(argc, argv, 1, 2000);
    bench_start();
    printf("spectral norm %u: %.9f\n", (unsigned)n, spectral_norm(n));
    double residual = 0, sum = jacobi(n / 4, 200, &residual);
    printf("jacobi: %.9f, residual %.12f\n", sum, residual);
    uint32_t power = 1;
    while (power * 2 <= n * 16) power *= 2;
    fourier_test(power, 20);
    lu_test(n / 3);
    conversions(n * 1000);
    bench_end();
    return 0;
}
