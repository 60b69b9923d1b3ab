"""Pure leaves that every layer may use: identities, requests as data, quantities, ages, text."""
