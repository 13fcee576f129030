Describe 'The module' {
    BeforeAll {
        . $PSScriptRoot/Suite.ps1; Watch-Container
        $program = (Get-Process -Id $PID).Path
        $manifest = (Get-Module ContainerChaos).Path | Split-Path | Join-Path -ChildPath ContainerChaos.psd1
    }

    It 'exports what its manifest lists, no more and no less' {
        $listed = (Import-PowerShellDataFile $manifest).CmdletsToExport
        (Get-Command -Module ContainerChaos -CommandType Cmdlet).Name | Sort-Object | Should -Be ($listed | Sort-Object)
        Test-ModuleManifest $manifest | Should -Not -BeNullOrEmpty
    }

    It 'loads one assembly when it is imported, and starts nothing' {
        # With its usual cache pwsh compiles ahead what the last session used, and so loads the libraries of whatever that was.
        $loaded = & /usr/bin/env XDG_CACHE_HOME="$TestDrive/cache" $program -NoProfile -Command "
            `$env:CONTAINERCHAOS_ROOT = '/nonexistent/root'; Import-Module '$manifest'
            [AppDomain]::CurrentDomain.GetAssemblies().GetName().Name -match 'ContainerChaos|YamlDotNet|Bogus'"
        $loaded | Should -Be 'ContainerChaos.PowerShell'
    }

    It 'keeps its dependencies out of the session''s load context' {
        $contexts = & $program -NoProfile -Command "
            Import-Module '$manifest'; Get-Container | Out-Null; Invoke-ChaosScenario -WhatIf | Out-Null
            'loaded: ' + ([Runtime.Loader.AssemblyLoadContext]::Default.Assemblies.GetName().Name -match 'ContainerChaos|YamlDotNet|Bogus')"
        @($contexts)[-1] | Should -Be 'loaded: ContainerChaos.PowerShell'
    }

    It 'has help for <_>' -ForEach @(
        (Import-PowerShellDataFile $PSScriptRoot/../../module/ContainerChaos/ContainerChaos.psd1).CmdletsToExport
    ) {
        $help = Get-Help $_ -Full
        $help.Synopsis | Should -Not -Match '^\s*New-Container \['
        $help.Synopsis.Trim().Length | Should -BeGreaterThan 20
        $help.Examples.example | Should -Not -BeNullOrEmpty
        $common = [Management.Automation.Cmdlet]::CommonParameters + [Management.Automation.Cmdlet]::OptionalCommonParameters
        foreach ($parameter in (Get-Command $_).Parameters.Keys | Where-Object { $_ -notin $common }) {
            ($help.parameters.parameter | Where-Object name -EQ $parameter).description.Text | Should -Not -BeNullOrEmpty -Because "-$parameter"
        }
    }
}

Describe 'Names' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It 'are made up when missing' {
        $made = New-Container -Image target
        $made.Name | Should -Match '^[a-z0-9]+[-_][a-z0-9_.-]+$'
    }

    It 'can be wildcards, of which one that matches nothing is no error' {
        'web-1', 'web-2', 'db-1' | ForEach-Object { New-Container $_ -Image target } | Out-Null
        (Get-Container web*).Name | Should -Be 'web-1', 'web-2'
        (Get-Container 'web-[2]', db*).Name | Should -Be 'web-2', 'db-1'
        Get-Container nothing* -ErrorAction Stop | Should -BeNullOrEmpty
        Stop-Container nothing* -ErrorAction Stop
        Remove-Container web*
        (Get-Container).Name | Should -Be 'db-1'
    }

    It 'can be ids and unique beginnings of ids' {
        $made = New-Container app -Image target
        (Get-Container $made.Id).Name | Should -Be 'app'
        (Get-Container $made.Id.Substring(0, 12)).Name | Should -Be 'app'
    }

    It 'come through the pipeline as text, as objects, and by property' {
        'a1', 'a2', 'a3' | ForEach-Object { New-Container $_ -Image target } | Out-Null
        'a1' | Remove-Container
        Get-Container a2 | Remove-Container
        [pscustomobject]@{ Name = 'a3' } | Remove-Container
        Get-Container | Should -BeNullOrEmpty
    }

    It 'come with the rest of a definition from a table' {
        "Name,Image,Memory,RestartPolicy`nx1,target,64m,always`nx2,target,32m,on-failure:3" | ConvertFrom-Csv | New-Container | Out-Null
        (Get-Container x*).RestartPolicy | ForEach-Object ToString | Should -Be 'always', 'on-failure:3'
    }

    It 'of others go on when one is wrong' {
        New-Container app -Image target | Out-Null
        $found = Get-Container missing, app -ErrorAction SilentlyContinue -ErrorVariable failed
        $found.Name | Should -Be 'app'
        $failed | Should -HaveCount 1
    }

    It 'filter by state and image' {
        New-Container up -Image target -Command pause | Start-Container | Out-Null
        New-Container down -Image target | Out-Null
        (Get-Container -State Running).Name | Should -Be 'up'
        (Get-Container -State created, exited).Name | Should -Be 'down'
        (Get-Container -Image target).Name | Should -Be 'up', 'down'
    }
}

Describe 'A time' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    # PowerShell reads 5s as a short and 1d as a decimal before any cmdlet sees it.
    It 'is what is written, with its unit, in quotes or not' {
        $app = New-Container app -Image target -Command pause -HealthCmd /target, id -HealthInterval 5s -HealthTimeout '2s' -HealthStartPeriod 1m30s -RestartPolicy always -RestartDelay 2s
        $app.HealthCheck.Interval, $app.HealthCheck.Timeout, $app.HealthCheck.StartPeriod, $app.RestartDelay.Initial |
            ForEach-Object TotalSeconds | Should -Be 5, 2, 90, 2
        foreach ($ago in { Get-ContainerLog app -Since 10s }, { Get-ContainerLog app -Since 1d }, { Watch-ContainerEvent -Since 1d -Until 0s }) { { & $ago } | Should -Not -Throw }
        { Wait-Container app -Condition Removed -Timeout 50ms -ErrorAction Stop } | Should -Throw -ErrorId 'Timeout,*'
    }
}

Describe '-WhatIf' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It 'is there on whatever changes something' {
        $changing = Get-Command -Module ContainerChaos | Where-Object Verb -NotIn Compare, Get, Test, Wait, Watch
        $changing.Count | Should -BeGreaterThan 10
        foreach ($command in $changing) { $command.Parameters.Keys | Should -Contain 'WhatIf' -Because $command.Name }
    }

    It 'changes nothing' {
        New-Container new -Image target -WhatIf
        New-Container app -Image target -Command pause | Out-Null
        Start-Container app -WhatIf
        Remove-Container app -WhatIf
        Get-Container | ForEach-Object { "$($_.Name) $($_.State)" } | Should -Be 'app Created'
    }

    It 'still says when there is no such container' {
        Should-FailWith ContainerNotFound { Remove-Container missing -WhatIf @args }
    }
}

Describe 'Tab' {
    BeforeAll {
        . $PSScriptRoot/Suite.ps1; Watch-Container
        function Complete([string] $Line) { (TabExpansion2 $Line $Line.Length).CompletionMatches.CompletionText }
        New-Container idle -Image target -Command pause | Out-Null
        New-Container busy -Image target -Command pause | Start-Container | Out-Null
    }
    AfterAll { Assert-NothingLeft }

    It 'completes names, those in a fitting state first' {
        Complete 'Start-Container ' | Should -Be 'idle', 'busy'
        Complete 'Stop-Container ' | Should -Be 'busy', 'idle'
        Complete 'Stop-Container -Name i' | Should -Be 'idle'
    }

    It 'completes images, policies, signals, networks and states' {
        Complete 'New-Container -Image t' | Should -Be 'target:latest'
        Complete 'New-Container -RestartPolicy ' | Should -Contain 'unless-stopped'
        Complete 'Send-Signal busy ' | Select-Object -First 2 | Should -Be 'TERM', 'KILL'
        Complete 'Send-Signal busy SIGU' | Should -Contain 'SIGUSR1'
        Complete 'New-Container -Network c' | Should -Be 'container:busy'
        Complete 'Get-Container -State R' | Should -Contain 'Running'
        Complete 'Invoke-ChaosScenario mem' | Should -Be 'memory-overrun'
    }
}

Describe 'Ctrl-C' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It 'ends <_> at once' -ForEach 'Wait-Container app', 'Stop-Container app -Timeout 60', 'Get-ContainerLog app -Follow', 'Invoke-ContainerCommand app -- /target pause' {
        New-Container app -Image target -Command pause | Start-Container | Out-Null
        $shell = [powershell]::Create([Management.Automation.RunspaceMode]::NewRunspace)
        $manifest = (Get-Module ContainerChaos).Path | Split-Path | Join-Path -ChildPath ContainerChaos.psd1
        $shell.AddScript("Import-Module '$manifest'").Invoke()
        $shell.Commands.Clear()
        $running = $shell.AddScript("'begun'; $_").BeginInvoke()
        # Long enough to be inside the call on most runs; too early is no error, only a weaker test.
        $running.AsyncWaitHandle.WaitOne(200) | Should -BeFalse
        (Measure-Command { $shell.Stop() }).TotalMilliseconds | Should -BeLessThan 500
        $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        $shell.Dispose()
    }
}

Describe 'The default view' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It 'of containers has what an operator looks for' {
        New-Container api -Image target -Command pause | Start-Container | Out-Null
        New-Container job -Image target -Command exit, 3 | Start-Container | Wait-Container | Out-Null
        $text = Get-Container | Out-String
        $text | Should -Match 'Name\s+State\s+Image\s+Pid1\s+Up\s+Restarts'
        $text | Should -Match 'api\s+\S*running\S*\s+target'
        $text | Should -Match 'job\s+\S*exited \(3\)'
    }

    It 'of sizes and times is for people, and the objects stay raw' {
        New-Container api -Image target -Command pause | Start-Container | Out-Null
        Get-ContainerProcess api | Out-String | Should -Match '\d+(\.\d)? [KM]B'
        (Get-ContainerProcess api).RssBytes | Should -BeOfType long
        (Get-Container api).Uptime | Should -BeOfType timespan
    }
}
