/* Words rewritten by rules, each "before" replaced by its "after" from left to right, one rule after the other. */

#include "texts.h"

#define ROOM 256 /* bytes of a word as it is rewritten, its "^" and "$" included */

typedef struct {
    const uint8_t *before, *after;
    int64_t before_size, after_size;
    uint64_t needs; /* the bytes of `before`, modulo 64 */
} rule_t;

typedef struct {
    rule_t *rules;
    int64_t count;
    const uint8_t *last;   /* what a byte becomes after the rules */
    const uint8_t *single; /* whether a run of it is one */
    const uint8_t *kept;   /* what is left of it at the end, 0 for nothing */
} rewriter_t;

static uint64_t set_of(const uint8_t *bytes, int64_t length) {
    uint64_t set = 0;
    for (int64_t i = 0; i < length; i++) set |= (uint64_t)1 << (bytes[i] & 63);
    return set;
}

/* Apply a rule to `word`, with `other` as room; the size, or -1 where that does not suffice. */
static int64_t apply(const rule_t *rule, uint8_t *word, int64_t size, uint8_t *other) {
    int64_t made = 0, copied = 0;
    for (int64_t at = 0; at + rule->before_size <= size;) {
        if (word[at] != rule->before[0] || memcmp(word + at, rule->before, (size_t)rule->before_size)) {
            at++;
            continue;
        }
        if (made + at - copied + rule->after_size > ROOM) return -1;
        memcpy(other + made, word + copied, (size_t)(at - copied));
        made += at - copied;
        memcpy(other + made, rule->after, (size_t)rule->after_size);
        made += rule->after_size;
        copied = at += rule->before_size;
    }
    if (!copied) return size;
    if (made + size - copied > ROOM) return -1;
    memcpy(other + made, word + copied, (size_t)(size - copied));
    made += size - copied;
    memcpy(word, other, (size_t)made);
    return made;
}

/* Rewrite a word to `made`, which has ROOM bytes; the size, or LEFT_OUT. */
static int64_t rewrite(const rewriter_t *by, const uint8_t *text, int64_t length, uint8_t *made) {
    uint8_t word[ROOM], other[ROOM];
    if (length + 2 > ROOM) return LEFT_OUT;
    for (int64_t i = 0; i < length; i++)
        if (text[i] > '~' || text[i] == '^' || text[i] == '$') return LEFT_OUT;
    word[0] = '^';
    memcpy(word + 1, text, (size_t)length);
    word[length + 1] = '$';
    int64_t size = length + 2;
    uint64_t set = set_of(word, size);
    for (int64_t i = 0; i < by->count; i++) {
        const rule_t *rule = &by->rules[i];
        if (rule->needs & ~set) continue;
        size = apply(rule, word, size, other);
        if (size < 0) return LEFT_OUT;
        set |= set_of(rule->after, rule->after_size);
    }
    int64_t end = 0;
    uint8_t before = 0;
    for (int64_t i = 0; i < size; i++) {
        uint8_t byte = by->last[word[i]];
        if (byte != before || !by->single[byte])
            if (by->kept[byte]) made[end++] = by->kept[byte];
        before = byte;
    }
    return end;
}

/* The words of a value one by one, single spaces between them; `wholly` takes a value for one word. */
static int64_t rewrite_text(
    const rewriter_t *by, const uint8_t *text, int64_t length, int64_t wholly, int64_t room, uint8_t *made
) {
    uint8_t word[ROOM];
    int64_t end = 0, words = 0;
    for (int64_t start = 0; start < length || (wholly && !words);) {
        int64_t stop = start;
        while (stop < length && (wholly || text[stop] != ' ')) stop++;
        if (stop > start || wholly) {
            int64_t size = rewrite(by, text + start, stop - start, word);
            if (size == LEFT_OUT || end + size + (words > 0) > room) return LEFT_OUT;
            if (words++) made[end++] = ' ';
            memcpy(made + end, word, (size_t)size);
            end += size;
        }
        start = stop + 1;
    }
    return end;
}

static void read_rules(
    rule_t *rules, int64_t count, const int64_t *befores, const uint8_t *before, const int64_t *afters,
    const uint8_t *after
) {
    for (int64_t i = 0; i < count; i++) {
        rules[i] = (rule_t){
            before + befores[i], after + afters[i], befores[i + 1] - befores[i], afters[i + 1] - afters[i], 0,
        };
        rules[i].needs = set_of(rules[i].before, rules[i].before_size);
    }
}

/* No `before` is empty. A value that becomes longer than it was is left out. */
EXPORT int64_t crmclean_rewrite_words(
    const int64_t *offsets, const uint8_t *data, int64_t count, const int64_t *befores, const uint8_t *before,
    const int64_t *afters, const uint8_t *after, int64_t rule_count, const uint8_t *last, const uint8_t *single,
    const uint8_t *kept, int64_t wholly, int64_t *ends, uint8_t *made, uint8_t *left_out
) {
    rewriter_t by = {malloc((size_t)(rule_count + 1) * sizeof(rule_t)), rule_count, last, single, kept};
    if (!by.rules) return -1;
    read_rules(by.rules, rule_count, befores, before, afters, after);
    EACH_TEXT(rewrite_text(&by, text, length, wholly, length, place));
    free(by.rules);
    return end;
}
