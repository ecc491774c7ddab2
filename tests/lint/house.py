#!/usr/bin/env python3
"""Rules of the house that a machine can see: layers, size of files, comments without an owner.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
problems = []
for folder in ('app', 'backend', 'tests'):
    for path in sorted((root / folder).rglob('*.[ch]')):
        name, text = path.relative_to(root), path.read_text()
        if text.count('\n') > 600:
            problems.append(f'{name}: {text.count(chr(10))} lines, the limit is 600')
        if 'SPDX-License-Identifier: GPL-3.0-or-later' not in text:
            problems.append(f'{name}: no licence line')
        if folder == 'backend' and re.search(r'#\s*include <(gtk|adwaita|gdk)', text):
            problems.append(f'{name}: GTK in the core')
        if re.search(r'\b(TODO|FIXME|XXX)\b', text):
            problems.append(f'{name}: an open end in a comment')
        if re.search(r'\b(g_usleep|usleep|sleep) \(', text):
            problems.append(f'{name}: sleeps instead of waiting for an event')
for path in sorted((root / 'ui').rglob('*.ui')):
    # The list of all keys is one object that cannot be taken apart, and holds nothing else.
    if path.name != 'help-overlay.ui' and path.read_text().count('\n') > 300:
        problems.append(f'{path.relative_to(root)}: over 300 lines')

print('\n'.join(problems))
sys.exit(1 if problems else 0)
