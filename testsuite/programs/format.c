// Formatted output and input in every form that two C libraries agree on: integers of every width, floating point in every notation,
// strings, widths and precisions given or passed, positions, %n, and scanf back.
// format [ROUNDS]
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>

#include "support.h"

static uint64_t hash = FNV_BASIS;
static uint32_t lines;
static bool quiet;

__attribute__((format(printf, 1, 2))) static void line(const char *format, ...) {
    char buffer[700];
    va_list list;
    va_start(list, format);
    int n = vsnprintf(buffer, sizeof buffer, format, list);
    va_end(list);
    if (n < 0) die("vsnprintf failed");
    hash = fnv_bytes(hash, buffer, strlen(buffer));
    lines++;
    if (!quiet) printf("%s|%d\n", buffer, n);
}

#define INTEGER_FORMS(flags)                                                                     \
    line("%" flags "d %" flags "i %" flags "u", v32, v32, (unsigned)v32);                        \
    line("%" flags "o %" flags "x %" flags "X", (unsigned)v32, (unsigned)v32, (unsigned)v32);    \
    line("%" flags "hhd %" flags "hhu %" flags "hhx", (signed char)v32, (unsigned char)v32, (unsigned char)v32); \
    line("%" flags "hd %" flags "hu %" flags "hX", (short)v32, (unsigned short)v32, (unsigned short)v32);        \
    line("%" flags "lld %" flags "llu", (long long)v64, (unsigned long long)v64);                \
    line("%" flags "llo %" flags "llx", (unsigned long long)v64, (unsigned long long)v64);       \
    line("%" flags "jd %" flags "ju", (intmax_t)v64, (uintmax_t)v64);                            \
    line("%" flags "zu %" flags "td", (size_t)(uint32_t)v32, (ptrdiff_t)v32);                    \
    line("%" flags PRId64 " %" flags PRIx32 " %" flags PRIu16, v64, (uint32_t)v32, (uint16_t)v32);

static void integers(int32_t v32, int64_t v64) {
    INTEGER_FORMS("")
    INTEGER_FORMS("-12")
    INTEGER_FORMS("012")
    INTEGER_FORMS("12")
    INTEGER_FORMS(".5")
    INTEGER_FORMS("14.8")
    INTEGER_FORMS("-14.8")
    line("%+d % d %+lld % lld %+.4d % 9.4d", v32, v32, (long long)v64, (long long)v64, v32, v32);
    line("%#x %#X %#o %#llx %#012x %-#12o.", (unsigned)v32, (unsigned)v32, (unsigned)v32, (unsigned long long)v64, (unsigned)v32, (unsigned)v32);
    line("%*d|%-*d|%.*d|%*.*d", 10, v32, 10, v32, 6, v32, 12, 4, v32);
    line("%*d|%.*d", -10, v32, -3, v32);
    line("%2$d %1$lld %2$5d", (long long)v64, v32);
    line("[%.0d][%5.0x]", v32, (unsigned)v32);
}

#define FLOAT_FORMS(flags)                                             \
    line("%" flags "f %" flags "F", x, x);                             \
    line("%" flags "e %" flags "E", x, x);                             \
    line("%" flags "g %" flags "G", x, x);

static void floats(double x) {
    FLOAT_FORMS("")
    FLOAT_FORMS("+")
    FLOAT_FORMS(" ")
    FLOAT_FORMS("#")
    FLOAT_FORMS("30")
    FLOAT_FORMS("-30")
    FLOAT_FORMS("030")
    FLOAT_FORMS(".0")
    FLOAT_FORMS("#.0")
    FLOAT_FORMS(".1")
    FLOAT_FORMS(".3")
    FLOAT_FORMS(".17")
    FLOAT_FORMS("+024.10")
    line("%.40e %.40g", x, x);
    line("%*.*f|%-*.*e", 20, 3, x, 24, 6, x);
    if (isnormal(x)) line("%a %A", x, x);  // of the others there are several right forms
}

static void strings(void) {
    static const char *const samples[] = {"", "a", "stone", "a longer text with spaces", "tab\tand \"quotes\"", "größe, 大きさ, 🪨"};
    for (uint32_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const char *s = samples[i];
        line("%s|%12s|%-12s|%.3s|%12.3s|%-12.3s", s, s, s, s, s, s);
        line("%.*s|%*s|%-*s|%.0s|", 2, s, 15, s, 15, s, s);
        line("%c%3c%-3c%%|%5c", s[0] ? s[0] : '-', 'x', 'y', '%');
        line("%2$s and %1$s", s, "first");
    }
    int written = -1, later = -1;
    char buffer[64];
    int n = snprintf(buffer, 8, "%s%n%s%n", "12345", &written, "6789", &later);
    line("%d %d %d '%s'", n, written, later, buffer);
    n = snprintf(NULL, 0, "%d %s", 42, "nothing");
    line("%d", n);
    n = sprintf(buffer, "%s/%03d.%s", "dir", 7, "txt");
    line("%d %s", n, buffer);
}

static void conversions_back(Random *r) {
    for (int i = 0; i < 20; i++) {
        int64_t v = (int64_t)(random_next(r) >> random_below(r, 60));
        double x = (double)(v - 5000) / (1 + random_below(r, 1000)), y = 0;
        char text[200], word[16], set[16];
        int a = 0, offset = 0;
        unsigned b = 0, c = 0;
        long long w = 0;
        snprintf(text, sizeof text, " %d 0x%x %o %lld %.17g word%d [abc]def %%", i - 10, i * 77u, i * 5u, (long long)v, x, i);
        int n = sscanf(text, "%d %x %o %lld %lf %15s [%15[a-c]]%*3c %%%n", &a, &b, &c, &w, &y, word, set, &offset);
        line("%d: %d %u %u %lld %d %s %s %d", n, a, b, c, w, x == y, word, set, offset);
        char *end;
        long long parsed = strtoll("  -0x7fzz", &end, 16);
        line("%lld %s %d", parsed, end, (int)strtol("077", NULL, 0) + (int)strtol("0x1F", NULL, 0) + atoi("12ab"));
    }
    static const char *const numbers[] = {"0",       "-0",       "1e400",  "-1e400",  "4.9e-324", "2.4703282292062327e-324",
                                          "1.7976931348623157e308", "0x1.8p3", "inf",     "nan",      ".5e1",
                                          "9007199254740993",       "123456789012345678901234567890",      "1e23",    "0.1"};
    for (uint32_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char *end;
        double x = strtod(numbers[i], &end);
        line("%s -> %.17g %g %d", numbers[i], x, (double)strtof(numbers[i], NULL), (int)(end - numbers[i]));
    }
}

static void round_trips(uint32_t count) {
    Random r = {71};
    uint32_t good = 0, short_forms = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t bits = random_next(&r);
        double x;
        memcpy(&x, &bits, sizeof x);
        if (!isfinite(x)) continue;
        if (i & 1) x = (double)(int64_t)(bits >> 30) / 1000;
        char text[64];
        snprintf(text, sizeof text, "%.17g", x);
        hash = fnv_bytes(hash, text, strlen(text));
        good += strtod(text, NULL) == x;
        snprintf(text, sizeof text, "%.15g", x);
        short_forms += strtod(text, NULL) == x;
    }
    printf("round trips: %u exact, %u exact in 15 digits, %016llx\n", (unsigned)good, (unsigned)short_forms, (unsigned long long)hash);
}

static void everything(void) {
    static const int32_t small[] = {0, 1, -1, 42, -32768, 65535, INT_MAX, INT_MIN};
    static const int64_t large[] = {0, 1, -1, 1000000007, -4294967296, 0x123456789abcdef, INT64_MAX, INT64_MIN};
    static const double reals[] = {0.0,     -0.0,   1.0,     -1.5,     0.1,    1e100,  1.0 / 3, 123456789.125, 9.9999995, 0.5, 1.5,
                                   2.5,     1e-5,   1e-300,  5e-324,   1e15,   1e16,   1e17,    99999.95,      0.00012345, 255.0 / 256,
                                   1.7976931348623157e308};
    for (uint32_t i = 0; i < 8; i++) integers(small[i], large[i]);
    for (uint32_t i = 0; i < sizeof reals / sizeof *reals; i++) floats(reals[i]);
    floats(INFINITY);
    floats(-INFINITY);
    line("%f %E %g %5f", (double)NAN, (double)NAN, (double)NAN, (double)NAN);
    strings();
    Random r = {72};
    conversions_back(&r);
}

int main(int argc, char **argv) {
    uint32_t rounds = size_argument(argc, argv, 1, 60);
    everything();
    quiet = true;
    bench_start();
    for (uint32_t k = 0; k < rounds; k++) everything();
    round_trips(rounds * 2000);
    bench_end();
    printf("%u lines, %016llx\n", (unsigned)lines, (unsigned long long)hash);
    return 0;
}
