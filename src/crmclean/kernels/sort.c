/* Sorting words by some of their bits: least significant digits first, so that equal ones keep their order. */

#include "kernels.h"

#define DIGIT 11 /* bits at most: 2^11 places to write to stay in the cache */
#define PASSES 6

/* Sort `count` words by their bits from `low` to below `high`, at most 64. `spare` has room for as many. Returns 0
   where the result is in `words` and 1 where it is in `spare`. */
EXPORT int64_t crmclean_sort_words(uint64_t *words, uint64_t *spare, int64_t count, int64_t low, int64_t high) {
    int passes = (int)((high - low + DIGIT - 1) / DIGIT);
    if (passes <= 0 || count < 2) return 0;
    int bits = (int)((high - low + passes - 1) / passes);
    uint64_t mask = ((uint64_t)1 << bits) - 1;
    int64_t places[PASSES][1 << DIGIT];
    memset(places, 0, sizeof places[0] * (size_t)passes);
    for (int64_t i = 0; i < count; i++) {
        uint64_t rest = words[i] >> low;
        for (int pass = 0; pass < passes; pass++, rest >>= bits) places[pass][rest & mask]++;
    }
    uint64_t *from = words, *to = spare;
    for (int pass = 0; pass < passes; pass++) {
        int shift = (int)low + pass * bits;
        int64_t *place = places[pass], start = 0;
        if (place[from[0] >> shift & mask] == count) continue; /* all have this digit */
        for (uint64_t digit = 0; digit <= mask; digit++) {
            int64_t of_digit = place[digit];
            place[digit] = start;
            start += of_digit;
        }
        for (int64_t i = 0; i < count; i++) to[place[from[i] >> shift & mask]++] = from[i];
        uint64_t *other = from;
        from = to;
        to = other;
    }
    return from == spare;
}
