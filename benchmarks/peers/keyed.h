/* The draws and the exponential of Allmende in C, the same bits (`draws.py`, `elementary.py`); included by the peers. */
#include <stdint.h>
#include <string.h>

typedef uint64_t u64;
typedef int64_t i64;

static inline double unit(u64 w) { return (double)(i64)((w >> 11) | 1) * 0x1p-53; }

#define ROT(x, r) (((x) << (r)) | ((x) >> (64 - (r))))
#define ROUND(r) x0 += x1; x1 = ROT(x1, r) ^ x0;
#define FOUR(a, b, c, d) ROUND(a) ROUND(b) ROUND(c) ROUND(d)
#define INJECT(a, b, n) x0 += a; x1 += b + n;

static inline void threefry(u64 k0, u64 k1, u64 c0, u64 c1, double *o0, double *o1) {
  u64 k2 = 0x1BD11BDAA9FC1A22ull ^ k0 ^ k1, x0 = c0 + k0, x1 = c1 + k1;
  FOUR(16, 42, 12, 31) INJECT(k1, k2, 1)
  FOUR(16, 32, 24, 21) INJECT(k2, k0, 2)
  FOUR(16, 42, 12, 31) INJECT(k0, k1, 3)
  FOUR(16, 32, 24, 21) INJECT(k1, k2, 4)
  FOUR(16, 42, 12, 31) INJECT(k2, k0, 5)
  *o0 = unit(x0); *o1 = unit(x1);
}

static inline double exp_(double x) {
  double b = x < -800.0 ? -800.0 : x > 800.0 ? 800.0 : x;
  double shifted = b * 1.44269504088896338700e00 + 6755399441055744.0, n = shifted - 6755399441055744.0;
  double high = b - n * 6.93147180369123816490e-01, low = n * 1.90821492927058770002e-10, r = high - low, t = r * r;
  double c = r - t * (1.66666666666666019037e-01 + t * (-2.77777777770155933842e-03 + t * (6.61375632143793436117e-05
           + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))));
  double f = 1.0 - ((low - (r * c) / (2.0 - c)) - high);
  i64 bits; memcpy(&bits, &shifted, 8);
  i64 e = bits - 0x4338000000000000ll, half = e >> 1, a1 = (half + 1023) << 52, a2 = (e - half + 1023) << 52;
  double p1, p2; memcpy(&p1, &a1, 8); memcpy(&p2, &a2, 8);
  return f * p1 * p2;
}
