# Health checks, waiting for them, containers that are removed at their end, and the return after a reboot.
Describe 'The health of a container' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It 'is in the list, waited for, and an object with its last results' {
        New-Container api -Image target -HealthHttp 8080/healthz -HealthInterval 50ms | Start-Container | Out-Null
        Get-Container api | Out-String | Should -Match 'running \((health: starting|healthy)\)'
        $healthy = Wait-Container api -Condition Healthy -Timeout 20
        $healthy.State | Should -Be 'Running'
        $healthy | Out-String | Should -Match 'running \(healthy\)'
        $healthy.Health.Status | Should -Be 'Healthy'
        $healthy.Health.FailingStreak | Should -Be 0
        $healthy.Health.Log[-1].ExitCode | Should -Be 0
        $healthy.Health.Log[-1].Output | Should -Match '^HTTP/1\.. 200'
        "$($healthy.HealthCheck)" | Should -Be 'http://127.0.0.1:8080/healthz'
        Should-FailWith Timeout { Wait-Container api -Timeout 0.05 @args }
    }

    It 'can be a command or a connection, and bad' {
        New-Container cmd -Image target -Command pause -HealthCmd /target, false -HealthInterval 0.05 -HealthRetries 2 | Start-Container | Out-Null
        New-Container tcp -Image target -Command pause -HealthTcp 6379 -HealthInterval ([timespan]::FromMilliseconds(50)) -HealthRetries 1 | Start-Container | Out-Null
        foreach ($name in 'cmd', 'tcp') {
            Wait-Until { (Get-Container $name).Health.Status -eq 'Unhealthy' } 20
            Get-Container $name | Out-String | Should -Match 'running \(unhealthy\)'
        }
        (Get-Container tcp).Health.Log[-1].Output | Should -Match 'ECONNREFUSED'
        Should-FailWith Timeout { Wait-Container cmd -Condition Healthy -Timeout 0.2 @args }
        (Watch-ContainerEvent -Since 1m -Until (Get-Date) | Where-Object { $_.Type -eq 'health_status' -and $_.Name -in 'cmd', 'tcp' }).Attributes.status | Select-Object -Unique | Should -Be 'unhealthy'
    }

    It 'fires the restart policy with -HealthOnFailure Kill' {
        New-Container api -Image target -Command pause -HealthCmd /target, false -HealthInterval 50ms -HealthRetries 1 -HealthOnFailure Kill -RestartPolicy always -RestartDelay none |
            Start-Container | Out-Null
        Wait-Until { (Get-Container api).RestartCount -ge 1 } 20
    }

    It 'is the image''s, unless -NoHealthcheck' {
        New-Container base -Image target -Command pause | Save-Container -Reference checked:1 -Change 'HEALTHCHECK --interval=50ms CMD ["/target", "true"]' | Out-Null
        New-Container own -Image checked:1 | Start-Container | Wait-Container -Condition Healthy -Timeout 20 | Out-Null
        (New-Container none -Image checked:1 -NoHealthcheck).HealthCheck | Should -BeNullOrEmpty
        Remove-Container own, none, base -Force
        Remove-ContainerImage checked:1
    }

    It 'of a container that has no check or is down is not waited for' {
        New-Container app -Image target -Command pause | Start-Container | Out-Null
        Should-FailWith InvalidState { Wait-Container app -Condition Healthy @args }
        New-Container down -Image target -HealthTcp 1 | Out-Null
        Should-FailWith InvalidState { Wait-Container down -Condition Healthy @args }
        Should-FailWith InvalidArgument { New-Container bad -Image target -HealthTcp 1 -HealthHttp 1/ @args }
        Should-FailWith InvalidArgument { New-Container bad -Image target -HealthInterval 1s @args }
    }
}

Describe 'A container with -AutoRemove' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It 'is gone when Wait-Container returns, and its name is free' {
        1..3 | ForEach-Object {
            (New-Container once -Image target -Command exit, 3 -AutoRemove | Start-Container | Wait-Container).ExitCode | Should -Be 3
            Get-Container | Should -BeNullOrEmpty
        }
        Should-FailWith InvalidArgument { New-Container once -Image target -AutoRemove -RestartPolicy always @args }
    }

    It 'can be waited for until it is removed' {
        $once = New-Container once -Image target -Command pause -AutoRemove | Start-Container
        $once.AutoRemove | Should -BeTrue
        Stop-Container once -Timeout 0
        Should-FailWith ContainerNotFound { Wait-Container once -Condition Removed @args }
        $other = New-Container other -Image target -Command sleep, 0.2 -AutoRemove | Start-Container
        (Wait-Container $other.Name -Condition Removed -Timeout 20).ExitCode | Should -Be 0
    }
}

Describe 'Restore-Container' {
    BeforeAll {
        . $PSScriptRoot/Suite.ps1; Watch-Container
        # What a reboot does to a container, its monitor and its state.
        function Stop-Machine($Container) {
            $path = "$($Container.RootPath)/state.json"
            /bin/kill -9 (Get-Content -Raw $path | ConvertFrom-Json).monitorPid
            /bin/kill -9 $Container.Pid
            Wait-Until { -not (Get-Process -Id $Container.Pid -ErrorAction Ignore) }
            Remove-Item -Recurse "$env:CONTAINERCHAOS_RUN/$($Container.Id)"
            (Get-Content -Raw $path) -replace '"bootId":"[^"]*"', '"bootId":"00000000-0000-4000-8000-000000000000"' | Set-Content $path
        }
    }
    AfterEach { Assert-NothingLeft }

    It 'starts what the policies bring back after a boot' {
        $policies = [ordered]@{ 'a-no' = 'no'; 'b-always' = 'always'; 'c-unless' = 'unless-stopped'; 'd-failed' = 'on-failure'; 'e-stopped' = 'unless-stopped' }
        foreach ($name in $policies.Keys) { New-Container $name -Image target -Command pause -RestartPolicy $policies[$name] | Start-Container | Out-Null }
        Stop-Container e-stopped -Timeout 0
        Get-Container -State Running | ForEach-Object { Stop-Machine $_ }
        (Get-Container a-no).ExitCode | Should -Be 255
        Restore-Container -WhatIf
        Get-Container -State Running | Should -BeNullOrEmpty
        (Restore-Container b-*).Name | Should -Be 'b-always'
        (Restore-Container).Name | Should -Be 'c-unless', 'd-failed'
        (Get-Container -State Running).Name | Should -Be 'b-always', 'c-unless', 'd-failed'
        Restore-Container | Should -BeNullOrEmpty
    }

    It 'is containerchaos restore without PowerShell' {
        $app = New-Container app -Image target -Command pause -RestartPolicy always | Start-Container
        Stop-Machine $app
        $program = "$env:CONTAINERCHAOS_ARTIFACTS/bin/containerchaos"
        & $program restore | Should -Be 'app: started (always)'
        (Get-Container app).State | Should -Be 'Running'
    }
}
