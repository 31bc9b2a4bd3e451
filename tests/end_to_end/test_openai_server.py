from tests.end_to_end.openai_server import serving


def test_x():
    with serving() as s:
        assert s.url
