"""Till's verbs on AWS, a module each: `python -m deploy.VERB --stage NAME`, run by the Makefile. docs/deploy.md tells their story."""
