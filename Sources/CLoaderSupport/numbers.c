// Floating-point numbers as text and back, exactly.
//
// Both ways compare numbers a * 10^x with numbers b * 2^y, as whole numbers of any size: nothing is rounded, no table is needed, and one comparison
// serves for both formats. That takes up to a millisecond a number, of which a run prints and reads a few.
#include "internal.h"
#include <errno.h>
#include <string.h>
#include <strings.h>

/// A whole number, least word first.
typedef struct { int32_t count; uint32_t words[168]; } whole;

/// The most digits that can matter where a number lies between two of the format, and some; the rest only tell that it is above.
enum { decimal_digits = 800, hexadecimal_digits = 64 };

static void multiply_add(whole *number, uint32_t factor, uint32_t carry) {
    for (int32_t i = 0; i < number->count; i++) {
        uint64_t product = (uint64_t)number->words[i] * factor + carry;
        number->words[i] = (uint32_t)product, carry = (uint32_t)(product >> 32);
    }
    if (carry) number->words[number->count++] = carry;
}

/// - Parameter power: base to the power of `step`.
static void multiply_power(whole *number, uint32_t base, uint32_t power, int32_t step, int32_t exponent) {
    for (; exponent >= step; exponent -= step) multiply_add(number, power, 0);
    for (; exponent > 0; exponent--) multiply_add(number, base, 0);
}
static void multiply_ten(whole *number, int32_t exponent) { multiply_power(number, 10, 1000000000, 9, exponent); }
static void multiply_two(whole *number, int32_t exponent) { multiply_power(number, 2, UINT32_C(1) << 31, 31, exponent); }

static whole from(uint64_t number) {
    whole result;
    result.words[0] = (uint32_t)number, result.words[1] = (uint32_t)(number >> 32);
    result.count = result.words[1] ? 2 : result.words[0] ? 1 : 0;
    return result;
}

/// The sign of digits * 10^ten * 2^two - mantissa * 2^exponent.
static int32_t compare(const whole *digits, int32_t ten, int32_t two, uint64_t mantissa, int32_t exponent) {
    whole left = *digits, right = from(mantissa);
    multiply_ten(&left, ten);
    multiply_ten(&right, -ten);
    multiply_two(&left, two - exponent);
    multiply_two(&right, exponent - two);
    if (left.count != right.count) return left.count < right.count ? -1 : 1;
    for (int32_t i = left.count; i--;) {
        if (left.words[i] != right.words[i]) return left.words[i] < right.words[i] ? -1 : 1;
    }
    return 0;
}

/// The number of a format with `precision` bits of significand that has these bits: mantissa * 2^exponent.
static uint64_t unpack(uint64_t bits, int32_t precision, int32_t *exponent) {
    uint64_t hidden = UINT64_C(1) << (precision - 1), field = bits >> (precision - 1);
    *exponent = (precision == 24 ? -150 : -1075) + (field ? (int32_t)field : 1);
    return (bits & (hidden - 1)) | (field ? hidden : 0);
}

/// Whether digits * 10^ten * 2^two is nearer to the number after the one with these bits, or as near and that one is even.
static int is_beyond(const whole *digits, int32_t ten, int32_t two, uint64_t bits, int32_t precision) {
    int32_t exponent;
    uint64_t mantissa = unpack(bits, precision, &exponent);
    int32_t order = compare(digits, ten, two, 2 * mantissa + 1, exponent - 1);
    return order > 0 || (order == 0 && (bits & 1));
}

static int rounds_to(uint64_t digits, int32_t ten, uint64_t bits, int32_t precision) {
    whole number = from(digits);
    return is_beyond(&number, ten, 0, bits - 1, precision) && !is_beyond(&number, ten, 0, bits, precision);
}

static uint64_t infinity(int32_t precision) { return precision == 24 ? UINT64_C(0xFF) << 23 : UINT64_C(0x7FF) << 52; }

static uint32_t digit_value(char digit) {
    if (digit >= '0' && digit <= '9') return (uint32_t)(digit - '0');
    digit |= 0x20;
    return digit >= 'a' && digit <= 'f' ? (uint32_t)(digit - 'a' + 10) : 16;
}

/// Reads `[+-]digits` up to the end of the text. Numbers that are far too large become large ones.
static int parse_exponent(const char *text, int32_t *value) {
    int is_negative = *text == '-';
    text += is_negative || *text == '+';
    if (!*text) return 0;
    for (*value = 0; *text; text++) {
        if (digit_value(*text) > 9) return 0;
        if (*value < 1 << 24) *value = *value * 10 + (int32_t)digit_value(*text);
    }
    if (is_negative) *value = -*value;
    return 1;
}

static int parse_magnitude(const char *text, int32_t precision, uint64_t *bits) {
    if (!strcasecmp(text, "inf") || !strcasecmp(text, "infinity")) { *bits = infinity(precision); return 1; }
    if (!strcasecmp(text, "nan")) { *bits = infinity(precision) | UINT64_C(1) << (precision - 2); return 1; }
    int is_hexadecimal = text[0] == '0' && (text[1] | 0x20) == 'x';
    uint32_t base = is_hexadecimal ? 16 : 10;
    if (is_hexadecimal) text += 2;
    whole number = from(0);
    int32_t scale = 0, kept = 0, any = 0, has_point = 0, exponent = 0;
    for (;; text++) {
        uint32_t digit = digit_value(*text);
        if (digit < base) {
            any = 1;
            if (kept < (is_hexadecimal ? hexadecimal_digits : decimal_digits)) {
                multiply_add(&number, base, digit);
                if (number.count) kept++;
                scale -= has_point;
            } else {
                number.words[0] |= digit != 0;
                scale += !has_point;
            }
        } else if (*text == '.' && !has_point) {
            has_point = 1;
        } else break;
    }
    if (!any) return 0;
    if (*text && ((*text | 0x20) != (is_hexadecimal ? 'p' : 'e') || !parse_exponent(text + 1, &exponent))) return 0;
    int32_t ten = is_hexadecimal ? 0 : scale + exponent, two = is_hexadecimal ? 4 * scale + exponent : 0;
    // Far outside of any format, where the whole numbers would become too large: 10^400 and 2^1400 are infinite, 10^-400 and 2^-1400 nothing.
    int32_t size = is_hexadecimal ? two + 4 * kept : ten + kept, limit = is_hexadecimal ? 1400 : 400;
    *bits = kept && size > limit ? infinity(precision) : 0;
    if (!kept || size > limit || size < -limit) return 1;
    for (uint64_t step = UINT64_C(1) << 62; step; step >>= 1) {
        uint64_t next = *bits + step;
        if (next <= infinity(precision) && is_beyond(&number, ten, two, next - 1, precision)) *bits = next;
    }
    return 1;
}

int32_t precast_parse_number(const char *text, int32_t precision, uint64_t *bits) {
    int is_negative = *text == '-';
    if (!parse_magnitude(text + (is_negative || *text == '+'), precision, bits)) return -EINVAL;
    if (is_negative) *bits |= precision == 24 ? UINT64_C(1) << 31 : UINT64_C(1) << 63;
    return 0;
}

/// The fewest digits that are read as the number with these bits, and of those the nearest: value = digits * 10^*ten.
static uint64_t shortest(uint64_t bits, int32_t precision, int32_t *ten) {
    int32_t exponent;
    uint64_t mantissa = unpack(bits, precision, &exponent), digits = 0;
    whole number = from(1);
    *ten = (exponent + 64) * 1233 / 4096 + 1; // at least the decimal exponent
    while (compare(&number, *ten, 0, mantissa, exponent) > 0) (*ten)--;
    for (;; (*ten)--) {
        digits *= 10;
        for (;; digits++) {
            number = from(digits + 1);
            if (compare(&number, *ten, 0, mantissa, exponent) > 0) break;
        }
        int below = rounds_to(digits, *ten, bits, precision), above = rounds_to(digits + 1, *ten, bits, precision);
        if (!below && !above) continue;
        number = from(2 * digits + 1);
        int32_t middle = compare(&number, *ten, 0, mantissa, exponent + 1);
        return digits + (above && (!below || middle < 0 || (middle == 0 && (digits & 1))));
    }
}

/// Writes `number` in decimal, with at least `least` digits. - Returns: what follows.
static char *put(char *text, uint64_t number, uint64_t base, int32_t least) {
    if (number >= base || least > 1) text = put(text, number / base, base, least - 1);
    *text = "0123456789abcdef"[number % base];
    return text + 1;
}

static char *put_finite(char *text, uint64_t bits, int32_t precision) {
    int32_t ten = 0, binary;
    uint64_t digits = bits ? shortest(bits, precision, &ten) : 0;
    uint64_t mantissa = unpack(bits, precision, &binary);
    for (; digits && digits % 10 == 0; digits /= 10) ten++;
    char buffer[24];
    int32_t count = (int32_t)(put(buffer, digits, 10, 1) - buffer), point = count + ten; // the number is 0.digits * 10^point
    // Every whole number up to this one is exact.
    int is_large = binary > 1 || (binary == 1 && mantissa > UINT64_C(1) << (precision - 1));
    int is_exponential = point < -3 || is_large;
    int32_t before = is_exponential ? 1 : point > 0 ? point : 0;
    if (!before) *text++ = '0';
    for (int32_t i = 0; i < before; i++) *text++ = i < count ? buffer[i] : '0';
    if (!is_exponential || count > 1) *text++ = '.';
    if (!is_exponential) for (int32_t i = point; i < 0; i++) *text++ = '0';
    for (int32_t i = before; i < count; i++) *text++ = buffer[i];
    if (text[-1] == '.') *text++ = '0';
    if (is_exponential) {
        *text++ = 'e', *text++ = point > 0 ? '+' : '-';
        text = put(text, (uint64_t)(point > 0 ? point - 1 : 1 - point), 10, 2);
    }
    return text;
}

int32_t precast_number_text(uint64_t bits, int32_t precision, uint8_t *buffer) {
    char *text = (char *)buffer, *end = text;
    uint64_t sign = precision == 24 ? UINT64_C(1) << 31 : UINT64_C(1) << 63, quiet = UINT64_C(1) << (precision - 2);
    uint64_t payload = bits & (quiet / 2 - 1);
    if (bits & sign) *end++ = '-';
    bits &= sign - 1;
    if (bits < infinity(precision)) return (int32_t)(put_finite(end, bits, precision) - text);
    if (bits == infinity(precision)) { memcpy(end, "inf", 3); return (int32_t)(end + 3 - text); }
    if (!(bits & quiet)) *end++ = 's';
    memcpy(end, "nan", 3), end += 3;
    if (payload) memcpy(end, "(0x", 3), end = put(end + 3, payload, 16, 1), *end++ = ')';
    return (int32_t)(end - text);
}
