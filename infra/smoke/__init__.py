"""make smoke: a shop's first customer. Checks a running stack from outside, and pays with Stripe's test cards; never in live mode."""
