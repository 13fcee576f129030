BeforeDiscovery { $registry = (Get-Command docker-registry -CommandType Application -ErrorAction Ignore)?.Source }

Describe 'Registries' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterAll { Assert-NothingLeft }

    It 'have their cmdlets under Docker''s words too' {
        (Get-Command Pull-ContainerImage).ResolvedCommand.Name | Should -Be 'Receive-ContainerImage'
        (Get-Command Push-ContainerImage).ResolvedCommand.Name | Should -Be 'Send-ContainerImage'
    }

    It 'that are not there are named' {
        (Should-FailWith RegistryError { Receive-ContainerImage 127.0.0.1:1/app:1 @args }).Exception.Message | Should -Match '127.0.0.1:1'
    }

    Context 'with docker-registry' -Skip:(-not $registry) {
        BeforeAll {
            $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0); $listener.Start()
            $port = $listener.LocalEndpoint.Port; $listener.Stop()
            Set-Content "$TestDrive/registry.yml" "version: 0.1`nstorage:`n  filesystem:`n    rootdirectory: $TestDrive/storage`nhttp:`n  addr: 127.0.0.1:$port`n"
            $service = Start-Process docker-registry -ArgumentList serve, "$TestDrive/registry.yml" -PassThru -RedirectStandardError "$TestDrive/errors" -RedirectStandardOutput "$TestDrive/output"
            Wait-Until { $client = [Net.Sockets.TcpClient]::new(); try { $client.Connect('127.0.0.1', $port); $true } catch { $false } finally { $client.Dispose() } } 20
        }
        AfterAll { $service.Kill(); $service.WaitForExit() }

        It 'take an image and give it back' {
            $reference = "127.0.0.1:$port/team/app:1"
            $id = (Add-ContainerImageTag target $reference -PassThru).Id
            $sent = Send-ContainerImage $reference -Verbose 4>&1
            $sent -join '' | Should -Match 'sha256:[0-9a-f]{64}'
            Remove-ContainerImage $reference
            (Receive-ContainerImage $reference).Id | Should -Be $id
            Remove-ContainerImage $reference
        }

        It 'say what they do not have' {
            Should-FailWith ImageNotFound { Receive-ContainerImage "127.0.0.1:$port/nowhere" @args }
            Receive-ContainerImage "127.0.0.1:$port/nowhere" -WhatIf
        }
    }
}
