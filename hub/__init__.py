"""The hub: uploads, orders, approves, plans, signs, and shows what every village really heard."""
