/* The pairs inside blocks: made, sampled by a hash without being kept, and the distinct ones of several rules. */

#include "kernels.h"

#define RULE_BITS 5

typedef struct {
    const int32_t *members;
    const int64_t *starts, *lengths;
    int64_t count, window; /* window < 0: none */
} blocks_t;

static inline uint64_t code_of(int32_t one, int32_t other, int64_t width) {
    uint64_t low = (uint32_t)(one < other ? one : other), high = (uint32_t)(one < other ? other : one);
    return low << width | high;
}

static inline int64_t last_of(const blocks_t *b, int64_t block, int64_t place) {
    int64_t stop = b->starts[block] + b->lengths[block];
    return b->window >= 0 && place + b->window + 1 < stop ? place + b->window + 1 : stop;
}

/* A word for each pair whose smaller record is in a range: its code, smaller << width | larger, and below it the rule.
   Only the first `room` are kept, and `words` has a place more; returns how many there are. */
EXPORT int64_t crmclean_pair_words(
    const int32_t *members, const int64_t *starts, const int64_t *lengths, int64_t blocks, int64_t window,
    int64_t width, int64_t rule, int64_t low, int64_t high, int64_t room, uint64_t *words
) {
    blocks_t b = {members, starts, lengths, blocks, window};
    int64_t made = 0;
    for (int64_t block = 0; block < b.count; block++)
        for (int64_t one = starts[block]; one < starts[block] + lengths[block]; one++)
            for (int64_t other = one + 1, stop = last_of(&b, block, one); other < stop; other++) {
                int32_t smaller = members[one] < members[other] ? members[one] : members[other];
                words[made < room ? made : room] = code_of(members[one], members[other], width) << RULE_BITS
                    | (uint64_t)rule; /* whichever it is: no branch to guess wrong */
                made += (smaller >= low) & (smaller < high);
            }
    return made;
}

/* The codes whose hash is below a limit (the bits of an unsigned number). Only the first `room` are kept, and `codes` has
   a place more; returns how many there are. */
EXPORT int64_t crmclean_pair_sample(
    const int32_t *members, const int64_t *starts, const int64_t *lengths, int64_t blocks, int64_t window,
    int64_t width, int64_t limit, int64_t room, uint64_t *codes
) {
    blocks_t b = {members, starts, lengths, blocks, window};
    int64_t made = 0;
    for (int64_t block = 0; block < b.count; block++)
        for (int64_t one = starts[block]; one < starts[block] + lengths[block]; one++)
            for (int64_t other = one + 1, stop = last_of(&b, block, one); other < stop; other++) {
                uint64_t code = code_of(members[one], members[other], width);
                codes[made < room ? made : room] = code; /* whichever it is: no branch to guess wrong */
                made += mix64(code) < (uint64_t)limit;
            }
    return made;
}

/* The distinct codes of words sorted by their codes, as left and right, each with its rules as bits. Returns how many
   there are. */
EXPORT int64_t crmclean_distinct_pairs(
    const uint64_t *words, int64_t count, int64_t width, int32_t *left, int32_t *right, uint32_t *rules
) {
    uint64_t mask = ((uint64_t)1 << width) - 1, before = 0;
    int64_t made = 0;
    for (int64_t i = 0; i < count; i++) {
        uint64_t code = words[i] >> RULE_BITS;
        uint32_t rule = (uint32_t)1 << (words[i] & ((1 << RULE_BITS) - 1));
        if (made && code == before) {
            rules[made - 1] |= rule;
            continue;
        }
        left[made] = (int32_t)(code >> width);
        right[made] = (int32_t)(code & mask);
        rules[made++] = rule;
        before = code;
    }
    return made;
}
