/* Blocks of records: a key and a record in one word, and the runs of equal keys among sorted words. */

#include "kernels.h"

/* A word for each record that has every key, in their order: first, second, record, from the highest bits down.
   `second` takes `bits` bits (has_second = 0: there is none) and the record `width`; `members` are the records of the
   keys (has_members = 0: 0, 1, 2 ...). Returns the number of words. */
EXPORT int64_t crmclean_key_words(
    const int32_t *first, const int32_t *second, int64_t has_second, const int32_t *members, int64_t has_members,
    int64_t count, int64_t bits, int64_t width, uint64_t *words
) {
    int64_t made = 0;
    for (int64_t i = 0; i < count; i++) {
        uint64_t key = (uint32_t)first[i], other = has_second ? (uint32_t)second[i] : 1;
        uint64_t member = has_members ? (uint32_t)members[i] : (uint64_t)i;
        words[made] = (has_second ? key << bits | other : key) << width | member;
        made += key && other;
    }
    return made;
}

/* The runs of two words and more whose bits from `width` on are equal, in sorted words; equal words are taken for one
   where they are side by side. Fills the members end to end, where each run starts among them and how many they are,
   and in `largest` the members of the longest run, single ones included. Returns the number of runs. */
EXPORT int64_t crmclean_key_blocks(
    const uint64_t *words, int64_t count, int64_t width, int32_t *members, int64_t *starts, int64_t *lengths,
    int64_t *largest
) {
    uint64_t mask = ((uint64_t)1 << width) - 1;
    int64_t blocks = 0, made = 0;
    *largest = 0;
    for (int64_t i = 0; i < count;) {
        uint64_t key = words[i] >> width;
        int64_t start = made;
        members[made++] = (int32_t)(words[i] & mask);
        for (i++; i < count && words[i] >> width == key; i++)
            if (words[i] != words[i - 1]) members[made++] = (int32_t)(words[i] & mask);
        int64_t length = made - start;
        if (length > *largest) *largest = length;
        if (length > 1) {
            starts[blocks] = start;
            lengths[blocks++] = length;
        } else {
            made = start;
        }
    }
    return blocks;
}

/* A word for each member of blocks end to end: the block in the bits from `width` on, below it the member's rank. */
EXPORT int64_t crmclean_rank_words(
    const int32_t *members, const int64_t *lengths, int64_t blocks, const int32_t *rank, int64_t width, uint64_t *words
) {
    int64_t at = 0;
    for (int64_t block = 0; block < blocks; block++)
        for (int64_t stop = at + lengths[block]; at < stop; at++)
            words[at] = (uint64_t)block << width | (uint32_t)rank[members[at]];
    return at;
}

/* The members at the ranks of such words. */
EXPORT int64_t crmclean_members_at(
    const uint64_t *words, int64_t count, int64_t width, const int32_t *ordered, int32_t *members
) {
    uint64_t mask = ((uint64_t)1 << width) - 1;
    for (int64_t i = 0; i < count; i++) members[i] = ordered[words[i] & mask];
    return count;
}
