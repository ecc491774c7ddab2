#!/bin/sh
# The console's tests need the slow unwinder, for leaks of the libraries below GTK. The lab process
# that they start has none of those, and is twenty times as fast without it.
#
# SPDX-License-Identifier: GPL-3.0-or-later
LSAN_OPTIONS="$LSAN_OPTIONS:fast_unwind_on_malloc=1" exec "$EXC_REAL_LAB" "$@"
