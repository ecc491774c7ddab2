# wmsvc-create.ps1 - makes a certificate for the Web Management Service, as Windows makes it
#
# SPDX-License-Identifier: GPL-3.0-or-later
param()
$ErrorActionPreference = 'Stop'
$name = "WMSvc-SHA2-$env:COMPUTERNAME"

# Windows Server 2012 R2 has the command, but it takes names and a store there and nothing else.
$maker = Get-Command -Name New-SelfSignedCertificate -ErrorAction SilentlyContinue
if (-not $maker -or -not $maker.Parameters.ContainsKey('TextExtension')) {
  throw 'This version of Windows cannot make a certificate of 10 years; choose the one of 5 years, which Exchange makes.'
}

$wanted = @{
  Subject = "CN=$name"
  DnsName = $name
  FriendlyName = 'WMSVC-SHA2'
  CertStoreLocation = 'Cert:\LocalMachine\My'
  KeyLength = 2048
  KeySpec = 'KeyExchange'
  Provider = 'Microsoft RSA SChannel Cryptographic Provider'
  HashAlgorithm = 'SHA256'
  KeyExportPolicy = 'Exportable'
  NotAfter = [DateTime]::Now.AddYears(10)
  TextExtension = @('2.5.29.37={text}1.3.6.1.5.5.7.3.1')
}
$certificate = New-SelfSignedCertificate @wanted

[pscustomobject]@{
  Thumbprint = $certificate.Thumbprint; Subject = $certificate.Subject
  NotAfter = $certificate.NotAfter; Raw = $certificate.RawData
}
