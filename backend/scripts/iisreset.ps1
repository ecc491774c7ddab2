# iisreset.ps1 - restarts IIS with all its sites and waits until it serves again
#
# SPDX-License-Identifier: GPL-3.0-or-later
param(
  [int]$TimeoutSeconds = 180
)
$ErrorActionPreference = 'Stop'
$names = 'WAS', 'W3SVC'

function Get-State([string]$Name) {
  try { [string](Get-Service -Name $Name).Status } catch { $null }
}

$before = @{}
foreach ($name in $names) { $before[$name] = Get-State $name }

$failure = $null
# Where IIS was stopped, somebody stopped it: iisreset would start it.
if ($before['W3SVC'] -eq 'Running') {
  # Without /noforce, what does not end in time is killed.
  $said = & iisreset.exe /noforce
  if ($LASTEXITCODE -ne 0) { $failure = "iisreset failed ($LASTEXITCODE): $said" }
  $end = [DateTime]::UtcNow.AddSeconds($TimeoutSeconds)
  while (@($names | Where-Object { (Get-State $_) -ne 'Running' }).Count -gt 0 -and [DateTime]::UtcNow -lt $end) {
    [System.Threading.Thread]::Sleep(500)
  }
}

$services = @(foreach ($name in $names) {
    $why = $failure
    if (-not $before[$name]) { $why = "There is no service $name." }
    [pscustomobject]@{ Name = $name; Before = $before[$name]; After = Get-State $name; Failure = $why }
  })

[pscustomobject]@{ Services = $services }
