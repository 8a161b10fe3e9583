/* Whether pairs of records can link at all: the compiled twin of `dedup/bounds.py`, where every step is explained.

   All that depends on the model or the file is in tables by value code, made in `dedup/compiled_bounds.py`; what is here
   is the order of the sums, which are of float32 as NumPy's are. */

#include "kernels.h"

#include <math.h>

#define BLOCK 128 /* pairs whose codes are fetched together */
#define LINE 16 /* codes that come together */
#define LONGEST 7 /* from here on lengths of names are alike, as in `name_levels.py` */
#define TABLE(type, address) ((const type *)(uintptr_t)(address))

enum { MISSING = -1, NOTHING, SIMILAR, ANYTHING, EQUAL };                                 /* what names can reach */
enum { NEVER, ALWAYS, WITHIN, LINES, NUMBERS, MAILBOXES, COMPANIES, STREETS };            /* tests for near values */
enum { IDENTITY = 1, PLACE = 2, EMPLOYER = 4, BACKGROUND = 8 };                           /* roles */
enum { NO_MATTER, OF_MAILBOXES, OF_LINES };                                               /* contrary names */

/* What is known of a value of a name. */
typedef struct {
    uint64_t letters, words; /* sets */
    int32_t skeleton;
    int16_t nickname;
    uint8_t length, rare;
    float exact, near; /* bits: what sharing it, or being near it, is worth */
} value_t;

/* By what two different values are judged: letters and two codes, or the three parts of a line. */
typedef union {
    struct {
        uint64_t letters;
        int32_t one, two;
    };
    int32_t parts[4];
} sign_t;

/* Addresses of tables are numbers, 0 = none, so that the layout is the same everywhere. */
typedef struct {
    int64_t column, other; /* places of its codes and of the other name's; -1: not there */
    int64_t skeletons, nicknames; /* whether there are any */
    uint64_t values; /* value_t by value */
    uint64_t initials; /* int32 by value */
    float plain, similar, different, crossed;
} name_t;

typedef struct {
    int64_t late; /* whether its codes are in the table of what is asked for last */
    int64_t column, columns, others; /* first place of its codes, how many, and how many more may hold the same values */
    int64_t roles, against; /* in which it speaks for a pair, and the one in which it can speak against it */
    int64_t is_signed, contrary, two_kinds;
    int64_t near, odd, strange, numbered;
    int64_t marks; /* first place of the marks of its columns; -1: none */
    uint64_t parts[3]; /* the bits of a mark that stand for each part of the value */
    uint64_t same, alone; /* float by value: what sharing it is worth, and what it identifies */
    uint64_t signs, words; /* sign_t and uint64 by value */
    float different, between;
} step_t;

typedef struct {
    name_t names[2]; /* given, family */
    int64_t width[2]; /* codes of a record in each table: what identity asks for, and the rest */
    int64_t steps, birth; /* before which step birth dates come; -1: nowhere */
    int64_t city, state; /* steps: a state follows from its city; -1: not there */
    int64_t settled; /* whether support takes from a pair, too */
    int64_t nicknames; /* names in the table */
    uint64_t relations, related; /* int64, sorted: one * nicknames + other; where those of each name begin */
    uint64_t charge; /* float by record: what its full name is charged */
    uint64_t gains; /* float: what the smaller of two chances adds to the larger, in bits, by their distance */
    float certain, community, welcome, kin, sibling, cap, wide, back, widest, share, remainder, besides;
    float lasting[4], steps_a_bit, last_step; /* of `gains` */
    int64_t misplaced;
    uint8_t similar[LONGEST + 1], typo[LONGEST + 1]; /* odd letters by length */
} plan_t;

/* A block of pairs on its way. */
typedef struct {
    const plan_t *plan;
    const step_t *steps;
    const int32_t *codes[2]; /* of all records, in each table */
    const int32_t *left, *right;
    int64_t count, pairs[BLOCK];
    const int32_t *row[2][2][BLOCK]; /* by table and side */
    float total[BLOCK], bits[BLOCK], household[BLOCK], name[2][BLOCK];
    int8_t reach[2][BLOCK];
    uint8_t apart[BLOCK], cities[BLOCK], crossed[BLOCK], contrary[3][BLOCK], open[BLOCK];
} work_t;

static inline float larger(float a, float b) { return a > b ? a : b; }

static inline float smaller(float a, float b) { return a < b ? a : b; }

/* Whether a set has so many letters at most. Few are asked about: to drop one after the other costs less than to count
   them without a processor's own instruction. */
static inline int at_most(uint64_t set, int64_t most) {
    while (set && most-- > 0) set &= set - 1;
    return !set;
}

/* Whether neither of two sets has more than so many letters that the other has not. */
static inline int are_within(uint64_t a, uint64_t b, int64_t most) {
    return at_most(a & ~b, most) && at_most(b & ~a, most);
}

/* Find the codes of the records of a block in a table, and have them fetched. */
static void fetch(work_t *w, int table) {
    int64_t width = w->plan->width[table];
    for (int64_t i = 0; i < w->count; i++) {
        const int64_t records[2] = {w->left[w->pairs[i]], w->right[w->pairs[i]]};
        for (int side = 0; side < 2; side++) {
            const int32_t *row = w->codes[table] + records[side] * width;
            w->row[table][side][i] = row;
            for (int64_t column = 0; column < width; column += LINE) __builtin_prefetch(row + column);
        }
    }
}

static int are_related(const plan_t *plan, int64_t one, int64_t other) {
    const int64_t *known = TABLE(int64_t, plan->relations), *of = TABLE(int64_t, plan->related);
    int64_t wanted = one * plan->nicknames + other;
    for (int64_t at = of[one]; at < of[one + 1] && known[at] <= wanted; at++)
        if (known[at] == wanted) return 1;
    return 0;
}

/* `NameLevels.may_be_alike` */
static int may_be_alike(const plan_t *plan, const name_t *name, int32_t one, int32_t other) {
    const value_t *a = &TABLE(value_t, name->values)[one], *b = &TABLE(value_t, name->values)[other];
    int32_t p = TABLE(int32_t, name->initials)[one], q = TABLE(int32_t, name->initials)[other];
    int shorter = a->length < b->length ? a->length : b->length, reach = NOTHING;
    if ((p < 0 || q < 0) && (p < 0 ? ~p : p) == (q < 0 ? ~q : q)) return ANYTHING;
    if (shorter != 1) {
        if (are_within(a->letters, b->letters, plan->similar[shorter])) reach = SIMILAR;
        if ((a->rare | b->rare) && are_within(a->letters, b->letters, plan->typo[shorter])) return ANYTHING;
        if (shorter > 1 && (a->words & b->words || (name->skeletons && a->skeleton == b->skeleton))) return ANYTHING;
    }
    if (!name->nicknames || a->nickname < 0 || b->nickname < 0 || a->nickname == b->nickname) return reach;
    return are_related(plan, a->nickname, b->nickname) ? ANYTHING : reach;
}

/* `NameLevels.may_be_misplaced`, of either name of one record and the other name of the other: whichever name of the two
   records is asked about, these are the same two pairs of values. */
static void cross_block(work_t *w, const name_t *name) {
    const value_t *values = TABLE(value_t, name->values);
    for (int64_t i = 0; i < w->count; i++) {
        int32_t a = w->row[0][0][i][name->column], b = w->row[0][1][i][name->column];
        int32_t one = w->row[0][0][i][name->other], two = w->row[0][1][i][name->other];
        int crossed = 0;
        if (a != b || one != two) {
            crossed = a && two && are_within(values[a].letters, values[two].letters, w->plan->misplaced);
            crossed |= b && one && are_within(values[b].letters, values[one].letters, w->plan->misplaced);
        }
        w->crossed[i] = (uint8_t)crossed;
    }
}

static float name_bits(const work_t *w, const name_t *name, int64_t i, int8_t *reach) {
    const value_t *values = TABLE(value_t, name->values);
    int32_t a = w->row[0][0][i][name->column], b = w->row[0][1][i][name->column];
    *reach = MISSING;
    if (!a || !b) {
        int32_t only = a + b;
        if (!only || name->other < 0 || only != w->row[0][a ? 1 : 0][i][name->other]) return 0;
        *reach = ANYTHING; /* the other record's name in the wrong field */
        return larger(values[only].near, 0);
    }
    *reach = EQUAL;
    if (a == b) return values[a].exact;
    *reach = (int8_t)(w->crossed[i] ? ANYTHING : may_be_alike(w->plan, name, a, b));
    if (*reach == ANYTHING) {
        float near = smaller(values[a].near, values[b].near);
        if (name->other >= 0 && (a == w->row[0][1][i][name->other] || b == w->row[0][0][i][name->other]))
            near += name->crossed;
        return larger(near, name->plain);
    }
    return *reach == SIMILAR ? name->similar : name->different;
}

static void name_block(work_t *w, int which) {
    const name_t *name = &w->plan->names[which];
    if (name->column < 0) {
        memset(w->name[which], 0, sizeof w->name[which]);
        memset(w->reach[which], MISSING, sizeof w->reach[which]);
        return;
    }
    const value_t *values = TABLE(value_t, name->values);
    for (int side = 0; side < 2; side++)
        for (int64_t i = 0; i < w->count; i++) {
            __builtin_prefetch(&values[w->row[0][side][i][name->column]]);
            if (name->other >= 0 && !which) __builtin_prefetch(&values[w->row[0][side][i][name->other]]);
        }
    int first = !which || w->plan->names[0].column < 0;
    if (first && name->other >= 0) cross_block(w, name);
    else if (first) memset(w->crossed, 0, sizeof w->crossed);
    for (int64_t i = 0; i < w->count; i++) w->name[which][i] = name_bits(w, name, i, &w->reach[which][i]);
}

/* `_names` */
static void names_block(work_t *w) {
    const plan_t *plan = w->plan;
    const float *charge = TABLE(float, plan->charge);
    int has_family = plan->names[1].column >= 0, both = has_family && plan->names[0].column >= 0;
    name_block(w, 0);
    name_block(w, 1);
    for (int64_t i = 0; i < w->count; i++) {
        int reach[2] = {w->reach[0][i], w->reach[1][i]};
        float given = w->name[0][i], family = w->name[1][i];
        int apart = reach[0] == NOTHING || reach[0] == SIMILAR, contrary = reach[0] == NOTHING;
        w->apart[i] = (uint8_t)apart;
        w->contrary[NO_MATTER][i] = 0;
        w->contrary[OF_MAILBOXES][i] = (uint8_t)contrary;
        w->contrary[OF_LINES][i] = (uint8_t)(contrary || (has_family && reach[1] == NOTHING && reach[0] < ANYTHING));
        w->household[i] = apart ? larger(family, 0) : 0;
        w->total[i] = has_family ? given + family - w->household[i] : given;
        if (!both || !(given > plan->certain && family > plan->certain)) continue;
        if (reach[0] != EQUAL || reach[1] != EQUAL) {
            w->total[i] += plan->welcome;
            continue;
        }
        w->total[i] += plan->community;
        if (charge) w->total[i] += charge[w->left[w->pairs[i]]];
    }
}

/* Values of which no part is the same are not near; a mark of a few bits a part tells most of them apart without a look
   at the values themselves. */
static inline int may_share_part(const step_t *s, int32_t mark, int32_t other) {
    uint32_t apart = (uint32_t)mark ^ (uint32_t)other;
    return !(apart & s->parts[0]) | !(apart & s->parts[1]) | !(apart & s->parts[2]);
}

/* `Comparer.may_be_near` */
static int may_be_near(const step_t *s, int32_t one, int32_t other) {
    if (s->near == ALWAYS) return 1;
    if (s->near == NEVER) return 0;
    const sign_t *a = &TABLE(sign_t, s->signs)[one], *b = &TABLE(sign_t, s->signs)[other];
    if (s->near == LINES)
        return a->parts[0] == b->parts[0] || a->parts[1] == b->parts[1] || a->parts[2] == b->parts[2];
    int alike = are_within(a->letters, b->letters, s->odd);
    const uint64_t *words = TABLE(uint64_t, s->words);
    switch (s->near) {
    case NUMBERS: return alike && a->one && b->one;
    case MAILBOXES: /* local part, domain */ return a->one && b->one && (a->one == b->one || (a->two == b->two && alike));
    case COMPANIES: /* the company that a name abbreviates */
        return alike || a->one == other || b->one == one || words[one] & words[other];
    case STREETS: { /* name, number */
        if (a->one && b->one && alike) return 1;
        if (!s->numbered || !a->two || a->two != b->two) return 0;
        return at_most(a->letters & ~b->letters, s->strange) || at_most(b->letters & ~a->letters, s->strange);
    }
    default: return alike;
    }
}

/* Column `m` of the left sides against column `n` of the right ones: what is better than before goes into `bits`. What has
   to be looked at is noted, and what is the same is looked up in turn, so that no pair waits for another and no branch is
   guessed wrong. Returns how many pairs are to be looked at. */
static inline int64_t meet(
    work_t *w, const step_t *s, int64_t m, int64_t n, const float *same, const uint8_t *contrary, int marked
) {
    const int32_t *const *left = w->row[s->late][0], *const *right = w->row[s->late][1];
    int64_t one = s->column + m, other = s->column + n, open = 0, met = 0;
    int compares = m < s->columns && n < s->columns && !(s->two_kinds && m != n);
    int looks = compares && s->near != NEVER;
    uint8_t places[BLOCK];
    int32_t codes[BLOCK];
    const float worth[2] = {-INFINITY, s->different};
    for (int64_t i = 0; i < w->count; i++) {
        int32_t a = left[i][one], b = right[i][other];
        int both = (a != 0) & (b != 0), equal = both & (a == b), near = looks & both & !equal;
        if (marked) near &= may_share_part(s, left[i][s->marks + m], right[i][s->marks + n]);
        w->bits[i] = larger(w->bits[i], worth[compares & both & !equal & !near]);
        places[met] = (uint8_t)i;
        codes[met] = a;
        met += equal;
        w->open[open] = (uint8_t)i;
        open += near;
    }
    for (int64_t k = 0; k < met; k++) __builtin_prefetch(&same[codes[k]]);
    for (int64_t k = 0; k < met; k++) {
        int64_t i = places[k];
        w->bits[i] = larger(w->bits[i], contrary[i] ? 0 : same[codes[k]]);
    }
    return open;
}

/* The pairs noted by `meet`. */
static void look(work_t *w, const step_t *s, int64_t m, int64_t n, int64_t open) {
    const int32_t *const *left = w->row[s->late][0], *const *right = w->row[s->late][1];
    const sign_t *signs = TABLE(sign_t, s->signs);
    for (int64_t k = 0; signs && k < open; k++) {
        __builtin_prefetch(&signs[left[w->open[k]][s->column + m]]);
        __builtin_prefetch(&signs[right[w->open[k]][s->column + n]]);
    }
    for (int64_t k = 0; k < open; k++) {
        int64_t i = w->open[k];
        int near = may_be_near(s, left[i][s->column + m], right[i][s->column + n]);
        w->bits[i] = larger(w->bits[i], near ? s->between : s->different);
    }
}

/* `_form` and `_pool`, a form being a pool of one column: what a comparison says of each pair. `same` tells what sharing
   a value is worth, `contrary` where nothing; `is_signed` where disagreement takes something from a pair. */
static void step_block(work_t *w, const step_t *s, const float *same, const uint8_t *contrary, int is_signed) {
    for (int64_t i = 0; i < w->count; i++) w->bits[i] = -INFINITY;
    int64_t all = s->columns + s->others;
    for (int64_t m = 0; m < all; m++)
        for (int64_t n = 0; n < (m < s->columns ? all : s->columns); n++) {
            int marked = s->marks >= 0 && m < s->columns && n < s->columns;
            int64_t open = marked ? meet(w, s, m, n, same, contrary, 1) : meet(w, s, m, n, same, contrary, 0);
            look(w, s, m, n, open);
        }
    float least = is_signed ? -INFINITY : 0;
    for (int64_t i = 0; i < w->count; i++) {
        float bits = w->bits[i] == -INFINITY ? 0 : w->bits[i];
        w->bits[i] = larger(bits, least);
    }
}

static void birth_block(work_t *w, const float *birth, const uint8_t *together) {
    for (int64_t i = 0; i < w->count; i++) {
        float bits = birth[w->pairs[i]];
        if (w->plan->kin > 0) {
            if (w->apart[i] && together[w->pairs[i]]) w->total[i] += w->household[i];
        } else if (w->apart[i]) bits = smaller(bits, w->plan->sibling);
        w->total[i] += bits;
    }
}

/* `_identity` */
static void identity_block(work_t *w, const float *birth, const uint8_t *together) {
    const plan_t *plan = w->plan;
    names_block(w);
    for (int64_t at = 0; at <= plan->steps; at++) {
        if (at == plan->birth) birth_block(w, birth, together);
        if (at == plan->steps || !(w->steps[at].roles & IDENTITY)) continue;
        const step_t *s = &w->steps[at];
        step_block(w, s, TABLE(float, s->contrary ? s->alone : s->same), w->contrary[s->contrary], s->is_signed != 0);
        for (int64_t i = 0; i < w->count; i++) w->total[i] += w->bits[i];
    }
}

/* `bounded_group` */
static float group_bits(const plan_t *plan, float best, float total) {
    return best + smaller((total - best) * plan->share, plan->remainder);
}

/* The logarithm of the sum of two chances, and a little more: `support.most_support` */
static inline float either(const plan_t *plan, const float *gains, float one, float other) {
    float more = larger(one, other), apart = more - smaller(one, other);
    return more + gains[(int32_t)smaller(apart * plan->steps_a_bit, plan->last_step)];
}

/* `support.most_support` */
static inline float most_support(const plan_t *plan, const float *gains, float place, float employer) {
    float weaker = smaller(place, employer);
    float most = (weaker > 0 ? larger(place, employer) + 0.5f * weaker : place + employer) + plan->lasting[0];
    most = either(plan, gains, most, place + plan->lasting[1]);
    most = either(plan, gains, most, employer + plan->lasting[2]);
    return either(plan, gains, most, plan->lasting[3]);
}

/* What speaks for a pair, in a group of correlated findings. */
static void speak_for(const float *restrict bits, float *restrict best, float *restrict total, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        float found = larger(bits[i], 0);
        best[i] = larger(best[i], found);
        total[i] += found;
    }
}

static void speak_against(const float *restrict bits, float *restrict against, int64_t count) {
    for (int64_t i = 0; i < count; i++) against[i] = smaller(against[i], bits[i]);
}

/* `_support`, into `bits` */
static void support_block(work_t *w) {
    static const uint8_t nowhere[BLOCK];
    const plan_t *plan = w->plan;
    float best[2][BLOCK] = {{0}}, total[2][BLOCK] = {{0}}, against[3][BLOCK] = {{0}};
    for (int64_t i = 0; i < w->count; i++) best[0][i] = total[0][i] = larger(w->household[i], 0);
    for (int64_t at = 0; at < plan->steps; at++) {
        const step_t *s = &w->steps[at];
        if (!(s->roles & (PLACE | EMPLOYER)) && !s->against) continue;
        step_block(w, s, TABLE(float, s->same), nowhere, s->against != 0);
        for (int64_t i = 0; at == plan->city && i < w->count; i++) w->cities[i] = w->bits[i] > 0;
        for (int64_t i = 0; at == plan->state && plan->city >= 0 && i < w->count; i++)
            if (w->cities[i]) w->bits[i] = larger(w->bits[i], 0);
        for (int group = 0; group < 2; group++)
            if (s->roles & (PLACE << group)) speak_for(w->bits, best[group], total[group], w->count);
        for (int group = 0; group < 3; group++)
            if (s->against & (PLACE << group)) speak_against(w->bits, against[group], w->count);
    }
    for (int64_t i = 0; i < w->count; i++) {
        float place = group_bits(plan, best[0][i], total[0][i]), employer = group_bits(plan, best[1][i], total[1][i]);
        if (place > 0) place += plan->welcome;
        float most = larger(place, employer) + 0.5f * smaller(place, employer);
        if (plan->settled) {
            const float *gains = TABLE(float, plan->gains);
            place += against[0][i];
            employer += against[1][i];
            most = most_support(plan, gains, place, employer);
            if (plan->back > 0 && best[1][i] > 0) /* of colleagues */
                most = larger(most, plan->back + most_support(plan, gains, smaller(place, plan->widest), employer));
            most += plan->besides + against[2][i];
        }
        w->bits[i] = smaller(most, plan->cap);
    }
}

/* `widest_support` */
static float widest_support(const plan_t *plan, float identity) {
    return smaller(larger(plan->wide * identity, 0), plan->cap);
}

static void link_block(work_t *w, float needed, const float *birth, const uint8_t *together, uint8_t *possible) {
    int64_t open = 0;
    fetch(w, 0);
    identity_block(w, birth, together);
    for (int64_t i = 0; i < w->count; i++) {
        float bits = w->total[i];
        possible[w->pairs[i]] = bits >= needed;
        if ((bits >= needed && !w->plan->settled) || !(bits + widest_support(w->plan, bits) >= needed)) continue;
        w->pairs[open] = w->pairs[i];
        for (int side = 0; side < 2; side++) w->row[0][side][open] = w->row[0][side][i];
        w->total[open] = bits;
        w->household[open++] = w->household[i];
    }
    w->count = open;
    fetch(w, 1);
    support_block(w);
    for (int64_t i = 0; i < open; i++)
        possible[w->pairs[i]] = w->total[i] + smaller(w->bits[i], widest_support(w->plan, w->total[i])) >= needed;
}

/* Whether each of `count` pairs of record numbers can have so many bits of identity and support together. `plan` and
   `steps` are laid out as the structures above (`size`: the bytes of one of each), `codes` and `late` are those of each
   record in turn, in the two tables; `birth` and `together` are by pair, empty where there are no birth dates. Returns 0;
   -1 where memory does not suffice, -2 where the layouts differ. */
EXPORT int64_t crmclean_may_link(
    const uint8_t *plan, const uint8_t *steps, int64_t size, const int32_t *codes, const int32_t *late,
    const int32_t *left, const int32_t *right, int64_t count, double needed, const float *birth, const uint8_t *together,
    uint8_t *possible
) {
    if (size != sizeof(plan_t) + sizeof(step_t) + sizeof(value_t) + sizeof(sign_t)) return -2;
    work_t *w = calloc(1, sizeof *w);
    if (!w) return -1;
    w->plan = (const plan_t *)(const void *)plan;
    w->steps = (const step_t *)(const void *)steps;
    w->codes[0] = codes;
    w->codes[1] = late;
    w->left = left;
    w->right = right;
    for (int64_t start = 0; start < count; start += BLOCK) {
        w->count = start + BLOCK < count ? BLOCK : count - start;
        for (int64_t i = 0; i < w->count; i++) w->pairs[i] = start + i;
        link_block(w, (float)needed, birth, together, possible);
    }
    free(w);
    return 0;
}
