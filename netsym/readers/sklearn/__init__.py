"""Fitted scikit-learn models as networks: a row for every class, in the file of its family.

Attributes of the model are read, and which columns a selector keeps; scikit-learn itself is never
imported.
"""
