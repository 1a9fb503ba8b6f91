"""Pure functions from texts to values, one concern a file.

Babel holds for month names (`dates`). It does not for numbers and money: its parsers want one
locale, while Amazon's grouping follows the page's language here, the store's there, and neither on
translated pages ("Nº 12,212" on a Portuguese page). price-parser reads "1.234 €" as 1.234 on some
inputs and knows neither ranges nor compound symbols such as `MX$`; so those rules are ours.
"""
