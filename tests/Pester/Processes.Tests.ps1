Describe 'The processes of a container' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It 'begin with PID 1, the app, which the host knows by another PID' {
        $container = New-Container app -Image target -Command pause | Start-Container
        $process = Get-ContainerProcess app
        $process | Should -HaveCount 1
        $process.Pid | Should -Be 1
        $process.HostPid | Should -Be $container.Pid
        $process.HostPid | Should -Not -Be 1
        $process.Command | Should -BeLike '*target pause'
        (Get-Content "/proc/$($container.Pid)/status" | Select-String '^NSpid:').Line.Split("`t")[-1] | Should -Be '1'
    }

    It 'are the init and the app as its child with -Init' {
        New-Container app -Image target -Command pause -Init | Start-Container | Out-Null
        Wait-Until { @(Get-ContainerProcess app).Count -eq 2 }
        $init, $app = Get-ContainerProcess app
        $init.Pid | Should -Be 1
        $app.ParentPid | Should -Be 1
        $app.Command | Should -BeLike '*target pause'
    }

    It 'are in namespaces of their own, and in the host''s user namespace' {
        New-Container app -Image target -Command pause | Start-Container | Out-Null
        $namespaces = Get-ContainerNamespace app
        foreach ($type in 'pid', 'mnt', 'uts', 'ipc', 'net', 'cgroup') {
            $one = $namespaces | Where-Object Type -EQ $type
            $one.Inode | Should -Not -Be $one.HostInode -Because $type
            $one.IsShared | Should -BeFalse
        }
    }

    It 'share the network of the host, or of another container, when told to' {
        New-Container one -Image target -Command pause | Start-Container | Out-Null
        New-Container two -Image target -Command pause -Network container:one | Start-Container | Out-Null
        New-Container three -Image target -Command pause -Network host | Start-Container | Out-Null
        $net = Get-ContainerNamespace one, two, three | Where-Object Type -EQ net
        $net[1].Inode | Should -Be $net[0].Inode
        $net[2].IsShared | Should -BeTrue
    }

    It 'are measured with Get-ContainerStats, all that run by default' {
        New-Container busy -Image target -Command cpu, 1 -Cpus 0.2 -Memory 64MB -PidsLimit 20 | Start-Container | Out-Null
        New-Container idle -Image target -Command pause | Start-Container | Out-Null
        New-Container down -Image target | Out-Null
        $stats = Get-ContainerStats
        $stats.Name | Sort-Object | Should -Be 'busy', 'idle'
        $busy = $stats | Where-Object Name -EQ busy
        $busy.CpuPercent | Should -BeGreaterThan 5
        $busy.CpuPercent | Should -BeLessThan 40
        $busy.MemoryLimitBytes | Should -Be 64MB
        $busy.PidsLimit | Should -Be 20
        ($stats | Where-Object Name -EQ idle).CpuPercent | Should -BeLessThan 5
        ($stats | Out-String) | Should -Match 'busy +\d'

        Get-ContainerStats down, idle -ErrorAction SilentlyContinue -ErrorVariable failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'InvalidState*'
        (Get-Container idle | Get-ContainerStats -Watch -Interval 0.1 | Select-Object -First 3) | Should -HaveCount 3
    }

    It 'are told of by Watch-ContainerEvent, also when the container is gone' {
        $before = Get-Date
        New-Container app -Image target -Command exit, 3 | Start-Container | Wait-Container | Remove-Container
        $events = Watch-ContainerEvent app -Since $before -Until (Get-Date)
        $events.Type | Should -Be 'create', 'start', 'die', 'destroy'
        $events[2].Attributes['exitCode'] | Should -Be '3'
        ($events | Out-String) | Should -Match 'die +.*exitCode=3'
        Watch-ContainerEvent -Since $before -Until (Get-Date) -EventType oom | Should -BeNullOrEmpty
        $verbs = $events[0].GetType().Assembly.GetType('ContainerChaos.Supervisor.EventTypes').GetFields().ForEach({ $_.GetRawConstantValue() })
        $accepted = (Get-Command Watch-ContainerEvent).Parameters.EventType.Attributes.ValidValues + 'container', 'image', 'volume', 'network'
        $verbs | Where-Object { $_ -notin $accepted } | Should -BeNullOrEmpty
    }

    It 'can be piped to Send-Signal, each by its PID in the container' {
        New-Container app -Image target -Command seq, sleep, infinity, '&', pause | Start-Container | Out-Null
        Wait-Until { Get-ContainerProcess app | Where-Object Command -Like '*sleep infinity' }
        $sent = Get-ContainerProcess app | Where-Object Command -Like '*sleep infinity' | Send-Signal -Signal KILL -PassThru
        $sent.ContainerPid | Should -BeGreaterThan 1
        Wait-Until { (Get-ContainerProcess app | Where-Object Pid -EQ $sent.ContainerPid).State -in $null, 'Zombie' }
        (Get-Container app).State | Should -Be 'Running'
    }
}

Describe 'Invoke-ContainerCommand' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It 'returns what the command wrote and its exit code' {
        New-Container app -Image target -Command pause | Start-Container | Out-Null
        $result = Invoke-ContainerCommand app -- /target echo -n --flag text
        $result.Output | Should -Be '-n --flag text'
        $result.ExitCode | Should -Be 0
        (Invoke-ContainerCommand app -Command /target, exit, 7).ExitCode | Should -Be 7
        $global:LASTEXITCODE | Should -Be 7
    }

    It 'runs in several containers at once' {
        1..3 | ForEach-Object { New-Container "app$_" -Image target -Command pause } | Start-Container | Out-Null
        $results = Get-Container app* | Invoke-ContainerCommand -Command /target, hostname
        $results.Name | Should -Be 'app1', 'app2', 'app3'
        $results.ExitCode | Should -Be 0, 0, 0
    }

    It 'says <Id> for <Command>' -ForEach @(
        @{ Command = '/no/such'; Id = 'CommandNotFound' }
        @{ Command = '/proc/version'; Id = 'CommandNotExecutable' }
    ) {
        New-Container app -Image target -Command pause | Start-Container | Out-Null
        (Should-FailWith $Id { Invoke-ContainerCommand app $Command @args }).TargetObject | Should -Be 'app'
    }

    It 'kills what takes longer than -Timeout' {
        New-Container app -Image target -Command pause | Start-Container | Out-Null
        Should-FailWith Timeout { Invoke-ContainerCommand app -Command /target, sleep, infinity -Timeout 0.2 @args }
        Wait-Until { @(Get-ContainerProcess app | Where-Object State -NE Zombie).Count -eq 1 }
    }

    It 'needs a running container' {
        New-Container app -Image target -Command pause | Out-Null
        Should-FailWith InvalidState { Invoke-ContainerCommand app /target true @args }
    }
}
