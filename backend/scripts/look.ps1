# look.ps1 - one certificate's place, who serves which, and some services; changes nothing
#
# SPDX-License-Identifier: GPL-3.0-or-later
param(
  [string]$Thumbprint,
  [string[]]$Service = @()
)
$ErrorActionPreference = 'Stop'
Import-Module WebAdministration

$bindings = @(foreach ($site in 'Default Web Site', 'Exchange Back End') {
    Get-WebBinding -Name $site -Protocol https | ForEach-Object {
      [pscustomobject]@{
        Site = $site; Info = [string]$_.bindingInformation; Hash = [string]$_.certificateHash
        Store = [string]$_.certificateStoreName; SslFlags = [int]$_.sslFlags
      }
    }
  })

# The key is absent where the Web Management Service is not installed.
$wmsvc = Get-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\WebManagement\Server' -ErrorAction SilentlyContinue
$wmsvcHash = $null
if ($wmsvc.SslCertificateHash) {
  $wmsvcHash = -join ($wmsvc.SslCertificateHash | ForEach-Object { $_.ToString('X2') })
}

$services = @()
if ($Service.Count -gt 0) {
  $services = @(Get-Service -Name $Service -ErrorAction SilentlyContinue | ForEach-Object {
      [pscustomobject]@{ Name = $_.Name; Status = "$($_.Status)"; StartType = "$($_.StartType)" }
    })
}

$root = @()
$my = @()
if ($Thumbprint) {
  if (Test-Path -Path "Cert:\LocalMachine\Root\$Thumbprint") {
    $copy = Get-Item -Path "Cert:\LocalMachine\Root\$Thumbprint"
    $root = @([pscustomobject]@{
        Thumbprint = $copy.Thumbprint; Subject = $copy.Subject; NotAfter = $copy.NotAfter
      })
  }
  if (Test-Path -Path "Cert:\LocalMachine\My\$Thumbprint") {
    $found = Get-Item -Path "Cert:\LocalMachine\My\$Thumbprint"
    $my = @([pscustomobject]@{
        Thumbprint = $found.Thumbprint; FriendlyName = $found.FriendlyName
        HasPrivateKey = $found.HasPrivateKey; Raw = $found.RawData
      })
  }
}

[pscustomobject]@{
  Computer = $env:COMPUTERNAME
  UtcNow = [DateTime]::UtcNow.ToString('o')
  Bindings = $bindings
  WmsvcHash = $wmsvcHash
  WmsvcPort = $wmsvc.Port
  WmsvcEnabled = $wmsvc.EnableRemoteManagement
  NetshText = (& netsh.exe http show sslcert) -join "`n"
  Services = $services
  Root = $root
  My = $my
}
