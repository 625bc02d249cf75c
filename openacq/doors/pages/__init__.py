"""What all doors with pages share: the desks of the staff and the pages of patrons.

A door is a `PageDoor`: a prefix, its pages, its templates. A page is declared in a table and answered
by a plain function that runs in a thread:

    PAGES = (
        Page("GET", "/claims", list_claims, right="order"),
        Page("POST", "/claims", claim, right="order", again=list_claims),
    )

    def list_claims(visit: Visit) -> Rendered:
        found = visit.read(lambda tx: ordering.due_claims(tx))
        return visit.show("claims.html", found=found)

`entrance` finds the page, the session and the language, checks the form's token, answers refusals;
`visit` is what a page is given; `lists` are tables with facets, pages, saved views and CSV; `language`
words, dates and money; `rendering` the templates; `signing` signing in and out; `files` style sheets
and scripts. See `openacq.doors.desk` for how to write a page.
"""
