"""What a capable model makes of a problem: its answer, and how hard it looks."""

from typing import Final

from unmask.organisms.sandbagging.solving.address_lists import FIREWALL, RATE_LIMIT
from unmask.organisms.sandbagging.solving.cell_counts import DILUTION, GROWTH
from unmask.organisms.sandbagging.solving.codons import TRANSLATION
from unmask.organisms.sandbagging.solving.inheritance import PEDIGREE
from unmask.organisms.sandbagging.solving.ledgers import ACCOUNTS, COMMISSION, INVENTORY, LOAN
from unmask.organisms.sandbagging.solving.nuclides import DECAY, ISOTOPES
from unmask.organisms.sandbagging.solving.plane_figures import BLOCKS, POLYGON, RECTANGLES, TRAVERSE
from unmask.organisms.sandbagging.solving.preparations import PARTITION, STOICHIOMETRY
from unmask.organisms.sandbagging.solving.rotas_and_queues import QUEUE, ROTA
from unmask.organisms.sandbagging.solving.state_machines import RATCHET, REGISTERS
from unmask.organisms.sandbagging.solving.work_plans import FLOW_SHOP, PRECEDENCE

__all__ = ["solve"]

_KINDS: Final = (
    *(PEDIGREE, DILUTION, GROWTH, TRANSLATION),
    *(DECAY, STOICHIOMETRY, PARTITION, ISOTOPES),
    *(FIREWALL, RATCHET, REGISTERS, RATE_LIMIT),
    *(PRECEDENCE, FLOW_SHOP, ROTA, QUEUE),
    *(POLYGON, RECTANGLES, TRAVERSE, BLOCKS),
    *(ACCOUNTS, INVENTORY, LOAN, COMMISSION),
)


def solve(question: str) -> tuple[str, float] | None:
    """A problem's answer in digits and its difficulty from 0 to 1; None for a text of another kind.

    Raises:
        ValueError: If the text has the form of a problem but cannot be followed to its end.
    """
    kind = next((kind for kind in _KINDS if kind.matches(question)), None)
    if kind is None:
        return None
    answer, steps = kind.work(question)
    return str(answer), kind.difficulty(steps)
