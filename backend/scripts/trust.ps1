# trust.ps1 - puts a certificate's public part into this server's trusted roots
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
if (-not $before) {
  $certificate = Get-Item -Path "Cert:\LocalMachine\My\$Thumbprint"
  # Made anew from RawData: the object of My would carry the link to its private key into Root.
  $public = New-Object -TypeName System.Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList (, $certificate.RawData)
  $store = New-Object -TypeName System.Security.Cryptography.X509Certificates.X509Store -ArgumentList 'Root', 'LocalMachine'
  $store.Open('ReadWrite')
  try { $store.Add($public) } finally { $store.Close() }
}

[pscustomobject]@{ Before = $before; InRoot = [bool](Test-Path -Path $path) }
