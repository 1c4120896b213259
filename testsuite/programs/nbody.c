// The motion of planets under gravity: leap-frog and a fourth-order Runge-Kutta integrator, in double and in single precision.
// nbody [STEPS]
#include <math.h>

#include "support.h"

enum { BODIES = 5 };

typedef struct {
    double x[3], v[3], mass;
} Body;

static const double solar_mass = 39.478417604357432;
static const double year = 365.24;

static void planets(Body *b) {
    static const double table[BODIES][7] = {
        {0, 0, 0, 0, 0, 0, 1},
        {4.84143144246472090, -1.16032004402742839, -0.103622044471123109, 0.00166007664274403694, 0.00769901118419740425,
         -0.0000690460016972063023, 0.000954791938424326609},
        {8.34336671824457987, 4.12479856412430479, -0.403523417114321381, -0.00276742510726411899, 0.00499852801234917238,
         0.0000230417297573763929, 0.000285885980666130812},
        {12.8943695621391310, -15.1111514016986312, -0.223307578892655734, 0.00296460137564761618, 0.00237847173959480950,
         -0.0000296589568540237556, 0.0000436624404335156298},
        {15.3796971148509165, -25.9193146099879641, 0.179258772950371181, 0.00268067772490389322, 0.00162824170038242295,
         -0.0000951592254519715870, 0.0000515138902046611451}};
    for (int i = 0; i < BODIES; i++) {
        for (int k = 0; k < 3; k++) {
            b[i].x[k] = table[i][k];
            b[i].v[k] = table[i][3 + k] * year;
        }
        b[i].mass = table[i][6] * solar_mass;
    }
    double p[3] = {0, 0, 0};
    for (int i = 0; i < BODIES; i++)
        for (int k = 0; k < 3; k++) p[k] += b[i].v[k] * b[i].mass;
    for (int k = 0; k < 3; k++) b[0].v[k] = -p[k] / solar_mass;
}

static double energy(const Body *b) {
    double e = 0;
    for (int i = 0; i < BODIES; i++) {
        e += 0.5 * b[i].mass * (b[i].v[0] * b[i].v[0] + b[i].v[1] * b[i].v[1] + b[i].v[2] * b[i].v[2]);
        for (int j = i + 1; j < BODIES; j++) {
            double dx = b[i].x[0] - b[j].x[0], dy = b[i].x[1] - b[j].x[1], dz = b[i].x[2] - b[j].x[2];
            e -= b[i].mass * b[j].mass / sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    return e;
}

static void leap(Body *b, double dt) {
    for (int i = 0; i < BODIES; i++) {
        for (int j = i + 1; j < BODIES; j++) {
            double d[3], square = 0;
            for (int k = 0; k < 3; k++) {
                d[k] = b[i].x[k] - b[j].x[k];
                square += d[k] * d[k];
            }
            double magnitude = dt / (square * sqrt(square));
            for (int k = 0; k < 3; k++) {
                b[i].v[k] -= d[k] * b[j].mass * magnitude;
                b[j].v[k] += d[k] * b[i].mass * magnitude;
            }
        }
    }
    for (int i = 0; i < BODIES; i++)
        for (int k = 0; k < 3; k++) b[i].x[k] += dt * b[i].v[k];
}

// --- Runge-Kutta over the flat state ---

enum { STATE = 6 * BODIES };

static void derivative(const double *s, const double *mass, double *out) {
    for (int i = 0; i < BODIES; i++)
        for (int k = 0; k < 3; k++) {
            out[6 * i + k] = s[6 * i + 3 + k];
            out[6 * i + 3 + k] = 0;
        }
    for (int i = 0; i < BODIES; i++)
        for (int j = 0; j < BODIES; j++) {
            if (i == j) continue;
            double d[3], square = 0;
            for (int k = 0; k < 3; k++) {
                d[k] = s[6 * j + k] - s[6 * i + k];
                square += d[k] * d[k];
            }
            double f = mass[j] / (square * sqrt(square));
            for (int k = 0; k < 3; k++) out[6 * i + 3 + k] += d[k] * f;
        }
}

static void runge_kutta(Body *b, double dt, uint32_t steps) {
    double s[STATE], mass[BODIES], k1[STATE], k2[STATE], k3[STATE], k4[STATE], t[STATE];
    for (int i = 0; i < BODIES; i++) {
        mass[i] = b[i].mass;
        memcpy(s + 6 * i, b[i].x, sizeof b[i].x);
        memcpy(s + 6 * i + 3, b[i].v, sizeof b[i].v);
    }
    while (steps--) {
        derivative(s, mass, k1);
        for (int i = 0; i < STATE; i++) t[i] = s[i] + 0.5 * dt * k1[i];
        derivative(t, mass, k2);
        for (int i = 0; i < STATE; i++) t[i] = s[i] + 0.5 * dt * k2[i];
        derivative(t, mass, k3);
        for (int i = 0; i < STATE; i++) t[i] = s[i] + dt * k3[i];
        derivative(t, mass, k4);
        for (int i = 0; i < STATE; i++) s[i] += dt / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
    }
    for (int i = 0; i < BODIES; i++) {
        memcpy(b[i].x, s + 6 * i, sizeof b[i].x);
        memcpy(b[i].v, s + 6 * i + 3, sizeof b[i].v);
    }
}

// --- Many light bodies in single precision ---

enum { SWARM = 256 };

static float swarm(uint32_t steps) {
    static float x[SWARM], y[SWARM], vx[SWARM], vy[SWARM];
    Random r = {4};
    for (int i = 0; i < SWARM; i++) {
        x[i] = (float)random_below(&r, 10000) / 100.0f;
        y[i] = (float)random_below(&r, 10000) / 100.0f;
        vx[i] = vy[i] = 0;
    }
    while (steps--) {
        for (int i = 0; i < SWARM; i++) {
            float ax = 0, ay = 0;
            for (int j = 0; j < SWARM; j++) {
                float dx = x[j] - x[i], dy = y[j] - y[i];
                float square = dx * dx + dy * dy + 0.25f;
                float f = 1.0f / (square * sqrtf(square));
                ax += dx * f;
                ay += dy * f;
            }
            vx[i] += 0.02f * ax;
            vy[i] += 0.02f * ay;
        }
        for (int i = 0; i < SWARM; i++) {
            x[i] = fminf(fmaxf(x[i] + 0.02f * vx[i], 0.0f), 100.0f);
            y[i] = fminf(fmaxf(y[i] + 0.02f * vy[i], 0.0f), 100.0f);
        }
    }
    float kinetic = 0;
    for (int i = 0; i < SWARM; i++) kinetic += vx[i] * vx[i] + vy[i] * vy[i];
    return kinetic;
}

static void show(const char *name, const Body *b) {
    printf("%s: energy %.12f\n", name, energy(b));
    for (int i = 0; i < BODIES; i++) printf("  %d %.12f %.12f %.12f\n", i, b[i].x[0], b[i].x[1], b[i].x[2]);
}

int main(int argc, char **argv) {
    uint32_t steps = size_argument(argc, argv, 1, 2000000);
    Body b[BODIES];
    bench_start();
    planets(b);
    show("start", b);
    for (uint32_t i = 0; i < steps; i++) leap(b, 0.01);
    show("leap-frog", b);
    planets(b);
    runge_kutta(b, 0.01, steps / 8);
    show("Runge-Kutta", b);
    printf("swarm: %.6f\n", (double)swarm(steps / 5000));
    bench_end();
    return 0;
}
