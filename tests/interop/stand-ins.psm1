# stand-ins.psm1 - the Windows commands that our scripts call, over one server of a small world
#
# SPDX-License-Identifier: GPL-3.0-or-later
#
# PowerShell's engine runs the scripts for real; what it cannot have here is Windows. These functions
# stand in for its commands: they take the parameters that the real ones have (an unknown one is
# refused), and answer from the JSON that the simulated organization writes of its world:
# THUMBPRINT_WORLD names the file, COMPUTERNAME the server in it. Changes last as long as the
# session. THUMBPRINT_NETSH is the language of netsh: en, de or zh. THUMBPRINT_REFUSES is the
# thumbprint of a certificate that neither IIS nor http.sys takes. THUMBPRINT_WINDOWS is 2012R2 where
# Windows is that old.

$ErrorActionPreference = 'Stop'

function ConvertFrom-Node($node) {
  if ($null -eq $node) { return $null }
  if ($node -is [System.Text.Json.Nodes.JsonObject]) {
    $table = @{}
    foreach ($entry in $node.GetEnumerator()) { $table[$entry.Key] = ConvertFrom-Node $entry.Value }
    return $table
  }
  if ($node -is [System.Text.Json.Nodes.JsonArray]) {
    $list = [System.Collections.ArrayList]::new()
    foreach ($item in $node) { $null = $list.Add((ConvertFrom-Node $item)) }
    return , $list
  }
  switch ($node.GetValueKind().ToString()) {
    'String' { return $node.ToString() }
    'Number' { return [long]$node.ToString() }
    'True' { return $true }
    'False' { return $false }
  }
}

$world = ConvertFrom-Node ([System.Text.Json.Nodes.JsonNode]::Parse([IO.File]::ReadAllText($env:THUMBPRINT_WORLD)))
$server = $world.servers | Where-Object { $_.name -eq $env:COMPUTERNAME }
if ($null -eq $server) { throw "no server $env:COMPUTERNAME in $env:THUMBPRINT_WORLD" }
$pools = @{ MSExchangeOWAAppPool = 'Started'; MSExchangeECPAppPool = 'Started'; MSExchangeSyncAppPool = 'Stopped' }

# As a cmdlet reports what it did not find: an error record that -ErrorAction rules.
function Write-NotFound($cmdlet, $type, $id, $target, $message) {
  $cmdlet.WriteError([System.Management.Automation.ErrorRecord]::new(
      ($message -as $type), $id, 'ObjectNotFound', $target))
}

function Add-Method($object, $name, $script) {
  $object.PSObject.Methods.Add([System.Management.Automation.PSScriptMethod]::new($name, $script))
}

function Import-Module {
  [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][string[]]$Name)
  foreach ($wanted in $Name) {
    if ($wanted -ne 'WebAdministration') { throw "The specified module '$wanted' was not loaded." }
  }
}

# ---- http.sys and IIS

function Find-Entry($endpoint) {
  $server.sslEntries | Where-Object { "$($_.address):$($_.port)" -eq $endpoint }
}

function Get-Endpoint($binding) {
  $address = $binding.address
  if ($address -eq '*') { $address = '0.0.0.0' }
  "${address}:$($binding.port)"
}

function Set-Entry($endpoint, $hash, $appId) {
  $entry = Find-Entry $endpoint
  if ($entry) { $entry.hash = $hash; return }
  $colon = $endpoint.LastIndexOf(':')
  $null = $server.sslEntries.Add(@{
      address = $endpoint.Substring(0, $colon); port = [long]$endpoint.Substring($colon + 1)
      hash = $hash; appId = $appId
    })
}

function New-BindingObject($binding) {
  $endpoint = Get-Endpoint $binding
  $entry = Find-Entry $endpoint
  $hash = ''
  $store = ''
  if ($entry) { $hash = $entry.hash; $store = 'MY' }
  $object = [pscustomobject]@{
    protocol = 'https'; bindingInformation = "$($binding.address):$($binding.port):"
    sslFlags = [long]$binding.sslFlags; certificateHash = $hash; certificateStoreName = $store
    Endpoint = $endpoint
  }
  # IIS refuses where http.sys holds an entry whose certificate is gone.
  Add-Method $object AddSslCertificate {
    param($Hash, $Store)
    if ($Store -ne 'My') { throw 'A specified logon session does not exist.' }
    if (-not (Find-Certificate 'My' $Hash)) { throw 'Element not found.' }
    if ($Hash -eq $env:THUMBPRINT_REFUSES) { throw 'A specified logon session does not exist.' }
    $old = Find-Entry $this.Endpoint
    if ($old -and -not (Find-Certificate 'My' $old.hash)) {
      throw 'Cannot create a file when that file already exists. (Exception from HRESULT: 0x800700B7)'
    }
    Set-Entry $this.Endpoint $Hash.ToUpperInvariant() '{4dc3e181-e14b-4a21-b022-59fc669b0914}'
  }
  $object
}

function Get-WebBinding {
  [CmdletBinding()] param([string]$Name, [string]$Protocol, [int]$Port, [string]$IPAddress, [string]$HostHeader)
  foreach ($binding in $server.bindings) {
    if ($Name -and $binding.site -ne $Name) { continue }
    if ($Port -and $binding.port -ne $Port) { continue }
    if ($Protocol -and $Protocol -ne 'https') { continue }
    New-BindingObject $binding
  }
}

function New-WebBinding {
  [CmdletBinding()] param([Parameter(Mandatory)][string]$Name, [string]$Protocol, [int]$Port, [string]$IPAddress = '*')
  $null = $server.bindings.Add(@{ site = $Name; address = $IPAddress; port = [long]$Port; sslFlags = 0 })
}

function Get-WebAppPoolState {
  [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][string]$Name)
  if (-not $pools.ContainsKey($Name)) { throw "Cannot find path 'IIS:\AppPools\$Name' because it does not exist." }
  [pscustomobject]@{ Value = $pools[$Name] }
}

function Restart-WebAppPool {
  [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][string]$Name)
  if (-not $pools.ContainsKey($Name)) { throw "Cannot find path 'IIS:\AppPools\$Name' because it does not exist." }
  if ($pools[$Name] -ne 'Started') { throw 'The object identifier does not represent a valid object.' }
}

$netshWords = @{
  en = 'SSL Certificate bindings:', 'IP:port', 'Certificate Hash', 'Application ID', 'Certificate Store Name'
  de = 'SSL-Zertifikatbindungen:', 'IP:Port', 'Zertifikathash', 'Anwendungs-ID', 'Zertifikatspeichername'
  zh = "SSL $([char]0x8BC1)$([char]0x4E66)$([char]0x7ED1)$([char]0x5B9A):", "IP:$([char]0x7AEF)$([char]0x53E3)",
    "$([char]0x8BC1)$([char]0x4E66)$([char]0x54C8)$([char]0x5E0C)", "$([char]0x5E94)$([char]0x7528) ID", 'MY'
}

function netsh.exe {
  $words = $netshWords[[string]$env:THUMBPRINT_NETSH]
  if (-not $words) { $words = $netshWords.en }
  $global:LASTEXITCODE = 0
  $given = @{}
  foreach ($word in $args) {
    if ($word -match '^(\w+)=(.*)$') { $given[$Matches[1]] = $Matches[2] }
  }
  switch ("$($args[0]) $($args[1]) $($args[2])") {
    'http show sslcert' {
      ''
      $words[0]
      '-------------------------'
      $shown = @($server.sslEntries | Where-Object { -not $given.ipport -or "$($_.address):$($_.port)" -eq $given.ipport })
      if ($shown.Count -eq 0) { $global:LASTEXITCODE = 1; return 'The system cannot find the file specified.' }
      foreach ($entry in $shown) {
        ''
        "    $($words[1].PadRight(29)): $($entry.address):$($entry.port)"
        "    $($words[2].PadRight(29)): $($entry.hash.ToLowerInvariant())"
        "    $($words[3].PadRight(29)): $($entry.appId)"
        "    $($words[4].PadRight(29)): MY"
      }
      return
    }
    'http delete sslcert' {
      $entry = Find-Entry $given.ipport
      if ($entry) { $server.sslEntries.Remove($entry) } else { $global:LASTEXITCODE = 1; 'SSL Certificate deletion failed, Error: 2' }
      return
    }
    'http add sslcert' {
      if (Find-Entry $given.ipport) { $global:LASTEXITCODE = 1; return 'SSL Certificate add failed, Error: 183' }
      if (-not $given.appid -or $given.certstorename -ne 'MY' -or
        -not (Find-Certificate 'My' $given.certhash) -or $given.certhash -eq $env:THUMBPRINT_REFUSES) {
        $global:LASTEXITCODE = 1
        return 'SSL Certificate add failed, Error: 1312'
      }
      Set-Entry $given.ipport $given.certhash $given.appid
      return
    }
  }
  $global:LASTEXITCODE = 1
  'The following command was not found.'
}

# ---- certificates

function Find-Certificate($store, $thumbprint) {
  $server[$store.ToLowerInvariant()] | Where-Object { $_.thumbprint -eq $thumbprint }
}

function New-CertificateObject($certificate) {
  $key = $null
  if ($certificate.hasKey -and $certificate.provider) {
    $key = [pscustomobject]@{ CspKeyContainerInfo = [pscustomobject]@{ ProviderName = $certificate.provider } }
  }
  $object = [pscustomobject]@{
    Thumbprint = $certificate.thumbprint; Subject = $certificate.subject
    FriendlyName = [string]$certificate.friendlyName; HasPrivateKey = [bool]$certificate.hasKey
    NotAfter = [DateTimeOffset]::FromUnixTimeSeconds($certificate.notAfter).LocalDateTime
    RawData = [Convert]::FromBase64String($certificate.der)
  }
  if ($key -or -not $certificate.hasKey) {
    $object.PSObject.Properties.Add([System.Management.Automation.PSNoteProperty]::new('PrivateKey', $key))
  } else {
    # A key of the newer interface (CNG).
    $object.PSObject.Properties.Add([System.Management.Automation.PSScriptProperty]::new('PrivateKey', { throw 'Invalid provider type specified.' }))
  }
  $object
}

function Split-CertificatePath($path) {
  if ($path -notmatch '^Cert:\\LocalMachine\\(My|Root)(?:\\([0-9A-Fa-f]{40}))?$') { throw "Cannot find path '$path'." }
  $Matches[1]
  $Matches[2]
}

function Get-ChildItem {
  [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][string]$Path)
  $store, $thumbprint = Split-CertificatePath $Path
  if ($thumbprint) { throw "Cannot list '$Path'." }
  foreach ($certificate in $server[$store.ToLowerInvariant()]) { New-CertificateObject $certificate }
}

function Get-Item {
  [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][string]$Path)
  $store, $thumbprint = Split-CertificatePath $Path
  $certificate = Find-Certificate $store $thumbprint
  if (-not $certificate) {
    Write-NotFound $PSCmdlet ([System.Management.Automation.ItemNotFoundException]) PathNotFound $Path "Cannot find path '$Path' because it does not exist."
    return
  }
  New-CertificateObject $certificate
}

function Test-Path {
  [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][string]$Path)
  $store, $thumbprint = Split-CertificatePath $Path
  [bool](Find-Certificate $store $thumbprint)
}

function Remove-Item {
  [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][string]$Path)
  $store, $thumbprint = Split-CertificatePath $Path
  $certificate = Find-Certificate $store $thumbprint
  if (-not $certificate) {
    Write-NotFound $PSCmdlet ([System.Management.Automation.ItemNotFoundException]) PathNotFound $Path "Cannot find path '$Path' because it does not exist."
    return
  }
  $server[$store.ToLowerInvariant()].Remove($certificate)
}

function New-MyCertificate($subject, $dnsName, $friendlyName, $provider, $notAfter, $usages) {
  $key = [System.Security.Cryptography.RSA]::Create(2048)
  $request = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new($subject, $key, 'SHA256', [System.Security.Cryptography.RSASignaturePadding]::Pkcs1)
  $names = [System.Security.Cryptography.X509Certificates.SubjectAlternativeNameBuilder]::new()
  $names.AddDnsName($dnsName)
  $request.CertificateExtensions.Add($names.Build())
  $request.CertificateExtensions.Add([System.Security.Cryptography.X509Certificates.X509EnhancedKeyUsageExtension]::new($usages, $false))
  $made = $request.CreateSelfSigned([DateTimeOffset]::Now, [DateTimeOffset]::new($notAfter))
  $certificate = @{
    thumbprint = $made.Thumbprint; subject = $made.Subject; friendlyName = $friendlyName; provider = $provider
    notAfter = [DateTimeOffset]::new($made.NotAfter).ToUnixTimeSeconds(); hasKey = $true
    der = [Convert]::ToBase64String($made.RawData)
  }
  $null = $server.my.Add($certificate)
  New-CertificateObject $certificate
}

if ($env:THUMBPRINT_WINDOWS -eq '2012R2') {
  function New-SelfSignedCertificate {
    [CmdletBinding()] param([string[]]$DnsName, [string]$CertStoreLocation, $CloneCert)
    throw 'Not asked for here.'
  }
} else {
  function New-SelfSignedCertificate {
    [CmdletBinding()] param([string]$Subject, [string[]]$DnsName, [string]$FriendlyName, [string]$CertStoreLocation,
      [int]$KeyLength, [ValidateSet('None', 'KeyExchange', 'Signature')][string]$KeySpec, [string]$Provider, [string]$HashAlgorithm,
      [ValidateSet('Exportable', 'ExportableEncrypted', 'NonExportable')][string]$KeyExportPolicy, [DateTime]$NotAfter, [string[]]$TextExtension)
    if ($CertStoreLocation -ne 'Cert:\LocalMachine\My') { throw "A new certificate can only be installed into MY store." }
    $usages = [System.Security.Cryptography.OidCollection]::new()
    foreach ($extension in $TextExtension) {
      if ($extension -notmatch '^2\.5\.29\.37=\{text\}([\d.]+)$') { throw "The text extension '$extension' is not valid." }
      $null = $usages.Add([System.Security.Cryptography.Oid]::new($Matches[1]))
    }
    New-MyCertificate $Subject $DnsName[0] $FriendlyName $Provider $NotAfter $usages
  }
}

function New-Object {
  [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][string]$TypeName, [Parameter(Position = 1)][object[]]$ArgumentList)
  switch -regex ($TypeName) {
    'X509Certificate2$' {
      # The real one, of the bytes alone.
      return [System.Security.Cryptography.X509Certificates.X509CertificateLoader]::LoadCertificate([byte[]]$ArgumentList[0])
    }
    'X509Store$' {
      if ($ArgumentList[1] -ne 'LocalMachine') { throw 'Only the computer has stores here.' }
      $store = [pscustomobject]@{ Name = $ArgumentList[0].ToLowerInvariant(); Mode = $null }
      Add-Method $store Open { param($Mode) $this.Mode = [System.Security.Cryptography.X509Certificates.OpenFlags]$Mode }
      Add-Method $store Close { $this.Mode = $null }
      Add-Method $store Add {
        param($Certificate)
        if ($this.Mode -ne 'ReadWrite') { throw 'Access is denied.' }
        if ($Certificate.HasPrivateKey) { throw 'The key came along.' }
        $null = $server[$this.Name].Add(@{
            thumbprint = $Certificate.Thumbprint; subject = $Certificate.Subject
            notAfter = [DateTimeOffset]::new($Certificate.NotAfter).ToUnixTimeSeconds()
            friendlyName = $null; provider = $null; hasKey = $false
            der = [Convert]::ToBase64String($Certificate.RawData)
          })
      }
      return $store
    }
  }
  throw "Cannot find type [$TypeName]."
}

function Get-ItemProperty {
  [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][string]$Path)
  if ($Path -ne 'HKLM:\SOFTWARE\Microsoft\WebManagement\Server' -or -not $server.wmsvcHash) {
    Write-NotFound $PSCmdlet ([System.Management.Automation.ItemNotFoundException]) PathNotFound $Path "Cannot find path '$Path' because it does not exist."
    return
  }
  $properties = @{ SslCertificateHash = [Convert]::FromHexString($server.wmsvcHash); EnableRemoteManagement = [int]$server.wmsvcRemote }
  # The registry names a port only where somebody chose another.
  if ($server.wmsvcPort -ne 8172) { $properties.Port = [int]$server.wmsvcPort }
  [pscustomobject]$properties
}

function Set-ItemProperty {
  [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][string]$Path, [Parameter(Mandatory, Position = 1)][string]$Name,
    [Parameter(Mandatory, Position = 2)]$Value, [string]$Type)
  if ($Path -ne 'HKLM:\SOFTWARE\Microsoft\WebManagement\Server' -or $Name -ne 'SslCertificateHash') { throw "Requested registry access is not allowed." }
  if ($Type -ne 'Binary' -or $Value -isnot [byte[]]) { throw 'The type of the value object did not match the specified RegistryValueKind.' }
  $server.wmsvcHash = [Convert]::ToHexString($Value)
}

# ---- services

function Find-Service($name) {
  $server.services | Where-Object { $_.name -eq $name }
}

function Get-Service {
  [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][string[]]$Name)
  foreach ($wanted in $Name) {
    $service = Find-Service $wanted
    if (-not $service) {
      Write-NotFound $PSCmdlet ([InvalidOperationException]) 'NoServiceFoundForGivenName,Microsoft.PowerShell.Commands.GetServiceCommand' $wanted "Cannot find any service with service name '$wanted'."
      continue
    }
    $status = 'Stopped'
    if ($service.running) { $status = 'Running' }
    # After a restart it is asked once before it runs.
    if ($service.pending -gt 0) { $service.pending--; $status = 'StartPending' }
    [pscustomobject]@{ Name = $service.name; Status = $status; StartType = $service.startType }
  }
}

function Restart-Service {
  [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][string[]]$Name, [switch]$Force)
  foreach ($wanted in $Name) {
    $service = Find-Service $wanted
    if (-not $service) {
      Write-NotFound $PSCmdlet ([InvalidOperationException]) NoServiceFoundForGivenName $wanted "Cannot find any service with service name '$wanted'."
      continue
    }
    if ($wanted -eq 'W3SVC' -and -not $Force) { throw "Cannot stop service 'W3SVC' because it has dependent services." }
    if (-not (Test-Startable $wanted)) {
      $service.running = $false
      throw "Service '$wanted' cannot be started due to the following error: Cannot start service $wanted on computer '.'."
    }
    $service.running = $true
    $service.pending = 1
  }
}

# The Web Management Service needs the certificate that the registry names.
function Test-Startable($name) {
  if ($name -ne 'WMSVC') { return $true }
  $certificate = Find-Certificate 'My' $server.wmsvcHash
  $certificate -and $certificate.hasKey
}

function Stop-Service {
  [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][string[]]$Name, [switch]$Force)
  foreach ($wanted in $Name) {
    $service = Find-Service $wanted
    if (-not $service) {
      Write-NotFound $PSCmdlet ([InvalidOperationException]) NoServiceFoundForGivenName $wanted "Cannot find any service with service name '$wanted'."
      continue
    }
    $service.running = $false
  }
}

function Start-Service {
  [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][string[]]$Name)
  foreach ($wanted in $Name) {
    $service = Find-Service $wanted
    if (-not $service) {
      Write-NotFound $PSCmdlet ([InvalidOperationException]) NoServiceFoundForGivenName $wanted "Cannot find any service with service name '$wanted'."
      continue
    }
    if (-not (Test-Startable $wanted)) { throw "Service '$wanted' cannot be started due to the following error: Cannot start service $wanted on computer '.'." }
    $service.running = $true
  }
}

function iisreset.exe {
  $global:LASTEXITCODE = 0
  if ($args.Count -ne 1 -or $args[0] -ne '/noforce') { $global:LASTEXITCODE = 87; return 'Invalid option' }
  if ($env:THUMBPRINT_WINDOWS -eq '2012R2') { $global:LASTEXITCODE = 1062; return 'Restart attempt failed.' }
  foreach ($name in 'WAS', 'W3SVC') {
    $service = Find-Service $name
    $service.running = $true
    $service.pending = 1
  }
  'Internet services successfully restarted'
}

# ---- event logs

function Get-WinEvent {
  [CmdletBinding()] param([Parameter(Mandatory)][hashtable]$FilterHashtable, [long]$MaxEvents)
  foreach ($key in $FilterHashtable.Keys) {
    if ($key -notin 'LogName', 'ProviderName', 'Id', 'StartTime') { throw "The parameter is incorrect: $key" }
  }
  $log = $FilterHashtable.LogName
  if ($log -notin 'Application', 'System') {
    Write-NotFound $PSCmdlet ([Exception]) NoMatchingLogsFound $log "There is not an event log on the localhost computer that matches ""$log""."
    return
  }
  $provider = $FilterHashtable.ProviderName
  if ($provider -and $provider -notin 'HttpEvent', 'MSExchange AuthAdmin', 'MSExchangeTransport', 'MSExchangeFrontEndTransport') {
    Write-NotFound $PSCmdlet ([Exception]) NoMatchingProvidersFound $provider "There is not an event provider on the localhost computer that matches ""$provider""."
    return
  }
  $found = @($server.events | Where-Object {
      $_ -and $_.log -eq $log -and (-not $provider -or $_.source -eq $provider) -and
      (-not $FilterHashtable.Id -or $_.id -eq $FilterHashtable.Id) -and
      (-not $FilterHashtable.StartTime -or
        [DateTimeOffset]::FromUnixTimeSeconds($_.time).UtcDateTime -ge $FilterHashtable.StartTime.ToUniversalTime())
    })
  if ($found.Count -eq 0) {
    Write-NotFound $PSCmdlet ([Exception]) NoMatchingEventsFound $null 'No events were found that match the specified selection criteria.'
    return
  }
  [array]::Reverse($found)
  foreach ($entry in $found[0..([Math]::Min($found.Count, $MaxEvents) - 1)]) {
    [pscustomobject]@{
      TimeCreated = [DateTimeOffset]::FromUnixTimeSeconds($entry.time).LocalDateTime
      Id = [int]$entry.id; ProviderName = $entry.source; Message = $entry.message
    }
  }
}

Export-ModuleMember -Function Import-Module, Get-WebBinding, New-WebBinding, Get-WebAppPoolState, Restart-WebAppPool,
  netsh.exe, Get-ChildItem, Get-Item, Test-Path, Remove-Item, New-Object, Get-ItemProperty, Set-ItemProperty, Get-Service,
  Restart-Service, Stop-Service, Start-Service, New-SelfSignedCertificate, iisreset.exe, Get-WinEvent
