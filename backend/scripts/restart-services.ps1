# restart-services.ps1 - restarts services that run and waits until they run again
#
# SPDX-License-Identifier: GPL-3.0-or-later
param(
  [Parameter(Mandatory = $true)]
  [string[]]$Service,
  [int]$TimeoutSeconds = 180
)
$ErrorActionPreference = 'Stop'

$services = @(foreach ($name in $Service) {
    $failure = $null
    $before = $null
    $after = $null
    try {
      $before = [string](Get-Service -Name $name).Status
      $after = $before
      # A stopped service was stopped by somebody: it stays so.
      if ($before -eq 'Running') {
        # -Force: dependent services would refuse the stop; they are started again with it.
        # Its warnings ("waiting for service ...") come as long as it takes and tell nothing.
        Restart-Service -Name $name -Force -WarningAction SilentlyContinue
        $end = [DateTime]::UtcNow.AddSeconds($TimeoutSeconds)
        $after = [string](Get-Service -Name $name).Status
        while ($after -ne 'Running' -and [DateTime]::UtcNow -lt $end) {
          [System.Threading.Thread]::Sleep(500)
          $after = [string](Get-Service -Name $name).Status
        }
      }
    } catch {
      # The others are restarted all the same, and each state is told.
      $failure = "$_"
      try { $after = [string](Get-Service -Name $name).Status } catch { }
    }
    [pscustomobject]@{ Name = $name; Before = $before; After = $after; Failure = $failure }
  })

[pscustomobject]@{ Services = $services }
