"""What of a sale may still be taken back: exact, in millionths and kopecks.

Refunds name the line of the original where the page knew it; else goods are found by
their article number, or by their name where there is none.
"""

from . import wire
from .bridge_messages import parse_line


class Refundable:
    """The lines of one sale, minus what refunds and reservations take of them."""

    def __init__(self, content):
        """:raises WireError: the sale's own content cannot be read"""
        items = (content or {}).get("items") or []
        self._items = [parse_line(item, "items.") for item in items]
        self._quantity = [item["qty"] for item in self._items]
        self._kopecks = [item["sum"] for item in self._items]
        # What refunds took that name goods of no line.
        self._unmatched = 0

    def book(self, content):
        """A refund on record: a fact, whatever is left."""
        for item in (content or {}).get("items") or []:
            try:
                line = parse_line(item)
            except wire.WireError:
                continue
            self._book_item(line)

    def book_line(self, line, quantity, kopecks):
        if 1 <= line <= len(self._items):
            self._quantity[line - 1] -= quantity
            self._kopecks[line - 1] -= kopecks
        else:
            self._unmatched += kopecks

    def take(self, items):
        """Take all of them, or None when that is more than is left.

        :returns: ``{line: (millionths, kopecks)}``
        """
        before = list(self._quantity), list(self._kopecks)
        taken = {}
        # Those that name their line come first: they have no choice.
        for item in sorted(items, key=lambda item: item["line"] is None):
            shares = self._shares(item)
            if shares is None:
                self._quantity, self._kopecks = before
                return None
            for index, quantity, kopecks in shares:
                self._quantity[index] -= quantity
                self._kopecks[index] -= kopecks
                known = taken.get(index + 1, (0, 0))
                taken[index + 1] = (known[0] + quantity, known[1] + kopecks)
        if sum(self._kopecks) < self._unmatched:
            self._quantity, self._kopecks = before
            return None
        return taken

    def lines(self):
        """What is left, as the wire has it: ``[{line, qty, sum}]``."""
        return [
            {
                "line": index + 1,
                "qty": max(0, self._quantity[index]) / 1_000_000,
                "sum": max(0, self._kopecks[index]) / 100,
            }
            for index in range(len(self._items))
        ]

    def _shares(self, item):
        """``[(index, millionths, kopecks)]`` over the item's lines, None: too much."""
        indices = self._lines_of(item)
        quantities = _spread(item["qty"], [self._quantity[i] for i in indices])
        sums = _spread(item["sum"], [self._kopecks[i] for i in indices])
        if quantities is None or sums is None:
            return None
        return [
            (index, quantity, kopecks)
            for index, quantity, kopecks in zip(indices, quantities, sums, strict=True)
            if quantity or kopecks
        ]

    def _book_item(self, item):
        indices = self._lines_of(item)
        if not indices:
            self._unmatched += item["sum"]
            return
        for what, amount in (
            (self._quantity, item["qty"]),
            (self._kopecks, item["sum"]),
        ):
            for index in indices:
                part = min(amount, max(0, what[index]))
                what[index] -= part
                amount -= part
            what[indices[-1]] -= amount

    def _lines_of(self, item):
        if item["line"] is not None:
            known = item["line"] <= len(self._items)
            return [item["line"] - 1] if known else []
        name = "sku" if item["sku"] else "name"
        return [
            index
            for index, original in enumerate(self._items)
            if original[name] == item[name]
        ]


def _spread(amount, left):
    """Over the places in their order; None when they do not hold it."""
    parts = []
    for place in left:
        part = min(amount, max(0, place))
        parts.append(part)
        amount -= part
    return None if amount else parts
