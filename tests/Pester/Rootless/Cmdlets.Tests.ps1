# Run as an ordinary user by ../Rootless.Tests.ps1. Of the tags, Always holds for each kind of user; Alone is one whose id is the only
# one, Ranges one with subordinate ids; Undelegated one without control groups, Delegated one with groups of their own.
BeforeAll {
    . $PSScriptRoot/../Suite.ps1
    $root = "$env:XDG_DATA_HOME/containerchaos"
    $uid = [int] (id -u)

    function Assert-NothingLeft {
        Get-Container | Remove-Container -Force
        Get-ChildItem "$root/containers", "$root/names", "$env:XDG_RUNTIME_DIR/containerchaos" -Exclude load, faults -ErrorAction Ignore | Should -BeNullOrEmpty
        Get-ChildItem "$root/containers", "$root/layers" -Force -Filter '.*-*-*-*' -ErrorAction Ignore | Should -BeNullOrEmpty
        Wait-Until { -not (Get-SuiteProcess | Where-Object { $_ -match 'ccrun' }) }
    }

    function Start-App([string] $Name = 'app', [string[]] $Command = 'pause', [hashtable] $With = @{}) {
        New-Container $Name -Image target -Command $Command @With | Start-Container
    }

    function Invoke-App([string] $Name, [string[]] $Command) { (Invoke-ContainerCommand $Name -- $Command).Output }

    # A tree whose files belong to several users, made without the privilege to own them.
    function New-Archive {
        $tree = "$TestDrive/tree"
        New-Item -ItemType Directory "$tree/bin", "$tree/etc", "$tree/tmp", "$tree/home/app", "$tree/closed" | Out-Null
        Copy-Item "$env:CONTAINERCHAOS_ARTIFACTS/module/ContainerChaos/target" "$tree/bin/target"
        Set-Content "$tree/etc/passwd" 'root:x:0:0::/root:/bin/sh', 'app:x:1000:1001::/home/app:/bin/sh'
        Set-Content "$tree/home/app/own" 'mine'
        Set-Content "$tree/closed/file" 'within'
        /bin/chmod 755 "$tree/bin/target"
        /bin/chmod 1777 "$tree/tmp"
        /bin/chmod 700 "$tree/home/app"
        /bin/chmod 555 "$tree/closed"
        /bin/tar -C $tree --numeric-owner --owner=0 --group=0 -cf "$TestDrive/app.tar" bin etc tmp closed
        /bin/chmod 4755 "$tree/home/app/own"
        /bin/tar -C $tree --numeric-owner --owner=1000 --group=1001 -rf "$TestDrive/app.tar" home/app
        "$TestDrive/app.tar"
    }
}

Describe 'The life of a container' -Tag Always {
    AfterEach { Assert-NothingLeft }

    It 'goes from New-Container to Remove-Container, below the user''s own folders' {
        $made = New-Container app -Image target -Command seq, echo, hello, ';', exit, 3
        $made.State | Should -Be 'Created'
        $made.RootPath | Should -BeLike "$root/containers/*"
        ($made | Start-Container | Wait-Container).ExitCode | Should -Be 3
        (Get-ContainerLog app).Line | Should -Be 'hello'
        (Get-Container app).State | Should -Be 'Exited'
        Remove-Container app
        Get-Container | Should -BeNullOrEmpty
    }

    It 'has the user as its root, in a user namespace' {
        Start-App | Out-Null
        ((Invoke-App app /target, id) -join ' ') | Should -Match '\b0\b'
        (@(Invoke-App app /target, cat, /proc/self/uid_map)[0].Trim() -split '\s+')[0, 1] | Should -Be 0, $uid
        (Get-Item "/proc/$((Get-Container app).Pid)").UnixStat.UserId | Should -Be $uid
        Invoke-App app /target, write, /made, text | Out-Null
        (Invoke-App app /target, cat, /made) | Should -Be 'text'
        (Get-Item "$((Get-Container app).RootPath)/upper/made").UnixStat.UserId | Should -Be $uid
    }

    It 'is stopped with its grace period, and started and restarted again' {
        $first = Start-App app serve, --unix, /http.sock
        Wait-Until { (Invoke-ContainerCommand app -- /target get --unix /http.sock /healthz).ExitCode -eq 0 }
        $second = Restart-Container app -PassThru
        $second.Pid | Should -Not -Be $first.Pid
        Wait-Until { (Invoke-ContainerCommand app -- /target get --unix /http.sock /healthz).ExitCode -eq 0 }
        (Stop-Container app -PassThru).ExitCode | Should -Be 0
        (Start-Container app).State | Should -Be 'Running'
        (Stop-Container app -Timeout 0 -PassThru).State | Should -Be 'Exited'
    }

    It 'goes on by its restart policy after a crash, and after its monitor''s death' {
        $first = Start-App app pause @{ RestartPolicy = 'always'; RestartDelay = 'none' }
        /bin/kill -9 $first.Pid
        # Only then its life is its own: what a monitor is still starting ends with it.
        Wait-Until { @(Read-ContainerEvent $first | Where-Object type -EQ start).Count -eq 2 }
        $state = Get-Content -Raw "$($first.RootPath)/state.json" | ConvertFrom-Json
        /bin/kill -9 $state.monitorPid
        $adopted = Get-Container app
        $adopted.State | Should -Be 'Running'
        $adopted.Pid | Should -Be $state.pid
        /bin/kill -9 $state.pid
        Wait-Until { (Get-Container app).RestartCount -eq 2 -and (Get-Container app).State -eq 'Running' }
    }

    It 'has volumes, a read-only root, an init and a host name when told to' {
        New-Item -ItemType Directory "$TestDrive/shared" | Out-Null
        Start-App app pause @{ Volume = "$TestDrive/shared:/shared"; ReadOnly = $true; Init = $true; Hostname = 'rootless' } | Out-Null
        Invoke-App app /target, write, /shared/note, text | Out-Null
        (Get-Content "$TestDrive/shared/note") | Should -Be 'text'
        (Invoke-ContainerCommand app -- /target write /made text).ExitCode | Should -Not -Be 0
        Wait-Until { @(Get-ContainerProcess app).Count -eq 2 }
        Invoke-App app /target, hostname | Should -Be 'rootless'
    }

    It 'shares the network of another container, or of the host' {
        Start-App one | Out-Null
        Start-App two pause @{ Network = 'container:one' } | Out-Null
        Start-App three pause @{ Network = 'host' } | Out-Null
        $net = Get-ContainerNamespace one, two, three | Where-Object Type -EQ net
        $net[1].Inode | Should -Be $net[0].Inode
        $net[2].IsShared | Should -BeTrue
        (Invoke-ContainerCommand two -- /target true).ExitCode | Should -Be 0
    }
}

Describe 'Looking into a container' -Tag Always {
    AfterEach { Assert-NothingLeft }

    It 'shows its processes, its namespaces and its zombies' {
        $app = Start-App app zombies, 3
        Wait-Until { (Get-ZombieCount app).Count -eq 3 }
        $processes = Get-ContainerProcess app
        $processes | Should -HaveCount 4
        ($processes | Where-Object Pid -EQ 1).HostPid | Should -Be $app.Pid
        $namespaces = Get-ContainerNamespace app
        foreach ($type in 'user', 'pid', 'mnt', 'uts', 'ipc', 'net') { ($namespaces | Where-Object Type -EQ $type).IsShared | Should -BeFalse -Because $type }
    }

    It 'shows what it uses, as far as a group counts it' {
        Start-App app | Out-Null
        $stats = Get-ContainerStats app
        $stats.Name | Should -Be 'app'
        $stats.Pids | Should -BeIn 0, 1, 2
    }

    It 'tells what happened to it' {
        $before = Get-Date
        Start-App app | Stop-Container -Timeout 0
        (Watch-ContainerEvent app -Since $before -Until (Get-Date)).Type | Select-Object -First 2 | Should -Be 'create', 'start'
    }

    It 'sends signals to PID 1 and to others, and says what becomes of them' {
        Start-App deaf signals | Out-Null
        Wait-Until { Send-Signal deaf USR1; Get-ContainerLog deaf | Where-Object Line -Match 'USR1' }
        Start-App app seq, sleep, infinity, '&', pause | Out-Null
        Wait-Until { Get-ContainerProcess app | Where-Object Command -Like '*sleep infinity' }
        $sleeper = Get-ContainerProcess app | Where-Object Command -Like '*sleep infinity'
        ($sleeper | Send-Signal -Signal KILL -PassThru).ContainerPid | Should -Be $sleeper.Pid
        Wait-Until { (Get-ContainerProcess app | Where-Object Pid -EQ $sleeper.Pid).State -in $null, 'Zombie' }
        Send-Signal app KILL
        (Wait-Container app).ExitCode | Should -Be 137
    }

    It 'shows what it has changed, and copies files in and out, running and down' {
        Start-App | Out-Null
        Set-Content "$TestDrive/note" 'text' -NoNewline
        Copy-ContainerItem "$TestDrive/note" app:/tmp/note
        Invoke-App app /target, cat, /tmp/note | Should -Be 'text'
        Get-ContainerChange app | ForEach-Object ToString | Should -Be 'C /tmp', 'A /tmp/note'
        Stop-Container app -Timeout 0
        Copy-ContainerItem app:/tmp "$TestDrive/out" -Archive
        Get-Content "$TestDrive/out/note" | Should -Be 'text'
        (Get-Item "$TestDrive/out/note").UnixStat.UserId | Should -Be $uid
        Copy-ContainerItem "$TestDrive/note" app:/again
        (Start-Container app).State | Should -Be 'Running'
        Invoke-App app /target, cat, /again | Should -Be 'text'
    }

    It 'has a terminal, and can be run in the foreground' {
        Start-App app pause @{ Tty = $true } | Out-Null
        $program = (Get-Process -Id $PID).Path
        $manifest = (Get-Module ContainerChaos).Path | Split-Path | Join-Path -ChildPath ContainerChaos.psd1
        if (Get-Command script -ErrorAction Ignore) {
            $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes("Import-Module '$manifest'; Enter-Container app -Command /target, exit, 7; 'code ' + `$LASTEXITCODE"))
            $start = [Diagnostics.ProcessStartInfo]::new('script')
            foreach ($argument in '-qefc', "exec $program -NoProfile -EncodedCommand $encoded", '/dev/null') { $start.ArgumentList.Add($argument) }
            $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
            $terminal = [Diagnostics.Process]::Start($start)
            $said = $terminal.StandardOutput.ReadToEnd() + $terminal.StandardError.ReadToEnd()
            $terminal.Dispose()
            $said | Should -Match 'code 7'
        }
        (Invoke-ContainerCommand app -Tty -Command /target, stat, /dev/pts/0).ExitCode | Should -Be 0
        (Invoke-Container -Image target -Command echo, hi -AutoRemove).Line | Should -Be 'hi'
        (Should-FailWith InvalidState { Start-Container app -Attach @args }) | Should -Not -BeNullOrEmpty
    }

    It 'runs a command with its exit code, its output and its errors' {
        Start-App | Out-Null
        $result = Invoke-ContainerCommand app -- /target exit 7
        $result.ExitCode | Should -Be 7
        (Invoke-ContainerCommand app -- /target cat /nowhere).Error | Should -Match 'nowhere'
        (Should-FailWith CommandNotFound { Invoke-ContainerCommand app -Command /nowhere @args }) | Should -Not -BeNullOrEmpty
    }
}

Describe 'Images' {
    BeforeAll { $archive = New-Archive }
    AfterAll { /bin/chmod -R u+w $TestDrive }
    AfterEach {
        Assert-NothingLeft
        Get-ContainerImage app* | Remove-ContainerImage
        Get-ChildItem "$root/layers" | Should -HaveCount (@(Get-ContainerImage).Count)
    }

    It 'are imported from archives whose files have other owners, and removed' -Tag Always {
        (Get-ContainerImage target).Reference | Should -Be 'target:latest'
        $image = Import-ContainerImage $archive -Command /bin/target, pause -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
        New-Container app -Image $image.Reference | Start-Container | Out-Null
        Invoke-App app /bin/target, cat, /closed/file | Should -Be 'within'
        Invoke-App app /bin/target, stat, /closed | Should -Match '555'
        Invoke-App app /bin/target, cat, /home/app/own | Should -Be 'mine'
        (Should-FailWith ImageInUse { Remove-ContainerImage app @args }).Exception.Message | Should -Match 'app'
    }

    It 'say which registry can''t be reached' {
        (Should-FailWith RegistryError { Receive-ContainerImage 127.0.0.1:1/app:1 @args }).Exception.Message | Should -Match '127.0.0.1:1'
        Start-App app pause | Out-Null
        Save-Container app '127.0.0.1:1/app:1' | Out-Null
        (Should-FailWith RegistryError { Send-ContainerImage 127.0.0.1:1/app:1 @args }).Exception.Message | Should -Match '127.0.0.1:1'
        Get-Container | Remove-Container -Force
        Remove-ContainerImage 127.0.0.1:1/app:1
    }

    It 'are made of containers, tagged, told of and exported' {
        Start-App app pause | Out-Null
        Invoke-App app /target, write, /made, text | Out-Null
        $saved = Save-Container app app-saved:1
        $saved.Reference | Should -Be 'app-saved:1'
        Add-ContainerImageTag app-saved:1 app-saved:2
        @(Get-ContainerImageHistory app-saved:2).Count | Should -BeGreaterThan 1
        Export-ContainerImage app-saved:1 "$TestDrive/saved.tar"
        Get-ContainerImage app-saved* | Remove-ContainerImage
        Import-ContainerImage "$TestDrive/saved.tar" | Out-Null
        New-Container again -Image app-saved:1 -Command /target, cat, /made | Start-Container | Wait-Container | Out-Null
        (Get-ContainerLog again).Line | Should -Be 'text'
        Get-Container | Remove-Container -Force
        Get-ContainerImage app-saved* | Remove-ContainerImage
    }

    It 'show every file as root''s where there is no other id, and refuse another user with the way to have one' -Tag Alone {
        Import-ContainerImage $archive -Command /bin/target, pause | Out-Null
        New-Container app -Image app | Start-Container | Out-Null
        Invoke-App app /bin/target, stat, /home/app/own | Should -Match 'uid=0 gid=0'
        $failure = Should-FailWith NotSupported { New-Container other -Image app -User app @args }
        $failure.Exception.Message | Should -Match '1000:1001'
        $failure.ErrorDetails.RecommendedAction | Should -Match 'uidmap'
        (Should-FailWith NotSupported { Invoke-ContainerCommand app -User 1000 -Command /bin/target, id @args }).ErrorDetails.RecommendedAction | Should -Match '/etc/subuid'
    }

    It 'show the owners that the archive has, from the subordinate ids, and keep set-uid bits' -Tag Ranges {
        Import-ContainerImage $archive -Command /bin/target, pause -User app | Out-Null
        $app = New-Container app -Image app | Start-Container
        # The second range of users begins with the container's id 1001.
        (Get-Item "/proc/$($app.Pid)").UnixStat.UserId | Should -Be 500999
        (Get-Item "/proc/$($app.Pid)").UnixStat.GroupId | Should -Be 701000
        Invoke-App app /bin/target, stat, /home/app/own | Should -Match 'uid=1000 gid=1001'
        Invoke-App app /bin/target, stat, /home/app/own | Should -Match '4755'
        Invoke-App app /bin/target, stat, /home/app | Should -Match '700'
        Invoke-App app /bin/target, cat, /home/app/own | Should -Be 'mine'
        ((Invoke-ContainerCommand app -User root -- /bin/target cat /proc/self/uid_map).Output | ForEach-Object { $_.Trim() -split '\s+' }) |
            Should -Be 0, $uid, 1, 1, 500000, 1000, 1001, 600000, 64536
    }

    It 'make files of other owners in a container, which go with it' -Tag Ranges {
        Import-ContainerImage $archive -Command /bin/target, pause | Out-Null
        $app = New-Container app -Image app | Start-Container
        Invoke-ContainerCommand app -User 60000:60000 -- /bin/target mkdir /tmp/theirs | ForEach-Object ExitCode | Should -Be 0
        Invoke-ContainerCommand app -User 60000:60000 -- /bin/target write /tmp/theirs/file text | ForEach-Object ExitCode | Should -Be 0
        (Get-Item "$($app.RootPath)/upper/tmp/theirs").UnixStat.UserId | Should -Be (600000 + 60000 - 1001)
        Remove-Container app -Force
        $app.RootPath | Should -Not -Exist
    }

    It 'copy files of other owners to and from a container' -Tag Ranges {
        Import-ContainerImage $archive -Command /bin/target, pause | Out-Null
        New-Container app -Image app | Start-Container | Out-Null
        Invoke-App app /bin/target, rm, /etc/passwd | Out-Null
        Get-ContainerChange app | ForEach-Object ToString | Should -Be 'C /etc', 'D /etc/passwd'
        Copy-ContainerItem app:/home/app "$TestDrive/theirs"
        Get-Content "$TestDrive/theirs/own" | Should -Be 'mine'
        (Get-Item "$TestDrive/theirs/own").UnixStat.UserId | Should -Be $uid
        Copy-ContainerItem app:/home/app app:/home/copy -Archive
        Invoke-App app /bin/target, stat, /home/copy/own | Should -Match 'uid=1000 gid=1001'
        Copy-ContainerItem "$TestDrive/theirs/own" app:/home/app/new
        Invoke-App app /bin/target, stat, /home/app/new | Should -Match 'uid=0 gid=0'
    }

    It 'let another user open the standard streams by name' -Tag Ranges {
        Import-ContainerImage $archive -Command /bin/target, append, /dev/stdout, logged -User app | Out-Null
        (New-Container app -Image app | Start-Container | Wait-Container).ExitCode | Should -Be 0
        (Get-ContainerLog app).Line | Should -Match 'logged'
        New-Container other -Image app -Command /bin/target, pause -User root | Start-Container | Out-Null
        (Invoke-ContainerCommand other -User app -- /bin/target append /dev/stdout said).Output | Should -Match 'said'
    }

    It 'keep file capabilities, which count in their container' -Tag Ranges {
        # VFS_CAP_REVISION_2 with CAP_NET_RAW permitted and effective (capabilities(7)).
        $capability = [Text.Encoding]::Latin1.GetString([byte[]] (1, 0, 0, 2, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
        Copy-Item $archive "$TestDrive/app-capable.tar"
        $attributes = [Collections.Generic.Dictionary[string, string]]::new()
        $attributes['SCHILY.xattr.security.capability'] = $capability
        $entry = [Formats.Tar.PaxTarEntry]::new([Formats.Tar.TarEntryType]::RegularFile, 'bin/raw', $attributes)
        $entry.Mode = [IO.UnixFileMode] 493
        $entry.DataStream = [IO.File]::OpenRead("$env:CONTAINERCHAOS_ARTIFACTS/module/ContainerChaos/target")
        $tar = [Formats.Tar.TarWriter]::new([IO.File]::Create("$TestDrive/raw.tar"))
        $tar.WriteEntry($entry); $tar.Dispose(); $entry.DataStream.Dispose()
        /bin/tar -Af "$TestDrive/app-capable.tar" "$TestDrive/raw.tar"
        Import-ContainerImage "$TestDrive/app-capable.tar" -Command /bin/target, pause -User app | Out-Null
        New-Container app -Image app-capable -SecurityOption no-new-privileges=false | Start-Container | Out-Null
        (Invoke-App app /bin/raw, cat, /proc/self/status) -match '^CapEff' | Should -Match '0000000000002000$'
    }

    It 'with an owner beyond the user''s ids are refused, with the way to have more' -Tag Ranges {
        Set-Content "$TestDrive/far" 'far'
        /bin/tar -C $TestDrive --numeric-owner --owner=70000 --group=0 -cf "$TestDrive/app-far.tar" far
        $failure = Should-FailWith InvalidImage { Import-ContainerImage "$TestDrive/app-far.tar" @args }
        $failure.Exception.Message | Should -Match '70000:0.*0 to 65536'
        $failure.ErrorDetails.RecommendedAction | Should -Match '/etc/subuid'
    }

    It 'are imported from the user''s own directory as root''s' -Tag Ranges {
        New-Item -ItemType Directory "$TestDrive/app-tree/bin" | Out-Null
        Copy-Item "$env:CONTAINERCHAOS_ARTIFACTS/module/ContainerChaos/target" "$TestDrive/app-tree/bin/target"
        /bin/chmod 755 "$TestDrive/app-tree/bin/target"
        Import-ContainerImage "$TestDrive/app-tree" -Command /bin/target, pause | Out-Null
        New-Container app -Image app-tree | Start-Container | Out-Null
        Invoke-App app /bin/target, stat, /bin/target | Should -Match 'uid=0 gid=0'
    }
}

Describe 'Limits' {
    AfterEach { Assert-NothingLeft }

    It 'that nobody delegated are said not to be in force, by a warning and in the container''s details' -Tag Undelegated {
        New-Container app -Image target -Command pause -Memory 64MB -Cpus 0.5 -PidsLimit 50 | Start-Container -WarningVariable warnings -WarningAction SilentlyContinue | Out-Null
        $warnings | Should -HaveCount 3
        "$($warnings[0])" | Should -Match "app: The memory limit of 67108864 bytes is not in force: the memory control group is not delegated to user $uid"
        "$($warnings[1])" | Should -Match '0.5 processors'
        "$($warnings[2])" | Should -Match '50 processes'
        (Get-Container app).Warnings | Should -HaveCount 3
        Get-Container app | Format-List | Out-String -Width 300 | Should -Match 'Warnings.*not in force'
        Restart-Container app -Timeout 0 -WarningVariable again -WarningAction SilentlyContinue
        $again | Should -HaveCount 3
    }

    It 'that nobody asked for are no warning' -Tag Always {
        New-Container app -Image target -Command pause | Start-Container -WarningVariable warnings | Out-Null
        $warnings | Should -BeNullOrEmpty
    }

    It 'are in force in delegated groups, and an OOM is seen' -Tag Delegated {
        $app = New-Container app -Image target -Command pause -Memory 32MB -Cpus 0.5 -PidsLimit 20 | Start-Container -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
        $files = (Test-Path /sys/fs/cgroup/cgroup.controllers) ? @('/memory.max', '/pids.max', '/cpu.max') : @('memory/memory.limit_in_bytes', 'pids/pids.max', 'cpu/cpu.cfs_quota_us')
        $values = foreach ($file in $files) { Get-Content "/sys/fs/cgroup/$(Split-Path $file)$($app.CgroupPath)/$(Split-Path -Leaf $file)" }
        $values -replace ' 100000$' | Should -Be 33554432, 20, 50000
        $leak = New-Container leak -Image target -Command leak -Memory 16MB | Start-Container | Wait-Container
        $leak.OomKilled | Should -BeTrue
        $leak.ExitCode | Should -Be 137
    }
}

Describe 'Suspend-Container and Resume-Container' {
    AfterEach { Assert-NothingLeft }

    It 'say without a delegated freezer what is missing and who can give it' -Tag Undelegated {
        Start-App | Out-Null
        $failure = Should-FailWith PermissionDenied { Suspend-Container app @args }
        $failure.Exception.Message | Should -Match "cannot pause.*freezer.*user $uid"
        $failure.ErrorDetails.RecommendedAction | Should -Match 'administrator'
        (Get-Container app).State | Should -Be 'Running'
        Should-FailWith InvalidState { Resume-Container app @args }
    }

    It 'freeze and thaw in a delegated group' -Tag Delegated {
        Start-App | Out-Null
        (Suspend-Container app -PassThru).State | Should -Be 'Paused'
        (Resume-Container app -PassThru).State | Should -Be 'Running'
        Suspend-Container app
        (Stop-Container app -Timeout 0 -PassThru).State | Should -Be 'Exited'
    }
}

Describe 'Rename-Container and Update-Container' {
    AfterEach { Assert-NothingLeft }

    It 'change a running container' -Tag Always {
        $app = Start-App
        Rename-Container app web
        (Get-Container web).Id | Should -Be $app.Id
        (Update-Container web -RestartPolicy on-failure:2 -PassThru).RestartPolicy.ToString() | Should -Be 'on-failure:2'
    }

    It 'say which limits are not in force' -Tag Undelegated {
        Start-App | Out-Null
        Update-Container app -Memory 64MB -PidsLimit 30 -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings -match 'memory limit.*not in force' | Should -Not -BeNullOrEmpty
        (Get-Container app).Limits.PidsLimit | Should -Be 30
    }

    It 'change limits in a delegated group' -Tag Delegated {
        Start-App | Out-Null
        Update-Container app -Memory 64MB -PidsLimit 30 -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
        (Get-ContainerStats app).PidsLimit | Should -Be 30
    }
}

Describe 'What New-Container lets a container do' -Tag Always {
    AfterEach { Assert-NothingLeft }

    It 'is within what the user may: devices of the host, all capabilities of their namespace, names and limits of processes' {
        $with = @{ Device = '/dev/full:/dev/overfull'; CapAdd = 'ALL'; Ulimit = 'nofile=100:200'; ShmSize = 1MB; AddHost = 'db:10.0.0.9'; Dns = '10.0.0.1'; Domainname = 'example.org'; Sysctl = @{ 'kernel.shmmni' = 99 } }
        New-Container app -Image target -Command pause @with | Start-Container -WarningAction SilentlyContinue | Out-Null
        (Invoke-ContainerCommand app -- /target ls /dev).Output | Should -Contain 'overfull'
        (Invoke-ContainerCommand app -- /target cat /etc/hosts).Output | Should -Contain "10.0.0.9`tdb"
        (Invoke-ContainerCommand app -- /target cat /proc/sys/kernel/shmmni).Output | Should -Be 99
        (Invoke-ContainerCommand app -- /target cat /proc/1/limits).Output -match 'open files' | Should -Match '100\s+200'
    }

    It 'is, with -Privileged, all that the user may' {
        New-Container app -Image target -Command pause -Privileged | Start-Container -WarningAction SilentlyContinue | Out-Null
        (Invoke-ContainerCommand app -- /target cat /proc/1/status).Output -match '^Seccomp:' | Should -Match '0$'
    }

    It 'is not what only root can have' {
        Should-FailWith NotSupported { New-Container app -Image target -DeviceCgroupRule 'c 1:9 r' @args }
        New-Container other -Image target | Out-Null
        Should-FailWith NotSupported { New-Container app -Image target -Pid container:other @args }
    }
}

Describe 'Invoke-ChaosScenario' {
    AfterEach { Assert-NothingLeft }

    It 'runs one that needs no limit, and says which are not in force' -Tag Undelegated {
        $rows = Invoke-ChaosScenario ignored-sigterm -Trials 1 -RestartPolicy always -WarningVariable warnings -WarningAction SilentlyContinue
        $rows.Scenario | Select-Object -Unique | Should -Be 'ignored-sigterm'
        $warnings -match 'memory limit' | Should -Not -BeNullOrEmpty
    }

    It 'refuses one whose fault only a limit would hold: <_>' -Tag Undelegated -ForEach 'memory-overrun', 'zombie-storm' {
        $failure = Should-FailWith PermissionDenied { Invoke-ChaosScenario $_ -Trials 1 -RestartPolicy always @args }
        $failure.Exception.Message | Should -Match "'$_' needs its limits.*not delegated"
        $failure.ErrorDetails.RecommendedAction | Should -Match 'administrator'
    }

    It 'runs in delegated groups: <_>' -Tag Delegated -ForEach 'memory-overrun', 'zombie-storm', 'ignored-sigterm' {
        $rows = Invoke-ChaosScenario $_ -Trials 1 -RestartPolicy always -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
        $rows.Scenario | Select-Object -Unique | Should -Be $_
    }

    It 'is a game day of one that needs no limit, by Start-GameDay' -Tag Undelegated, Delegated {
        Set-Content "$TestDrive/day.yaml" "schema: 1`nname: day`ntitle: t`ndescription: d`nload: { rate: 100 }`nmatrix: { policies: [`"no`"], init: [false] }`nsteps: [{ action: crash }]`nexpect: [{ outcome: stays-down }]"
        (Start-GameDay "$TestDrive/day.yaml" -Trials 1 -WarningAction SilentlyContinue 6> $null).Held | Should -Be 'day'
    }

    It 'is listed by Get-ChaosScenario, and read by Test-ChaosScenario' -Tag Undelegated, Delegated {
        Set-Content "$TestDrive/one.yaml" "schema: 1`nname: one`ntitle: t`ndescription: d`nsteps: [{ action: crash }]"
        Test-ChaosScenario "$TestDrive/one.yaml" -Quiet | Should -BeTrue
        (Get-ChaosScenario -Tag game-day).Count | Should -Be 4
    }

    It 'is a load alone, by Invoke-LoadTest' -Tag Undelegated, Delegated {
        (Invoke-LoadTest http://localhost/ -UnixSocket "$TestDrive/none.sock" -Rate 50 -Duration 100ms).Failed | Should -BeGreaterThan 0
    }

    It 'is kept in the history of that user, by Get-ChaosResult, for Compare-ChaosResult' -Tag Undelegated, Delegated {
        $results = Get-ChaosResult ignored-sigterm
        $results.Policy | Select-Object -Unique | Should -Be 'always'
        ($results | Select-Object -First 1 | Compare-ChaosResult $results).EffectSize | Should -Be 0
    }
}

Describe 'Health, removal at the end, and the return after a boot' -Tag Always {
    AfterEach { Assert-NothingLeft }

    It 'are watched from inside the user namespace' {
        New-Container web -Image target -Command serve -HealthHttp 8080/healthz -HealthInterval 50ms | Start-Container | Out-Null
        New-Container own -Image target -Command pause -HealthCmd /target, id -HealthInterval 50ms | Start-Container | Out-Null
        (Wait-Container web, own -Condition Healthy -Timeout 20).Name | Should -Be 'web', 'own'
        (Get-Container web).Health.Log[-1].Output | Should -Match '^HTTP/1\.. 200'
    }

    It 'leave nothing of a container with -AutoRemove' {
        $once = New-Container once -Image target -Command seq, write, /made, x, ';', exit, 3 -AutoRemove
        ($once | Start-Container | Wait-Container).ExitCode | Should -Be 3
        $once.RootPath | Should -Not -Exist
    }

    It 'bring back what ran' {
        $app = Start-App app pause @{ RestartPolicy = 'always' }
        $state = Get-Content -Raw "$($app.RootPath)/state.json"
        /bin/kill -9 ($state | ConvertFrom-Json).monitorPid
        /bin/kill -9 $app.Pid
        Wait-Until { -not (Get-Process -Id $app.Pid -ErrorAction Ignore) }
        Remove-Item -Recurse "$env:XDG_RUNTIME_DIR/containerchaos/$($app.Id)"
        Set-Content "$($app.RootPath)/state.json" ($state -replace '"bootId":"[^"]*"', '"bootId":"00000000-0000-4000-8000-000000000000"')
        (Get-Container app).ExitCode | Should -Be 255
        (Restore-Container).State | Should -Be 'Running'
    }
}

Describe 'Faults' -Tag Always {
    AfterEach { Assert-NothingLeft }

    It 'crash and stop the user''s own containers, and are undone' {
        Start-App app pause @{ RestartPolicy = 'always'; RestartDelay = 'none' } | Out-Null
        $before = (Get-ChaosTarget app).Pid
        Invoke-Fault app -Crash
        Wait-Until { $now = Get-Container app; $now.State -eq 'Running' -and $now.Pid -ne $before }
        $fault = Start-Fault app -SigStop
        (Get-Fault).Id | Should -Be $fault.Id
        # A process stops, and goes on, when it next gets a processor.
        Wait-Until { (Get-ContainerProcess app).State -eq 'Stopped' }
        Undo-Fault $fault.Id
        Wait-Until { (Get-ContainerProcess app).State -eq 'Sleeping' }
        Start-Fault app -SigStop | Out-Null
        Stop-Fault app
        Stop-Chaos -All
        Get-Fault | Should -BeNullOrEmpty
        Should-FailWith PermissionDenied { Invoke-Fault app -Nice 5 @args }
        # Only root can enter its network namespace.
        Should-FailWith PermissionDenied { Invoke-NetworkFault app -Partition * @args }
        Should-FailWith PermissionDenied { Start-NetworkFault app -LinkDown @args }
        Should-FailWith PermissionDenied { Invoke-RuntimeFault app -StateDirectory @args }
        Should-FailWith NotSupported { Start-RuntimeFault app -LogDisk @args }
        # A time namespace belongs to its user namespace, as everything of it.
        (Invoke-ClockFault app 1h -Duration 50ms -PassThru).Fault | Should -Be 'clock-offset'
        Start-ClockFault app 1h | Stop-Fault
        # Its calls could be intercepted from its start on only, and that is for root.
        Should-FailWith NotSupported { Invoke-SyscallFault app fsync -Errno EIO @args }
        Should-FailWith NotSupported { Start-SyscallFault app -Io -Delay 1s @args }
        Should-FailWith NotSupported { New-Container points -Image target -FaultPoint fsync @args }
    }

}

Describe 'Faults without groups of their own' -Tag Undelegated {
    AfterEach { Assert-NothingLeft }

    It 'say that there is no group that they could be done to' {
        Start-App | Out-Null
        Should-FailWith NotSupported { Invoke-Fault app -Freeze @args }
        Should-FailWith NotSupported { Invoke-Fault app -Zombie 3 @args }
    }
}

Describe 'Networks' -Tag Always {
    AfterEach { Assert-NothingLeft }

    It 'are root''s to make, and say so' {
        (Should-FailWith NotSupported { New-ContainerNetwork shop @args }).ErrorDetails.RecommendedAction | Should -Match 'none'
        Should-FailWith NotSupported { New-Container app -Image target -Network bridge -Publish 8080:80 @args }
        (Get-ContainerNetwork).Name | Should -Be 'host', 'none'
        Should-FailWith NetworkNotFound { Remove-ContainerNetwork shop @args }
        (New-Container app -Image target).Network | Should -Be 'none'
        (Should-FailWith InvalidArgument { New-Container web -Image target -Publish 80 @args }).ErrorDetails.RecommendedAction | Should -Match 'ordinary user'
        New-Container other -Image target | Out-Null
        Should-FailWith InvalidState { Move-ContainerPort app other @args }
        Should-FailWith NetworkNotFound { Connect-Container app shop @args }
        Should-FailWith InvalidState { Disconnect-Container app shop @args }
    }
}

Describe 'Volumes and clearing' -Tag Always {
    AfterEach { Assert-NothingLeft }

    It 'work as for root, but for limits of the writable layer' {
        New-ContainerVolume data | Out-Null
        New-Container app -Image target -Command exit, 0 -Volume data:/data, /anonymous | Start-Container | Wait-Container | Out-Null
        (Get-ContainerVolume data).Containers | Should -Be 'app'
        Should-FailWith VolumeInUse { Remove-ContainerVolume data @args }
        (Get-ContainerDiskUsage | Where-Object Type -EQ Containers).TotalCount | Should -Be 1
        (Clear-Container).Name | Should -Be 'app'
        Clear-ContainerImage | Should -BeNullOrEmpty
        Clear-ContainerNetwork | Should -BeNullOrEmpty
        (Clear-ContainerSystem -Volumes).Type | Should -Be 'Volume'
        (Clear-ContainerVolume -All).Name | Should -Be 'data'
        (Should-FailWith NotSupported { New-Container app -Image target -StorageOption size=1GB @args }).ErrorDetails.RecommendedAction | Should -Match 'Tmpfs'
    }
}

Describe 'This suite' -Tag Always {
    It 'calls every cmdlet of the module' {
        $text = Get-Content -Raw "$PSScriptRoot/Cmdlets.Tests.ps1"
        (Get-Command -Module ContainerChaos -CommandType Cmdlet).Name | Where-Object { $text -notmatch "\b$_\b" } | Should -BeNullOrEmpty
    }
}
