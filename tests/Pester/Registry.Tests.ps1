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

        It 'show how far each blob is, and that it is there' {
            # The records of another runspace are data; what a host draws of them, nobody could read back.
            $reference = "127.0.0.1:$port/progress/app:1"
            Add-ContainerImageTag target $reference
            $shell = [powershell]::Create()
            try {
                $module = (Get-Module ContainerChaos).Path
                $null = $shell.AddScript("Import-Module '$module'; Send-ContainerImage $reference; Remove-ContainerImage $reference; Receive-ContainerImage $reference").Invoke()
                $shell.Streams.Error | Should -BeNullOrEmpty
                $records = @($shell.Streams.Progress | Where-Object Activity -EQ $reference)
                $records.StatusDescription -match '^Uploading sha256:[0-9a-f]{12}$' | Should -Not -BeNullOrEmpty
                $records.StatusDescription -match '^Done sha256:' | Should -Not -BeNullOrEmpty
                foreach ($blob in $records | Group-Object ActivityId) {
                    # It only grows, and the bar is taken away in the end.
                    $percents = @($blob.Group | Where-Object RecordType -EQ Processing | ForEach-Object PercentComplete)
                    $percents | Where-Object { $_ -lt 0 -or $_ -gt 100 } | Should -BeNullOrEmpty
                    $blob.Group[-1].RecordType | Should -Be Completed
                }
            } finally { $shell.Dispose() }
            Remove-ContainerImage $reference
        }

        It 'say what they do not have' {
            Should-FailWith ImageNotFound { Receive-ContainerImage "127.0.0.1:$port/nowhere" @args }
            Receive-ContainerImage "127.0.0.1:$port/nowhere" -WhatIf
        }
    }
}
