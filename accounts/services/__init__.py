"""What changes accounts, organisations and memberships. One module a noun."""
