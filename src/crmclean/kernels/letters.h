/* Letters folded to ASCII, by a table of the two-byte and some of the three-byte characters of UTF-8. */

#ifndef CRMCLEAN_LETTERS_H
#define CRMCLEAN_LETTERS_H

#include "texts.h"

/* Two bytes for each character of the table, and how many of them it folds to; UNKNOWN is for the Python version. */
typedef struct {
    const uint8_t *letters, *sizes;
    int64_t count; /* characters from 0 on */
} letters_t;

#define UNKNOWN 255

/* The character at a place, or -1 where it has no fold in the table; `*at` is moved behind it. */
static inline int64_t next_letter(const uint8_t *text, int64_t length, int64_t *at, const letters_t *table) {
    int64_t point = text[(*at)++];
    if (point >= 0xC2 && point < 0xE0 && *at < length) {
        point = (point & 0x1F) << 6 | (text[(*at)++] & 0x3F);
    } else if (point >= 0xE0 && point < 0xF0 && *at + 1 < length) {
        point = (point & 0xF) << 12 | (text[*at] & 0x3F) << 6 | (text[*at + 1] & 0x3F);
        *at += 2;
    } else if (point >= 0x80) {
        return -1;
    }
    return point < table->count && table->sizes[point] != UNKNOWN ? point : -1;
}

/* A text folded: words in lower case with single spaces between them. LEFT_OUT where a character is unknown. */
static inline int64_t fold_letters(const uint8_t *text, int64_t length, const letters_t *table, uint8_t *made) {
    int64_t size = 0, spaced = 0;
    for (int64_t at = 0; at < length;) {
        int64_t point = next_letter(text, length, &at, table);
        if (point < 0) return LEFT_OUT;
        for (int64_t i = 0; i < table->sizes[point]; i++) {
            uint8_t letter = table->letters[2 * point + i];
            if (letter == ' ') {
                spaced = size > 0;
                continue;
            }
            if (spaced) made[size++] = ' ';
            spaced = 0;
            made[size++] = letter;
        }
    }
    return size;
}

#endif
