// Scanning strings: length, search for a byte and for a word, UTF-8 validation by ranges, splitting into fields, numbers to and from text.
#include "support.h"

static int is_utf8(const uint8_t *p, const uint8_t *end) {
    while (p < end) {
        uint8_t b = *p;
        if (b < 0x80) { p++; continue; }
        int more = b >= 0xf0 && b < 0xf5 ? 3 : b >= 0xe0 ? 2 : b >= 0xc2 && b < 0xe0 ? 1 : -1;
        if (b >= 0xf5 || more < 0 || end - p <= more) return 0;
        for (int i = 1; i <= more; i++) if ((p[i] & 0xc0) != 0x80) return 0;
        if (b == 0xe0 && p[1] < 0xa0) return 0;
        p += more + 1;
    }
    return 1;
}

static const char *find(const char *text, size_t n, const char *word, size_t m) {
    size_t skip[256];
    for (int i = 0; i < 256; i++) skip[i] = m;
    for (size_t i = 0; i + 1 < m; i++) skip[(uint8_t)word[i]] = m - 1 - i;
    for (size_t at = 0; at + m <= n; at += skip[(uint8_t)text[at + m - 1]]) {
        size_t i = m;
        while (i > 0 && text[at + i - 1] == word[i - 1]) i--;
        if (i == 0) return text + at;
    }
    return NULL;
}

int main(void) {
    enum { size = 200000 };
    static char text[size + 1];
    Random random = {5};
    size_t n = 0;
    while (n + 16 < size) {
        if (random_below(&random, 9) == 0) { memcpy(text + n, "\xc3\xa9\xe2\x82\xac", 5); n += 5; }
        else if (random_below(&random, 5) == 0) n += (size_t)snprintf(text + n, 12, "%u,", random_below(&random, 1000000));
        else text[n++] = (char)('a' + random_below(&random, 26));
    }
    memcpy(text + n - 12, "needleword,", 11);
    text[n] = 0;
    uint64_t h = 0;
    bench_start();
    for (int round = 0; round < 120; round++) {
        h += strlen(text) + (size_t)is_utf8((uint8_t *)text, (uint8_t *)text + n);
        const char *found = find(text, n, "needleword", 10);
        h += found ? (size_t)(found - text) : 0;
        for (const char *p = text; (p = memchr(p, ',', (size_t)(text + n - p))); p++) h++;
        uint32_t number = 0;
        for (const char *p = text; *p; p++) {
            if (*p >= '0' && *p <= '9') number = number * 10 + (uint32_t)(*p - '0');
            else if (number) { h += number; number = 0; }
        }
        text[round * 100] = 'q';
    }
    bench_end();
    printf("%llu\n", (unsigned long long)h);
}
