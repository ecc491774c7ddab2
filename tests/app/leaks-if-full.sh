#!/bin/sh
# Telling the console's leaks takes the slow unwinder, ten times as long as all else. The shorter
# tests of the window do it always, the long ones in ./check --full.
#
# SPDX-License-Identifier: GPL-3.0-or-later
if [ -z "$EXC_TEST_FULL" ]; then
  export ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0"
  export LSAN_OPTIONS="$LSAN_OPTIONS:fast_unwind_on_malloc=1"
fi
exec "$@"
