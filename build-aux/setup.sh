# Sourced by ./run and ./check: what Debian 12 has to have, and how it gets it.
#
# SPDX-License-Identifier: GPL-3.0-or-later

build_packages="build-essential meson ninja-build pkgconf gettext libglib2.0-bin
  libgtk-4-dev libadwaita-1-dev libsoup-3.0-dev libssl-dev libxml2-dev libkrb5-dev
  libsecret-1-dev libsqlite3-dev libjson-glib-dev"
run_packages="adwaita-icon-theme gsettings-desktop-schemas dconf-gsettings-backend
  glib-networking ca-certificates librsvg2-common fonts-dejavu-core"
test_packages="clang clang-format libclang-rt-14-dev xvfb xauth dbus dbus-x11 at-spi2-core python3
  python3-yaml libxml2-utils libgtk-4-bin desktop-file-utils appstream fonts-noto-cjk locales
  openssl nginx-light dovecot-imapd dovecot-pop3d postfix"

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# missing PACKAGE... : those that are not installed
missing() {
  local have package
  have=" $(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null |
    awk '$1 == "ii" { print $2 }' | tr '\n' ' ')"
  for package in "$@"; do
    case "$have" in *" $package "*) ;; *) printf '%s ' "$package" ;; esac
  done
}

# install_quietly PACKAGE... : without questions, and without starting the servers among them
install_quietly() {
  local policy=/usr/sbin/policy-rc.d made= status=0
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy && made=1
  fi
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" || status=$?
  [ -z "$made" ] || rm -f $policy
  return $status
}

# ensure_packages PACKAGE... : installs what is missing, or says what to type
ensure_packages() {
  local lacking
  command -v dpkg-query >/dev/null ||
    die "This needs Debian 12 or a system made from it. Elsewhere, build with meson: see docs/HACKING.md."
  lacking=$(missing "$@")
  [ -n "$lacking" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    say "Some Debian packages are missing. Type this, then start again:"
    say "  sudo apt-get update && sudo apt-get install --no-install-recommends $lacking"
    exit 1
  fi
  say "Installing Debian packages: $lacking"
  apt-get update -q >&2 && install_quietly $lacking >&2 ||
    die "The packages could not be installed. The lines above say why."
}

# configure DIRECTORY [MESON OPTION...] : once a directory; meson itself notices changed files
configure() {
  local directory=$1
  shift
  if [ ! -f "$directory/build.ninja" ]; then
    say "Configuring $directory"
    meson setup "$directory" "$@" >"$directory.log" 2>&1 || {
      cat "$directory.log" >&2
      die "The build could not be configured: the lines above say why."
    }
    rm -f "$directory.log"
  fi
}
