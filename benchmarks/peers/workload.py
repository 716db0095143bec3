"""The reference workload: what one member does in a month with every driver on, as numbers.

As many members as at the start, most of whom act in a month; who leaves is replaced by a newcomer. A month:

    ties      fade; bond = ties / (1 + ties)
    mean      rate exp(RATE + NEED need + BELONGING (bond - 1/2) + drive), the core and the others each by
              their own ratio; a newcomer has what is left of the month
    days      min(N, G): N = Poisson(mean), one more for a newcomer, at most 31; G = Geometric(chance)
    chance    odds of the trait times exp(ODDS + OUTSIDER - STAY (bond - 1/2) + gate and answer for newcomers)
    acts      days + Poisson(EXTRA intensity days)
    views     in proportion to (audience + FRESH quality acts) log-normal luck; some stay as audience
    drive     ELASTICITY log((1 + views) / (1 + expected)), and for who is paid (views from a threshold on)
              JUMP + SLOPE log(1 + receipt / UNIT); receipts and the frame of pay move
    turnover  gone when G <= N; as many arrive, with rate ~ gamma, dropout ~ beta, three log-normal traits

Every implementation reads these numbers and does all of it; each may do it in the way that is best there.
"""

R, ALPHA, A, B = 2.0, 1.0, 1.0, 30.0
QUALITY_SPREAD, INTENSITY_SPREAD, NEED_SPREAD = 0.8, 0.5, 0.4
RATE, NEED, BELONGING, STAY = -0.2, 0.1, 0.2, 0.2
CORE, CORE_RATE, OUTER_RATE = 10.0, 0.1, -0.05
ODDS, OUTSIDER, GATE, RESPONSE, ANSWERED, USUAL = 0.05, 0.1, 0.2, 0.7, 0.6, 0.5
TIES_KEPT, TIES_MADE, EXTRA = 0.9, 0.05, 0.6
KEPT, CAPTURED, LUCK, FRESH, VIEWS = 0.8, 0.1, 0.7, 5.0, 50.0
ELASTICITY, ADAPTATION = 0.15, 0.2
THRESHOLD, CENTS, RECEIPT_KEPT, FRAME_UP, FRAME_DOWN = 10.0, 2.0, 0.5, 0.3, 0.03
JUMP, SLOPE, WITHDRAWAL, UNIT = 0.05, 0.05, 0.1, 100.0
MONTHS = 100
