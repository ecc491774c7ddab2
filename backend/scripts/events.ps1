# events.ps1 - the newest events of a log; changes nothing
#
# SPDX-License-Identifier: GPL-3.0-or-later
param(
  [Parameter(Mandatory = $true)]
  [string]$Log,
  [string]$Provider,
  [int]$Id,
  [string]$Since
)
$ErrorActionPreference = 'Stop'

$filter = @{ LogName = $Log }
if ($Provider) { $filter.ProviderName = $Provider }
if ($Id) { $filter.Id = $Id }
if ($Since) {
  $filter.StartTime = [DateTime]::Parse($Since, [System.Globalization.CultureInfo]::InvariantCulture,
    [System.Globalization.DateTimeStyles]'AssumeUniversal, AdjustToUniversal')
}

$found = @()
try {
  $found = @(Get-WinEvent -FilterHashtable $filter -MaxEvents 20)
} catch {
  # None is told as an error, and so is a source that never wrote anything here.
  if ($_.FullyQualifiedErrorId -notmatch '^NoMatching(Events|Providers)Found') { throw }
}

$events = @($found | ForEach-Object {
    [pscustomobject]@{
      TimeUtc = $_.TimeCreated.ToUniversalTime().ToString('o'); Id = $_.Id
      Provider = $_.ProviderName; Message = $_.Message
    }
  })

[pscustomobject]@{ Events = $events }
