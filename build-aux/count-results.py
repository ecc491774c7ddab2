#!/usr/bin/env python3
"""Adds up the JUnit files that meson test leaves and prints the one line that counts them.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import argparse
import os
import re
import sys
import xml.etree.ElementTree as ElementTree


# What a matrix of kills and faults says of itself.
CASES = re.compile(r'^# (.+): (\d+) kills, (\d+) faults$', re.MULTILINE)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--failed-builds', type=int, default=0)
    parser.add_argument('files', nargs='*')
    options = parser.parse_args()

    passed, skipped = 0, []
    failed = ['a build'] * options.failed_builds
    cases = []
    for file in options.files:
        if not os.path.exists(file):
            failed.append(f'{file}: no test ran')
            continue
        for suite in ElementTree.parse(file).getroot().iter('testsuite'):
            cases += CASES.findall(suite.findtext('system-out') or '')
            for case in suite.iter('testcase'):
                name = f"{suite.get('name')} {case.get('name')}"
                if case.find('failure') is not None or case.find('error') is not None:
                    failed.append(name)
                elif case.find('skipped') is not None:
                    skipped.append(name)
                else:
                    passed += 1

    for workflow, kills, faults in cases:
        print(f'{workflow}: survived {kills} kills, {faults} faults')
    for name in failed:
        print('failed:', name)
    for name in skipped:
        print('skipped:', name)
    # Nobody reads why a test was skipped on a machine that has everything: there it is a failure.
    in_ci = os.environ.get('CI') == 'true'
    print(f'{passed} passed, {len(failed)} failed, {len(skipped)} skipped')
    return 1 if failed or passed == 0 or (in_ci and skipped) else 0


sys.exit(main())
