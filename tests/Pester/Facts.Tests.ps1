# The kernel's own facts, shown: the small experiments that tutorials of containers are made of. Each stays in its containers and takes seconds at most.
BeforeDiscovery {
    $reason = if ((id -u) -ne '0') { 'needs root' }
    elseif (-not (Test-Path /bin/busybox)) { 'needs a static busybox (apt-get install busybox-static)' }
    $noDistribution = if ($env:CONTAINERCHAOS_LONG -ne '1') { 'takes minutes: CONTAINERCHAOS_LONG=1' }
    elseif (-not (Get-Command debootstrap -ErrorAction Ignore)) { 'needs debootstrap' }
}

Describe 'The kernel''s own facts' -Skip:($null -ne $reason) {
    BeforeAll {
        . $PSScriptRoot/Suite.ps1; Watch-Container
        $tree = (New-Item -ItemType Directory "$env:CONTAINERCHAOS_SUITE/elsewhere/bin", "$env:CONTAINERCHAOS_SUITE/elsewhere/etc", "$env:CONTAINERCHAOS_SUITE/elsewhere/data")[0].Parent.FullName
        Copy-Item /bin/busybox "$tree/bin/busybox"
        foreach ($name in 'sh', 'cat', 'uname', 'sleep', 'rm', 'ls', 'wc') { New-Item -ItemType SymbolicLink "$tree/bin/$name" -Value busybox | Out-Null }
        Set-Content "$tree/etc/os-release" "ID=elsewhere`nPRETTY_NAME=`"Elsewhere 1`""
        [IO.File]::WriteAllBytes("$tree/data/large", [byte[]]::new(24MB))
        Import-ContainerImage $tree -Reference elsewhere | Out-Null
        function New-Sleeper([string] $Name, [hashtable] $With = @{}) { New-Container $Name -Image elsewhere -Command sleep, 1000 -StopTimeout 0 @With }
        function Invoke-In([string] $Name, [string] $Script) { (Invoke-ContainerCommand $Name -- sh -c $Script).Output }
        function Get-Cached($Container) {
            # What the container's control group has in the page cache: what it was the first to read.
            $file = Get-Item "/sys/fs/cgroup/memory$($Container.CgroupPath)/memory.stat", "/sys/fs/cgroup$($Container.CgroupPath)/memory.stat" -ErrorAction Ignore | Select-Object -First 1
            [long] (@(Get-Content $file) -match '^(cache|file) ')[0].Split(' ')[1]
        }
    }
    AfterEach { Get-Container | Remove-Container -Force }
    AfterAll { Assert-NothingLeft; Remove-ContainerImage elsewhere }

    It 'it is the host''s kernel, and another distribution' {
        New-Sleeper other | Start-Container | Out-Null
        Invoke-In other 'uname -r' | Should -Be (uname -r)
        Invoke-In other 'cat /proc/version' | Should -Be (Get-Content /proc/version)
        Invoke-In other 'cat /etc/os-release' | Should -Contain 'ID=elsewhere'
        Get-Content /etc/os-release | Should -Not -Contain 'ID=elsewhere'
    }

    It 'the same with a whole distribution' -Skip:($null -ne $noDistribution) {
        debootstrap --variant=minbase bookworm "$env:CONTAINERCHAOS_SUITE/debian" | Out-Null
        Import-ContainerImage "$env:CONTAINERCHAOS_SUITE/debian" -Reference debian | Out-Null
        New-Container other -Image debian -Command sleep, 1000 -StopTimeout 0 | Start-Container | Out-Null
        (Invoke-ContainerCommand other -- uname -r).Output | Should -Be (uname -r)
        (Invoke-ContainerCommand other -- apt-get --version).Output[0] | Should -Match '^apt '
        Remove-Container other -Force
        Remove-ContainerImage debian
    }

    It 'PID 1 inside is another PID outside, and no namespace is the host''s' {
        $container = New-Sleeper one | Start-Container
        $inside = Get-ContainerProcess one
        $inside.Pid | Should -Be 1
        $inside.HostPid | Should -Be $container.Pid
        $container.Pid | Should -BeGreaterThan 1
        (Get-Content "/proc/$($container.Pid)/status") -match '^NSpid:' -replace '\s+', ' ' | Should -Be "NSpid: $($container.Pid) 1"
        foreach ($kind in 'pid', 'mnt', 'net', 'uts', 'ipc') {
            (Get-Item "/proc/$($container.Pid)/ns/$kind").LinkTarget | Should -Not -Be (Get-Item "/proc/self/ns/$kind").LinkTarget -Because $kind
        }
    }

    It 'rm -rf / harms the container''s own layer alone' {
        New-Sleeper victim | Start-Container | Out-Null
        New-Sleeper witness | Start-Container | Out-Null
        $before = (Get-ContainerImage elsewhere).Id
        (Invoke-ContainerCommand victim -- sh -c 'rm -rf /bin /data /etc /* 2>/dev/null; echo over').Output | Should -Be 'over'
        Should-FailWith CommandNotFound { Invoke-ContainerCommand victim -Command sh, -c, 'echo never' @args } | Out-Null
        Invoke-In witness 'cat /etc/os-release' | Should -Contain 'ID=elsewhere'
        New-Sleeper after | Start-Container | Out-Null
        Invoke-In after 'wc -c < /data/large' | Should -Be '25165824'
        (Get-ContainerImage elsewhere).Id | Should -Be $before
        Test-Path /bin/busybox, /etc/passwd, /dev/null, /proc/version | Should -Not -Contain $false
    }

    It '100 containers have one layer on disk, and one page cache' {
        $layers = Get-ChildItem "$env:CONTAINERCHAOS_ROOT/layers"
        $all = 1..100 | ForEach-Object { New-Sleeper "c$_" } | Start-Container
        $all | Should -HaveCount 100
        Get-ChildItem "$env:CONTAINERCHAOS_ROOT/layers" | Should -HaveCount $layers.Count
        # Nothing of it is in the containers' own layers.
        (Get-ChildItem -Recurse -File "$($all[0].RootPath)/upper", "$($all[99].RootPath)/upper" | Measure-Object Length -Sum).Sum | Should -BeLessThan 1MB

        $file = Get-ChildItem "$env:CONTAINERCHAOS_ROOT/layers/*/diff/data/large"
        dd "of=$file" oflag=nocache conv=notrunc,fdatasync count=0 status=none
        $first, $second = $all[0, 1]
        $before = (Get-Cached $first), (Get-Cached $second)
        Invoke-In $first.Name 'cat /data/large | wc -c' | Should -Be '25165824'
        Invoke-In $second.Name 'cat /data/large | wc -c' | Should -Be '25165824'
        # Whoever reads it first has it in their group; the second finds it there.
        (Get-Cached $first) - $before[0] | Should -BeGreaterThan 20MB
        (Get-Cached $second) - $before[1] | Should -BeLessThan 4MB
    }

    It 'a file is copied up by the first write, whole, and only then' {
        $container = New-Sleeper copies | Start-Container
        $upper = "$($container.RootPath)/upper/data/large"
        Invoke-In copies 'cat /data/large | wc -c' | Should -Be '25165824'
        $upper | Should -Not -Exist
        Invoke-In copies 'echo more >> /data/large'
        (Get-Item $upper).Length | Should -Be (25165824 + 5)
        $inode = stat -c %i $upper
        Invoke-In copies 'echo more >> /data/large'
        stat -c %i $upper | Should -Be $inode
        (Get-Item $upper).Length | Should -Be (25165824 + 10)
        (Get-Item "$env:CONTAINERCHAOS_ROOT/layers/*/diff/data/large").Length | Should -Be 25165824
    }

    It '20 % of a CPU is 20 %' {
        $container = New-Container busy -Image elsewhere -Command sh, -c, 'while :; do :; done' -Cpus 0.2 -StopTimeout 0 | Start-Container
        function Get-Ticks { $stat = (Get-Content "/proc/$($container.Pid)/stat").Split(' '); [long] $stat[13] + $stat[14] }
        $ticks = Get-Ticks; $clock = [Diagnostics.Stopwatch]::StartNew()
        [Threading.Thread]::Sleep(2000)
        $share = 10 * ((Get-Ticks) - $ticks) / $clock.ElapsedMilliseconds
        $share | Should -BeLessOrEqual 0.25
        # A machine that is busy with other things gives less.
        $share | Should -BeGreaterThan 0.05
    }

    It '501 MB under a limit of 500 MB is 137' {
        New-Container within -Image target -Command leak, --mb, 400 -Memory 500MB | Start-Container | Out-Null
        $over = New-Container over -Image target -Command leak, --mb, 501 -Memory 500MB | Start-Container | Wait-Container
        $over.ExitCode | Should -Be 137
        $over.OomKilled | Should -BeTrue
        (Get-Container within).State | Should -Be 'Running'
    }

    It 'two containers both listen on port 80' {
        foreach ($name in 'left', 'right') { New-Container $name -Image target -Command serve, --port, 80 -StopTimeout 0 | Start-Container | Out-Null }
        foreach ($name in 'left', 'right') {
            Wait-Until { (Invoke-ContainerCommand $name -ErrorAction Ignore -- /target get --port 80).Output -eq 'ok' }
        }
        (Get-Container).State | Should -Be 'Running', 'Running'
    }
}
