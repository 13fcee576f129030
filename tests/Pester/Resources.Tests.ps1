Describe 'Memory' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It 'past -Memory 64MB ends in 137 with OomKilled set' {
        $ended = New-Container app -Image target -Command leak -Memory 64MB | Start-Container | Wait-Container -Timeout 20
        $ended.ExitCode | Should -Be 137
        $ended.OomKilled | Should -BeTrue
    }

    It 'tells of the OOM before it tells of the exit, 100 times of 100' {
        $ended = New-Container app -Image target -Command leak -Memory 8MB -RestartPolicy on-failure:99 -RestartDelay none |
            Start-Container | Wait-Container -Timeout 120
        $ended.RestartCount | Should -Be 99
        $types = (Read-ContainerEvent $ended | Where-Object type -In oom, die, start).type -join ' '
        [regex]::Matches($types, 'start( oom)+ die').Count | Should -Be 100
    }

    It 'of a child that is killed is told of, and is no exit' {
        $container = New-Container app -Image target -Command seq, leak, ';', pause -Memory 16MB | Start-Container
        Wait-Until { (Read-ContainerEvent $container).type -contains 'oom' } 20
        (Get-Container app).State | Should -Be 'Running'
        (Read-ContainerEvent $container).type | Should -Not -Contain 'die'
    }

    It 'can be written as <_>' -ForEach 64MB, '64MB', '64m', '67108864', 67108864 {
        $container = New-Container app -Image target -Memory $_
        (Get-Content (Join-Path $container.RootPath config.json) | ConvertFrom-Json).linux.resources.memory.limit | Should -Be 67108864
    }
}

Describe 'Zombies' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It 'are counted under a PID 1 that does not reap' {
        Start-Service api -With @{ PidsLimit = 2000 } | Out-Null
        (Invoke-Service api '/zombies?n=500').ExitCode | Should -Be 0
        Wait-Until { (Get-ZombieCount api).Count -eq 500 }
        $count = Get-ZombieCount api
        $count.Name | Should -Be 'api'
        $count.PidsCurrent | Should -BeGreaterOrEqual 501
        $count.PidsMax | Should -Be 2000
        @(Get-ContainerProcess api | Where-Object State -EQ Zombie).Count | Should -Be 500
    }

    It 'are none within a second with -Init' {
        Start-Service api -With @{ Init = $true } | Out-Null
        (Invoke-Service api '/orphans?n=200&ms=10').ExitCode | Should -Be 0
        Wait-Until { (Get-ZombieCount api).Count -eq 0 } 1
    }

    It 'that fill the PID table make the next command fail with that reason' {
        New-Container app -Image target -Command zombies, 100 -PidsLimit 64 | Start-Container | Out-Null
        Wait-Until { $count = Get-ZombieCount app; $count.Count -gt 50 -and $count.PidsCurrent -eq 64 }
        $failure = Should-FailWith PidTableFull { Invoke-ContainerCommand app -- /target true @args }
        $failure.TargetObject | Should -Be 'app'
        $failure.CategoryInfo.Category | Should -Be 'ResourceUnavailable'
        $failure.Exception.Message | Should -Match 'PID table is full'
        $failure.ErrorDetails.RecommendedAction | Should -Match '-Init'
    }
}

Describe 'Disk' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It 'holds one copy of a layer for 100 containers of one image' {
        $before = [long]((du -sb $env:CONTAINERCHAOS_SUITE) -split '\s')[0]
        1..100 | ForEach-Object { New-Container "box-$_" -Image target -Command true } | Out-Null
        Get-Container box-1*, box-2* | Start-Container | Wait-Container | Out-Null
        $after = [long]((du -sb $env:CONTAINERCHAOS_SUITE) -split '\s')[0]
        $size = (Get-ContainerImage target).SizeBytes
        ($after - $before) / 100 | Should -BeLessThan ($size / 10)
        Get-ChildItem -Recurse -File "$env:CONTAINERCHAOS_ROOT" -Filter target | Should -HaveCount 1
    }
}
