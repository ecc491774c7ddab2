# recycle-pools.ps1 - restarts application pools, which drop what they cached of certificates
#
# SPDX-License-Identifier: GPL-3.0-or-later
param(
  [Parameter(Mandatory = $true)]
  [string[]]$Pool,
  [int]$TimeoutSeconds = 60
)
$ErrorActionPreference = 'Stop'
Import-Module WebAdministration

$pools = @(foreach ($name in $Pool) {
    $failure = $null
    $before = $null
    $after = $null
    try {
      $before = [string](Get-WebAppPoolState -Name $name).Value
      $after = $before
      # A stopped pool was stopped by somebody: it stays so.
      if ($before -eq 'Started') {
        Restart-WebAppPool -Name $name
        $end = [DateTime]::UtcNow.AddSeconds($TimeoutSeconds)
        $after = [string](Get-WebAppPoolState -Name $name).Value
        while ($after -ne 'Started' -and [DateTime]::UtcNow -lt $end) {
          [System.Threading.Thread]::Sleep(500)
          $after = [string](Get-WebAppPoolState -Name $name).Value
        }
      }
    } catch {
      # The other pools are restarted all the same, and each state is told.
      $failure = "$_"
    }
    [pscustomobject]@{ Name = $name; Before = $before; After = $after; Failure = $failure }
  })

[pscustomobject]@{ Pools = $pools }
