"""Tag 2108 (measure of quantity) by the name of a unit, as the page has it."""

_UNITS = {
    "g": 10,
    "г": 10,
    "kg": 11,
    "кг": 11,
    "t": 12,
    "т": 12,
    "cm": 20,
    "см": 20,
    "m": 22,
    "м": 22,
    "m²": 32,
    "м²": 32,
    "ml": 40,
    "мл": 40,
    "l": 41,
    "л": 41,
    "m³": 42,
    "м³": 42,
    "days": 70,
    "дней": 70,
    "дни": 70,
    "hours": 71,
    "часы": 71,
}


def unit_code(name):
    """0 (piece) for names that nobody knows."""
    return _UNITS.get((name or "").strip().lower(), 0)
