"""VAT as the fiscal documents name it (ФФД, tag 1199)."""

#: Which share of a gross amount is VAT, by tag 1199: numerator and denominator.
VAT_SHARE = {
    1: (20, 120),
    2: (10, 110),
    3: (20, 120),
    4: (10, 110),
    7: (5, 105),
    8: (7, 107),
    9: (5, 105),
    10: (7, 107),
    11: (22, 122),
    12: (22, 122),
}
