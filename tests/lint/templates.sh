#!/bin/sh
# GTK's own grammar for templates; what a template means is tested by making each one.
#
# SPDX-License-Identifier: GPL-3.0-or-later
cd "$1" || exit 1
find ui -name '*.ui' -print0 | xargs -0 -r xmllint --noout --relaxng /usr/share/gtk-4.0/gtk4builder.rng
