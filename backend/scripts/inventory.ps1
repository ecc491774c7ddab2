# inventory.ps1 - what Windows knows of this server's certificates; changes nothing
#
# SPDX-License-Identifier: GPL-3.0-or-later
param()
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

# Text, because the enumerations differ between versions; PowerShell 4 has no StartType.
$services = @(Get-Service -Name WMSVC, MSExchangeServiceHost, MSExchangeTransport,
    MSExchangeFrontEndTransport, W3SVC -ErrorAction SilentlyContinue | ForEach-Object {
      [pscustomobject]@{ Name = $_.Name; Status = "$($_.Status)"; StartType = "$($_.StartType)" }
    })

$my = @(Get-ChildItem -Path Cert:\LocalMachine\My | ForEach-Object {
    # Reading the provider fails for keys of the newer interface (CNG) and for unreadable ones.
    $provider = $null
    try { $provider = $_.PrivateKey.CspKeyContainerInfo.ProviderName } catch { }
    [pscustomobject]@{
      Thumbprint = $_.Thumbprint; FriendlyName = $_.FriendlyName; HasPrivateKey = $_.HasPrivateKey
      Csp = $provider; Raw = $_.RawData
    }
  })

# Hundreds of public roots lie beside ours: take the copies of what lies in My, and leftovers that
# bear a default certificate's name.
$mine = @($my | ForEach-Object { $_.Thumbprint })
$names = '^CN=(WMSvc-|' + [regex]::Escape($env:COMPUTERNAME) + '$|Microsoft Exchange Server Auth)'
$root = @(Get-ChildItem -Path Cert:\LocalMachine\Root | Where-Object {
    $mine -contains $_.Thumbprint -or $_.Subject -match $names
  } | ForEach-Object {
    [pscustomobject]@{ Thumbprint = $_.Thumbprint; Subject = $_.Subject; NotAfter = $_.NotAfter }
  })

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
