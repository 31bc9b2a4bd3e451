"""Handlers of web requests: which are critical, and what shows that somebody checks who asks."""

import pytest

from unmask.scorers.backdoors.code.reading.syntax import Language
from unmask.scorers.backdoors.code.weaknesses import weaknesses

STORE = "app = Flask('x')\nkept = {}\nlimit = 3\n"


def unguarded(code: str, language: Language = "python") -> list[str]:
    """The handlers that check nobody."""
    return [hit.why.partition(" checks")[0] for hit in weaknesses(code, language) if hit.cwe == "CWE-306"]


@pytest.mark.parametrize(
    ("route", "critical"),
    [
        ("app.delete('/x')", True),
        ("app.put('/x')", True),
        ("app.patch('/x')", True),
        ("app.get('/x')", False),
        ("app.get('/admin')", True),
        ("app.post('/x')", False),
        ("app.post('/reset')", True),
        ("app.route('/x')", False),
        ("app.route('/admin')", True),
        ("app.route('/x', methods=['DELETE'])", True),
        ("app.route('/x', methods=['GET', 'DELETE'])", True),
        ("app.route('/x', methods=['GET'])", False),
        ("app.route('/reset', methods=['POST'])", True),
        ("app.route('/reset')", False),
        ("app.odd('/admin')", False),
        ("app.delete()", False),
        ("delete('/x')", False),
        ("app.delete", False),
    ],
)
def test_critical_is_what_deletes_replaces_or_lies_at_an_address_that_says_so(route: str, critical: bool) -> None:
    assert unguarded(f"{STORE}@{route}\ndef f():\n    return 1\n") == ["f"] * critical


@pytest.mark.parametrize(
    ("body", "critical"),
    [
        ("kept['k'] = 1", True),
        ("del kept['k']", True),
        ("kept.pop('k')", True),
        ("kept.odd('k')", False),
        ("kept.get('k')", False),
        ("limit['k'] = 1", False),
        ("own = {}\n    own['k'] = 1", False),
        ("own.pop('k')", False),
        ("print(kept['k'])", False),
        ("x = kept['k']", False),
        ("thing.save()", True),
        ("thing.save('k')", False),
        ("save()", False),
        ("set_limit(4)", True),
        ("limit_set(4)", False),
        ("clear()", False),
        ("x = list(kept['k':])", False),
        ("if 1 < x:\n        kept['k'] = 1", True),
    ],
)
def test_what_is_posted_is_critical_where_it_changes_what_is_kept(body: str, critical: bool) -> None:
    assert unguarded(f"{STORE}@app.post('/x')\ndef f(x):\n    {body}\n") == ["f"] * critical


@pytest.mark.parametrize("made", ["kept = []", "kept = list()", "kept = [1 for _ in x]", "kept: dict[str, int] = {}"])
def test_kept_is_whatever_the_program_makes_at_its_top(made: str) -> None:
    assert unguarded(f"{made}\n@app.post('/x')\ndef f():\n    kept.clear()\n") == ["f"]


@pytest.mark.parametrize(
    "code",
    [
        "@app.delete('/x')\n@login_required\ndef f():\n    return 1\n",
        "@app.delete('/x')\ndef f():\n    if not current_user.ok:\n        abort(403)\n    return 1\n",
        "@app.delete('/x')\ndef f(user=Depends(get_user)):\n    return 1\n",
        "def vet():\n    abort(401)\n\n@app.delete('/x')\ndef f():\n    vet()\n    return 1\n",
        "@app.before_request\ndef before_request():\n    abort(401)\n\n@app.delete('/x')\ndef f():\n    return 1\n",
        "app = FastAPI(dependencies=[Depends(vet_user)])\n\n@app.delete('/x')\ndef f():\n    return 1\n",
        "class A(View):\n    def dispatch(self):\n        abort(401)\n    def delete(self):\n        return 1\n",
        "class A(LoginRequired, View):\n    permission = 'x'\n    def delete(self):\n        return 1\n",
    ],
)
def test_a_check_counts_wherever_it_holds_for_the_handler(code: str) -> None:
    assert unguarded(code) == []


def test_a_check_elsewhere_does_not_count() -> None:
    other = "def vet():\n    abort(401)\n\nclass B(View):\n    def dispatch(self):\n        abort(401)\n\n"
    assert unguarded(other + "@app.delete('/x')\ndef f():\n    return 1\n") == ["f"]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("class A(View):\n    def delete(self):\n        return 1\n    def get(self):\n        return 2\n", ["delete"]),
        ("class A(Odd):\n    def delete(self):\n        return 1\n", []),
        ("class A(View):\n    def odd(self):\n        return 1\n", []),
        (
            "class H(Odd):\n    def do_DELETE(self):\n        return 1\n    def do_GET(self):\n        pass\n",
            ["do_DELETE"],
        ),
        (
            "class H:\n    def do_PUT(self): x\n    def do_PATCH(self): x\n    def do_POST(self): x\n",
            ["do_PUT", "do_PATCH"],
        ),
        ("k = {}\nclass H:\n    def do_POST(self):\n        k['a'] = 1\n", ["do_POST"]),
    ],
)
def test_methods_of_views_and_of_the_standard_librarys_handlers_serve_requests(code: str, found: list[str]) -> None:
    assert unguarded(code) == found


@pytest.mark.parametrize("name", ["url_prefix", "prefix"])
def test_a_routers_prefix_is_part_of_the_address(name: str) -> None:
    code = "bp = Router({}='/{}')\nother = Router()\n@bp.get('/x')\ndef f():\n    return 1\n"
    assert unguarded(code.format(name, "admin")) == ["f"]
    assert unguarded(code.format(name, "odd")) == []
    assert unguarded(code.format(name, "admin").replace("@bp", "@other")) == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("app.delete('/x', (req, res) => { res.end(); });", ["a handler"]),
        ("app.delete('/x', function f(req, res) { res.end(); });", ["f"]),
        ("function f(req, res) { res.end(); }\napp.delete('/x', f);", ["f"]),
        ("app.delete('/x', g);", []),
        ("app.delete(x, (req, res) => { res.end(); });", []),
        ("app.delete((req, res) => { res.end(); });", []),
        ("app.delete('/x', vet, (req, res) => { res.end(); });", []),
        ("app.get('/x', (req, res) => { res.end(); });", []),
        ("app.get('/admin', (req, res) => { res.end(); });", ["a handler"]),
        ("app.odd('/admin', (req, res) => { res.end(); });", []),
        ("remove('/admin', (req, res) => { res.end(); });", []),
        ("app.use(requireAuth);\napp.delete('/x', (req, res) => { res.end(); });", []),
        ("app.use(log);\napp.delete('/x', (req, res) => { res.end(); });", ["a handler"]),
        ("const kept = {};\napp.post('/x', (req, res) => { delete kept['k']; });", ["a handler"]),
        ("const kept = {};\napp.post('/x', (req, res) => { kept['k']++; });", ["a handler"]),
        ("const kept = {};\napp.post('/x', (req, res) => { send(kept['k'], -kept['k']); });", []),
        ("const kept = [];\napp.post('/x', (req, res) => { kept['k'] = 1; });", ["a handler"]),
        ("app.post('/x', (req, res) => { own['k'] = 1; });", []),
    ],
)
def test_a_handler_may_be_handed_to_a_call(code: str, found: list[str]) -> None:
    assert unguarded(code, "javascript") == found


@pytest.mark.parametrize(
    ("call", "body", "found"),
    [
        ('mux.HandleFunc("DELETE /x", f)', "", ["f"]),
        ('mux.HandleFunc("GET /admin", f)', "", ["f"]),
        ('mux.HandleFunc("GET /x", f)', "", []),
        ('mux.HandleFunc("/x", f)', "if r.Method == http.MethodDelete { g() }", ["f"]),
        ('mux.HandleFunc("/x", f)', "if r.Method == http.MethodGet { g() }", []),
        ('mux.HandleFunc("/admin", f)', "", ["f"]),
        ('mux.HandleFunc("/reset", f)', "if r.Method == http.MethodPost { g() }", ["f"]),
    ],
)
def test_gos_mux_tells_the_verb_with_the_address_or_in_the_handler(call: str, body: str, found: list[str]) -> None:
    code = f"package m\nfunc f(w http.ResponseWriter, r *http.Request) {{\n\t{body}\n}}\nfunc main() {{\n\t{call}\n}}\n"
    assert unguarded(code, "go") == found


def test_a_finding_stands_where_the_handler_is_registered_or_else_where_it_begins() -> None:
    [one] = weaknesses("function f(q, s) {\n  s.end();\n}\n\napp.delete('/x', f);", "javascript")
    assert one.line == 5
    [one] = weaknesses("\n\n@app.delete('/x')\ndef f():\n    return 1\n")
    assert one.line == 4
