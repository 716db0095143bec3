/* The reference workload of benchmarks/peers/workload.py in C: blocks of members, the draws of Allmende, the same
 * bits. Loops over a block are straight lines for the vector units; compiled on the spot by benchmarks/simulation.py
 * with gcc -O3 -march=native -ffp-contract=off -fno-math-errno -fno-trapping-math and called through ctypes. */
#include <math.h>
#include "keyed.h"

#define BLOCK 512
#define EACH(k, n) for (int k = 0; k < (n); k++)
typedef double row[BLOCK];

typedef struct {
  int16_t *arrival; uint32_t *rank;
  float *rate, *dropout, *quality, *intensity, *need, *ties, *drive, *audience, *expected, *receipt, *frame;
  uint16_t *acts; uint32_t *year; uint16_t *lifetime; uint8_t *days, *status;
} Members;

typedef struct {
  double r, alpha, a, b, quality_spread, intensity_spread, need_spread;
  double rate, need, belonging, stay, core, core_rate, outer_rate;
  double odds, outsider, gate, response, answered, usual;
  double ties_kept, ties_made, extra, kept, captured, luck, fresh, views, elasticity, adaptation;
  double threshold, cents, receipt_kept, frame_up, frame_down, jump, slope, withdrawal, unit;
} Numbers;

typedef struct { u64 activity, work, arrival, attention, rate, dropout, skill, motive, employer; } Streams;

static inline u64 name_of(int16_t arrival, uint32_t rank) { return (u64)(uint32_t)(int32_t)arrival << 32 | rank; }

static inline double log_(double x) { /* for numbers above 2^-1022 */
  i64 bits; memcpy(&bits, &x, 8);
  i64 e = (bits - 0x3FE6A09E00000000ll) >> 52, m = bits - (i64)((u64)e << 52);
  double f; memcpy(&f, &m, 8); f -= 1.0;
  double k = (double)e, s = f / (2.0 + f), z = s * s, w = z * z;
  double even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  double odd = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01
             + w * 1.479819860511658591e-01)));
  double h = 0.5 * f * f;
  return k * 6.93147180369123816490e-01 - ((h - (s * (h + (odd + even)) + k * 1.90821492927058770002e-10)) - f);
}

#define P8(x, a, b, c, d, e, f, g, h) (((((((a * x + b) * x + c) * x + d) * x + e) * x + f) * x + g) * x + h)
static inline double normal_(double u) { /* AS 241; u is never below e^-25 here but once in 10^11 draws */
  double q = u - 0.5, t = 0.180625 - q * q;
  double central = q * (P8(t, 2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987,
      13731.69376550946, 1971.5909503065513, 133.14166789178438, 3.3871328727963665) / P8(t, 5226.495278852854,
      28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579,
      42.31333070160091, 1.0));
  double r = sqrt(-log_(q < 0.0 ? u : 1.0 - u)) - 1.6;
  double tail = P8(r, 0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684,
      3.6478483247632045, 5.769497221460691, 4.630337846156546, 1.4234371107496835) / P8(r, 1.0507500716444169e-09,
      0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851, 1.6763848301838038,
      2.053191626637759, 1.0);
  tail = q < 0.0 ? -tail : tail;
  return fabs(q) <= 0.425 ? central : tail;
}

static double clipped(double x, double limit) { return x < -limit ? -limit : x > limit ? limit : x; }
static inline double log_normal(double u, double s) { return exp_(-0.5 * s * s + s * normal_(u)); }

static void uniforms(const u64 *name, int n, u64 seed, u64 stream, u64 moment, double *one, double *two) {
  EACH(k, n) threefry(seed, stream, name[k], moment, one + k, two + k);
}

static void poissons(const double *mean, const double *u, int n, i64 *count) {
  row below, chance;
  EACH(k, n) {
    double c = exp_(-mean[k]), b = c; i64 found = 0;
    for (int i = 1; i <= 8; i++) { found += u[k] > b; c *= mean[k] * (1.0 / i); b += c; }
    count[k] = found; below[k] = b; chance[k] = c;
  }
  EACH(k, n) if (u[k] > below[k]) {
    double c = chance[k], b = below[k]; i64 i = 8;
    while (u[k] > b && (i < mean[k] || c > 0x1p-80)) { i++; c *= mean[k] * (1.0 / i); b += c; }
    count[k] = i;
  }
}

static void geometrics(const double *chance, const double *u, const i64 *limit, int n, i64 *trial) {
  EACH(k, n) {
    double left = 1.0; i64 t = 0;
    for (int i = 0; i < 8; i++) { t += left >= u[k]; left *= 1.0 - chance[k]; }
    trial[k] = t < limit[k] + 1 ? t : limit[k] + 1;
  }
  EACH(k, n) if (trial[k] == 8 && limit[k] >= 8) {
    double left = 1.0; i64 t = 0;
    while (t <= limit[k] && left >= u[k]) { left *= 1.0 - chance[k]; t++; }
    trial[k] = t;
  }
}

static double cube_of(double d, double c, double x, double u) {
  double root = 1.0 + c * x, cube = root * root * root;
  int accepted = log_(u) < 0.5 * x * x + d - d * cube + d * log_(cube > 0.0 ? cube : 1.0);
  return root > 0.0 && accepted ? cube : 0.0;
}

/* Shapes from 1 on only, as the workload has. */
static void log_gammas(double shape, u64 seed, u64 stream, const u64 *name, u64 moment, int n, double *found) {
  double d = shape - 1.0 / 3.0, c = 1.0 / sqrt(9.0 * d); row x, u;
  uniforms(name, n, seed, stream, moment, x, u);
  EACH(k, n) x[k] = normal_(x[k]);
  EACH(k, n) found[k] = cube_of(d, c, x[k], u[k]);
  EACH(k, n) for (u64 part = 1; found[k] <= 0.0; part++) {
    double one, two; threefry(seed, stream, name[k], moment + (part << 32), &one, &two);
    found[k] = cube_of(d, c, normal_(one), two);
  }
  EACH(k, n) found[k] = log_(d * found[k]);
}

static void arrive(const Members *m, i64 begin, int n, uint32_t rank, int month, const Numbers *p, const Streams *s, u64 seed) {
  u64 name[BLOCK]; row rate, x, y, one, two;
  float *dropout = m->dropout + begin;
  EACH(k, n) name[k] = name_of((int16_t)month, rank + k);
  log_gammas(p->r, seed, s->rate, name, 0, n, rate);
  log_gammas(p->a, seed, s->dropout, name, 0, n, x);
  log_gammas(p->b, seed, s->dropout, name, (u64)1 << 62, n, y);
  EACH(k, n) m->rate[begin + k] = (float)(exp_(rate[k]) / p->alpha);
  EACH(k, n) {
    double odds = exp_(-fabs(x[k] - y[k]));
    dropout[k] = (float)((x[k] > y[k] ? 1.0 : odds) / (1.0 + odds));
  }
  uniforms(name, n, seed, s->skill, 0, one, two);
  EACH(k, n) m->quality[begin + k] = (float)log_normal(one[k], p->quality_spread);
  EACH(k, n) {
    double stays = 1.0 - (double)dropout[k];
    m->intensity[begin + k] = (float)(stays * stays * log_normal(two[k], p->intensity_spread));
  }
  uniforms(name, n, seed, s->motive, 0, one, two);
  EACH(k, n) m->need[begin + k] = (float)log_normal(one[k], p->need_spread);
  EACH(k, n) { m->arrival[begin + k] = (int16_t)month; m->rank[begin + k] = rank + k; m->status[begin + k] = 1; }
  float *zero[] = {m->ties, m->drive, m->audience, m->expected, m->receipt, m->frame};
  EACH(c, 6) memset(zero[c] + begin, 0, 4 * n);
  memset(m->acts + begin, 0, 2 * n); memset(m->year + begin, 0, 4 * n);
  memset(m->lifetime + begin, 0, 2 * n); memset(m->days + begin, 0, n);
}

#define OWN(array, k) ((double)m->array[s + who[k]])
static void choose(const Members *m, i64 s, int n, int month, const Numbers *p, const Streams *key, u64 seed, i64 *total) {
  u64 name[BLOCK]; row mean, none, ud, us, ua, uw, fresh, ties, core, drop, chance, shift;
  i64 planned[BLOCK], last[BLOCK], count[BLOCK], may[BLOCK]; int who[BLOCK], new[BLOCK], size = 0, news = 0;
  float *t = m->ties + s;
  memset(m->days + s, 0, n); memset(m->acts + s, 0, 2 * n);
  EACH(j, n) t[j] = (float)((double)t[j] * p->ties_kept);
  EACH(j, n) name[j] = name_of(m->arrival[s + j], m->rank[s + j]);
  uniforms(name, n, seed, key->activity, (uint32_t)month, ud, us);
  EACH(j, n) {
    double tie = t[j], e = p->rate + p->need * m->need[s + j] + p->belonging * (tie / (1.0 + tie) - 0.5) + m->drive[s + j];
    double x = m->rate[s + j] * exp_(clipped(e, 20.0));
    x = x < 60.0 ? x : 60.0;
    mean[j] = m->status[s + j] ? x : 0.0;
    none[j] = exp_(-mean[j]);
  }
  EACH(j, n) may[j] = ud[j] > none[j] || (m->arrival[s + j] == month && m->status[s + j]);
  EACH(j, n) { who[size] = j; size += may[j]; }
  EACH(k, size) {
    mean[k] = mean[who[k]]; ud[k] = ud[who[k]]; us[k] = us[who[k]]; name[k] = name[who[k]];
    fresh[k] = m->arrival[s + who[k]] == month; core[k] = OWN(lifetime, k) >= p->core;
    ties[k] = OWN(ties, k); drop[k] = OWN(dropout, k);
  }
  uniforms(name, size, seed, key->work, (uint32_t)month, ua, uw);
  EACH(k, size) shift[k] = fresh[k] ? p->gate - p->response * ((uw[k] < p->answered ? 1.0 : 0.0) - p->usual) : 0.0;
  EACH(k, size) {
    double e = p->odds - p->stay * (ties[k] / (1.0 + ties[k]) - 0.5) + p->outsider + shift[k];
    double odds = drop[k] * exp_(clipped(e, 20.0)), c = odds / (1.0 - drop[k] + odds);
    chance[k] = e == 0.0 ? drop[k] : c;
  }
  EACH(k, size) {
    double x = mean[k] * exp_(core[k] ? p->core_rate : p->outer_rate);
    x = x < 60.0 ? x : 60.0;
    mean[k] = fresh[k] ? mean[k] : x;
  }
  EACH(k, size) { new[news] = k; news += (int)fresh[k]; }
  EACH(i, news) {
    double one, two; threefry(seed, key->arrival, name[new[i]], (uint32_t)month, &one, &two);
    mean[new[i]] *= one;
  }
  poissons(mean, ud, size, planned);
  EACH(k, size) { planned[k] += (i64)fresh[k]; planned[k] = planned[k] < 31 ? planned[k] : 31; }
  geometrics(chance, us, planned, size, last);
  EACH(k, size) mean[k] = p->extra * OWN(intensity, k) * (double)(planned[k] < last[k] ? planned[k] : last[k]);
  poissons(mean, ua, size, count);
  EACH(k, size) {
    i64 row = s + who[k], done = planned[k] < last[k] ? planned[k] : last[k], made = done + count[k];
    if (!done) continue;
    m->days[row] = (uint8_t)done; m->acts[row] = (uint16_t)made; m->year[row] += (uint32_t)made;
    m->lifetime[row] = (uint16_t)(m->lifetime[row] + done > 65535 ? 65535 : m->lifetime[row] + done);
    m->ties[row] = (float)((double)m->ties[row] + p->ties_made * done);
    m->status[row] = last[k] <= planned[k] ? 3 : 1;
    total[0] += done; total[1] += made; total[2] += last[k] <= planned[k];
  }
}

static double attract(const Members *m, i64 s, int n, int month, const Numbers *p, const Streams *key, u64 seed, float *views) {
  u64 name[BLOCK]; row luck, spare; double total = 0.0;
  EACH(j, n) name[j] = name_of(m->arrival[s + j], m->rank[s + j]);
  uniforms(name, n, seed, key->attention, (uint32_t)month, luck, spare);
  EACH(j, n) luck[j] = log_normal(luck[j], p->luck);
  EACH(j, n) {
    double pull = m->audience[s + j] + p->fresh * m->quality[s + j] * m->acts[s + j];
    views[s + j] = (float)(pull > 0.0 ? pull * luck[j] : pull);
  }
  EACH(j, n) total += views[s + j];
  return total;
}

static void settle(const Members *m, i64 s, int n, const Numbers *p, double each, float *views) {
  EACH(j, n) {
    double seen = (double)views[s + j] * each;
    views[s + j] = (float)seen;
    m->audience[s + j] = (float)(p->kept * (double)m->audience[s + j] + p->captured * seen);
  }
  EACH(j, n) if (m->status[s + j]) {
    double seen = views[s + j], before = m->expected[s + j], used = before > 0.0 ? before : seen;
    double own = p->elasticity * clipped(log_((1.0 + seen) / (1.0 + used)), 2.5);
    m->expected[s + j] = (float)(before == 0.0 ? seen : before + p->adaptation * (seen - before));
    double cents = seen >= p->threshold ? (float)((float)seen * (float)p->cents) : 0.0;
    double receipt = m->receipt[s + j], frame = m->frame[s + j];
    if (cents > 0.0 || receipt > 0.0 || frame > 0.0) {
      receipt = p->receipt_kept * receipt + (1.0 - p->receipt_kept) * cents;
      receipt = receipt >= 0.5 || cents > 0.0 ? receipt : 0.0;
      double sinks = frame - p->frame_down * frame;
      frame = cents > 0.0 ? frame + p->frame_up * (1.0 - frame) : sinks >= 1e-4 ? sinks : 0.0;
      m->receipt[s + j] = (float)receipt; m->frame[s + j] = (float)frame;
      own += receipt > 0.0 ? p->jump + p->slope * log_(1.0 + receipt / p->unit) : -p->withdrawal * frame;
    }
    m->drive[s + j] = (float)own;
  }
  EACH(j, n) m->status[s + j] = m->status[s + j] == 3 ? 0 : m->status[s + j];
}

#define UP(array) for (i64 k = 0; k < kept; k++) m->array[k] = m->array[from[k]];
static i64 give_back(const Members *m, i64 size, i64 *from, double *archive) {
  i64 kept = 0;
  for (i64 j = 0; j < size; j++) { if (!m->status[j]) *archive += m->audience[j]; from[kept] = j; kept += m->status[j] != 0; }
  UP(arrival) UP(rank) UP(rate) UP(dropout) UP(quality) UP(intensity) UP(need) UP(ties) UP(drive) UP(audience)
  UP(expected) UP(receipt) UP(frame) UP(acts) UP(year) UP(lifetime) UP(days) UP(status)
  return kept;
}

/* Months 0 ... months - 1 of `size` members in the first rows; answers days, acts and leavers in `total`. */
void reference_months(i64 size, int months, const Members *m, const Numbers *p, const Streams *key, u64 seed,
                      float *views, i64 *from, i64 *total) {
  i64 rows = size; double archive = 0.0;
  for (int month = 0; month < months; month++) {
    i64 left = total[2]; double pull = 0.0;
    for (i64 s = 0; s < rows; s += BLOCK) choose(m, s, rows - s < BLOCK ? (int)(rows - s) : BLOCK, month, p, key, seed, total);
    for (i64 s = 0; s < rows; s += BLOCK) pull += attract(m, s, rows - s < BLOCK ? (int)(rows - s) : BLOCK, month, p, key, seed, views);
    pull += archive;
    double each = p->views * size / (pull > 1e-9 ? pull : 1e-9), followed = p->kept + p->captured * each;
    archive *= followed < 1.0 ? followed : 1.0;
    for (i64 s = 0; s < rows; s += BLOCK) settle(m, s, rows - s < BLOCK ? (int)(rows - s) : BLOCK, p, each, views);
    if (month > 0 && month % 12 == 0) rows = give_back(m, rows, from, &archive);
    left = total[2] - left;
    for (i64 k = 0; k < left; k += BLOCK)
      arrive(m, rows + k, left - k < BLOCK ? (int)(left - k) : BLOCK, (uint32_t)k, month + 1, p, key, seed);
    rows += left;
  }
}
