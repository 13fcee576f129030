# A game day on several hosts: real sshds in network namespaces, see Hosts/lab.sh. All is done once, by Hosts/client.ps1.
BeforeDiscovery {
    $reason = if ((id -u) -ne '0') { 'needs root' }
    elseif (-not (Test-Path /usr/sbin/sshd)) { 'needs sshd (apt-get install openssh-server)' }
    elseif ($missing = 'ssh', 'ssh-keygen', 'ip', 'unshare', 'nsenter', 'pgrep' | Where-Object { -not (Get-Command $_ -CommandType Application -ErrorAction Ignore) }) { "needs $($missing -join ', ')" }
}

Describe 'A game day on several hosts' -Skip:($null -ne $reason) {
    BeforeAll {
        . $PSScriptRoot/Suite.ps1
        $lab = (New-Item -ItemType Directory "$env:CONTAINERCHAOS_SUITE/lab/day", "$env:CONTAINERCHAOS_SUITE/lab/other/ContainerChaos")[0].Parent.FullName
        $common = "schema: 1`ntitle: t`ndescription: d`ntarget: { restart-delay: 20ms }`nload: { rate: 100, timeout: 5s }`nsteady: { latency: 5s }`nmatrix: { policies: [always], init: [false] }`ntrials: 1`n"
        Set-Content "$lab/day/back.yaml" ($common + "name: back`nsteps: [{ action: crash, timeout: 30s }]`nexpect: [{ outcome: recovers }]")
        Set-Content "$lab/day/down.yaml" ($common + "name: down`nsteps: [{ action: crash, timeout: 30s }]`nexpect: [{ outcome: stays-down }]")
        Set-Content "$lab/frozen.yaml" ($common + "name: frozen`nsteps: [{ action: freeze, duration: 120s, timeout: 150s }]")
        Set-Content "$lab/other/ContainerChaos/ContainerChaos.psd1" '@{ ModuleVersion = ''9.9.9'' }'
        $modules = Split-Path (Split-Path (Get-Module ContainerChaos).Path)
        $said = & timeout -k 5 180 unshare --mount --net --pid --fork --kill-child --mount-proc $PSScriptRoot/Hosts/lab.sh $lab "a=$modules" "b=$modules" "old=$lab/other" bare= -- `
            (Get-Process -Id $PID).Path -NoProfile -File $PSScriptRoot/Hosts/client.ps1 -Lab $lab 2>&1
        $LASTEXITCODE | Should -Be 0 -Because (@($said; Get-Content "$lab/*.log") -join "`n")
        $seen = Get-Content "$lab/client.json" | ConvertFrom-Json
    }
    AfterAll { Assert-NothingLeft }

    It 'is one result, in which every row names its host' {
        $seen.Rows | Should -Be 'a back True', 'a down False', 'root@b:22 back True', 'root@b:22 down False'
        $seen.Held | Should -Be 'a: back', 'root@b:22: back'
        $seen.DidNotHold | Should -Be 'a: down', 'root@b:22: down'
        $seen.AsExpected | Should -BeFalse
        $seen.Requests | ForEach-Object { $_ | Should -BeGreaterThan 5 }
        $seen.View | Should -Match 'Scenario: a: back'
        $seen.History | Sort-Object | Should -Be '1 a back', '1 a down', '2 root@b:22 back', '2 root@b:22 down'
        Get-Content -Raw "$lab/day.md" | Should -Match '(?m)^\| root@b:22 \| always'
        Get-Content -Raw "$lab/day.html" | Should -Match '3 of 5 hosts gave no result'
    }

    It 'is told by all of them as it goes, each line with its host in front' {
        $seen.Told -match '^(a|root@b:22): 2/2  down did not hold: 0 of 1 as expected$' | Sort-Object | Should -Be 'a: 2/2  down did not hold: 0 of 1 as expected', 'root@b:22: 2/2  down did not hold: 0 of 1 as expected'
    }

    It 'does not lose the others'' results by a host that cannot be reached, has no module or another version' {
        $seen.Errors | Should -Be 'HostUnreachable silent ConnectionError', 'ModuleNotFound bare NotInstalled', 'ModuleVersionMismatch old NotInstalled'
        $seen.NotRun | Should -Be 'silent: back', 'silent: down', 'old: back', 'old: down', 'bare: back', 'bare: down'
        $seen.Findings[0] | Should -BeLike 'silent: no result: it cannot be reached: ssh: connect to host silent port 22: *'
        $seen.Findings[1] | Should -BeLike 'old: no result: it has ContainerChaos 9.9.9, and this is *'
        $seen.Findings[2] | Should -Be 'bare: no result: it has no module ContainerChaos.'
        $seen.Findings[3] | Should -Match '^(a|root@b:22): down, always, no init: .*unexpected: 1 of 1 came back$'
        $seen.Findings | Should -HaveCount 5
    }

    It 'undoes the faults of a host whose session dies in the middle, and goes on with the others' -Skip:(-not $env:CONTAINERCHAOS_LONG) {
        $seen.Lost.Id | Should -BeLike 'HostLost,*'
        $seen.Lost.Target | Should -Be 'a'
        $seen.Lost.Other | Should -Contain freeze
        # Whatever else the one that died could not tidy up any more went with the next game day on that host.
        $seen.After | Should -Be 0
    }

    It 'ends on every host with Ctrl-C, and leaves nothing there' {
        $seen.Stop.State | Should -Be Stopped
        $seen.Stop.Seconds | Should -BeLessThan 30
        $seen.Stop.Faults | Should -BeNullOrEmpty
        $seen.Stop.Containers | Should -BeNullOrEmpty
        $seen.Stop.Folders | Should -BeNullOrEmpty
        $seen.Ids | Should -HaveCount 2
        foreach ($id in $seen.Ids) { Get-Item "/sys/fs/cgroup/*/containerchaos/$id", "/sys/fs/cgroup/containerchaos/$id" -ErrorAction Ignore | Should -BeNullOrEmpty }
    }

    It 'says what it would do and where, without a host that is there' {
        $said -join "`n" | Should -Match '(?s)On nowhere.invalid, b, at the same time:\s+back: 1 trials.*down: 1 trials.*2 trials in all on each'
        { Start-GameDay "$lab/day" -HostName b, B } | Should -Throw 'The host b is named twice*' -ErrorId 'InvalidArgument,*'
        Set-Content "$lab/times" "0`n1"
        Set-Content "$lab/replay.yaml" "schema: 1`nname: replay`ntitle: t`ndescription: d`nload: { arrivals: replay, times: times }`nsteps: [{ action: crash }]"
        { Start-GameDay "$lab/replay.yaml" -HostName b } | Should -Throw 'replay replays arrivals from a file*' -ErrorId 'NotSupported,*'
    }
}
