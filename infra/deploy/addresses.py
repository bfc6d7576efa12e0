"""Where a stage answers, as `make smoke STAGE=…` asks for it: the shop, and the two doors behind it that have to be shut."""

from argparse import Namespace

from deploy.stage import REGION, Stage
from deploy.terminal import say, verb


def main(options: Namespace) -> None:
    stage = Stage(options.stage)
    url = options.url or stage.output("SiteUrl")
    bucket = f"https://{stage.output('SiteBucketName')}.s3.{REGION}.amazonaws.com"
    say(f"{url} --api-url {stage.output('ApiUrl')} --bucket-url {bucket}")


if __name__ == "__main__":
    verb(main, __doc__, url={"help": "the shop's address, if it is not the stack's SiteUrl"})
