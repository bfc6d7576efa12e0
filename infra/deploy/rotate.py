"""make rotate: another key of Stripe's for a stage that is in use, without a failed payment, and with a way back."""

from argparse import Namespace

from deploy import key
from deploy.function import Function
from deploy.stage import Stage
from deploy.stripe_secret import HOLDS_AFTER, StripeSecret
from deploy.terminal import Stop, ask_secret, say, verb, wait

STEPS = """\
1. In Stripe's Dashboard: Developers, API keys. Beside the key in use choose "Rotate key" and let the old one
   expire in an hour, or later. Or create a new restricted key; then the old one stays until you delete it.
2. Copy the new key, and give it here. It is tried, stored, and proved."""


def main(options: Namespace) -> None:
    stage = Stage(options.stage)
    secret = StripeSecret(stage)
    before = secret.read()
    if not before.get("secret_key"):
        raise Stop(f"Stage {stage.name} has no key yet: make secret STAGE={stage.name}")
    function = Function(options.url or stage.output("SiteUrl"))
    if before.get("payments") == "paused":
        raise Stop(f"Payments are paused, and so the new key could not be proved: make resume STAGE={stage.name} first, or make secret, which proves nothing.")

    say(f"Stage {stage.name}, {stage.mode} mode.", STEPS)
    new = ask_secret("The new key (rk_… or sk_…; it is not shown)")
    key.check(new, stage.publishable_key)
    if new == before["secret_key"]:
        raise Stop("That is the key that is in use. Nothing was changed.")
    key.prove(new, stage.function_settings["STRIPE_API_BASE"])
    say("Stripe takes it.")

    secret.change(secret_key=new)
    wait(HOLDS_AFTER, "the function reads the secret again after a minute at the latest.")
    try:
        taken = function.takes_payments()
    except Stop as stop:
        taken = False
        say(str(stop))
    if not taken:
        secret.change(secret_key=before["secret_key"])
        raise Stop("The function does not take payments with the new key. The old one is back in its place; do not let it expire.")
    say(
        "The function takes payments with it.",
        "3. Now let the old key expire in Stripe's Dashboard, or delete it. Who still holds it can then do nothing with it.",
    )


if __name__ == "__main__":
    verb(main, __doc__, url={"help": "the shop's address, if it is not the stack's SiteUrl"})
