# What is done with the hosts of lab.sh; what came of it is written to client.json, for Hosts.Tests.ps1 to look at.
param([string] $Lab)
$ErrorActionPreference = 'Stop'
. $PSScriptRoot/../Suite.ps1
$with = @{
    KeyFilePath = "$Lab/key"
    Options = @{ UserKnownHostsFile = "$Lab/known"; GlobalKnownHostsFile = '/dev/null'; StrictHostKeyChecking = 'accept-new'; LogLevel = 'ERROR' }
    InformationAction = 'SilentlyContinue'
}
# What is in force there: the trial's own entry (it stops the container if the run is killed), and the freeze.
function Get-HostFault([string] $Name) {
    foreach ($file in Get-ChildItem "$Lab/$Name/run/faults/*.json" -ErrorAction Ignore) { Get-Content $file -ErrorAction Ignore | ConvertFrom-Json | ForEach-Object fault }
}
function Get-HostContainer([string] $Name) { Get-ChildItem "$Lab/$Name/data/containers" -ErrorAction Ignore | ForEach-Object Name }
# Where the scenarios that were sent lie while they run: the hosts have this machine's file system.
function Get-SentFolder { Get-ChildItem ([IO.Path]::GetTempPath()) -Directory -Filter 'containerchaos-*' | ForEach-Object Name }
function Get-HostSession([string] $Name) { foreach ($one in pgrep -P (Get-Content "$Lab/$Name.pid")) { [int] $one } }

Start-GameDay "$Lab/day" -HostName nowhere.invalid, b -WhatIf

# A host whose session dies in the middle, and then Ctrl-C. PowerShell 7.6 itself may end on the first (docs/decisions/0096), so only where there is time to look into it.
$shell = [powershell]::Create().AddScript({
        param($Module, $Scenario, $With)
        Import-Module $Module
        Start-GameDay $Scenario -HostName a, b @With
    }).AddParameters(@{ Module = (Get-Module ContainerChaos).Path; Scenario = "$Lab/frozen.yaml"; With = $with })
$foldersBefore = @(Get-SentFolder)
$null = $shell.BeginInvoke()
Wait-Until { 'freeze' -in (Get-HostFault a) -and 'freeze' -in (Get-HostFault b) } 60
$ids = @(Get-HostContainer a; Get-HostContainer b) -match '^[0-9a-f]{64}$'
if ($env:CONTAINERCHAOS_LONG) {
    Get-HostSession a | ForEach-Object { [Diagnostics.Process]::GetProcessById($_).Kill() }
    Wait-Until { -not (Get-HostFault a) } 30
    Wait-Until { $shell.Streams.Error.Count -gt 0 } 30
    $lost = @{ Id = $shell.Streams.Error[0].FullyQualifiedErrorId; Target = $shell.Streams.Error[0].TargetObject; Other = @(Get-HostFault b) }
}
$stopped = [Diagnostics.Stopwatch]::StartNew()
$shell.Stop()
$stop = @{
    State = "$($shell.InvocationStateInfo.State)"
    Seconds = $stopped.Elapsed.TotalSeconds
    Faults = @(Get-HostFault a; Get-HostFault b)
    Containers = @(if (-not $lost) { Get-HostContainer a }; Get-HostContainer b)
}
Wait-Until { -not (Get-HostSession a) -and -not (Get-HostSession b) } 30
$stop.Folders = @(Get-SentFolder | Where-Object { $_ -notin $foldersBefore })

# All kinds of hosts at once; what the one that died may have left on a goes with this.
$result = Start-GameDay "$Lab/day" -HostName a, root@b:22, silent, old, bare @with -CoolDown 1ms -ReportPath "$Lab/day.html", "$Lab/day.md" -InformationVariable told -ErrorVariable failed -ErrorAction SilentlyContinue
@{
    Lost = $lost
    Stop = $stop
    Ids = $ids
    Hosts = $result.Report.Hosts | ForEach-Object { "$_" }
    Rows = $result.Report.Rows | ForEach-Object { "$($_.Host) $($_.Scenario) $($_.AsExpected)" }
    Requests = $result.Report.Trials | ForEach-Object { $_.Load.Samples.Count }
    Held = $result.Held
    DidNotHold = $result.DidNotHold
    NotRun = $result.NotRun
    Findings = $result.Findings | ForEach-Object { "$_" }
    AsExpected = $result.Report.AsExpected
    Told = $told | ForEach-Object { "$_" }
    # What is in the list twice was passed on by a statement within.
    Errors = $failed | ForEach-Object { "$($_.FullyQualifiedErrorId.Split(',')[0]) $($_.TargetObject) $($_.CategoryInfo.Category)" } | Sort-Object -Unique
    History = Get-ChaosResult | ForEach-Object { "$($_.Run) $($_.Host) $($_.Scenario)" }
    View = $result.Chapters[0].Rows | Out-String -Width 200
    After = @(Get-HostContainer a; Get-HostContainer b).Count
} | ConvertTo-Json -Depth 4 | Set-Content "$Lab/client.json"
