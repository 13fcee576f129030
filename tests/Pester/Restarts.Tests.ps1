BeforeDiscovery {
    # How a run ends × what a policy makes of it. 'on-failure:3' gives up after three restarts; the last two go on for ever.
    $ends = @(
        @{ End = 'exit 0'; Command = @('true'); Fails = $false; Code = 0 }
        @{ End = 'exit 1'; Command = @('exit', '1'); Fails = $true; Code = 1 }
        @{ End = 'OOM'; Command = @('leak'); Fails = $true; Code = 137 }
        @{ End = 'a crash'; Command = @('crash'); Fails = $true; Code = 139 }
    )
    $once = foreach ($end in $ends) {
        @{ Policy = 'no'; Restarts = 0 } + $end
        @{ Policy = 'on-failure:3'; Restarts = $end.Fails ? 3 : 0 } + $end
    }
    $forEver = foreach ($end in $ends) { foreach ($policy in 'always', 'unless-stopped') { @{ Policy = $policy } + $end } }
}

Describe 'A restart policy' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It '<Policy> after <End> restarts <Restarts> times and ends' -ForEach $once {
        $container = New-Container app -Image target -Command $Command -RestartPolicy $Policy -RestartDelay none -Memory 16MB |
            Start-Container | Wait-Container -Timeout 20
        $container.State | Should -Be 'Exited'
        $container.RestartCount | Should -Be $Restarts
        $container.ExitCode | Should -Be $Code
        $container.OomKilled | Should -Be ($End -eq 'OOM')
        $container.RestartPolicy | Should -Be $Policy
    }

    It '<Policy> after <End> goes on, until Stop-Container disarms it' -ForEach $forEver {
        New-Container app -Image target -Command $Command -RestartPolicy $Policy -RestartDelay none -Memory 16MB | Start-Container | Out-Null
        Wait-Until { (Get-Container app).RestartCount -ge 3 } 20
        Stop-Container app -Timeout 0
        $stopped = Wait-Container app -Timeout 5
        $stopped.State | Should -Be 'Exited'
        Should-FailWith InvalidState { Suspend-Container app @args }
        (Get-Container app).RestartCount | Should -Be $stopped.RestartCount
    }

    It '<_> stays armed when PID 1 is killed behind the runtime''s back' -ForEach 'on-failure:3', 'always', 'unless-stopped' {
        $before = New-Container app -Image target -Command pause -RestartPolicy $_ -RestartDelay none | Start-Container
        /bin/kill -9 $before.Pid
        Wait-Until { ($now = Get-Container app).RestartCount -eq 1 -and $now.State -eq 'Running' }
        $after = Get-Container app
        $after.Pid | Should -Not -Be $before.Pid
        $after.RestartCount | Should -Be 1
    }

    It '<_> is disarmed by an operator''s kill' -ForEach 'on-failure:3', 'always', 'unless-stopped' {
        New-Container app -Image target -Command pause -RestartPolicy $_ -RestartDelay none | Start-Container | Out-Null
        Send-Signal app KILL
        $ended = Wait-Container app -Timeout 5
        $ended.ExitCode | Should -Be 137
        $ended.RestartCount | Should -Be 0
    }

    It 'is armed again by Start-Container' {
        New-Container app -Image target -Command pause -RestartPolicy always -RestartDelay none | Start-Container | Out-Null
        Stop-Container app -Timeout 0
        $started = Start-Container app
        /bin/kill -9 $started.Pid
        Wait-Until { (Get-Container app).RestartCount -eq 1 }
    }
}

Describe 'The back-off before a restart' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It 'is Docker''s by default: 100 ms, doubling' {
        $container = New-Container app -Image target -Command exit, 1 -RestartPolicy on-failure:4 | Start-Container | Wait-Container -Timeout 20
        $events = Read-ContainerEvent $container
        ($events | Where-Object type -EQ backoff).attributes.delayMs | Should -Be 100, 200, 400, 800
        $died = @($events | Where-Object type -EQ die).monotonicNanoseconds
        $started = @($events | Where-Object type -EQ start).monotonicNanoseconds
        0..3 | ForEach-Object { ($started[$_ + 1] - $died[$_]) / 1e6 | Should -BeGreaterOrEqual (100 * [Math]::Pow(2, $_)) }
    }

    It 'is <Delay> ms for -RestartDelay <Argument>' -ForEach @(
        @{ Argument = 'none'; Delay = 0 }
        @{ Argument = '30ms'; Delay = 30 }
        @{ Argument = [timespan]::FromMilliseconds(20); Delay = 20 }
        @{ Argument = 0.01; Delay = 10 }
    ) {
        $container = New-Container app -Image target -Command exit, 1 -RestartPolicy on-failure:2 -RestartDelay $Argument |
            Start-Container | Wait-Container -Timeout 20
        $events = Read-ContainerEvent $container
        ($events | Where-Object type -EQ backoff).attributes.delayMs | Should -Be $Delay, $Delay
    }

    It 'is ended by Stop-Container' {
        New-Container app -Image target -Command exit, 1 -RestartPolicy always -RestartDelay 1m | Start-Container | Out-Null
        Wait-Until { (Get-Container app).State -eq 'Restarting' }
        (Measure-Command { Stop-Container app }).TotalSeconds | Should -BeLessThan 1
        (Get-Container app).State | Should -Be 'Exited'
    }
}
