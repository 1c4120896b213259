// Sorting: introsort, heapsort, merge sort, radix sort, and a comparator-driven sort of records and strings.
// sort [THOUSANDS]     sort FILE    sorts the lines of a file
#include "support.h"

// --- Integers ---

static void insertion_sort(int32_t *a, uint32_t n) {
    for (uint32_t i = 1; i < n; i++) {
        int32_t v = a[i];
        uint32_t k = i;
        for (; k > 0 && a[k - 1] > v; k--) a[k] = a[k - 1];
        a[k] = v;
    }
}

static void heap_sort(int32_t *a, uint32_t n) {
    if (n < 2) return;
    for (uint32_t start = n / 2, end = n; end > 1;) {
        int32_t v;
        if (start > 0) {
            v = a[--start];
        } else {
            v = a[--end];
            a[end] = a[0];
        }
        uint32_t i = start;
        for (;;) {
            uint32_t child = 2 * i + 1;
            if (child >= end) break;
            if (child + 1 < end && a[child + 1] > a[child]) child++;
            if (a[child] <= v) break;
            a[i] = a[child];
            i = child;
        }
        a[i] = v;
    }
}

static void intro_sort(int32_t *a, uint32_t n, uint32_t depth) {
    while (n > 24) {
        if (depth-- == 0) {
            heap_sort(a, n);
            return;
        }
        int32_t x = a[0], y = a[n / 2], z = a[n - 1];
        int32_t pivot = x < y ? (y < z ? y : x < z ? z : x) : (x < z ? x : y < z ? z : y);
        uint32_t i = 0, j = n - 1;
        for (;;) {
            while (a[i] < pivot) i++;
            while (a[j] > pivot) j--;
            if (i >= j) break;
            int32_t t = a[i];
            a[i++] = a[j];
            a[j--] = t;
        }
        uint32_t left = j + 1;
        if (left <= n - left) {
            intro_sort(a, left, depth);
            a += left;
            n -= left;
        } else {
            intro_sort(a + left, n - left, depth);
            n = left;
        }
    }
    insertion_sort(a, n);
}

static void quick(int32_t *a, uint32_t n) {
    uint32_t depth = 2;
    for (uint32_t k = n; k; k >>= 1) depth += 2;
    intro_sort(a, n, depth);
}

static void merge_sort(int32_t *a, uint32_t n) {
    int32_t *b = allocate(n * sizeof *b), *from = a, *to = b;
    for (uint32_t width = 1; width < n; width *= 2) {
        for (uint32_t lo = 0; lo < n; lo += 2 * width) {
            uint32_t mid = lo + width < n ? lo + width : n, hi = mid + width < n ? mid + width : n;
            uint32_t i = lo, j = mid, k = lo;
            while (i < mid && j < hi) to[k++] = from[j] < from[i] ? from[j++] : from[i++];
            while (i < mid) to[k++] = from[i++];
            while (j < hi) to[k++] = from[j++];
        }
        int32_t *t = from;
        from = to;
        to = t;
    }
    if (from != a) memcpy(a, from, n * sizeof *a);
    free(b);
}

static void radix_sort(int32_t *a, uint32_t n) {
    uint32_t *b = allocate(n * sizeof *b), *from = (uint32_t *)a, *to = b;
    for (uint32_t i = 0; i < n; i++) from[i] ^= 0x80000000u;
    for (uint32_t shift = 0; shift < 32; shift += 8) {
        uint32_t start[257] = {0};
        for (uint32_t i = 0; i < n; i++) start[(from[i] >> shift & 255) + 1]++;
        for (uint32_t i = 0; i < 256; i++) start[i + 1] += start[i];
        for (uint32_t i = 0; i < n; i++) to[start[from[i] >> shift & 255]++] = from[i];
        uint32_t *t = from;
        from = to;
        to = t;
    }
    for (uint32_t i = 0; i < n; i++) from[i] ^= 0x80000000u;
    free(b);
}

// --- Anything, with a comparator ---

typedef int (*Compare)(const void *, const void *);

static void swap_bytes(uint8_t *a, uint8_t *b, uint32_t size) {
    while (size--) {
        uint8_t t = *a;
        *a++ = *b;
        *b++ = t;
    }
}

static void general_sort(void *base, uint32_t n, uint32_t size, Compare compare) {
    uint8_t *a = base;
    while (n > 1) {
        swap_bytes(a, a + (uint64_t)(n / 2) * size, size);
        uint32_t less = 0, equal = 1, greater = n;  // [0, less) < pivot = [less, equal)
        while (equal < greater) {
            int order = compare(a + (uint64_t)equal * size, a + (uint64_t)less * size);
            if (order < 0) swap_bytes(a + (uint64_t)less++ * size, a + (uint64_t)equal++ * size, size);
            else if (order > 0) swap_bytes(a + (uint64_t)equal * size, a + (uint64_t)--greater * size, size);
            else equal++;
        }
        if (less < n - greater) {
            general_sort(a, less, size, compare);
            a += (uint64_t)greater * size;
            n -= greater;
        } else {
            general_sort(a + (uint64_t)greater * size, n - greater, size, compare);
            n = less;
        }
    }
}

typedef struct {
    uint32_t id;
    float weight;
    char name[16];
} Record;

static int by_weight(const void *a, const void *b) {
    const Record *x = a, *y = b;
    if (x->weight != y->weight) return x->weight < y->weight ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static int by_name(const void *a, const void *b) {
    const Record *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : by_weight(a, b);
}

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void records(uint32_t n) {
    static const struct { const char *name; Compare compare; } orders[] = {{"by weight", by_weight}, {"by name", by_name}};
    Record *r = allocate(n * sizeof *r);
    Random random = {43};
    for (uint32_t i = 0; i < n; i++) {
        memset(&r[i], 0, sizeof r[i]);
        r[i].id = i;
        r[i].weight = (float)random_below(&random, 10000) / 8;
        snprintf(r[i].name, sizeof r[i].name, "part-%05u", (unsigned)random_below(&random, n / 3 + 1));
    }
    for (int k = 0; k < 2; k++) {
        general_sort(r, n, sizeof *r, orders[k].compare);
        uint64_t h = FNV_BASIS;
        for (uint32_t i = 0; i < n; i++) {
            if (i && orders[k].compare(&r[i - 1], &r[i]) > 0) die("records out of order");
            h = fnv_u64(h, r[i].id);
        }
        printf("records %s: %016llx, first %s %.3f\n", orders[k].name, (unsigned long long)h, n ? r[0].name : "", n ? (double)r[0].weight : 0);
    }
    free(r);
}

static void fill(int32_t *a, uint32_t n, int pattern) {
    Random r = {41};
    for (uint32_t i = 0; i < n; i++) {
        switch (pattern) {
        case 0: a[i] = (int32_t)random_next(&r); break;
        case 1: a[i] = (int32_t)i - 1000; break;
        case 2: a[i] = (int32_t)(n - i); break;
        case 3: a[i] = (int32_t)random_below(&r, 16) - 8; break;
        default: a[i] = (int32_t)(i < n / 2 ? i : n - i); break;
        }
    }
}

static void lines(const char *path) {
    uint32_t length, n = 0, capacity = 16;
    char *text = (char *)read_file(path, &length), **all = allocate(capacity * sizeof *all);
    for (char *s = text; s < text + length;) {
        char *end = memchr(s, '\n', (size_t)(text + length - s));
        if (end) *end = 0;
        if (n == capacity) all = reallocate(all, (capacity *= 2) * sizeof *all);
        all[n++] = s;
        s = end ? end + 1 : text + length;
    }
    general_sort(all, n, sizeof *all, by_text);
    for (uint32_t i = 0; i < n; i++) puts(all[i]);
}

int main(int argc, char **argv) {
    if (argc > 1 && !is_number(argv[1])) {
        lines(argv[1]);
        return 0;
    }
    static const struct { const char *name; void (*sort)(int32_t *, uint32_t); } sorts[] = {
        {"quick", quick}, {"heap", heap_sort}, {"merge", merge_sort}, {"radix", radix_sort}};
    static const char *const patterns[] = {"random", "rising", "falling", "few", "tent"};
    uint32_t n = size_argument(argc, argv, 1, 400) * 1000;
    int32_t *a = allocate(n * sizeof *a);
    bench_start();
    for (int p = 0; p < 5; p++)
        for (int s = 0; s < 4; s++) {
            fill(a, n, p);
            sorts[s].sort(a, n);
            uint64_t h = FNV_BASIS;
            for (uint32_t i = 0; i < n; i++) {
                if (i && a[i - 1] > a[i]) die("out of order");
                h = (h ^ (uint32_t)a[i]) * 0x100000001b3u;
            }
            printf("%-8s %-6s %016llx\n", patterns[p], sorts[s].name, (unsigned long long)h);
        }
    records(n / 4);
    bench_end();
    free(a);
    return 0;
}
