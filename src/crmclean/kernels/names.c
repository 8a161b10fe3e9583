/* Folded letters, and the keys and generations of people's names in Latin letters. */

#include "letters.h"
#include "words.h"

#define WORDS 32 /* in a name, at most */

/* Bits of the words before and behind names. */
enum { LEADING = 1, TRAILING = 2, WEAK = 4, HALF = 32, OTHER_HALF = 64 };

EXPORT int64_t crmclean_fold_letters(
    const int64_t *offsets, const uint8_t *data, int64_t count, const uint8_t *letters, const uint8_t *sizes,
    int64_t known, int64_t *ends, uint8_t *made, uint8_t *left_out
) {
    letters_t table = {letters, sizes, known};
    EACH_TEXT(fold_letters(text, length, &table, place));
    return end;
}

/* Whether a name ends in "sen." or "jun.", or has a byte that only the Python version is sure about. */
static int is_odd(const uint8_t *text, int64_t length, const char *odd) {
    for (int64_t at = 0; at < length; at++)
        if (text[at] < ' ' || strchr(odd, text[at])) return 1;
    while (length && text[length - 1] == ' ') length--;
    return length > 4 && text[length - 1] == '.'
        && (!memcmp(text + length - 4, "sen", 3) || !memcmp(text + length - 4, "jun", 3));
}

typedef struct {
    int64_t count;
    int64_t starts[WORDS + 1]; /* and one behind the space after the last word */
    uint8_t bits[WORDS];
} name_t;

/* Split a folded name into words; 0 where there are too many. */
static int split(const uint8_t *folded, int64_t length, const words_t *listed, name_t *name) {
    name->count = 0;
    for (int64_t start = 0; start < length;) {
        if (name->count == WORDS) return 0;
        const uint8_t *space = memchr(folded + start, ' ', (size_t)(length - start));
        int64_t stop = space ? space - folded : length;
        name->starts[name->count] = start;
        name->bits[name->count++] = words_bits(listed, folded + start, stop - start);
        start = stop + 1;
    }
    name->starts[name->count] = length + 1;
    return 1;
}

/* Peel titles off the front and degrees and generations off the back, as long as more than `keep` words remain. */
static void trim(const name_t *name, int64_t *start, int64_t *stop, uint8_t front, uint8_t back, int64_t keep) {
    for (int moved = 1; moved;) {
        moved = 0;
        if (*stop - *start > keep && name->bits[*start] & front) ++*start, moved = 1;
        if (*stop - *start > keep && name->bits[*stop - 1] & back) --*stop, moved = 1;
    }
}

static int64_t name_key(
    const uint8_t *text, int64_t length, const letters_t *table, const words_t *titles, uint8_t *made
) {
    if (is_odd(text, length, ",")) return LEFT_OUT;
    int64_t size = fold_letters(text, length, table, made);
    if (size <= 0) return size;
    name_t name;
    if (!split(made, size, titles, &name)) return LEFT_OUT;
    for (int64_t i = 1; i < name.count; i++) /* a title of two words */
        if (name.bits[i - 1] & HALF && name.bits[i] & OTHER_HALF) return LEFT_OUT;
    int64_t start = 0, stop = name.count, before;
    do {
        before = stop - start;
        trim(&name, &start, &stop, LEADING, TRAILING, 1);
        trim(&name, &start, &stop, WEAK, 0, 2);
    } while (stop - start < before);
    size = name.starts[stop] - 1 - name.starts[start];
    memmove(made, made + name.starts[start], (size_t)size);
    return size;
}

EXPORT int64_t crmclean_name_keys(
    const int64_t *offsets, const uint8_t *data, int64_t count, const uint8_t *letters, const uint8_t *sizes,
    int64_t known, const int64_t *title_offsets, const uint8_t *title_data, const uint8_t *title_bits,
    int64_t title_count, int64_t *ends, uint8_t *made, uint8_t *left_out
) {
    letters_t table = {letters, sizes, known};
    words_t titles;
    if (!words_open(&titles, title_offsets, title_data, title_bits, title_count)) return -1;
    EACH_TEXT(name_key(text, length, &table, &titles, place));
    words_close(&titles);
    return end;
}

/* The first word behind another that is a generation, by its suffix; nothing where there is none. */
static int64_t name_suffix(
    const uint8_t *text, int64_t length, const letters_t *table, const words_t *generations, const int64_t *offsets,
    const uint8_t *suffixes, uint8_t *made
) {
    if (is_odd(text, length, "'`")) return LEFT_OUT; /* what joins two words may make a generation of them */
    int64_t size = fold_letters(text, length, table, made);
    if (size <= 0) return size;
    name_t name;
    if (!split(made, size, generations, &name)) return LEFT_OUT;
    for (int64_t i = 1; i < name.count; i++) {
        int64_t number = name.bits[i];
        if (!number) continue;
        size = offsets[number] - offsets[number - 1];
        memcpy(made, suffixes + offsets[number - 1], (size_t)size);
        return size;
    }
    return 0;
}

/* `generation_bits` number the suffixes from 1 on; none is longer than a word for it. */
EXPORT int64_t crmclean_name_suffixes(
    const int64_t *offsets, const uint8_t *data, int64_t count, const uint8_t *letters, const uint8_t *sizes,
    int64_t known, const int64_t *word_offsets, const uint8_t *word_data, const uint8_t *generation_bits,
    int64_t word_count, const int64_t *suffix_offsets, const uint8_t *suffixes, int64_t *ends,
    uint8_t *made, uint8_t *left_out
) {
    letters_t table = {letters, sizes, known};
    words_t words;
    if (!words_open(&words, word_offsets, word_data, generation_bits, word_count)) return -1;
    EACH_TEXT(name_suffix(text, length, &table, &words, suffix_offsets, suffixes, place));
    words_close(&words);
    return end;
}
