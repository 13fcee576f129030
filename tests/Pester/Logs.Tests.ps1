Describe 'Get-ContainerLog' {
    BeforeAll {
        . $PSScriptRoot/Suite.ps1; Watch-Container
        function New-Talker([string] $Name = 'job') {
            New-Container $Name -Image target -Command seq, echo, one, ';', echo, two, ';', echo, three | Start-Container | Wait-Container | Out-Null
        }
    }
    AfterEach { Assert-NothingLeft }

    It 'returns lines as objects, in order' {
        New-Talker
        $lines = Get-ContainerLog job
        $lines.Line | Should -Be 'one', 'two', 'three'
        $lines.Stream | Should -Be 'stdout', 'stdout', 'stdout'
        $lines[0].Time | Should -BeLessOrEqual $lines[2].Time
    }

    It 'shows a line as its text, and with its time when asked for -Timestamps' {
        New-Talker
        (Get-ContainerLog job | Out-String).Trim() -split '\r?\n' | Should -Be 'one', 'two', 'three'
        Get-ContainerLog job -Tail 1 -Timestamps | Out-String | Should -Match '^\s*\d{4}-\d\d-\d\dT[\d:.]+\S* three'
    }

    It 'returns the last lines with -Tail and the latest with -Since' {
        New-Talker
        (Get-ContainerLog job -Tail 2).Line | Should -Be 'two', 'three'
        (Get-ContainerLog job -Since 10m).Line | Should -HaveCount 3
        Get-ContainerLog job -Since ([datetime]::Now.AddMinutes(1)) | Should -BeNullOrEmpty
    }

    It 'tells standard error from standard output' {
        New-Container job -Image target -Command no-such-command | Start-Container | Wait-Container | Out-Null
        (Get-ContainerLog job).Stream | Should -Be 'stderr'
    }

    It 'goes on with -Follow until the container is down' {
        New-Container job -Image target -Command seq, echo, one, ';', sleep, 0.2, ';', echo, two | Start-Container | Out-Null
        (Get-ContainerLog job -Follow).Line | Should -Be 'one', 'two'
    }

    It 'ends with -Follow as soon as the pipeline has enough' {
        New-Container job -Image target -Command exit, 1 -RestartPolicy always -RestartDelay none -Entrypoint /target, seq, echo, up, ';' | Start-Container | Out-Null
        (Get-ContainerLog job -Follow | Select-Object -First 3).Line | Should -Be 'up', 'up', 'up'
    }

    It 'follows several containers together' {
        New-Container one -Image target -Command echo, one | Out-Null
        New-Container two -Image target -Command echo, two | Out-Null
        Start-Container one, two | Out-Null
        (Get-ContainerLog one, two -Follow).Line | Sort-Object | Should -Be 'one', 'two'
    }
}
