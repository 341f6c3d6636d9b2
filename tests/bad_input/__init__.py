"""Bad input: a generated run over every address, with every method, as everybody.

Nothing here names an address or a form: addresses come from the address tree, what an address holds from the permission
table, fields from the forms on the pages and from the form classes. What is added to the application is asked by
itself. CONTRIBUTING.md says how to repeat a failure and how to ask more.
"""
