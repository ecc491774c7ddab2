# remove-certificate.ps1 - deletes a certificate that nothing on this server serves
#
# SPDX-License-Identifier: GPL-3.0-or-later
param(
  [Parameter(Mandatory = $true)]
  [ValidatePattern('^[0-9A-Fa-f]{40}$')]
  [string]$Thumbprint
)
$ErrorActionPreference = 'Stop'
$path = "Cert:\LocalMachine\My\$Thumbprint"

# The text is in the server's language: of each entry the endpoint and the hash alone are read.
$endpoint = ''
foreach ($line in @(& netsh.exe http show sslcert)) {
  if ($line -match '([0-9A-Za-z.\[\]:-]+:\d+)\s*$') { $endpoint = $Matches[1] }
  if ($line -match '\b[0-9A-Fa-f]{40}\b' -and $Matches[0] -eq $Thumbprint) {
    throw "The certificate $Thumbprint is bound to $endpoint."
  }
}
$wmsvc = Get-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\WebManagement\Server' -ErrorAction SilentlyContinue
if ($wmsvc.SslCertificateHash) {
  $hash = -join ($wmsvc.SslCertificateHash | ForEach-Object { $_.ToString('X2') })
  if ($hash -eq $Thumbprint) {
    throw "The certificate $Thumbprint is the one of the Web Management Service."
  }
}

$before = [bool](Test-Path -Path $path)
if ($before) {
  Remove-Item -Path $path
}

[pscustomobject]@{ Before = $before; InMy = [bool](Test-Path -Path $path) }
