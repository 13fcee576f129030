Describe 'A job' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It 'ends with code 0, its log stays and nothing else of it does' {
        $job = New-Container job -Image target -Command echo, hello | Start-Container | Wait-Container
        $job.State | Should -Be 'Exited'
        $job.ExitCode | Should -Be 0
        $job.OomKilled | Should -BeFalse
        (Get-ContainerLog job).Line | Should -Be 'hello'
        $job.Pid | Should -BeNullOrEmpty
        Get-ContainerProcess job | Should -BeNullOrEmpty
        Get-ContainerNamespace job | Should -BeNullOrEmpty
        Get-Item "/sys/fs/cgroup/*/$($job.CgroupPath)", "/sys/fs/cgroup/$($job.CgroupPath)" -ErrorAction Ignore | Should -BeNullOrEmpty
        Select-String -Path /proc/self/mountinfo -SimpleMatch $job.Id | Should -BeNullOrEmpty
    }

    It 'gives its exit code <Code>' -ForEach @{ Code = 1 }, @{ Code = 42 }, @{ Code = 255 } {
        (New-Container job -Image target -Command exit, $Code | Start-Container | Wait-Container).ExitCode | Should -Be $Code
    }

    It 'goes through one pipeline from its definition to its removal' {
        New-Container -Image target -Command true | Start-Container | Wait-Container | Remove-Container
        Get-Container | Should -BeNullOrEmpty
    }

    It 'can be started again, and its writable layer is the same' {
        New-Container job -Image target -Command append, /file, again | Start-Container | Wait-Container | Start-Container | Wait-Container
        (Get-Container job).ExitCode | Should -Be 0
        New-Container reader -Image target -Command cat, /file | Start-Container | Wait-Container | Out-Null
        (Get-Container reader).ExitCode | Should -Be 1
    }

    It 'stays running at no CPU while it is blocked' {
        $blocked = New-Container blocked -Image target -Command pause | Start-Container
        $ticks = { (Get-Content "/proc/$($blocked.Pid)/stat").Split(') ')[-1].Split(' ')[11, 12] | Measure-Object -Sum | ForEach-Object Sum }
        $before = & $ticks
        Should-FailWith Timeout { Wait-Container blocked -Timeout 0.5 @args }
        (& $ticks) - $before | Should -BeLessOrEqual 1
        (Get-Container blocked).State | Should -Be 'Running'
    }

    It 'takes its environment, working directory, user, host name and labels' {
        New-Container job -Image target -Command env, COLOUR -Env @{ COLOUR = 'red' } -Label @{ team = 'blue'; tier = 1 } -Hostname box -WorkingDirectory /proc -User 1000 |
            Start-Container | Wait-Container | Out-Null
        (Get-ContainerLog job).Line | Should -Be 'red'
        (Get-Container job).Labels['team'] | Should -Be 'blue'
        (Get-Container -Label @{ team = 'blue'; tier = '' }).Name | Should -Be 'job'
        Get-Container -Label @{ team = 'green' } | Should -BeNullOrEmpty
    }

    It 'mounts a folder relative to where PowerShell stands' {
        Push-Location $TestDrive
        try {
            New-Item -ItemType Directory data | Out-Null
            New-Container job -Image target -Command write, /data/file, written -Volume ./data:/data | Start-Container | Wait-Container | Out-Null
            Get-Content data/file | Should -Be 'written'
        }
        finally { Pop-Location }
    }

    It 'is frozen and thawed' {
        Start-Service api | Out-Null
        (Suspend-Container api -PassThru).State | Should -Be 'Paused'
        (Resume-Container api -PassThru).State | Should -Be 'Running'
        (Invoke-Service api /healthz).Output | Should -Be 'ok'
    }
}
