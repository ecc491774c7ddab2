# bind.ps1 - lets one https binding of a site serve another certificate
#
# SPDX-License-Identifier: GPL-3.0-or-later
param(
  [Parameter(Mandatory = $true)]
  [string]$Site,
  [string]$Address = '*',
  [Parameter(Mandatory = $true)]
  [int]$Port,
  [Parameter(Mandatory = $true)]
  [ValidatePattern('^[0-9A-Fa-f]{40}$')]
  [string]$Thumbprint
)
$ErrorActionPreference = 'Stop'
Import-Module WebAdministration

# A binding to a certificate without its key serves nobody, and takes the back end down.
if (-not (Get-Item -Path "Cert:\LocalMachine\My\$Thumbprint").HasPrivateKey) {
  throw "The certificate $Thumbprint has no private key on this server."
}

# IIS writes "all addresses" as '*' or as nothing.
if ($Address -eq '') { $Address = '*' }
$ip = $Address
if ($Address -eq '*') { $ip = '0.0.0.0' }
$endpoint = "${ip}:$Port"

# Bindings with a host name have an entry of their own in http.sys and are not meant.
function Find-Binding {
  Get-WebBinding -Name $Site -Protocol https -Port $Port | Where-Object {
    $parts = [regex]::Match([string]$_.bindingInformation, '^(.*):\d+:([^:]*)$')
    $at = $parts.Groups[1].Value
    if ($at -eq '') { $at = '*' }
    $at -eq $Address -and $parts.Groups[2].Value -eq ''
  }
}

function Set-HttpSys([string]$Hash) {
  & netsh.exe http delete sslcert "ipport=$endpoint" | Out-Null
  # IIS's own application id, so that IIS Manager knows the entry as its own.
  $said = & netsh.exe http add sslcert "ipport=$endpoint" "certhash=$Hash" 'appid={4dc3e181-e14b-4a21-b022-59fc669b0914}' certstorename=MY
  if ($LASTEXITCODE -ne 0) {
    throw "netsh http add sslcert ipport=$endpoint failed ($LASTEXITCODE): $said"
  }
}

$created = $false
$found = @(Find-Binding)
if ($found.Count -eq 0 -and $Address -eq '*' -and @(Get-WebBinding -Name $Site -Protocol https -Port $Port).Count -eq 0) {
  New-WebBinding -Name $Site -Protocol https -Port $Port -IPAddress '*'
  $created = $true
  $found = @(Find-Binding)
}
if ($found.Count -ne 1) {
  throw "$($found.Count) https bindings of '$Site' for ${Address}:$Port where one is expected."
}

$before = [string]$found[0].certificateHash
$after = $before
$route = 'none'
if ($before -ne $Thumbprint) {
  $route = 'iis'
  $failure = $null
  try { $found[0].AddSslCertificate($Thumbprint, 'My') } catch { $failure = "$_" }
  $after = [string]@(Find-Binding)[0].certificateHash

  # An entry of a deleted certificate can stay behind in http.sys and refuse the new one.
  if ($failure -or $after -ne $Thumbprint) {
    $route = 'http.sys'
    try {
      Set-HttpSys $Thumbprint
    } catch {
      $reason = "$_"
      # Deleted but not added would leave nobody served: what was there goes back at once.
      if ($before) {
        try { Set-HttpSys $before } catch { $reason = "$reason; putting $before back failed too: $_" }
      }
      throw "Cannot bind $Thumbprint to ${endpoint}: $failure $reason"
    }
    $after = [string]@(Find-Binding)[0].certificateHash
  }
}

[pscustomobject]@{
  Site = $Site; Info = [string]$found[0].bindingInformation; Before = $before; After = $after
  Route = $route; Created = $created
}
