Describe 'Images' {
    BeforeAll {
        . $PSScriptRoot/Suite.ps1; Watch-Container
        $tree = New-Item -ItemType Directory (Join-Path $TestDrive 'Box/bin')
        Copy-Item (Get-ContainerImage target | ForEach-Object { Get-ChildItem -Recurse -File $env:CONTAINERCHAOS_ROOT -Filter target | Select-Object -First 1 }) "$tree/app"
        /bin/chmod 755 "$tree/app"
        $tree = "$TestDrive/Box"
        /bin/tar -C $tree -cf "$TestDrive/box.tar" .
        /bin/tar -C $tree -czf "$TestDrive/box.tar.gz" .
    }
    AfterEach {
        Assert-NothingLeft
        Get-ContainerImage box*, other* | Remove-ContainerImage
    }

    It 'have the embedded one without an import' {
        (Get-ContainerImage target).Reference | Should -Be 'target:latest'
        (Get-ContainerImage).Reference | Should -Contain 'target:latest'
    }

    It 'are imported from <Kind>' -ForEach @{ Kind = 'a directory'; File = 'Box' }, @{ Kind = 'a tar'; File = 'box.tar' }, @{ Kind = 'a compressed tar'; File = 'box.tar.gz' } {
        $image = Import-ContainerImage "$TestDrive/$File" -Entrypoint /bin/app -Command echo, imported -Env @{ A = 'b' }
        $image.Reference | Should -Be 'box:latest'
        New-Container job -Image box | Start-Container | Wait-Container | Out-Null
        (Get-ContainerLog job).Line | Should -Be 'imported'
    }

    It 'are imported under a reference, relative to where PowerShell stands' {
        Push-Location $TestDrive
        try { (Import-ContainerImage ./box.tar other:1 -Command /bin/app, true).Reference | Should -Be 'other:1' }
        finally { Pop-Location }
        Get-ContainerImage other:1 | New-Container job | Start-Container | Wait-Container | ForEach-Object ExitCode | Should -Be 0
    }

    It 'of the same content share their layer' {
        $one = Import-ContainerImage "$TestDrive/box.tar" box:1
        $two = Import-ContainerImage "$TestDrive/box.tar" box:2
        $two.Layers | Should -Be $one.Layers
    }

    It 'in use are not removed without -Force' {
        Import-ContainerImage "$TestDrive/box.tar" box | Out-Null
        New-Container job -Image box -Command /bin/app, true | Out-Null
        (Should-FailWith ImageInUse { Remove-ContainerImage box @args }).Exception.Message | Should -Match 'job'
        Remove-Container job
        Remove-ContainerImage box
        Should-FailWith ImageNotFound { Get-ContainerImage box @args }
    }

    It 'that are not there are an error by name and none by wildcard' {
        (Should-FailWith ImageNotFound { Get-ContainerImage nowhere @args }).TargetObject | Should -Be 'nowhere'
        Get-ContainerImage 'nowhere*' | Should -BeNullOrEmpty
        Should-FailWith ImageNotFound { Remove-ContainerImage nowhere @args }
    }

    It 'are not imported from what is no root file system' {
        Set-Content "$TestDrive/broken.tar" 'not a tar'
        Should-FailWith InvalidImage { Import-ContainerImage "$TestDrive/broken.tar" @args }
        Should-FailWith InvalidImage { Import-ContainerImage "$TestDrive/missing.tar" @args }
        (Get-ContainerImage).Reference | Should -Be 'target:latest'
    }
}
