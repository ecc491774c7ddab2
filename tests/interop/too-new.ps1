# too-new.ps1 - what the parse test must find
#
# SPDX-License-Identifier: GPL-3.0-or-later
param($Name)
$list = [System.Collections.ArrayList]::new()
$list.Add($Name ?? 'nobody')
