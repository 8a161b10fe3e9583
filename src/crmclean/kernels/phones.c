/* The last nine digits of plain telephone numbers. */

#include "texts.h"

#define KEPT 9
#define LEAST 6
#define EXTENSION 6 /* digits of one, at most */

static inline int is_ext(const uint8_t *text, int64_t length) {
    return length >= 3 && lower(text[0]) == 'e' && lower(text[1]) == 'x' && lower(text[2]) == 't';
}

/* Whether a number ends here in ";ext=5", "ext. 5", "ext 5" or "x5"; words stand behind a space. */
static int is_extension(const uint8_t *text, int64_t length, int spaced) {
    int64_t at;
    if (length > 5 && text[0] == ';' && is_ext(text + 1, length - 1) && text[4] == '=') {
        at = 5;
    } else {
        if (!spaced) return 0;
        if (is_ext(text, length)) at = 3;
        else if (lower(text[0]) == 'x') at = 1;
        else return 0;
        if (at < length && text[at] == '.') at++;
        while (at < length && text[at] == ' ') at++;
    }
    int64_t digits = 0;
    for (; at < length && is_digit(text[at]); at++) digits++;
    return at == length && digits > 0 && digits <= EXTENSION;
}

/* Whether the first three digits are those of a number that is counted or a pattern of two or three digits. */
static inline int may_fill(const uint8_t *digits) {
    int start = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + digits[2] - '0';
    return start == 123 || start == 112 || start == 121 || start == 101 || start == 110 || start == 987 || start == 654;
}

/* All digits without the zeros in front and the first "(0)", up to an extension. */
static int64_t all_digits(const uint8_t *text, int64_t length, uint8_t *made) {
    int64_t size = 0, bracketed = 0;
    for (int64_t at = 0; at < length; at++) {
        uint8_t byte = text[at];
        if (is_digit(byte)) {
            if (size || byte != '0') made[size++] = byte;
        } else if (byte == ';' || (lower(byte) >= 'a' && lower(byte) <= 'z')) {
            return is_extension(text + at, length - at, at && text[at - 1] == ' ') ? size : LEFT_OUT;
        } else if (byte < ' ' || byte > '~' || byte == '#' || byte == ',' || byte == '|') {
            return LEFT_OUT;
        } else if (byte == '/') { /* a second number, if there is a space */
            if ((at && text[at - 1] == ' ') || (at + 1 < length && text[at + 1] == ' ')) return LEFT_OUT;
        } else if (byte == '(' && !bracketed && at + 2 < length && text[at + 1] == '0' && text[at + 2] == ')') {
            bracketed = 1;
            at += 2;
        }
    }
    return size;
}

static int64_t phone_key(const uint8_t *text, int64_t length, uint8_t *made) {
    int64_t size = all_digits(text, length, made);
    if (size < LEAST) return size == LEFT_OUT ? LEFT_OUT : 0;
    if (may_fill(made)) return LEFT_OUT;
    int64_t kept = size < KEPT ? size : KEPT, same = 1;
    memmove(made, made + size - kept, (size_t)kept);
    for (int64_t at = 1; at < kept; at++) same &= made[at] == made[0];
    return same ? 0 : kept;
}

EXPORT int64_t crmclean_phone_keys(
    const int64_t *offsets, const uint8_t *data, int64_t count, int64_t *ends, uint8_t *made, uint8_t *left_out
) {
    EACH_TEXT(phone_key(text, length, place));
    return end;
}
