// Calls through pointers: shapes with method tables, an event queue of handlers, a pipeline of filters, a state machine whose states
// are functions, callbacks of many signatures.
// dispatch [THOUSANDS]
#include <math.h>

#include "support.h"

// --- Shapes ---

typedef struct Shape Shape;

typedef struct {
    const char *name;
    double (*area)(const Shape *);
    double (*perimeter)(const Shape *);
    void (*scale)(Shape *, double);
    bool (*contains)(const Shape *, double, double);
} Methods;

struct Shape {
    const Methods *methods;
    double a, b, c;
};

static double square_area(const Shape *s) { return s->a * s->a; }
static double square_perimeter(const Shape *s) { return 4 * s->a; }
static bool square_contains(const Shape *s, double x, double y) { return fabs(x) <= s->a / 2 && fabs(y) <= s->a / 2; }
static double rectangle_area(const Shape *s) { return s->a * s->b; }
static double rectangle_perimeter(const Shape *s) { return 2 * (s->a + s->b); }
static bool rectangle_contains(const Shape *s, double x, double y) { return fabs(x) <= s->a / 2 && fabs(y) <= s->b / 2; }
static double circle_area(const Shape *s) { return 3.141592653589793 * s->a * s->a; }
static double circle_perimeter(const Shape *s) { return 2 * 3.141592653589793 * s->a; }
static bool circle_contains(const Shape *s, double x, double y) { return x * x + y * y <= s->a * s->a; }
static double triangle_area(const Shape *s) {
    double p = (s->a + s->b + s->c) / 2;
    return sqrt(fmax(0, p * (p - s->a) * (p - s->b) * (p - s->c)));
}
static double triangle_perimeter(const Shape *s) { return s->a + s->b + s->c; }
static bool triangle_contains(const Shape *s, double x, double y) { return x >= 0 && y >= 0 && x + y <= s->a; }
static void scale_one(Shape *s, double f) { s->a *= f; }
static void scale_two(Shape *s, double f) {
    s->a *= f;
    s->b *= f;
}
static void scale_three(Shape *s, double f) {
    scale_two(s, f);
    s->c *= f;
}

static const Methods methods[] = {
    {"square", square_area, square_perimeter, scale_one, square_contains},
    {"rectangle", rectangle_area, rectangle_perimeter, scale_two, rectangle_contains},
    {"circle", circle_area, circle_perimeter, scale_one, circle_contains},
    {"triangle", triangle_area, triangle_perimeter, scale_three, triangle_contains}};

static void shapes(uint32_t n) {
    Random r = {101};
    Shape *all = allocate(n * sizeof *all);
    for (uint32_t i = 0; i < n; i++)
        all[i] = (Shape){&methods[random_below(&r, 4)], 3 + random_below(&r, 8) / 4.0, 3 + random_below(&r, 8) / 4.0, 3 + random_below(&r, 8) / 4.0};
    double area[4] = {0}, perimeter[4] = {0};
    uint32_t inside = 0;
    for (int round = 0; round < 8; round++)
        for (uint32_t i = 0; i < n; i++) {
            Shape *s = &all[i];
            uint32_t kind = (uint32_t)(s->methods - methods);
            area[kind] += s->methods->area(s);
            perimeter[kind] += s->methods->perimeter(s);
            inside += s->methods->contains(s, random_below(&r, 100) / 25.0, 1);
            s->methods->scale(s, round & 1 ? 0.5 : 2);
        }
    for (int k = 0; k < 4; k++) printf("%-10s area %.6f perimeter %.6f\n", methods[k].name, area[k], perimeter[k]);
    printf("inside %u\n", (unsigned)inside);
    free(all);
}

// --- Events in a heap ordered by time ---

typedef struct World World;
typedef struct {
    uint64_t time;
    uint32_t serial, payload;
    void (*handle)(World *, uint32_t);
} Event;

struct World {
    Event *queue;
    uint32_t count, capacity, serial;
    uint64_t now, handled, hash;
    uint32_t levels[64];
};

static bool sooner(const Event *a, const Event *b) { return a->time != b->time ? a->time < b->time : a->serial < b->serial; }

static void schedule(World *w, uint64_t delay, void (*handle)(World *, uint32_t), uint32_t payload) {
    if (w->count == w->capacity) w->queue = reallocate(w->queue, (w->capacity = w->capacity ? 2 * w->capacity : 64) * sizeof(Event));
    Event e = {w->now + delay, w->serial++, payload, handle};
    uint32_t i = w->count++;
    for (; i && sooner(&e, &w->queue[(i - 1) / 2]); i = (i - 1) / 2) w->queue[i] = w->queue[(i - 1) / 2];
    w->queue[i] = e;
}

static Event take(World *w) {
    Event first = w->queue[0], last = w->queue[--w->count];
    uint32_t i = 0;
    for (;;) {
        uint32_t child = 2 * i + 1;
        if (child >= w->count) break;
        if (child + 1 < w->count && sooner(&w->queue[child + 1], &w->queue[child])) child++;
        if (!sooner(&w->queue[child], &last)) break;
        w->queue[i] = w->queue[child];
        i = child;
    }
    w->queue[i] = last;
    return first;
}

static void drain(World *w, uint32_t p);
static void pump(World *w, uint32_t p) {
    w->levels[p % 64] += 3;
    schedule(w, 5 + p % 7, drain, p + 1);
}
static void drain(World *w, uint32_t p) {
    if (w->levels[p % 64]) w->levels[p % 64]--;
    schedule(w, 3 + p % 5, p % 3 ? pump : drain, p * 5 + 1);
}
static void inspect(World *w, uint32_t p) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < 64; i++) sum += w->levels[i] * (i + p);
    w->hash = fnv_u64(w->hash, sum + w->now);
    schedule(w, 100, inspect, p + 1);
}

static void events(uint32_t n) {
    World w;
    memset(&w, 0, sizeof w);
    w.hash = FNV_BASIS;
    for (uint32_t i = 0; i < 500; i++) schedule(&w, i, i % 2 ? pump : drain, i);
    schedule(&w, 50, inspect, 0);
    while (w.handled < n) {
        Event e = take(&w);
        w.now = e.time;
        w.handled++;
        e.handle(&w, e.payload);
    }
    printf("events: now %llu, waiting %u, %016llx\n", (unsigned long long)w.now, (unsigned)w.count, (unsigned long long)w.hash);
    free(w.queue);
}

// --- Filters ---

typedef struct Filter {
    float (*apply)(struct Filter *, float);
    float state, gain;
} Filter;

static float smooth(Filter *f, float x) { return f->state += f->gain * (x - f->state); }
static float differ(Filter *f, float x) {
    float y = x - f->state;
    f->state = x;
    return y * f->gain;
}
static float clip(Filter *f, float x) { return x > f->gain ? f->gain : x < -f->gain ? -f->gain : x; }
static float fold_back(Filter *f, float x) { return x > f->gain ? 2 * f->gain - x : x; }
static float gate(Filter *f, float x) { return fabsf(x) < f->gain ? 0 : x; }

static void filters(uint32_t n) {
    Filter chain[] = {{smooth, 0, 0.3f}, {clip, 0, 60}, {differ, 0, 1.5f}, {fold_back, 0, 8}, {gate, 0, 0.25f}, {smooth, 0, 0.1f}};
    Random r = {102};
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        float x = (float)random_below(&r, 200) - 100;
        for (uint32_t k = 0; k < sizeof chain / sizeof *chain; k++) x = chain[k].apply(&chain[k], x);
        sum += fabsf(x);
    }
    printf("filters: %.9g\n", sum);
}

// --- A scanner whose states are functions that return the next state ---

typedef struct State {
    struct State (*next)(uint8_t, uint32_t *);
} State;

static State in_space(uint8_t c, uint32_t *counts);
static State in_word(uint8_t c, uint32_t *counts);
static State in_list(uint8_t c, uint32_t *counts);

static State in_space(uint8_t c, uint32_t *counts) {
    if (c == ',') return (State){in_list};
    if (c == ' ' || c == '\n') return (State){in_space};
    counts[0]++;
    return (State){in_word};
}
static State in_word(uint8_t c, uint32_t *counts) {
    if (c == ',') return (State){in_list};
    if (c == ' ' || c == '\n') return (State){in_space};
    counts[1]++;
    return (State){in_word};
}
static State in_list(uint8_t c, uint32_t *counts) {
    counts[2]++;
    return c == ' ' || c == ',' ? (State){in_list} : (State){in_word};
}

static void scan(uint32_t n) {
    uint8_t *text = make_text(n, 103);
    uint32_t counts[3] = {0};
    State s = {in_space};
    for (uint32_t i = 0; i < n; i++) s = s.next(text[i], counts);
    printf("states: %u words, %u letters, %u commas\n", (unsigned)counts[0], (unsigned)counts[1], (unsigned)counts[2]);
    free(text);
}

// --- Many signatures in one table ---

static int32_t f0(void) { return 7; }
static int32_t f1(int32_t a) { return a * 3; }
static int64_t f2(int64_t a, int32_t b) { return a - b; }
static double f3(double a, float b, int32_t c) { return a * (double)b + c; }
static int64_t f8(int32_t a, int64_t b, double c, float d, int32_t e, int64_t f, double g, float h) {
    return a + b + (int64_t)c + (int64_t)d + e + f + (int64_t)g + (int64_t)h;
}
static uint64_t f12(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h, uint64_t i,
                    uint64_t j, uint64_t k, uint64_t l) {
    return a ^ b << 1 ^ c << 2 ^ d << 3 ^ e << 4 ^ f << 5 ^ g << 6 ^ h << 7 ^ i << 8 ^ j << 9 ^ k << 10 ^ l << 11;
}

typedef void (*Any)(void);

static void signatures(uint32_t n) {
    volatile Any table[] = {(Any)f0, (Any)f1, (Any)f2, (Any)f3, (Any)f8, (Any)f12};
    uint64_t h = FNV_BASIS;
    for (uint32_t i = 0; i < n; i++) {
        int32_t k = (int32_t)(i % 1000);
        uint64_t v = i;
        switch (i % 6) {
        case 0: h = fnv_u64(h, (uint64_t)((int32_t(*)(void))table[0])()); break;
        case 1: h = fnv_u64(h, (uint64_t)((int32_t(*)(int32_t))table[1])(k)); break;
        case 2: h = fnv_u64(h, (uint64_t)((int64_t(*)(int64_t, int32_t))table[2])(k, 5000)); break;
        case 3: h = fnv_u64(h, (uint64_t)(int64_t)((double (*)(double, float, int32_t))table[3])(k, 0.5f, k)); break;
        case 4:
            h = fnv_u64(h, (uint64_t)((int64_t(*)(int32_t, int64_t, double, float, int32_t, int64_t, double, float))table[4])(
                               k, 2, 3.5, 4.5f, k, 6, 7.5, 8.5f));
            break;
        default:
            h = fnv_u64(h, ((uint64_t(*)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                                         uint64_t, uint64_t, uint64_t))table[5])(v, 2, v, 4, v, 6, v, 8, v, 10, v, 12));
        }
    }
    printf("signatures: %016llx\n", (unsigned long long)h);
}

int main(int argc, char **argv) {
    uint32_t n = size_argument(argc, argv, 1, 1000) * 1000;
    bench_start();
    shapes(n / 10);
    events(n);
    filters(n * 4);
    scan(n * 8);
    signatures(n * 2);
    bench_end();
    return 0;
}
