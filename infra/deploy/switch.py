"""make pause and make resume: the kill switch, a field of the secret. No payment is begun while it is on; those under way are settled."""

from argparse import Namespace

from deploy.function import Function
from deploy.stage import Stage
from deploy.stripe_secret import HOLDS_AFTER, StripeSecret
from deploy.terminal import Stop, say, verb, wait


def main(options: Namespace) -> None:
    stage = Stage(options.stage)
    pausing = options.to == "pause"
    secret = StripeSecret(stage)
    secret.change(payments="paused" if pausing else None)
    say(f"Stage {stage.name}: payments are {'paused' if pausing else 'resumed'} in the secret.")
    wait(HOLDS_AFTER, "every running copy of the function reads it again after a minute at the latest.")
    function = Function(options.url or stage.output("SiteUrl"))
    if function.takes_payments() == pausing:
        raise Stop(
            "The function still takes payments: Secrets Manager may be out of reach for it, and then it goes on for up to 15 minutes.\n"
            f"To stop it now: aws lambda put-function-concurrency --function-name {stage.output('FunctionName')} --reserved-concurrent-executions 0"
            if pausing
            else "The function still refuses payments: has the secret a key that Stripe takes? make rotate replaces it; the function's log says more."
        )
    say(
        f"It holds: the function refuses payments. To take them again: make resume STAGE={stage.name}"
        if pausing
        else "It holds: the function takes payments."
    )


if __name__ == "__main__":
    verb(
        main,
        __doc__,
        to={"choices": ["pause", "resume"], "required": True},
        url={"help": "the shop's address, if it is not the stack's SiteUrl"},
    )
