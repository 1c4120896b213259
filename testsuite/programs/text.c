// Text: UTF-8 checked, decoded, encoded and converted to UTF-16 and back; base64; edit distance; substring search; line diff.
// text [KIB]      text FILE FILE    differences of two files by line, exit code 1 if there are any
#include "support.h"

// --- UTF-8 ---

// Decodes one scalar value; returns its length, or 0 where the bytes are not well-formed.
static uint32_t decode(const uint8_t *p, uint32_t n, uint32_t *out) {
    uint32_t c = p[0], length = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : (c & 0xf0) == 0xe0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
    if (length == 0 || length > n) return 0;
    if (length > 1) c &= 0xffu >> (length + 1);
    for (uint32_t i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
        c = c << 6 | (p[i] & 0x3f);
    }
    if ((length == 3 && (c < 0x800 || (c >= 0xd800 && c < 0xe000))) || (length == 4 && (c < 0x10000 || c > 0x10ffff))) return 0;
    *out = c;
    return length;
}

static uint32_t encode(uint32_t c, uint8_t *out) {
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    uint32_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (uint32_t i = n - 1; i > 0; i--, c >>= 6) out[i] = (uint8_t)(0x80 | (c & 0x3f));
    out[0] = (uint8_t)((0xf00u >> n) | c);
    return n;
}

static uint8_t *mixed_text(uint32_t limit, uint32_t *length) {
    static const uint32_t bases[] = {0x20, 0x61, 0x61, 0x61, 0xe0, 0x3b1, 0x430, 0x4e00, 0x3042, 0x1f600};
    static const uint32_t sizes[] = {1, 26, 26, 26, 26, 24, 32, 4000, 80, 60};
    uint8_t *text = allocate(limit + 4);
    Random r = {111};
    uint32_t n = 0;
    while (n < limit) {
        uint32_t k = random_below(&r, 10);
        n += encode(bases[k] + random_below(&r, sizes[k]), text + n);
    }
    *length = n;
    return text;
}

static void utf8(uint32_t limit) {
    uint32_t n, units = 0, scalars = 0, back = 0, c, bad = 0;
    uint8_t *text = mixed_text(limit, &n), *again = allocate(n + 4);
    uint16_t *wide = allocate((n + 2) * sizeof *wide);
    uint64_t upper = 0;
    for (uint32_t i = 0, k; i < n; i += k, scalars++) {
        k = decode(text + i, n - i, &c);
        if (k == 0) die("not UTF-8");
        if ((c >= 'a' && c <= 'z') || (c >= 0xe0 && c < 0xfe) || (c >= 0x430 && c < 0x450)) upper += c - 32;
        if (c >= 0x10000) {
            wide[units++] = (uint16_t)(0xd7c0 + (c >> 10));
            wide[units++] = (uint16_t)(0xdc00 + (c & 0x3ff));
        } else {
            wide[units++] = (uint16_t)c;
        }
    }
    for (uint32_t i = 0; i < units; i++) {
        c = wide[i];
        if (c >= 0xd800 && c < 0xdc00) c = 0x10000 + ((c - 0xd800) << 10) + (wide[++i] - 0xdc00u);
        back += encode(c, again + back);
    }
    if (back != n || memcmp(text, again, n)) die("the text did not come back");
    Random r = {112};
    for (uint32_t i = 0; i < n; i += 50) again[i + random_below(&r, 4)] ^= (uint8_t)(1 + random_below(&r, 255));
    for (uint32_t i = 0, k; i < n; i += k ? k : 1) {
        k = decode(again + i, n - i, &c);
        bad += k == 0;
    }
    printf("utf-8: %u bytes, %u scalars, %u units, upper %llu, %u bad after damage\n", (unsigned)n, (unsigned)scalars, (unsigned)units,
           (unsigned long long)upper, (unsigned)bad);
    free(text);
    free(again);
    free(wide);
}

// --- Base64 ---

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static uint32_t to_base64(const uint8_t *in, uint32_t n, char *out) {
    uint32_t k = 0;
    for (uint32_t i = 0; i < n; i += 3) {
        uint32_t rest = n - i, v = (uint32_t)in[i] << 16 | (rest > 1 ? (uint32_t)in[i + 1] << 8 : 0) | (rest > 2 ? in[i + 2] : 0);
        out[k++] = alphabet[v >> 18];
        out[k++] = alphabet[v >> 12 & 63];
        out[k++] = rest > 1 ? alphabet[v >> 6 & 63] : '=';
        out[k++] = rest > 2 ? alphabet[v & 63] : '=';
    }
    out[k] = 0;
    return k;
}

static uint32_t from_base64(const char *in, uint32_t n, uint8_t *out) {
    int8_t table[256];
    memset(table, -1, sizeof table);
    for (int8_t i = 0; i < 64; i++) table[(uint8_t)alphabet[i]] = i;
    uint32_t k = 0, v = 0, bits = 0;
    for (uint32_t i = 0; i < n && in[i] != '='; i++) {
        int8_t d = table[(uint8_t)in[i]];
        if (d < 0) die("not base64");
        v = v << 6 | (uint32_t)d;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[k++] = (uint8_t)(v >> bits);
        }
    }
    return k;
}

static void base64(uint32_t n) {
    uint8_t *bytes = allocate(n), *back = allocate(n + 3);
    char *coded = allocate(n / 3 * 4 + 8);
    Random r = {113};
    uint64_t h = FNV_BASIS;
    for (uint32_t i = 0; i < n; i++) bytes[i] = (uint8_t)random_next(&r);
    for (uint32_t cut = 0; cut < 4; cut++) {
        uint32_t m = to_base64(bytes, n - cut, coded);
        if (from_base64(coded, m, back) != n - cut || memcmp(bytes, back, n - cut)) die("the bytes did not come back");
        h = fnv_bytes(h, coded, m);
    }
    to_base64((const uint8_t *)"any carnal pleas", 16, coded);
    printf("base64: %016llx %s\n", (unsigned long long)h, coded);
    free(bytes);
    free(back);
    free(coded);
}

// --- Searching ---

static uint32_t count_plain(const uint8_t *text, uint32_t n, const char *word, uint32_t m) {
    uint32_t count = 0;
    for (uint32_t i = 0; i + m <= n; i++) {
        uint32_t k = 0;
        while (k < m && text[i + k] == (uint8_t)word[k]) k++;
        count += k == m;
    }
    return count;
}

static uint32_t count_prefix(const uint8_t *text, uint32_t n, const char *word, uint32_t m) {
    uint32_t border[64] = {0}, count = 0;
    for (uint32_t i = 1, k = 0; i < m; i++) {
        while (k && word[i] != word[k]) k = border[k - 1];
        if (word[i] == word[k]) k++;
        border[i] = k;
    }
    for (uint32_t i = 0, k = 0; i < n; i++) {
        while (k && text[i] != (uint8_t)word[k]) k = border[k - 1];
        if (text[i] == (uint8_t)word[k]) k++;
        if (k == m) {
            count++;
            k = border[k - 1];
        }
    }
    return count;
}

static uint32_t count_horspool(const uint8_t *text, uint32_t n, const char *word, uint32_t m) {
    uint32_t skip[256], count = 0;
    for (uint32_t i = 0; i < 256; i++) skip[i] = m;
    for (uint32_t i = 0; i + 1 < m; i++) skip[(uint8_t)word[i]] = m - 1 - i;
    for (uint32_t i = 0; i + m <= n; i += skip[text[i + m - 1]]) count += !memcmp(text + i, word, m);
    return count;
}

static void searching(uint32_t n) {
    static const char *const words[] = {"stone", "ee", "the river carries", "between pillars,", "a", "nowhere"};
    uint8_t *text = make_text(n, 114);
    for (uint32_t i = 0; i < sizeof words / sizeof *words; i++) {
        uint32_t m = (uint32_t)strlen(words[i]), a = count_plain(text, n, words[i], m);
        if (a != count_prefix(text, n, words[i], m) || a != count_horspool(text, n, words[i], m)) die("the searches disagree");
        printf("%-18s %u\n", words[i], (unsigned)a);
    }
    free(text);
}

// --- Edit distance, by rows and by bits ---

static uint32_t distance_rows(const uint8_t *a, uint32_t n, const uint8_t *b, uint32_t m) {
    uint32_t *row = allocate((m + 1) * sizeof *row), result;
    for (uint32_t j = 0; j <= m; j++) row[j] = j;
    for (uint32_t i = 1; i <= n; i++) {
        uint32_t diagonal = row[0];
        row[0] = i;
        for (uint32_t j = 1; j <= m; j++) {
            uint32_t replaced = diagonal + (a[i - 1] != b[j - 1]), least = row[j] < row[j - 1] ? row[j] : row[j - 1];
            diagonal = row[j];
            row[j] = replaced <= least ? replaced : least + 1;
        }
    }
    result = row[m];
    free(row);
    return result;
}

static uint32_t distance_bits(const uint8_t *a, uint32_t n, const uint8_t *b, uint32_t m) {
    uint64_t where[256] = {0}, positive = ~0ull, negative = 0;
    for (uint32_t i = 0; i < n; i++) where[a[i]] |= 1ull << i;
    uint32_t score = n;
    for (uint32_t j = 0; j < m; j++) {
        uint64_t eq = where[b[j]], x = eq | negative;
        eq |= ((eq & positive) + positive) ^ positive;
        uint64_t h_positive = negative | ~(eq | positive), h_negative = positive & eq;
        score += h_positive >> (n - 1) & 1;
        score -= h_negative >> (n - 1) & 1;
        h_positive = h_positive << 1 | 1;
        positive = h_negative << 1 | ~(x | h_positive);
        negative = h_positive & x;
    }
    return score;
}

static void distances(uint32_t count) {
    uint8_t *text = make_text(count * 64 + 4096, 115);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *a = text + i * 64, *b = text + (i * 37 % count) * 64;
        uint32_t n = 20 + i % 45, m = 10 + i % 90, d = distance_rows(a, n, b, m);
        if (d != distance_bits(a, n, b, m)) die("the distances disagree");
        sum += d;
    }
    printf("distances: %llu, long %u\n", (unsigned long long)sum, (unsigned)distance_rows(text, 2000, text + 2048, 2000));
    free(text);
}

// --- Differences by line ---

static uint32_t split(char *text, uint32_t n, char **lines, uint32_t limit) {
    uint32_t count = 0;
    for (char *s = text; s < text + n && count < limit;) {
        char *end = memchr(s, '\n', (size_t)(text + n - s));
        if (end) *end = 0;
        lines[count++] = s;
        s = end ? end + 1 : text + n;
    }
    return count;
}

static int differences(const char *first, const char *second) {
    enum { LIMIT = 1000 };
    uint32_t n, m;
    char *a = (char *)read_file(first, &n), *b = (char *)read_file(second, &m), *x[LIMIT], *y[LIMIT];
    n = split(a, n, x, LIMIT);
    m = split(b, m, y, LIMIT);
    uint32_t w = m + 1, *common = calloc((size_t)(n + 1) * w, sizeof *common), changed = 0, i = 0, j = 0;
    if (!common) die("out of memory");
    for (uint32_t p = n; p-- > 0;)
        for (uint32_t q = m; q-- > 0;) {
            uint32_t down = common[(p + 1) * w + q], right = common[p * w + q + 1];
            common[p * w + q] = !strcmp(x[p], y[q]) ? common[(p + 1) * w + q + 1] + 1 : down > right ? down : right;
        }
    while (i < n || j < m) {
        if (i < n && j < m && !strcmp(x[i], y[j])) {
            i++;
            j++;
        } else if (i < n && (j == m || common[(i + 1) * w + j] >= common[i * w + j + 1])) {
            printf("- %s\n", x[i++]);
            changed++;
        } else {
            printf("+ %s\n", y[j++]);
            changed++;
        }
    }
    printf("%u lines differ\n", (unsigned)changed);
    return changed != 0;
}

int main(int argc, char **argv) {
    if (argc == 3) return differences(argv[1], argv[2]);
    uint32_t n = size_argument(argc, argv, 1, 4096) * 1024;
    bench_start();
    utf8(n);
    base64(n);
    searching(n);
    distances(n / 512);
    bench_end();
    return 0;
}
