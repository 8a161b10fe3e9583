/* Keys and parts of plain mailbox addresses. */

#include "texts.h"

enum { KEY, LOCAL, DOMAIN };

/* what stands around an address, or between two */
static const uint8_t ODD[256] = {
    ['<'] = 1, ['>'] = 1, [','] = 1, [';'] = 1, [':'] = 1, ['\''] = 1, ['"'] = 1, ['('] = 1, [')'] = 1,
};

/* Cut the spaces off both ends; 0 where anything else may have to go. */
static int is_plain(const uint8_t **text, int64_t *length) {
    while (*length && **text == ' ') ++*text, --*length;
    while (*length && (*text)[*length - 1] == ' ') --*length;
    for (int64_t at = 0; at < *length; at++) {
        uint8_t byte = (*text)[at];
        if (byte <= ' ' || byte > '~' || ODD[byte]) return 0;
    }
    return !*length || (*text)[*length - 1] != '.';
}

static int64_t copy_lower(const uint8_t *text, int64_t length, uint8_t *made) {
    for (int64_t at = 0; at < length; at++) made[at] = lower(text[at]);
    return length;
}

static int is_same(const uint8_t *text, int64_t length, const char *other) {
    if (length != (int64_t)strlen(other)) return 0;
    for (int64_t at = 0; at < length; at++)
        if (lower(text[at]) != other[at]) return 0;
    return 1;
}

static int64_t email_part(const uint8_t *text, int64_t length, int64_t part, uint8_t *made) {
    if (!is_plain(&text, &length)) return LEFT_OUT;
    int64_t at = length - 1, size = 0;
    while (at > 0 && text[at] != '@') at--;
    if (at <= 0 || at == length - 1) return 0; /* there are both parts, or it is no address */
    const uint8_t *domain = text + at + 1;
    int64_t rest = length - at - 1;
    if (part == DOMAIN) return copy_lower(domain, rest, made);
    int google = part == KEY && (is_same(domain, rest, "gmail.com") || is_same(domain, rest, "googlemail.com"));
    const uint8_t *tag = *text == '+' ? NULL : memchr(text, '+', (size_t)at);
    int64_t local = tag ? tag - text : at;
    for (int64_t i = 0; i < local; i++)
        if (!google || text[i] != '.') made[size++] = lower(text[i]);
    if (part == LOCAL) return size;
    made[size++] = '@';
    if (!google) return size + copy_lower(domain, rest, made + size);
    memcpy(made + size, "gmail.com", 9);
    return size + 9;
}

EXPORT int64_t crmclean_email_parts(
    const int64_t *offsets, const uint8_t *data, int64_t count, int64_t part, int64_t *ends, uint8_t *made,
    uint8_t *left_out
) {
    EACH_TEXT(email_part(text, length, part, place));
    return end;
}

/* Lower case, without dots, hyphens, low lines and the digits at the end. */
static int64_t role_word(const uint8_t *text, int64_t length, uint8_t *made) {
    int64_t size = 0;
    while (length && is_digit(text[length - 1])) length--;
    for (int64_t at = 0; at < length; at++) {
        if (text[at] > '~') return LEFT_OUT;
        if (text[at] != '.' && text[at] != '_' && text[at] != '-') made[size++] = lower(text[at]);
    }
    return size;
}

EXPORT int64_t crmclean_role_words(
    const int64_t *offsets, const uint8_t *data, int64_t count, int64_t *ends, uint8_t *made, uint8_t *left_out
) {
    EACH_TEXT(role_word(text, length, place));
    return end;
}
