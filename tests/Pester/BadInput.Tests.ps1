Describe 'Bad input' {
    BeforeAll {
        . $PSScriptRoot/Suite.ps1; Watch-Container
        $program = (Get-Process -Id $PID).Path
        $module = (Get-Module ContainerChaos).Path | Split-Path
    }
    AfterEach { Assert-NothingLeft }

    It 'an unknown image' {
        $failure = Should-FailWith ImageNotFound { New-Container app -Image nowhere:1 @args }
        $failure.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failure.Exception.Message | Should -Match 'nowhere:1'
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'the name <_>' -ForEach '-x', 'a b', 'ä', 'x', '../x' {
        (Should-FailWith InvalidName { New-Container $_ -Image target @args }).CategoryInfo.Category | Should -Be 'InvalidArgument'
    }

    It 'a name that is taken' {
        New-Container app -Image target | Out-Null
        $failure = Should-FailWith NameInUse { New-Container app -Image target @args }
        $failure.CategoryInfo.Category | Should -Be 'ResourceExists'
        $failure.TargetObject | Should -Be 'app'
    }

    It 'a memory limit below what a process starts with' {
        (Should-FailWith LimitTooLow { New-Container app -Image target -Memory 1MB @args }).Exception.Message | Should -Match '6 ?MB'
    }

    It '<Parameter> <Value>' -ForEach @(
        @{ Parameter = 'Cpus'; Value = -1 }
        @{ Parameter = 'Cpus'; Value = 10000 }
        @{ Parameter = 'PidsLimit'; Value = -5 }
        @{ Parameter = 'StopSignal'; Value = 'NOPE' }
        @{ Parameter = 'Volume'; Value = 'nocolon' }
        @{ Parameter = 'Network'; Value = 'container:' }
        @{ Parameter = 'Publish'; Value = '8080:80' }
        @{ Parameter = 'PublishAll'; Value = $true }
        @{ Parameter = 'WorkingDirectory'; Value = 'relative' }
    ) {
        $errors = @()
        $arguments = @{ $Parameter = $Value }
        New-Container app -Image target @arguments -ErrorAction SilentlyContinue -ErrorVariable errors
        $errors | Should -HaveCount 1
        $errors[0].FullyQualifiedErrorId | Should -Match '^(InvalidArgument|LimitTooLow|NotSupported),'
    }

    It '-<Parameter> <Value> before anything is done' -ForEach @(
        @{ Parameter = 'Memory'; Value = '64x' }
        @{ Parameter = 'RestartPolicy'; Value = 'sometimes' }
        @{ Parameter = 'RestartPolicy'; Value = 'always:3' }
        @{ Parameter = 'RestartDelay'; Value = 'later' }
        @{ Parameter = 'StopTimeout'; Value = -1 }
    ) {
        $arguments = @{ $Parameter = $Value }
        { New-Container app -Image target @arguments } | Should -Throw -ErrorId 'Parameter*Error,ContainerChaos.PowerShell.NewContainerCommand'
    }

    It 'a missing program: 127' {
        New-Container app -Image target -Entrypoint /no/such | Out-Null
        $failure = Should-FailWith CommandNotFound { Start-Container app @args }
        $failure.Exception.Message | Should -Match '/no/such'
        $failure.Exception.ExitCode | Should -Be 127
        (Get-Container app).ExitCode | Should -Be 127
    }

    It 'a program that is not executable: 126' {
        $file = New-Item -ItemType Directory "$TestDrive/plain"
        Set-Content "$file/text" 'no program'
        New-Container app -Image target -Entrypoint /plain/text -Volume "${file}:/plain" | Out-Null
        Should-FailWith CommandNotExecutable { Start-Container app @args }
        (Get-Container app).ExitCode | Should -Be 126
    }

    It 'a container that is not there' {
        foreach ($command in 'Get-Container', 'Start-Container', 'Stop-Container', 'Restart-Container', 'Suspend-Container', 'Resume-Container',
            'Wait-Container', 'Remove-Container', 'Send-Signal', 'Get-ContainerLog', 'Get-ContainerProcess', 'Get-ContainerNamespace', 'Get-ZombieCount') {
            $failure = Should-FailWith ContainerNotFound { & $command missing @args }
            $failure.CategoryInfo.Category | Should -Be 'ObjectNotFound'
            $failure.TargetObject | Should -Be 'missing'
        }
    }

    It 'a running container is not removed without -Force' {
        New-Container app -Image target -Command pause | Start-Container | Out-Null
        $failure = Should-FailWith InvalidState { Remove-Container app @args }
        $failure.CategoryInfo.Category | Should -Be 'InvalidOperation'
        $failure.ErrorDetails.RecommendedAction | Should -Match '-Force|Stop-Container'
        Remove-Container app -Force
        Get-Container | Should -BeNullOrEmpty
    }

    It 'a full disk' {
        $disk = New-Item -ItemType Directory "$TestDrive/disk"
        /bin/mount -t tmpfs -o size=256k tmpfs $disk
        try {
            $said = & $program -NoProfile -Command {
                param($module, $disk)
                $env:CONTAINERCHAOS_ROOT = "$disk/data"
                Import-Module $module/ContainerChaos.psd1
                New-Container app -Image target -ErrorVariable failed -ErrorAction SilentlyContinue
                $failed[0].FullyQualifiedErrorId
                Get-ChildItem -Recurse -File $disk | Where-Object Length -GT 0 | ForEach-Object FullName
            } -args $module, $disk.FullName
            $said | Should -Be 'DiskFull,ContainerChaos.PowerShell.NewContainerCommand'
        }
        finally { /bin/umount $disk }
    }

    It 'a user who is not root' {
        if ((/usr/bin/id -u) -ne 0) { Set-ItResult -Skipped -Because 'only root can become somebody else' }
        $said = /usr/bin/setpriv --reuid 65534 --regid 65534 --clear-groups $program -NoProfile -Command "
            `$env:HOME = '/tmp'; Import-Module '$module/ContainerChaos.psd1'
            New-Container app -Image target -ErrorVariable failed -ErrorAction SilentlyContinue | Start-Container -ErrorVariable +failed -ErrorAction SilentlyContinue
            `$failed[0].FullyQualifiedErrorId" 2>&1
        "$said" | Should -Match '^(PermissionDenied|NotSupported),'
    }
}
