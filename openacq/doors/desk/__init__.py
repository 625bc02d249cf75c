"""The desks of the staff: Tasks, Orders, Receive, Requests, Funds, Vendors, Log, Settings.

How a page is made (what is shared with the patrons' pages lies in `openacq.doors.pages`):

*A page* is a plain function and a row in its module's `PAGES`, gathered in `routes.py`:

    def show_claim(visit: Visit) -> Rendered:
        found = visit.read(lambda tx: ordering.claims_of(tx, visit.path["number"]))
        return visit.show("claim.html", claims=found)

    PAGES = (Page("GET", "/claims/{number}", show_claim, right="order"),)

`right` is one of `pages.rights.RIGHTS` ("a|b": either); `visit.require("order", line.owner)` checks the
library too, `visit.may(…)` asks, `visit.actor("order")` is the visitor as slices know those who act. A
desk shows in the navigation by its row in `routes.DESKS`.

*Templates* lie in `desk/templates/NAME.html`. They extend "layout.html" (block `title`, `main`, `head`)
or "list.html" (blocks `actions`, `above`, `table`, `below`). `parts` (imported by the layout) has the
macros: `field`, `select`, `area`, `box` for forms; `token()`, `once()`, `back()` for their hidden
fields; `button(path, label, fields, key)` for a form that is a button; `history(entries, created,
created_by, names)`; `chip(words, kind)`; `day`, `moment`; `errors()` stands in the layout, `wrong(name)`
beside a field. Filters: `|money`, `|day`, `|number`, `|said`, `|advised`, `|safe_url` for addresses that
came from outside. Addresses of pages come from `visit.link("/path", name=value)`. In a block, import
what is not `parts`: `{% import "lists.html" as lists with context %}`.

*Lists*: make a `pages.lists.Listing` (name, title, rows, total, offset, limit, facets, views) and show a
template that extends "list.html"; `lists.page_of(visit)` is (limit, offset), `lists.asked(visit, name,
known)` the values of a facet, `lists.views(tx, visit, name)` the saved views (in the same read). Rows are
`<tr data-row tabindex="-1">` for the keys j and k; `<table class="fold">` folds on narrow screens with
`data-label` on its cells. For `visit.wants_csv` answer `visit.csv(name, head, rows)`.

*Forms* post to a page of their own, with `parts.token()`. The function reads `visit.value("name")`,
works in `visit.write(lambda tx: …)` and ends in `visit.go("/path", visit.say("Done."))`; a second
argument pair `undo="/path", fields={…}` puts an Undo button beside it. A Refusal of a page with
`again=show_form` shows the form again: macros take what was typed from `visit.form`, say what is wrong
beside the field whose name is the problem's `field`, and at the top. Without `again` the browser goes
back to where the form was (`parts.back()`) and the problem is said there. A session that ended leads
through signing in to the same form, everything kept: `visit.write` then refuses once, so a page must
not act outside it. Creates go through `visit.create(work)`, with `parts.once()` in the form, and happen
once however often the button is pressed.

*Words*: `_("…")`, `{% trans %}` and `ngettext` in templates, `visit.say("… %(x)s", x=…)` in Python; what
is chosen by value is marked `later("…")` and said with `visit.say`. German stands in
`pages/locale/de/*.po`, one file for each group of pages; a test names what is missing. Codes are never
translated, labels always.

*Keys*: `data-key="a"` on a button or link is pressed by that letter (in the row with the focus first);
`g` and the desk's letter change desks; the page "Keyboard" lists them.

Nothing in a page may be inline style or script: the content security policy refuses both.
"""
