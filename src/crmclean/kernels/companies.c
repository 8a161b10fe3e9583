/* Keys of company names in plain letters. */

#include "letters.h"
#include "words.h"

#define WORDS 32   /* in a name, at most */
#define PHRASES 2  /* legal forms of several words in a name, at most; of any more, the first */

/* Bits of words. A phrase is a legal form of several words, OPENING the first of them. */
enum { LEADING = 1, TRAILING = 2, PAIRED = 4, CONJUNCTION = 8, ARTICLE = 16, OPENING = 32, PHRASE = 64, OTHER = 128 };

typedef struct {
    int64_t count;
    int64_t starts[WORDS], ends[WORDS];
    uint8_t bits[WORDS];
} company_t;

/* signs that are words, and what may make a word of "d/b/a", "t/a" or "dba" that is none when folded */
static const uint8_t ODD[256] = {['&'] = 1, ['+'] = 1, ['/'] = 1, ['_'] = 1, ['\''] = 1, ['`'] = 1};

/* Whether signs, letters of other alphabets or a form glued to the name need the Python version. */
static int is_odd(const uint8_t *text, int64_t length) {
    int64_t small = 0;
    for (int64_t at = 0; at < length; at++) {
        uint8_t byte = text[at];
        if (byte > '~' || byte < ' ' || ODD[byte]) return 1;
        if (byte >= 'A' && byte <= 'Z' && small >= 3) return 1;
        small = byte >= 'a' && byte <= 'z' ? small + 1 : 0;
    }
    return 0;
}

static inline int is_letter(const uint8_t *word, int64_t length) {
    return length == 1 && *word >= 'a' && *word <= 'z';
}

/* Split a folded name into words, a run of single letters into one; 0 where there are too many. */
static int split(uint8_t *folded, int64_t length, company_t *name) {
    int64_t end = 0, lettered = 0;
    name->count = 0;
    for (int64_t start = 0; start < length;) {
        const uint8_t *space = memchr(folded + start, ' ', (size_t)(length - start));
        int64_t size = (space ? space - folded : length) - start;
        int letter = is_letter(folded + start, size);
        if (!(letter && lettered)) {
            if (name->count == WORDS) return 0;
            if (name->count) folded[end++] = ' ';
            name->starts[name->count++] = end;
        }
        memmove(folded + end, folded + start, (size_t)size);
        end += size;
        name->ends[name->count - 1] = end;
        lettered = letter;
        start += size + 1;
    }
    return 1;
}

/* Whether "d.b.a." may be within initials. */
static int has_dba(const uint8_t *word, int64_t length) {
    for (int64_t at = 0; at + 3 <= length; at++)
        if (!memcmp(word + at, "dba", 3)) return 1;
    return 0;
}

/* Make one word of a phrase that begins at a word; 1 where there is one. The longest wins. */
static int join_phrase(const uint8_t *folded, const words_t *phrases, company_t *name, int64_t first) {
    for (int64_t last = name->count - 1; last > first; last--) {
        const uint8_t *phrase = folded + name->starts[first];
        uint8_t bits = words_bits(phrases, phrase, folded + name->ends[last] - phrase);
        if (!(bits & PHRASE)) continue;
        int64_t fewer = last - first;
        name->ends[first] = name->ends[last];
        name->bits[first] = bits;
        name->count -= fewer;
        for (int64_t i = first + 1; i < name->count; i++) {
            name->starts[i] = name->starts[i + fewer];
            name->ends[i] = name->ends[i + fewer];
            name->bits[i] = name->bits[i + fewer];
        }
        return 1;
    }
    return 0;
}

/* Peel legal forms and articles off both ends, and conjunctions off the back; one word remains. */
static void trim(const company_t *name, int64_t *start, int64_t *stop) {
    uint8_t back = TRAILING | CONJUNCTION | ARTICLE, front = LEADING | ARTICLE;
    if (name->count > 1 && name->bits[name->count - 1] & TRAILING) front |= PAIRED;
    for (int moved = 1; moved;) {
        moved = 0;
        if (*stop - *start > 1 && name->bits[*start] & front) ++*start, moved = 1;
        if (*stop - *start > 1 && name->bits[*stop - 1] & back) --*stop, moved = 1;
    }
}

static int64_t company_key(
    const uint8_t *text, int64_t length, const letters_t *table, const words_t *listed, uint8_t *made
) {
    if (is_odd(text, length)) return LEFT_OUT;
    int64_t size = fold_letters(text, length, table, made);
    if (size <= 0) return size;
    company_t name;
    if (!split(made, size, &name)) return LEFT_OUT;
    for (int64_t i = 0; i < name.count; i++) {
        name.bits[i] = words_bits(listed, made + name.starts[i], name.ends[i] - name.starts[i]);
        if (name.bits[i] & OTHER || has_dba(made + name.starts[i], name.ends[i] - name.starts[i])) return LEFT_OUT;
    }
    for (int64_t i = 0, found = 0; i < name.count && found < PHRASES; i++)
        if (name.bits[i] & OPENING) found += join_phrase(made, listed, &name, i);
    int64_t start = 0, stop = name.count, end = 0;
    trim(&name, &start, &stop);
    for (int64_t i = start; i < stop; i++) {
        if (name.bits[i] & CONJUNCTION && i > start && i < stop - 1) continue;
        if (end) made[end++] = ' ';
        memmove(made + end, made + name.starts[i], (size_t)(name.ends[i] - name.starts[i]));
        end += name.ends[i] - name.starts[i];
    }
    return end;
}

EXPORT int64_t crmclean_company_keys(
    const int64_t *offsets, const uint8_t *data, int64_t count, const uint8_t *letters, const uint8_t *sizes,
    int64_t known, const int64_t *word_offsets, const uint8_t *word_data, const uint8_t *word_bits, int64_t word_count,
    int64_t *ends, uint8_t *made, uint8_t *left_out
) {
    letters_t table = {letters, sizes, known};
    words_t listed;
    if (!words_open(&listed, word_offsets, word_data, word_bits, word_count)) return -1;
    EACH_TEXT(company_key(text, length, &table, &listed, place));
    words_close(&listed);
    return end;
}
