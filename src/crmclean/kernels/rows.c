/* Cells of Arrow text columns written one after the other, row by row. */

#include "kernels.h"

/* Copy a few bytes without a call: most cells are short. */
static inline uint8_t *put(uint8_t *to, const uint8_t *from, int64_t length) {
    if (length > 16) {
        memcpy(to, from, (size_t)length);
    } else if (length >= 8) {
        memcpy(to, from, 8);
        memcpy(to + length - 8, from + length - 8, 8);
    } else if (length >= 4) {
        memcpy(to, from, 4);
        memcpy(to + length - 4, from + length - 4, 4);
    } else {
        for (int64_t at = 0; at < length; at++) to[at] = from[at];
    }
    return to + length;
}

/* Join `columns` columns of `rows` values; the bytes written.

   offsets, data  the address of each column's first offset, and of the bytes that offsets count in
   marks  what stands before a row, between its cells and after it, end to end; sizes = bytes of the three */
EXPORT int64_t crmclean_rows_join(const uint64_t *offsets, const uint64_t *data, int64_t columns, int64_t rows,
                                  const uint8_t *marks, const int64_t *sizes, uint8_t *made) {
    const uint8_t *between = marks + sizes[0], *after = between + sizes[1];
    uint8_t *to = made;
    for (int64_t row = 0; row < rows; row++) {
        to = put(to, marks, sizes[0]);
        for (int64_t column = 0; column < columns; column++) {
            const int64_t *ends = (const int64_t *)(uintptr_t)offsets[column] + row;
            if (column) to = put(to, between, sizes[1]);
            to = put(to, (const uint8_t *)(uintptr_t)data[column] + ends[0], ends[1] - ends[0]);
        }
        to = put(to, after, sizes[2]);
    }
    return to - made;
}
