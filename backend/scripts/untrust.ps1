# untrust.ps1 - takes a certificate out of this server's trusted roots
#
# SPDX-License-Identifier: GPL-3.0-or-later
param(
  [Parameter(Mandatory = $true)]
  [ValidatePattern('^[0-9A-Fa-f]{40}$')]
  [string]$Thumbprint
)
$ErrorActionPreference = 'Stop'
$path = "Cert:\LocalMachine\Root\$Thumbprint"

$before = [bool](Test-Path -Path $path)
if ($before) {
  Remove-Item -Path $path
}

[pscustomobject]@{ Before = $before; InRoot = [bool](Test-Path -Path $path) }
