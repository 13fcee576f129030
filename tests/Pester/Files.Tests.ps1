Describe 'Copy-ContainerItem' {
    BeforeAll {
        . $PSScriptRoot/Suite.ps1; Watch-Container
        function Read-File([string] $Name, [string] $Path) { (Invoke-ContainerCommand $Name -- /target cat $Path).Output }
        New-Container web-1 -Image target -Command pause | Start-Container | Out-Null
        New-Container web-2 -Image target -Command pause | Start-Container | Out-Null
        New-Container down -Image target -Command pause | Out-Null
        Set-Content "$TestDrive/one.conf" '1' -NoNewline
        Set-Content "$TestDrive/two.conf" '2' -NoNewline
    }
    AfterAll { Assert-NothingLeft }

    It 'copies in and out, by paths of docker cp and of PowerShell' {
        Push-Location $TestDrive
        try {
            Copy-ContainerItem ./one.conf web-1:/tmp/ | Should -BeNullOrEmpty
            Read-File web-1 /tmp/one.conf | Should -Be '1'
            Copy-ContainerItem web-1:/tmp/one.conf out.conf
            Get-Content TestDrive:/out.conf | Should -Be '1'
            Copy-ContainerItem TestDrive:/two.conf web-1:/tmp/one.conf
            Read-File web-1 /tmp/one.conf | Should -Be '2'
            Copy-ContainerItem web-1:/tmp/one.conf web-2:/tmp/from-other
            Read-File web-2 /tmp/from-other | Should -Be '2'
        }
        finally { Pop-Location }
    }

    It 'takes files from the pipeline and wildcards, into a folder' {
        Get-ChildItem "$TestDrive/one*.conf" | Copy-ContainerItem -Destination web-2:/tmp
        Copy-ContainerItem "$TestDrive/t*.conf" web-2:/tmp/
        (Invoke-ContainerCommand web-2 -- /target ls /tmp).Output | Should -Contain 'two.conf'
        New-Item -ItemType Directory "$TestDrive/got" | Out-Null
        Copy-ContainerItem web-2:/tmp/*.conf "$TestDrive/got"
        (Get-ChildItem "$TestDrive/got").Name | Should -Be 'one.conf', 'two.conf'
        (Should-FailWith InvalidArgument { Copy-ContainerItem "$TestDrive/*.conf" web-2:/single @args }).Exception.Message | Should -Match 'several'
    }

    It 'copies for each container of the pipeline' {
        Get-Container web-* | Copy-ContainerItem "$TestDrive/two.conf" :/etc/each
        'web-1', 'web-2' | ForEach-Object { Read-File $_ /etc/each } | Should -Be '2', '2'
        Get-Container web-1 | Copy-ContainerItem :/etc/each "$TestDrive/each"
        Get-Content "$TestDrive/each" | Should -Be '2'
    }

    It 'reaches a container that is down, which can be started afterwards' {
        Copy-ContainerItem "$TestDrive/one.conf" down:/prepared
        (Start-Container down).State | Should -Be 'Running'
        Read-File down /prepared | Should -Be '1'
        Stop-Container down -Timeout 0
        Copy-ContainerItem down:/prepared "$TestDrive/prepared"
        Get-Content "$TestDrive/prepared" | Should -Be '1'
    }

    It 'copies nothing with -WhatIf, and says <Id> for <From>' -ForEach @(
        @{ From = 'web-1:/none'; To = '/tmp'; Id = 'PathNotFound' }
        @{ From = 'nobody:/none'; To = '/tmp'; Id = 'ContainerNotFound' }
        @{ From = '/etc/hostname'; To = 'web-1:/none/deeper'; Id = 'PathNotFound' }
    ) {
        Copy-ContainerItem /etc/hostname web-1:/whatif -WhatIf
        (Invoke-ContainerCommand web-1 -- /target cat /whatif).ExitCode | Should -Be 1
        (Should-FailWith $Id { Copy-ContainerItem $From $To @args }).ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}

Describe 'Get-ContainerChange' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It 'lists what a container added and deleted, as docker diff does' {
        New-Container app -Image target -Command pause | Start-Container | Out-Null
        Get-ContainerChange app | Should -BeNullOrEmpty
        Invoke-ContainerCommand app -- /target seq mkdir /made ';' write /made/file text ';' rm /target | Out-Null
        Get-ContainerChange app | ForEach-Object ToString | Should -Be 'A /made', 'A /made/file', 'D /target'
        Stop-Container app -Timeout 0
        (Get-Container app | Get-ContainerChange | Where-Object Kind -EQ Added).Path | Should -Be '/made', '/made/file'
        Get-ContainerChange app | Out-String | Should -Match 'app\s+\S*D\S*\s+/target'
    }
}
