# The check that every other suite relies on has to be able to fail.
Describe 'The check that nothing is left behind' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It 'sees a leftover cgroup' {
        $made = New-Container app -Image target
        Remove-Container app
        Wait-Until { Get-Event -SourceIdentifier ContainerMade -ErrorAction Ignore }
        $group = (Test-Path /sys/fs/cgroup/pids) ? "/sys/fs/cgroup/pids/containerchaos/$($made.Id)" : "/sys/fs/cgroup/containerchaos/$($made.Id)"
        $parentIsOurs = -not (Test-Path (Split-Path $group))
        [IO.Directory]::CreateDirectory($group)
        try { { Assert-NothingLeft } | Should -Throw '*empty*' }
        finally {
            [IO.Directory]::Delete($group)
            if ($parentIsOurs) { try { [IO.Directory]::Delete((Split-Path $group)) } catch [IO.IOException] { } }
        }
    }

    It 'sees a leftover run directory' {
        $made = New-Container app -Image target
        Remove-Container app
        Wait-Until { Get-Event -SourceIdentifier ContainerMade -ErrorAction Ignore }
        $folder = [IO.Directory]::CreateDirectory("$env:CONTAINERCHAOS_RUN/$($made.Id)")
        try { { Assert-NothingLeft } | Should -Throw '*not exist*' } finally { $folder.Delete() }
    }

    It 'sees a leftover process' {
        $process = Start-Process /bin/sh -ArgumentList '-c', "`"sleep 30; : $env:CONTAINERCHAOS_SUITE`"" -PassThru
        try { { Assert-NothingLeft } | Should -Throw 'Not within*' } finally { $process.Kill($true); $process.WaitForExit() }
    }

    It 'sees a leftover mount' {
        $folder = [IO.Directory]::CreateDirectory("$env:CONTAINERCHAOS_SUITE/mount")
        /bin/mount -t tmpfs tmpfs $folder
        try { { Assert-NothingLeft } | Should -Throw '*empty*' } finally { /bin/umount $folder; $folder.Delete() }
    }
}
