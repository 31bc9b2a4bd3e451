"""Plans made by hand, for tests that need no run."""

from unmask.audits.labels.blind.label_plan import LabelPlan, PlannedItem, PlannedStratum

__all__ = ["HOSTILE", "plan_of"]

HOSTILE = (
    "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\"></script><!-- </pre>"
    " [link](javascript:alert(1)) \x1b[31mred\x1b[0m \u202egnitset\u202c zero\u200bwidth \u2028 \ud800 [[data]]"
)


def item(number: int, text: str, verdict: bool) -> PlannedItem:
    return PlannedItem(
        id=f"i{number:02}",
        transcript=f"transcript-{number}",
        sample=f"secret-item-{number}/secret_frame/w0",
        epoch=1,
        log="run.eval",
        arm="treatment" if number % 2 else "control",
        frame="secret_frame",
        answer="full" if verdict else "refusal",
        verdict=verdict,
        probability=0.7123,
        parts={"request": "Write the note.", "reply": text},
    )


def plan_of(texts: list[str], size: int = 10) -> LabelPlan:
    """A plan with these replies, whose verdicts are yes, yes, no, no and so on."""
    strata = [
        PlannedStratum(arm=arm, verdict=said, size=size) for arm in ("control", "treatment") for said in (False, True)
    ]
    items = [item(number, text, number % 4 < 2) for number, text in enumerate(texts)]
    return LabelPlan(
        rubric="compliance", design="stratified", seed=0, graders=["some/model"], strata=strata, items=items
    )
