# Volumes, disk usage, clearing and the events of all that.
Describe 'Volumes' {
    BeforeAll {
        . $PSScriptRoot/Suite.ps1; Watch-Container
        $tree = New-Item -ItemType Directory -Force "$env:CONTAINERCHAOS_SUITE/volume-tree/srv"
        Set-Content "$tree/page" 'from the image'
        Copy-Item (Join-Path ($env:CONTAINERCHAOS_ARTIFACTS ? $env:CONTAINERCHAOS_ARTIFACTS : "$PSScriptRoot/../../artifacts") bin/target) "$tree/../target"
        Import-ContainerImage "$tree/.." -Reference pages:1 | Out-Null
    }
    AfterEach {
        Assert-NothingLeft
        Get-ContainerVolume | Remove-ContainerVolume
    }
    AfterAll { Remove-ContainerImage pages:1 }

    It 'are made, filled, found, completed, kept and removed' {
        $made = New-ContainerVolume web-data -Label @{ tier = 'web' }
        $made.IsAnonymous | Should -BeFalse
        New-Container one -Image pages:1 -Command /target, exit, 0 -Volume web-data:/srv, /scratch | Start-Container | Wait-Container | Out-Null
        Get-Content "$($made.Mountpoint)/page" | Should -Be 'from the image'
        (Get-ContainerVolume w*).Containers | Should -Be 'one'
        (Get-Container one).Mounts.Destination | Should -Be '/srv', '/scratch'
        (Get-Container one).Mounts[1].Destination | Should -Be '/scratch'
        (Should-FailWith VolumeInUse { Remove-ContainerVolume web-data @args }).Exception.Message | Should -Match "'one'"
        (TabExpansion2 'Remove-ContainerVolume w' 24).CompletionMatches.CompletionText | Should -Be 'web-data'
        Get-ContainerVolume -Label @{ tier = '' } | Out-String | Should -Match 'web-data\s+local\s+False\s+one'
        Remove-Container one -Volumes
        (Get-ContainerVolume).Name | Should -Be 'web-data'
        (Get-ContainerVolume -Dangling).Name | Should -Be 'web-data'
        Remove-ContainerVolume web-data -WhatIf
        'web-data' | Remove-ContainerVolume
        Should-FailWith VolumeNotFound { Get-ContainerVolume web-data @args }
    }

    It 'come as Docker writes them, short and long, and as tables' {
        Push-Location $env:CONTAINERCHAOS_SUITE
        try {
            New-Item -ItemType Directory -Force here | Out-Null
            $made = New-Container app -Image target -Volume ./here:/here:ro, named:/named -Tmpfs '/scratch:size=1m,mode=1777' -Mount 'type=volume,source=long,target=/long,readonly', @{
                type = 'bind'; source = './here'; target = '/table'; readonly = $true; 'bind-propagation' = 'rprivate'
            }
        }
        finally { Pop-Location }
        $made.Mounts | ForEach-Object { "$($_.Type) $($_.Name) $($_.Destination) $($_.ReadOnly)" } | Sort-Object | Should -Be @(
            'bind  /here True', 'bind  /table True', 'tmpfs  /scratch False', 'volume long /long True', 'volume named /named False')
        ($made.Mounts | Where-Object Destination -EQ /table).Source | Should -Be "$env:CONTAINERCHAOS_SUITE/here"
        Should-FailWith InvalidArgument { New-Container bad -Image target -Mount @{ type = 'bind'; source = '/nowhere-here'; target = '/x' } @args }
        New-Container made -Image target -Volume "$env:CONTAINERCHAOS_SUITE/made:/x" | Out-Null
        "$env:CONTAINERCHAOS_SUITE/made" | Should -Exist
    }

    It 'tell what happens to them, and images and networks too' {
        $before = [DateTimeOffset]::Now
        New-Container one -Image target -Command exit, 0 -Volume data:/data | Start-Container | Wait-Container | Out-Null
        Add-ContainerImageTag pages:1 -NewReference pages:2 | Out-Null
        Remove-ContainerImage pages:2
        Watch-ContainerEvent -Since $before -Until (Get-Date) -Type volume | ForEach-Object Type | Should -Be 'create', 'mount', 'unmount'
        Watch-ContainerEvent -Since $before -Until (Get-Date) -Type image | ForEach-Object { "$($_.Type) $($_.Name)" } | Should -Be 'tag pages:2', 'untag pages:2'
        Watch-ContainerEvent data -Since $before -Until (Get-Date) | ForEach-Object ObjectType | Select-Object -Unique | Should -Be 'volume'
        Watch-ContainerEvent one -Since $before -Until (Get-Date) -EventType mount | ForEach-Object ObjectId | Should -Be 'data'
    }
}

Describe 'Disk usage and clearing' {
    BeforeAll {
        . $PSScriptRoot/Suite.ps1; Watch-Container
        $tree = New-Item -ItemType Directory -Force "$env:CONTAINERCHAOS_SUITE/usage-tree"
        [IO.File]::WriteAllBytes("$tree/large", [byte[]]::new(300000))
        [IO.File]::WriteAllBytes("$tree/other", [byte[]](1..255 * 400))
    }
    BeforeEach {
        Import-ContainerImage $tree -Reference big:1 | Out-Null
        Add-ContainerImageTag big:1 -NewReference big:2 | Out-Null
        New-Container down -Image target -Volume /anonymous, named:/named -Label @{ stage = 'test' } | Out-Null
        New-Container up -Image target -Command pause | Start-Container | Out-Null
    }
    AfterEach {
        Assert-NothingLeft
        Get-ContainerVolume | Remove-ContainerVolume
        Remove-ContainerImage big* -ErrorAction Ignore
    }

    It 'counts each layer once, and what nobody uses' {
        $usage = Get-ContainerDiskUsage
        $usage.Type | Should -Be 'Images', 'Containers', 'Volumes'
        $images, $containers, $volumes = $usage
        $images.TotalCount, $images.Active | Should -Be 2, 1
        $images.ReclaimableBytes | Should -Be 402000
        $containers.TotalCount, $containers.Active | Should -Be 2, 1
        $volumes.TotalCount, $volumes.Active | Should -Be 2, 2
        $usage | Out-String | Should -Match 'Images\s+2\s+1\s+\S+ MB'
        $items = Get-ContainerDiskUsage -Detailed
        ($items | Where-Object Name -EQ 'big:1, big:2').UniqueBytes | Should -Be 402000
        $items | Out-String | Should -Match 'Container\s+down'
    }

    It 'lists what would go with its size, and removes only that' {
        $said = pwsh -NoProfile -Command { param($suite) . $suite; Clear-ContainerSystem -All -Volumes -WhatIf } -args "$PSScriptRoot/Suite.ps1"
        ($said -match 'down \(.* KB\)').Count | Should -Be 1
        ($said -match 'big:1, big:2 \(392.6 KB\)').Count | Should -Be 1
        ($said -match 'Remove volume').Count | Should -Be 1
        ($said -match 'named|"up \(|target:latest').Count | Should -Be 0
        $gone = Clear-ContainerSystem -All -Volumes
        $gone.Type | Should -Be 'Container', 'Volume', 'Image'
        ($gone | Where-Object Type -EQ Image).FreedBytes | Should -Be 402000
        (Get-Container).Name | Should -Be 'up'
        (Get-ContainerVolume).Name | Should -Be 'named'
        Clear-ContainerVolume | Should -BeNullOrEmpty
        (Clear-ContainerVolume -All).Name | Should -Be 'named'
    }

    It 'goes by age and label' {
        Clear-Container -OlderThan 1h | Should -BeNullOrEmpty
        Clear-Container -Label stage=production | Should -BeNullOrEmpty
        (Clear-Container -Label stage=test).Name | Should -Be 'down'
        Clear-ContainerImage | Should -BeNullOrEmpty
        Clear-ContainerNetwork | Should -BeNullOrEmpty
        (Clear-ContainerImage -All -OlderThan ([DateTimeOffset]::Now)).Name | Should -Be 'big:1, big:2'
    }
}

Describe 'A damaged store' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It 'opens, names what is bad in a warning, and lets it be removed' {
        $bad = New-Container bad -Image target
        New-Container good -Image target | Out-Null
        [IO.File]::WriteAllText("$($bad.RootPath)/container.json", '')
        pwsh -NoProfile -Command { param($suite) . $suite; Get-Container -WarningVariable w -WarningAction SilentlyContinue | ForEach-Object { "$($_.Name) $($_.State)" }; "$w" } -args "$PSScriptRoot/Suite.ps1" |
            Should -Be 'bad Dead', 'good Created', "bad: $($bad.RootPath)/container.json is damaged: it is empty. It can only be removed: Remove-Container $($bad.ShortId)"
        pwsh -NoProfile -Command { param($suite) . $suite; Remove-Container bad; (Get-Container).Name } -args "$PSScriptRoot/Suite.ps1" | Should -Be 'good'
    }
}
