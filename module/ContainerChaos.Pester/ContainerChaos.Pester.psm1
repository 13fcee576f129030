# Should operators for Pester: how a container has to take a fault. See docs/pester.md.

function Should-RecoverWithin {
    # $rows | Should -RecoverWithin 500ms, or 'api' | Should -RecoverWithin 500ms -After { … }.
    param($ActualValue, $Limit, [ValidateSet(50, 90, 95, 99)] [int] $Percentile = 95, [string] $Stage = 'firstSuccess',
        [scriptblock] $After, [switch] $Negate, [string] $Because, $CallerSessionState)
    $limitTime = ConvertTo-Duration $Limit
    $failures = @(foreach ($one in $ActualValue) {
            if ($one.PSTypeNames -contains 'ContainerChaos.Scenarios.ScenarioRow') {
                Get-RowFailure $one $limitTime $Percentile $Stage
            }
            elseif ($After) {
                Get-RecoveryFailure $one $limitTime $After
            }
            else {
                throw [ArgumentException]::new('Should -RecoverWithin takes rows of Invoke-ChaosScenario, or a container together with -After { what breaks it }.')
            }
        })
    Get-Verdict $failures $Negate "recovery within $(Format-Time $limitTime)" $Because
}

function Should-SurviveFault {
    # 'api' | Should -SurviveFault { … } -For 2s: the same PID 1 runs on, and is never unhealthy.
    param($ActualValue, [scriptblock] $Fault, $For = '1s', [switch] $Negate, [string] $Because, $CallerSessionState)
    $watch = ConvertTo-Duration $For
    $failures = @(foreach ($one in $ActualValue) { Get-SurvivalFailure $one $watch $Fault })
    Get-Verdict $failures $Negate 'the fault to be survived' $Because
}

function ConvertTo-Duration($Value) {
    $duration = [ContainerChaos.PowerShell.DurationArgumentAttribute]::new().Transform($null, $Value)
    if ($duration -isnot [TimeSpan]) { throw [ArgumentException]::new("'$Value' is not a time. Write 500ms, 2s, a number of seconds or a time span.") }
    $duration
}

function Format-Time([Nullable[TimeSpan]] $Time) { [ContainerChaos.PowerShell.HumanText]::Latency($Time) }

function Get-RowFailure($Row, [TimeSpan] $Limit, [int] $Percentile, [string] $Stage) {
    $distribution = $Row.Stages[$Stage]
    if (-not $distribution) { throw [ArgumentException]::new("'$Stage' is no stage. Use one of $($Row.Stages.Keys -join ', ').") }
    $value = $distribution."P$Percentile".Value
    if ($null -ne $value -and $value -le $Limit.TotalMilliseconds) { return }
    $is = $null -eq $value ? 'unknown' : (Format-Time ([TimeSpan]::FromMilliseconds($value)))
    "$($Row.Scenario), $($Row.Policy), $($Row.Init ? 'init' : 'no init'), $($Row.Crash): p$Percentile of $Stage is $is ($($distribution.Censored) of $($distribution.Count) never got there)"
}

function Get-RecoveryFailure($Container, [TimeSpan] $Limit, [scriptblock] $After) {
    $target = Get-Target $Container
    $began = [DateTimeOffset]::Now
    ForEach-Object -InputObject $target -Process $After | Out-Null
    $down = @{ Since = $null; Disarmed = $false }
    # The pipeline ends with the event that makes it whole again, or with the limit.
    $whole = Watch-ContainerEvent $target.Id -Since $began -Until ($began + $Limit) -EventType die, start, kill, health_status | Where-Object {
        $health = Get-Health $_
        if ($_.Type -eq 'kill') { $down.Disarmed = $true }
        if ($_.Type -eq 'die' -or $health -eq 'unhealthy') { $down.Since ??= $_.Time }
        elseif ($down.Since) { $target.HealthCheck ? $health -eq 'healthy' : $_.Type -eq 'start' }
    } | Select-Object -First 1
    if ($whole) { return }
    $now = Get-Container $target.Id
    $hint = $down.Disarmed ? ' (a signal of the operator disarms the restart policy; to break it behind its back: Stop-Process -Id $_.Pid -Force)' : ''
    if ($down.Since) { "$($target.Name) was down from $($down.Since.LocalDateTime.ToString('HH:mm:ss.fff')) and is $([ContainerChaos.PowerShell.HumanText]::State($now)) after $(Format-Time $Limit)$hint" }
    else { "$($target.Name) never went down: what -After did did not reach it (Should -SurviveFault is for that)" }
}

function Get-SurvivalFailure($Container, [TimeSpan] $Watch, [scriptblock] $Fault) {
    $target = Get-Target $Container
    $began = [DateTimeOffset]::Now
    ForEach-Object -InputObject $target -Process $Fault | Out-Null
    $hit = Watch-ContainerEvent $target.Id -Since $began -Until ([DateTimeOffset]::Now + $Watch) -EventType die, health_status |
        Where-Object { $_.Type -eq 'die' -or (Get-Health $_) -eq 'unhealthy' } | Select-Object -First 1
    if (-not $hit) { return }
    $after = "$(Format-Time ($hit.Time - $began)) after it began"
    $hit.Type -eq 'die' ? "$($target.Name) died $after, with exit code $($hit.Attributes['exitCode'])" : "$($target.Name) was unhealthy $after"
}

function Get-Target($Container) {
    $target = Get-Container ($Container.Id ?? "$Container") -ErrorAction Stop
    if ($target.State -ne 'Running') { throw [InvalidOperationException]::new("$($target.Name) is $([ContainerChaos.PowerShell.HumanText]::State($target)), so that nothing can be broken. Start it first.") }
    $target
}

function Get-Health($ContainerEvent) {
    if ($ContainerEvent.Type -eq 'health_status') { $ContainerEvent.Attributes['status'] }
}

function Get-Verdict([string[]] $Failures, [bool] $Negate, [string] $Expected, [string] $Because) {
    $reason = $Because ? ", because $($Because -replace '^because\s+')" : ''
    if (-not $Negate -and $Failures.Count -gt 0) {
        return [PSCustomObject] @{ Succeeded = $false; FailureMessage = "Expected $Expected$reason, but $($Failures -join '; ')." }
    }
    if ($Negate -and $Failures.Count -eq 0) {
        return [PSCustomObject] @{ Succeeded = $false; FailureMessage = "Expected no $Expected$reason, but that is what happened." }
    }
    [PSCustomObject] @{ Succeeded = $true }
}

foreach ($operator in 'RecoverWithin', 'SurviveFault') {
    # Pester keeps its operators for the session, and refuses a name that it has.
    if (-not (Get-ShouldOperator | Where-Object Name -EQ $operator)) {
        Add-ShouldOperator -Name $operator -InternalName "Should-$operator" -Test (Get-Item "function:Should-$operator").ScriptBlock -SupportsArrayInput
    }
}
