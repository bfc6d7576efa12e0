"""make secret: stores Stripe's secret key for a stage. It is typed without echo, or comes on standard input; never an argument."""

from argparse import Namespace

from deploy import key
from deploy.stage import Stage
from deploy.stripe_secret import HOLDS_AFTER, StripeSecret
from deploy.terminal import ask_secret, confirm, say, verb


def main(options: Namespace) -> None:
    stage = Stage(options.stage)
    secret = StripeSecret(stage)
    old = secret.read().get("secret_key")
    say(f"Stage {stage.name}, {stage.mode} mode, publishable key {stage.publishable_key}.", key.ADVICE)
    new = ask_secret("Stripe's secret key (rk_… or sk_…; it is not shown)")
    key.check(new, stage.publishable_key)
    key.prove(new, stage.function_settings["STRIPE_API_BASE"])
    if new == old:
        say("This key is stored already. Nothing was changed.")
        return
    if old:
        confirm(f"Stage {stage.name} has a key, and would use the new one within {HOLDS_AFTER} s.", stage.name)
    secret.change(secret_key=new)
    if new.startswith("sk_"):
        say("Stored. It can do everything in your Stripe account; make rotate replaces it by a restricted one.")
    else:
        say("Stored.")
    say(f"The function uses it within {HOLDS_AFTER} s. Next: make smoke STAGE={stage.name}")


if __name__ == "__main__":
    verb(main, __doc__)
