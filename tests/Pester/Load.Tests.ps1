Describe 'Invoke-LoadTest' {
    BeforeAll {
        . $PSScriptRoot/Suite.ps1; Watch-Container
        $web = Start-Service web
        $socket = "/proc/$($web.Pid)/root/http.sock"
    }
    AfterAll { Remove-Container web -Force; Assert-NothingLeft }

    It 'sends what is due, and returns what became of each request' {
        $result = Invoke-LoadTest http://localhost/healthz -UnixSocket $socket -Rate 100 -Duration 500ms -Load @{ timeout = '10s' }
        $result.Samples.Count | Should -BeIn (45..55)
        $result.Failed | Should -Be 0
        $result.P50 | Should -BeGreaterThan ([timespan]::Zero)
        $result.Longest | Should -BeGreaterOrEqual $result.P99
        $result | Out-String -Width 200 | Should -Match 'Requests\s+Failed\s+Per second\s+p50\s+p95\s+p99\s+Longest\s+p99 uncorrected\s+Lateness p99'
    }

    It 'has everything that the load of a scenario has, and ends when it is told to' {
        $result = Invoke-LoadTest http://localhost/fault/none -UnixSocket $socket -Duration 1h -WarningVariable warnings -WarningAction SilentlyContinue -Load @{
            arrivals = 'poisson'; rate = 200; thresholds = 'failed < 50% over 100ms or abort'
        }
        $result.Schedule.Pattern.Name | Should -Be 'poisson'
        $result.AbortedBy | Should -Not -BeNullOrEmpty
        $result.Succeeded | Should -Be 0
        $result.P50 | Should -BeNullOrEmpty
        $warnings | Should -Match '^Not kept: failed < 50% over 100ms or abort: 100 %. It ended the load'
    }

    It 'counts a service that is not there as failed requests' {
        (Invoke-LoadTest http://localhost/ -UnixSocket "$TestDrive/none.sock" -Rate 50 -Duration 100ms).Succeeded | Should -Be 0
    }

    It 'refuses <Problem>' -ForEach @(
        @{ Problem = 'TLS'; Action = { Invoke-LoadTest https://localhost/ @args } }
        @{ Problem = 'a key that a load does not have'; Action = { Invoke-LoadTest http://localhost/ -Load @{ speed = 1 } @args } }
        @{ Problem = 'a time without end'; Action = { Invoke-LoadTest http://localhost/ -Duration 2h @args } }
    ) {
        Should-FailWith InvalidArgument $Action | Should -Not -BeNullOrEmpty
    }
}
