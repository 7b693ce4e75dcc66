"""The browser of these checks: Node walks one address through the hosted pages (../../lib/visit.mjs)."""

import json
import os
import pathlib
import subprocess

VISIT = pathlib.Path(__file__).resolve().parents[2] / "lib" / "visit.mjs"


class Browser:
    """Chromium with the cookies of one person."""

    def __init__(self):
        self._node = subprocess.Popen(
            [os.environ["LATCHKEY_NODE"], str(VISIT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def visit(self, url, destination, person):
        """Answers whatever pages come and says the address below `destination` that was reached."""
        asked = {"url": url, "destination": destination, **person}
        self._node.stdin.write(json.dumps(asked) + "\n")
        self._node.stdin.flush()
        line = self._node.stdout.readline()
        if not line:
            raise RuntimeError(f"the browser did not get from {url} to {destination}; see above")
        return json.loads(line)["url"]

    def close(self):
        self._node.stdin.close()
        self._node.wait(timeout=30)
