# What the suites share: the module on roots of its own, waiting, and the check that nothing is left behind.
# Dot-sourced by run.ps1 and in each suite's BeforeAll.

if (-not $env:CONTAINERCHAOS_SUITE) {
    $env:CONTAINERCHAOS_SUITE = (New-Item -ItemType Directory -Path ([IO.Path]::Combine([IO.Path]::GetTempPath(), "ccpester-$PID"))).FullName
    $env:CONTAINERCHAOS_ROOT = "$env:CONTAINERCHAOS_SUITE/data"
    $env:CONTAINERCHAOS_RUN = "$env:CONTAINERCHAOS_SUITE/run"
}
# The machine's own network is nothing that a suite touches.
$env:CONTAINERCHAOS_NETWORK = 'none'
$artifacts = $env:CONTAINERCHAOS_ARTIFACTS ? $env:CONTAINERCHAOS_ARTIFACTS : (Join-Path $PSScriptRoot '../../artifacts')
Import-Module (Join-Path $artifacts 'module/ContainerChaos/ContainerChaos.psd1')

function Wait-Until([scriptblock] $Condition, [double] $Seconds = 5) {
    # Bounded; for states that no cmdlet waits for.
    $deadline = [Environment]::TickCount64 + 1000 * $Seconds
    while (-not (& $Condition)) {
        if ([Environment]::TickCount64 -gt $deadline) { throw "Not within $Seconds s: $Condition" }
        [Threading.Thread]::Yield() | Out-Null
        [Threading.Thread]::Sleep(5)
    }
}

function Start-Service([string] $Name, [string[]] $Arguments = @(), [hashtable] $With = @{}) {
    # The embedded service on its Unix socket, returned when it answers.
    $container = New-Container $Name -Image target -Command (@('serve', '--unix', '/http.sock') + $Arguments) @With | Start-Container
    Wait-Until { (Invoke-Service $Name /healthz -ErrorAction Ignore).ExitCode -eq 0 }
    $container
}

function Wait-Pause([Parameter(Mandatory)] $Container) {
    # Until its PID 1 is in pause(2), call 34: a program that still starts blocks every signal now and then.
    Wait-Until { "$(Get-Content "/proc/$($Container.Pid)/syscall" -ErrorAction Ignore)".StartsWith('34 ') }
}

function Invoke-Service {
    [CmdletBinding()] param([string] $Name, [string] $Request)
    Invoke-ContainerCommand $Name -- /target get --unix /http.sock $Request
}

function Read-ContainerEvent([Parameter(Mandatory)] $Container) {
    Get-Content (Join-Path $Container.RootPath 'events.jsonl') | ConvertFrom-Json
}

function Watch-Container {
    # The ids of all containers that are made from now on: what Assert-NothingLeft looks for.
    # A container's directory is made under another name and renamed.
    Unregister-Event -SourceIdentifier ContainerMade -ErrorAction Ignore
    Get-Event -SourceIdentifier ContainerMade -ErrorAction Ignore | Remove-Event
    $folder = New-Item -ItemType Directory -Force -Path "$env:CONTAINERCHAOS_ROOT/containers"
    $folder.UnixFileMode = 'UserRead, UserWrite, UserExecute'
    $script:watcher = [IO.FileSystemWatcher]::new($folder.FullName)
    Register-ObjectEvent -InputObject $script:watcher -EventName Renamed -SourceIdentifier ContainerMade
    $script:watcher.EnableRaisingEvents = $true
}

function Assert-NothingLeft {
    # Removes what the test left on purpose, then looks for what the product left: cgroups, mounts, processes, directories.
    Get-Container | Remove-Container -Force
    Get-Container | Should -BeNullOrEmpty
    $ids = @(Get-Event -SourceIdentifier ContainerMade -ErrorAction Ignore | ForEach-Object { $_.SourceEventArgs.Name; $_ | Remove-Event })
    foreach ($id in $ids -match '^[0-9a-f]{64}$') {
        Get-Item "/sys/fs/cgroup/*/containerchaos/$id", "/sys/fs/cgroup/containerchaos/$id" -ErrorAction Ignore | Should -BeNullOrEmpty
        "$env:CONTAINERCHAOS_RUN/$id" | Should -Not -Exist
    }
    Get-ChildItem "$env:CONTAINERCHAOS_ROOT/containers", "$env:CONTAINERCHAOS_ROOT/names" -ErrorAction Ignore | Should -BeNullOrEmpty
    Select-String -Path /proc/self/mountinfo -SimpleMatch $env:CONTAINERCHAOS_SUITE | Should -BeNullOrEmpty
    # A monitor's command line names its container's directory. It ends right after it has answered, so it may take a moment.
    Wait-Until { -not (Get-SuiteProcess) }
}

function Get-SuiteProcess {
    foreach ($file in [IO.Directory]::EnumerateDirectories('/proc')) {
        if ([IO.Path]::GetFileName($file) -notmatch '^\d+$' -or $file -eq "/proc/$PID") { continue }
        try { $line = [IO.File]::ReadAllText("$file/cmdline") } catch { continue }
        if ($line.Contains($env:CONTAINERCHAOS_SUITE)) { $line.Replace("`0", ' ') }
    }
}

function Remove-SuiteRoot {
    Get-Container | Remove-Container -Force
    Unregister-Event -SourceIdentifier ContainerMade -ErrorAction Ignore
    Remove-Item -Recurse -Force $env:CONTAINERCHAOS_SUITE
    $env:CONTAINERCHAOS_SUITE = $null
}

function Should-FailWith([string] $Id, [scriptblock] $Action) {
    # One non-terminating error with that id, whatever the cmdlet; returned for a closer look.
    $errors = @(& $Action -ErrorAction Continue 2>&1 | Where-Object { $_ -is [Management.Automation.ErrorRecord] })
    $errors | Should -HaveCount 1
    $errors[0].FullyQualifiedErrorId.Split(',')[0] | Should -Be $Id
    $errors[0]
}
