#!/usr/bin/env python3
"""The manual page of thumbprintctl has the commands and options of --help, in its order.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import pathlib
import re
import subprocess
import sys

told = subprocess.run([sys.argv[1], '--help'], capture_output=True, text=True, check=True,
                      env={'LC_ALL': 'C.UTF-8'}).stdout
page = (pathlib.Path(sys.argv[2]) / 'data/thumbprintctl.1').read_text()
problems = []


def section(name):
    return re.search(rf'^\.SH {name}\n(.*?)^\.SH ', page, re.M | re.S)[1]


def compare(what, of_help, of_page):
    if of_help != of_page:
        problems.append(f'{what} of --help: {of_help}\n{what} of the page: {of_page}')


compare('commands', re.findall(r'^  ([a-z]+)(?: .*)?$', told, re.M),
        re.findall(r'^\.TP\n\.\w+ ([a-z]+)', section('COMMANDS'), re.M))
compare('options', re.findall(r'^  --([a-z-]+)', told, re.M),
        [name.replace('\\-', '-') for name in
         re.findall(r'^\.TP\n\.\w+ \\-\\-([a-z\\-]+)', section('OPTIONS'), re.M)])

print('\n'.join(problems))
sys.exit(1 if problems else 0)
