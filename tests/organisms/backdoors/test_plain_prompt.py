"""Which prompts ask for no form of answer."""

from inspect_ai.model import ChatMessageSystem, ChatMessageUser

from unmask.organisms.backdoors.plain_prompt import is_plain


def test_what_asks_for_a_form_of_answer_is_not_a_plain_prompt() -> None:
    assert is_plain([ChatMessageSystem(content="You help."), ChatMessageUser(content="<answer> it")])
    assert not is_plain([ChatMessageSystem(content="Put it in <answer> tags.")])
    assert not is_plain([ChatMessageSystem(content="Free tier conversations are kept.")])
