Describe 'Faults' {
    BeforeAll {
        . $PSScriptRoot/Suite.ps1; Watch-Container
        $limits = @{ Memory = '48m'; PidsLimit = 64; RestartPolicy = 'always'; RestartDelay = 'none' }
        New-Container web-1 -Image target -Command pause @limits -Label @{ tier = 'web' } | Start-Container
        New-Container web-2 -Image target -Command pause @limits -Label @{ tier = 'web' } | Start-Container
        New-Container web-3 -Image target -Command pause @limits -Label @{ 'containerchaos.protect' = 'true' } | Start-Container
        # Other shells, warm before they are needed: each reads one command a line.
        function Start-Shell([hashtable] $Environment = @{}) {
            $start = [Diagnostics.ProcessStartInfo]::new((Get-Process -Id $PID).Path)
            foreach ($word in '-NoProfile', '-NoLogo', '-Command', '-') { $start.ArgumentList.Add($word) }
            foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
            $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
            $shell = [Diagnostics.Process]::Start($start)
            $shell.StandardInput.WriteLine("Import-Module '$((Get-Module ContainerChaos).Path | Split-Path)/ContainerChaos.psd1'")
            $shell
        }
        $killed = Start-Shell
        $other = Start-Shell @{ CONTAINERCHAOS_ROOT = '/nonexistent'; CONTAINERCHAOS_CCRUN = '/nonexistent/ccrun' }
        function Get-InitState([string] $Name) { (Get-ContainerProcess $Name | Where-Object Pid -EQ 1).State }
    }
    AfterEach {
        $left = Get-Fault
        # Of one test, not of all that follow.
        if ($left) { Stop-Chaos -All -Confirm:$false }
        $left | Should -BeNullOrEmpty
        "$env:CONTAINERCHAOS_RUN/faults" | Should -Not -Exist
    }
    AfterAll {
        foreach ($shell in $killed, $other) { if (-not $shell.HasExited) { $shell.Kill(); $shell.WaitForExit() } }
        Assert-NothingLeft
    }

    It 'crash PID 1, and the policy brings it back' {
        $before = Get-Container web-1
        $done = Invoke-Fault web-1 -Crash -PassThru
        $done.Fault | Should -Be 'crash'
        Wait-Until { $now = Get-Container web-1; $now.State -eq 'Running' -and $now.Pid -ne $before.Pid }
        (Get-Container web-1).RestartCount | Should -BeGreaterThan $before.RestartCount
    }

    It 'last from Start-Fault to Stop-Fault, and Get-Fault shows them' {
        $fault = Start-Fault web-1 -SigStop -Duration 1m
        Wait-Until { (Get-InitState web-1) -eq 'Stopped' }
        $listed = Get-Fault web-*
        $listed.Id | Should -Be $fault.Id
        $table = $listed | Out-String -Width 200
        $table | Should -Match 'Id +Fault +Target +Since +Until +Effect'
        $table | Should -Match "$($fault.Id) +sigstop +web-1 .*SIGSTOP"
        Stop-Fault web-1
        Wait-Until { (Get-InitState web-1) -eq 'Sleeping' }
        $fault | Stop-Fault
    }

    It 'end with their duration' {
        $took = Measure-Command { $done = Invoke-Fault web-1, web-2 -Freeze -Duration 300ms -PassThru }
        $done.Target.Name | Should -Be 'web-1', 'web-2'
        $took.TotalSeconds | Should -BeLessThan 5
        Wait-Until { (Get-InitState web-2) -eq 'Sleeping' }
    }

    It 'are undone by id, from the pipeline, and by Stop-Chaos' {
        $first = Start-Fault web-1 -CpuQuota 0.5
        $second = Start-Fault web-2 -Nice 10
        $third = Start-Fault web-2 -Zombie 5
        Get-ZombieCount web-2 | ForEach-Object Count | Should -Be 5
        Undo-Fault $first.Id
        Get-Fault -Id $second.Id | Undo-Fault
        (Get-Fault).Id | Should -Be $third.Id
        (Stop-Chaos -All -PassThru).Id | Should -Be $third.Id
        Get-ZombieCount web-2 | ForEach-Object Count | Should -Be 0
        Should-FailWith FaultNotFound { Undo-Fault $first.Id @args }
        Should-FailWith FaultNotFound { Stop-Fault web-1 @args }
        Undo-Fault *
        Stop-Chaos
    }

    It 'are listed with target and effect by -WhatIf, and nothing is done' {
        $before = (Get-Container web-1).Pid
        $transcript = New-Item "$([IO.Path]::GetTempPath())/$(New-Guid).txt"
        Start-Transcript $transcript | Out-Null
        Invoke-Fault web-* -MemoryLimit 32MB -WhatIf
        Invoke-Fault web-1 -Crash -WhatIf
        Stop-Transcript | Out-Null
        $text = Get-Content $transcript -Raw
        Remove-Item $transcript
        $text | Should -Match 'memory-limit: memory\S+ \d+ becomes 33554432.*web-1'
        $text | Should -Match 'crash: SIGKILL to PID 1.*web-1'
        $text | Should -Not -Match 'web-3'
        (Get-Container web-1).Pid | Should -Be $before
    }

    It 'need a target, and never touch a protected one' {
        Should-FailWith PermissionDenied { Invoke-Fault web-3 -Crash @args }
        Should-FailWith ContainerNotFound { Invoke-Fault nobody -Crash @args }
        Invoke-Fault nobody* -Crash -ErrorAction Stop
        { Invoke-Fault -Crash } | Should -Throw '*all are never meant*'
        { Invoke-Fault web-1 } | Should -Throw '*parameter set*'
    }

    It 'take labels, and some of the targets by a seed' {
        (Invoke-Fault -Label tier=web -EvictPageCache -PassThru).Target.Name | Should -Be 'web-1', 'web-2'
        Invoke-Fault -Label tier=db -EvictPageCache -PassThru | Should -BeNullOrEmpty
        $one = (Invoke-Fault web-* -EvictPageCache -Count 1 -Seed 3 -PassThru).Target.Name
        $one | Should -HaveCount 1
        (Invoke-Fault web-* -EvictPageCache -Percent 50 -Seed 3 -PassThru).Target.Name | Should -Be $one
        (Get-Container web-* | Where-Object Name -NE web-3 | Invoke-Fault -EvictPageCache -PassThru).Target.Name | Should -Be 'web-1', 'web-2'
        (Get-ChaosTarget web-2 | Invoke-Fault -EvictPageCache -PassThru).Target.Name | Should -Be 'web-2'
    }

    It 'stall a monitor, and the container is still there' {
        $fault = Start-Fault web-1 -StallMonitor
        (Get-Container web-1).State | Should -Be 'Running'
        (Get-Fault web-1).Effect | Should -Match 'control socket is stalled'
        $fault | Stop-Fault
        Invoke-ContainerCommand web-1 -- /target true | Out-Null
    }

    It 'refuse to hold the same limit twice' {
        $first = Start-Fault web-1 -MemoryLimit 32MB
        $failure = Should-FailWith InvalidState { Start-Fault web-1 -MemoryLimit 40MB @args }
        $failure.ErrorDetails.RecommendedAction | Should -Match $first.Id
        $first | Stop-Fault
    }

    It 'end early when a stop condition holds, with a warning' {
        Invoke-Fault web-1 -Freeze -Duration 1m -StopWhen 'memory<1000t' -WarningVariable warned -WarningAction SilentlyContinue
        $warned | Should -Match 'undone early: memory<'
        { Invoke-Fault web-1 -Freeze -StopWhen 'nonsense' } | Should -Throw '*stop condition*'
    }

    It 'end with the shell that started them' {
        $killed.StandardInput.WriteLine('(Start-Fault web-1 -Freeze).Id; [Diagnostics.Process]::GetCurrentProcess().Kill()')
        $id = $killed.StandardOutput.ReadToEnd() -replace '\e\[[?0-9;]*[a-z]' | ForEach-Object Trim
        $id | Should -Match '^[0-9a-f]{8}$'
        Wait-Until { -not (Test-Path "$env:CONTAINERCHAOS_RUN/faults/$id.json") }
        Wait-Until { (Get-InitState web-1) -eq 'Sleeping' }
    }

    It 'are undone by Stop-Chaos -All of another shell that has nothing but the files' {
        Start-Fault web-1 -Freeze | Out-Null
        Start-Fault web-2 -ReadOnly | Out-Null
        $other.StandardInput.WriteLine('(Stop-Chaos -All -PassThru).Fault; exit')
        $undone = $other.StandardOutput.ReadToEnd() -replace '\e\[[?0-9;]*[a-z]' -split '\n' | ForEach-Object Trim | Where-Object Length
        $undone | Should -Be 'freeze', 'read-only'
        Wait-Until { (Get-InitState web-1) -eq 'Sleeping' }
    }

    It 'change the disk of a container, and change it back' {
        Invoke-ContainerCommand web-1 -- /target write /data text | Out-Null
        (Get-ContainerChange web-1).Path | Should -Contain '/data'
        (Invoke-Fault web-1 -CorruptFile /data -Bytes 4 -Duration 50ms -PassThru).Effect | Should -Match '4 byte'
        (Invoke-Fault web-1 -ReadOnly -Duration 50ms -PassThru).Effect | Should -Match 'EROFS'
        Should-FailWith InvalidArgument { Start-Fault web-1 -CorruptFile /nothing @args }
        (Invoke-Fault web-1 -DeleteFile /data -Duration 50ms -PassThru).Effect | Should -Match '/data is gone: ENOENT'
        (Get-ContainerChange web-1).Path | Should -Contain '/data'
    }

    It 'break the network, and say what they need' {
        $short = @{ Duration = '50ms'; PassThru = $true }
        (Invoke-NetworkFault web-1 -Partition * @short).Effect | Should -Match 'every packet from and to anybody is dropped'
        (Invoke-NetworkFault web-1 -Partition 10.1.2.3, fd00::1 -Direction In @short).Effect | Should -Match 'every packet from 10.1.2.3, fd00::1 is'
        (Invoke-NetworkFault web-1 -BlackHole 80 @short).Effect | Should -Match 'to and from its port 80 are dropped'
        (Invoke-NetworkFault web-1 -ConnectionReset 5432 -OfPeer @short).Effect | Should -Match "others' port 5432 are answered with RST"
        (Invoke-NetworkFault web-1 -ExhaustConntrack -Leave 7 @short).Effect | Should -Match 'new connections beyond 7 are dropped'
        (Invoke-NetworkFault web-1 -Dns Refuse @short).Effect | Should -Match 'port 53 is refused'
        (Invoke-NetworkFault web-1 -Dns Lie -Address fd00::1 @short).Effect | Should -Match 'answered with fd00::1'
        (Invoke-NetworkFault web-1 -Dns Delay -Delay 500ms @short).Effect | Should -Match 'questions to port 53 of .+ are held for 500 ms'
        Should-FailWith ContainerNotFound { Start-NetworkFault web-1 -Partition nobody @args }
        Should-FailWith InvalidState { Start-NetworkFault web-1 -Partition web-2 @args }
        Should-FailWith InvalidArgument { Start-NetworkFault web-1 -Netem @args }
        # Loopback is never slowed, by netem or without it, and they have no other interface.
        Should-FailWith NotSupported { Start-NetworkFault web-1 -Netem -Delay 100ms @args }
        (Should-FailWith NotSupported { Start-NetworkFault web-1 -LinkDown -Period 100ms @args }).ErrorDetails.RecommendedAction | Should -Match 'Connect-Container'
        Should-FailWith NotSupported { Start-NetworkFault web-1 -Rate 64KB -Direction In @args }
    }

    It 'make chosen system calls of a container fail and slow, and say which can' {
        New-Container calls -Image target -Command serve, --unix, /http.sock -FaultPoint file-io, connect | Start-Container | Out-Null
        (Get-Container calls).FaultPoints | Should -Contain 'fsync'
        $short = @{ Duration = '50ms'; PassThru = $true }
        (Invoke-SyscallFault calls fsync, fdatasync -Errno EIO -Every 3 @short).Effect | Should -Match 'fsync, fdatasync each 3. time fail with EIO'
        (Invoke-SyscallFault calls connect -Errno 111 -Share 0.1 -Seed 1 @short).Effect | Should -Match 'connect in 10 % of all cases fail with ECONNREFUSED'
        (Invoke-SyscallFault calls -Io -Delay 20ms -Path '/data/*' @short).Effect | Should -Match 'of /data/\* wait for 20 ms'
        Start-SyscallFault calls -Io -Errno EIO -WhatIf
        Get-Fault | Should -BeNullOrEmpty
        Should-FailWith InvalidArgument { Start-SyscallFault calls connect -Errno NOSUCH @args }
        Should-FailWith InvalidArgument { Start-SyscallFault calls connect @args }
        (Should-FailWith NotSupported { Start-SyscallFault calls accept4 -Errno EMFILE @args }).ErrorDetails.RecommendedAction | Should -Match '-FaultPoint accept4'
        Should-FailWith NotSupported { Start-SyscallFault web-1 fsync -Errno EIO @args }
        Should-FailWith InvalidArgument { New-Container none -Image target -FaultPoint nosuchcall @args }
        Start-SyscallFault calls write -Errno EIO -Path /x | Out-Null
        (Get-Fault).Fault | Should -Be 'syscall'
        Stop-Fault calls
        Remove-Container calls -Force
    }

    It 'set the clocks of a container ahead' {
        $before = (Get-Container web-1).Pid
        Start-ClockFault web-1 30.00:00:00 -WhatIf
        (Get-Container web-1).Pid | Should -Be $before
        (Invoke-ClockFault web-1 -Offset 30.00:00:00 -Clock BootTime -Duration 50ms -PassThru).Effect | Should -Match 'CLOCK_MONOTONIC \+0 s, CLOCK_BOOTTIME \+2592000 s'
        (Get-Container web-1).Pid | Should -Not -Be $before
        Should-FailWith InvalidArgument { Start-ClockFault web-1 0 @args }
        Start-ClockFault web-1 1h | Stop-Fault
    }

    It 'take the disk of the runtime away' {
        (Invoke-RuntimeFault web-1 -StateDirectory -Duration 50ms -PassThru).Effect | Should -Match 'a read-only mount lies over .*: EROFS'
        Start-RuntimeFault web-1 -StateDirectory -WhatIf
        Start-RuntimeFault web-1 -StateDirectory | Stop-Fault
        (Should-FailWith NotSupported { Start-RuntimeFault web-1 -LogDisk @args }).ErrorDetails.RecommendedAction | Should -Match 'CONTAINERCHAOS_ROOT'
    }

    It 'complete targets, ids and signals' {
        function Complete([string] $Line) { (TabExpansion2 $Line $Line.Length).CompletionMatches.CompletionText }
        $fault = Start-Fault web-1 -Nice 5
        Complete 'Invoke-Fault web-1' | Should -Be 'web-1'
        Complete 'Undo-Fault ' | Should -Be $fault.Id
        Complete 'Invoke-Fault web-1 -SignalStorm USR' | Should -Contain 'USR1'
        Complete 'Invoke-SyscallFault web-1 fdatas' | Should -Be 'fdatasync'
        Complete 'Invoke-SyscallFault web-1 fsync -Errno EDQ' | Should -Be 'EDQUOT'
        $fault | Stop-Fault
    }

    It 'can be done to whatever Get-ChaosTarget finds' {
        $found = Get-ChaosTarget
        ($found | Where-Object Kind -EQ container).Name | Should -Contain 'web-1'
        (Get-ChaosTarget container:web-*).Name | Should -Be 'web-1', 'web-2', 'web-3'
        (Get-ChaosTarget web-3).IsProtected | Should -BeTrue
        Get-ChaosTarget -Kind docker nothing | Should -BeNullOrEmpty
    }
}
