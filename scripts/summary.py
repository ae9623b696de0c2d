"""Adds up the outcome of ./check: surefire's reports and the steps that are no JUnit tests.

usage: summary.py RESULTS REPORT_DIRECTORY...

RESULTS has a line a step: passed, failed or skipped, TAB, its name, TAB, why. Lists what was skipped and what failed,
then prints one line with the sums. Exit code 1 where something failed or nothing ran.
"""

import pathlib
import sys
import xml.etree.ElementTree as ElementTree

LINES = 12
"""How many lines of a failure are shown: whoever reads the end of a log has nothing else."""


def junit(directory):
    for report in sorted(pathlib.Path(directory).glob("TEST-*.xml")):
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            name = case.get("classname", "").rsplit(".", 1)[-1] + "." + case.get("name", "")
            outcome, why = "passed", ""
            for kind, word in (("skipped", "skipped"), ("failure", "failed"), ("error", "failed")):
                found = case.find(kind)
                if found is not None:
                    text = found.get("message") or (found.text or "").strip()
                    lines = text.splitlines()[: LINES if word == "failed" else 1] or ["no reason given"]
                    outcome, why = word, "\n    ".join(lines)
            yield outcome, name, why


def steps(results):
    for line in pathlib.Path(results).read_text().splitlines():
        outcome, name, why = line.split("\t")
        yield outcome, name, why


def main(results, *directories):
    outcomes = [case for directory in directories for case in junit(directory)] + list(steps(results))
    for wanted in ("skipped", "failed"):
        for outcome, name, why in outcomes:
            if outcome == wanted:
                print(f"{outcome}: {name}: {why.removeprefix('Assumption failed: ')}")
    count = {word: sum(outcome == word for outcome, _, _ in outcomes) for word in ("passed", "failed", "skipped")}
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")
    return 1 if count["failed"] or not count["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
