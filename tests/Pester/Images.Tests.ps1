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

    It 'go out as <Format> and come back under their names, with their ids' -ForEach @{ Format = 'docker' }, @{ Format = 'oci' } {
        Import-ContainerImage "$TestDrive/box.tar" box:1 -Command /bin/app, true | Add-ContainerImageTag -Tag other:2
        $id = (Get-ContainerImage box:1).Id
        Push-Location $TestDrive
        try { Get-ContainerImage box:1, other:2 | Export-ContainerImage -Path ./out.tar -Format $Format }
        finally { Pop-Location }
        Remove-ContainerImage box:1, other:2
        $back = Import-ContainerImage "$TestDrive/out.tar"
        $back.Reference | Should -Be 'box:1', 'other:2'
        $back.Id | Should -Be $id, $id
        New-Container job -Image other:2 | Start-Container | Wait-Container | ForEach-Object ExitCode | Should -Be 0
    }

    It 'do not go over a file with -NoClobber, and are one image for each name at most' {
        Import-ContainerImage "$TestDrive/box.tar" box:1 | Out-Null
        Import-ContainerImage "$TestDrive/Box" box:2 -Command /bin/app | Out-Null
        Export-ContainerImage box:* "$TestDrive/two.tar"
        Should-FailWith NoClobber { Export-ContainerImage box:1 "$TestDrive/two.tar" -NoClobber @args }
        Should-FailWith InvalidArgument { Import-ContainerImage "$TestDrive/two.tar" other @args }
        Should-FailWith InvalidArgument { Import-ContainerImage "$TestDrive/two.tar" -Command /bin/app @args }
    }

    It 'with a wrong digest are refused, and both digests named' {
        Import-ContainerImage "$TestDrive/box.tar" box:1 | Out-Null
        Export-ContainerImage box:1 "$TestDrive/layout/"
        $blob = Get-ChildItem "$TestDrive/layout/blobs/sha256" | Sort-Object Length | Select-Object -Last 1
        $bytes = [IO.File]::ReadAllBytes($blob); $bytes[-2000] = $bytes[-2000] -bxor 1; [IO.File]::WriteAllBytes($blob, $bytes)
        Remove-ContainerImage box:1
        $problem = Should-FailWith InvalidImage { Import-ContainerImage "$TestDrive/layout" @args }
        $problem.Exception.Message | Should -Match $blob.Name
        $problem.Exception.Message | Should -Match (Get-FileHash $blob).Hash.ToLowerInvariant()
        Get-ContainerImage box* | Should -BeNullOrEmpty
    }

    It 'are made of a container by Save-Container' {
        Import-ContainerImage "$TestDrive/box.tar" box:1 -Entrypoint /bin/app -Env @{ A = 'b' } | Out-Null
        New-Container job -Image box:1 -Command echo, first | Start-Container | Wait-Container | Out-Null
        $saved = Get-Container job | Save-Container -Reference box:saved -Author me -Message 'by hand' -Change 'LABEL x=y'
        $saved.Layers | Should -HaveCount 2
        $saved.Labels['x'] | Should -Be y
        (Get-ContainerImageHistory box:saved)[0].Comment | Should -Be 'by hand'
        New-Container again -Image box:saved | Start-Container | Wait-Container | Out-Null
        (Get-ContainerLog again).Line | Should -Be first
        Should-FailWith InvalidArgument { Save-Container job box:bad -Change 'FROM x' @args }
        Should-FailWith ContainerNotFound { Save-Container nowhere box:bad @args }
    }

    It 'get further names by Add-ContainerImageTag' {
        $image = Import-ContainerImage "$TestDrive/box.tar" box:1
        (Add-ContainerImageTag box:1 box:2, other:1 -PassThru).Id | Should -Be $image.Id, $image.Id
        Add-ContainerImageTag box:1 box:3 -WhatIf
        (Get-ContainerImage box*).Reference | Should -Be 'box:1', 'box:2'
        Should-FailWith InvalidName { Add-ContainerImageTag box:1 target @args }
        Should-FailWith ImageNotFound { Add-ContainerImageTag nowhere box:4 @args }
    }
}
