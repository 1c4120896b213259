// Hash maps under load: open addressing with Robin Hood displacement for integers, chaining for strings, and an LRU cache.
// hashmap [THOUSANDS]
#include "support.h"

// --- Robin Hood map from 64-bit keys ---

typedef struct {
    uint64_t key, value;
    uint32_t distance;  // 1 + distance from the home slot; 0: empty
} Slot;

typedef struct {
    Slot *slots;
    uint32_t mask, count;
} Map;

static uint32_t hash64(uint64_t k) {
    k ^= k >> 32;
    k *= 0xd6e8feb86659fd93u;
    k ^= k >> 32;
    return (uint32_t)k;
}

static void map_open(Map *m, uint32_t capacity) {
    m->slots = calloc(capacity, sizeof(Slot));
    if (!m->slots) die("out of memory");
    m->mask = capacity - 1;
    m->count = 0;
}

static void map_place(Map *m, Slot s) {
    uint32_t i = hash64(s.key) & m->mask;
    for (s.distance = 1;; i = (i + 1) & m->mask, s.distance++) {
        Slot *here = &m->slots[i];
        if (here->distance == 0) {
            *here = s;
            m->count++;
            return;
        }
        if (here->distance < s.distance) {
            Slot t = *here;
            *here = s;
            s = t;
        }
    }
}

static Slot *map_find(const Map *m, uint64_t key) {
    uint32_t i = hash64(key) & m->mask;
    for (uint32_t d = 1;; i = (i + 1) & m->mask, d++) {
        Slot *here = &m->slots[i];
        if (here->distance < d) return NULL;
        if (here->key == key) return here;
    }
}

static void map_set(Map *m, uint64_t key, uint64_t value) {
    Slot *s = map_find(m, key);
    if (s) {
        s->value = value;
        return;
    }
    if ((uint64_t)m->count * 8 >= (uint64_t)m->mask * 7) {
        Map bigger;
        map_open(&bigger, (m->mask + 1) * 2);
        for (uint32_t i = 0; i <= m->mask; i++)
            if (m->slots[i].distance) map_place(&bigger, m->slots[i]);
        free(m->slots);
        *m = bigger;
    }
    map_place(m, (Slot){key, value, 0});
}

static bool map_remove(Map *m, uint64_t key) {
    Slot *s = map_find(m, key);
    if (!s) return false;
    uint32_t i = (uint32_t)(s - m->slots);
    for (;;) {
        uint32_t next = (i + 1) & m->mask;
        if (m->slots[next].distance <= 1) break;
        m->slots[i] = m->slots[next];
        m->slots[i].distance--;
        i = next;
    }
    m->slots[i].distance = 0;
    m->count--;
    return true;
}

static void integers(uint32_t n) {
    Map m;
    map_open(&m, 16);
    Random r = {21};
    uint64_t hits = 0, removed = 0, sum = 0;
    for (uint32_t i = 0; i < n; i++) map_set(&m, random_next(&r) % (2 * n), i);
    for (uint32_t i = 0; i < 2 * n; i++) {
        Slot *s = map_find(&m, i);
        if (s) {
            hits++;
            sum += s->value * (i & 255);
        }
    }
    for (uint32_t i = 0; i < 2 * n; i += 3) removed += map_remove(&m, i);
    for (uint32_t i = 0; i < n; i++) map_set(&m, random_next(&r) % n, sum ^ i);
    uint32_t longest = 0;
    uint64_t h = 0;
    for (uint32_t i = 0; i <= m.mask; i++) {
        if (m.slots[i].distance > longest) longest = m.slots[i].distance;
        if (m.slots[i].distance) h += m.slots[i].key * (m.slots[i].value | 1);
    }
    printf("integers: %llu hits, %llu removed, sum %llu, %u left, longest %u, %016llx\n", (unsigned long long)hits,
           (unsigned long long)removed, (unsigned long long)sum, (unsigned)m.count, (unsigned)longest, (unsigned long long)h);
    free(m.slots);
}

// --- Chained map from strings ---

typedef struct Entry {
    struct Entry *next;
    uint32_t hash, count, length;
    char text[];
} Entry;

typedef struct {
    Entry **buckets;
    uint32_t bucket_count, count;
} Dictionary;

static void dictionary_grow(Dictionary *d) {
    uint32_t n = d->bucket_count ? d->bucket_count * 2 : 64;
    Entry **buckets = calloc(n, sizeof *buckets);
    if (!buckets) die("out of memory");
    for (uint32_t i = 0; i < d->bucket_count; i++)
        for (Entry *e = d->buckets[i], *next; e; e = next) {
            next = e->next;
            e->next = buckets[e->hash & (n - 1)];
            buckets[e->hash & (n - 1)] = e;
        }
    free(d->buckets);
    d->buckets = buckets;
    d->bucket_count = n;
}

static Entry *dictionary_entry(Dictionary *d, const uint8_t *text, uint32_t length) {
    uint32_t hash = (uint32_t)fnv_bytes(FNV_BASIS, text, length);
    if (d->count >= d->bucket_count) dictionary_grow(d);
    Entry **bucket = &d->buckets[hash & (d->bucket_count - 1)];
    for (Entry *e = *bucket; e; e = e->next)
        if (e->hash == hash && e->length == length && !memcmp(e->text, text, length)) return e;
    Entry *e = allocate(sizeof *e + length + 1);
    e->next = *bucket;
    e->hash = hash;
    e->count = 0;
    e->length = length;
    memcpy(e->text, text, length);
    e->text[length] = 0;
    *bucket = e;
    d->count++;
    return e;
}

static int by_count(const void *a, const void *b) {
    const Entry *x = *(Entry *const *)a, *y = *(Entry *const *)b;
    if (x->count != y->count) return x->count < y->count ? 1 : -1;
    return strcmp(x->text, y->text);
}

static void words(uint32_t n) {
    uint8_t *text = make_text(n * 6, 22);
    Dictionary d = {0};
    uint32_t previous = 0, previous_length = 0;
    for (uint32_t i = 0; i < n * 6;) {
        while (i < n * 6 && text[i] < 'a') i++;
        uint32_t start = i;
        while (i < n * 6 && text[i] >= 'a') i++;
        dictionary_entry(&d, text + start, i - start)->count++;
        if (previous_length) dictionary_entry(&d, text + previous, i - previous)->count++;  // pairs of words
        previous = start;
        previous_length = i - start;
    }
    Entry **all = allocate(d.count * sizeof *all);
    uint32_t k = 0;
    for (uint32_t i = 0; i < d.bucket_count; i++)
        for (Entry *e = d.buckets[i]; e; e = e->next) all[k++] = e;
    qsort(all, k, sizeof *all, by_count);
    printf("words: %u different\n", (unsigned)d.count);
    for (uint32_t i = 0; i < 8 && i < k; i++) printf("  %7u %s\n", (unsigned)all[i]->count, all[i]->text);
    for (uint32_t i = 0; i < k; i++) free(all[i]);
    free(all);
    free(d.buckets);
    free(text);
}

// --- LRU cache: a map into a doubly linked list kept in an array ---

typedef struct {
    uint64_t key;
    uint32_t newer, older;
} Link;

static void cache(uint32_t n, uint32_t capacity) {
    Map m;
    map_open(&m, 16);
    Link *links = allocate((capacity + 1) * sizeof *links);
    links[0] = (Link){0, 0, 0};  // sentinel
    uint32_t used = 0, hits = 0;
    Random r = {23};
    for (uint32_t i = 0; i < n; i++) {
        uint64_t key = random_below(&r, 4 * capacity);
        if (i & 3) key /= 8;
        Slot *s = map_find(&m, key);
        uint32_t at;
        if (s) {
            hits++;
            at = (uint32_t)s->value;
            links[links[at].newer].older = links[at].older;
            links[links[at].older].newer = links[at].newer;
        } else if (used < capacity) {
            at = ++used;
            map_set(&m, key, at);
        } else {
            at = links[0].newer;  // the oldest: the list is a ring through the sentinel
            map_remove(&m, links[at].key);
            links[0].newer = links[at].newer;
            links[links[at].newer].older = 0;
            map_set(&m, key, at);
        }
        links[at].key = key;
        links[at].newer = 0;
        links[at].older = links[0].older;
        links[links[0].older].newer = at;
        links[0].older = at;
    }
    uint64_t h = FNV_BASIS;
    for (uint32_t at = links[0].newer; at; at = links[at].newer) h = fnv_u64(h, links[at].key);
    printf("cache of %u: %u hits of %u, %016llx\n", (unsigned)capacity, (unsigned)hits, (unsigned)n, (unsigned long long)h);
    free(links);
    free(m.slots);
}

int main(int argc, char **argv) {
    uint32_t n = size_argument(argc, argv, 1, 600) * 1000;
    bench_start();
    integers(n);
    words(n);
    cache(n * 2, 5000);
    bench_end();
    return 0;
}
