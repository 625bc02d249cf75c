"""An institution writes its own templates: they are checked, tried and previewed, and cannot break out."""

from __future__ import annotations

import time
from typing import Any

import pytest
from jinja2.exceptions import SecurityError, UndefinedError
from sqlalchemy import insert

from openacq.kernel.refusal import Problem, Refusal
from openacq.letters import rendering, wording
from openacq.letters import service as letters
from openacq.letters.facts import MOST_ROWS, example_of, fit
from openacq.letters.kinds import KINDS
from openacq.letters.model import Draft, State
from openacq.letters.tables import letter_templates
from openacq.store import Tx
from tests.conftest import TODAY, Do
from tests.docs.letters import EXAMPLE
from tests.letters.conftest import Look, Post, a_wish

ORDER = KINDS["order"]


def problems(source: str, part: str = "text") -> list[tuple[str, str]]:
    """(slug, message) of everything wrong with a part of an order's template."""
    found = wording.check(ORDER, "en", Draft(**{part: source}))
    return [(problem.slug, problem.message()) for problem in found]


# -- an institution's own words -----------------------------------------------------------------


def test_own_words_take_the_place_of_shipped_ones_and_go_again(
    post: Post, look: Look, write: Do, read: Do, other_institution: int
) -> None:
    before = post(occasion="before")
    draft = Draft(
        subject="Order {{ order.number }}, please", text="Dear {{ vendor.name }},\n\n{{ order.note }}"
    )
    write(lambda tx: letters.put_template(tx, "order", "en", draft, by="Kim"))
    own = look(post(occasion="own"))
    assert own.subject == "Order PO-2026-1001, please"
    assert own.text == "Dear Example Books Ltd,\n\nAll items shelf-ready, please.\n"
    assert "<p>Dear Example Books Ltd,</p>\n<p>All items shelf-ready, please.</p>" in own.html, (
        "without HTML of its own it is made from the text"
    )
    assert look(before).subject.startswith("Purchase order"), "what is queued says what was true"
    assert look(post(occasion="german", language="de")).subject.startswith("Bestellung")

    card = read(lambda tx: letters.template(tx, "order", "en"))
    assert card.own == {"subject", "text"}
    assert (card.html, card.changed, card.changed_by) == ("", TODAY, "Kim")
    other = write(lambda tx: letters.enqueue(tx, a_wish()), institution=other_institution)
    theirs = read(lambda tx: letters.letter(tx, other), institution=other_institution)
    assert theirs.subject.startswith("Purchase order")

    assert write(lambda tx: letters.drop_template(tx, "order", "en")) is True
    assert write(lambda tx: letters.drop_template(tx, "order", "en")) is False
    assert look(post(occasion="after")).subject.startswith("Purchase order")
    assert read(lambda tx: letters.template(tx, "order", "en")).own == frozenset()


def test_a_language_falls_back_to_its_base_and_then_to_english(
    post: Post, look: Look, write: Do, read: Do
) -> None:
    french = Draft(subject="Commande {{ order.number }}", text="Bonjour,\n{{ order.date }}")
    write(lambda tx: letters.put_template(tx, "order", "fr", french))
    write(lambda tx: letters.put_template(tx, "claim", "en", Draft(subject="Our own claim")))
    assert look(post(occasion="1", language="fr_CA")).subject == "Commande PO-2026-1001"
    assert look(post(occasion="2", language="fr")).language == "fr"
    swiss = look(post(occasion="3", language="de-CH"))
    assert (swiss.language, swiss.subject.split()[0]) == ("de", "Bestellung")
    italian = look(post("claim", occasion="4", language="it"))
    assert (italian.language, italian.subject) == ("en", "Our own claim")
    cards = {card.code: card for card in read(letters.kinds)}
    assert cards["order"].languages == ("de", "en", "fr")
    assert ("lines[].title", "The history of paper") in [
        (fact.path, fact.example) for fact in cards["order"].facts
    ]


def test_a_language_without_shipped_words_needs_subject_and_text(write: Do) -> None:
    with pytest.raises(Refusal) as refused:
        write(lambda tx: letters.put_template(tx, "order", "fr", Draft(html="<p>Bonjour</p>")))
    assert [problem.slug for problem in refused.value.problems] == ["template_incomplete"] * 2


@pytest.mark.parametrize("language", ["", "x", "english", "en-", "e1", "../en", "en-US-x", "de\nBcc"])
def test_languages_are_tags(write: Do, language: str) -> None:
    with pytest.raises(Refusal) as refused:
        write(lambda tx: letters.put_template(tx, "order", language, Draft(subject="x")))
    assert refused.value.problems[0].slug == "language_invalid"


def test_an_unknown_kind_names_the_one_meant(write: Do) -> None:
    with pytest.raises(Refusal) as refused:
        write(lambda tx: letters.put_template(tx, "claims", "en", Draft(subject="x")))
    assert "Did you mean claim?" in refused.value.problems[0].advice()


def test_a_template_that_became_useless_is_passed_over_and_says_so(
    post: Post, look: Look, write: Do, read: Do
) -> None:
    """As after an update of the server that knows other facts."""

    def put(tx: Tx) -> None:
        row = {"kind": "order", "language": "en", "subject": "{{ order.nmae }}", "changed": tx.now}
        tx.execute(insert(letter_templates), {**row, "institution": tx.institution, "changed_by": ""})
        tx.registers_changed()

    write(put)
    letter = look(post())
    assert letter.subject.startswith("Purchase order PO-2026-1001")
    assert letter.remark.startswith("own template not used: The template's subject, line 1: this kind")
    assert read(lambda tx: letters.preview(tx, "order", "en")).remark == letter.remark


def test_a_template_that_fails_on_todays_facts_is_passed_over(post: Post, look: Look, write: Do) -> None:
    draft = Draft(subject="{% for line in lines %}{{ line.title }}{% endfor %}")
    write(lambda tx: letters.put_template(tx, "order", "en", draft))
    letter = look(post(facts={**example_of(ORDER.facts), "lines": ()}))
    assert letter.subject.startswith("Purchase order")
    assert letter.remark == "own template not used: the subject is empty"


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (Draft(subject="{% if not order.number %}x{% endif %}"), "it is empty"),
        (Draft(text="{% if order.date > date %}late{% endif %}"), "TypeError"),
    ],
)
def test_a_template_that_fails_on_the_example_or_without_facts_is_refused(
    write: Do, draft: Draft, reason: str
) -> None:
    with pytest.raises(Refusal) as refused:
        write(lambda tx: letters.put_template(tx, "order", "en", draft))
    (problem,) = refused.value.problems
    assert problem.slug == "template_fails"
    assert reason in problem.message()


def test_switched_off_letters_are_kept_and_not_sent(post: Post, look: Look, write: Do, read: Do) -> None:
    write(lambda tx: letters.switch(tx, "request_rejected", enabled=False))
    letter = look(post("request_rejected", occasion="r1", recipient="kim@people.example"))
    assert (letter.state, letter.error) == (State.CANCELLED, "letters of this kind are switched off")
    assert [card.code for card in read(letters.kinds) if not card.enabled] == ["request_rejected"]
    write(lambda tx: letters.switch(tx, "request_rejected", enabled=True))
    assert (
        look(post("request_rejected", occasion="r2", recipient="kim@people.example")).state is State.WAITING
    )


# -- preview ------------------------------------------------------------------------------------


def test_a_preview_shows_the_letter_and_keeps_nothing(write: Do, read: Do) -> None:
    shown = read(lambda tx: letters.preview(tx, "order", "de"))
    assert shown.subject == "Bestellung PO-2026-1001 \N{EN DASH} Main Library"
    assert shown.attachments[0].name == "Bestellung-PO-2026-1001.pdf"
    assert letters.content_of(shown.attachments[0]).startswith(b"%PDF")

    draft = Draft(subject="{{ user.first_name }}: {{ title }}")
    facts = {"user": {"first_name": "Kim"}, "title": "Ink & <paper>"}
    shown = read(lambda tx: letters.preview(tx, "notify_cancel", "en", facts, draft=draft))
    assert shown.subject == "Kim: Ink & <paper>"
    assert "<strong>Ink &amp; &lt;paper&gt;</strong>" in shown.html
    assert "<title>Kim: Ink &amp; &lt;paper&gt;</title>" in shown.html
    assert read(lambda tx: letters.template(tx, "notify_cancel", "en")).own == frozenset()
    assert read(letters.letters).total == 0


def test_a_preview_of_a_faulty_draft_names_every_fault(read: Do) -> None:
    draft = Draft(subject="{{ ordr.number }}", text="line one\n{{ order.number }", html="{{ lines }}")
    shown = read(lambda tx: letters.preview(tx, "order", "en", draft=draft))
    assert (shown.subject, shown.html) == ("", "")
    assert [(problem.slug, problem.field, problem.facts["line"]) for problem in shown.problems] == [
        ("template_name_unknown", "subject", 1),
        ("template_wrong", "text", 2),
        ("template_wrong", "html", 1),
    ]
    assert shown.problems[0].advice() == "Use the facts listed for the kind. Did you mean order?"


# -- what templates may not ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ order.__class__ }}",
        "{{ order['__class__'] }}",
        "{{ order|attr('__class__') }}",
        "{{ lines.__len__() }}",
        "{{ self }}",
        "{{ self._TemplateReference__context }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ lipsum.__globals__['os'] }}",
        "{{ range(3) }}",
        "{{ namespace(a=1) }}",
        "{{ dict(a=1) }}",
        "{{ order.items() }}",
        "{{ order.keys }}",
        "{{ vendor.name.upper() }}",
        "{{ vendor.name.format(order) }}",
        "{{ '%s'|format(order) }}",
        "{{ vendor.name.__init__ }}",
        "{{ order.number[0] }}",
        "{{ lines[0].title }}",
        "{{ order.number[:3] }}",
        "{% for line in lines %}{{ line.__class__ }}{% endfor %}",
        "{% for line in lines %}{{ loop.__class__ }}{% endfor %}",
        "{% for line in lines %}{{ loop.cycle('a', 'b') }}{% endfor %}",
        "{% for _budget in lines %}x{% endfor %}",
        "{% for loop in lines %}x{% endfor %}",
        "{% for a, b in lines %}x{% endfor %}",
        "{% for line in lines recursive %}{{ loop(lines) }}{% endfor %}",
        "{% for char in order.number %}{{ char }}{% endfor %}",
        "{% set _words = 1 %}",
        "{% set order = 1 %}",
        "{% set a %}{{ order.number }}{% endset %}",
        "{% set a, b = 1, 2 %}",
        "{{ _budget }}",
        "{{ _words }}",
        "{% include 'order.txt.j2' %}",
        "{% extends 'layout.html.j2' %}",
        "{% import 'x' as x %}",
        "{% from 'x' import y %}",
        "{% block a %}{% endblock %}",
        "{% macro a() %}{% endmacro %}",
        "{% call a() %}{% endcall %}",
        "{% filter upper %}x{% endfilter %}",
        "{% autoescape false %}{{ order.note }}{% endautoescape %}",
        "{{ order.note|safe }}",
        "{{ order.note|tojson }}",
        "{{ lines|map(attribute='title')|join }}",
        "{{ lines|join }}",
        "{{ lines|length|join }}",
        "{{ 'a' * 100000000 }}",
        "{{ 10 ** 10 ** 10 }}",
        "{{ '%100000000d' % 1 }}",
        "{{ 'a' ~ 'b' }}",
        "{{ 1 + 1 }}",
        "{{ order.number|truncate(order.total) }}",
        "{{ library.address|join('" + "x" * 101 + "') }}",
        "{{ order }}",
        "{{ lines }}",
        "{{ library.address }}",
        "{% for line in lines %}{{ line.rush }}{% endfor %}",
        "{{ order.number if order }}",
        "{{ lines if order.number else order.number }}",
        "{{ order.number is callable }}",
        "{{ order.number is sameas(order) }}",
        "{% do order.clear() %}",
        "{% with a = order %}{{ a }}{% endwith %}",
        "{{ order.number",
        "{% if order.number %}",
        "{% endfor %}",
        "{{ " + "(" * 500 + "1" + ")" * 500 + " }}",
        "{% if order.number %}" * 60 + "{% endif %}" * 60,
        "{{ nothing }}",
        "{{ [lines, lines] }}",
        "{% if [[order.number]] %}{% endif %}",
    ],
)
@pytest.mark.parametrize("part", ["text", "html"])
def test_what_reaches_out_or_grows_is_refused(source: str, part: str) -> None:
    found = problems(source, part)
    assert found
    assert {slug for slug, _ in found} <= {"template_wrong", "template_name_unknown"}


@pytest.mark.parametrize(
    "source",
    [
        "{{ order.number }} {{ order['number'] }}",
        "{% for line in lines if line.rush %}{{ loop.index }}/{{ loop.length }}{% else %}none{% endfor %}",
        "{% set who = vendor.contact|default('friends') %}Dear {{ who }}",
        "{{ library.address|join(', ') }} {{ lines|length }}",
        "{% if order.currency in ['EUR', 'CHF'] and not order.note %}{{ order.total }}{% endif %}",
        "{% for line in lines %}{{ line.title|upper|truncate(9) if loop.index is odd else '' }}{% endfor %}",
        "{{ 'one' if lines|length == 1 else 'many' }}",
        "{# a remark #}{% raw %}{{ not read }}{% endraw %}",
        "{% for row in library.address %}{{ row }}\n{% endfor %}",
        "{% if order.date is none %}{% else %}{{ order.date }}{% endif %}",
    ],
)
def test_what_templates_are_for_is_let_in(source: str) -> None:
    assert problems(source) == []


def test_the_example_of_the_reference_page_is_let_in() -> None:
    assert problems(EXAMPLE.removeprefix("```\n").removesuffix("\n```")) == []


def test_the_words_of_a_refusal_help() -> None:
    assert problems("\n\n{{ order.nubmer }}") == [
        ("template_name_unknown", "The template's text, line 3: this kind of letter has no nubmer there.")
    ]
    (fault,) = wording.check(ORDER, "en", Draft(text="{{ order.nubmer }}"))
    assert fault.advice().endswith("Did you mean number?")
    assert problems("{{ order.number.upper() }}")[0][1] == (
        "The template's text, line 1: nothing can be called."
    )


def test_a_template_may_be_only_so_long() -> None:
    assert [slug for slug, _ in problems("x" * 32_001)] == ["value_too_long"]
    assert problems("x" * 32_000) == []


LINES = tuple({"title": f"Title {number}", "number": f"POL-{number}"} for number in range(2_000))


def rendered(source: str, part: str = "text", **facts: Any) -> str:
    compiled = rendering.compile_source(source, ORDER.facts, part)
    assert not isinstance(compiled, tuple), [problem.message() for problem in compiled]
    return rendering.render(compiled, fit(ORDER.facts, facts), "en")


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in lines %}{% for b in lines %}{% endfor %}{% endfor %}",
        "{% for a in lines %}{% for b in lines %}{% for c in lines %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in lines %}" + "{% if a.rush %}{% endif %}" * 1_000 + "{% endfor %}",
        "{% for a in lines %}" + "x" * 30_000 + "{% endfor %}",
        "{% for a in lines %}{% for b in lines if b.rush %}{% endfor %}{% endfor %}",
    ],
)
def test_loops_without_end_and_letters_without_end_are_stopped_soon(source: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(rendering.CannotRender):
        rendered(source, lines=LINES)
    assert time.perf_counter() - begun < 5


def test_long_orders_are_no_endless_loops() -> None:
    full = dict(example_of(ORDER.facts)["lines"][0])  # type: ignore[index]
    facts = fit(ORDER.facts, {"lines": [{**full, "number": f"POL-{number}"} for number in range(MOST_ROWS)]})
    worded = wording.put_in_words(ORDER, wording.shipped("order", "en"), facts)
    assert worded.text.count("Our line POL-") == MOST_ROWS
    assert worded.html.count("Our line POL-") == MOST_ROWS


def test_facts_are_escaped_in_html_and_their_line_breaks_kept() -> None:
    nasty = "<script>alert(1)</script>\n\"quoted\" & 'so'"
    assert rendered("{{ order.note }}", "html", order={"note": nasty}) == (
        "&lt;script&gt;alert(1)&lt;/script&gt;<br>\n&#34;quoted&#34; &amp; &#39;so&#39;"
    )
    assert rendered("{{ order.note }}", order={"note": nasty}) == nasty
    shipped = wording.put_in_words(
        ORDER,
        wording.shipped("order", "en"),
        fit(ORDER.facts, {"lines": [{"title": nasty, "note": nasty}], "vendor": {"name": nasty}}),
    )
    assert "<script>" not in shipped.html
    assert "<script>" not in shipped.html.lower().replace("&lt;script&gt;", "")


def test_a_template_cannot_change_what_others_see() -> None:
    """The second wall behind the checks: the sandbox itself, were a check forgotten."""
    facts = fit(ORDER.facts, example_of(ORDER.facts))
    context = {**facts, "_words": rendering.words("en")}
    for source in (
        "{{ order.clear() }}",
        "{{ order.__class__.__mro__ }}",
        "{{ lines.__class__ }}",
        "{{ ''.__class__ }}",
        "{{ order.update({'number': 'x'}) }}",
        "{{ '%s'.__mod__(1) }}",
    ):
        template = rendering._TEXT.from_string(source)
        with pytest.raises((SecurityError, UndefinedError, rendering.CannotRender)):
            template.render(context)
    assert facts == fit(ORDER.facts, example_of(ORDER.facts))


def test_every_problem_of_a_template_is_worded() -> None:
    for slug, facts in (
        ("template_wrong", {"line": 1, "reason": "x"}),
        ("template_fails", {"reason": "x"}),
        ("template_incomplete", {}),
        ("template_name_unknown", {"line": 1, "probable": ""}),
    ):
        problem = Problem(slug, "text", "x", **facts)
        assert problem.message()
        assert problem.advice()
