Describe 'What a container may use' {
    BeforeAll {
        . $PSScriptRoot/Suite.ps1; Watch-Container
        function Show-File([string] $Name, [string] $Path) { (Invoke-ContainerCommand $Name -- /target cat $Path).Output }
    }
    AfterEach { Assert-NothingLeft }

    It 'is written as Docker writes it, and what the processes have' {
        $container = New-Container app -Image target -Command pause -Memory 64m -MemorySwap 96MB -MemoryReservation 32MB -CpuShares 512 -CpuPeriod 50000 `
            -CpuQuota 25000 -CpusetCpus 0 -PidsLimit 50 -Ulimit nofile=1024:2048 -ShmSize 32m -OomScoreAdj 10 | Start-Container
        $container.Limits.MemoryBytes | Should -Be 64MB
        $container.Limits.MemorySwapBytes | Should -Be 96MB
        $container | Format-List Limits | Out-String -Width 300 | Should -Match 'Limits : Memory 64 MB, MemorySwap 96 MB, MemoryReservation 32 MB, CpuShares 512, CpuPeriod 50000, CpuQuota 25000, CpusetCpus 0, PidsLimit 50\s*$'
        (Show-File app /proc/1/limits) -match 'Max open files' | Should -Match '1024\s+2048'
        (Show-File app /proc/1/status) -match '^Cpus_allowed_list' | Should -Match '\s0$'
        (Show-File app /proc/mounts) -match '/dev/shm' | Should -Match 'size=32768k'
        Show-File app /proc/1/oom_score_adj | Should -Be 10
    }

    It 'comes from a table as well' {
        "Name,Image,MemorySwap,Memory,Ulimit,CapAdd`nx1,target,-1,64m,core=0,NET_ADMIN" | ConvertFrom-Csv | New-Container | Out-Null
        (Get-Container x1).Limits.MemorySwapBytes | Should -Be -1
        "$((Get-Container x1).Limits)" | Should -Be 'Memory 64 MB, MemorySwap unlimited'
    }

    It 'is refused by the option''s name: -<Parameter> <Value>' -ForEach @(
        @{ Parameter = 'MemorySwap'; Value = '1m' }
        @{ Parameter = 'CpusetCpus'; Value = '999' }
        @{ Parameter = 'Ulimit'; Value = 'files=1' }
        @{ Parameter = 'Device'; Value = '/etc/passwd' }
        @{ Parameter = 'CapAdd'; Value = 'EVERYTHING' }
        @{ Parameter = 'Sysctl'; Value = @{ 'kernel.panic' = 1 } }
        @{ Parameter = 'AddHost'; Value = 'db' }
        @{ Parameter = 'EnvFile'; Value = 'nowhere.env' }
        @{ Parameter = 'Pid'; Value = 'mine' }
    ) {
        $with = @{ $Parameter = $Value }
        $failure = Should-FailWith InvalidArgument { New-Container app -Image target @with @args }
        $failure.Exception.Message | Should -Match "^-$Parameter "
        $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'and who it is come from options and from files beside PowerShell''s location' {
        Push-Location $env:CONTAINERCHAOS_SUITE
        try {
            Set-Content app.env "A=1`nB=2"
            Set-Content app.labels 'tier=back'
            $container = New-Container app -Image target -Command pause -EnvFile app.env -Env @{ B = 3 } -LabelFile app.labels -Annotation @{ owner = 'me' } `
                -Hostname web -Domainname example.org -AddHost db:10.0.0.9 -Dns 10.0.0.1 -DnsSearch example.org -DnsOption ndots:2 -User 1000 -GroupAdd 44 -CapDrop ALL `
                -Sysctl @{ 'net.core.somaxconn' = 99 } | Start-Container
        } finally { Remove-Item app.env, app.labels; Pop-Location }
        $container.Labels['tier'] | Should -Be 'back'
        $container.Annotations['owner'] | Should -Be 'me'
        $env = (Invoke-ContainerCommand app -- /target env).Output
        $env | Should -Contain 'A=1'
        $env | Should -Contain 'B=3'
        Show-File app /etc/hosts | Should -Contain "10.0.0.9`tdb"
        Show-File app /etc/resolv.conf | Should -Be 'nameserver 10.0.0.1', 'search example.org', 'options ndots:2'
        Show-File app /proc/sys/net/core/somaxconn | Should -Be 99
        (Show-File app /proc/1/status) -match '^Groups' | Should -Match '\b44\b'
    }

    It 'is everything with -Privileged, and what is shared is another''s' {
        New-Container app -Image target -Command pause -Privileged -Ipc shareable | Start-Container | Out-Null
        (Show-File app /proc/1/status) -match '^Seccomp:' | Should -Match '0$'
        (Get-Container app).Privileged | Should -BeTrue
        New-Container beside -Image target -Command pause -Pid container:app -Ipc container:app | Start-Container | Out-Null
        $own = Get-ContainerNamespace app, beside | Where-Object Type -In pid, ipc | Group-Object Type
        $own | ForEach-Object { $_.Group.Inode | Select-Object -Unique | Should -HaveCount 1 }
    }

    It 'is completed' {
        function Complete([string] $Line) { (TabExpansion2 $Line $Line.Length).CompletionMatches.CompletionText }
        New-Container app -Image target -Command pause | Start-Container | Out-Null
        Complete 'New-Container -CapAdd NET_A' | Should -Be 'NET_ADMIN'
        Complete 'New-Container -CapDrop A' | Should -Contain 'ALL'
        Complete 'New-Container -Ulimit nof' | Should -Be 'nofile='
        Complete 'New-Container -Ipc sh' | Should -Be 'shareable'
        Complete 'New-Container -Pid c' | Should -Be 'container:app'
        Complete 'New-Container -Uts ' | Should -Be 'private', 'host'
        Complete 'New-Container -SecurityOption sys' | Should -Be 'systempaths=unconfined'
    }
}

Describe 'Update-Container' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It 'changes what it is told to, of running ones and of those that are down, and nothing else' {
        New-Container up -Image target -Command pause -Memory 64MB -PidsLimit 40 | Start-Container | Out-Null
        New-Container down -Image target -Memory 64MB | Out-Null
        $changed = Update-Container up, down -Memory 96MB -RestartPolicy always -RestartDelay 250ms -PassThru
        $changed.Limits.MemoryBytes | Should -Be 96MB, 96MB
        $changed[0].Limits.PidsLimit | Should -Be 40
        (Get-ContainerStats up).MemoryLimitBytes | Should -Be 96MB
        Get-Container | ForEach-Object { "$($_.RestartPolicy) $($_.RestartDelay)" } | Should -Be 'always 250ms', 'always 250ms'
        Update-Container up -PidsLimit 0 -Memory 0
        (Get-Container up).Limits.PidsLimit | Should -BeNullOrEmpty
        (Get-ContainerStats up).MemoryLimitBytes | Should -BeNullOrEmpty
    }

    It 'says by the option''s name what can''t be, and leaves everything as it was' {
        New-Container app -Image target -Command pause -Memory 64MB | Start-Container | Out-Null
        (Should-FailWith InvalidArgument { Update-Container app -MemorySwap 32MB @args }).Exception.Message | Should -Match '^-MemorySwap'
        (Should-FailWith InvalidArgument { Update-Container app -Memory 96MB -CpuQuota 40000000000000 @args }).Exception.Message | Should -Match '-CpuQuota'
        Should-FailWith ContainerNotFound { Update-Container missing -Memory 64MB @args }
        (Get-ContainerStats app).MemoryLimitBytes | Should -Be 64MB
        Update-Container app -Memory 128MB -WhatIf
        (Get-Container app).Limits.MemoryBytes | Should -Be 64MB
    }
}

Describe 'Rename-Container' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It 'gives a running container another name' {
        $container = New-Container app -Image target -Command pause | Start-Container
        Rename-Container app api
        Get-Container app -ErrorAction Ignore | Should -BeNullOrEmpty
        (Get-Container api).Id | Should -Be $container.Id
        (Get-Container api).Pid | Should -Be $container.Pid
        # An object from before means the container, whoever has its name now.
        New-Container app -Image target | Out-Null
        ($container | Rename-Container -NewName web -PassThru).Name | Should -Be 'web'
        (Get-Container).Name | Sort-Object | Should -Be 'app', 'web'
        (Read-ContainerEvent $container | Where-Object type -EQ rename).attributes.oldName | Should -Be 'app', 'api'
    }

    It 'refuses a name that is taken, or none' {
        'app', 'api' | ForEach-Object { New-Container $_ -Image target } | Out-Null
        (Should-FailWith NameInUse { Rename-Container app api @args }).CategoryInfo.Category | Should -Be 'ResourceExists'
        Should-FailWith InvalidName { Rename-Container app 'a b' @args }
        Rename-Container app web -WhatIf
        (Get-Container).Name | Should -Be 'app', 'api'
    }
}
