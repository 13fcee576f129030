Describe 'Send-Signal' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It 'TERM does nothing to a PID 1 without a handler, and -Verbose says why' {
        $app = New-Container app -Image target -Command pause | Start-Container
        Wait-Pause $app
        $said = Send-Signal app TERM -PassThru -Verbose 4>&1
        $said[-1].Disposition | Should -Be 'DroppedForInit'
        ($said -match 'VERBOSE|SIGTERM') -join ' ' | Should -Match 'PID 1.*-Init'
        Should-FailWith Timeout { Wait-Container app -Timeout 0.3 @args }
        (Get-Container app).State | Should -Be 'Running'
    }

    It 'TERM ends a PID 1 with a handler' {
        Start-Service api | Out-Null
        (Send-Signal api -PassThru).Disposition | Should -Be 'Handled'
        (Wait-Container api -Timeout 5).ExitCode | Should -Be 0
    }

    It 'KILL from inside does nothing to PID 1; KILL from the host ends it with 137' {
        New-Container app -Image target -Command pause | Start-Container | Out-Null
        (Invoke-ContainerCommand app -- /target kill KILL 1).ExitCode | Should -Be 0
        (Get-Container app).State | Should -Be 'Running'
        Send-Signal app KILL
        (Wait-Container app -Timeout 5).ExitCode | Should -Be 137
    }

    It 'takes <Signal>' -ForEach @{ Signal = 'KILL' }, @{ Signal = 'SIGKILL' }, @{ Signal = 'sigkill' }, @{ Signal = 9 } {
        New-Container app -Image target -Command pause | Start-Container | Out-Null
        (Send-Signal app $Signal -PassThru).SignalName | Should -Be 'SIGKILL'
        (Wait-Container app -Timeout 5).ExitCode | Should -Be 137
    }

    It 'says that <Signal> is no signal' -ForEach @{ Signal = 'NOPE' }, @{ Signal = '0' }, @{ Signal = '65' } {
        { Send-Signal app $Signal } | Should -Throw -ErrorId 'InvalidArgument,ContainerChaos.PowerShell.SendSignalCommand'
    }

    It 'says that a container which does not run gets no signal' {
        New-Container app -Image target -Command pause | Out-Null
        Should-FailWith InvalidState { Send-Signal app @args }
    }
}

Describe 'Stop-Container' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It 'ends a PID 1 with a handler well inside the grace period' {
        Start-Service api | Out-Null
        $took = Measure-Command { Stop-Container api }
        $took.TotalSeconds | Should -BeLessThan 2
        (Get-Container api).ExitCode | Should -Be 0
    }

    It 'kills one that ignores it at the end of the grace period and no later than 250 ms after' {
        Start-Service api -Arguments '--ignore-term' | Out-Null
        $took = Measure-Command { Stop-Container api -Timeout 1 }
        $took.TotalMilliseconds | Should -BeGreaterOrEqual 1000
        $took.TotalMilliseconds | Should -BeLessOrEqual 1250
        (Get-Container api).ExitCode | Should -Be 137
    }

    It 'waits as long as the container''s own -StopTimeout says, in seconds or as a time span' {
        New-Container app -Image target -Command pause -StopTimeout 0.3 | Start-Container | Out-Null
        (Measure-Command { Stop-Container app }).TotalMilliseconds | Should -BeGreaterOrEqual 300
        (Get-Container app).ExitCode | Should -Be 137
        (New-Container other -Image target -StopTimeout ([timespan]'00:00:03')).StopTimeout.TotalSeconds | Should -Be 3
    }

    It 'does not reach an app behind a parent that forwards nothing' {
        Start-Service api -Arguments '--fork-app' | Out-Null
        Stop-Container api -Timeout 0.5
        (Get-Container api).ExitCode | Should -Be 137
    }

    It 'reaches the app with -Init' {
        Start-Service api -With @{ Init = $true } | Out-Null
        (Measure-Command { Stop-Container api }).TotalSeconds | Should -BeLessThan 2
        (Get-Container api).ExitCode | Should -Be 0
    }

    It 'sends the container''s own stop signal' {
        New-Container app -Image target -Command sleep, infinity -Init -StopSignal INT | Start-Container | Out-Null
        Stop-Container app -Timeout 5
        (Get-Container app).ExitCode | Should -Be 130
    }

    It 'takes one grace period for three containers, and errors stay with their own' {
        1..3 | ForEach-Object { New-Container "app$_" -Image target -Command pause } | Start-Container | Out-Null
        $failures = @()
        $took = Measure-Command { Stop-Container app1, missing, app2, app3 -Timeout 1 -ErrorAction SilentlyContinue -ErrorVariable failures }
        $took.TotalSeconds | Should -BeLessThan 2
        $failures.TargetObject | Should -Be 'missing'
        (Get-Container app*).ExitCode | Should -Be 137, 137, 137
    }

    It 'stops nothing with -WhatIf' {
        New-Container app -Image target -Command pause | Start-Container | Out-Null
        Stop-Container app -WhatIf
        (Get-Container app).State | Should -Be 'Running'
    }
}
