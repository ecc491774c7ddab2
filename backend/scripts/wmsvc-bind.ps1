# wmsvc-bind.ps1 - lets the Web Management Service serve another certificate
#
# SPDX-License-Identifier: GPL-3.0-or-later
param(
  [Parameter(Mandatory = $true)]
  [ValidatePattern('^[0-9A-Fa-f]{40}$')]
  [string]$Thumbprint
)
$ErrorActionPreference = 'Stop'
$key = 'HKLM:\SOFTWARE\Microsoft\WebManagement\Server'

# The service does not start with a certificate that it cannot use.
if (-not (Get-Item -Path "Cert:\LocalMachine\My\$Thumbprint").HasPrivateKey) {
  throw "The certificate $Thumbprint has no private key on this server."
}
$service = Get-Service -Name WMSVC -ErrorAction SilentlyContinue
$settings = Get-ItemProperty -Path $key -ErrorAction SilentlyContinue
if (-not $service -or -not $settings) {
  throw 'The Web Management Service is not installed on this server.'
}

$port = 8172
if ($settings.Port) { $port = $settings.Port }
$address = '0.0.0.0'
if ($settings.IPAddress -and $settings.IPAddress -ne '*') { $address = $settings.IPAddress }
$endpoint = "${address}:$port"

$oldBytes = $settings.SslCertificateHash
$old = $null
if ($oldBytes) { $old = -join ($oldBytes | ForEach-Object { $_.ToString('X2') }) }
# What is served can be another one than the registry names. Of netsh's text, which is in the
# server's language, the hash alone is read.
$served = $null
$shown = [string](& netsh.exe http show sslcert "ipport=$endpoint")
if ($shown -match '\b[0-9A-Fa-f]{40}\b') { $served = $Matches[0] }

function Set-HttpSys([string]$Hash) {
  & netsh.exe http delete sslcert "ipport=$endpoint" | Out-Null
  # The service's own application id: it does not start where the entry has another.
  $said = & netsh.exe http add sslcert "ipport=$endpoint" "certhash=$Hash" 'appid={d7d72267-fcf9-4424-9eec-7e1d8dcec9a9}' certstorename=MY
  if ($LASTEXITCODE -ne 0) {
    throw "netsh http add sslcert ipport=$endpoint failed ($LASTEXITCODE): $said"
  }
}

$before = "$($service.Status)"
$failure = $null
try {
  # A stopped service was stopped by somebody: it stays so.
  if ($before -eq 'Running') { Stop-Service -Name WMSVC -WarningAction SilentlyContinue }
  Set-HttpSys $Thumbprint
  $bytes = [byte[]]@(for ($i = 0; $i -lt 40; $i += 2) {
      [Convert]::ToByte($Thumbprint.Substring($i, 2), 16)
    })
  Set-ItemProperty -Path $key -Name SslCertificateHash -Value $bytes -Type Binary
  if ($before -eq 'Running') { Start-Service -Name WMSVC -WarningAction SilentlyContinue }
} catch {
  $failure = "$_"
  # What was there goes back at once, each where it was.
  try {
    if ($served) { Set-HttpSys $served }
    if ($oldBytes) {
      Set-ItemProperty -Path $key -Name SslCertificateHash -Value ([byte[]]$oldBytes) -Type Binary
    }
    if ($before -eq 'Running') { Start-Service -Name WMSVC -WarningAction SilentlyContinue }
  } catch {
    $failure = "$failure; putting $old back failed too: $_"
  }
}

[pscustomobject]@{
  Ok = -not $failure; Error = $failure; Old = $old; New = $Thumbprint.ToUpperInvariant()
  Endpoint = $endpoint; Before = $before; Service = "$((Get-Service -Name WMSVC).Status)"
}
