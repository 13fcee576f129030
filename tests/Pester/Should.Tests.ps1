Describe 'Should -RecoverWithin' {
    BeforeAll {
        . $PSScriptRoot/Suite.ps1; Watch-Container
        Import-Module "$(Split-Path (Get-Module ContainerChaos).ModuleBase)/ContainerChaos.Pester/ContainerChaos.Pester.psd1"
        function Get-FailureOf([scriptblock] $Assertion) {
            try { & $Assertion } catch { return $_.Exception.Message }
        }
    }
    AfterEach { Assert-NothingLeft }

    It 'passes for a container whose policy brings it back in time, and ends when it is back' {
        New-Container api -Image target -Command pause -RestartPolicy always -RestartDelay none | Start-Container | Out-Null
        $watch = [Diagnostics.Stopwatch]::StartNew()
        'api' | Should -RecoverWithin 60s -After { Stop-Process -Id $_.Pid -Force }
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 30
        Get-Container api | Should -RecoverWithin 60s -After { Stop-Process -Id $_.Pid -Force }
    }

    It 'fails for one that nothing restarts, and says since when it is down' {
        New-Container api -Image target -Command pause | Start-Container | Out-Null
        Get-FailureOf { 'api' | Should -RecoverWithin 300ms -After { Stop-Process -Id $_.Pid -Force } -Because 'customers wait' } |
            Should -Match '^Expected recovery within 300 ms, because customers wait, but api was down from [\d:.]+ and is exited \(137\) after 300 ms\.$'
        New-Container other -Image target -Command pause | Start-Container | Out-Null
        'other' | Should -Not -RecoverWithin 300ms -After { Send-Signal other KILL }
    }

    It 'says that an operator''s signal disarms the policy' {
        New-Container api -Image target -Command pause -RestartPolicy always -RestartDelay none | Start-Container | Out-Null
        Get-FailureOf { 'api' | Should -RecoverWithin 300ms -After { Send-Signal api KILL } } | Should -Match 'disarms the restart policy.*Stop-Process'
    }

    It 'fails where the fault did not reach the container' {
        New-Container api -Image target -Command pause | Start-Container | Out-Null
        Get-FailureOf { 'api' | Should -RecoverWithin 200ms -After { } } | Should -Match 'api never went down'
    }

    It 'waits for health where there is a health check' {
        $check = @{ HealthHttp = '8080/healthz'; HealthInterval = '50ms' }
        $api = New-Container api -Image target -Command serve -RestartPolicy always -RestartDelay none @check | Start-Container
        Wait-Container api -Condition Healthy -Timeout 30 | Out-Null
        'api' | Should -RecoverWithin 60s -After { Stop-Process -Id $_.Pid -Force }
        "$((Get-Container api).Health)" | Should -Be 'healthy'
        (Get-Container api).Pid | Should -Not -Be $api.Pid
    }

    It 'judges rows of a scenario by their percentile, and those that never recovered fail' {
        $rows = Invoke-ChaosScenario zombie-storm -Trials 1 -RestartPolicy always
        $rows | Where-Object Init | Should -RecoverWithin 1h
        $rows | Where-Object Init | Should -RecoverWithin 1h -Percentile 50 -Stage steady
        Get-FailureOf { $rows | Should -RecoverWithin 1h } | Should -Match 'zombie-storm, always, no init, .*: p95 of firstSuccess is unknown \(1 of 1 never got there\)'
    }
}

Describe 'Should -SurviveFault' {
    BeforeAll {
        . $PSScriptRoot/Suite.ps1; Watch-Container
        Import-Module "$(Split-Path (Get-Module ContainerChaos).ModuleBase)/ContainerChaos.Pester/ContainerChaos.Pester.psd1"
    }
    AfterEach { Assert-NothingLeft }

    It 'passes while PID 1 runs on' {
        Wait-Pause (New-Container api -Image target -Command pause | Start-Container)
        # A PID 1 without a handler is deaf to it.
        'api' | Should -SurviveFault { Send-Signal api TERM } -For 200ms
    }

    It 'fails when PID 1 dies, also when it is back at once' {
        New-Container api -Image target -Command pause -RestartPolicy always -RestartDelay none | Start-Container | Out-Null
        { 'api' | Should -SurviveFault { Stop-Process -Id $_.Pid -Force } -For 5s } | Should -Throw '*api died * after it began, with exit code 137.'
    }

    It 'needs a container that runs' {
        New-Container api -Image target -Command pause | Out-Null
        { 'api' | Should -SurviveFault { } -For 100ms } | Should -Throw 'api is created, so that nothing can be broken. Start it first.'
    }
}
