#!/usr/bin/env python
"""The main runner under the name that people of this field know: the same as `collab run`."""

import sys

from collab.cli.main import main

if __name__ == "__main__":
    sys.argv.insert(1, "run")
    main()
