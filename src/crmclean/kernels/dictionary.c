/* The distinct values of Arrow text: a code for each value, numbered by first appearance; 0 is "" and null. */

#include "kernels.h"

#define BATCH 32 /* values whose places in the table are fetched together */
#define FIRST_SLOTS 1024

typedef struct {
    uint32_t code; /* 0: free */
    uint32_t mark; /* of the hash, to tell most other values without looking at them */
} slot_t;

typedef struct {
    const int64_t *offsets;
    const uint8_t *data;
    int64_t *first; /* position of the first value of each code; the caller's, long enough */
    uint64_t *hashes;
    int64_t codes, room;
    slot_t *slots;
    uint64_t mask;
} table_t;

static inline int is_null(const uint8_t *valid, int64_t place) {
    return valid && !(valid[place >> 3] >> (place & 7) & 1);
}

static inline int same_text(const table_t *t, int64_t one, int64_t other) {
    int64_t length = t->offsets[one + 1] - t->offsets[one];
    return length == t->offsets[other + 1] - t->offsets[other]
        && same_bytes(t->data + t->offsets[one], t->data + t->offsets[other], length);
}

/* Make room for another code, in the table and in the list of hashes. */
static int grow(table_t *t) {
    if (t->codes + 1 >= t->room) {
        int64_t room = t->room * 2;
        uint64_t *hashes = realloc(t->hashes, (size_t)room * sizeof *hashes);
        if (!hashes) return 0;
        t->hashes = hashes;
        t->room = room;
    }
    if ((uint64_t)t->codes * 2 < t->mask) return 1;
    uint64_t mask = t->mask * 2 + 1;
    slot_t *slots = calloc((size_t)mask + 1, sizeof *slots);
    if (!slots) return 0;
    for (int64_t code = 1; code <= t->codes; code++) {
        uint64_t at = t->hashes[code] & mask;
        while (slots[at].code) at = (at + 1) & mask;
        slots[at] = (slot_t){(uint32_t)code, (uint32_t)(t->hashes[code] >> 32)};
    }
    free(t->slots);
    t->slots = slots;
    t->mask = mask;
    return 1;
}

static int64_t code_of(table_t *t, int64_t place, uint64_t hash) {
    uint64_t at = hash & t->mask;
    uint32_t mark = (uint32_t)(hash >> 32);
    for (; t->slots[at].code; at = (at + 1) & t->mask)
        if (t->slots[at].mark == mark && same_text(t, t->first[t->slots[at].code], place)) return t->slots[at].code;
    if (!grow(t)) return -1;
    at = hash & t->mask;
    while (t->slots[at].code) at = (at + 1) & t->mask;
    t->codes++;
    t->slots[at] = (slot_t){(uint32_t)t->codes, mark};
    t->hashes[t->codes] = hash;
    t->first[t->codes] = place;
    return t->codes;
}

static int code_batch(table_t *t, const uint8_t *valid, int64_t bit, int64_t start, int64_t stop, int32_t *codes) {
    uint64_t hashes[BATCH];
    for (int64_t place = start; place < stop; place++) {
        int64_t length = is_null(valid, place + bit) ? 0 : t->offsets[place + 1] - t->offsets[place];
        hashes[place - start] = length ? hash_bytes(t->data + t->offsets[place], length) : 0;
        codes[place] = length > 0;
        __builtin_prefetch(&t->slots[hashes[place - start] & t->mask]);
    }
    for (int64_t place = start; place < stop; place++) { /* most values are at their first place, if they are known */
        slot_t slot = t->slots[hashes[place - start] & t->mask];
        if (slot.code) __builtin_prefetch(&t->offsets[t->first[slot.code]]);
    }
    for (int64_t place = start; place < stop; place++) {
        if (!codes[place]) continue;
        int64_t code = code_of(t, place, hashes[place - start]);
        if (code < 0) return 0;
        codes[place] = (int32_t)code;
    }
    return 1;
}

/* Codes of `count` texts (fewer than 2^31), and in `first` (count + 1 places) where each code was first met.
   `valid` is a bitmap read from bit `bit` on, or NULL for none (has_nulls = 0). Returns the number of codes besides 0,
   or -1 where memory does not suffice. */
EXPORT int64_t crmclean_dictionary_codes(
    const int64_t *offsets, const uint8_t *data, const uint8_t *valid, int64_t has_nulls, int64_t bit, int64_t count,
    int32_t *codes, int64_t *first
) {
    table_t t = {offsets, data, first, NULL, 0, FIRST_SLOTS, NULL, FIRST_SLOTS - 1};
    t.hashes = malloc(FIRST_SLOTS * sizeof *t.hashes);
    t.slots = calloc(FIRST_SLOTS, sizeof *t.slots);
    int good = t.hashes && t.slots;
    for (int64_t start = 0; good && start < count; start += BATCH)
        good = code_batch(&t, has_nulls ? valid : NULL, bit, start, start + BATCH < count ? start + BATCH : count, codes);
    free(t.hashes);
    free(t.slots);
    return good ? t.codes : -1;
}

/* The texts at some places, "" before them: `ends` has count + 2 places; `made` is filled only where it is long enough
   (`room` bytes). Returns the bytes they take. */
EXPORT int64_t crmclean_dictionary_values(
    const int64_t *offsets, const uint8_t *data, const int64_t *places, int64_t count, int64_t room, int64_t *ends,
    uint8_t *made
) {
    int64_t end = 0;
    ends[0] = 0;
    ends[1] = 0;
    for (int64_t i = 0; i < count; i++) {
        int64_t start = offsets[places[i]], length = offsets[places[i] + 1] - start;
        if (end + length <= room) memcpy(made + end, data + start, (size_t)length);
        end += length;
        ends[i + 2] = end;
    }
    return end;
}
