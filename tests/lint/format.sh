#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
cd "$1" || exit 1
find app backend tests -name '*.[ch]' -print0 | xargs -0 clang-format --dry-run -Werror
