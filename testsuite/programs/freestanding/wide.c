// A program without a library for 64-bit memories (and, to compare, for 32-bit ones and for the machine itself): containers in memory that it grows
// itself, structures full of pointers, block copies, calls through a table, and 128-bit arithmetic.
//
// run(n) does work on about n items and returns a checksum that does not depend on the width of addresses.
#include <stdint.h>

#if defined(__wasm__)
#define EXPORT(name) __attribute__((export_name(name)))
static uintptr_t next, end;
static void *allocate(uintptr_t size) {
    size = (size + 15) & ~(uintptr_t)15;
    if (!next) next = end = __builtin_wasm_memory_size(0) * (uintptr_t)65536;
    if (end - next < size) {
        uintptr_t pages = (size - (end - next) + 65535) / 65536;
        if (__builtin_wasm_memory_grow(0, pages) == (uintptr_t)-1) __builtin_trap();
        end += pages * 65536;
    }
    void *result = (void *)next;
    next += size;
    return result;
}
void *memcpy(void *to, const void *from, __SIZE_TYPE__ size) {
    for (__SIZE_TYPE__ i = 0; i < size; i++) ((char *)to)[i] = ((const char *)from)[i];
    return to;
}
void *memset(void *to, int value, __SIZE_TYPE__ size) {
    for (__SIZE_TYPE__ i = 0; i < size; i++) ((char *)to)[i] = (char)value;
    return to;
}
#ifndef __wasm_wide_arithmetic__
// What the compiler calls for a product of 128 bits.
__int128 __multi3(__int128 a, __int128 b) {
    uint64_t al = (uint64_t)a, bl = (uint64_t)b, mask = 0xffffffff;
    uint64_t low = (al & mask) * (bl & mask), first = (al >> 32) * (bl & mask), second = (al & mask) * (bl >> 32);
    uint64_t middle = (low >> 32) + (first & mask) + second;
    uint64_t high = (al >> 32) * (bl >> 32) + (first >> 32) + (middle >> 32);
    high += al * (uint64_t)(b >> 64) + (uint64_t)(a >> 64) * bl;
    return (__int128)((unsigned __int128)high << 64 | (middle << 32 | (low & mask)));
}
#endif
#else
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define EXPORT(name)
static void *allocate(uintptr_t size) { return calloc(1, size); }
#endif

static uint64_t seed;
static uint64_t random64(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    return seed ^= seed << 17;
}
static uint64_t mix(uint64_t sum, uint64_t value) {
    unsigned __int128 product = (unsigned __int128)(sum ^ value) * 0x9e3779b97f4a7c15u;
    return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

// A search tree that turns itself into a heap by random priorities.
struct node {
    uint64_t key, priority;
    struct node *left, *right;
    uint32_t count;
};
static struct node *rotate_right(struct node *n) {
    struct node *l = n->left;
    n->left = l->right;
    l->right = n;
    return l;
}
static struct node *rotate_left(struct node *n) {
    struct node *r = n->right;
    n->right = r->left;
    r->left = n;
    return r;
}
static struct node *insert(struct node *n, uint64_t key) {
    if (!n) {
        n = allocate(sizeof *n);
        n->key = key;
        n->priority = random64();
        n->count = 1;
    } else if (key == n->key) {
        n->count++;
    } else if (key < n->key) {
        n->left = insert(n->left, key);
        if (n->left->priority > n->priority) n = rotate_right(n);
    } else {
        n->right = insert(n->right, key);
        if (n->right->priority > n->priority) n = rotate_left(n);
    }
    return n;
}
static uint64_t walk(const struct node *n, uint64_t sum) {
    if (!n) return sum;
    sum = walk(n->left, sum);
    sum = mix(sum, n->key * n->count);
    return walk(n->right, sum);
}

// A hash table with open addressing that doubles.
struct table {
    uint64_t *keys, *values;
    uint64_t capacity, count;
};
static uint64_t *find(struct table *t, uint64_t key) {
    uint64_t i = mix(key, 1) & (t->capacity - 1);
    while (t->keys[i] && t->keys[i] != key) i = (i + 1) & (t->capacity - 1);
    if (!t->keys[i]) {
        t->keys[i] = key;
        t->count++;
    }
    return &t->values[i];
}
static void reserve(struct table *t, uint64_t capacity) {
    struct table larger = {allocate(capacity * 8), allocate(capacity * 8), capacity, 0};
    for (uint64_t i = 0; i < t->capacity; i++)
        if (t->keys[i]) *find(&larger, t->keys[i]) = t->values[i];
    *t = larger;
}

// Sorting by a comparison that is called through a pointer.
typedef int (*order)(uint64_t, uint64_t);
static int ascending(uint64_t a, uint64_t b) { return a < b; }
static int descending(uint64_t a, uint64_t b) { return a > b; }
static int by_low_bits(uint64_t a, uint64_t b) { return (uint32_t)a < (uint32_t)b; }
static order const orders[] = {ascending, descending, by_low_bits};
static void sort(uint64_t *a, uint64_t n, order less) {
    for (uint64_t start = n / 2, last = n; last > 1;) {
        uint64_t value, i;
        if (start > 0) {
            value = a[i = --start];
        } else {
            value = a[--last];
            a[last] = a[0];
            i = 0;
        }
        for (uint64_t child; (child = 2 * i + 1) < last; i = child) {
            if (child + 1 < last && less(a[child], a[child + 1])) child++;
            if (!less(value, a[child])) break;
            a[i] = a[child];
        }
        a[i] = value;
    }
}

// Numbers of many words.
static void multiply(uint64_t *result, const uint64_t *a, const uint64_t *b, uint64_t words) {
    for (uint64_t i = 0; i < 2 * words; i++) result[i] = 0;
    for (uint64_t i = 0; i < words; i++) {
        uint64_t carry = 0;
        for (uint64_t j = 0; j < words; j++) {
            unsigned __int128 t = (unsigned __int128)a[i] * b[j] + result[i + j] + carry;
            result[i + j] = (uint64_t)t;
            carry = (uint64_t)(t >> 64);
        }
        result[i + words] = carry;
    }
}

static unsigned char scratch[70000];

EXPORT("run") uint64_t run(uint64_t n) {
    uint64_t sum = 1;
    seed = 0x123456789abcdef;
    struct node *root = 0;
    for (uint64_t i = 0; i < n; i++) root = insert(root, random64() % (n / 2 + 1));
    sum = walk(root, sum);

    struct table table = {0, 0, 0, 0};
    reserve(&table, 16);
    for (uint64_t i = 0; i < n; i++) {
        if (table.count * 2 > table.capacity) reserve(&table, table.capacity * 2);
        *find(&table, 1 + random64() % (n / 3 + 1)) += i;
    }
    for (uint64_t i = 1; i < n / 3; i++) sum = mix(sum, *find(&table, i));

    uint64_t *numbers = allocate(n * 8);
    for (int k = 0; k < 3; k++) {
        for (uint64_t i = 0; i < n; i++) numbers[i] = random64();
        sort(numbers, n, orders[k]);
        for (uint64_t i = 0; i < n; i++) sum = mix(sum, k == 2 ? (uint32_t)numbers[i] : numbers[i]);
    }

    uint64_t words = 8 + n / 1000;
    uint64_t *product = allocate(words * 16);
    multiply(product, numbers, numbers + n / 2, words < n / 2 ? words : n / 2);
    for (uint64_t i = 0; i < words; i++) sum = mix(sum, product[i]);

    for (uint64_t i = 0; i < sizeof scratch; i++) scratch[i] = (unsigned char)(i * 7 + sum);
    __builtin_memmove(scratch + 3, scratch, 60000);
    __builtin_memset(scratch + 65000, (int)n, 1000);
    for (uint64_t i = 0; i + 8 <= sizeof scratch; i += 5) {
        uint64_t value;
        __builtin_memcpy(&value, scratch + i, 8);
        sum = mix(sum, value);
    }
    return sum;
}

// The byte at an address: traps where there is none.
EXPORT("peek") uint64_t peek(uint64_t address) { return *(volatile unsigned char *)(uintptr_t)address; }

#if !defined(__wasm__)
int main(int argc, char **argv) {
    printf("%lld\n", (long long)run(argc > 1 ? strtoull(argv[1], 0, 10) : 1000));
    return 0;
}
#endif
