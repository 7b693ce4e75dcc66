"""Named checks, run in order; the last line says how many passed, and one failure fails the script."""

import sys
import traceback

_passed: list[str] = []
_failed: list[str] = []


def check(name, act):
    """Runs one check and answers what it answers; a check that raises has failed, and the next one runs."""
    try:
        answer = act()
    except Exception:
        _failed.append(name)
        print(f"FAILED  {name}\n{traceback.format_exc()}", flush=True)
        return None
    _passed.append(name)
    print(f"ok      {name}", flush=True)
    return answer


def finish():
    """Prints the sum and ends the script. No check at all is a failure too."""
    for name in _failed:
        print(f"failed: {name}")
    print(f"{len(_passed)} passed, {len(_failed)} failed")
    sys.exit(0 if _passed and not _failed else 1)
