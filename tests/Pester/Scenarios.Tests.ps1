Describe 'Invoke-ChaosScenario' {
    BeforeAll { . $PSScriptRoot/Suite.ps1; Watch-Container }
    AfterEach { Assert-NothingLeft }

    It 'says with -WhatIf what it would do, and does nothing' {
        $transcript = Join-Path $TestDrive 'plan.txt'
        Start-Transcript $transcript | Out-Null
        try { Invoke-ChaosScenario zombie-storm -Trials 20 -WhatIf } finally { Stop-Transcript | Out-Null }
        Get-Content -Raw $transcript | Should -Match 'What if: zombie-storm: 20 trials × \(no, on-failure:3, always, unless-stopped\) × \(no init, init\).*target:latest; about \d+ s'
    }

    # What holds on a machine of any speed; the timing of a verdict is for the runner's own tests.
    It 'runs <Scenario> and returns its rows, its report and no warning' -ForEach @(
        @{ Scenario = 'memory-overrun'; Check = { ($rows.Unrecovered | Measure-Object -Sum).Sum | Should -Be 0 } }
        @{ Scenario = 'ignored-sigterm'; Check = {
                $restart = $rows | Where-Object { $_.Crash -eq 'restart' -and -not $_.Variant }
                ($restart | Where-Object Init -EQ $false).ExitCodes | Should -BeLike '137*'
                ($restart | Where-Object Init -EQ $true).ExitCodes | Should -Not -BeLike '137*'
            }
        }
        @{ Scenario = 'zombie-storm'; Check = {
                ($rows | Where-Object Init -EQ $false).Unrecovered | Should -Be 1
                ($rows | Where-Object Init -EQ $true).Unrecovered | Should -Be 0
            }
        }
    ) {
        $rows = Invoke-ChaosScenario $Scenario -Trials 1 -RestartPolicy always -ReportPath "$TestDrive/$Scenario.html", "$TestDrive/$Scenario.json" -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
        $rows.Scenario | Select-Object -Unique | Should -Be $Scenario
        $rows.Policy | Select-Object -Unique | Should -Be 'always'
        $rows.Verdict | Should -Not -Contain ''
        . $Check
        Get-Content -Raw "$TestDrive/$Scenario.html" | Should -Match '<html'
        (Get-Content -Raw "$TestDrive/$Scenario.json" | ConvertFrom-Json).rows | Should -HaveCount $rows.Count
        $rows | Out-String -Width 220 | Should -Match 'Policy\s+Init\s+Crash\s+N\s+Unrecovered'
    }

    It 'keeps every run in the history, and compares its results' {
        $results = Get-ChaosResult zombie-* -Last 1
        $results.Scenario | Select-Object -Unique | Should -Be 'zombie-storm'
        $results.Run | Select-Object -Unique | Should -HaveCount 1
        $without = Get-ChaosResult zombie-storm -Init:$false -Last 1
        $comparison = Get-ChaosResult zombie-storm -Init -Last 1 | Compare-ChaosResult $without
        $comparison.Reference | Should -Match '^always, no init, run \d+$'
        $comparison.EffectSize | Should -Be -1
        $comparison.ReferenceCensored | Should -Be 1
        # One trial of each is no evidence.
        $comparison.Verdict | Should -Be 'TooFewTrials'
        $results | Out-String -Width 200 | Should -Match 'Run\s+Started\s+N\s+Unrecovered\s+Success p50'
        $comparison | Out-String -Width 200 | Should -Match 'zombie-storm, firstSuccess: always, init, run \d+ against always, no init'
        Get-ChaosResult -Path "$TestDrive/none.db" | Should -BeNullOrEmpty
        (Should-FailWith NothingToCompare { Get-ChaosResult zombie-storm -Init -Last 1 | Compare-ChaosResult (Get-ChaosResult memory-overrun) @args }).TargetObject.Scenario | Should -Be 'zombie-storm'
    }

    It 'lists what ships, by name and by tag' {
        (Get-ChaosScenario).Name | Select-Object -First 4 | Should -Be 'memory-overrun', 'ignored-sigterm', 'zombie-storm', 'rolling-update'
        (Get-ChaosScenario memory-overrun).Steps[1].Label | Should -Be '2nd'
        (Get-ChaosScenario -Tag cpu).Name | Should -Contain 'noisy-neighbour'
        Get-ChaosScenario *storm | Out-String -Width 120 | Should -Match 'zombie-storm\s+game-day, process\s+Orphans pile up'
        (Should-FailWith ScenarioNotFound { Get-ChaosScenario nowhere @args }).TargetObject | Should -Be 'nowhere'
        (Should-FailWith ScenarioNotFound { Invoke-ChaosScenario -Tag nothing @args }).TargetObject | Should -Be 'nothing'
        (TabExpansion2 'Invoke-ChaosScenario -Tag me' 28).CompletionMatches.CompletionText | Should -Be 'memory'
        Invoke-ChaosScenario -Tag disk -WhatIf | Should -BeNullOrEmpty
    }

    It 'reads a file without running it, and says where the mistake is' {
        $good, $bad = "$TestDrive/a-good.yaml", "$TestDrive/a-wrong.yaml"
        Set-Content $good "schema: 1`nname: good`ntitle: t`ndescription: d`nsteps: [{ action: crash }]"
        Set-Content $bad "schema: 1`nname: wrong`ntitle: t`ndescription: d`nsteps:`n  - { action: sigstop, duration: soon }"
        $checks = Test-ChaosScenario "$TestDrive/a-*.yaml"
        $checks.IsValid | Should -Be $true, $false
        $checks[0].Scenario.Name | Should -Be 'good'
        "$($checks[1].Line):$($checks[1].Column)" | Should -Be '6:34'
        $checks[1].Problem | Should -Match "'soon' is not a duration"
        Get-Item $good, $bad | Test-ChaosScenario -Quiet | Should -Be $true, $false
        $checks | Out-String -Width 160 | Should -Match 'False a-wrong.yaml\s+6\s+34 duration:'
        (Should-FailWith ScenarioNotFound { Test-ChaosScenario "$TestDrive/none.yaml" @args }).TargetObject | Should -Be "$TestDrive/none.yaml"
    }

    It 'runs an experiment of the Chaos Toolkit and writes its journal' {
        $file = "$TestDrive/experiment.json"
        @{
            title = 'It comes back'; description = 'The policy restarts it.'
            controls = @(@{ name = 'c'; provider = @{ type = 'python'; module = 'm' } })
            extensions = @(@{ name = 'containerchaos'; matrix = @{ policies = @('always'); init = @($false) }; target = @{ 'restart-delay' = '20ms' }; load = @{ rate = 100; timeout = '5s' }; steady = @{ latency = '5s' } })
            'steady-state-hypothesis' = @{ title = 'h'; probes = @(@{ type = 'probe'; name = 'answers'; tolerance = 200; provider = @{ type = 'http'; url = '/healthz' } }) }
            method = @(@{ type = 'action'; name = 'crash'; provider = @{ type = 'containerchaos'; action = 'crash'; timeout = '30s' } })
        } | ConvertTo-Json -Depth 9 | Set-Content $file
        (Test-ChaosScenario $file -WarningVariable ignored 3> $null).Scenario.Title | Should -Be 'It comes back'
        "$ignored" | Should -Match 'controls are functions in Python'
        $row = Invoke-ChaosScenario $file -ReportPath "$TestDrive/run.journal.json" 3> $null
        $row.Crash, $row.AsExpected | Should -Be 'crash', $true
        $journal = Get-Content "$TestDrive/run.journal.json" | ConvertFrom-Json
        $journal.status, $journal.deviated, $journal.steady_states.after.steady_state_met, $journal.run[0].status | Should -Be 'completed', $false, $true, 'succeeded'
    }

    It 'makes a game day of a folder: told as it goes, ended by what does not hold, with its findings' {
        $day = New-Item -ItemType Directory "$TestDrive/day"
        $crash = "schema: 1`ntitle: t`ndescription: d`nload: { rate: 100 }`nmatrix: { policies: [`"no`"], init: [false] }`ntrials: 1`nsteps: [{ action: crash }]`n"
        Set-Content "$day/a-down.yaml" ($crash + "name: a-down`nexpect: [{ outcome: stays-down }]")
        Set-Content "$day/b-wrong.yaml" ($crash + "name: b-wrong`nexpect: [{ outcome: recovers }]")
        Set-Content "$day/c-never.yaml" ($crash + "name: c-never`nexpect: [{ outcome: stays-down }]")
        Start-GameDay $day -WhatIf | Should -BeNullOrEmpty
        $result = Start-GameDay $day -StopOnFailure -CoolDown 1ms -ReportPath "$TestDrive/day.md" -InformationVariable told 6> $null
        $result.Held | Should -Be 'a-down'
        $result.DidNotHold | Should -Be 'b-wrong'
        $result.NotRun | Should -Be 'c-never'
        $result.Findings[0].Row.Scenario | Should -Be 'b-wrong'
        $result.Findings[1].IsExpected | Should -BeTrue
        $told -match '1/3  a-down held: 1 of 1 as expected' | Should -HaveCount 1
        $told -match '2/3  b-wrong did not hold: 0 of 1 as expected' | Should -HaveCount 1
        Get-Content -Raw "$TestDrive/day.md" | Should -Match 'b-wrong'
        $result | Out-String -Width 200 | Should -Match 'DidNotHold : b-wrong'
        (Should-FailWith ScenarioNotFound { Start-GameDay "$TestDrive/nowhere" @args }).TargetObject | Should -Be "$TestDrive/nowhere"
        (Should-FailWith ScenarioNotFound { Start-GameDay -Tag nothing @args }).TargetObject | Should -Be 'the tag nothing'
    }

    It 'stops after a step and leaves it to be looked at, and tells every step with -Verbose' {
        Set-Content "$TestDrive/held.yaml" "schema: 1`nname: held`ntitle: t`ndescription: d`nload: { rate: 100 }`nmatrix: { policies: [always, `"no`"], init: [false] }`nsteps: [{ action: freeze, label: cold }, { action: crash }]"
        $all = Invoke-ChaosScenario "$TestDrive/held.yaml" -StopAfter cold -Verbose -InformationVariable told 4>&1 6> $null
        $all | Should -BeOfType System.Management.Automation.VerboseRecord
        $all -match 'is steady$' | Should -HaveCount 1
        $all -match 'held, always, no init, trial 1/1: cold: freeze$' | Should -HaveCount 1
        $lines = '(?s)stopped after cold: (\S+) is left as it is, with freeze \((\w+).*go on:\s+Undo-Fault \w+.*clean up: Undo-Fault (\w+, \w+); Remove-Container \S+ -Force; Remove-Item (\S+) -Recurse'
        $told -join "`n" | Should -Match $lines
        $null = "$told" -match $lines
        $container, $fault, $both, $folder = $Matches[1..4]
        (Get-Container $container).State | Should -Be Running
        (Get-Fault -Id $fault).Fault | Should -Be freeze
        Undo-Fault ($both -split ', ')
        Remove-Container $container -Force
        Remove-Item $folder -Recurse
        Get-Fault | Should -BeNullOrEmpty
        { Invoke-ChaosScenario "$TestDrive/held.yaml" -StopAfter nowhere } | Should -Throw "held has no step 'nowhere'; it has cold, –, or 1 to 2.*" -ErrorId 'InvalidArgument,*'
    }

    It 'takes a scenario as a script block, with actions and probes that are script blocks of this session' {
        $mine, $seen = 'of the caller', [Collections.Generic.List[object]]::new()
        $rows = Invoke-ChaosScenario -Verbose -InformationAction Ignore 4> "$TestDrive/verbose.txt" {
            @{
                name   = 'scripted'
                load   = @{ rate = 100 }
                matrix = @{ policies = 'always'; init = $false }
                trials = 1
                steady = @{ probes = @{ probe = { (Get-Container $_.Name).RestartCount }; tolerances = 'value <= 1' }, @{ probe = { param($container) $container.State -eq 'Running' } } }
                steps  = @{ action = { param($container) $seen.Add(@($container.Name, $mine, [runspace]::DefaultRunspace.Id)) }; label = 'script' }, @{ action = 'crash' }
                expect = @{ outcome = 'recovers' }
            }
        }
        $rows.Crash | Should -Be 'script', '–'
        $rows.Verdict | Should -Be 'ok', 'ok'
        $seen | Should -HaveCount 1
        $seen[0][0] | Should -Match '^chaos-'
        $seen[0][1..2] | Should -Be 'of the caller', ([runspace]::DefaultRunspace.Id)
        Get-Content -Raw "$TestDrive/verbose.txt" | Should -Match 'before: script holds: value 0'
        $one = @{ load = @{ rate = 100 }; matrix = @{ policies = 'always'; init = $false }; trials = 1 }
        Invoke-ChaosScenario { $one + @{ steps = @{ action = { throw 'no luck' } } } } -WarningVariable warnings 3> $null | Should -BeNullOrEmpty
        "$warnings" | Should -BeLike "*{throw 'no luck'}: no luck"
        Invoke-ChaosScenario { $one + @{ steps = @{ action = 'crash' }; steady = @{ probes = @{ probe = { $false }; name = 'never' } } } } -WarningVariable warnings 3> $null | Should -BeNullOrEmpty
        "$warnings" | Should -Match "not steady before: never: it says 'False'"
        (Should-FailWith InvalidScenario { Invoke-ChaosScenario { @{ steps = @{ action = 'freeze'; duration = 'soon' } } } @args }).Exception.Message | Should -Match "^script-block: duration: 'soon'"
        (Should-FailWith InvalidScenario { Invoke-ChaosScenario { 'text' } @args }).Exception.Message | Should -Match 'a scenario is a hashtable'
    }

    It 'ends at once with Ctrl-C in a script block, and leaves nothing' {
        $shell = [powershell]::Create([Management.Automation.RunspaceMode]::NewRunspace)
        $manifest = (Get-Module ContainerChaos).Path | Split-Path | Join-Path -ChildPath ContainerChaos.psd1
        $global:begun = [Threading.ManualResetEventSlim]::new()
        $null = $shell.AddScript("param(`$begun) Import-Module '$manifest'; Invoke-ChaosScenario { @{ load = @{ rate = 100 }; trials = 1; rollbacks = @{ action = 'exec'; command = '/target', 'true' }; steps = @{ action = 'cpu-quota'; background = `$true }, @{ action = { `$begun.Set(); Start-Sleep 300 } } } }").AddArgument($begun)
        $running = $shell.BeginInvoke()
        $begun.Wait(60000) | Should -BeTrue
        $shell.Stop()
        $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        $running.IsCompleted | Should -BeTrue
        $shell.Dispose()
        Get-Fault | Should -BeNullOrEmpty
    }

    It 'refuses a report whose format it does not know before it runs anything' {
        { Invoke-ChaosScenario zombie-storm -ReportPath "$TestDrive/report.pdf" } | Should -Throw -ErrorId 'InvalidArgument,*'
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
