"""Judges the report of an Autobahn run: a case passes if the server did what RFC 6455 asks and ended the connection
rightly. NON-STRICT is no pass. Says how many of each there are, and which failed."""
import collections
import json
import sys

PASSED = ("OK", "INFORMATIONAL")  # the latter: the RFC leaves it open

report, case_count_min = sys.argv[1], int(sys.argv[2])
with open(report) as file:
    (cases,) = json.load(file).values()

failed = 0
for name, case in sorted(cases.items(), key=lambda item: [int(part) for part in item[0].split(".")]):
    if case["behavior"] not in PASSED or case["behaviorClose"] not in PASSED:
        failed += 1
        print(f"case {name}: {case['behavior']}, closing {case['behaviorClose']}")
for outcome, count in collections.Counter(case["behavior"] for case in cases.values()).most_common():
    print(f"{count} cases {outcome}")
if len(cases) < case_count_min:
    print(f"only {len(cases)} cases were run, of {case_count_min}")
    failed += 1
sys.exit(1 if failed else 0)
