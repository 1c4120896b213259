// What the programs share: a random number generator, a checksum, argument and file reading.
#ifndef PRECAST_SUPPORT_H
#define PRECAST_SUPPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

typedef struct {
    uint64_t state;
} Random;

// splitmix64
static inline uint64_t random_next(Random *r) {
    uint64_t z = (r->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static inline uint32_t random_below(Random *r, uint32_t bound) {
    return (uint32_t)(((random_next(r) >> 32) * bound) >> 32);
}

#define FNV_BASIS 0xcbf29ce484222325u

static inline uint64_t fnv_bytes(uint64_t h, const void *data, size_t n) {
    const uint8_t *p = data;
    for (size_t i = 0; i < n; i++) h = (h ^ p[i]) * 0x100000001b3u;
    return h;
}

static inline uint64_t fnv_u64(uint64_t h, uint64_t v) {
    for (int i = 0; i < 8; i++, v >>= 8) h = (h ^ (v & 0xff)) * 0x100000001b3u;
    return h;
}

static inline void die(const char *what) {
    fflush(stdout);
    fprintf(stderr, "error: %s\n", what);
    exit(2);
}

static inline void *allocate(size_t n) {
    void *p = malloc(n ? n : 1);
    if (!p) die("out of memory");
    return p;
}

static inline void *reallocate(void *old, size_t n) {
    void *p = realloc(old, n ? n : 1);
    if (!p) die("out of memory");
    return p;
}

static inline uint32_t size_argument(int argc, char **argv, int index, uint32_t standard) {
    if (index >= argc) return standard;
    char *end;
    unsigned long v = strtoul(argv[index], &end, 10);
    if (*end || end == argv[index]) die("a size was expected");
    return (uint32_t)v;
}

static inline bool is_number(const char *s) {
    if (!*s) return false;
    for (; *s; s++)
        if (*s < '0' || *s > '9') return false;
    return true;
}

// Reads all of a stream into memory, followed by a zero byte.
static inline uint8_t *read_stream(FILE *f, uint32_t *length) {
    uint32_t capacity = 1 << 16, n = 0;
    uint8_t *buffer = allocate(capacity + 1);
    for (;;) {
        uint32_t got = (uint32_t)fread(buffer + n, 1, capacity - n, f);
        if (got == 0) break;
        n += got;
        if (n == capacity) buffer = reallocate(buffer, (capacity *= 2) + 1);
    }
    if (ferror(f)) die("read failed");
    buffer[n] = 0;
    *length = n;
    return buffer;
}

static inline uint8_t *read_file(const char *path, uint32_t *length) {
    FILE *f = strcmp(path, "-") ? fopen(path, "rb") : stdin;
    if (!f) {
        fflush(stdout);
        perror(path);
        exit(2);
    }
    uint8_t *bytes = read_stream(f, length);
    if (f != stdin) fclose(f);
    return bytes;
}

// Text of words drawn unevenly from a small vocabulary, as compressible as prose.
static inline uint8_t *make_text(uint32_t length, uint64_t seed) {
    static const char *const words[] = {
        "the", "of", "and", "stone", "river", "carries", "a", "to", "in", "beam", "cast", "under", "weight", "that",
        "arch", "holds", "while", "water", "passes", "slowly", "between", "pillars", "concrete", "sets", "overnight",
        "before", "morning", "crane", "lifts", "every", "segment", "into", "place", "measured", "twice"};
    Random r = {seed};
    uint8_t *text = allocate((size_t)length + 1);
    uint32_t n = 0, column = 0;
    while (n < length) {
        uint32_t a = random_below(&r, 35), b = random_below(&r, 35);
        const char *w = words[a < b ? a : b];
        for (; *w && n < length; w++, column++) text[n++] = (uint8_t)*w;
        if (n < length) {
            bool wrap = column > 72;
            text[n++] = wrap ? '\n' : random_below(&r, 12) == 0 ? ',' : ' ';
            if (wrap) column = 0;
        }
    }
    text[length] = 0;
    return text;
}

#endif
