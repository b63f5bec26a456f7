"""The skips that are right, and why: skips.toml held against what was skipped."""

import pathlib
import re
import tomllib

FILE = pathlib.Path(__file__).with_name("skips.toml")


class Entry:
    """A reason, and the tests that it stands for: `*` is anything."""

    def __init__(self, entry):
        self.says = entry["says"]
        self.tests = {test: re.compile(re.escape(test).replace(r"\*", ".*")) for test in entry["tests"]}

    def covers(self, result):
        return self.says in result["reason"] and self.names(result["test"])

    def names(self, test):
        return any(pattern.fullmatch(test) for pattern in self.tests.values())

    def idle(self, skipped):
        """The names under which nothing was skipped for this reason."""
        tests = [result["test"] for result in skipped if self.says in result["reason"]]
        return [name for name, pattern in self.tests.items() if not any(map(pattern.fullmatch, tests))]


def faults(run, results):
    """What was skipped without a name in a run, such as `device-bound`, and what is named and was not skipped."""
    entries = [Entry(entry) for entry in tomllib.loads(FILE.read_text())["skip"] if run in entry["runs"]]
    skipped = [result for result in results if result["outcome"] == "skipped"]
    ran = [result["test"] for result in results if result["outcome"] != "skipped"]
    return [
        *(
            f"skipped, and {FILE.name} does not say why: {result['test']}: {result['reason']}"
            for result in skipped
            if not any(entry.covers(result) for entry in entries)
        ),
        *(f"{FILE.name} names what was not skipped: {name}" for entry in entries for name in entry.idle(skipped)),
        *(f"{FILE.name} names what was run: {test}" for test in ran if any(entry.names(test) for entry in entries)),
    ]
