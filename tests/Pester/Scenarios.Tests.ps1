Describe 'Invoke-ChaosScenario' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It 'says with -WhatIf what it would do, and does nothing' {
        $transcript = Join-Path $TestDrive 'plan.txt'
        Start-Transcript $transcript | Out-Null
        try { Invoke-ChaosScenario zombie-storm -Trials 20 -WhatIf } finally { Stop-Transcript | Out-Null }
        Get-Content -Raw $transcript | Should -Match 'What if: zombie-storm: 20 trials × \(no, on-failure:3, always, unless-stopped\) × \(no init, init\).*target:latest; about \d+ s'
    }

    It 'runs <_> and comes to the verdict that the scenario expects' -ForEach 'memory-overrun', 'ignored-sigterm', 'zombie-storm' {
        $rows = Invoke-ChaosScenario $_ -Trials 1 -RestartPolicy always -ReportPath "$TestDrive/$_.html" -JsonPath "$TestDrive/$_.json"
        $rows | Should -Not -BeNullOrEmpty
        $rows.Scenario | Select-Object -Unique | Should -Be $_
        $rows.Policy | Select-Object -Unique | Should -Be 'always'
        $rows.AsExpected | Should -Not -Contain $false
        "$TestDrive/$_.html" | Should -Exist
        (Get-Content -Raw "$TestDrive/$_.json" | ConvertFrom-Json) | Should -Not -BeNullOrEmpty
        $rows | Out-String -Width 220 | Should -Match 'Policy\s+Init\s+Crash\s+N\s+Unrecovered'
    }

    It 'knows no such scenario' {
        $failure = Should-FailWith ScenarioNotFound { Invoke-ChaosScenario nowhere @args }
        $failure.ErrorDetails.RecommendedAction | Should -Match 'memory-overrun'
    }

    It 'says where a scenario file is wrong' {
        Set-Content "$TestDrive/wrong.yaml" "name: wrong`nnonsense: [`n"
        (Should-FailWith InvalidScenario { Invoke-ChaosScenario "$TestDrive/wrong.yaml" @args }).Exception.Message | Should -Match 'wrong\.yaml:\d+'
    }
}
