# trust-raw.ps1 - puts a certificate that is given into this server's trusted roots
#
# SPDX-License-Identifier: GPL-3.0-or-later
param(
  [Parameter(Mandatory = $true)]
  [byte[]]$Raw
)
$ErrorActionPreference = 'Stop'

# Of other forms, such as PFX, a key could come along.
$form = [System.Security.Cryptography.X509Certificates.X509Certificate2]::GetCertContentType($Raw)
if ("$form" -ne 'Cert') {
  throw "These bytes are not one public certificate, but of the form '$form'."
}
$public = New-Object -TypeName System.Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList (, $Raw)
$path = "Cert:\LocalMachine\Root\$($public.Thumbprint)"

$before = [bool](Test-Path -Path $path)
if (-not $before) {
  $store = New-Object -TypeName System.Security.Cryptography.X509Certificates.X509Store -ArgumentList 'Root', 'LocalMachine'
  $store.Open('ReadWrite')
  try { $store.Add($public) } finally { $store.Close() }
}

[pscustomobject]@{ Thumbprint = $public.Thumbprint; Before = $before; InRoot = [bool](Test-Path -Path $path) }
