/* The member rule of Allmende in C: blocks, the same draws, the same bits. Compiled on the spot by
 * benchmarks/simulation.py with gcc -O3 -march=native -ffp-contract=off and called through ctypes. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#define BLOCK 512
typedef uint64_t u64;

static inline double unit(u64 w) { return (double)((w >> 11) | 1) * 0x1p-53; }

#define ROT(x, r) (((x) << (r)) | ((x) >> (64 - (r))))
#define ROUND(r) x0 += x1; x1 = ROT(x1, r) ^ x0;
#define FOUR(a, b, c, d) ROUND(a) ROUND(b) ROUND(c) ROUND(d)
#define INJECT(a, b, n) x0 += a; x1 += b + n;

static inline void threefry(u64 k0, u64 k1, u64 c0, u64 c1, u64 *o0, u64 *o1) {
  u64 k2 = 0x1BD11BDAA9FC1A22ull ^ k0 ^ k1, x0 = c0 + k0, x1 = c1 + k1;
  FOUR(16, 42, 12, 31) INJECT(k1, k2, 1)
  FOUR(16, 32, 24, 21) INJECT(k2, k0, 2)
  FOUR(16, 42, 12, 31) INJECT(k0, k1, 3)
  FOUR(16, 32, 24, 21) INJECT(k1, k2, 4)
  FOUR(16, 42, 12, 31) INJECT(k2, k0, 5)
  *o0 = x0; *o1 = x1;
}

static inline double exp_(double x) {
  double b = x < -800.0 ? -800.0 : x > 800.0 ? 800.0 : x;
  double shifted = b * 1.44269504088896338700e00 + 6755399441055744.0, n = shifted - 6755399441055744.0;
  double high = b - n * 6.93147180369123816490e-01, low = n * 1.90821492927058770002e-10, r = high - low, t = r * r;
  double c = r - t * (1.66666666666666019037e-01 + t * (-2.77777777770155933842e-03 + t * (6.61375632143793436117e-05
           + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))));
  double f = 1.0 - ((low - (r * c) / (2.0 - c)) - high);
  int64_t bits; memcpy(&bits, &shifted, 8);
  int64_t e = bits - 0x4338000000000000ll, half = e >> 1, a1 = (half + 1023) << 52, a2 = (e - half + 1023) << 52;
  double p1, p2; memcpy(&p1, &a1, 8); memcpy(&p2, &a2, 8);
  return f * p1 * p2;
}

static int poisson(double mean, double u) {
  double chance = exp_(-mean), below = chance; int n = 0;
  while (u > below && chance > 0x1p-80) { n++; chance *= mean * (1.0 / n); below += chance; }
  return n;
}

static int geometric_within(double chance, double u, int limit) {
  double left = 1.0; int trial = 0;
  while (trial <= limit && left >= u) { left *= 1.0 - chance; trial++; }
  return trial;
}

/* Months first ... first + months - 1 of `size` members; status 0 gone, 1 active. Answers active days. */
int64_t member_months(int64_t size, int months, int first, const int16_t *arrival, const uint32_t *rank,
                      const float *rate, const float *dropout, const float *intensity, const float *need, float *ties,
                      const float *drive, uint16_t *acts, uint32_t *year, uint16_t *lifetime, uint8_t *days,
                      uint8_t *status, u64 seed, u64 s_activity, u64 s_work, double common, double need_signal,
                      double belonging, double stay, double kept, double made, double extra) {
  int64_t total = 0;
  double mean[BLOCK], none[BLOCK], ud[BLOCK], us[BLOCK], ua[BLOCK], chance[BLOCK]; int who[BLOCK];
  for (int m = first; m < first + months; m++)
    for (int64_t s = 0; s < size; s += BLOCK) {
      int n = size - s < BLOCK ? (int)(size - s) : BLOCK, k = 0;
      memset(days + s, 0, n); memset(acts + s, 0, 2 * n);
      for (int j = 0; j < n; j++) ties[s + j] = (float)((double)ties[s + j] * kept);
      for (int j = 0; j < n; j++) {
        u64 a, b, name = ((u64)(uint32_t)(int32_t)arrival[s + j] << 32) | rank[s + j];
        threefry(seed, s_activity, name, (u64)(uint32_t)m, &a, &b);
        ud[j] = unit(a); us[j] = unit(b);
      }
      for (int j = 0; j < n; j++) {
        double t = ties[s + j];
        double e = common + need_signal * need[s + j] + belonging * (t / (1.0 + t) - 0.5) + drive[s + j];
        e = e < -20 ? -20 : e > 20 ? 20 : e;
        double x = rate[s + j] * exp_(e);
        x = x > 60 ? 60 : x;
        mean[j] = status[s + j] ? x : 0.0;
        none[j] = exp_(-mean[j]);
      }
      for (int j = 0; j < n; j++) if (status[s + j] && ud[j] > none[j]) who[k++] = j;
      for (int i = 0; i < k; i++) {
        int64_t row = s + who[i]; u64 a, b, name = ((u64)(uint32_t)(int32_t)arrival[row] << 32) | rank[row];
        threefry(seed, s_work, name, (u64)(uint32_t)m, &a, &b); ua[i] = unit(a);
        double t = ties[row], e = -stay * (t / (1.0 + t) - 0.5), p = dropout[row], odds = p * exp_(e);
        chance[i] = e == 0.0 ? p : odds / (1.0 - p + odds);
      }
      for (int i = 0; i < k; i++) {
        int64_t row = s + who[i];
        int planned = poisson(mean[who[i]], ud[who[i]]); if (planned > 31) planned = 31;
        int g = geometric_within(chance[i], us[who[i]], planned), done = g <= planned ? g : planned;
        int count = done + poisson(extra * intensity[row] * done, ua[i]);
        days[row] = done; acts[row] = count; year[row] += count; total += done;
        lifetime[row] = lifetime[row] + done > 65535 ? 65535 : lifetime[row] + done;
        ties[row] = (float)((double)ties[row] + made * done);
        if (g <= planned) status[row] = 0;
      }
    }
  return total;
}
