#!/usr/bin/env python3
"""Every file with a translatable text is in po/POTFILES, which is sorted; zh_CN is complete.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import pathlib
import re
import subprocess
import sys

root = pathlib.Path(sys.argv[1])
listed = [l for l in (root / 'po/POTFILES').read_text().splitlines() if l and not l.startswith('#')]
call = re.compile(r'(?<![A-Za-z_])(_|C_|N_|NC_|ngettext|g_dngettext)\s*\(\s*"')
found = {'data/' + p.name for p in (root / 'data').glob('*.in')}
for folder in ('app', 'backend'):
    for path in (root / folder).rglob('*.c'):
        if call.search(path.read_text()):
            found.add(str(path.relative_to(root)))
for path in (root / 'ui').rglob('*.ui'):
    if 'translatable="yes"' in path.read_text():
        found.add(str(path.relative_to(root)))

problems = []
if listed != sorted(listed):
    problems.append('po/POTFILES is not sorted')
problems += [f'not in po/POTFILES: {f}' for f in sorted(found - set(listed))]
problems += [f'in po/POTFILES without a text to translate: {f}' for f in sorted(set(listed) - found)]

check = subprocess.run(['msgfmt', '--check', '--statistics', '-o', '/dev/null', root / 'po/zh_CN.po'],
                       capture_output=True, text=True, env={'LC_ALL': 'C', 'PATH': '/usr/bin:/bin'})
if check.returncode or 'untranslated' in check.stderr or 'fuzzy' in check.stderr:
    problems.append('po/zh_CN.po: ' + check.stderr.strip())

# Texts that were added since the catalogue was brought up to date.
keywords = ['--keyword=_', '--keyword=N_', '--keyword=C_:1c,2', '--keyword=NC_:1c,2', '--keyword=ngettext:1,2']
code = [f for f in listed if f.endswith(('.c', '.ui'))]
pot = subprocess.run(['xgettext', '--from-code=UTF-8', *keywords, '-o', '-', *code],
                     cwd=root, capture_output=True, text=True)
lacking = subprocess.run(['msgcmp', '--use-untranslated', root / 'po/zh_CN.po', '/dev/stdin'],
                         input=pot.stdout, capture_output=True, text=True, env={'LC_ALL': 'C', 'PATH': '/usr/bin:/bin'})
if lacking.returncode:
    problems.append('po/zh_CN.po lacks:\n' + lacking.stderr.strip())

print('\n'.join(problems))
sys.exit(1 if problems else 0)
