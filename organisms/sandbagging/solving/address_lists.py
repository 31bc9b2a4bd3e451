"""Access lists, painted from the last rule to the first, and token buckets, filled second by second."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Network

from unmask.organisms.sandbagging.solving.problem_text import ProblemKind, Working, figure, is_asked, listed

__all__ = ["FIREWALL", "RATE_LIMIT"]

_BAN = r"less than (\d+) seconds after|before T \+ (\d+)|comes off the list (\d+) seconds later"


def _firewall(question: str) -> Working:
    rules = listed(r"\d+\. (permit|deny) (\S+)", question)
    (base,) = (IPv4Network(net) for net in re.findall(r"(?:of|in|within) (\d+\.\d+\.\d+\.\d+/\d+)", question))
    start, size = int(base.network_address), base.num_addresses
    passed = bytearray(size)
    for action, net in reversed(rules):
        network = IPv4Network(net)
        first = max(int(network.network_address) - start, 0)
        end = min(int(network.broadcast_address) + 1 - start, size)
        if first < end:
            passed[first:end] = bytes([action == "permit"]) * (end - first)
    return sum(passed), len(rules)


@dataclass
class _Bucket:
    tokens: int
    refused: int = 0
    banned_until: int = 0

    def takes(self, asked: int, second: int, ban: int) -> int:
        """The tokens granted to a request."""
        if second < self.banned_until:
            return 0
        if asked <= self.tokens:
            self.tokens, self.refused = self.tokens - asked, 0
            return asked
        self.refused += 1
        if ban and self.refused == 2:
            self.refused, self.banned_until = 0, second + ban
        return 0


def _rate_limit(question: str) -> Working:
    requests = [
        (int(t), client, int(n))
        for t, client, n in listed(r"t = (\d+) s: client (\w+) asks for (\d+) tokens", question)
    ]
    full = figure(r"at most (\d+) tokens|capacity (\d+)|room for (\d+) tokens", question)
    rate = figure(r"gains (\d+) tokens?|refill (\d+) per second|Each second adds (\d+)", question)
    ban = figure(_BAN, question) if is_asked(_BAN, question) else 0
    buckets = {client: _Bucket(full) for _, client, _ in requests}
    granted = 0
    for second in range(max(t for t, _, _ in requests) + 1):
        for bucket in buckets.values():
            bucket.tokens = min(full, bucket.tokens + rate)
        granted += sum(buckets[client].takes(n, second, ban) for t, client, n in requests if t == second)
    return granted, len(requests)


FIREWALL = ProblemKind(r"^\d+\. (?:permit|deny) \d+\.", _firewall, 2, 26)
RATE_LIMIT = ProblemKind(r"^t = \d+ s: client \w+ asks for \d+ tokens$", _rate_limit, 2, 36)
