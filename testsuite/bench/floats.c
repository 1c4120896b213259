// Plain float and double loops: axpy, dot products, prefix sums, a stencil, a polynomial, an FFT, the Mandelbrot set.
#include <math.h>
#include "support.h"

enum { count = 4096 };
static float a[count], b[count], c[count];
static double re[1024], im[1024];

static void fft(int n) {
    for (int i = 1, j = 0; i < n; i++) {
        int bit = n >> 1;
        for (; j & bit; bit >>= 1) j ^= bit;
        j |= bit;
        if (i < j) {
            double t = re[i]; re[i] = re[j]; re[j] = t;
            t = im[i]; im[i] = im[j]; im[j] = t;
        }
    }
    for (int length = 2; length <= n; length <<= 1) {
        double angle = -6.283185307179586 / length, stepr = cos(angle), stepi = sin(angle);
        for (int i = 0; i < n; i += length) {
            double wr = 1, wi = 0;
            for (int k = 0; k < length / 2; k++) {
                int low = i + k, high = low + length / 2;
                double tr = re[high] * wr - im[high] * wi, ti = re[high] * wi + im[high] * wr;
                re[high] = re[low] - tr; im[high] = im[low] - ti;
                re[low] += tr; im[low] += ti;
                double next = wr * stepr - wi * stepi;
                wi = wr * stepi + wi * stepr;
                wr = next;
            }
        }
    }
}

static int mandelbrot(double cr, double ci) {
    double zr = 0, zi = 0;
    int n = 0;
    for (; n < 200 && zr * zr + zi * zi <= 4; n++) {
        double t = zr * zr - zi * zi + cr;
        zi = 2 * zr * zi + ci;
        zr = t;
    }
    return n;
}

int main(void) {
    for (int i = 0; i < count; i++) a[i] = (float)(i % 17) * 0.25f, b[i] = (float)(i % 23) * 0.5f;
    double sum = 0;
    uint64_t steps = 0;
    bench_start();
    for (int round = 0; round < 1500; round++) {
        float x = (float)round * 0.001f, dot = 0;
        for (int i = 0; i < count; i++) c[i] = a[i] * x + b[i];
        for (int i = 0; i < count; i++) dot += c[i] * a[i];
        for (int i = 1; i + 1 < count; i++) b[i] = 0.25f * c[i - 1] + 0.5f * c[i] + 0.25f * c[i + 1];
        for (int i = 0; i < count; i++) c[i] = ((0.5f * a[i] + 0.25f) * a[i] + x) * a[i] - 1.0f;
        sum += dot + c[round % count];
    }
    for (int round = 0; round < 60; round++) {
        for (int i = 0; i < 1024; i++) re[i] = i % 31, im[i] = 0;
        fft(1024);
        sum += re[round] + im[round];
    }
    for (int y = 0; y < 120; y++) for (int x = 0; x < 160; x++) steps += (uint64_t)mandelbrot(x / 60.0 - 2, y / 60.0 - 1);
    bench_end();
    printf("%.6e %llu\n", sum, (unsigned long long)steps);
}
