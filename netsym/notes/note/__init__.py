"""Notes: the whole story of a network on a page, from one description in several languages.

`content` is what a description is made of, `story` what its parts tell of, a file each in
`parts/`; `written/` has a file for every language, which knows nothing of networks.
"""
