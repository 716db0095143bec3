/* The member rule of Allmende in C: blocks, the same draws, the same bits. Compiled on the spot by
 * benchmarks/simulation.py with gcc -O3 -march=native -ffp-contract=off and called through ctypes. */
#include <math.h>
#include "keyed.h"

#define BLOCK 512

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
        u64 name = ((u64)(uint32_t)(int32_t)arrival[s + j] << 32) | rank[s + j];
        threefry(seed, s_activity, name, (u64)(uint32_t)m, ud + j, us + j);
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
        int64_t row = s + who[i]; u64 name = ((u64)(uint32_t)(int32_t)arrival[row] << 32) | rank[row];
        double unused; threefry(seed, s_work, name, (u64)(uint32_t)m, ua + i, &unused);
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
