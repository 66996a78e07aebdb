"""Pages that a reader plays with: one file of HTML, which needs nothing else.

`parts` has the formulas with a place for every value, `page` puts them in one another and into
HTML; `page.css` and `page.js` are what it looks like and what it does.
"""
