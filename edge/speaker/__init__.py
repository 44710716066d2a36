"""The speaker: verifies what is signed, keeps the ledger, puts approved sounds on the horns. It knows no network."""
